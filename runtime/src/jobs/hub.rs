//! Who waits for news in this process, and when it is worth listening for hints.
//!
//! Everything here is in memory and may be lost: whoever waits looks into the database by itself from time to
//! time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::pace::Pace;

/// Cancellations that a slow receiver may miss; it learns of them with its next heartbeat.
const CANCELLATIONS: usize = 64;

/// The news of this process.
pub(super) struct Hub {
    watched: Mutex<HashMap<Uuid, Watched>>,
    /// How many watch for each person.
    people: Mutex<HashMap<String, usize>>,
    /// Somebody began to watch.
    watching: Notify,
    /// There may be something to take.
    work: Notify,
    /// Jobs that are to be cancelled.
    cancelled: broadcast::Sender<Uuid>,
    /// When there last was a sign of work.
    attended: watch::Sender<Instant>,
    closing: watch::Sender<bool>,
}

struct Watched {
    /// Changes with each news.
    news: watch::Sender<u64>,
    /// The last event that was seen by looking.
    last_event: Option<i64>,
    watchers: usize,
}

/// A watched job. Dropping it ends the watching.
pub(super) struct Watching {
    hub: Arc<Hub>,
    id: Uuid,
    person: String,
    news: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
}

/// Nobody else can watch at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowded {
    /// This person has too many streams.
    Person,
    /// The process has.
    Process,
}

impl Hub {
    pub(super) fn new() -> Self {
        Self {
            watched: Mutex::default(),
            people: Mutex::default(),
            watching: Notify::new(),
            work: Notify::new(),
            cancelled: broadcast::channel(CANCELLATIONS).0,
            attended: watch::Sender::new(Instant::now()),
            closing: watch::Sender::new(false),
        }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<Uuid, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a hint from another process, or from this one.
    pub(super) fn hear(&self, hint: &str) {
        let (word, id) = hint.split_once(' ').unwrap_or((hint, ""));
        match (word, Uuid::parse_str(id)) {
            ("work", _) => self.work.notify_one(),
            ("event", Ok(id)) => self.told(id),
            ("cancel", Ok(id)) => {
                // Nobody receives it if no worker runs here.
                let _ = self.cancelled.send(id);
            }
            _ => tracing::debug!("an unknown hint about jobs was ignored"),
        }
    }

    /// There may be something to take.
    pub(super) fn work_is_waiting(&self) {
        self.attend();
        self.work.notify_one();
    }

    /// Something happened to a job.
    pub(super) fn told(&self, id: Uuid) {
        if let Some(watched) = self.watched().get(&id) {
            watched.news.send_modify(|news| *news = news.wrapping_add(1));
        }
    }

    /// Hints may have been missed.
    pub(super) fn look_at_everything(&self) {
        self.work.notify_one();
        for watched in self.watched().values() {
            watched.news.send_modify(|news| *news = news.wrapping_add(1));
        }
    }

    /// What was seen by looking: the last event of each job that exists.
    pub(super) fn seen(&self, looked_at: &[Uuid], last_events: &HashMap<Uuid, i64>) {
        let mut all = self.watched();
        for id in looked_at {
            let last_event = last_events.get(id).copied();
            if let Some(watched) = all.get_mut(id)
                && (watched.last_event != last_event || last_event.is_none())
            {
                watched.last_event = last_event;
                watched.news.send_modify(|news| *news = news.wrapping_add(1));
            }
        }
    }

    /// Waits until there may be something to take.
    pub(super) async fn work(&self) {
        self.work.notified().await;
    }

    /// The jobs that are to be cancelled from now on.
    pub(super) fn cancellations(&self) -> broadcast::Receiver<Uuid> {
        self.cancelled.subscribe()
    }

    /// There is a sign of work: hints are worth listening for.
    pub(super) fn attend(&self) {
        self.attended.send_replace(Instant::now());
    }

    /// Waits until hints are worth listening for.
    pub(super) async fn attentive(&self, for_time: Duration) {
        let mut attended = self.attended.subscribe();
        loop {
            // First, so that nobody who begins to watch in between is missed.
            let watching = self.watching.notified();
            if self.is_attentive(for_time) {
                return;
            }
            tokio::select! {
                _ = attended.changed() => {}
                () = watching => {}
            }
        }
    }

    /// Whether hints are worth listening for: somebody watches, or there was work not long ago.
    pub(super) fn is_attentive(&self, for_time: Duration) -> bool {
        self.attended.borrow().elapsed() < for_time || !self.watched().is_empty()
    }

    /// Waits until a job is watched.
    pub(super) async fn watched_by_somebody(&self) {
        loop {
            let watching = self.watching.notified();
            if !self.watched().is_empty() {
                return;
            }
            watching.await;
        }
    }

    /// The jobs that are watched.
    pub(super) fn watched_ids(&self) -> Vec<Uuid> {
        self.watched().keys().copied().collect()
    }

    /// Watches a job for a person, if there is room. What happens from now on is news.
    pub(super) fn watch(self: &Arc<Self>, id: Uuid, person: &str, pace: &Pace) -> Result<Watching, Crowded> {
        let news = {
            let mut people = self.people();
            // The person's limit is checked first: its message says what the person can do.
            let own = people.get(person).copied().unwrap_or(0);
            if own >= pace.streams_per_person {
                return Err(Crowded::Person);
            }
            if people.values().sum::<usize>() >= pace.streams {
                return Err(Crowded::Process);
            }
            people.insert(person.to_owned(), own + 1);
            let mut all = self.watched();
            let watched = all.entry(id).or_insert_with(|| Watched {
                news: watch::Sender::new(0),
                last_event: None,
                watchers: 0,
            });
            watched.watchers += 1;
            watched.news.subscribe()
        };
        self.watching.notify_waiters();
        let closing = self.closing.subscribe();
        Ok(Watching { hub: Arc::clone(self), id, person: person.to_owned(), news, closing })
    }

    fn people(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all watching: the process stops.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Watching {
    /// Waits for news; `false` if there will be none, because the process stops.
    pub(super) async fn news(&mut self) -> bool {
        tokio::select! {
            biased;
            _ = self.closing.wait_for(|closing| *closing) => false,
            changed = self.news.changed() => changed.is_ok(),
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut people = self.hub.people();
        if let Some(streams) = people.get_mut(&self.person) {
            *streams -= 1;
            if *streams == 0 {
                people.remove(&self.person);
            }
        }
        let mut all = self.hub.watched();
        if let Some(watched) = all.get_mut(&self.id) {
            watched.watchers -= 1;
            if watched.watchers == 0 {
                all.remove(&self.id);
            }
        }
    }
}
