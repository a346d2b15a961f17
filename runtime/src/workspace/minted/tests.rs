//! When a secret is renewed, and what callers get when that fails. The clock is the test's.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;

const HOUR: Duration = Duration::from_hours(1);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Issues `fresh-1`, `fresh-2` … for an hour; or fails, or doesn't answer, while told to.
#[derive(Clone, Default)]
struct Service(Arc<Inner>);

#[derive(Default)]
struct Inner {
    asked: AtomicUsize,
    mode: Mutex<Mode>,
    answers: Notify,
}

#[derive(Clone, Copy, Default)]
enum Mode {
    #[default]
    Issues,
    Fails,
    Hangs,
    Panics,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum NotIssued {
    #[error("request {0} failed")]
    Failed(usize),
    #[error("interrupted")]
    Interrupted,
}

impl From<Interrupted> for NotIssued {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl Mint for Service {
    type Error = NotIssued;

    async fn mint(&self, _: Urgency) -> Result<Issued, NotIssued> {
        let number = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mode = *self.0.mode.lock().expect("the mode");
        match mode {
            Mode::Issues => Ok(issued(&format!("fresh-{number}"), Duration::ZERO)),
            Mode::Fails => Err(NotIssued::Failed(number)),
            Mode::Panics => panic!("planted"),
            Mode::Hangs => {
                self.0.answers.notified().await;
                Ok(issued(&format!("late-{number}"), Duration::ZERO))
            }
        }
    }
}

impl Service {
    fn set(&self, mode: Mode) {
        *self.0.mode.lock().expect("the mode") = mode;
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

/// Issued for an hour, this long ago.
fn issued(secret: &str, age: Duration) -> Issued {
    let since = Instant::now().checked_sub(age).expect("a moment after the start of the clock");
    Issued { secret: SecretString::from(secret), since, life: HOUR }
}

/// A cache with a secret of this age in minutes.
async fn with_secret_of(minutes: u64) -> (Minted<Service>, Service) {
    tokio::time::advance(HOUR).await;
    let (minted, service) = nothing();
    minted.keep(issued("kept", Duration::from_mins(minutes)));
    (minted, service)
}

fn nothing() -> (Minted<Service>, Service) {
    let service = Service::default();
    let policy =
        RetryPolicy { first_pause: FIRST_PAUSE, longest_pause: LONGEST_PAUSE, ..RetryPolicy::default() };
    (Minted::new(service.clone(), policy), service)
}

async fn get(minted: &Minted<Service>) -> Result<String, NotIssued> {
    minted.get().await.map(|secret| secret.expose_secret().to_owned())
}

/// Lets tasks run until they wait.
async fn settled() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_young_secret_is_used_again() {
    let (minted, service) = with_secret_of(29).await;
    assert_eq!(get(&minted).await.as_deref(), Ok("kept"));
    settled().await;
    assert_eq!(service.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_renewed_well_before_it_expires_and_nobody_waits_for_it() {
    let (minted, service) = with_secret_of(31).await;
    service.set(Mode::Hangs);
    for _ in 0..3 {
        assert_eq!(get(&minted).await.as_deref(), Ok("kept"));
        settled().await;
    }
    assert_eq!(service.asked(), 1);
    service.0.answers.notify_one();
    settled().await;
    assert_eq!(get(&minted).await.as_deref(), Ok("late-1"));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_is_repeated_with_growing_pauses() {
    let (minted, service) = with_secret_of(31).await;
    service.set(Mode::Fails);
    for second in 0..60 {
        assert_eq!(get(&minted).await.as_deref(), Ok("kept"), "second {second}");
        settled().await;
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    // At 0, 1, 3, 7, 15 s, and every 10 s from there.
    assert_eq!(service.asked(), 9);
    service.set(Mode::Issues);
    tokio::time::advance(LONGEST_PAUSE).await;
    assert_eq!(get(&minted).await.as_deref(), Ok("kept"));
    settled().await;
    assert_eq!(get(&minted).await.as_deref(), Ok("fresh-10"));
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_its_last_minute_is_not_handed_out() {
    let (minted, service) = with_secret_of(59).await;
    service.set(Mode::Fails);
    assert_eq!(get(&minted).await, Err(NotIssued::Failed(1)));
    assert_eq!(get(&minted).await, Err(NotIssued::Failed(1)), "the pause isn't over");
    service.set(Mode::Issues);
    tokio::time::advance(FIRST_PAUSE).await;
    assert_eq!(get(&minted).await.as_deref(), Ok("fresh-2"));
}

#[tokio::test(start_paused = true)]
async fn callers_share_one_request_that_survives_them() {
    let (minted, service) = nothing();
    service.set(Mode::Hangs);
    let impatient = tokio::time::timeout(Duration::from_secs(1), minted.get()).await;
    assert!(impatient.is_err());
    let (one, other) = tokio::join!(get(&minted), async {
        settled().await;
        service.0.answers.notify_one();
        get(&minted).await
    });
    assert_eq!((one.as_deref(), other.as_deref()), (Ok("late-1"), Ok("late-1")));
    assert_eq!(service.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_the_refused_secret_is_dropped() {
    let (minted, service) = with_secret_of(0).await;
    assert!(!minted.refused(&SecretString::from("an older one")));
    assert_eq!(get(&minted).await.as_deref(), Ok("kept"));
    assert!(minted.refused(&SecretString::from("kept")));
    assert_eq!(get(&minted).await.as_deref(), Ok("fresh-1"));
    assert_eq!(service.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_panics_is_no_dead_end() {
    let (minted, service) = nothing();
    service.set(Mode::Panics);
    assert_eq!(get(&minted).await, Err(NotIssued::Interrupted));
    service.set(Mode::Issues);
    assert_eq!(get(&minted).await.as_deref(), Ok("fresh-2"));
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_has_expired_already_is_never_usable() {
    let expired = Issued { life: Duration::ZERO, ..issued("x", Duration::ZERO) };
    assert!(!expired.is_usable());
}
