//! Nothing is dropped without a way back, also when the run that drops dies on the way.

use deployer::config::{CreateArguments, UpdateArguments};
use end_to_end::stage::{ADA, Stage, update_of_default};
use end_to_end::virtual_time::{Death, drive};
use local_workspace::faults::{Action, Rule};

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
