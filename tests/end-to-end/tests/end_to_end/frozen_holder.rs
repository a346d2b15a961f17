//! A deployer that stands still for longer than its lease, wakes, and finds that somebody else took over.

use std::time::Duration;

use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::host::Host as _;
use deployer::operations::{self, CreateResult};
use end_to_end::rivals::{effects, is_of_lock};
use end_to_end::stage::{ADA, Stage};
use end_to_end::virtual_time::{VirtualHost, drive};
use futures_util::join;
use local_workspace::journal::Entry;

const RUNS: u64 = 50;

async fn create(host: &VirtualHost<'_>, delay_ms: u64) -> Result<CreateResult, DeployError> {
    host.sleep(Duration::from_millis(delay_ms)).await;
    let config = CreateArguments::default().resolve(None, None)?;
    Box::pin(operations::create(host, &config, &Cancellation::new())).await
}

/// What one round came to.
#[derive(Default)]
struct Round {
    late_writes: usize,
    late_schema_changes: usize,
    told_who: bool,
    taken_over: bool,
}

/// The first deployer stands still from `at_ms` on, for `for_ms`; a second one begins a moment later.
async fn round(at_ms: u64, for_ms: u64, ahead_ms: i64) -> Round {
    let stage = Stage::realistic().await;
    let began = stage.time.now_ms();
    let sleeper = stage.host(ADA).named("sleeper").frozen(began + at_ms, began + at_ms + for_ms);
    let other = stage.host(ADA).named("other").ahead(ahead_ms);
    let both = async { join!(create(&sleeper, 0), create(&other, at_ms + 1_000)) };
    let (slept, went_on) = drive(&stage.time, both).await.expect("nobody dies");
    let (before, changes) = (stage.changes_by("sleeper"), stage.changes_by("other"));
    let locked = |entries: &[Entry]| entries.iter().find(|entry| is_of_lock(entry)).cloned();
    // One that stood still before it had the lock is no holder.
    let taken_over = locked(&changes).filter(|by| locked(&before).is_some_and(|first| first.seq < by.seq));
    let after = |entry: &Entry| taken_over.as_ref().is_some_and(|by| entry.seq > by.seq);
    let late: Vec<_> = before.into_iter().filter(after).collect();
    let what =
        format!("stopped at {at_ms} ms for {for_ms} ms: {:?}, {slept:#?}, {went_on:#?}", effects(&late));
    stage.assert_deployed_once().await;
    assert!(!stage.is_locked().await, "the lock is given back; {what}");
    for (method, path) in [("POST", "/api/2.0/apps"), ("POST", "/api/2.0/secrets/put")] {
        assert_eq!(stage.made(method, path), 1, "{method} {path}; {what}");
    }
    let since = taken_over.as_ref().map_or(u64::MAX, |by| by.time.0);
    let late_schema_changes = sleeper.changes_of_schema().iter().filter(|at| **at > since).count();
    let told_who = matches!(&slept, Err(error) if error.is("LOCK_LOST") && error.message.contains(ADA));
    let round =
        Round { late_writes: late.len(), late_schema_changes, told_who, taken_over: taken_over.is_some() };
    assert_eq!((round.late_writes, round.late_schema_changes), (0, 0), "{what}");
    if let Err(error) = &slept {
        assert!(
            ["LOCK_LOST", "APP_ALREADY_EXISTS"].contains(&error.code.as_str()),
            "it is told what happened; {what}"
        );
    }
    drop((sleeper, other));
    stage.end().await;
    round
}

/// How long an undisturbed run takes.
async fn length_ms() -> u64 {
    let stage = Stage::realistic().await;
    let began = stage.time.now_ms();
    stage.create(CreateArguments::default()).await.expect("create");
    let took = stage.time.now_ms() - began;
    stage.end().await;
    took
}

#[tokio::test]
async fn a_holder_that_stood_still_writes_nothing_after_its_successor() {
    let length = length_ms().await;
    let (mut taken_over, mut told_who, mut late) = (0, 0, 0);
    for run in 0..RUNS {
        let at = length * run / RUNS + 300;
        // Until the successor is done, until it is in the middle of its work, until it has just taken over.
        let stopped_for = [1_200_000, 150_000, 95_000, 80_000][usize::try_from(run % 4).expect("below four")];
        let hour = 3_600_000;
        let ahead = [-hour, 0, hour][usize::try_from(run % 3).expect("below three")];
        let round = round(at, stopped_for, ahead).await;
        taken_over += usize::from(round.taken_over);
        told_who += usize::from(round.told_who);
        late += round.late_writes + round.late_schema_changes;
    }
    println!(
        "frozen holder: {RUNS} runs, {taken_over} taken over, {told_who} told who took over, {late} writes afterwards"
    );
    assert!(taken_over > 40 && told_who > 30, "the test must meet the case: {taken_over}, {told_who}");
    assert_eq!(late, 0);
}
