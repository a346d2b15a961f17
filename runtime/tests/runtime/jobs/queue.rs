//! The queue: whose turn it is, how much may wait, what counts as a failure.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tellr_app::jobs::types::{IfRunning, JobState, Unique};
use tellr_app::jobs::work::{Attempt, Load};
use tellr_app::jobs::{Done, EnqueueError, Enqueued, Failure, Jobs, Kinds, NewJob, Pace, Running, Work};
use tokio::sync::{Notify, Semaphore, mpsc};
use uuid::Uuid;

use super::{AtWork, Stand, does, effect, fast, of, still};
use crate::support::eventually;
use crate::support::front::{Front, Mode};

#[tokio::test]
async fn people_take_turns_however_much_each_has_queued() {
    let stand = Stand::new(Pace { slots: 1, ..fast() }).await;
    for n in 0..4 {
        stand.enqueue(&NewJob { payload: json!(format!("ada {n}")), ..of("ada", "note") }).await;
    }
    for n in 0..2 {
        stand.enqueue(&NewJob { payload: json!(format!("ben {n}")), ..of("ben", "note") }).await;
    }
    let last = NewJob { payload: json!("cleo 0"), ..of("cleo", "note") };
    let last = stand.enqueue(&last).await;
    let view = stand.jobs.view(last, "cleo").await.expect("a database").expect("a job");
    assert_eq!((view.state, view.position), (JobState::Queued, Some(3)), "after the first of each");

    let (done, mut order) = mpsc::unbounded_channel();
    let _worker = stand.worker(Kinds::new().with(does("note", move |job| {
        let done = done.clone();
        Box::pin(async move {
            done.send(job.payload::<String>()?).expect("the test listens");
            Ok(Done::Succeeded(Value::Null))
        })
    })));
    let mut names = Vec::new();
    for _ in 0..7 {
        names.push(order.recv().await.expect("a job was done"));
    }
    assert_eq!(names, ["ada 0", "ben 0", "cleo 0", "ada 1", "ben 1", "ada 2", "ada 3"]);
}

#[tokio::test]
async fn a_person_does_not_take_up_all_slots() {
    let stand = Stand::new(Pace { slots: 4, running_per_person: 2, ..still() }).await;
    for _ in 0..4 {
        stand.enqueue(&of("ada", "wait")).await;
    }
    let gate = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&gate);
    let worker = stand.worker(Kinds::new().with(effect()).with(does("wait", move |_| {
        let gate = Arc::clone(&waiting);
        Box::pin(async move {
            gate.acquire().await.expect("open").forget();
            Ok(Done::Succeeded(Value::Null))
        })
    })));
    let running = "SELECT count(*) FROM jobs WHERE state = 'running'";
    eventually("two run", async || stand.one::<i64>(running).await == 2).await;
    let other = stand.enqueue(&of("ben", "effect")).await;
    worker.look();
    stand.is(other, "succeeded").await;
    assert_eq!(stand.one::<i64>(running).await, 2);
    gate.add_permits(4);
    let succeeded = "SELECT count(*) FROM jobs WHERE state = 'succeeded'";
    eventually("all are done", async || stand.one::<i64>(succeeded).await == 5).await;
}

/// A kind of job that waits for another system, until the gate lets it through.
struct Asks(Arc<Semaphore>);

impl Work for Asks {
    fn kind(&self) -> &'static str {
        "asks"
    }

    fn load(&self) -> Load {
        Load::Network
    }

    fn run<'a>(&'a self, _: &'a Running) -> Attempt<'a> {
        Box::pin(async move {
            self.0.acquire().await.expect("open").forget();
            Ok(Done::Succeeded(Value::Null))
        })
    }
}

#[tokio::test]
async fn jobs_that_wait_for_others_do_not_take_the_slots_of_those_that_calculate() {
    let stand = Stand::new(Pace { slots: 1, network_slots: 3, ..still() }).await;
    for number in 1..=5 {
        stand.enqueue(&of(&format!("person {number}"), "asks")).await;
    }
    let gate = Arc::new(Semaphore::new(0));
    let worker = stand.worker(Kinds::new().with(effect()).with(Asks(Arc::clone(&gate))));
    let running = "SELECT count(*) FROM jobs WHERE state = 'running'";
    eventually("three wait", async || stand.one::<i64>(running).await == 3).await;
    let other = stand.enqueue(&of("ben", "effect")).await;
    worker.look();
    stand.is(other, "succeeded").await;
    assert_eq!(stand.one::<i64>(running).await, 3, "there is no slot for a fourth");
    // A slot that becomes free is taken without a hint.
    gate.add_permits(5);
    let succeeded = "SELECT count(*) FROM jobs WHERE state = 'succeeded'";
    eventually("all are done", async || stand.one::<i64>(succeeded).await == 6).await;
}

