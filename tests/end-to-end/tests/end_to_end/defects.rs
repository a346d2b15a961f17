//! What the original deployer (databricks-tellr 0.4.2) gets wrong, done right.
//!
//! Two lists of its defects are known: seven from reading it with a script at hand (R1 to R7) and
//! ten from running it against a recording of the platform (T1 to T10). Each has a test here, named
//! after what should happen.

use std::collections::BTreeSet;

use deployer::config::{CreateArguments, DeleteArguments, SchemaName, UpdateArguments};
use end_to_end::kill;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::Denial;
use reqwest::Method;
use serde_json::{Value, json};

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

async fn deployed_stage() -> Stage {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

/// The bodies of the requests of this kind that were sent.
fn bodies(stage: &Stage, method: &str, path: &str) -> Vec<Value> {
    let entries = stage.workspace.control().journal.entries();
    let of_kind = entries.into_iter().filter(|entry| entry.method == method && entry.path == path);
    of_kind.filter_map(|entry| serde_json::from_str(&entry.body?).ok()).collect()
}

/// The environment variables of the deployed `app.yaml`.
async fn variables(stage: &Stage) -> Vec<(String, String)> {
    let text = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let value = |line: &str| line.split_once(": ").map_or(String::new(), |(_, value)| value.to_owned());
    let named = lines.windows(2).filter(|pair| pair[0].starts_with("- name: "));
    named.map(|pair| (value(pair[0]), value(pair[1]))).collect()
}

// ---- R: from reading ----

/// R1: with a provisioned database, the text "None" stood in three variables.
#[tokio::test]
async fn an_empty_variable_is_written_as_nothing_not_as_none() {
    let stage = stage().await;
    stage.set(|settings| settings.features.autoscaling = false);
    stage.create(CreateArguments::default()).await.expect("create");
    let variables = variables(&stage).await;
    for name in ["LAKEBASE_PG_HOST", "LAKEBASE_PROJECT_ID", "LAKEBASE_ENDPOINT_NAME"] {
        let found = variables.iter().find(|(there, _)| there == name);
        assert_eq!(found.map(|(_, value)| value.as_str()), Some("''"), "{variables:?}");
    }
    assert!(variables.iter().all(|(_, value)| !value.contains("None") && !value.contains("null")));
    stage.end().await;
}

/// R2: `app\n` passed as a schema's name, and the line's end reached the SQL.
#[test]
fn a_schema_name_ends_where_its_text_ends() {
    for name in ["app\n", "app\r", "app\u{2028}", "app "] {
        assert!(SchemaName::parse("schema_name", name).is_err(), "{name:?}");
    }
}

/// R3: a file without `compute_size` or `capacity` failed, as their defaults never applied; and
/// LIQUID, which the documentation offered, is not a size.
#[tokio::test]
async fn a_file_without_sizes_takes_the_defaults() {
    let file = "environments:\n  development:\n    app_name: tellr\n    workspace_path: /Workspace/Users/ada@example.com/.apps/tellr\n    lakebase: {database_name: tellr-db, schema: app_data}\n";
    let stage = stage().await;
    let config = CreateArguments::default().resolve(Some(file), None).expect("a good file");
    assert_eq!((config.app_compute.as_str(), config.lakebase_compute.as_str()), ("MEDIUM", "CU_1"));
    stage.create_from(file).await.expect("create");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["compute_size"], "MEDIUM");
    stage.end().await;
}

/// R4: a hostile name of a database added variables of its own to `app.yaml`.
#[tokio::test]
async fn a_hostile_name_adds_no_variable() {
    let stage = stage().await;
    for hostile in ["x\"\n  - name: EVIL\n    value: \"1", "x\n- name: EVIL", "$(touch evil)", "`id`"] {
        let arguments = CreateArguments { lakebase_name: Some(hostile.into()), ..CreateArguments::default() };
        let error = stage.create(arguments).await.expect_err("not a name");
        assert_says(
            &error,
            Expected { code: "INVALID_VALUE", names: "`lakebase_name`", because: "Expected" },
        );
    }
    // What may hold any text is one value, whatever stands in it.
    let description = Some("\"}, {\"name\": \"EVIL\" # $HOME `id` $(x) \\".to_owned());
    let arguments = CreateArguments { description: description.clone(), ..CreateArguments::default() };
    stage.create(arguments).await.expect("create");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["description"], json!(description));
    let names: Vec<String> = variables(&stage).await.into_iter().map(|(name, _)| name).collect();
    assert!(names.len() == 8 && !names.contains(&"EVIL".to_owned()), "{names:?}");
    stage.end().await;
}

