//! How long a deployment takes and what it sends, on the virtual clock.

use std::collections::BTreeSet;

use deployer::config::{CreateArguments, UpdateArguments};
use deployer::engine::StepReport;
use end_to_end::stage::{Stage, update_of_default};
use end_to_end::virtual_time::DEPLOYER;
use local_workspace::pace::{Durations, Latency, Pace};

/// The longest path of a `create`: what the platform takes for its own work on it, and for each
/// piece of that work one request to ask for it and one to learn that it is done. What we add for
/// our own safety (lock, journal) and the time until a poll notices are not in it.
fn longest_path(pace: &Pace) -> u64 {
    let Durations {
        compute_start_ms,
        app_update_ms,
        deployment_ms,
        project_create_ms,
        endpoint_hosts_ms,
        ..
    } = pace.durations;
    let Latency { read_ms, write_ms, sql_connect_ms, credential_ms, .. } = pace.latency;
    // Who is asking, then what is there; the lock, whose folder is made the first time; the same look under
    // it; the folder and the first line of the journal.
    let (look, lock) = (read_ms + read_ms, write_ms + write_ms + write_ms);
    let preflight = look + lock + look + write_ms + write_ms;
    let app = write_ms + compute_start_ms + read_ms;
    let lakebase = write_ms + project_create_ms + endpoint_hosts_ms + read_ms;
    let resources = write_ms + app_update_ms + read_ms;
    let schema = credential_ms + sql_connect_ms;
    let deployment = write_ms + deployment_ms + read_ms;
    let verify = read_ms;
    preflight + app.max(lakebase) + resources + schema + deployment + verify
}

#[tokio::test]
async fn a_create_takes_no_longer_than_its_longest_path() {
    let stage = Stage::realistic().await;
    let longest = longest_path(&Pace::realistic());
    let began = stage.time.now_ms();
    let result = stage.create(CreateArguments::default()).await.expect("create");
    let took = stage.time.now_ms() - began;
    let sum: u64 = result.steps.iter().map(|step| step.elapsed_ms).sum();
    println!(
        "create on the virtual clock: {:.1} s; longest path {:.1} s (ratio {:.3}); one after the other {:.1} s",
        secs(took),
        secs(longest),
        secs(took) / secs(longest),
        secs(sum),
    );
    assert!(took * 100 <= longest * 105, "{took} ms, the longest path is {longest} ms: {:#?}", result.steps);
    stage.end().await;
}

#[tokio::test]
async fn steps_that_do_not_need_each_other_run_side_by_side() {
    let stage = Stage::realistic().await;
    let steps = stage.create(CreateArguments::default()).await.expect("create").steps;
    let step = |name: &str| steps.iter().find(|step| step.step == name).expect("a step");
    let (lakebase, app, key) = (step("lakebase"), step("app"), step("key"));
    assert_eq!((lakebase.started_ms, key.started_ms), (app.started_ms, app.started_ms));
    assert!(end(lakebase) < end(app), "the database is ready long before the compute");
    assert!(end(step("files")) < end(app), "the files are there before the compute");
    assert!(step("resources").started_ms >= end(app));
    assert!(step("deployment").started_ms >= end(step("schema")));
    stage.end().await;
}

#[tokio::test]
async fn an_update_that_changes_nothing_writes_nothing() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let journal = &stage.workspace.control().journal;
    journal.clear();
    stage.update(update_of_default()).await.expect("update");
    // A run's own journal and lock are how it can be resumed; they are no change of the app.
    let own = |body: &Option<String>| body.as_ref().is_some_and(|body| body.contains("/.tellr"));
    let writes: Vec<String> = journal
        .mutations()
        .into_iter()
        .filter(|entry| !own(&entry.body) && !entry.path.ends_with("/credentials"))
        .map(|entry| format!("{} {}", entry.method, entry.path))
        .collect();
    assert_eq!(writes, [""; 0]);
    stage.end().await;
}

/// The slowest request of a plan is the inspection of the schema: a credential, then a connection.
#[tokio::test]
async fn a_plan_of_an_unchanged_app_takes_little_longer_than_its_slowest_request() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let Latency { sql_connect_ms, credential_ms, .. } = Pace::realistic().latency;
    let slowest = sql_connect_ms + credential_ms;
    for update in
        [update_of_default(), UpdateArguments { app_file_workspace_path: None, ..update_of_default() }]
    {
        let journal = &stage.workspace.control().journal;
        journal.clear();
        let began = stage.time.now_ms();
        stage.plan_update(update).await.expect("a plan");
        let took = stage.time.now_ms() - began;
        let entries = journal.entries();
        let ours = entries.iter().filter(|entry| entry.headers.contains_key(DEPLOYER));
        let at: Vec<u64> = ours.map(|entry| entry.time.0).collect();
        let requests = at.len();
        let rounds = at.iter().collect::<BTreeSet<_>>().len();
        println!(
            "plan of an unchanged app on the virtual clock: {:.2} s; its slowest request {:.2} s (ratio {:.3}); \
             {requests} requests in {rounds} rounds",
            secs(took),
            secs(slowest),
            secs(took) / secs(slowest),
        );
        assert!(took * 100 <= slowest * 120, "{took} ms, the slowest request takes {slowest} ms");
    }
    stage.end().await;
}

fn end(step: &StepReport) -> u64 {
    step.started_ms + step.elapsed_ms
}

#[expect(clippy::cast_precision_loss, reason = "seconds to print")]
fn secs(millis: u64) -> f64 {
    millis as f64 / 1000.0
}
