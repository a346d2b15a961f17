//! Nothing is dropped without a way back, also when the run that drops dies on the way.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use end_to_end::database::execute;
use end_to_end::stage::{ADA, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::{Death, drive};
use local_workspace::faults::{Action, Rule};
use serde_json::json;

fn reset() -> UpdateArguments {
    UpdateArguments { reset_database: Some(true), ..update_of_default() }
}

async fn branches(stage: &Stage) -> Vec<String> {
    let (_, list) = stage.get("/api/2.0/postgres/projects/tellr-db/branches").await;
    let names =
        list["branches"].as_array().into_iter().flatten().filter_map(|branch| branch["name"].as_str());
    names.filter(|name| name.contains("/pre-reset-")).map(str::to_owned).collect()
}

fn branch(result: &deployer::operations::UpdateResult) -> String {
    result.restore_point.as_ref().expect("a restore point").branch.clone()
}

#[tokio::test]
async fn each_reset_has_a_restore_point_of_its_own() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let first = branch(&stage.update(reset()).await.expect("reset"));
    // A run that fails before it makes a restore point must not lend the next one the first's:
    // what was written since is only in a new one.
    let denied = Rule::next(
        "/api/2.0/postgres/projects/tellr-db/branches/.*",
        Action::error(403, "PERMISSION_DENIED", "no"),
    );
    stage.workspace.control().faults.add(denied).expect("a good rule");
    stage.update(reset()).await.expect_err("it is denied");
    stage.workspace.control().faults.clear();
    let second = branch(&stage.update(reset()).await.expect("reset"));
    assert_ne!(first, second);
    assert_eq!(branches(&stage).await.len(), 2);
    stage.end().await;
}

#[tokio::test]
async fn a_reset_that_dies_anywhere_keeps_the_restore_point_with_the_data() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let host = stage.host(ADA);
    let config = reset().resolve(None, None).expect("good arguments");
    let cancellation = deployer::engine::Cancellation::new();
    let whole = Box::pin(deployer::operations::update(&host, &config, &cancellation));
    drive(&stage.time, whole).await.expect("it does not die").expect("reset");
    let requests = host.requests();
    drop(host);
    let before = branches(&stage).await.len();
    // Past the making of the branch, wherever the run dies, once or twice, the branch it made
    // first is the one that the result names in the end.
    let mut dead = 0;
    for index in (requests / 2..requests).step_by(7) {
        let host = stage.host(ADA).dying(Some(Death::After(index)));
        let cancellation = deployer::engine::Cancellation::new();
        let work = Box::pin(deployer::operations::update(&host, &config, &cancellation));
        if drive(&stage.time, work).await.is_some() {
            break;
        }
        drop(host);
        dead += 1;
        assert_eq!(branches(&stage).await.len(), before + 1, "after request {index}");
    }
    assert!(dead >= 2, "{dead} runs died");
    let result = stage.update(reset()).await.expect("the last one ends");
    assert_eq!(branches(&stage).await.len(), before + 1);
    let made = branches(&stage).await;
    assert!(made.contains(&branch(&result)));
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["app_status"]["state"], "RUNNING");
    stage.end().await;
}

/// Where in the order of all changes the last one of this kind came.
fn place(stage: &Stage, path: &str) -> usize {
    let changes = stage.workspace.control().journal.mutations();
    let place = changes.iter().rposition(|entry| entry.method != "GET" && entry.path == path);
    place.unwrap_or_else(|| panic!("no {path}"))
}

#[tokio::test]
async fn the_app_stands_still_from_the_restore_point_until_its_data_is_dropped() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage.update(reset()).await.expect("reset");
    let branch = "/api/2.0/postgres/projects/tellr-db/branches";
    let [stopped, made, started, deployed] =
        ["/api/2.0/apps/tellr/stop", branch, "/api/2.0/apps/tellr/start", "/api/2.0/apps/tellr/deployments"]
            .map(|path| place(&stage, path));
    assert!(stopped < made && made < started && started < deployed, "{stopped} {made} {started} {deployed}");
    stage.assert_deployed_once().await;
    // A delete stops it too, and has no reason to start it.
    stage.workspace.control().journal.clear();
    let deleting = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    stage.delete(deleting).await.expect("delete");
    assert!(place(&stage, "/api/2.0/apps/tellr/stop") < place(&stage, branch));
    assert!(place(&stage, branch) < place(&stage, "/api/2.0/apps/tellr"));
    assert_eq!(stage.made("POST", "/api/2.0/apps/tellr/start"), 0);
    stage.end().await;
}

#[tokio::test]
async fn a_reset_that_fails_starts_the_app_again() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let denied = Action::error(403, "PERMISSION_DENIED", "no");
    let rule = Rule { times: None, ..Rule::next("/api/2.0/postgres/projects/tellr-db/branches", denied) };
    stage.workspace.control().faults.add(rule).expect("a good rule");
    stage.update(reset()).await.expect_err("no restore point, so no reset");
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["compute_status"]["state"], "ACTIVE", "its data is there, and so is the app: {app:#}");
    stage.end().await;
}

#[tokio::test]
async fn data_is_dropped_by_the_same_command_when_the_app_is_gone() {
    let stage = Stage::realistic().await;
    stage.create(CreateArguments::default()).await.expect("create");
    execute(&stage, "CREATE TABLE app_data.decks (id int)").await;
    // A delete without a reset, so that nothing is left but the data.
    stage.delete(delete_of_default()).await.expect("delete");
    let deleting = || DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    let plan = stage.plan_delete(deleting()).await.expect("a plan");
    assert_eq!(plan.losses.len(), 1, "the app is gone already: {plan:#?}");
    let result = stage.delete(deleting()).await.expect("the data goes");
    assert!(result.restore_point.is_some(), "{result:#?}");
    assert!(!stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists);
    let error = stage.delete(deleting()).await.expect_err("nothing is left");
    assert_eq!(error.code, "APP_NOT_FOUND");
    stage.end().await;
}

/// Since March 2026 a project may answer the interface of instances as well. It can branch.
#[tokio::test]
async fn a_database_that_both_interfaces_show_is_used_as_the_project_that_it_is() {
    let stage = Stage::realistic().await;
    let instance = json!({"name": "tellr-db", "capacity": "CU_1"});
    assert_eq!(stage.post("/api/2.0/database/instances", instance).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    let created = stage.create(CreateArguments::default()).await.expect("create");
    assert_eq!(created.lakebase_type, "autoscaling");
    let plan = stage.plan_update(reset()).await.expect("a plan");
    assert_eq!(plan.confirmations, 1, "there is a way back");
    assert!(stage.update(reset()).await.expect("reset").restore_point.is_some());
    stage.end().await;
}

#[tokio::test]
async fn a_reset_without_a_way_back_is_to_be_asked_for_twice() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.autoscaling = false);
    stage.create(CreateArguments::default()).await.expect("create");
    let plan = stage.plan_update(reset()).await.expect("a plan");
    assert_eq!(plan.confirmations, 2, "{plan:#?}");
    assert!(plan.losses.iter().all(deployer::operations::Loss::is_final));
    stage.end().await;
}