/// R5: without the app's package installed beside the deployer, its version was left open.
#[tokio::test]
async fn the_version_is_pinned_without_anything_installed() {
    let stage = deployed_stage().await;
    let requirements = stage.file(&format!("{FOLDER}/requirements.txt")).await.expect("requirements.txt");
    assert!(requirements.ends_with(&format!("tellr-app=={}\n", env!("CARGO_PKG_VERSION"))), "{requirements}");
    stage.end().await;
}

/// R6: a passing 503 made it create a project, and an empty list of endpoints a second database.
#[tokio::test]
async fn a_passing_fault_never_makes_a_second_database() {
    let stage = stage().await;
    stage.post("/api/2.0/postgres/projects?project_id=tellr-db", json!({"spec": {"pg_version": 17}})).await;
    let control = stage.workspace.control();
    let unavailable = Action::error(503, "TEMPORARILY_UNAVAILABLE", "Try later.");
    let nothing = Action::Answer { status: 200, headers: [].into(), body: json!({}) };
    let endpoints = "/api/2.0/postgres/projects/tellr-db/branches/production/endpoints";
    for rule in [
        Rule::next("/api/2.0/postgres/projects/tellr-db", unavailable.clone()).times(3),
        Rule::next("/api/2.0/database/instances/tellr-db", unavailable).times(3),
        Rule::next(endpoints, nothing).times(3),
    ] {
        control.faults.add(rule).expect("a good rule");
    }
    let created = stage.create(CreateArguments::default()).await.expect("it passes");
    assert_eq!(created.lakebase_type, "autoscaling");
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects"), 1, "the one made beforehand");
    stage.assert_deployed_once().await;
    stage.end().await;
}

/// R7 and T1: `delete` with `reset_database` looked for a provisioned instance only, failed with an
/// autoscaling one, and left the app.
#[tokio::test]
async fn delete_with_reset_works_for_an_autoscaling_database() {
    let stage = deployed_stage().await;
    let arguments = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    let deleted = stage.delete(arguments).await.expect("delete");
    assert_eq!(deleted.lakebase_type.as_deref(), Some("autoscaling"));
    assert!(deleted.database_reset && deleted.restore_point.is_some());
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404, "the app is gone");
    assert!(!stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists, "and its schema");
    stage.end().await;
}

// ---- T: from running; T1 is above ----

/// T2 and R3: LIQUID was refused after the database and both files had been made.
#[tokio::test]
async fn a_size_that_does_not_exist_is_refused_before_anything_is_made() {
    let stage = stage().await;
    let arguments = CreateArguments { app_compute: Some("LIQUID".into()), ..CreateArguments::default() };
    let error = stage.create(arguments).await.expect_err("no such size");
    assert_says(&error, Expected { code: "INVALID_VALUE", names: "`LIQUID`", because: "`MEDIUM`" });
    assert!(stage.workspace.control().journal.entries().is_empty());
    stage.end().await;
}

/// T3: `update` asked a question on standard input and failed where nobody answers.
#[tokio::test]
async fn update_asks_nobody_anything() {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    // A database whose app never started, and standard input closed.
    let flags = ["--app-name", "tellr", "--lakebase-name", "tellr-db", "--schema-name", "app_data"];
    for reset in [&[][..], &["--reset-database", "--yes"]] {
        let output = kill::deploy(&stage, "update").args(flags).args(reset).output().await.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    stage.assert_deployed_once().await;
    stage.end().await;
}

/// T4: `pg_version` was sent as text, and 16 CU were cut to 8.
#[tokio::test]
async fn numbers_are_sent_as_numbers_and_sizes_as_asked() {
    for (capacity, most) in [("CU_1", 2.0), ("CU_2", 4.0), ("CU_4", 8.0), ("CU_8", 16.0)] {
        let stage = stage().await;
        let arguments =
            CreateArguments { lakebase_compute: Some(capacity.into()), ..CreateArguments::default() };
        let created = stage.create(arguments).await.expect("create");
        assert_eq!(created.lakebase_type, "autoscaling");
        let sent = bodies(&stage, "POST", "/api/2.0/postgres/projects");
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0]["spec"]["pg_version"], json!(17));
        let limits = &sent[0]["spec"]["default_endpoint_settings"];
        assert_eq!(limits["autoscaling_limit_max_cu"].as_f64(), Some(most), "{capacity}: {limits}");
        stage.end().await;
    }
}

