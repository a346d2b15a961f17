//! Connections: accepted, served with HTTP/1.1 or HTTP/2 without TLS, drained at the end.
//!
//! The platform ends TLS at its proxy and asks apps to understand both versions of HTTP on the same
//! port. After SIGTERM it waits 15 s and then kills; so the app stops accepting at once, lets
//! requests that are running finish within [`DRAIN`], and leaves.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long running requests have to finish when the platform asks the app to end.
pub const DRAIN: Duration = Duration::from_secs(9);
/// More connections than this wait to be accepted.
const MOST_CONNECTIONS: usize = 1024;
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a quiet HTTP/2 connection is asked whether it is still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// After an error of `accept` such as "too many open files", which would come again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Whether all requests were answered before the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// They were.
    Completely,
    /// Some took longer than they had.
    CutOff,
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
    drain_within(connections, drain).await
}

/// As [`serve`], for a listener that comes and goes while the process stays: nothing is logged.
pub async fn serve_quietly(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    drain: Duration,
) -> Drained {
    let connections = accept_until(listener, router, stop).await;
    drain_within(connections, drain).await
}

/// Accepts until `stop` resolves; the system then refuses new connections.
async fn accept_until(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> GracefulShutdown {
    let server = server();
    let connections = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = accept(&listener, &slots);
        let (stream, slot) = tokio::select! {
            () = &mut stop => return connections,
            accepted = next => accepted,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
            drop(slot);
        });
    }
}

async fn drain_within(connections: GracefulShutdown, limit: Duration) -> Drained {
    match tokio::time::timeout(limit, connections.shutdown()).await {
        Ok(()) => Drained::Completely,
        Err(_) => Drained::CutOff,
    }
}

fn server() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    server.http2().timer(TokioTimer::new()).keep_alive_interval(PING_INTERVAL).max_concurrent_streams(128);
    server
}

async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    let slot = Arc::clone(slots).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and complete; waiting to fill a packet only delays them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection could not be made to send at once");
                }
                return (stream, slot);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Resolves when the process is asked to end, by SIGTERM or Ctrl-C.
pub async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    tracing::info!("{name} was received");
    Ok(())
}
