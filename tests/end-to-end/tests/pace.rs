//! How long a deployment takes and what it sends, on the virtual clock.

use deployer::config::CreateArguments;
use deployer::engine::StepReport;
use end_to_end::stage::{ADA, Stage, update_of_default};
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
    // Who is asking, then what is there.
    let preflight = read_ms + read_ms;
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
async fn an_update_that_changes_nothing_writes_nothing_but_the_deployment() {
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
    assert_eq!(writes, ["POST /api/2.0/apps/tellr/deployments"]);
    stage.end().await;
}

#[tokio::test]
async fn a_second_deployer_is_told_who_is_at_work_and_since_when() {
    use deployer::engine::Cancellation;
    use deployer::operations;
    use end_to_end::virtual_time::drive;
    use futures_util::join;

    let stage = Stage::realistic().await;
    let (first, second) = (stage.host(ADA), stage.host(ADA));
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let (one, other) = (Cancellation::new(), Cancellation::new());
    let both = async {
        join!(
            Box::pin(operations::create(&first, &config, &one)),
            Box::pin(operations::create(&second, &config, &other)),
        )
    };
    let (one, other) = drive(&stage.time, both).await.expect("nobody dies");
    let (ok, refused) = match (one, other) {
        (Ok(ok), Err(refused)) | (Err(refused), Ok(ok)) => (ok, refused),
        other => panic!("one deploys, the other is told: {other:?}"),
    };
    assert_eq!(ok.status, "created");
    assert!(refused.is("DEPLOY_LOCKED"), "{refused:?}");
    assert!(refused.message.contains("ada@example.com") && refused.message.contains("since 2026-11-23T15:0"));
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    stage.end().await;
}

#[tokio::test]
async fn cancelling_stops_at_a_safe_point_and_says_what_stands() {
    use deployer::engine::Cancellation;
    use deployer::operations;
    use end_to_end::virtual_time::drive;

    let stage = Stage::realistic().await;
    let cancellation = Cancellation::new();
    let cancel_when_the_database_stands = |event: &deployer::events::DeployEvent| {
        if event.step.as_deref() == Some("lakebase") && event.step_elapsed_ms.is_some() {
            cancellation.cancel();
        }
    };
    let host = stage.host(ADA).watched(&cancel_when_the_database_stands);
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let began = stage.time.now_ms();
    let work = Box::pin(operations::create(&host, &config, &cancellation));
    let error = drive(&stage.time, work).await.expect("it does not die").expect_err("cancelled");
    assert!(error.is("CANCELLED"), "{error:?}");
    assert!(error.cause.contains("`lakebase`") && error.cause.contains("`app`"), "{error:?}");
    assert!(stage.time.now_ms() - began < 30_000, "the wait for compute ended early");
    let (status, _) = stage
        .get(&format!("/api/2.0/workspace/get-status?path={}/.tellr/lock.json", end_to_end::stage::FOLDER))
        .await;
    assert_eq!(status, 404, "the lock is free");
    assert_eq!(stage.create(CreateArguments::default()).await.expect("it goes on").status, "created");
    stage.end().await;
}

fn end(step: &StepReport) -> u64 {
    step.started_ms + step.elapsed_ms
}

#[expect(clippy::cast_precision_loss, reason = "seconds to print")]
fn secs(millis: u64) -> f64 {
    millis as f64 / 1000.0
}
