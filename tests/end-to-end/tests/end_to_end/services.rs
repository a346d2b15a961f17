//! What the assistant works with: a serving endpoint, Genie spaces, a SQL warehouse.

use deployer::config::{CreateArguments, UpdateArguments};
use deployer::operations::AttachedServices;
use end_to_end::stage::{ADA, FOLDER, Stage, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::Denial;
use serde_json::{Value, json};

const MODEL: &str = "databricks-claude-sonnet-4-5";
const OTHER_MODEL: &str = "databricks-gpt-oss-120b";
const SPACE: &str = "01ef274d35a310b5bffd01dadcbaf577";
const WAREHOUSE: &str = "4b9b953939869799";

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

fn with_model(model: &str) -> CreateArguments {
    CreateArguments { serving_endpoint: Some(model.into()), ..CreateArguments::default() }
}

fn answer(path: &str, status: u16, body: Value) -> Rule {
    let action = Action::Answer { status, headers: [].into(), body };
    Rule { times: None, ..Rule::next(path, action) }
}

async fn attached(stage: &Stage) -> Vec<Value> {
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    app["resources"].as_array().cloned().unwrap_or_default()
}

async fn variables(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("it is there")
}

fn of_model(model: &str) -> Value {
    json!({"name": "serving_endpoint", "serving_endpoint": {"name": model, "permission": "CAN_QUERY"}})
}

const VARIABLE: &str = "- name: TELLR_SERVING_ENDPOINT\n  valueFrom: serving_endpoint\n";

#[tokio::test]
async fn an_endpoint_stays_attached_until_another_or_none_is_given() {
    let stage = stage().await;
    let plan = stage.plan_create(with_model(MODEL)).await.expect("a plan");
    let note = format!("Attach the serving endpoint `{MODEL}` to the app");
    assert!(plan.notes.contains(&note), "{:?}", plan.notes);
    let made = stage.create(with_model(MODEL)).await.expect("create");
    let services = AttachedServices { serving_endpoint: Some(MODEL.into()), ..AttachedServices::default() };
    assert_eq!(made.services, services);
    assert!(attached(&stage).await.contains(&of_model(MODEL)));
    assert!(variables(&stage).await.contains(VARIABLE));
    let status = stage.status().await;
    assert_eq!(status.services, services);
    let kept = &status.last_run.expect("a run").arguments.expect("its arguments")["serving_endpoint"];
    assert_eq!(kept, MODEL, "a resumed run attaches the same");

    // What people attach is theirs.
    let mut all = attached(&stage).await;
    let theirs =
        json!({"name": "serving-endpoint", "serving_endpoint": {"name": MODEL, "permission": "CAN_QUERY"}});
    all.push(theirs.clone());
    let update = json!({"app": {"resources": all}, "update_mask": "resources"});
    assert_eq!(stage.post("/api/2.0/apps/tellr/update", update).await.0, 200);
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");

    let plan = stage.plan_update(update_of_default()).await.expect("a plan");
    assert!(plan.notes.contains(&format!("Keep the serving endpoint `{MODEL}`")), "{:?}", plan.notes);
    let updated = stage.update(update_of_default()).await.expect("update");
    assert_eq!(updated.services, services);
    assert!(variables(&stage).await.contains(VARIABLE));

    let other = || UpdateArguments { serving_endpoint: Some(OTHER_MODEL.into()), ..update_of_default() };
    let plan = stage.plan_update(other()).await.expect("a plan");
    for note in [
        format!("Attach the serving endpoint `{OTHER_MODEL}` to the app"),
        format!("Detach the serving endpoint `{MODEL}` from the app"),
    ] {
        assert!(plan.notes.contains(&note), "{:?}", plan.notes);
    }
    stage.update(other()).await.expect("update");
    let all = attached(&stage).await;
    assert!(all.contains(&of_model(OTHER_MODEL)) && all.contains(&theirs) && all.len() == 4, "{all:?}");

    let none = UpdateArguments { serving_endpoint: Some(String::new()), ..update_of_default() };
    let updated = stage.update(none).await.expect("update");
    assert_eq!(updated.services, AttachedServices::default());
    let all = attached(&stage).await;
    assert!(all.contains(&theirs) && all.len() == 3, "{all:?}");
    assert!(!variables(&stage).await.contains("TELLR_"));
    assert_eq!(stage.status().await.services, AttachedServices::default());
    stage.end().await;
}

#[tokio::test]
async fn what_can_not_be_used_is_told_before_anything_is_changed() {
    let model = format!("/api/2.0/serving-endpoints/{MODEL}");
    let (space, warehouse) =
        (format!("/api/2.0/genie/spaces/{SPACE}"), format!("/api/2.0/sql/warehouses/{WAREHOUSE}"));
    let endpoint = |ready: &str, level: &str| json!({"name": MODEL, "state": {"ready": ready}, "permission_level": level});
    let refusal = |code: &str| json!({"error_code": code, "message": "the platform's reason"});
    let with_space =
        || CreateArguments { genie_spaces: Some(vec![SPACE.into()]), ..CreateArguments::default() };
    let with_warehouse =
        || CreateArguments { sql_warehouse: Some(WAREHOUSE.into()), ..CreateArguments::default() };
    let says = |code, names, because| Expected { code, names, because };
    for (rule, arguments, expected, remedy) in [
        (
            None,
            with_model("no-such-model"),
            says("SERVICE_NOT_FOUND", "serving endpoint `no-such-model`", "does not exist"),
            "`serving_endpoint`",
        ),
        (
            Some(answer(&model, 200, endpoint("NOT_READY", "CAN_QUERY"))),
            with_model(MODEL),
            says("SERVING_ENDPOINT_NOT_READY", MODEL, "being set up"),
            "ask its owner",
        ),
        (
            Some(answer(&model, 200, endpoint("READY", "CAN_VIEW"))),
            with_model(MODEL),
            says("PERMISSION_DENIED", MODEL, "lack a permission"),
            "for CAN QUERY",
        ),
        (
            Some(answer(&space, 403, refusal("PERMISSION_DENIED"))),
            with_space(),
            says("PERMISSION_DENIED", SPACE, "the platform's reason"),
            "for CAN RUN",
        ),
        (
            Some(answer(&space, 404, refusal("RESOURCE_DOES_NOT_EXIST"))),
            with_space(),
            says("SERVICE_NOT_FOUND", SPACE, "the platform's reason"),
            "`genie_spaces`",
        ),
        (
            Some(answer(&warehouse, 400, refusal("INVALID_PARAMETER_VALUE"))),
            with_warehouse(),
            says("SERVICE_NOT_FOUND", WAREHOUSE, "the platform's reason"),
            "`sql_warehouse`",
        ),
        (
            Some(answer(&warehouse, 200, json!({"id": WAREHOUSE, "state": "DELETED"}))),
            with_warehouse(),
            says("SERVICE_NOT_FOUND", WAREHOUSE, "deleted"),
            "`sql_warehouse`",
        ),
    ] {
        let stage = stage().await;
        if let Some(rule) = rule {
            stage.workspace.control().faults.add(rule).expect("a good rule");
        }
        let planned =
            stage.plan_create(arguments.clone()).await.expect_err("a plan refuses what the run refuses");
        let error = stage.create(arguments).await.expect_err("it can't be used");
        assert_eq!(planned.code, error.code);
        assert!(error.remedy.contains(remedy), "{error:#?}");
        assert_says(&error, expected);
        assert_eq!(stage.effects_of_ada(), 0, "nothing was changed: {error:#?}");
        stage.end().await;
    }
}

#[tokio::test]
async fn spaces_and_a_warehouse_are_planned_with_their_ids() {
    let stage = stage().await;
    let faults = &stage.workspace.control().faults;
    faults
        .add(answer("/api/2.0/genie/spaces/.*", 200, json!({"space_id": SPACE, "title": "Sales"})))
        .expect("a good rule");
    faults
        .add(answer("/api/2.0/sql/warehouses/.*", 200, json!({"id": WAREHOUSE, "state": "STOPPED"})))
        .expect("a good rule");
    let arguments = CreateArguments {
        genie_spaces: Some(vec![SPACE.into(), "01ef".into()]),
        sql_warehouse: Some(WAREHOUSE.into()),
        ..CreateArguments::default()
    };
    let plan = stage.plan_create(arguments).await.expect("a plan");
    for note in [
        format!("Attach the Genie spaces `{SPACE}`, `01ef` to the app"),
        format!("Attach the SQL warehouse `{WAREHOUSE}` to the app"),
    ] {
        assert!(plan.notes.contains(&note), "{:?}", plan.notes);
    }
    let variables = format!(
        "- name: TELLR_GENIE_SPACES\n  value: {SPACE},01ef\n- name: TELLR_SQL_WAREHOUSE\n  valueFrom: sql_warehouse\n"
    );
    assert!(plan.files[0].content.contains(&variables), "{}", plan.files[0].content);
    stage.end().await;
}

#[tokio::test]
async fn without_the_right_to_permit_it_the_endpoint_is_named() {
    let stage = stage().await;
    let model = format!("/api/2.0/serving-endpoints/{MODEL}");
    stage
        .workspace
        .control()
        .faults
        .add(answer(&model, 200, json!({"name": MODEL, "state": {"ready": "READY"}})))
        .expect("a good rule");
    stage.set(|settings| settings.denials.push(Denial { principal: ADA.into(), what: Right::QueryServing }));
    let error = stage.create(with_model(MODEL)).await.expect_err("it may not be attached");
    let names = format!("the serving endpoint `{MODEL}`");
    assert_says(&error, Expected { code: "PERMISSION_DENIED", names: "attach", because: "CAN_MANAGE" });
    assert!(error.message.contains(&names) && error.remedy.contains("Ask"), "{error:#?}");
    stage.set(|settings| settings.denials.clear());
    stage.create(with_model(MODEL)).await.expect("it goes on");
    assert!(attached(&stage).await.contains(&of_model(MODEL)));
    stage.end().await;
}
