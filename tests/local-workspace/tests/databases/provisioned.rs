//! The interface of instances: of the older kind, and of projects that are created there.

use local_workspace::settings::Settings;
use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::support::{ADA, Local, sql_state};

const INSTANCE: &str = "database/instances/tellr-db";

fn older_kind(settings: &mut Settings) {
    settings.features.provisioned_instances = true;
}

#[tokio::test]
async fn an_instance_starts_serves_stops_and_goes() {
    for older in [false, true] {
        let local = Local::realistic().await;
        if older {
            local.state().settings.update(older_kind);
        }
        through(&local).await;
        assert_eq!(local.get("postgres/projects/tellr-db").await.refusal().0, 404, "nothing is left");
    }
}

async fn through(local: &Local) {
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
    assert_eq!(local.patch(&stop, json!({"stopped": false})).await.ok()["state"], "AVAILABLE");
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
async fn a_new_instance_is_a_project_that_both_interfaces_show() {
    let local = Local::start().await;
    local.post("database/instances", json!({"name": "tellr-db", "capacity": "CU_2"})).await.ok();
    let (instance, project) =
        (local.get(INSTANCE).await.ok(), local.get("postgres/projects/tellr-db").await.ok());
    assert_eq!((&instance["uid"], &instance["creator"]), (&project["uid"], &json!(ADA)));
    assert_eq!(instance["creation_time"], project["create_time"]);
    assert_eq!(instance["pg_version"], "PG_VERSION_17");
    let limits = &project["status"]["default_endpoint_settings"];
    assert_eq!(
        (&limits["autoscaling_limit_min_cu"], &limits["autoscaling_limit_max_cu"]),
        (&json!(1.0), &json!(4.0))
    );
    let branch = "projects/tellr-db/branches/production";
    assert_eq!(instance["read_write_dns"], local.host(branch).await);

    // A credential of either interface opens the one database.
    local.ada_at(branch).await.batch_execute("CREATE SCHEMA app_data").await.expect("a schema");
    let body = json!({"request_id": "r", "instance_names": ["tellr-db"]});
    let minted = local.post("database/credentials", body).await.ok();
    let host = instance["read_write_dns"].as_str().expect("a host");
    let client = local.connect(host, ADA, minted["token"].as_str().expect("a token")).await;
    client
        .expect("a connection")
        .batch_execute("CREATE TABLE app_data.t ()")
        .await
        .expect("the schema is there");

    let role = json!({"name": "ben@example.com", "identity_type": "USER"});
    local.post(&format!("{INSTANCE}/roles"), role).await.ok();
    let roles = local.get(&format!("postgres/{branch}/roles")).await.ok();
    let names: Vec<_> = roles["roles"].as_array().expect("roles").iter().collect();
    assert!(names.iter().any(|role| role["status"]["postgres_role"] == "ben@example.com"), "{names:?}");

    let again = local.post("postgres/projects?project_id=tellr-db", json!({"spec": {}})).await;
    assert_eq!(again.refusal().1, "ALREADY_EXISTS");
    local.delete("postgres/projects/tellr-db?purge=true").await.ok();
    assert_eq!(local.get(INSTANCE).await.refusal().0, 404);
    assert_eq!(local.get("database/instances").await.ok()["database_instances"], json!([]));
}

#[tokio::test]
async fn the_older_kind_and_what_was_created_as_a_project_have_one_interface_each() {
    let local = Local::start().await;
    local.state().settings.update(older_kind);
    local.project("tellr-db").await;
    assert_eq!(local.get(INSTANCE).await.refusal().0, 404);
    let older = local.post("database/instances", json!({"name": "older-db"})).await.ok();
    assert_eq!(older["pg_version"], "PG_VERSION_16");
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
