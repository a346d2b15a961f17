//! Passing faults while data is dropped: every write of an `update` with reset and of a `delete`
//! with reset meets all of them. There is one restore point for each, made before its drop.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use deployer::error::DeployError;
use deployer::operations::{DeleteResult, UpdateResult};
use end_to_end::passing_faults::{Sent, sent_so_far};
use end_to_end::stage::{Stage, delete_of_default, update_of_default};
use local_workspace::pace::Pace;

const BRANCHES: &str = "/api/2.0/postgres/projects/tellr-db/branches";

/// A workspace in which Tellr is deployed, with an empty journal of requests.
async fn deployed_stage() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage.workspace.control().journal.clear();
    stage
}

async fn reset_and_delete(stage: &Stage) -> Result<(UpdateResult, DeleteResult), DeployError> {
    let reset_database = Some(true);
    let updated = stage.update(UpdateArguments { reset_database, ..update_of_default() }).await?;
    // Restore points are named after the second they are made in.
    stage.workspace.control().clock.advance(60_000).expect("a virtual clock");
    let deleted = stage.delete(DeleteArguments { reset_database, ..delete_of_default() }).await?;
    Ok((updated, deleted))
}

/// The writes of both in which nothing goes wrong, but for files: those a `create` writes as well.
async fn writes() -> Vec<Sent> {
    let stage = deployed_stage().await;
    reset_and_delete(&stage).await.expect("nothing is in its way");
    let sent = sent_so_far(&stage);
    stage.end().await;
    let is_write = |sent: &Sent| sent.method != "GET" && !sent.path.starts_with("/api/2.0/workspace/");
    sent.into_iter().filter(is_write).collect()
}

#[tokio::test]
async fn every_write_of_a_reset_and_a_delete_survives_every_passing_fault() {
    let writes = writes().await;
    assert!(writes.len() > 6, "{writes:#?}");
    for sent in writes {
        let stage = deployed_stage().await;
        let (ended, met) = sent.meets_all_faults(&stage, Box::pin(reset_and_delete(&stage))).await;
        assert!(met, "{sent:?} was not sent");
        let (updated, deleted) = ended.unwrap_or_else(|error| panic!("{sent:?}: {error:#?}"));
        assert_eq!(stage.made("POST", BRANCHES), 2, "{sent:?}: a restore point for each drop");
        for point in [updated.restore_point, deleted.restore_point] {
            let branch = point.expect("a restore point").branch;
            assert_eq!(stage.get(&format!("/api/2.0/postgres/{branch}")).await.0, 200, "{sent:?}: {branch}");
        }
        assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404, "{sent:?}");
        assert!(!stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists, "{sent:?}");
        stage.assert_left_in_order("finished").await;
        stage.end().await;
    }
}
