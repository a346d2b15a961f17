//! An app whose compute has a size that is not in the current API, such as LIQUID: it is shown, and it stays.

use deployer::config::{CreateArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::host::WorkspaceResponse;
use deployer::operations::{self, Change};
use end_to_end::stage::{ADA, Stage, update_of_default};
use end_to_end::virtual_time::{VirtualHost, drive};
use local_workspace::pace::Pace;
use serde_json::Value;

/// The platform tells LIQUID of an app that it tells MEDIUM of otherwise.
fn liquid(_: usize, answer: &mut WorkspaceResponse) {
    answer.body = answer.body.replace("\"compute_size\":\"MEDIUM\"", "\"compute_size\":\"LIQUID\"");
}

async fn notes(stage: &Stage, host: &VirtualHost<'_>, arguments: UpdateArguments) -> Vec<String> {
    let change = Change::Update(Box::new(arguments.resolve(None, None).expect("good arguments")));
    let cancellation = Cancellation::new();
    let planning = operations::plan(host, &change, &cancellation);
    drive(&stage.time, Box::pin(planning)).await.expect("it doesn't die").expect("a plan").notes
}

#[tokio::test]
async fn a_size_that_the_api_no_longer_has_is_shown_and_kept_by_an_update() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage.workspace.control().journal.clear();
    let host = stage.host(ADA).altered(&liquid);
    let config = deployer::config::StatusArguments::default().resolve(None, None).expect("good arguments");
    let cancellation = Cancellation::new();
    let looking = operations::status(&host, &config, &cancellation);
    let status = drive(&stage.time, Box::pin(looking)).await.expect("it doesn't die").expect("status");
    assert_eq!(status.app.expect("an app").compute_size.as_deref(), Some("LIQUID"));

    let told = notes(&stage, &host, update_of_default()).await;
    let stays = "Keep its compute LIQUID, a size that is not in the current API";
    assert!(told.iter().any(|note| note == stays), "{told:?}");
    // Another setting changes, and the size is not sent with it.
    let update = UpdateArguments { description: Some("Slides for all".into()), ..update_of_default() };
    stage.update_on(&host, update).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let sent: Vec<Value> = stage
        .workspace
        .control()
        .journal
        .mutations()
        .iter()
        .filter(|entry| entry.path == "/api/2.0/apps/tellr/update")
        .filter_map(|entry| serde_json::from_str(entry.body.as_deref()?).ok())
        .collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["update_mask"], "description");
    assert_eq!(sent[0]["app"].get("compute_size"), None, "{sent:?}");

    // A size that is asked for is set.
    let large = || UpdateArguments { app_compute: Some("LARGE".into()), ..update_of_default() };
    let told = notes(&stage, &host, large()).await;
    assert!(told.iter().any(|note| note == "Change its compute to LARGE"), "{told:?}");
    stage.update_on(&host, large()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.1["compute_size"], "LARGE");
    drop(host);
    stage.end().await;
}