#[tokio::test]
async fn a_person_and_everybody_have_a_limit_of_waiting_jobs() {
    let stand = Stand::new(Pace { waiting_per_person: 3, waiting: 5, ..still() }).await;
    for _ in 0..3 {
        stand.enqueue(&of("ada", "effect")).await;
    }
    let refused = stand.jobs.enqueue(&of("ada", "effect")).await.expect_err("a fourth");
    assert!(matches!(refused, EnqueueError::TooManyOfOwner(3)), "{refused}");
    assert!(refused.to_string().contains("You have 3 jobs waiting already"), "{refused}");
    for _ in 0..2 {
        stand.enqueue(&of("ben", "effect")).await;
    }
    let refused = stand.jobs.enqueue(&of("cleo", "effect")).await.expect_err("a sixth");
    assert!(matches!(refused, EnqueueError::TooMany), "{refused}");
    let large = NewJob { payload: json!("x".repeat(300_000)), ..of("cleo", "effect") };
    assert!(matches!(stand.jobs.enqueue(&large).await, Err(EnqueueError::TooLarge)));
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM jobs").await, 5);
}

#[tokio::test]
async fn two_that_ask_at_once_do_not_exceed_the_limit() {
    let stand = Stand::new(Pace { waiting_per_person: 5, ..still() }).await;
    let new = of("ada", "effect");
    let all = futures_util::future::join_all((0..20).map(|_| stand.jobs.enqueue(&new))).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 5);
    let turns = stand.one::<i64>("SELECT count(DISTINCT turn) FROM jobs").await;
    assert_eq!(turns, 5, "each has its own place");
}

#[tokio::test]
async fn a_job_with_a_key_is_there_once_and_runs_again_if_asked_for_meanwhile() {
    let stand = Stand::new(still()).await;
    let unique = |if_running| Some(Unique { key: "the one".to_owned(), if_running });
    let join = NewJob { unique: unique(IfRunning::Join), ..of("ada", "step") };
    let again = NewJob { unique: unique(IfRunning::RunAgain), ..join.clone() };
    let first = stand.jobs.enqueue(&join).await.expect("enqueued");
    assert!(matches!(first, Enqueued::New(_)));
    assert_eq!(stand.jobs.enqueue(&again).await.expect("there"), Enqueued::Existing(first.id()));

    let (began, mut begun) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&gate);
    let worker = stand.worker(Kinds::new().with(does("step", move |job| {
        let (began, gate) = (began.clone(), Arc::clone(&waiting));
        Box::pin(async move {
            began.send(job.attempt()).expect("the test listens");
            gate.acquire().await.expect("open").forget();
            Ok(Done::Succeeded(Value::Null))
        })
    })));
    assert_eq!(begun.recv().await, Some(1), "asking while it waited doesn't repeat it");
    assert_eq!(stand.jobs.enqueue(&join).await.expect("there"), Enqueued::Existing(first.id()));
    assert_eq!(stand.jobs.enqueue(&again).await.expect("there"), Enqueued::Existing(first.id()));
    assert_eq!(stand.jobs.enqueue(&again).await.expect("there"), Enqueued::Existing(first.id()));
    gate.add_permits(1);
    assert_eq!(begun.recv().await, Some(2));
    gate.add_permits(1);
    stand.is(first.id(), "succeeded").await;
    assert_eq!(stand.told(first.id()).await, "queued started repeated started succeeded");
    let next = stand.jobs.enqueue(&join).await.expect("enqueued");
    assert!(matches!(next, Enqueued::New(_)), "the key is free again");
    worker.look();
    assert_eq!(begun.recv().await, Some(1));
}

