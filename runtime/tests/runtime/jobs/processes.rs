//! Three processes, a thousand jobs, and processes that are killed and paused.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tellr_app::jobs::{Jobs, Kinds, NewJob, Pace, Worker};
use tokio::process::{Child, Command};

use super::{Stand, effect, fast, of};
use crate::support::app::Variables;
use crate::support::{eventually, reached};

const JOBS: i64 = 1_000;
const PEOPLE: i64 = 20;
const IS_WORKER: &str = "TELLR_TEST_IS_WORKER";

fn pace() -> Pace {
    Pace { lease: Duration::from_secs(4), ..fast() }
}

/// Not a test: the worker of another process, which this test binary is started as. It ends with its standard
/// input.
#[tokio::test]
#[ignore = "a process that other tests start"]
async fn worker_process() {
    if std::env::var_os(IS_WORKER).is_none() {
        return;
    }
    let variables = Variables(std::env::vars().collect::<BTreeMap<_, _>>());
    let jobs = Jobs::new(variables.database(), pace());
    let (ended, input_ends) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(ended);
    });
    let input_ends = async {
        let _ = input_ends.await;
    };
    Worker::new(&jobs, Kinds::new().with(effect())).run(input_ends).await;
}

fn start(stand: &Stand) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "jobs::processes::worker_process", "--ignored", "--test-threads=1"])
        .env_clear()
        .envs(&stand.variables.0)
        .env(IS_WORKER, "yes")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a process")
}

fn pid(child: &Child) -> Pid {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
    Pid::from_raw(id).expect("a process")
}

async fn fill(stand: &Stand) {
    for person in 1..=PEOPLE {
        for _ in 0..JOBS / PEOPLE {
            stand.enqueue(&NewJob { max_failures: 50, ..of(&format!("person {person}"), "effect") }).await;
        }
    }
}

async fn finished(stand: &Stand, at_least: i64) {
    let query = "SELECT count(*) FROM jobs WHERE finished_at IS NOT NULL";
    reached("jobs are finished", at_least, async || stand.one(query).await).await;
}

/// That each of the jobs has had its effect once, and has told everything once.
async fn each_was_done_once(stand: &Stand) {
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM jobs WHERE state = 'succeeded'").await, JOBS);
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM effects").await, JOBS);
    assert_eq!(stand.one::<i64>("SELECT count(DISTINCT job) FROM effects").await, JOBS);
    let right = "SELECT count(*) FROM jobs JOIN effects ON effects.job = jobs.id
                 WHERE (jobs.result ->> 'attempt')::int = effects.attempt AND effects.attempt = jobs.attempt";
    assert_eq!(stand.one::<i64>(right).await, JOBS, "the effect is the last attempt's");
    let told = "SELECT count(*) FROM (
        SELECT job_id FROM job_events GROUP BY job_id
        HAVING count(*) = max(id) AND count(*) FILTER (WHERE kind = 'queued') = 1
          AND count(*) FILTER (WHERE kind = 'succeeded') = 1
          AND count(*) FILTER (WHERE kind = 'started') = max(attempt)) AS complete";
    assert_eq!(stand.one::<i64>(told).await, JOBS, "events are without gaps, and the end is told once");
}

#[tokio::test]
async fn a_thousand_jobs_are_done_once_each_while_processes_are_killed_and_paused() {
    let stand = Stand::new(pace()).await;
    fill(&stand).await;
    let mut processes: Vec<Child> = (0..3).map(|_| start(&stand)).collect();
    let mut random = uuid::Uuid::new_v4().as_u128();
    // Each step comes after some more jobs were finished.
    for step in 1..=12_i64 {
        finished(&stand, step * JOBS / 16).await;
        random = random.rotate_right(7);
        let chosen = usize::try_from(random % 3).expect("small");
        if step % 4 == 0 {
            // It stands still past its leases, and then goes on where it was.
            let pid = pid(&processes[chosen]);
            kill_process(pid, Signal::STOP).expect("it is stopped");
            let held = format!(
                "SELECT count(*) FROM jobs WHERE state = 'running' AND worker LIKE '{}-%'",
                pid.as_raw_nonzero()
            );
            eventually("its jobs are taken back", async || stand.one::<i64>(&held).await == 0).await;
            kill_process(pid, Signal::CONT).expect("it goes on");
        } else {
            processes[chosen].kill().await.expect("it is killed");
            processes[chosen] = start(&stand);
        }
    }
    finished(&stand, JOBS).await;
    each_was_done_once(&stand).await;
    let retried = stand.one::<i64>("SELECT count(*) FROM job_events WHERE kind = 'retried'").await;
    println!("{JOBS} jobs, 3 processes, 9 kills, 3 pauses: {retried} attempts were lost and repeated");
}

#[tokio::test]
async fn jobs_per_second() {
    let stand = Stand::new(pace()).await;
    fill(&stand).await;
    let started = Instant::now();
    let processes: Vec<Child> = (0..3).map(|_| start(&stand)).collect();
    finished(&stand, JOBS).await;
    let seconds = stand
        .one::<f64>("SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8 FROM jobs")
        .await;
    println!(
        "{JOBS} jobs in {seconds:.2} s: {:.0} jobs/s in 3 processes (debug build; with their start {:.2} s)",
        f64::from(u32::try_from(JOBS).expect("small")) / seconds,
        started.elapsed().as_secs_f64()
    );
    each_was_done_once(&stand).await;
    drop(processes);
}
