//! Instances, telemetry and the usage policy: set by `create` and `update`, kept by an update without them.

use deployer::config::{CreateArguments, UpdateArguments};
use end_to_end::stage::{Stage, update_of_default};
use local_workspace::pace::Pace;
use local_workspace::settings::UpdateOutcome;
use serde_json::{Value, json};

const UPDATE: &str = "/api/2.0/apps/tellr/update";

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

async fn app(stage: &Stage) -> Value {
    stage.get("/api/2.0/apps/tellr").await.1
}

/// The masks of the updates that were sent.
fn masks(stage: &Stage) -> Vec<Vec<String>> {
    let entries = stage.workspace.control().journal.mutations();
    let updates = entries.iter().filter(|entry| entry.path == UPDATE);
    updates
        .filter_map(|entry| serde_json::from_str::<Value>(entry.body.as_deref()?).ok())
        .map(|body| body["update_mask"].as_str().unwrap_or_default().split(',').map(str::to_owned).collect())
        .collect()
}

fn instances(number: &str) -> UpdateArguments {
    UpdateArguments { instances: Some(number.into()), ..update_of_default() }
}

#[tokio::test]
async fn instances_are_set_together_and_kept_by_an_update_without_them() {
    let stage = stage().await;
    let several = CreateArguments { instances: Some("1-3".into()), ..CreateArguments::default() };
    let plan = stage.plan_create(several.clone()).await.expect("a plan");
    let note = "Run 1-3 instances of the app instead of 1 (Beta of the platform)";
    assert!(plan.notes.iter().any(|line| line == note), "{:?}", plan.notes);
    stage.create(several).await.expect("create");
    let made = app(&stage).await;
    assert_eq!((&made["compute_min_instances"], &made["compute_max_instances"]), (&json!(1), &json!(3)));
    assert_eq!(stage.status().await.app.expect("an app").instances.as_deref(), Some("1-3"));

    stage.workspace.control().journal.clear();
    for same in [update_of_default(), instances("1-3")] {
        let plan = stage.plan_update(same.clone()).await.expect("a plan");
        assert!(plan.notes.iter().all(|line| !line.contains("instances")), "{:?}", plan.notes);
        stage.update(same).await.expect("update");
    }
    assert_eq!(masks(&stage), [] as [Vec<String>; 0], "nothing differs, and nothing is sent");
    stage.update(instances("2")).await.expect("update");
    let both: [String; 2] = ["compute_max_instances".into(), "compute_min_instances".into()];
    let mut sent = masks(&stage);
    for mask in &mut sent {
        mask.sort();
    }
    assert_eq!(sent, [both]);
    let changed = app(&stage).await;
    assert_eq!(
        (&changed["compute_min_instances"], &changed["compute_max_instances"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(changed["compute_status"]["active_instances"], 2);
    stage.end().await;
}

#[tokio::test]
async fn one_instance_is_what_an_app_has_and_nothing_is_sent_for_it() {
    let stage = stage().await;
    stage.create_from("instances: 1\n").await.expect("create");
    assert!(masks(&stage).iter().flatten().all(|field| !field.contains("instances")));
    assert_eq!(app(&stage).await.get("compute_min_instances"), None);
    let error = stage.create_from("instances: 6\n").await.expect_err("more than the platform takes");
    assert_eq!(error.code, "INVALID_VALUE");
    assert!(error.cause.contains("from 1 to 5"), "{error:#?}");
    stage.end().await;
}

#[tokio::test]
async fn telemetry_goes_to_a_schema_until_it_is_stopped() {
    let stage = stage().await;
    let telemetry = |to: &str| UpdateArguments { telemetry: Some(to.into()), ..update_of_default() };
    let policy = "6f9a0c1e-1111-4222-8333-0123456789ab";
    let arguments = CreateArguments {
        telemetry: Some("main.tellr".into()),
        usage_policy: Some(policy.into()),
        ..CreateArguments::default()
    };
    let plan = stage.plan_create(arguments.clone()).await.expect("a plan");
    for note in [
        "Write the app's telemetry to `main.tellr`".to_owned(),
        format!("Bill the app's usage with the usage policy `{policy}`"),
    ] {
        assert!(plan.notes.contains(&note), "{:?}", plan.notes);
    }
    stage.create(arguments).await.expect("create");
    let tables = json!([{"unity_catalog": {
        "logs_table": "main.tellr.otel_logs",
        "metrics_table": "main.tellr.otel_metrics",
        "traces_table": "main.tellr.otel_spans",
    }}]);
    let made = app(&stage).await;
    assert_eq!(made["telemetry_export_destinations"], tables);
    assert_eq!(made["usage_policy_id"], policy);
    assert_eq!(stage.status().await.app.expect("an app").telemetry.as_deref(), Some("main.tellr"));
    stage.update(update_of_default()).await.expect("update");
    stage.update(telemetry("main.tellr")).await.expect("update");
    let kept = app(&stage).await;
    assert_eq!((&kept["telemetry_export_destinations"], &kept["usage_policy_id"]), (&tables, &json!(policy)));
    stage.update(telemetry("ops.logs.a, ops.metrics.b, ops.traces.c")).await.expect("update");
    let shown = stage.status().await.app.expect("an app").telemetry;
    assert_eq!(shown.as_deref(), Some("ops.logs.a, ops.metrics.b, ops.traces.c"));
    let plan = stage.plan_update(telemetry("")).await.expect("a plan");
    let note = "Stop writing the app's telemetry to `ops.logs.a, ops.metrics.b, ops.traces.c`";
    assert!(plan.notes.iter().any(|line| line == note), "{:?}", plan.notes);
    stage.update(telemetry("")).await.expect("update");
    assert_eq!(app(&stage).await.get("telemetry_export_destinations"), None);
    assert_eq!(stage.status().await.app.expect("an app").telemetry, None);
    stage.end().await;
}

#[tokio::test]
async fn a_workspace_without_several_instances_says_so() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let message = "Horizontal scaling is not enabled for this workspace.".to_owned();
    stage.set(|settings| settings.outcomes.app_update = UpdateOutcome::Failed { message });
    let error = stage.update(instances("3")).await.expect_err("it isn't enabled");
    assert_eq!(error.code, "APP_UPDATE_FAILED");
    assert!(error.cause.contains("Horizontal scaling is not enabled"), "{error:#?}");
    stage.end().await;
}