#[tokio::test]
async fn a_job_that_can_not_be_read_or_panics_fails_after_its_tries() {
    let stand = Stand::new(fast()).await;
    let _worker = stand.worker(
        Kinds::new()
            .with(does("number", |job| {
                Box::pin(async move { Ok(Done::Succeeded(json!(job.payload::<u32>()?))) })
            }))
            .with(does("panic", |_| Box::pin(async { panic!("planted") })))
            .with(does("never", |_| Box::pin(async { Err(Failure::Final("Not like this".to_owned())) })))
            .with(effect()),
    );
    let bad =
        stand.enqueue(&NewJob { payload: json!("seven"), max_failures: 2, ..of("ada", "number") }).await;
    let panics = stand.enqueue(&of("ada", "panic")).await;
    let never = stand.enqueue(&of("ada", "never")).await;
    let good = stand.enqueue(&of("ada", "effect")).await;
    for (id, told, error) in [
        (bad, "queued started retried started failed", "The job's input can't be read"),
        (panics, "queued started retried started retried started failed", "Something went wrong in the app"),
        (never, "queued started failed", "Not like this"),
    ] {
        stand.is(id, "failed").await;
        assert_eq!(stand.told(id).await, told);
        let view = stand.jobs.view(id, "ada").await.expect("a database").expect("a job");
        assert!(view.error.as_ref().is_some_and(|text| text.starts_with(error)), "{view:?}");
    }
    stand.is(good, "succeeded").await;
}

#[tokio::test]
async fn a_job_that_takes_its_process_down_fails_after_its_tries() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "deadly")).await;
    for attempt in 1..=3 {
        let worker = stand.worker(Kinds::new().with(does("deadly", |_| Box::pin(std::future::pending()))));
        stand.is(id, "running").await;
        // It dies without a word.
        drop(worker);
        stand.leases_run_out().await;
        let other = stand.worker(Kinds::new().with(effect()));
        eventually("it is taken back", async || stand.state(id).await != "running").await;
        let failures = stand.one::<i32>(&format!("SELECT failures FROM jobs WHERE id = '{id}'")).await;
        assert_eq!(failures, attempt);
        drop(other);
    }
    assert_eq!(stand.state(id).await, "failed");
}

#[tokio::test]
async fn a_shutdown_is_not_a_failure_and_another_process_takes_over_at_once() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&NewJob { max_failures: 1, ..of("ada", "long") }).await;
    let never = || Kinds::new().with(does("long", |_| Box::pin(std::future::pending())));
    for _ in 0..3 {
        let worker = stand.worker(never());
        stand.is(id, "running").await;
        worker.stop().await;
        assert_eq!(stand.state(id).await, "queued");
    }
    let failures = stand.one::<i32>("SELECT failures FROM jobs").await;
    assert_eq!(failures, 0);
    let told = "queued started interrupted started interrupted started interrupted";
    assert_eq!(stand.told(id).await, told);
    let _other = stand
        .worker(Kinds::new().with(does("long", |_| Box::pin(async { Ok(Done::Succeeded(Value::Null)) }))));
    stand.is(id, "succeeded").await;
}

#[tokio::test]
async fn a_job_that_is_nearly_done_is_finished_before_the_process_ends() {
    let stand = Stand::new(Pace { grace: Duration::from_secs(20), ..still() }).await;
    let gate = Arc::new(Notify::new());
    let waiting = Arc::clone(&gate);
    let id = stand.enqueue(&of("ada", "short")).await;
    let worker = stand.worker(Kinds::new().with(does("short", move |_| {
        let gate = Arc::clone(&waiting);
        Box::pin(async move {
            gate.notified().await;
            Ok(Done::Succeeded(Value::Null))
        })
    })));
    stand.is(id, "running").await;
    let stopping = tokio::spawn(worker.stop());
    gate.notify_one();
    stopping.await.expect("it stops");
    assert_eq!(stand.state(id).await, "succeeded");
}

#[tokio::test]
async fn a_job_may_snooze_as_often_as_it_wants() {
    let stand = Stand::new(fast()).await;
    let id = stand.enqueue(&NewJob { max_failures: 1, ..of("ada", "later") }).await;
    let _worker = stand.worker(Kinds::new().with(does("later", |job| {
        Box::pin(async move {
            if job.attempt() < 4 {
                return Ok(Done::Snoozed(Duration::from_millis(1)));
            }
            Ok(Done::Succeeded(Value::Null))
        })
    })));
    stand.is(id, "succeeded").await;
    let told = "queued started snoozed started snoozed started snoozed started succeeded";
    assert_eq!(stand.told(id).await, told);
}

