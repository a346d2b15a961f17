//! The queue before each destination: bounded, sent in batches, never waited for.
//!
//! What ends a span only puts bytes into the queue. If it is full, they are dropped and counted. A task of its own
//! sends what is there once a second, or at once when a turn has ended.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use prometheus_client::metrics::counter::Counter;
use prost::Message as _;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::destination::Destination;
use super::feedback::Feedback;
use super::trouble::Trouble;
use super::wire::{Export, Resource, ResourceSpans, Scope, ScopeSpans};
use crate::workspace::RetryPolicy;

/// The most spans, and their bytes, that wait.
const MOST_WAITING: usize = 2_048;
const MOST_BYTES: usize = 8 << 20;
/// The most spans of a request, and their bytes.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 1 << 20;
/// How long a span waits for others.
const LINGER: Duration = Duration::from_secs(1);
/// How often problems are told.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// What is sent.
pub(super) enum Item {
    /// An encoded span.
    Span(Bytes),
    /// What a person said about a turn.
    Feedback(Arc<Feedback>),
    /// Tells when all before it was sent or dropped.
    Mark(oneshot::Sender<()>),
}

impl Item {
    fn bytes(&self) -> usize {
        match self {
            Self::Span(span) => span.len(),
            Self::Feedback(_) | Self::Mark(_) => 0,
        }
    }

    /// The same for one more destination.
    fn again(&self) -> Option<Self> {
        match self {
            Self::Span(span) => Some(Self::Span(span.clone())),
            Self::Feedback(feedback) => Some(Self::Feedback(Arc::clone(feedback))),
            Self::Mark(_) => None,
        }
    }
}

/// What happened to spans and feedback.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) sent: Counter,
    pub(super) dropped: Counter,
}

/// The queue before a destination.
pub(super) struct Lane {
    queue: mpsc::Sender<Item>,
    bytes: Arc<AtomicUsize>,
    hurry: Arc<Notify>,
    counts: Counts,
    /// Until the first item: then there is a runtime to send with.
    idle: Mutex<Option<Sending>>,
}

impl Lane {
    pub(super) fn new(
        destination: Destination,
        resource: Resource,
        retry: RetryPolicy,
        counts: Counts,
    ) -> Self {
        let (queue, items) = mpsc::channel(MOST_WAITING);
        let (bytes, hurry) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let sending = Sending {
            items,
            destination,
            resource,
            retry,
            bytes: Arc::clone(&bytes),
            hurry: Arc::clone(&hurry),
            counts: counts.clone(),
            told: None,
        };
        Self { queue, bytes, hurry, counts, idle: Mutex::new(Some(sending)) }
    }

    /// Puts an item into the queue, or drops it.
    pub(super) fn push(&self, item: &Item) {
        let Some(item) = item.again() else { return };
        let bytes = item.bytes();
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > MOST_BYTES || self.queue.try_send(item).is_err() {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.counts.dropped.inc();
            return;
        }
        if let Some(sending) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take() {
            tokio::spawn(sending.run());
        }
    }

    /// Has what is there sent now.
    pub(super) fn hurry(&self) {
        self.hurry.notify_one();
    }

    /// Waits until what is there was sent or dropped.
    pub(super) async fn flush(&self) {
        if self.idle.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return;
        }
        let (mark, reached) = oneshot::channel();
        if self.queue.send(Item::Mark(mark)).await.is_ok() {
            let _ = reached.await;
        }
    }
}

struct Sending {
    items: mpsc::Receiver<Item>,
    destination: Destination,
    resource: Resource,
    retry: RetryPolicy,
    bytes: Arc<AtomicUsize>,
    hurry: Arc<Notify>,
    counts: Counts,
    /// When a problem was told last.
    told: Option<Instant>,
}

/// What is sent together.
#[derive(Default)]
struct Batch {
    spans: Vec<Bytes>,
    bytes: usize,
    feedback: Vec<Arc<Feedback>>,
    marks: Vec<oneshot::Sender<()>>,
}

impl Batch {
    fn add(&mut self, item: Item) {
        self.bytes += item.bytes();
        match item {
            Item::Span(span) => self.spans.push(span),
            Item::Feedback(feedback) => self.feedback.push(feedback),
            Item::Mark(mark) => self.marks.push(mark),
        }
    }

    fn is_full(&self) -> bool {
        self.spans.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    /// Someone waits for it.
    fn is_urgent(&self) -> bool {
        !self.marks.is_empty() || !self.feedback.is_empty()
    }
}

impl Sending {
    async fn run(mut self) {
        while let Some(first) = self.items.recv().await {
            let mut batch = Batch::default();
            batch.add(first);
            let until = Instant::now() + LINGER;
            while !batch.is_full() && !batch.is_urgent() {
                tokio::select! {
                    // What is there first: then nothing that came before the hurry is left behind.
                    biased;
                    item = self.items.recv() => match item {
                        Some(item) => batch.add(item),
                        None => break,
                    },
                    () = self.hurry.notified() => break,
                    () = sleep_until(until) => break,
                }
            }
            self.bytes.fetch_sub(batch.bytes, Ordering::Relaxed);
            self.deliver(batch).await;
        }
    }

    async fn deliver(&mut self, batch: Batch) {
        if !batch.spans.is_empty() {
            let count = batch.spans.len();
            let body = Bytes::from(self.export(batch.spans).encode_to_vec());
            self.send(count, &Load::Spans(body)).await;
        }
        for feedback in batch.feedback {
            self.send(1, &Load::Feedback(feedback)).await;
        }
        for mark in batch.marks {
            let _ = mark.send(());
        }
    }

    fn export(&self, spans: Vec<Bytes>) -> Export {
        let scope = Scope { name: crate::NAME.to_owned(), version: crate::VERSION.to_owned() };
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans }];
        Export { resource_spans: vec![ResourceSpans { resource: Some(self.resource.clone()), scope_spans }] }
    }

    /// Sends, again if that may help, and counts.
    async fn send(&mut self, count: usize, load: &Load) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let mut pause = self.retry.first_pause;
        for attempt in 1.. {
            let answer = timeout(self.retry.timeout, async {
                match load {
                    Load::Spans(body) => self.destination.spans(body.clone()).await,
                    Load::Feedback(feedback) => self.destination.feedback(feedback).await,
                }
            });
            let trouble = match answer.await {
                Ok(Ok(())) => {
                    self.counts.sent.inc_by(count);
                    return;
                }
                Ok(Err(trouble)) => trouble,
                Err(_) => Trouble::passing("it gave no answer in time"),
            };
            if !trouble.is_passing || attempt >= self.retry.attempts {
                self.counts.dropped.inc_by(count);
                self.tell(&trouble);
                return;
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.retry.longest_pause);
        }
    }

    fn tell(&mut self, trouble: &Trouble) {
        if self.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        tracing::warn!(
            destination = self.destination.name(),
            dropped = self.counts.dropped.get(),
            problem = trouble.what,
            "traces can't be sent and are dropped; the assistant works without them"
        );
    }
}

enum Load {
    Spans(Bytes),
    Feedback(Arc<Feedback>),
}