/// T5: an upload that met 429 was not sent again, and an error of making the folder was swallowed.
#[tokio::test]
async fn an_upload_that_meets_a_limit_is_sent_again_and_a_missing_folder_is_told() {
    let stage = stage().await;
    let control = stage.workspace.control();
    let limit = Action::too_many_requests(Some("2"));
    control.faults.add(Rule::next("/api/2.0/workspace/import", limit).times(5)).expect("a good rule");
    stage.create(CreateArguments::default()).await.expect("it is sent again");
    stage.assert_deployed_once().await;
    let path = Some("/Workspace/Users/nobody@example.com/tellr".to_owned());
    let name = Some("tellr-2".to_owned());
    let elsewhere =
        CreateArguments { app_name: name, app_file_workspace_path: path, ..CreateArguments::default() };
    let error = stage.create_on(&stage.host(BEN), elsewhere).await.expect_err("no such folder");
    assert!(error.message.contains("/Workspace/Users/nobody@example.com/tellr"), "{error:#?}");
    assert_eq!(stage.inventory().await.apps, ["tellr"]);
    stage.end().await;
}

/// T6: "not found" was looked for in the words of an error; a 403 led to a second database, and any
/// failure of autoscaling to a provisioned one.
#[tokio::test]
async fn only_a_missing_interface_leads_to_a_provisioned_database() {
    let refusals = [
        Action::error(403, "PERMISSION_DENIED", "Project not found or you may not see it: does not exist."),
        Action::error(500, "INTERNAL_ERROR", "backend not found"),
        Action::error(400, "BAD_REQUEST", "The region does not exist."),
        Action::error(409, "ABORTED", "not found"),
    ];
    for refusal in refusals {
        for (method, path) in
            [("GET", "/api/2.0/postgres/projects/tellr-db"), ("POST", "/api/2.0/postgres/projects")]
        {
            let stage = stage().await;
            let rule = Rule { times: None, ..Rule::next(path, refusal.clone()).on(method) };
            stage.workspace.control().faults.add(rule).expect("a good rule");
            let error = stage.create(CreateArguments::default()).await.expect_err("it is refused");
            assert!(error.message.contains("tellr-db"), "{error:#?}");
            let there = stage.inventory().await;
            assert_eq!((there.projects.len(), there.instances.len()), (0, 0), "{method} {refusal:?}");
            assert_eq!(stage.made("POST", "/api/2.0/database/instances"), 0);
            stage.end().await;
        }
    }
}

/// T7: the status was "exists" for a database that had just been made, and names and path were not
/// checked before the first effect.
#[tokio::test]
async fn the_result_says_created_and_bad_names_have_no_effect() {
    let stage = stage().await;
    for (name, path) in [("Tellr!", FOLDER), ("tellr", "/Workspace/Users/ada@example.com/../eve/x")] {
        let arguments = CreateArguments {
            app_name: Some(name.into()),
            app_file_workspace_path: Some(path.into()),
            ..CreateArguments::default()
        };
        let error = stage.create(arguments).await.expect_err("a bad value");
        assert!(error.is("INVALID_VALUE"), "{error:#?}");
    }
    assert!(stage.workspace.control().journal.entries().is_empty());
    let created = stage.create(CreateArguments::default()).await.expect("create");
    assert_eq!((created.status.as_str(), created.lakebase_type.as_str()), ("created", "autoscaling"));
    stage.end().await;
}

/// T8: the number of the service principal was taken for its Postgres role, and names that Postgres
/// cuts or reserves were accepted.
#[tokio::test]
async fn rights_go_to_the_role_that_the_app_really_has() {
    let stage = deployed_stage().await;
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let client_id = app["service_principal_client_id"].as_str().expect("a client id");
    assert!(client_id.contains('-') && !client_id.bytes().all(|b| b.is_ascii_digit()));
    let schema = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    assert!(schema.role_exists && schema.role_granted, "{schema:?}");
    stage.end().await;
    for name in [&"a".repeat(64), "pg_x", "App", "app-data", "1app", "a\"b"] {
        assert!(SchemaName::parse("schema_name", name).is_err(), "{name}");
    }
}

/// T8: an app whose client id isn't known yet is no reason to take another number.
#[tokio::test]
async fn an_app_without_a_client_id_is_an_error_and_not_a_guess() {
    let stage = stage().await;
    let body = json!({
        "name": "tellr", "id": "x", "creator": ADA, "service_principal_id": 123_456,
        "compute_status": {"state": "ACTIVE"}, "app_status": {"state": "UNAVAILABLE"},
    });
    let answer = Action::Answer { status: 200, headers: [].into(), body };
    let rule = Rule::next("/api/2.0/apps", answer).on("POST").after_the_effect();
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let error = stage.create(CreateArguments::default()).await.expect_err("no client id");
    let names = "`tellr` has no service principal";
    assert_says(&error, Expected { code: "NO_SERVICE_PRINCIPAL", names, because: "Databricks creates it" });
    // The database is still on its way; look once it can be looked at.
    stage.workspace.control().clock.advance(10_000).expect("a virtual clock");
    assert!(!stage.schema_state("tellr-db", "autoscaling", "app_data").await.exists);
    stage.end().await;
}

