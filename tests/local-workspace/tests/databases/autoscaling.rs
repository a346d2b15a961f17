//! Projects and the operations that every write answers.

use local_workspace::faults::{Action, OperationOutcome, Rule, When};
use serde_json::{Value, json};

use crate::support::{BEN, CARLA, Local};

const CREATE: &str = "postgres/projects?project_id=tellr-db";

#[tokio::test]
async fn a_project_comes_with_branch_endpoint_database_and_owner() {
    let local = Local::start().await;
    let spec = json!({"spec": {"display_name": "Decks", "pg_version": "17",
        "default_endpoint_settings": {"autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 2.0}}});
    let operation = local.post(CREATE, spec).await.ok();
    assert_eq!(operation["done"], true);
    assert_eq!(operation["response"]["name"], "projects/tellr-db");

    let project = local.get("postgres/projects/tellr-db").await.ok();
    assert_eq!(project.get("spec"), None);
    assert_eq!(project["status"]["display_name"], "Decks");
    assert_eq!(project["status"]["pg_version"], 17);
    assert_eq!(project["status"]["owner"], "ada@example.com");
    assert_eq!(project["status"]["default_branch"], "projects/tellr-db/branches/production");
    let branch = "postgres/projects/tellr-db/branches/production";
    assert_eq!(local.get(branch).await.ok()["status"]["current_state"], "READY");
    let endpoints = local.get(&format!("{branch}/endpoints")).await.ok();
    let status = &endpoints["endpoints"][0]["status"];
    assert_eq!(status["endpoint_type"], "ENDPOINT_TYPE_READ_WRITE");
    assert_eq!(status["autoscaling_limit_max_cu"], 2.0);
    let databases = local.get(&format!("{branch}/databases")).await.ok();
    assert_eq!(databases["databases"][0]["database_id"], "databricks-postgres");
    assert_eq!(databases["databases"][0]["status"]["postgres_database"], "databricks_postgres");
    let role = local.get(&format!("{branch}/roles/ada")).await.ok();
    assert_eq!(role["status"]["membership_roles"], json!(["DATABRICKS_SUPERUSER"]));
}

#[tokio::test]
async fn an_operation_takes_its_time_and_the_host_a_little_longer() {
    let local = Local::realistic().await;
    let operation = local.post(CREATE, json!({})).await.ok();
    assert_eq!(operation["done"], false);
    let path = format!("postgres/{}", operation["name"].as_str().expect("a name"));
    let endpoint = "postgres/projects/tellr-db/branches/production/endpoints/primary";
    local.pass_secs(5);
    assert_eq!(local.get(&path).await.ok()["done"], false);
    assert_eq!(local.get(endpoint).await.ok()["status"]["current_state"], "INIT");
    local.pass_secs(1);
    assert_eq!(local.get(&path).await.ok()["response"]["project_id"], "tellr-db");
    let ready = local.get(endpoint).await.ok();
    assert_eq!(ready["status"]["current_state"], "ACTIVE");
    assert_eq!(ready["status"].get("hosts"), None);
    local.pass_secs(2);
    assert!(local.get(endpoint).await.ok()["status"]["hosts"]["host"].is_string());
}

#[tokio::test]
async fn refusals_are_the_platforms() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let twice = local.post(CREATE, json!({})).await;
    let taken = "project with such id already exists in the workspace";
    assert_eq!(twice.refusal(), (409, "ALREADY_EXISTS", taken));
    let empty = local.post("postgres/projects", json!({})).await;
    let required = "Field 'project_id' is required, expected non-default value (not \"\")!";
    assert_eq!(empty.refusal(), (400, "INVALID_PARAMETER_VALUE", required));
    let (status, code, message) = (404, "NOT_FOUND", "project id not found [TraceId: ");
    let unknown = local.get("postgres/projects/nobody").await;
    assert_eq!((unknown.refusal().0, unknown.refusal().1), (status, code));
    assert!(unknown.refusal().2.starts_with(message), "{unknown:?}");
    let wide = json!({"spec": {"default_endpoint_settings":
        {"autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 17}}});
    let refused = local.post("postgres/projects?project_id=wide", wide).await;
    assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn rights_are_asked_for() {
    let local = Local::start().await;
    for who in [BEN, CARLA] {
        let refused = local.post_by(who, CREATE, json!({})).await;
        assert_eq!(refused.refusal().1, "PERMISSION_DENIED");
    }
    local.project("tellr-db").await;
    let token = local.workspace.token(BEN);
    let refused = local.call(token, reqwest::Method::DELETE, "postgres/projects/tellr-db", None).await;
    assert_eq!(refused.refusal().1, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_deleted_project_can_be_brought_back_with_its_data() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let branch = "projects/tellr-db/branches/production";
    let client = local.ada_at(branch).await;
    client.batch_execute("CREATE TABLE deck (n int)").await.expect("a table");
    let deleted = local.delete("postgres/projects/tellr-db").await.ok();
    assert_eq!(deleted["response"]["@type"], "type.googleapis.com/google.protobuf.Empty");
    assert_eq!(local.get("postgres/projects/tellr-db").await.refusal().0, 404);
    assert_eq!(local.get("postgres/projects").await.ok()["projects"], json!([]));
    assert_eq!(local.post(CREATE, json!({})).await.refusal().1, "ALREADY_EXISTS");
    let operation = format!("postgres/{}", deleted["name"].as_str().expect("a name"));
    assert_eq!(local.get(&operation).await.ok()["done"], true);

    local.post("postgres/projects/tellr-db/undelete", json!({})).await.ok();
    let client = local.ada_at(branch).await;
    client.query("SELECT n FROM deck", &[]).await.expect("the table is still there");

    local.delete("postgres/projects/tellr-db?purge=true").await.ok();
    assert_eq!(local.get("postgres/projects?show_deleted=true").await.ok()["projects"], json!([]));
    local.post(CREATE, json!({})).await.ok();
}

#[tokio::test]
async fn an_operation_can_end_in_an_error_with_or_without_its_effect() {
    for (when, exists) in [(When::Before, false), (When::After, true)] {
        let local = Local::start().await;
        let outcome =
            OperationOutcome::Error { code: "INTERNAL_ERROR".to_owned(), message: "no room".to_owned() };
        let rule = Rule::next("/api/2.0/postgres/projects", Action::Operation(outcome)).on("POST");
        let rule = Rule { when, ..rule };
        local.state().faults.add(rule).expect("a rule");
        let operation = local.post(CREATE, json!({})).await.ok();
        assert_eq!(operation["error"], json!({"error_code": "INTERNAL_ERROR", "message": "no room"}));
        assert_eq!(operation.get("response"), None::<&Value>);
        assert_eq!(local.get("postgres/projects/tellr-db").await.0 == 200, exists);
    }
}

#[tokio::test]
async fn a_patch_changes_what_its_mask_names() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let mask = "spec.default_endpoint_settings.autoscaling_limit_max_cu";
    let path = format!("postgres/projects/tellr-db?update_mask={mask}");
    let spec = json!({"spec": {"display_name": "not named",
        "default_endpoint_settings": {"autoscaling_limit_max_cu": 8}}});
    local.patch(&path, spec).await.ok();
    let status = &local.get("postgres/projects/tellr-db").await.ok()["status"];
    assert_eq!(status["default_endpoint_settings"]["autoscaling_limit_max_cu"], 8);
    assert_eq!(status["default_endpoint_settings"]["autoscaling_limit_min_cu"], 0.5);
    assert_eq!(status["display_name"], "tellr-db");
}
