//! The events of a job as a stream (Server-Sent Events).
//!
//! Each event has its id, so a browser that lost the stream asks for what follows, and any process can answer. The
//! stream ends by itself before the platform's proxy ends it, and the browser comes back. Once a job has ended
//! and everything was told, the answer is 204: a browser doesn't come back then.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::handle::Jobs;
use super::hub::Watching;
use super::types::{JobEvent, JobEvents};

/// When a browser comes back after a stream ended.
const COME_BACK: Duration = Duration::from_secs(1);
/// How long to wait before events are read again after the database failed.
const TROUBLE: Duration = Duration::from_secs(2);

/// A stream of one job for its owner.
struct Telling {
    jobs: Jobs,
    watching: Watching,
    id: Uuid,
    owner: String,
    last: i64,
    ends_at: Instant,
    /// Events that were read already.
    ready: Option<JobEvents>,
}

/// The answer to a request for a stream, beginning with `first`, the events after `after`. `watching` has begun
/// before they were read.
pub(super) fn answer(
    jobs: &Jobs,
    watching: Watching,
    (id, owner): (Uuid, String),
    after: i64,
    first: JobEvents,
) -> Response {
    let pace = jobs.shared.pace;
    let telling = Telling {
        jobs: jobs.clone(),
        watching,
        id,
        owner,
        last: after,
        ends_at: Instant::now() + pace.stream,
        ready: Some(first),
    };
    let begin = stream::iter([Event::default().retry(COME_BACK)]);
    let events = stream::unfold(Some(telling), next_page).flat_map(stream::iter);
    let events = begin.chain(events).map(Ok::<_, Infallible>);
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(pace.ping).text("waiting")).into_response();
    // Some proxies keep an answer until it is complete unless they are told.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

/// The next events, once there are some. `None` at the end.
async fn next_page(telling: Option<Telling>) -> Option<(Vec<Event>, Option<Telling>)> {
    let mut telling = telling?;
    loop {
        let page = match telling.ready.take() {
            Some(page) => page,
            None => telling.read().await?,
        };
        let complete = page.is_complete();
        if !page.events.is_empty() {
            telling.last = page.events.last().map_or(telling.last, |event| event.id);
            let events = page.events.iter().map(as_sent).collect();
            return Some((events, (!complete).then_some(telling)));
        }
        if complete || !timeout_at(telling.ends_at, telling.watching.news()).await.unwrap_or(false) {
            return None;
        }
    }
}

impl Telling {
    /// What follows the last event; `None` if the stream ends, also because the job isn't there any more.
    async fn read(&mut self) -> Option<JobEvents> {
        loop {
            match self.jobs.events(self.id, &self.owner, self.last).await {
                Ok(page) => return page,
                Err(error) => tracing::debug!(%error, "events of a job can't be read; trying again"),
            }
            let again = Instant::now() + TROUBLE;
            if again > self.ends_at {
                return None;
            }
            tokio::time::sleep_until(again).await;
        }
    }
}

fn as_sent(event: &JobEvent) -> Event {
    let JobEvent { id, kind, attempt, body, created_at } = event;
    let content = serde_json::json!({ "attempt": attempt, "body": body, "created_at": created_at });
    // JSON has no line breaks of its own, which end a field.
    Event::default().id(id.to_string()).event(kind.replace(['\n', '\r'], " ")).data(content.to_string())
}
