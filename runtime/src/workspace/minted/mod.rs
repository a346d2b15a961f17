//! A secret that a server issues for a limited time: kept, and renewed by a task of its own.
//!
//! Problem: tokens and database passwords are valid for an hour. The service that issues them may be busy,
//! restart or hang, and the caller that asks for one may be dropped at any moment.
//!
//! Choice: a secret is renewed after half of its lifetime, by a task that the next caller starts. No caller
//! waits for that task while the kept secret is usable, so a service that hangs or refuses does no harm
//! until the last minute. Without a usable secret, all callers wait for one task, which continues if they
//! are dropped. After a failure there is a pause before the next task, which doubles with each failure;
//! meanwhile callers get the kept secret or, without one, the failure. Nothing runs without callers: an idle
//! app sends no requests.

use std::fmt::{self, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use tokio::time::Instant;

use super::retry::{RetryPolicy, Urgency};

/// A secret this close to its expiry is no longer used.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The assumed lifetime of a secret without an expiry time: shorter than any real one.
pub(super) const UNKNOWN_LIFE: Duration = Duration::from_mins(10);

/// A secret and its lifetime.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub(super) secret: SecretString,
    pub(super) since: Instant,
    pub(super) life: Duration,
}

impl Issued {
    fn is_young(&self) -> bool {
        self.since.elapsed() < self.life / 2
    }

    fn is_usable(&self) -> bool {
        self.since.elapsed() + LAST_MOMENT.min(self.life / 4) < self.life
    }
}

/// The task that requested a secret ended without an outcome.
#[derive(Debug)]
pub(super) struct Interrupted;

/// Issues a secret.
pub(super) trait Mint: Send + Sync + 'static {
    /// Why there is no secret.
    type Error: Clone + Display + From<Interrupted> + Send + Sync + 'static;

    /// Requests a new secret.
    fn mint(&self, urgency: Urgency) -> impl Future<Output = Result<Issued, Self::Error>> + Send;
}

/// Keeps and renews one secret; cheap to clone.
pub(super) struct Minted<M: Mint>(Arc<Shared<M>>);

struct Shared<M: Mint> {
    mint: M,
    /// For the pauses between tasks that failed.
    policy: RetryPolicy,
    state: Mutex<State<M::Error>>,
}

struct State<E> {
    kept: Option<Issued>,
    renewal: Option<Renewal<E>>,
    failure: Option<Failure<E>>,
}

/// The outcome of a task, once there is one.
type Renewal<E> = watch::Receiver<Option<Result<SecretString, E>>>;

struct Failure<E> {
    error: E,
    pause: Duration,
    not_before: Instant,
}

impl<M: Mint> Clone for Minted<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Mint> fmt::Debug for Minted<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Minted")
    }
}

impl<M: Mint> Minted<M> {
    /// Prepares the cache; nothing is requested before the first secret is needed.
    pub(super) fn new(mint: M, policy: RetryPolicy) -> Self {
        let state = Mutex::new(State { kept: None, renewal: None, failure: None });
        Self(Arc::new(Shared { mint, policy, state }))
    }

    /// A secret that should be accepted now.
    pub(super) async fn get(&self) -> Result<SecretString, M::Error> {
        let mut renewal = match self.now() {
            Now::Secret(secret) => return Ok(secret),
            Now::Failed(error) => return Err(error),
            Now::Waiting(renewal) => renewal,
        };
        match renewal.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            Ok(None) | Err(_) => Err(Interrupted.into()),
        }
    }

    /// Drops `refused`, which was not accepted; false if another one is kept by now.
    pub(super) fn refused(&self, refused: &SecretString) -> bool {
        let is_it = |issued: &mut Issued| issued.secret.expose_secret() == refused.expose_secret();
        self.0.state().kept.take_if(is_it).is_some()
    }

    fn now(&self) -> Now<M::Error> {
        let mut state = self.0.state();
        // A task that panicked has left its channel behind.
        state.renewal.take_if(|renewal| renewal.has_changed().is_err());
        let is_paused = state.failure.as_ref().filter(|failure| Instant::now() < failure.not_before);
        match (&state.kept, &state.renewal, is_paused) {
            (Some(kept), renewal, paused) if kept.is_usable() => {
                let secret = kept.secret.clone();
                if !kept.is_young() && renewal.is_none() && paused.is_none() {
                    self.start(&mut state, Urgency::Early);
                }
                Now::Secret(secret)
            }
            (_, Some(renewal), _) => Now::Waiting(renewal.clone()),
            (_, None, Some(failure)) => Now::Failed(failure.error.clone()),
            (_, None, None) => Now::Waiting(self.start(&mut state, Urgency::Needed)),
        }
    }

    fn start(&self, state: &mut State<M::Error>, urgency: Urgency) -> Renewal<M::Error> {
        let (sender, receiver) = watch::channel(None);
        state.renewal = Some(receiver.clone());
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            let outcome = shared.mint.mint(urgency).await;
            sender.send_replace(Some(shared.settle(outcome)));
        });
        receiver
    }

    #[cfg(test)]
    pub(super) fn keep(&self, issued: Issued) {
        self.0.state().kept = Some(issued);
    }
}

enum Now<E> {
    Secret(SecretString),
    Failed(E),
    Waiting(Renewal<E>),
}

impl<M: Mint> Shared<M> {
    fn state(&self) -> MutexGuard<'_, State<M::Error>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, outcome: Result<Issued, M::Error>) -> Result<SecretString, M::Error> {
        let mut state = self.state();
        state.renewal = None;
        match outcome {
            Ok(issued) => {
                state.failure = None;
                Ok(state.kept.insert(issued).secret.clone())
            }
            Err(error) => {
                let pause = match &state.failure {
                    Some(failure) => failure.pause.saturating_mul(2).min(self.policy.longest_pause),
                    None => self.policy.first_pause,
                };
                state.failure =
                    Some(Failure { error: error.clone(), pause, not_before: Instant::now() + pause });
                match &state.kept {
                    Some(kept) if kept.is_usable() => {
                        tracing::warn!(%error, "a credential could not be renewed early; the present one is still valid");
                        Ok(kept.secret.clone())
                    }
                    _ => Err(error),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
