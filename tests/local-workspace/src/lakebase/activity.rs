//! Scale to zero: a compute that is idle for its timeout is suspended.
//!
//! The state follows from timestamps: the compute is suspended if nothing has happened for that long, and
//! is shown as IDLE from that time on. Sessions don't survive it: one that sends something afterwards is
//! told that it has ended, as on the platform. A new connection resumes the compute, which takes a moment
//! (`pace.latency.wake_ms`, on the machine's clock only). A session that waits for its client counts as
//! idle; one with a pending answer doesn't.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::request::duration_ms;
use crate::clock::{Clock, Timestamp};
use crate::settings::SharedSettings;

/// The activity of a compute; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    settings: SharedSettings,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None`: it is never suspended.
    timeout_ms: Option<u64>,
    last: Timestamp,
    /// Sessions with a pending answer.
    busy: usize,
    /// How often it was resumed.
    wakes: u64,
}

impl Inner {
    fn suspended(&self, state: &State) -> bool {
        let idle_ms = self.clock.now().ms_since(state.last);
        state.busy == 0 && state.timeout_ms.is_some_and(|timeout| idle_ms >= timeout)
    }
}

impl Activity {
    /// A compute that has just started, without a timeout.
    pub(crate) fn new(clock: Clock, settings: SharedSettings) -> Self {
        let state = Mutex::new(State { timeout_ms: None, last: clock.now(), busy: 0, wakes: 0 });
        Self(Arc::new(Inner { clock, settings, state }))
    }

    /// Applies the timeout of an endpoint's settings from now on.
    pub(crate) fn follow(&self, settings: &Map<String, Value>) {
        let unending = settings.get("no_suspension") == Some(&Value::Bool(true));
        let timeout = settings.get("suspend_timeout_duration").filter(|_| !unending);
        // Settings were checked when they were set.
        let timeout = timeout.and_then(|timeout| duration_ms("suspend_timeout_duration", timeout).ok());
        self.0.state.lock().timeout_ms = timeout;
    }

    /// Whether it is suspended now.
    pub(crate) fn is_suspended(&self) -> bool {
        self.0.suspended(&self.0.state.lock())
    }

    /// A new session, and how long it takes to resume the compute for it.
    pub(crate) fn begin(&self) -> (Session, Duration) {
        let mut state = self.0.state.lock();
        let wakes = self.0.suspended(&state);
        state.wakes += u64::from(wakes);
        state.last = self.0.clock.now();
        state.busy += 1;
        let takes = if wakes && !self.0.clock.is_virtual() {
            Duration::from_millis(self.0.settings.get().pace.latency.wake_ms)
        } else {
            Duration::ZERO
        };
        (Session { activity: self.clone(), wakes: state.wakes, busy: true }, takes)
    }
}

/// A session of a compute, from its login on.
pub(crate) struct Session {
    activity: Activity,
    wakes: u64,
    busy: bool,
}

impl Session {
    /// The client sent something; false if the compute was suspended meanwhile.
    pub(crate) fn asked(&mut self) -> bool {
        let inner = &self.activity.0;
        let mut state = inner.state.lock();
        if state.wakes != self.wakes || inner.suspended(&state) {
            return false;
        }
        state.last = inner.clock.now();
        state.busy += usize::from(!std::mem::replace(&mut self.busy, true));
        true
    }

    /// The server sent something; `waits` means that it now waits for the client.
    pub(crate) fn answered(&mut self, waits: bool) {
        let inner = &self.activity.0;
        let mut state = inner.state.lock();
        if state.wakes == self.wakes {
            state.last = inner.clock.now();
        }
        if waits {
            state.busy -= usize::from(std::mem::replace(&mut self.busy, false));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut state = self.activity.0.state.lock();
        state.busy -= usize::from(self.busy);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Activity;
    use crate::clock::{Clock, Timestamp};
    use crate::settings::SharedSettings;

    fn compute(timeout: &str) -> (Clock, Activity) {
        let clock = Clock::virtual_from(Timestamp(0));
        let activity = Activity::new(clock.clone(), SharedSettings::default());
        activity.follow(json!({"suspend_timeout_duration": timeout}).as_object().expect("an object"));
        (clock, activity)
    }

    #[test]
    fn it_is_suspended_after_its_timeout_and_wakes_for_a_session() {
        let (clock, activity) = compute("60s");
        clock.advance(59_999).expect("a virtual clock");
        assert!(!activity.is_suspended());
        clock.advance(1).expect("a virtual clock");
        assert!(activity.is_suspended());
        let (mut session, _) = activity.begin();
        assert!(!activity.is_suspended());
        session.answered(true);
        clock.advance(60_000).expect("a virtual clock");
        assert!(activity.is_suspended(), "a session that waits is no work");
        assert!(!session.asked(), "and has ended");
    }

    #[test]
    fn an_answer_under_way_is_work() {
        let (clock, activity) = compute("60s");
        let (mut session, _) = activity.begin();
        session.answered(true);
        assert!(session.asked());
        clock.advance(600_000).expect("a virtual clock");
        assert!(!activity.is_suspended());
        drop(session);
        assert!(activity.is_suspended(), "since nothing was said for so long");
    }

    #[test]
    fn a_session_of_before_ends_even_when_another_woke_the_compute() {
        let (clock, activity) = compute("60s");
        let (mut before, _) = activity.begin();
        before.answered(true);
        clock.advance(60_000).expect("a virtual clock");
        let (mut after, _) = activity.begin();
        assert!(!before.asked());
        assert!(after.asked());
    }

    #[test]
    fn without_a_timeout_it_stays() {
        let (clock, activity) = compute("60s");
        activity.follow(json!({"no_suspension": true}).as_object().expect("an object"));
        clock.advance(86_400_000).expect("a virtual clock");
        assert!(!activity.is_suspended());
    }
}
