//! Connections to an app's process.
//!
//! With HTTP/1.1 each request has its own connection. With HTTP/2 requests share one, as behind a real
//! gateway: the app sees many requests on it at once. It is opened by the first request, and again after the
//! app closed it or a new version has another port.

use std::net::Ipv4Addr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Sender = http2::SendRequest<Body>;

/// Sends a request with HTTP/1.1. The answer may be an upgrade of the connection.
pub(super) async fn send_by_http1(request: Request, port: u16) -> Result<Response<Incoming>, Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(connect(port).await?)).await?;
    tokio::spawn(async move {
        // Its errors are those of the request, which reports them too.
        let _ = connection.with_upgrades().await;
    });
    Ok(sender.send_request(request).await?)
}

/// The HTTP/2 connection to an app, and the port it leads to.
#[derive(Default)]
pub(in crate::platform) struct Http2Connection(Mutex<Option<(u16, Sender)>>);

impl Http2Connection {
    /// Sends a request. It is sent again if the app closed the connection before it received it.
    pub(super) async fn send(&self, request: Request, port: u16) -> Result<Response<Incoming>, Error> {
        let mut unsent = match self.sender(port).await?.try_send_request(request).await {
            Ok(response) => return Ok(response),
            Err(unsent) => unsent,
        };
        match unsent.take_message() {
            Some(request) => {
                *self.0.lock().await = None;
                Ok(self.sender(port).await?.send_request(request).await?)
            }
            None => Err(unsent.into_error().into()),
        }
    }

    async fn sender(&self, port: u16) -> Result<Sender, Error> {
        let mut kept = self.0.lock().await;
        if let Some((known, sender)) = &*kept
            && *known == port
            && !sender.is_closed()
        {
            return Ok(sender.clone());
        }
        let stream = TokioIo::new(connect(port).await?);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the HTTP/2 connection to an app ended");
            }
        });
        *kept = Some((port, sender.clone()));
        Ok(sender)
    }
}

async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
