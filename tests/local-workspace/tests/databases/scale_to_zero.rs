//! An endpoint without work is suspended after its timeout, and a connection wakes it.

use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::support::Local;

const BRANCH: &str = "projects/tellr-db/branches/production";

async fn state(local: &Local) -> String {
    let endpoint = local.get(&format!("postgres/{BRANCH}/endpoints/primary")).await.ok();
    assert!(endpoint["status"]["hosts"]["host"].is_string(), "its host stays: {endpoint}");
    endpoint["status"]["current_state"].as_str().expect("a state").to_owned()
}

#[tokio::test]
async fn an_idle_endpoint_is_suspended_and_a_connection_wakes_it() {
    let local = Local::start().await;
    let suspend = json!({"default_endpoint_settings": {"suspend_timeout_duration": "300s"}});
    local.post("postgres/projects?project_id=tellr-db", json!({"spec": suspend})).await.ok();
    let client = local.ada_at(BRANCH).await;
    client.batch_execute("CREATE SCHEMA kept").await.expect("a schema");
    local.pass_secs(299);
    assert_eq!(state(&local).await, "ACTIVE");
    client.batch_execute("SELECT 1").await.expect("work, which starts the time anew");
    local.pass_secs(299);
    assert_eq!(state(&local).await, "ACTIVE");
    local.pass_secs(1);
    assert_eq!(state(&local).await, "IDLE");

    let ended = client.batch_execute("SELECT 1").await.expect_err("sessions don't survive it");
    let code = ended.code();
    assert!(ended.is_closed() || code == Some(&SqlState::ADMIN_SHUTDOWN), "{ended:?}");
    assert_eq!(state(&local).await, "IDLE", "who is refused wakes nobody");
    let client = local.ada_at(BRANCH).await;
    assert_eq!(state(&local).await, "ACTIVE");
    client.batch_execute("CREATE TABLE kept.t ()").await.expect("the data is there");
}

#[tokio::test]
async fn the_timeout_can_be_changed_and_switched_off() {
    let local = Local::start().await;
    local.post("postgres/projects?project_id=tellr-db", json!({"spec": {}})).await.ok();
    local.pass_secs(300);
    assert_eq!(state(&local).await, "IDLE", "five minutes without a word of anybody");
    let endpoint = format!("postgres/{BRANCH}/endpoints/primary");
    let longer = json!({"spec": {"suspend_timeout_duration": "3600s"}});
    local.patch(&format!("{endpoint}?update_mask=spec.suspend_timeout_duration"), longer).await.ok();
    assert_eq!(state(&local).await, "ACTIVE");
    local.pass_secs(3300);
    assert_eq!(state(&local).await, "IDLE");
}
