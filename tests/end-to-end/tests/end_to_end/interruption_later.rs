//! Dying in the operations after the first `create`, and in a `create` without autoscaling: run
//! again, each ends as if nothing had happened.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::operations;
use end_to_end::stage::{ADA, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::{Death, drive};
use local_workspace::pace::Pace;

fn brisk() -> Pace {
    Pace::scaled(0.01)
}

fn reset() -> UpdateArguments {
    UpdateArguments { reset_database: Some(true), ..update_of_default() }
}

fn delete() -> DeleteArguments {
    DeleteArguments { reset_database: Some(true), ..delete_of_default() }
}

async fn restore_points(stage: &Stage) -> Vec<String> {
    let (_, list) = stage.get("/api/2.0/postgres/projects/tellr-db/branches").await;
    let names =
        list["branches"].as_array().into_iter().flatten().filter_map(|branch| branch["name"].as_str());
    names.filter(|name| name.contains("/pre-reset-")).map(str::to_owned).collect()
}

async fn only_the_journal_is_left(stage: &Stage) -> bool {
    let (_, list) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}/.tellr")).await;
    let paths = list["objects"].as_array().into_iter().flatten().filter_map(|object| object["path"].as_str());
    let others =
        paths.filter(|path| !path.ends_with("/deployment.json") && !path.ends_with("/releases.json"));
    !stage.is_locked().await && others.count() == 0
}

#[tokio::test]
async fn a_reset_that_dies_after_any_request_is_finished_by_the_next() {
    let stage = Stage::with(brisk()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let config = reset().resolve(None, None).expect("good arguments");
    for index in 0.. {
        for branch in restore_points(&stage).await {
            let url = format!("/api/2.0/postgres/{branch}?purge=true");
            assert_eq!(stage.delete_at(&url).await, 200, "{branch}");
        }
        let host = stage.host(ADA).dying(Some(Death::After(index)));
        let cancellation = Cancellation::new();
        let work = Box::pin(operations::update(&host, &config, &cancellation));
        let ended = drive(&stage.time, work).await;
        drop(host);
        if let Some(ended) = ended {
            ended.expect("it was not interrupted");
            assert!(index > 30, "it took {index} requests only");
            break;
        }
        let result =
            stage.update(reset()).await.unwrap_or_else(|error| panic!("after request {index}: {error:?}"));
        assert!(result.database_reset);
        let points = restore_points(&stage).await;
        assert!(points.len() <= 2, "after request {index}: {points:?}");
        let named = result.restore_point.expect("a restore point").branch;
        assert!(points.contains(&named), "after request {index}: {named} of {points:?}");
        let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
        assert!(state.exists && state.role_granted, "after request {index}: {state:?}");
        assert!(only_the_journal_is_left(&stage).await, "after request {index}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_delete_that_dies_after_any_request_is_finished_by_the_next() {
    let stage = Stage::with(brisk()).await;
    let config = delete().resolve(None, None).expect("good arguments");
    for index in 0.. {
        stage.create(CreateArguments::default()).await.expect("create");
        let host = stage.host(ADA).dying(Some(Death::After(index)));
        let cancellation = Cancellation::new();
        let work = Box::pin(operations::delete(&host, &config, &cancellation));
        let ended = drive(&stage.time, work).await;
        drop(host);
        if let Some(ended) = ended {
            ended.expect("it was not interrupted");
            assert!(index > 15, "it took {index} requests only");
            break;
        }
        match stage.delete(delete()).await {
            Ok(result) => assert!(result.database_reset, "after request {index}"),
            // It had said that it finished.
            Err(error) => {
                assert!(error.is("APP_NOT_FOUND"), "after request {index}: {error:?}");
                assert!(!stage.is_locked().await, "after request {index}: the lock is released");
            }
        }
        assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404, "after request {index}");
        let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
        assert!(!state.exists, "after request {index}: {state:?}");
        for branch in restore_points(&stage).await {
            stage.delete_at(&format!("/api/2.0/postgres/{branch}?purge=true")).await;
        }
    }
    stage.end().await;
}

/// Every third request: what differs from a `create` with autoscaling is the database's.
#[tokio::test]
async fn a_create_without_autoscaling_makes_one_instance_wherever_it_dies() {
    for index in (0..).step_by(3) {
        let stage = Stage::with(brisk()).await;
        stage.set(|settings| settings.features.autoscaling = false);
        let died = stage.create_dying(CreateArguments::default(), Death::After(index)).await;
        let finished = died.is_some();
        if !finished {
            match stage.create(CreateArguments::default()).await {
                Ok(result) => assert_eq!(result.lakebase_type, "provisioned", "after request {index}"),
                Err(error) => assert!(error.is("APP_ALREADY_EXISTS"), "after request {index}: {error:?}"),
            }
        }
        for (path, made) in
            [("/api/2.0/database/instances", 1), ("/api/2.0/apps", 1), ("/api/2.0/secrets/put", 1)]
        {
            assert_eq!(stage.made("POST", path), made, "after request {index}: {path}");
        }
        assert!(only_the_journal_is_left(&stage).await, "after request {index}");
        stage.end().await;
        if finished {
            assert!(index > 30, "it took {index} requests only");
            return;
        }
    }
}
