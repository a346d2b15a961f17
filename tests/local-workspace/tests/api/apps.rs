//! Apps: what is accepted, what is refused, and how they come and go.

use local_workspace::identity::Right;
use local_workspace::settings::Denial;
use local_workspace::settings::{ComputeOutcome, DuplicateCode, UpdateOutcome};
use serde_json::{Value, json};

use crate::support::{ADA, BEN, CARLA, Local};

const APPS: &str = "/api/2.0/apps";
const TELLR: &str = "/api/2.0/apps/tellr";

async fn create(local: &Local, body: Value) -> Value {
    local.post(APPS, body).await.ok()
}

/// An app with running compute on a virtual clock.
async fn running(local: &Local) -> Value {
    create(local, json!({"name": "tellr"})).await;
    local.pass_ms(120_000);
    let app = local.get(TELLR).await.ok();
    assert_eq!(app["compute_status"]["state"], "ACTIVE");
    app
}

#[tokio::test]
async fn a_new_app_has_an_identity_a_url_and_compute_that_takes_two_minutes() {
    let local = Local::start_virtual().await;
    let app =
        create(&local, json!({"name": "tellr", "description": "Slides", "user_api_scopes": ["sql"]})).await;
    assert_eq!(app["compute_status"]["state"], "STARTING");
    assert_eq!(app["app_status"]["state"], "UNAVAILABLE");
    assert_eq!(app["compute_size"], "MEDIUM");
    assert_eq!(app["id"], app["service_principal_client_id"]);
    let name = app["service_principal_name"].as_str().expect("a name");
    assert!(name.starts_with("app-") && name.ends_with(" tellr"), "{name}");
    assert!(app["url"].as_str().expect("a URL").starts_with("http://127.0.0.1:"));
    assert_eq!(
        app["effective_user_api_scopes"],
        json!(["iam.current-user:read", "iam.access-control:read", "sql"])
    );
    local.pass_ms(119_999);
    assert_eq!(local.get(TELLR).await.ok()["compute_status"]["state"], "STARTING");
    local.pass_ms(1);
    let app = local.get(TELLR).await.ok();
    assert_eq!(app["compute_status"]["message"], "App compute is running.");
    assert_eq!(
        app["app_status"]["message"],
        "App has status: App has not been deployed yet. Run your app by deploying source code"
    );
}

#[tokio::test]
async fn an_app_without_compute_is_stopped() {
    let local = Local::start().await;
    let app = local.post("/api/2.0/apps?no_compute=true", json!({"name": "tellr"})).await.ok();
    assert_eq!(app["compute_status"]["state"], "STOPPED");
}

