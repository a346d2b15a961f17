//! Turns at work that takes much memory or processor time: so many at once in the process and of a person. Others
//! wait a bounded time, and are then asked to try again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::rejection::Rejection;

/// How much at once, and how long others wait.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Units of work at once in the process.
    pub at_once: u32,
    /// Turns of a person at once.
    pub of_a_person: usize,
    /// The longest wait. It ends well before the time limit of an answer.
    pub patience: Duration,
}

/// Turns at one kind of work; cheap to clone.
#[derive(Clone, Debug)]
pub struct Turns {
    bounds: Bounds,
    all: Arc<Semaphore>,
    people: Arc<Mutex<HashMap<String, Weak<Semaphore>>>>,
}

/// A turn. Dropping it lets the next one begin.
#[derive(Debug)]
pub struct Turn {
    _of_person: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Turns {
    /// None taken yet.
    pub fn new(bounds: Bounds) -> Self {
        let all = Semaphore::new(usize::try_from(bounds.at_once).unwrap_or(Semaphore::MAX_PERMITS));
        Self { bounds, all: Arc::new(all), people: Arc::default() }
    }

    /// Waits for a turn of this person's at work of so many units. More than there are count as all.
    ///
    /// # Errors
    /// 503 with `Retry-After` if no turn came in time.
    pub async fn take(&self, person: &str, units: u32) -> Result<Turn, Rejection> {
        let own = self.of(person);
        let units = units.clamp(1, self.bounds.at_once);
        let both = async {
            // One's own first: who waits for oneself takes nothing from others.
            let of_person = own.acquire_owned().await.ok()?;
            let of_all = Arc::clone(&self.all).acquire_many_owned(units).await.ok()?;
            Some(Turn { _of_person: of_person, _of_all: of_all })
        };
        timeout(self.bounds.patience, both).await.ok().flatten().ok_or_else(busy)
    }

    fn of(&self, person: &str) -> Arc<Semaphore> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = people.get(person).and_then(Weak::upgrade) {
            return own;
        }
        // Those who are at work or wait are few: at most one for each connection.
        people.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(self.bounds.of_a_person));
        people.insert(person.to_owned(), Arc::downgrade(&own));
        own
    }
}

fn busy() -> Rejection {
    Rejection::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "The server is busy with other large requests, possibly yours. Nothing was changed. Try again in a few seconds",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { at_once: 4, of_a_person: 2, patience: Duration::from_secs(10) };

    #[tokio::test(start_paused = true)]
    async fn a_person_takes_so_many_turns_and_leaves_the_rest_to_others() {
        let turns = Turns::new(BOUNDS);
        let first = turns.take("ada", 1).await.expect("a turn");
        let _second = turns.take("ada", 1).await.expect("a turn");
        assert_eq!(turns.take("ada", 1).await.expect_err("no turn").code, "busy");
        let _other = turns.take("grace", 1).await.expect("a turn");
        drop(first);
        turns.take("ada", 1).await.expect("a turn");
    }

    #[tokio::test(start_paused = true)]
    async fn large_work_waits_for_room_and_the_largest_has_it_all() {
        let turns = Turns::new(BOUNDS);
        let large = turns.take("ada", 100).await.expect("a turn");
        assert_eq!(
            turns.take("grace", 1).await.expect_err("no turn").status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        let (next, ()) = tokio::join!(turns.take("grace", 3), async { drop(large) });
        let _next = next.expect("a turn");
        assert!(turns.take("eve", 2).await.is_err());
        turns.take("eve", 1).await.expect("a turn");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_done_is_forgotten() {
        let turns = Turns::new(BOUNDS);
        for person in 0..100 {
            turns.take(&person.to_string(), 1).await.expect("a turn");
        }
        assert_eq!(turns.people.lock().expect("a lock").len(), 1);
    }
}