#[tokio::test]
async fn a_job_is_cancelled_by_another_process_also_while_it_runs() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "long")).await;
    let _worker =
        stand.worker(Kinds::new().with(does("long", |_| Box::pin(std::future::pending()))).with(effect()));
    stand.is(id, "running").await;
    assert!(!stand.jobs.cancel(id, "ben").await.expect("a database"), "it isn't ben's");
    // The heartbeat comes in ten minutes: what is heard has to be enough.
    assert!(stand.jobs.cancel(id, "ada").await.expect("a database"));
    stand.is(id, "cancelled").await;
    assert_eq!(stand.told(id).await, "queued started cancelled");
    assert!(!stand.jobs.cancel(id, "ada").await.expect("a database"), "it has ended");
}

#[tokio::test]
async fn a_cancellation_that_nobody_hears_comes_with_the_heartbeat() {
    let stand = Stand::new(fast()).await;
    let id = stand.enqueue(&of("ada", "long")).await;
    let _worker = stand.worker(Kinds::new().with(does("long", |_| Box::pin(std::future::pending()))));
    stand.is(id, "running").await;
    stand.run("UPDATE jobs SET cancel_requested = true").await;
    stand.is(id, "cancelled").await;
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    assert!(stand.jobs.cancel(id, "ada").await.expect("a database"));
    assert_eq!(stand.state(id).await, "cancelled");
    assert_eq!(stand.told(id).await, "queued cancelled");
}

#[tokio::test]
async fn lost_jobs_are_taken_back_in_pages_also_behind_a_poison_batch() {
    let stand = Stand::new(fast()).await;
    stand
        .run(
            "INSERT INTO jobs (kind, owner, state, worker, attempt, failures, max_failures, lease_until)
             SELECT 'effect', 'ada', 'running', 'gone', 1, CASE WHEN n <= 250 THEN 2 ELSE 0 END, 3,
               clock_timestamp() - interval '1 hour' + n * interval '1 s' FROM generate_series(1, 450) AS n",
        )
        .await;
    let _worker = stand.worker(Kinds::new().with(effect()));
    let states = "SELECT string_agg(state || ' ' || count, ', ' ORDER BY state)
                  FROM (SELECT state, count(*) FROM jobs GROUP BY state) AS states";
    let wanted = "failed 250, succeeded 200";
    eventually("all are settled", async || stand.one::<String>(states).await == wanted).await;
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM effects").await, 200);
}

#[tokio::test]
async fn a_kind_that_a_process_does_not_know_is_left_to_others() {
    let stand = Stand::new(still()).await;
    let newer = stand.enqueue(&of("ada", "newer")).await;
    let known = stand.enqueue(&of("ada", "effect")).await;
    let _older = stand.worker(Kinds::new().with(effect()));
    stand.is(known, "succeeded").await;
    assert_eq!(stand.told(newer).await, "queued");
}

/// What another process puts into the queue is done at once, although this one looks for work once a minute.
#[tokio::test]
async fn work_is_heard_of() {
    let stand = Stand::new(Pace { longest_poll: Duration::from_mins(10), ..still() }).await;
    let worker = stand.worker(Kinds::new().with(effect()));
    let first = stand.enqueue(&of("ada", "effect")).await;
    worker.look();
    stand.is(first, "succeeded").await;
    let channel = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN tellr_jobs_%'";
    eventually("it listens", async || stand.one::<i64>(channel).await > 0).await;
    let second = stand.enqueue(&of("ada", "effect")).await;
    stand.is(second, "succeeded").await;
}

/// The process that has queued a job ended, and its hint was lost: another one finds it while it is used.
#[tokio::test]
async fn work_that_is_not_heard_of_is_found_while_the_database_is_used() {
    let pace = Pace {
        attentive: Duration::from_millis(50),
        longest_poll: Duration::from_hours(1),
        awake_poll: Duration::from_millis(20),
        ..still()
    };
    let stand = Stand::new(pace).await;
    let worker = stand.worker(Kinds::new().with(effect()));
    let first = stand.enqueue(&of("ada", "effect")).await;
    worker.look();
    stand.is(first, "succeeded").await;
    let lost = Uuid::new_v4();
    stand.run(&format!("INSERT INTO jobs (id, kind, owner) VALUES ('{lost}', 'effect', 'ada')")).await;
    eventually("it is found", async || {
        let used = worker.jobs.view(first, "ada").await.expect("a database");
        assert!(used.is_some());
        stand.state(lost).await == "succeeded"
    })
    .await;
}

