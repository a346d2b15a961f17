//! The HTTP listener: accepts connections, serves HTTP/1.1 or HTTP/2 without TLS, and drains them at the
//! end. Used by `serve`, by `deploy-page` and for the sign-in's redirect.
//!
//! The platform ends TLS at its proxy and requires apps to support both versions of HTTP on the same port.
//! After SIGTERM it waits 15 s and then kills the process; so the app stops accepting immediately, lets
//! running requests finish within [`DRAIN`], and exits.
//!
//! Problem: a client can connect and send nothing, or send one byte at a time, or not read the answer.
//!
//! Choice: each connection records its activity (`activity`), which determines its time limits
//! ([`Limits`]): for sending the head of a request, for being idle, for reading an answer. At the maximum
//! number of connections, inactive ones are closed (`slots`). When the server stops, all received requests
//! are answered: connections waiting to be accepted are accepted, and each gets a short time to send its
//! request; a silent one is not waited for.
//!
//! HTTP itself is hyper-util's `auto` server. Its own time limits are not sufficient: `header_read_timeout`
//! also counts the time between requests, nothing limits the bytes that identify the version, and its
//! `GracefulShutdown` closes a connection whose request was received but not yet read. Alternative
//! considered: `axum-server` accepts without a limit, can't close inactive connections for new ones, and
//! uses the same shutdown, so all of this would have been needed in its acceptor as well.

mod activity;
mod connection;
mod limits;
mod slots;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use limits::{DRAIN, LARGEST_HEADER_LIST_BYTES, Limits, MOST_HEADERS};
use slots::Slots;

/// The pause after an error of `accept` such as "too many open files", which would otherwise repeat
/// immediately.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections that were told to end for others and have not ended yet.
const MOST_ENDING: usize = 32;
/// The answer if all connections are busy.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Whether all requests were answered before the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// They were.
    Completely,
    /// Some exceeded the time limit.
    CutOff,
}

/// Opens a port. The system's queue holds as many connections as there may be, so that a burst isn't
/// refused for a second.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port that was in use a moment ago can be reused.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(u32::try_from(Limits::default().connections).unwrap_or(u32::MAX))
}

/// Serves until `stop` resolves, then lets running requests finish, at most for `drain`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    drain: Duration,
) -> Drained {
    let connections = accept_until(listener, router, stop).await;
    tracing::info!("no new connections are accepted; running requests have {} s to finish", drain.as_secs());
    connections.drain(drain).await
}

/// As [`serve`], for a temporary listener within a longer-lived process: nothing is logged.
pub async fn serve_quietly(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    drain: Duration,
) -> Drained {
    accept_until(listener, router, stop).await.drain(drain).await
}

/// The connections of a listener.
struct Connections {
    router: Router,
    limits: Limits,
    slots: std::sync::Arc<Slots>,
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
}

impl Connections {
    fn new(router: Router) -> Self {
        let limits = Limits::of_this_process();
        let (stopping, _) = watch::channel(false);
        Self { router, limits, slots: Slots::new(limits), tasks: JoinSet::new(), stopping }
    }

    /// Whether the connections that were closed for others have ended, so that their files are available.
    fn has_room(&self) -> bool {
        self.tasks.len() < self.limits.connections + MOST_ENDING
    }

    fn take(&mut self, stream: TcpStream, peer: SocketAddr) {
        let Some(slot) = self.slots.admit(peer.ip()) else {
            tracing::warn!("a connection was refused: the limit of connections is reached");
            // An answer of this size is sent at once, or the client is gone.
            let _ = stream.try_write(FULL);
            return;
        };
        // Answers are small and complete; waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection could not be made to send at once");
        }
        let served =
            connection::serve(stream, self.router.clone(), slot, self.limits, self.stopping.subscribe());
        self.tasks.spawn(served);
    }

    /// Accepts all waiting connections; the system then refuses new ones.
    fn take_last(&mut self, listener: TcpListener) {
        let listener = match listener.into_std() {
            Ok(listener) => listener,
            Err(error) => {
                tracing::debug!(%error, "the last connections could not be accepted");
                return;
            }
        };
        // It is non-blocking: an error means that no more are waiting.
        while let Ok((stream, peer)) = listener.accept() {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                self.take(stream, peer);
            }
        }
    }

    async fn drain(mut self, limit: Duration) -> Drained {
        self.stopping.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, all).await.is_ok() {
            return Drained::Completely;
        }
        // Waits until the requests are dropped, so that what they hold can be given back.
        self.tasks.shutdown().await;
        Drained::CutOff
    }
}

/// Accepts until `stop` resolves.
async fn accept_until(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> Connections {
    let mut connections = Connections::new(router);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            // Removes finished tasks, so that the set doesn't grow.
            Some(_) = connections.tasks.join_next() => {}
            (stream, peer) = accept(&listener), if connections.has_room() => connections.take(stream, peer),
        }
    }
    connections.take_last(listener);
    connections
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// SIGTERM and Ctrl-C, which no longer end the process by themselves.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Handles signals from now on. Called before the first connection is accepted, so that none is cut
    /// off.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Resolves when the process is asked to end.
    pub async fn received(mut self) {
        let name = tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name} was received");
    }
}

/// Resolves when the process is asked to end, by SIGTERM or Ctrl-C.
pub async fn asked_to_stop() -> std::io::Result<()> {
    StopSignals::new()?.received().await;
    Ok(())
}