#[tokio::test]
async fn illegal_names_descriptions_sizes_and_scopes_are_refused() {
    let local = Local::start().await;
    for (body, part) in [
        (json!({}), "name"),
        (json!({"name": "x"}), "'x'"),
        (json!({"name": "a".repeat(31)}), "30"),
        (json!({"name": "Tellr"}), "'Tellr'"),
        (json!({"name": "1tellr"}), "'1tellr'"),
        (json!({"name": "tellr_app"}), "'tellr_app'"),
        (json!({"name": "tellr", "description": "d".repeat(501)}), "500"),
        (json!({"name": "tellr", "compute_size": "LIQUID"}), "LIQUID"),
        (json!({"name": "tellr", "user_api_scopes": ["apps.apps"]}), "apps.apps"),
        (json!({"name": "tellr", "compute_min_instances": 1}), "together"),
        (json!({"name": "tellr", "compute_min_instances": 2, "compute_max_instances": 1}), "greater"),
        (json!({"name": "tellr", "compute_min_instances": 0, "compute_max_instances": 1}), "between 1 and 5"),
        (json!({"name": "tellr", "compute_min_instances": 1, "compute_max_instances": 6}), "between 1 and 5"),
        (
            json!({"name": "tellr", "telemetry_export_destinations": [{"unity_catalog": {
                "logs_table": "main.t.logs", "metrics_table": "main.t.metrics", "traces_table": "traces",
            }}]}),
            "traces_table",
        ),
    ] {
        let refused = local.post(APPS, body).await;
        let (status, code, message) = refused.refusal();
        assert_eq!((status, code), (400, "INVALID_PARAMETER_VALUE"));
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(local.get(APPS).await.ok(), json!({}));
}

#[tokio::test]
async fn an_update_changes_the_number_of_instances_and_where_telemetry_goes() {
    let local = Local::start().await;
    let made = local.post(APPS, json!({"name": "tellr"})).await.ok();
    assert_eq!(made["compute_status"]["active_instances"], 1);
    assert_eq!(made.get("compute_min_instances"), None);
    let tables = json!([{"unity_catalog": {
        "logs_table": "main.t.logs", "metrics_table": "main.t.metrics", "traces_table": "main.t.traces",
    }}]);
    let mask = "compute_min_instances,compute_max_instances,telemetry_export_destinations";
    let app = json!({
        "compute_min_instances": 2, "compute_max_instances": 3, "telemetry_export_destinations": tables,
    });
    local.post("/api/2.0/apps/tellr/update", json!({"app": app, "update_mask": mask})).await.ok();
    let changed = local.get("/api/2.0/apps/tellr").await.ok();
    assert_eq!(
        (&changed["compute_min_instances"], &changed["compute_max_instances"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(changed["compute_status"]["active_instances"], 2);
    assert_eq!(changed["telemetry_export_destinations"], tables);
    let half = json!({"app": {"compute_min_instances": 1}, "update_mask": "compute_min_instances"});
    local.post("/api/2.0/apps/tellr/update", half).await.ok();
    let cleared = json!({"app": {}, "update_mask": "compute_max_instances"});
    let refused = local.post("/api/2.0/apps/tellr/update", cleared).await;
    assert!(refused.refusal().2.contains("together"));
}

#[tokio::test]
async fn a_taken_name_is_refused_with_either_code() {
    let local = Local::start().await;
    create(&local, json!({"name": "tellr"})).await;
    let taken = local.post_by(BEN, APPS, json!({"name": "tellr"})).await;
    let wanted = "Failed to create app tellr. An app with the same name already exists.";
    assert_eq!(taken.refusal(), (409, "ALREADY_EXISTS", wanted));
    local.set(|settings| settings.features.duplicate_app_code = DuplicateCode::ResourceAlreadyExists);
    let taken = local.post(APPS, json!({"name": "tellr"})).await;
    assert_eq!((taken.refusal().0, taken.refusal().1), (409, "RESOURCE_ALREADY_EXISTS"));
}

#[tokio::test]
async fn there_is_a_limit_to_apps() {
    let local = Local::start().await;
    local.set(|settings| settings.quotas.max_apps = 1);
    create(&local, json!({"name": "one"})).await;
    let two = local.post(APPS, json!({"name": "two"})).await;
    assert!(two.refusal().2.starts_with("The maximum number of apps for your workspace"));
}

#[tokio::test]
async fn scopes_need_user_authorization() {
    let local = Local::start().await;
    local.set(|settings| settings.features.user_authorization = false);
    let refused = local.post(APPS, json!({"name": "tellr", "user_api_scopes": ["sql"]})).await;
    assert_eq!(refused.refusal(), (400, "BAD_REQUEST", "user token passthrough not enabled"));
    create(&local, json!({"name": "tellr"})).await;
}

#[tokio::test]
async fn who_may_not_create_or_manage_is_refused() {
    let local = Local::start().await;
    assert_eq!(local.post_by(CARLA, APPS, json!({"name": "tellr"})).await.refusal().1, "PERMISSION_DENIED");
    create(&local, json!({"name": "tellr"})).await;
    local.get_by(BEN, TELLR).await.ok();
    let stop = local.post_by(BEN, "/api/2.0/apps/tellr/stop", json!({})).await;
    assert_eq!((stop.refusal().0, stop.refusal().1), (403, "PERMISSION_DENIED"));
    local.set(|settings| {
        settings.denials.push(Denial { principal: ADA.to_owned(), what: Right::ManageApps });
    });
    assert_eq!(local.delete(TELLR).await.refusal().0, 403);
}

#[tokio::test]
async fn compute_can_fail_or_never_come() {
    let local = Local::start_virtual().await;
    let message = "No capacity in this region";
    local.set(|settings| settings.outcomes.compute = ComputeOutcome::Error { message: message.to_owned() });
    create(&local, json!({"name": "tellr"})).await;
    local.pass_ms(120_000);
    let app = local.get(TELLR).await.ok();
    assert_eq!(app["compute_status"], json!({"state": "ERROR", "message": message, "active_instances": 0}));
    local.set(|settings| settings.outcomes.compute = ComputeOutcome::Never);
    create(&local, json!({"name": "other"})).await;
    local.pass_ms(86_400_000);
    assert_eq!(local.get("/api/2.0/apps/other").await.ok()["compute_status"]["state"], "STARTING");
}

#[tokio::test]
async fn a_deleted_app_lingers_and_keeps_its_name() {
    let local = Local::start_virtual().await;
    let client_id = running(&local).await["service_principal_client_id"].clone();
    let client_id = client_id.as_str().expect("a client id");
    assert_eq!(local.delete(TELLR).await.ok()["compute_status"]["state"], "DELETING");
    assert!(local.state().identities.find(client_id).is_none());
    let again = local.delete(TELLR).await;
    let wanted = "Cannot delete app tellr as it is not terminal with state DELETING, and was updated less than 20 minutes ago. Please wait before trying again.";
    assert_eq!(again.refusal(), (400, "BAD_REQUEST", wanted));
    assert_eq!(local.post(APPS, json!({"name": "tellr"})).await.refusal().0, 409);
    local.pass_ms(20_000);
    let gone = local.get(TELLR).await;
    assert_eq!(gone.refusal(), (404, "NOT_FOUND", "App with name tellr does not exist or is deleted."));
    let new = create(&local, json!({"name": "tellr"})).await;
    assert_ne!(new["service_principal_client_id"], client_id);
}

#[tokio::test]
async fn an_app_that_is_starting_cannot_be_deleted_yet() {
    let local = Local::start_virtual().await;
    create(&local, json!({"name": "tellr"})).await;
    let refused = local.delete(TELLR).await;
    assert!(refused.refusal().2.contains("not terminal with state STARTING"));
    local.pass_ms(120_000);
    local.delete(TELLR).await.ok();
}

#[tokio::test]
async fn compute_stops_and_starts() {
    let local = Local::start_virtual().await;
    running(&local).await;
    let start = local.post("/api/2.0/apps/tellr/start", json!({})).await;
    assert_eq!(start.refusal().0, 400);
    assert_eq!(
        local.post("/api/2.0/apps/tellr/stop", json!({})).await.ok()["compute_status"]["state"],
        "STOPPING"
    );
    local.pass_ms(15_000);
    let stopped = local.get(TELLR).await.ok();
    assert_eq!(stopped["compute_status"]["state"], "STOPPED");
    assert_eq!(stopped["app_status"]["message"], "Start the app compute to deploy the app.");
    assert_eq!(
        local.post("/api/2.0/apps/tellr/start", json!({})).await.ok()["compute_status"]["state"],
        "STARTING"
    );
}

#[tokio::test]
async fn patch_sets_what_is_there_but_never_the_size() {
    let local = Local::start_virtual().await;
    running(&local).await;
    let patched = local.patch(TELLR, json!({"description": "New", "user_api_scopes": ["sql"]})).await.ok();
    assert_eq!(patched["description"], "New");
    let patched = local.patch(TELLR, json!({"description": "Newer"})).await.ok();
    assert_eq!(patched["user_api_scopes"], json!(["sql"]));
    let refused = local.patch(TELLR, json!({"compute_size": "LARGE"})).await;
    let wanted =
        "Compute size updates are not supported in this update API. Please use the new update API instead.";
    assert_eq!(refused.refusal(), (400, "INVALID_PARAMETER_VALUE", wanted));
}

#[tokio::test]
async fn a_masked_update_changes_only_what_it_names_and_takes_its_time() {
    let local = Local::start_virtual().await;
    create(&local, json!({"name": "tellr", "description": "Old", "user_api_scopes": ["sql"]})).await;
    let starting =
        local.post("/api/2.0/apps/tellr/update", json!({"update_mask": "description", "app": {}})).await;
    assert!(starting.refusal().2.starts_with("Cannot update app tellr as its compute is in STARTING state."));
    local.pass_ms(120_000);
    let status = |answer: &Value| answer["status"]["state"].clone();
    assert_eq!(status(&local.get("/api/2.0/apps/tellr/update").await.ok()), "NOT_UPDATED");

    let body = json!({"update_mask": "compute_size,description", "app": {"compute_size": "LARGE", "user_api_scopes": []}});
    assert_eq!(status(&local.post("/api/2.0/apps/tellr/update", body.clone()).await.ok()), "IN_PROGRESS");
    assert_eq!(local.get(TELLR).await.ok()["compute_status"]["state"], "UPDATING");
    assert_eq!(local.post("/api/2.0/apps/tellr/update", body).await.refusal().0, 400);
    local.pass_ms(3_000);
    assert_eq!(status(&local.get("/api/2.0/apps/tellr/update").await.ok()), "SUCCEEDED");
    let app = local.get(TELLR).await.ok();
    assert_eq!((&app["compute_size"], &app["user_api_scopes"]), (&json!("LARGE"), &json!(["sql"])));
    assert_eq!(app.get("description"), None);
}

#[tokio::test]
async fn a_failed_update_changes_nothing() {
    let local = Local::start().await;
    create(&local, json!({"name": "tellr", "description": "Old"})).await;
    let failed = UpdateOutcome::Failed { message: "Could not update".to_owned() };
    local.set(|settings| settings.outcomes.app_update = failed);
    let body = json!({"update_mask": "description", "app": {"description": "New"}});
    let update = local.post("/api/2.0/apps/tellr/update", body).await.ok();
    assert_eq!(update["status"], json!({"state": "FAILED", "message": "Could not update"}));
    assert_eq!(local.get(TELLR).await.ok()["description"], "Old");
    let unknown = local.post("/api/2.0/apps/tellr/update", json!({"update_mask": "name", "app": {}})).await;
    assert_eq!(unknown.refusal().1, "INVALID_PARAMETER_VALUE");
}

fn secret(name: &str, key: &str) -> Value {
    json!({"name": name, "secret": {"scope": "s", "key": key, "permission": "READ"}})
}

async fn scope(local: &Local, who: &str) {
    local.post_by(who, "/api/2.0/secrets/scopes/create", json!({"scope": "s"})).await.ok();
    let body = json!({"scope": "s", "key": "k", "string_value": "v"});
    local.post_by(who, "/api/2.0/secrets/put", body).await.ok();
}

#[tokio::test]
async fn an_attached_secret_can_be_read_by_the_app_and_lists_are_replaced_whole() {
    let local = Local::start().await;
    scope(&local, ADA).await;
    let app = create(&local, json!({"name": "tellr", "resources": [secret("key", "k")]})).await;
    assert_eq!(app["resources"], json!([secret("key", "k")]));
    let client_id = app["service_principal_client_id"].as_str().expect("a client id");
    let acl = local.get(&format!("/api/2.0/secrets/acls/get?scope=s&principal={client_id}")).await.ok();
    assert_eq!(acl["permission"], "READ");
    let serving = json!({"name": "llm", "serving_endpoint": {"name": "databricks-claude-sonnet-4-5", "permission": "CAN_QUERY"}});
    let patched = local.patch(TELLR, json!({"resources": [serving]})).await.ok();
    assert_eq!(patched["resources"], json!([serving]));
}

#[tokio::test]
async fn resources_must_be_well_formed_exist_and_be_the_callers_to_give() {
    let local = Local::start().await;
    scope(&local, ADA).await;
    let with = |resource: Value| json!({"name": "tellr", "resources": [resource]});
    for (resource, status, part) in [
        (secret("k", "k"), 400, "between 2 and 30"),
        (json!({"name": "none"}), 400, "exactly one"),
        (
            json!({"name": "app", "app": {"name": "x1", "permission": "CAN_MANAGE"}}),
            400,
            "Only CAN_USE is supported",
        ),
        (secret("key", "missing"), 404, "missing"),
        (
            json!({"name": "wh", "sql_warehouse": {"id": "1", "permission": "CAN_USE"}}),
            404,
            "SQL warehouse 1",
        ),
        (
            json!({"name": "db", "database": {
                "instance_name": "none", "database_name": "d", "permission": "CAN_CONNECT_AND_CREATE"}}),
            404,
            "Database instance none does not exist",
        ),
    ] {
        let refused = local.post(APPS, with(resource)).await;
        assert_eq!(refused.refusal().0, status, "{}", refused.text);
        assert!(refused.refusal().2.contains(part), "{}", refused.text);
    }
    let not_his = local.post_by(BEN, APPS, with(secret("key", "k"))).await;
    assert_eq!(not_his.refusal().1, "PERMISSION_DENIED");
    assert_eq!(local.get(APPS).await.ok(), json!({}));
    assert_eq!(local.state().identities.all().len(), 3, "no service principal is left behind");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let local = Local::start().await;
    for name in ["aa", "bb", "cc"] {
        create(&local, json!({"name": name})).await;
    }
    let first = local.get("/api/2.0/apps?page_size=2").await.ok();
    assert_eq!(first["apps"].as_array().map(Vec::len), Some(2));
    let token = first["next_page_token"].as_str().expect("a token");
    let second = local.get(&format!("/api/2.0/apps?page_size=2&page_token={token}")).await.ok();
    assert_eq!(second["apps"][0]["name"], "cc");
    assert_eq!(second.get("next_page_token"), None);
}
