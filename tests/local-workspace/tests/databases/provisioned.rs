//! Provisioned instances.

use local_workspace::settings::Settings;
use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::support::{ADA, Local, sql_state};

const INSTANCE: &str = "database/instances/tellr-db";

#[tokio::test]
async fn an_instance_starts_serves_stops_and_goes() {
    let local = Local::realistic().await;
    let created =
        local.post("database/instances", json!({"name": "tellr-db", "capacity": "CU_2"})).await.ok();
    assert_eq!(created["state"], "STARTING");
    local.pass_secs(160);
    let instance = local.get(INSTANCE).await.ok();
    assert_eq!(instance["state"], "AVAILABLE");
    assert_eq!(instance["capacity"], "CU_2");
    assert_eq!(instance["creator"], ADA);
    let host = instance["read_write_dns"].as_str().expect("a host");

    let body = json!({"request_id": "r", "instance_names": ["tellr-db"]});
    let minted = local.post("database/credentials", body).await.ok();
    assert!(minted["expiration_time"].is_string());
    let password = minted["token"].as_str().expect("a token");
    let client = local.connect(host, ADA, password).await.expect("a connection");
    client.batch_execute("CREATE SCHEMA app_data").await.expect("a schema");
    local.pass_secs(3600);
    assert_eq!(sql_state(local.connect(host, ADA, password).await), SqlState::INVALID_PASSWORD);

    let stop = format!("{INSTANCE}?update_mask=stopped");
    assert_eq!(local.patch(&stop, json!({"stopped": true})).await.ok()["state"], "STOPPED");
    local.connect(host, ADA, password).await.expect_err("nobody listens");
    local.delete(&format!("{INSTANCE}?purge=true")).await.ok();
    let gone = local.get(INSTANCE).await;
    assert_eq!(gone.refusal(), (404, "NOT_FOUND", "Database instance tellr-db not found."));
}

#[tokio::test]
async fn refusals_are_the_platforms() {
    let local = Local::start().await;
    for name in ["", "1db", "a_b", &"a".repeat(64)] {
        let refused = local.post("database/instances", json!({"name": name})).await;
        assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE", "{name}");
    }
    local.post("database/instances", json!({"name": "tellr-db"})).await.ok();
    let twice = local.post("database/instances", json!({"name": "tellr-db"})).await;
    assert_eq!((twice.refusal().0, twice.refusal().2), (409, "Instance name is not unique"));
    let bare = local.post("database/credentials", json!({})).await;
    assert_eq!(bare.refusal().0, 400);
}

#[tokio::test]
async fn the_two_products_do_not_see_each_other() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    assert_eq!(local.get(INSTANCE).await.refusal().0, 404);
    local.post("database/instances", json!({"name": "older-db"})).await.ok();
    assert_eq!(local.get("postgres/projects/older-db").await.refusal().0, 404);
}

#[tokio::test]
async fn without_autoscaling_the_whole_api_is_unknown() {
    let local = Local::start().await;
    local.state().settings.update(|settings: &mut Settings| settings.features.autoscaling = false);
    let absent = local.get("postgres/projects").await;
    let text = "No API found for 'GET /api/2.0/postgres/projects'";
    assert_eq!(absent.refusal(), (404, "ENDPOINT_NOT_FOUND", text));
}