/// An idle worker asks nothing and holds no connection, so that the database can sleep.
#[tokio::test]
async fn an_idle_worker_lets_the_database_sleep() {
    let pace = Pace {
        attentive: Duration::from_millis(50),
        shortest_poll: Duration::from_millis(10),
        longest_poll: Duration::from_hours(1),
        awake_poll: Duration::from_millis(10),
        ..still()
    };
    let stand = Stand::new(pace).await;
    let name = stand.schema.clone();
    let variables = stand.variables.clone().with("PGAPPNAME", &name);
    let database = variables.database();
    let jobs = Jobs::new(database.clone(), pace);
    let id = stand.enqueue(&of("ada", "effect")).await;
    // Due in a day: no reason to look before.
    stand.enqueue(&NewJob { delay: Duration::from_hours(24), ..of("ada", "effect") }).await;
    let _worker = AtWork::start(jobs, Kinds::new().with(effect()));
    stand.is(id, "succeeded").await;
    let listening = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND query LIKE 'LISTEN%'"
    );
    eventually("it stops listening", async || stand.one::<i64>(&listening).await == 0).await;
    let last =
        format!("SELECT max(state_change)::text FROM pg_stat_activity WHERE application_name = '{name}'");
    let before = stand.one::<Option<String>>(&last).await;
    // Each look takes longer than the shortest pause between two of the worker's.
    for _ in 0..50 {
        stand.run("SELECT pg_sleep(0.01)").await;
        assert_eq!(stand.one::<Option<String>>(&last).await, before, "a statement was sent");
    }
}

#[tokio::test]
async fn a_job_of_nobody_is_seen_by_nobody() {
    let stand = Stand::new(still()).await;
    let own = stand.enqueue(&NewJob::new("effect")).await;
    assert!(stand.jobs.view(own, "ada").await.expect("a database").is_none());
    assert!(stand.jobs.view(Uuid::nil(), "ada").await.expect("a database").is_none());
}

#[tokio::test]
async fn what_postgresql_does_not_keep_is_replaced() {
    let stand = Stand::new(still()).await;
    let new = NewJob { payload: json!("nul \0"), ..of("ada", "echo") };
    let id = stand.enqueue(&new).await;
    let large = stand.enqueue(&of("ada", "large")).await;
    let echo = does("echo", |job| {
        Box::pin(async move {
            let text: String = job.payload()?;
            job.tell("echo\0", json!({ "text": format!("{text}\0") })).await?;
            Ok(Done::Succeeded(json!(format!("{text}\0"))))
        })
    });
    let too_large = does("large", |job| {
        Box::pin(async move {
            assert!(job.tell("large", json!("x".repeat(300_000))).await.is_err());
            Ok(Done::Succeeded(json!("x".repeat(300_000))))
        })
    });
    let _worker = stand.worker(Kinds::new().with(echo).with(too_large));
    stand.is(id, "succeeded").await;
    stand.is(large, "failed").await;
    let view = stand.jobs.view(id, "ada").await.expect("a database").expect("a job");
    assert_eq!(view.result, Some(json!("nul \u{fffd}\u{fffd}")));
    let view = stand.jobs.view(large, "ada").await.expect("a database").expect("a job");
    assert_eq!(view.error.as_deref(), Some("The job's result is too large"));
    assert_eq!(stand.told(id).await, "queued started echo\u{fffd} succeeded");
}

#[tokio::test]
async fn a_worker_stops_in_time_although_the_database_is_silent() {
    let front = Front::plain().await;
    let stand = Stand::new(still()).await;
    let variables = stand.variables.clone().with("DATABASE_URL", &front.url());
    let jobs = Jobs::new(variables.database(), stand.pace);
    let id = stand.enqueue(&of("ada", "effect")).await;
    let worker = AtWork::start(jobs, Kinds::new().with(effect()));
    stand.is(id, "succeeded").await;
    front.set(Mode::Frozen);
    worker.look();
    // A statement may take 30 s here.
    let stopped = tokio::time::timeout(Duration::from_secs(10), worker.stop()).await;
    assert!(stopped.is_ok(), "it waited for the database");
}