/// T9: the app's role was made `DATABRICKS_SUPERUSER`, far beyond its schema.
#[tokio::test]
async fn the_app_gets_no_more_than_its_schema() {
    let stage = deployed_stage().await;
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let client_id = app["service_principal_client_id"].as_str().expect("a client id");
    let (_, roles) = stage.get("/api/2.0/postgres/projects/tellr-db/branches/production/roles").await;
    let roles = roles["roles"].as_array().expect("roles");
    let role =
        roles.iter().find(|role| role["status"]["postgres_role"] == client_id).expect("the app's role");
    assert_eq!(role["status"]["membership_roles"], json!([]), "{role:#}");
    let entries = stage.workspace.control().journal.entries();
    let asked = entries.iter().filter_map(|entry| entry.body.as_deref());
    assert!(asked.into_iter().all(|body| !body.to_uppercase().contains("SUPERUSER")));
    stage.end().await;
}

/// T10: an existing app of the name was noticed after the database and the files had been made.
#[tokio::test]
async fn a_taken_name_is_told_before_anything_is_made() {
    let stage = stage().await;
    stage.send_as(BEN, Method::POST, "/api/2.0/apps", Some(json!({"name": "tellr"}))).await;
    let error = stage.create(CreateArguments::default()).await.expect_err("it is ben's");
    assert_says(
        &error,
        Expected { code: "APP_ALREADY_EXISTS", names: "ben@example.com", because: "not changed" },
    );
    let there = stage.inventory().await;
    assert!(there.projects.is_empty() && there.secrets.is_empty() && there.files.is_empty(), "{there:#?}");
    stage.end().await;
}

// ---- from the same reading, without a number ----

/// `update` created a database on a 404, and never brought the app's record up to date.
#[tokio::test]
async fn update_creates_no_database_and_brings_the_record_up_to_date() {
    let stage = deployed_stage().await;
    let elsewhere = UpdateArguments { lakebase_name: Some("other-db".into()), ..update_of_default() };
    let error = stage.update(elsewhere).await.expect_err("no such database");
    assert!(error.is("LAKEBASE_NOT_FOUND"), "{error:#?}");
    assert_eq!(stage.inventory().await.projects, ["projects/tellr-db"]);

    // Somebody empties the scopes and attaches something; both lists are merged, not replaced.
    let other = json!({"name": "model", "serving_endpoint": {"name": "databricks-gpt-oss-120b", "permission": "CAN_QUERY"}});
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let mut resources = app["resources"].as_array().expect("two").clone();
    resources.push(other);
    let body = json!({"resources": resources, "user_api_scopes": ["files"]});
    let patched = stage.send_as(ADA, Method::PATCH, "/api/2.0/apps/tellr", Some(body)).await;
    assert_eq!(patched.0, 200, "{patched:?}");
    stage.update(update_of_default()).await.expect("update");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    let scopes: BTreeSet<&str> =
        app["user_api_scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(scopes.contains("files") && scopes.contains("sql") && scopes.len() == 7, "{scopes:?}");
    assert_eq!(app["resources"].as_array().map(Vec::len), Some(3), "{app:#}");
    stage.end().await;
}

/// The schema was dropped before the files were uploaded, with nothing to go back to.
#[tokio::test]
async fn nothing_is_dropped_while_something_before_it_can_still_fail() {
    let stage = deployed_stage().await;
    let before = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
    stage.set(|settings| settings.denials.push(Denial { principal: ADA.into(), what: Right::ManageApps }));
    let arguments = UpdateArguments {
        reset_database: Some(true),
        app_version: Some("9.9.9".into()),
        description: Some("another".into()),
        ..update_of_default()
    };
    let error = stage.update(arguments.clone()).await.expect_err("she may not change the app");
    assert!(error.is("PERMISSION_DENIED"), "{error:#?}");
    assert_eq!(stage.schema_state("tellr-db", "autoscaling", "app_data").await, before);
    stage.set(|settings| settings.denials.clear());
    let updated = stage.update(arguments).await.expect("update");
    assert!(updated.restore_point.is_some());
    stage.end().await;
}
