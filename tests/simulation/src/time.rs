//! Virtual time: it moves only when every process waits.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// 2026-11-23 15:00 UTC, in milliseconds since 1970: where every simulation begins.
pub const START_MS: u64 = 1_795_446_000_000;

/// The clock, and the sleeps that are pending on it.
#[derive(Debug)]
pub struct Time {
    now_ms: Cell<u64>,
    sleepers: RefCell<Vec<Sleeper>>,
    next: Cell<u64>,
}

#[derive(Debug)]
struct Sleeper {
    id: u64,
    until_ms: u64,
    waker: Waker,
}

impl Time {
    /// A clock that shows `now_ms`.
    pub fn at(now_ms: u64) -> Self {
        Self { now_ms: Cell::new(now_ms), sleepers: RefCell::default(), next: Cell::new(0) }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    /// Completes after `millis`.
    pub async fn sleep(&self, millis: u64) {
        let until_ms = self.now_ms().saturating_add(millis);
        let id = self.next.replace(self.next.get() + 1);
        let _awake = Awake { time: self, id };
        let mut registered = false;
        poll_fn(|context| {
            if self.now_ms() >= until_ms {
                return Poll::Ready(());
            }
            if !registered {
                registered = true;
                let waker = context.waker().clone();
                self.sleepers.borrow_mut().push(Sleeper { id, until_ms, waker });
            }
            Poll::Pending
        })
        .await;
    }

    /// When the earliest sleep ends.
    pub fn earliest(&self) -> Option<u64> {
        self.sleepers.borrow().iter().map(|sleeper| sleeper.until_ms).min()
    }

    /// Moves the clock to `now_ms`, and wakes the sleeps that end by then.
    pub fn move_to(&self, now_ms: u64) {
        self.now_ms.set(self.now_ms().max(now_ms));
        self.sleepers.borrow_mut().retain(|sleeper| {
            let is_due = sleeper.until_ms <= now_ms;
            if is_due {
                sleeper.waker.wake_by_ref();
            }
            !is_due
        });
    }
}

/// Removes a sleep from the list, also when its future is dropped.
struct Awake<'a> {
    time: &'a Time,
    id: u64,
}

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.time.sleepers.borrow_mut().retain(|sleeper| sleeper.id != self.id);
    }
}
