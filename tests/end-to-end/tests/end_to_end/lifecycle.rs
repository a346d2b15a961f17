//! `create`, `update`, `update` with reset and `delete` with reset, for every kind of database
//! and both app packages.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use end_to_end::stage::{FOLDER, Stage, delete_of_default, update_of_default};
use serde_json::{Value, json};

/// What differs between the ways through.
struct Way {
    package: &'static str,
    kind: &'static str,
}

const SCOPES: [&str; 6] = [
    "sql",
    "dashboards.genie",
    "catalog.tables:read",
    "catalog.schemas:read",
    "catalog.catalogs:read",
    "serving.serving-endpoints",
];

#[tokio::test]
async fn with_a_new_autoscaling_database() {
    let stage = Stage::realistic().await;
    through(&stage, Way { package: "tellr-app", kind: "autoscaling" }).await;
    stage.end().await;
}

#[tokio::test]
async fn with_an_autoscaling_database_that_was_there() {
    let stage = Stage::realistic().await;
    let spec = json!({"spec": {"display_name": "tellr-db", "pg_version": 17}});
    let (status, _) = stage.post("/api/2.0/postgres/projects?project_id=tellr-db", spec).await;
    assert_eq!(status, 200);
    through(&stage, Way { package: "tellr-app", kind: "autoscaling" }).await;
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 1, "only the one made beforehand");
    stage.end().await;
}

#[tokio::test]
async fn with_a_provisioned_database_that_was_there() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.provisioned_instances = true);
    let spec = json!({"name": "tellr-db", "capacity": "CU_1"});
    let (status, _) = stage.post("/api/2.0/database/instances", spec).await;
    assert_eq!(status, 200);
    through(&stage, Way { package: "tellr-app", kind: "provisioned" }).await;
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 0);
    assert_eq!(stage.made("POST", "/api/2.0/database/instances"), 1, "only the one made beforehand");
    stage.end().await;
}

/// As the platform does since March 2026: an instance is a project that both interfaces show.
#[tokio::test]
async fn with_an_instance_that_is_a_project() {
    let stage = Stage::realistic().await;
    let spec = json!({"name": "tellr-db", "capacity": "CU_1"});
    let (status, _) = stage.post("/api/2.0/database/instances", spec).await;
    assert_eq!(status, 200);
    through(&stage, Way { package: "tellr-app", kind: "autoscaling" }).await;
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 0);
    stage.end().await;
}

#[tokio::test]
async fn where_there_is_no_autoscaling() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.autoscaling = false);
    through(&stage, Way { package: "tellr-app", kind: "provisioned" }).await;
    stage.end().await;
}

#[tokio::test]
async fn with_the_original_app() {
    let stage = Stage::realistic().await;
    through(&stage, Way { package: "databricks-tellr-app", kind: "autoscaling" }).await;
    stage.end().await;
}

#[tokio::test]
async fn with_the_original_app_on_a_provisioned_database() {
    let stage = Stage::realistic().await;
    stage.set(|settings| settings.features.autoscaling = false);
    through(&stage, Way { package: "databricks-tellr-app", kind: "provisioned" }).await;
    stage.end().await;
}

async fn through(stage: &Stage, way: Way) {
    created(stage, &way).await;
    let key = key_of(stage).await;
    updated(stage, &way).await;
    reset(stage, &way).await;
    assert_eq!(key_of(stage).await, key, "one key for the life of the app");
    deleted(stage, &way).await;
    assert_eq!(key_of(stage).await, key, "the key outlives the app, as its data may");
}

async fn created(stage: &Stage, way: &Way) {
    let package = Some(way.package.to_owned());
    let result = stage.create(CreateArguments { app_package: package, ..CreateArguments::default() }).await;
    let result = serde_json::to_value(result.expect("create")).unwrap();
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(
        without_steps(&result),
        json!({
            "url": app["url"],
            "app_name": "tellr",
            "lakebase_name": "tellr-db",
            "schema_name": "app_data",
            "status": "created",
            "release": 1,
            "lakebase_type": way.kind,
        })
    );
    assert_eq!(app["app_status"]["state"], "RUNNING");
    assert_eq!(app["compute_size"], "MEDIUM");
    assert_eq!(app["description"], "Tellr AI Slide Generator");
    assert_eq!(app["user_api_scopes"], json!(SCOPES));
    assert_eq!(app["active_deployment"]["source_code_path"], FOLDER);
    let database = match way.kind {
        "autoscaling" => json!({"postgres": {
            "branch": "projects/tellr-db/branches/production",
            "database": "projects/tellr-db/branches/production/databases/databricks-postgres",
            "permission": "CAN_CONNECT_AND_CREATE",
        }, "name": "app_database"}),
        _ => json!({"database": {
            "instance_name": "tellr-db",
            "database_name": "databricks_postgres",
            "permission": "CAN_CONNECT_AND_CREATE",
        }, "name": "app_database"}),
    };
    let secret = json!({
        "secret": {"scope": "tellr-tellr", "key": "encryption-key", "permission": "READ"},
        "name": "encryption_key",
    });
    assert_eq!(app["resources"], json!([database, secret]));
    files(stage, way).await;
    let state = stage.schema_state("tellr-db", way.kind, "app_data").await;
    assert!(state.exists && state.role_granted, "{state:?}");
    assert_eq!(state.owner.as_deref(), Some("ada@example.com"));
}

