//! One connection, from accepting it to its end.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;
use tower::ServiceExt as _;

use super::activity::{Activity, Allowed};
use super::limits::{LARGEST_HEADER_LIST_BYTES, Limits, MOST_HEADERS};
use super::slots::Slot;

/// How often an idle HTTP/2 connection is pinged.
const PING_INTERVAL: std::time::Duration = std::time::Duration::from_secs(30);
/// HTTP/1.1's buffer: a header list of the maximum size plus overhead, so that it is refused by
/// [`is_too_large`], as with HTTP/2, and not by a lower limit.
const BUFFER_BYTES: usize = LARGEST_HEADER_LIST_BYTES + 32 * 1024;
/// HTTP/2's own limit; above ours for the same reason.
const HTTP2_HEADER_LIST_BYTES: u32 = 80 * 1024;

fn server() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        // hyper's limit would also count the time between two requests, and nothing before the first byte.
        .header_read_timeout(None)
        .max_buf_size(BUFFER_BYTES);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .max_concurrent_streams(128)
        .max_header_list_size(HTTP2_HEADER_LIST_BYTES);
    server
}

/// Serves one connection until it ends, exceeds a limit, or is closed for another one. After `stopping` is
/// signalled, requests already received are answered, and then it ends.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    slot: Slot,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    let activity = Arc::clone(&slot.activity);
    let stream = Observed { stream, activity: Arc::clone(&activity) };
    let service = {
        let activity = Arc::clone(&activity);
        tower::service_fn(move |request| answer(router.clone(), Arc::clone(&activity), request))
    };
    let server = server();
    let connection = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let mut phase = Phase::Open;
    loop {
        let check = phase.next_check(&activity, &limits);
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection ended early");
                }
                return;
            }
            () = activity.give_way.notified() => {
                if !activity.is_busy() {
                    return;
                }
                // A request arrived at this moment.
                connection.as_mut().graceful_shutdown();
            }
            // An error means that the server is gone, which is a reason to end as well.
            _ = stopping.wait_for(|stopping| *stopping), if !phase.is_stopping() => {
                // HTTP/2 completes pending requests by itself.
                let told = activity.is_busy() || activity.speaks_http2();
                if told {
                    connection.as_mut().graceful_shutdown();
                }
                phase = Phase::Stopping { told, check: Instant::now() + limits.linger };
            }
            () = tokio::time::sleep_until(check) => match phase.verdict(&activity, &limits) {
                Verdict::Stay(next) => phase = next,
                Verdict::Tell(next) => {
                    connection.as_mut().graceful_shutdown();
                    phase = next;
                }
                Verdict::Close => return,
            }
        }
    }
}

/// The progress of ending a connection.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Not ending.
    Open,
    /// It was idle for too long, and was told to end.
    Closing { by: Instant },
    /// The server is stopping; whether the connection was told so, and when to check it again.
    Stopping { told: bool, check: Instant },
}

enum Verdict {
    Stay(Phase),
    Tell(Phase),
    Close,
}

impl Phase {
    fn is_stopping(self) -> bool {
        matches!(self, Self::Stopping { .. })
    }

    fn next_check(self, activity: &Activity, limits: &Limits) -> Instant {
        match self {
            Self::Open => match activity.allowed(limits) {
                Allowed::Until(then) | Allowed::IdleUntil(then) => then,
                // It may have become idle or blocked since.
                Allowed::WhileBusy => Instant::now() + limits.head,
            },
            Self::Closing { by } => by,
            Self::Stopping { check, .. } => check,
        }
    }

    fn verdict(self, activity: &Activity, limits: &Limits) -> Verdict {
        let now = Instant::now();
        match self {
            Self::Open => match activity.allowed(limits) {
                Allowed::Until(then) if then <= now => Verdict::Close,
                Allowed::IdleUntil(then) if then <= now => {
                    Verdict::Tell(Self::Closing { by: now + limits.write })
                }
                _ => Verdict::Stay(self),
            },
            Self::Closing { .. } if activity.is_busy() => {
                Verdict::Stay(Self::Closing { by: now + limits.write })
            }
            Self::Closing { .. } => Verdict::Close,
            Self::Stopping { told, .. } => {
                let next = Self::Stopping { told: true, check: now + limits.linger };
                match activity.allowed(limits) {
                    Allowed::Until(then) if activity.is_busy() && then <= now => Verdict::Close,
                    _ if !activity.is_busy() => Verdict::Close,
                    _ if told => Verdict::Stay(next),
                    _ => Verdict::Tell(next),
                }
            }
        }
    }
}

/// Answers one request, and records it in `activity` meanwhile.
async fn answer(
    router: Router,
    activity: Arc<Activity>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let number = activity.begin(request.version());
    let running = Running { activity, number };
    let response = if is_too_large(request.headers()) {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()
    } else {
        router.oneshot(request).await?
    };
    Ok(response.map(|body| Answer { body, running }))
}

/// Whether the header list exceeds the limit for both versions of HTTP.
fn is_too_large(headers: &HeaderMap) -> bool {
    /// The overhead that HTTP/2 counts for each field (RFC 9113, 6.5.2).
    const FIELD_BYTES: usize = 32;
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + FIELD_BYTES).sum();
    headers.len() > MOST_HEADERS || bytes > LARGEST_HEADER_LIST_BYTES
}

/// A request that is being answered, until this is dropped.
struct Running {
    activity: Arc<Activity>,
    number: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.activity.end(self.number);
    }
}

/// The body of an answer. If the client doesn't read a part of it, the next one isn't requested.
struct Answer {
    body: Body,
    running: Running,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let handed = matches!(polled, Poll::Ready(Some(Ok(_)))).then(Instant::now);
        self.running.activity.handed(self.running.number, handed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that records reads and writes.
struct Observed<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Observed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.received();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> Observed<S> {
    fn noticed<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.activity.sent(polled.is_ready());
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Observed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noticed(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.noticed(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
