//! Who may use the app: grants are added, and those of others stay as they are.

use deployer::config::{CreateArguments, StatusArguments, UpdateArguments};
use deployer::operations::SharedWith;
use end_to_end::stage::{ADA, BEN, Stage, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule};
use local_workspace::identity::Right;
use local_workspace::pace::Pace;
use local_workspace::settings::Denial;
use reqwest::Method;
use serde_json::{Value, json};

const CARLA: &str = "carla@example.com";
const GRANTS: &str = "/api/2.0/permissions/apps/tellr";
const GROUPS: &str = "/api/2.0/preview/scim/v2/Groups";
const MODEL: &str = "databricks-claude-sonnet-4-5";

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn shared(with: &[&str]) -> CreateArguments {
    CreateArguments { share_with: Some(texts(with)), ..CreateArguments::default() }
}

fn update_shared(with: &[&str]) -> UpdateArguments {
    UpdateArguments { share_with: Some(texts(with)), ..update_of_default() }
}

/// The direct grants on an object, as `name:LEVEL`, sorted.
async fn grants_at(stage: &Stage, path: &str) -> Vec<String> {
    let (status, list) = stage.get(path).await;
    assert_eq!(status, 200, "{list}");
    let entries = list["access_control_list"].as_array().cloned().unwrap_or_default();
    let mut found: Vec<String> = entries
        .iter()
        .filter(|entry| entry["all_permissions"][0]["inherited"] == false)
        .map(|entry| {
            let fields = ["user_name", "group_name", "service_principal_name"];
            let name = fields.iter().find_map(|field| entry[*field].as_str()).expect("a name");
            format!("{name}:{}", entry["all_permissions"][0]["permission_level"].as_str().expect("a level"))
        })
        .collect();
    found.sort();
    found
}

async fn grants(stage: &Stage) -> Vec<String> {
    grants_at(stage, GRANTS).await
}

/// Another admin grants something, without a deployer.
async fn granted(stage: &Stage, grant: Value) {
    let body = json!({"access_control_list": [grant]});
    let (status, answer) = stage.send_as(ADA, Method::PATCH, GRANTS, Some(body)).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn sharing_adds_what_is_missing_and_keeps_the_grants_of_others() {
    let stage = stage().await;
    assert_eq!(stage.post(GROUPS, json!({"displayName": "sales team"})).await.0, 201);
    let plan = stage.plan_create(shared(&["users", "Ben@Example.com:can_manage"])).await.expect("a plan");
    let note = "Share the app with `users` (CAN_USE), `Ben@Example.com` (CAN_MANAGE)";
    assert!(plan.notes.iter().any(|line| line == note), "{:?}", plan.notes);
    assert!(plan.steps.iter().any(|step| step.step == "permissions"), "{:?}", plan.steps);
    stage.create(shared(&["users", "ben@example.com:CAN_MANAGE"])).await.expect("create");
    let made = ["ada@example.com:CAN_MANAGE", "ben@example.com:CAN_MANAGE", "users:CAN_USE"];
    assert_eq!(grants(&stage).await, made);
    let recorded = stage.status().await.last_run.expect("a run").arguments.expect("its arguments");
    assert_eq!(recorded["share_with"], json!(["users:CAN_USE", "ben@example.com:CAN_MANAGE"]));

    granted(&stage, json!({"user_name": CARLA, "permission_level": "CAN_MANAGE"})).await;
    // An update that says nothing about it reads and changes nothing.
    stage.workspace.control().journal.clear();
    stage.update(update_of_default()).await.expect("update");
    let asked = stage.workspace.control().journal.entries();
    assert!(asked.iter().all(|entry| !entry.path.starts_with("/api/2.0/permissions/")), "{asked:?}");

    // Who has as much, or more, is sent nothing.
    let again = ["carla@example.com", "BEN@example.com", "users:CAN_USE"];
    let plan = stage.plan_update(update_shared(&again)).await.expect("a plan");
    let note = "The app is already shared with `carla@example.com` (CAN_USE), `BEN@example.com` (CAN_USE), `users` (CAN_USE)";
    assert!(plan.notes.iter().any(|line| line == note), "{:?}", plan.notes);
    stage.update(update_shared(&again)).await.expect("update");
    assert_eq!(stage.made("PATCH", GRANTS), 0);
    stage.update(update_shared(&["sales team", "carla@example.com"])).await.expect("update");
    assert_eq!(stage.made("PATCH", GRANTS), 1);
    assert_eq!(stage.made("PUT", GRANTS), 0, "a PUT would replace the grants of others");
    let now = [
        "ada@example.com:CAN_MANAGE",
        "ben@example.com:CAN_MANAGE",
        "carla@example.com:CAN_MANAGE",
        "sales team:CAN_USE",
        "users:CAN_USE",
    ];
    assert_eq!(grants(&stage).await, now);
    // A higher level than the grantee has is granted.
    stage.update(update_shared(&["sales team:CAN_MANAGE"])).await.expect("update");
    assert!(grants(&stage).await.contains(&"sales team:CAN_MANAGE".to_owned()));
    stage.end().await;
}

#[tokio::test]
async fn the_status_says_who_may_use_the_app() {
    let stage = stage().await;
    stage.create(shared(&["users"])).await.expect("create");
    granted(&stage, json!({"user_name": CARLA, "permission_level": "CAN_MANAGE"})).await;
    let entry = |name: &str, kind: &str, level: &str| SharedWith {
        name: name.into(),
        kind: kind.into(),
        level: level.into(),
    };
    let mut shown = stage.status().await.shared_with;
    shown.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(shown, [entry(CARLA, "user", "CAN_MANAGE"), entry("users", "group", "CAN_USE")]);
    let seen = stage.status_as(BEN, StatusArguments::default()).await.expect("status");
    assert_eq!(seen.shared_with, []);
    assert!(
        seen.unread.iter().any(|line| line == "You lack the permission to read who may use the app"),
        "{:?}",
        seen.unread
    );
    stage.end().await;
}

#[tokio::test]
async fn who_is_not_in_the_workspace_is_named_before_anything_is_changed() {
    for (grant, names) in [
        ("sales", "There is no group `sales` in this workspace"),
        ("dora@example.com", "There is no user `dora@example.com`"),
        ("6f9a0c1e-1111-4222-8333-0123456789ab:CAN_MANAGE", "There is no service principal `6f9a0c1e"),
    ] {
        let stage = stage().await;
        let planned = stage.plan_create(shared(&["users", grant])).await.expect_err("a plan refuses it too");
        let error = stage.create(shared(&["users", grant])).await.expect_err("it can't be shared");
        assert_eq!(planned.message, error.message);
        assert_says(&error, Expected { code: "GRANTEE_NOT_FOUND", names, because: "mistyped" });
        assert!(error.remedy.contains("`share_with`"), "{error:#?}");
        assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404, "nothing was changed");
        stage.end().await;
    }
}