/// The two generated files, as the platform and the app read them.
async fn files(stage: &Stage, way: &Way) {
    let app_yaml = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml");
    let requirements = stage.file(&format!("{FOLDER}/requirements.txt")).await.expect("requirements.txt");
    let variable = |name: &str| {
        let (_, rest) =
            app_yaml.split_once(&format!("- name: {name}\n")).unwrap_or_else(|| panic!("{name}: {app_yaml}"));
        rest.lines().next().unwrap_or_default().trim().to_owned()
    };
    assert_eq!(variable("LAKEBASE_TYPE"), format!("value: {}", way.kind));
    assert_eq!(variable("GOOGLE_OAUTH_ENCRYPTION_KEY"), "valueFrom: encryption_key");
    assert_eq!(variable("LAKEBASE_INSTANCE"), "value: tellr-db");
    assert_eq!(variable("ENVIRONMENT"), "value: production");
    if way.kind == "autoscaling" {
        let endpoint = "value: projects/tellr-db/branches/production/endpoints/primary";
        assert_eq!(variable("LAKEBASE_ENDPOINT_NAME"), endpoint);
        assert!(variable("LAKEBASE_PG_HOST").starts_with("value: 127."));
    } else {
        assert_eq!(variable("LAKEBASE_PG_HOST"), "value: ''");
    }
    let version = env!("CARGO_PKG_VERSION");
    if way.package == "tellr-app" {
        assert_eq!(requirements, format!("# Generated by tellr\ntellr-app=={version}\n"));
        assert!(app_yaml.contains("tellr-app init-database && exec tellr-app serve"), "{app_yaml}");
    } else {
        assert_eq!(requirements, "# Generated by tellr\ndatabricks-tellr-app\n");
        assert!(app_yaml.contains("python -m databricks_tellr_app.run"), "{app_yaml}");
    }
}

async fn updated(stage: &Stage, way: &Way) {
    let arguments = UpdateArguments {
        app_package: Some(way.package.into()),
        app_version: Some("9.9.9".into()),
        app_compute: Some("LARGE".into()),
        description: Some("Slides for all".into()),
        extra_scopes: Some(vec!["files".into()]),
        ..update_of_default()
    };
    let result = serde_json::to_value(stage.update(arguments).await.expect("update")).unwrap();
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(
        without_steps(&result),
        json!({
            "url": app["url"],
            "app_name": "tellr",
            "deployment_id": app["active_deployment"]["deployment_id"],
            "status": "updated",
            "release": 2,
            "database_reset": false,
            "lakebase_type": way.kind,
        })
    );
    assert_eq!((&app["compute_size"], &app["description"]), (&json!("LARGE"), &json!("Slides for all")));
    assert_eq!(app["user_api_scopes"].as_array().map(Vec::len), Some(7));
    let requirements = stage.file(&format!("{FOLDER}/requirements.txt")).await.unwrap();
    assert!(requirements.ends_with(&format!("{}==9.9.9\n", way.package)), "{requirements}");
}

async fn reset(stage: &Stage, way: &Way) {
    let arguments = UpdateArguments {
        app_package: Some(way.package.into()),
        reset_database: Some(true),
        ..update_of_default()
    };
    let result = serde_json::to_value(stage.update(arguments).await.expect("reset")).unwrap();
    assert_eq!((&result["status"], &result["database_reset"]), (&json!("updated"), &json!(true)));
    restorable(stage, way, &result).await;
    let state = stage.schema_state("tellr-db", way.kind, "app_data").await;
    assert!(state.exists && state.role_granted && state.tables == 0, "{state:?}");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["app_status"]["state"], "RUNNING");
}

async fn deleted(stage: &Stage, way: &Way) {
    let arguments = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    let result = serde_json::to_value(stage.delete(arguments).await.expect("delete")).unwrap();
    let mut expected = json!({
        "app_name": "tellr",
        "status": "deleted",
        "database_reset": true,
        "lakebase_type": way.kind,
    });
    if way.kind == "autoscaling" {
        expected["restore_point"] = result["restore_point"].clone();
    }
    assert_eq!(without_steps(&result), expected);
    restorable(stage, way, &result).await;
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404, "the name is free when delete returns");
    assert!(!stage.schema_state("tellr-db", way.kind, "app_data").await.exists);
}

/// The result names a branch that really is there, wherever the database has branches.
async fn restorable(stage: &Stage, way: &Way, result: &Value) {
    match way.kind {
        "autoscaling" => {
            let branch = result["restore_point"]["branch"].as_str().expect("a restore point");
            assert!(branch.starts_with("projects/tellr-db/branches/pre-reset-"), "{branch}");
            let (status, _) = stage.get(&format!("/api/2.0/postgres/{branch}")).await;
            assert_eq!(status, 200);
        }
        _ => assert_eq!(result.get("restore_point"), None),
    }
}

async fn key_of(stage: &Stage) -> String {
    let (status, secret) = stage.get("/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key").await;
    assert_eq!(status, 200);
    secret["value"].as_str().expect("a key").to_owned()
}

/// The result without its timings, after a look that every step is told with its time.
fn without_steps(result: &Value) -> Value {
    let mut result = result.clone();
    let steps = result.as_object_mut().and_then(|object| object.remove("steps")).expect("steps");
    // What was lost has tests of its own.
    result.as_object_mut().map(|object| object.remove("losses"));
    let steps = steps.as_array().expect("a list");
    assert!(steps.len() > 1);
    for step in steps {
        assert!(
            step["step"].is_string() && step["elapsed_ms"].is_u64() && step["started_ms"].is_u64(),
            "{step}"
        );
        assert!(matches!(step["state"].as_str(), Some("done" | "unchanged")), "{step}");
    }
    result
}
