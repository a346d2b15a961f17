//! What endpoints are known to refuse.
//!
//! Problem: whether a model takes a temperature, a limit on tokens or a schema is not told anywhere, and
//! changes with the model behind an endpoint.
//!
//! Choice: everything is sent until an endpoint refuses it. What it refused is remembered for the life of the
//! process, so the refusal costs one request and not one for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most endpoints that are remembered. People choose endpoints, so the number has a bound.
const MOST: usize = 1_000;

/// What endpoints refused, shared by all that ask them; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Learnt(Arc<Mutex<HashMap<String, Adjusted>>>);

/// What is left out for an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Adjusted {
    pub(super) without_temperature: bool,
    pub(super) limit: LimitName,
    /// The schema is described in words instead.
    pub(super) without_format: bool,
}

/// Under which name the limit on tokens is sent, in the order in which the names are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LimitName {
    #[default]
    MaxTokens,
    MaxCompletionTokens,
    None,
}

impl LimitName {
    pub(super) fn next(self) -> Self {
        match self {
            Self::MaxTokens => Self::MaxCompletionTokens,
            Self::MaxCompletionTokens | Self::None => Self::None,
        }
    }
}

impl Learnt {
    pub(super) fn of(&self, endpoint: &str) -> Adjusted {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(endpoint).copied().unwrap_or_default()
    }

    /// Adds to what is known. Requests that ran at the same time may have learnt the same, or something else.
    pub(super) fn add(&self, endpoint: &str, refused: Adjusted) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(endpoint) {
            known.clear();
        }
        let entry = known.entry(endpoint.to_owned()).or_default();
        entry.without_temperature |= refused.without_temperature;
        entry.without_format |= refused.without_format;
        entry.limit = entry.limit.max(refused.limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_has_a_bound() {
        let learnt = Learnt::default();
        let refused = Adjusted { without_temperature: true, ..Adjusted::default() };
        for endpoint in 0..=MOST {
            learnt.add(&endpoint.to_string(), refused);
        }
        assert_eq!(learnt.of(&MOST.to_string()), refused);
        assert!(learnt.0.lock().expect("a lock").len() <= MOST);
    }

    #[test]
    fn what_two_requests_learn_at_once_is_kept_of_both() {
        let learnt = Learnt::default();
        learnt.add("a", Adjusted { limit: LimitName::None, ..Adjusted::default() });
        learnt.add(
            "a",
            Adjusted { limit: LimitName::MaxCompletionTokens, without_format: true, ..Adjusted::default() },
        );
        let both = Adjusted { limit: LimitName::None, without_format: true, without_temperature: false };
        assert_eq!(learnt.of("a"), both);
    }
}