#[tokio::test]
async fn who_may_not_search_learns_it_at_the_step() {
    let stage = stage().await;
    let body = json!({"error_code": "PERMISSION_DENIED", "message": "Only admins may list groups."});
    let action = Action::Answer { status: 403, headers: [].into(), body };
    stage
        .workspace
        .control()
        .faults
        .add(Rule { times: None, ..Rule::next(GROUPS, action) })
        .expect("a good rule");
    let error = stage.create(shared(&["users", "sales"])).await.expect_err("it can't be shared");
    let because = "Principal: GroupName(sales) does not exist";
    assert_says(&error, Expected { code: "GRANTEE_NOT_FOUND", names: "group `sales`", because });
    assert!(!error.message.contains("users"), "only the unknown one is named: {error:#?}");
    stage.create(shared(&["users"])).await.expect("it resumes with another value");
    assert!(grants(&stage).await.contains(&"users:CAN_USE".to_owned()));
    stage.end().await;
}

#[tokio::test]
async fn without_the_right_to_share_it_is_said_who_can() {
    let stage = stage().await;
    let no_sharing = Denial { principal: ADA.into(), what: Right::ManagePermissions };
    stage.set(|settings| settings.denials.push(no_sharing));
    let error = stage.create(shared(&["users"])).await.expect_err("it may not be shared");
    assert_says(
        &error,
        Expected { code: "PERMISSION_DENIED", names: "share the app `tellr`", because: "manage_permissions" },
    );
    assert!(error.remedy.contains("owner of the app `tellr`, for CAN MANAGE"), "{error:#?}");
    stage.set(|settings| settings.denials.clear());
    stage.create(shared(&["users"])).await.expect("it resumes");
    assert!(grants(&stage).await.contains(&"users:CAN_USE".to_owned()));
    stage.end().await;
}

#[tokio::test]
async fn a_rollback_does_not_give_access_back_that_was_taken_away() {
    let stage = stage().await;
    stage.create(shared(&["users"])).await.expect("create");
    let described = UpdateArguments { description: Some("Slides".into()), ..update_of_default() };
    stage.update(described).await.expect("a second release");
    // The owner removes all other users' access.
    let own = json!({"access_control_list": [{"user_name": ADA, "permission_level": "CAN_MANAGE"}]});
    assert_eq!(stage.send_as(ADA, Method::PUT, GRANTS, Some(own)).await.0, 200);
    let plan = stage.plan_rollback(None).await.expect("a plan");
    assert!(
        plan.recoverable.iter().any(|line| line.contains("no grants are brought back")),
        "{:?}",
        plan.recoverable
    );
    stage.rollback(None).await.expect("rollback");
    assert_eq!(grants(&stage).await, ["ada@example.com:CAN_MANAGE"]);
    stage.end().await;
}

/// facts/deployers §1.8, pain 7: a second deployment took the permission of an app's service principal away.
#[tokio::test]
async fn a_second_deployment_keeps_what_the_apps_service_principal_may_do() {
    let stage = stage().await;
    let with_model = CreateArguments { serving_endpoint: Some(MODEL.into()), ..shared(&["users"]) };
    stage.create(with_model).await.expect("create");
    let (_, endpoint) = stage.get(&format!("/api/2.0/serving-endpoints/{MODEL}")).await;
    let of_endpoint =
        format!("/api/2.0/permissions/serving-endpoints/{}", endpoint["id"].as_str().expect("an id"));
    let carla = json!({"access_control_list": [{"user_name": CARLA, "permission_level": "CAN_QUERY"}]});
    assert_eq!(stage.send_as(ADA, Method::PATCH, &of_endpoint, Some(carla)).await.0, 200);
    let before = grants_at(&stage, &of_endpoint).await;
    assert!(before.contains(&format!("{CARLA}:CAN_QUERY")), "{before:?}");
    let described = UpdateArguments { description: Some("Slides".into()), ..update_shared(&["users"]) };
    for update in [update_of_default(), described] {
        stage.update(update).await.expect("update");
        assert_eq!(grants_at(&stage, &of_endpoint).await, before);
    }
    stage.end().await;
}
