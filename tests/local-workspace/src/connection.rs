//! Connections that can be cut.
//!
//! A lost answer is not an error answer: the client must see the connection close before the first byte. A
//! handler can't do that through a response, so this module has its own accept loop: each connection has a
//! switch, and when a handler triggers it the task that serves the connection is dropped together with its
//! socket.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Cuts the connection of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<Notify>);

impl Cut {
    /// Closes the connection. Never returns: the caller is part of what is dropped.
    pub(crate) async fn cut<T>(&self) -> T {
        self.0.notify_one();
        let never: Infallible = std::future::pending().await;
        match never {}
    }
}

/// Serves connections, with HTTP/1.1 or HTTP/2 with prior knowledge, until `stop` is signalled or its sender
/// dropped, then drops the open ones. Handlers can extract the peer's address as `ConnectInfo<SocketAddr>`.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopped| *stopped) => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(serve_one(stream, peer, router.clone()));
            }
            Err(error) => pause_if_exhausted(&error).await,
        }
    }
    connections.shutdown().await;
}

async fn serve_one(stream: TcpStream, peer: SocketAddr, router: Router) {
    if stream.set_nodelay(true).is_err() {
        return; // the peer is gone already
    }
    let cut = Cut::default();
    let router = router.layer(Extension(cut.clone())).layer(Extension(ConnectInfo(peer)));
    let service = TowerToHyperService::new(router);
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::select! {
        served = connection => {
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        }
        () = cut.0.notified() => {}
    }
}

async fn pause_if_exhausted(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    // Out of file descriptors, most likely: without a pause this would be a busy loop.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}
