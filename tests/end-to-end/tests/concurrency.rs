//! Two deployers at once, and stopping one.

use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::events::DeployEvent;
use deployer::operations::{self, CreateResult};
use end_to_end::stage::{ADA, FOLDER, Stage};
use end_to_end::virtual_time::{Death, drive};
use futures_util::join;

/// Two `create`s at once; one ends well, the other is told something.
async fn two_at_once(stage: &Stage) -> (CreateResult, DeployError) {
    let (first, second) = (stage.host(ADA), stage.host(ADA));
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let (one, other) = (Cancellation::new(), Cancellation::new());
    let both = async {
        join!(
            Box::pin(operations::create(&first, &config, &one)),
            Box::pin(operations::create(&second, &config, &other)),
        )
    };
    match drive(&stage.time, both).await.expect("nobody dies") {
        (Ok(ok), Err(refused)) | (Err(refused), Ok(ok)) => (ok, refused),
        other => panic!("one deploys, the other is told: {other:?}"),
    }
}

async fn lock_is_free(stage: &Stage) -> bool {
    stage.get(&format!("/api/2.0/workspace/get-status?path={FOLDER}/.tellr/lock.json")).await.0 == 404
}

#[tokio::test]
async fn a_second_deployer_is_told_who_is_at_work_and_since_when() {
    let stage = Stage::realistic().await;
    let (ok, refused) = two_at_once(&stage).await;
    assert_eq!(ok.status, "created");
    assert!(refused.is("DEPLOY_LOCKED"), "{refused:?}");
    assert!(refused.message.contains("ada@example.com") && refused.message.contains("since 2026-11-23T15:0"));
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    stage.end().await;
}

#[tokio::test]
async fn of_two_that_find_a_dead_deployers_lock_one_takes_it_over() {
    let stage = Stage::realistic().await;
    // Far enough to hold the lock, and dead.
    let died = stage.create_dying(CreateArguments::default(), Death::After(20)).await;
    assert!(died.is_none() && !lock_is_free(&stage).await);
    let began = stage.time.now_ms();
    let (ok, refused) = two_at_once(&stage).await;
    assert_eq!(ok.status, "created");
    assert!(refused.is("DEPLOY_LOCKED"), "{refused:?}");
    assert!(stage.time.now_ms() - began > 40_000, "the lease is waited out");
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    assert!(lock_is_free(&stage).await);
    let (_, files) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}/.tellr")).await;
    assert_eq!(
        files["objects"].as_array().map(Vec::len),
        Some(1),
        "the journal, and nothing of the locks: {files}"
    );
    stage.end().await;
}

#[tokio::test]
async fn cancelling_stops_at_a_safe_point_and_says_what_stands() {
    let stage = Stage::realistic().await;
    let cancellation = Cancellation::new();
    let cancel_when_the_database_stands = |event: &DeployEvent| {
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
    assert!(lock_is_free(&stage).await);
    assert_eq!(stage.create(CreateArguments::default()).await.expect("it goes on").status, "created");
    stage.end().await;
}
