//! OTLP over gRPC, for a collector beside the app: the platform names its own in this form.
//!
//! It is one unary call: a POST over HTTP/2 whose body is the message behind five bytes, and whose outcome is in a
//! trailer. hyper is there for the server; a library for gRPC would be larger than all of this folder.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version, header};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::Url;
use tokio::net::TcpStream;

use super::trouble::Trouble;

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/// The statuses of gRPC after which sending again may help, as OTLP lists them.
const PASSING: [u32; 7] = [1, 4, 8, 10, 11, 14, 15];
const STATUS: &str = "grpc-status";

/// A collector that takes OTLP over gRPC.
pub(super) struct Grpc {
    host: String,
    port: u16,
    headers: HeaderMap,
    connection: Option<SendRequest<Body>>,
}

impl Grpc {
    /// At this address; none if it has no host.
    pub(super) fn new(address: &Url, headers: HeaderMap) -> Option<Self> {
        // The port of the scheme isn't gRPC's.
        let (host, port) = (address.host_str()?, address.port().unwrap_or(4317));
        Some(Self { host: host.trim_matches(['[', ']']).to_owned(), port, headers, connection: None })
    }

    /// Sends encoded spans.
    pub(super) async fn export(&mut self, message: Bytes) -> Result<(), Trouble> {
        let request = self.request(&message)?;
        let mut connection = match self.connection.take() {
            Some(connection) if connection.is_ready() => connection,
            _ => self.connect().await?,
        };
        let answer = connection.send_request(request).await;
        let answer = answer.map_err(|_| Trouble::passing("the connection was closed before it answered"))?;
        let outcome = outcome(answer).await;
        self.connection = Some(connection);
        outcome
    }

    async fn connect(&self) -> Result<SendRequest<Body>, Trouble> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| Trouble::passing(format!("no connection: {error}")))?;
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Trouble::passing("it doesn't speak HTTP/2"))?;
        // It ends with its sender, or when the collector closes it.
        tokio::spawn(async {
            let _ = connection.await;
        });
        Ok(sender)
    }

    fn request(&self, message: &Bytes) -> Result<Request<Body>, Trouble> {
        let length = u32::try_from(message.len()).map_err(|_| Trouble::staying("a batch is too large"))?;
        let mut body = Vec::with_capacity(message.len() + 5);
        body.push(0);
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(message);
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let uri =
            Uri::builder().scheme("http").authority(format!("{host}:{}", self.port)).path_and_query(EXPORT);
        let uri = uri.build().map_err(|_| Trouble::staying("its address is not valid"))?;
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        request.headers_mut().insert(header::TE, HeaderValue::from_static("trailers"));
        Ok(request)
    }
}

/// What came of a call.
async fn outcome(answer: axum::http::Response<Incoming>) -> Result<(), Trouble> {
    let (parts, mut body) = answer.into_parts();
    if parts.status != StatusCode::OK {
        return Err(Trouble::passing(format!("it answers {}", parts.status.as_u16())));
    }
    let mut status = status_of(&parts.headers);
    // Its answer has nothing that matters but the end.
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Trouble::passing("the connection was closed before it answered"))?;
        if let Ok(trailers) = frame.into_trailers() {
            status = status.or_else(|| status_of(&trailers));
        }
    }
    match status {
        Some(0) => Ok(()),
        Some(code) if PASSING.contains(&code) => Err(Trouble::passing(format!("its gRPC status is {code}"))),
        Some(code) => Err(Trouble::staying(format!("its gRPC status is {code}"))),
        None => Err(Trouble::passing("it gave no gRPC status")),
    }
}

fn status_of(headers: &HeaderMap) -> Option<u32> {
    headers.get(STATUS)?.to_str().ok()?.parse().ok()
}
