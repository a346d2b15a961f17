//! What was looked at before the lock was taken is looked at again under it.

use std::time::Duration;

use deployer::config::{CreateArguments, DeleteArguments};
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::host::Host as _;
use deployer::operations::{self, CreateResult};
use end_to_end::rivals::effects;
use end_to_end::stage::{ADA, FOLDER, Stage, update_of_default};
use end_to_end::virtual_time::{VirtualHost, drive};
use end_to_end::words::{Expected, assert_says};
use futures_util::join;

const RUNS: u64 = 50;

async fn create(
    host: &VirtualHost<'_>,
    delay_ms: u64,
    arguments: CreateArguments,
) -> Result<CreateResult, DeployError> {
    host.sleep(Duration::from_millis(delay_ms)).await;
    let config = arguments.resolve(None, None)?;
    Box::pin(operations::create(host, &config, &Cancellation::new())).await
}

/// A first `create`, and a second one with another database that begins `delay_ms` later. How the second
/// one ended, after nothing of the app was found changed.
async fn round(delay_ms: u64) -> DeployError {
    let stage = Stage::realistic().await;
    let (first, second) = (stage.host(ADA).named("first"), stage.host(ADA).named("second"));
    let other = CreateArguments { lakebase_name: Some("other-db".into()), ..CreateArguments::default() };
    let both =
        async { join!(create(&first, 0, CreateArguments::default()), create(&second, delay_ms, other)) };
    let (created, refused) = drive(&stage.time, both).await.expect("nobody dies");
    created.unwrap_or_else(|error| panic!("begun {delay_ms} ms later: {error:#?}"));
    let refused = refused.expect_err("the app is there, or on its way");
    stage.assert_deployed_once().await;
    let app_yaml = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("a file");
    assert!(app_yaml.contains("tellr-db") && !app_yaml.contains("other-db"), "{app_yaml}");
    let none: [String; 0] = [];
    assert_eq!(effects(&stage.changes_by("second")), none, "begun {delay_ms} ms later: {refused:#?}");
    drop((first, second));
    stage.end().await;
    refused
}

#[tokio::test]
async fn a_create_that_waits_for_another_one_does_not_change_its_app() {
    let stage = Stage::realistic().await;
    let began = stage.time.now_ms();
    stage.create(CreateArguments::default()).await.expect("create");
    let length = stage.time.now_ms() - began;
    stage.end().await;
    let (mut locked, mut there) = (0, 0);
    for run in 0..RUNS {
        // The last fifteen seconds of the first run: it ends while the second one looks, or waits.
        let error = round(length - 15_000 + run * 300).await;
        match error.code.as_str() {
            "DEPLOY_LOCKED" => locked += 1,
            "APP_ALREADY_EXISTS" => there += 1,
            _ => panic!("{error:#?}"),
        }
    }
    println!(
        "look, then lock: {RUNS} runs, {locked} were told to wait, {there} that it is there; 0 apps re-pointed"
    );
    assert!(there >= 15, "the test must meet the case: {locked}, {there}");
}

#[tokio::test]
async fn an_update_that_waited_for_a_delete_says_so() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let deleting = stage.host(ADA);
    let began = stage.time.now_ms();
    let delete = DeleteArguments { app_name: Some("tellr".into()), ..DeleteArguments::default() };
    // An earlier delete of the same length says how long one takes.
    let config = delete.resolve(None, None).expect("good arguments");
    let cancellation = Cancellation::new();
    let ended = Box::pin(operations::delete(&deleting, &config, &cancellation));
    drive(&stage.time, ended).await.expect("nobody dies").expect("delete");
    let length = stage.time.now_ms() - began;
    stage.create(CreateArguments::default()).await.expect("create again");

    let updating = stage.host(ADA).named("update");
    let update = update_of_default().resolve(None, None).expect("good arguments");
    let late = async {
        updating.sleep(Duration::from_millis(length - 8_000)).await;
        Box::pin(operations::update(&updating, &update, &Cancellation::new())).await
    };
    let again = stage.host(ADA);
    let delete = Box::pin(operations::delete(&again, &config, &cancellation));
    let (deleted, updated) = drive(&stage.time, async { join!(delete, late) }).await.expect("nobody dies");
    deleted.expect("delete");
    let error = updated.expect_err("the app is gone");
    let names = "ada@example.com deleted the app `tellr` while this run waited for its lock";
    assert_says(&error, Expected { code: "APP_DELETED", names, because: "changed nothing" });
    let none: [String; 0] = [];
    assert_eq!(effects(&stage.changes_by("update")), none);
    drop((deleting, again, updating));
    stage.end().await;
}
