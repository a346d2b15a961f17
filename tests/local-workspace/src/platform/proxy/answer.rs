//! The answer of an app on its way to the visitor: passed on as it arrives, or held back, and ended at the
//! time limit. Trailers pass in both cases.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::settings::Buffering;

/// The maximum size of an answer that is held back.
const MOST_HELD_BYTES: usize = 64 * 1024 * 1024;

/// Why an answer can't be passed on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfinished {
    /// It was incomplete at the time limit.
    #[error("the answer was incomplete at the time limit")]
    Late,
    /// It is too large to be held back.
    #[error("the answer is larger than {MOST_HELD_BYTES} bytes")]
    TooLarge,
    /// The app ended it early.
    #[error("the app ended its answer early: {0}")]
    Broken(axum::Error),
}

/// The answer for the visitor.
pub(super) async fn ready_for_visitor(
    response: Response,
    buffering: Buffering,
    deadline: Instant,
) -> Result<Response, Unfinished> {
    match buffering {
        Buffering::Off => {
            let timer = Box::pin(sleep_until(deadline));
            Ok(response.map(|body| Body::new(Limited { body, timer })))
        }
        Buffering::Complete => {
            let (response, end) = hold(response, deadline).await?;
            if end == End::TimeLimit { Err(Unfinished::Late) } else { Ok(response) }
        }
        Buffering::UpToLimit => Ok(hold(response, deadline).await?.0),
    }
}

/// Where an answer that was held back ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Where the app ended it.
    Complete,
    /// With what had arrived at the time limit.
    TimeLimit,
}

async fn hold(response: Response, deadline: Instant) -> Result<(Response, End), Unfinished> {
    let (mut head, mut body) = response.into_parts();
    let (mut frames, mut bytes) = (VecDeque::new(), 0);
    let end = loop {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = match timeout_at(deadline, next).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => return Err(Unfinished::Broken(error)),
            Ok(None) => break End::Complete,
            Err(_) => {
                head.headers.remove(CONTENT_LENGTH);
                break End::TimeLimit;
            }
        };
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > MOST_HELD_BYTES {
            return Err(Unfinished::TooLarge);
        }
        frames.push_back(frame);
    };
    Ok((Response::from_parts(head, Body::new(Held(frames))), end))
}

/// A body that was received before.
struct Held(VecDeque<Frame<Bytes>>);

impl HttpBody for Held {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }

    // The size stays unknown: a body of a known size has no trailers in HTTP/1.1.
    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

/// A body that is cut at the time limit.
struct Limited {
    body: Body,
    timer: Pin<Box<Sleep>>,
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
