//! Connections: accepted, served with HTTP/1.1 or HTTP/2 without TLS, drained at the end. The one listener of
//! `serve`, of `deploy-page` and of the port that a sign-in comes back to.
//!
//! The platform ends TLS at its proxy and asks apps to understand both versions of HTTP on the same
//! port. After SIGTERM it waits 15 s and then kills; so the app stops accepting at once, lets
//! requests that are running finish within [`DRAIN`], and leaves.
//!
//! Problem: whoever can connect can also connect and send nothing, or a byte at a time, or not read the answer.
//!
//! Choice: each connection says what it is doing (`activity`), and the limits follow from that ([`Limits`]):
//! for the head of a request from the first moment, for being idle, for reading an answer. When the places run
//! out, connections that do nothing give way (`slots`). When the server ends, what was received is answered:
//! connections that wait to be accepted are, and each has a moment for its bytes to be read; one that is silent
//! is not waited for.
//!
//! HTTP itself is hyper-util's `auto` server. Its own time limits fall short of this: `header_read_timeout`
//! counts the time between requests as well, nothing limits the bytes that tell the version apart, and its
//! `GracefulShutdown` closes a connection whose request was received but not yet read. `axum-server` was looked
//! at: it accepts without a limit, takes no part in who gives way, and ends by the same shutdown, so that all
//! of this would have had to go into its acceptor.

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

/// After an error of `accept` such as "too many open files", which would come again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections that gave way and have not ended yet.
const MOST_ENDING: usize = 32;
/// What a client is told when every connection there may be is being answered.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Whether all requests were answered before the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// They were.
    Completely,
    /// Some took longer than they had.
    CutOff,
}

/// Opens a port. The system holds as many connections that wait to be accepted as there may be, so that a burst
/// of them isn't sent away for a second.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port that was in use a moment ago can be taken again.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(u32::try_from(Limits::default().connections).unwrap_or(u32::MAX))
}

/// Serves until `stop` resolves, then lets running requests finish, for `drain` at most.
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

/// As [`serve`], for a listener that comes and goes while the process stays: nothing is logged.
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

    /// Whether those that gave way are really gone, so that there are files for new ones.
    fn has_room(&self) -> bool {
        self.tasks.len() < self.limits.connections + MOST_ENDING
    }

    fn take(&mut self, stream: TcpStream, peer: SocketAddr) {
        let Some(slot) = self.slots.admit(peer.ip()) else {
            tracing::warn!("a connection was refused: the limit of connections is reached");
            // An answer of this size is taken whole, or the client is gone.
            let _ = stream.try_write(FULL);
            return;
        };
        // Answers are small and complete; waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection could not be made to send at once");
        }
        let served =
            connection::serve(stream, self.router.clone(), slot, self.limits, self.stopping.subscribe());
        self.tasks.spawn(served);
    }

    /// Takes what waits to be accepted; the system then refuses new connections.
    fn take_last(&mut self, listener: TcpListener) {
        let listener = match listener.into_std() {
            Ok(listener) => listener,
            Err(error) => {
                tracing::debug!(%error, "the last connections could not be accepted");
                return;
            }
        };
        // It doesn't block: an error says that nobody waits any more.
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
        // What is left is cut off with the set of tasks.
        match tokio::time::timeout(limit, all).await {
            Ok(()) => Drained::Completely,
            Err(_) => Drained::CutOff,
        }
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
            // So that the set holds no more than there are.
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
    /// Waits for signals from now on. Before the first connection is accepted, so that none is cut off.
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
