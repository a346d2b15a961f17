//! What a person may not do: rights on each kind of thing, quotas, scopes, sign-in.
//!
//! A right is missing, the run says on what and from whom to get it; somebody grants it, and the
//! next run goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, WheelArgument};
use deployer::error::DeployError;
use deployer::events::{DeployEvent, StepState};
use end_to_end::inventory::Inventory;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::identity::{PrincipalSpec, Right};
use local_workspace::pace::Pace;
use local_workspace::settings::{Denial, Settings};
use reqwest::Method;
use serde_json::json;

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

/// Where a run stops.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stops {
    /// Before it has the lock: nothing was changed.
    Early,
    /// After: the journal says so.
    UnderWay,
}

/// `create` fails under these settings, as expected, and goes on without them.
async fn fails_while(
    change: impl FnOnce(&mut Settings),
    stops: Stops,
    expected: Expected<'_>,
) -> DeployError {
    let stage = stage().await;
    let before = stage.workspace.control().settings.get();
    stage.set(change);
    let error = stage.create(CreateArguments::default()).await.expect_err("something is not allowed");
    assert_says(&error, expected);
    stage.set(|settings| *settings = before);
    match stops {
        Stops::Early => assert_eq!(stage.effects_of_ada(), 0, "nothing was changed: {error:#?}"),
        Stops::UnderWay => stage.assert_left_in_order("failed").await,
    }
    stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    stage.assert_deployed_once().await;
    stage.end().await;
    error
}

/// The same for a right that Ada lacks.
async fn without(what: Right, stops: Stops, expected: Expected<'_>) {
    let denial = Denial { principal: ADA.into(), what };
    let error = fails_while(|settings| settings.denials.push(denial), stops, expected).await;
    assert!(error.remedy.contains("Ask"), "whom to ask: {error:#?}");
}

#[tokio::test]
async fn without_the_right_to_create_apps() {
    let expected =
        Expected { code: "PERMISSION_DENIED", names: "create the app `tellr`", because: "'create_apps'" };
    without(Right::CreateApps, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_see_apps() {
    let expected =
        Expected { code: "PERMISSION_DENIED", names: "read the app `tellr`", because: "'read_apps'" };
    without(Right::ReadApps, Stops::Early, expected).await;
}

#[tokio::test]
async fn without_the_right_to_manage_the_app() {
    let expected = Expected { code: "PERMISSION_DENIED", names: "the app `tellr`", because: "CAN_MANAGE" };
    without(Right::ManageApps, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_create_databases() {
    let names = "create the Lakebase project `tellr-db`";
    let expected = Expected { code: "PERMISSION_DENIED", names, because: "'create_lakebase'" };
    without(Right::CreateLakebase, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_see_databases() {
    let expected = Expected { code: "PERMISSION_DENIED", names: "`tellr-db`", because: "'read_lakebase'" };
    without(Right::ReadLakebase, Stops::Early, expected).await;
}

#[tokio::test]
async fn without_the_right_to_attach_the_database() {
    let names = "attach the database `projects/tellr-db/branches/production`";
    let expected = Expected { code: "PERMISSION_DENIED", names, because: "CAN_MANAGE" };
    without(Right::ManageLakebase, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_connect_to_the_database() {
    let expected = Expected { code: "DATABASE_CREDENTIAL", names: "`tellr-db`", because: "use_lakebase" };
    without(Right::UseLakebase, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_create_secret_scopes() {
    let names = "create the secret scope `tellr-tellr`";
    let expected = Expected { code: "PERMISSION_DENIED", names, because: "'create_secret_scopes'" };
    without(Right::CreateSecretScopes, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_write_the_secret() {
    let names = "write `encryption-key` to the secret scope `tellr-tellr`";
    let expected = Expected { code: "PERMISSION_DENIED", names, because: "'manage_secrets'" };
    without(Right::ManageSecrets, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn without_the_right_to_write_to_the_folder() {
    let names = "/Workspace/Users/ada@example.com/.apps/tellr";
    let expected = Expected { code: "PERMISSION_DENIED", names, because: "'write_files'" };
    without(Right::WriteFiles, Stops::Early, expected).await;
}

#[tokio::test]
async fn in_the_folder_of_somebody_else() {
    let stage = stage().await;
    let path = Some(FOLDER.to_owned());
    let arguments = CreateArguments { app_file_workspace_path: path, ..CreateArguments::default() };
    let error = stage.create_on(&stage.host(BEN), arguments).await.expect_err("ben is no admin");
    assert_says(&error, Expected { code: "PERMISSION_DENIED", names: FOLDER, because: "" });
    let there = stage.inventory().await;
    assert!(there.apps.is_empty() && there.projects.is_empty() && there.secrets.is_empty(), "{there:#?}");
    stage.end().await;
}

/// Ben may do everything but give Ada's scope away.
#[tokio::test]
async fn without_manage_on_the_secret_scope_it_can_not_be_attached() {
    let stage = stage().await;
    stage.workspace.control().identities.set_rights(BEN, {
        let mut rights = Right::of_user();
        rights.insert(Right::CreateLakebase);
        rights
    });
    stage.post("/api/2.0/secrets/scopes/create", json!({"scope": "tellr-tellr"})).await;
    let acl = |permission: &str| json!({"scope": "tellr-tellr", "principal": BEN, "permission": permission});
    stage.post("/api/2.0/secrets/acls/put", acl("WRITE")).await;
    let path = Some("/Workspace/Users/ben@example.com/.apps/tellr".to_owned());
    let arguments = CreateArguments { app_file_workspace_path: path, ..CreateArguments::default() };
    let error = stage.create_on(&stage.host(BEN), arguments.clone()).await.expect_err("not his scope");
    let names = "the secret scope `tellr-tellr`";
    assert_says(&error, Expected { code: "PERMISSION_DENIED", names, because: "does not have MANAGE" });
    assert!(error.remedy.contains("MANAGE"), "which right: {error:#?}");
    stage.post("/api/2.0/secrets/acls/put", acl("MANAGE")).await;
    stage.create_on(&stage.host(BEN), arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(stage.inventory().await.secrets, ["tellr-tellr/encryption-key"]);
    stage.end().await;
}

#[tokio::test]
async fn no_room_for_another_app() {
    let expected = Expected {
        code: "APP_QUOTA",
        names: "`tellr`",
        because: "The maximum number of apps for your workspace",
    };
    fails_while(|settings| settings.quotas.max_apps = 0, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn no_room_for_another_database() {
    let expected = Expected { code: "LAKEBASE_QUOTA", names: "`tellr-db`", because: "The workspace says" };
    fails_while(|settings| settings.quotas.max_projects = 0, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn no_room_for_another_secret_scope() {
    let expected =
        Expected { code: "SECRET_SCOPE_QUOTA", names: "`tellr-tellr`", because: "limit of 0 secret scopes" };
    fails_while(|settings| settings.quotas.max_secret_scopes = 0, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn where_apps_may_not_act_for_their_users() {
    let code = "USER_AUTHORIZATION_OFF";
    let expected = Expected { code, names: "user authorization is disabled", because: "The workspace says" };
    fails_while(|settings| settings.features.user_authorization = false, Stops::UnderWay, expected).await;
}

#[tokio::test]
async fn a_scope_that_the_platform_does_not_know_is_named() {
    let stage = stage().await;
    let scopes = Some(vec!["files".to_owned(), "crystal-ball:read".to_owned()]);
    let arguments = CreateArguments { extra_scopes: scopes, ..CreateArguments::default() };
    let error = stage.create(arguments).await.expect_err("no such scope");
    let names = "the API scopes `crystal-ball:read`";
    assert_says(&error, Expected { code: "SCOPE_REFUSED", names, because: "Invalid user API scope" });
    assert!(error.remedy.contains("extra_scopes"), "{error:#?}");
    stage.assert_left_in_order("failed").await;
    stage.create(CreateArguments::default()).await.expect("without it");
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn a_file_that_the_workspace_finds_too_large_is_named() {
    let stage = stage().await;
    stage.set(|settings| settings.quotas.max_import_bytes = 8_000);
    let file_name = "tellr_app-9.9.9-py3-none-any.whl".to_owned();
    let wheel = WheelArgument { file_name, content: STANDARD.encode([7; 9_000]) };
    let arguments = CreateArguments { local_wheel: Some(wheel), ..CreateArguments::default() };
    let error = stage.create(arguments.clone()).await.expect_err("the wheel is too large");
    let names = "/tellr_app-9.9.9-py3-none-any.whl`";
    assert_says(&error, Expected { code: "FILE_TOO_LARGE", names, because: "exceeded max size" });
    stage.assert_left_in_order("failed").await;
    stage.set(|settings| settings.quotas.max_import_bytes = 10_000);
    stage.create(arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
    let files = ["app.yaml", "requirements.txt", "wheels"].map(str::to_owned).into();
    stage.assert_deployed(&Inventory { files, ..Inventory::of_default() }).await;
    stage.end().await;
}

/// The token of whoever deploys is revoked at this moment; a new one goes on.
async fn revoked(when: impl Fn(&DeployEvent) -> bool) {
    let stage = stage().await;
    // Somebody of her own, so that Ada can still look.
    let dora = "dora@example.com";
    let rights = Right::of_admin();
    let spec = PrincipalSpec { user_name: dora.into(), display_name: None, service_principal: false, rights };
    let control = stage.workspace.control();
    let token = control.add_principal(spec).token;
    let path = Some(FOLDER.to_owned());
    let arguments = CreateArguments { app_file_workspace_path: path, ..CreateArguments::default() };
    let revoke = |event: &DeployEvent| {
        if when(event) {
            control.identities.expire_tokens(dora);
        }
    };
    let host = stage.host_with(&token).watched(&revoke);
    let error = stage.create_on(&host, arguments.clone()).await.expect_err("the token is gone");
    let because = "expired or was revoked";
    assert_says(&error, Expected { code: "TOKEN_EXPIRED", names: "did not accept the credential", because });
    drop(host);
    // The lock could not be given back without a token; nobody renews it, so it is taken over.
    let began = stage.time.now_ms();
    let host = stage.host_with(&control.identities.mint_personal(dora));
    stage.create_on(&host, arguments).await.unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(stage.time.now_ms() - began < 90_000, "it takes no longer than the lock's lease");
    stage.assert_deployed_once().await;
    drop(host);
    stage.end().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_half_way_ends_the_run_and_a_new_one_goes_on() {
    for step in ["lakebase", "key", "resources", "schema"] {
        revoked(|event| event.step.as_deref() == Some(step) && event.state == Some(StepState::Done)).await;
    }
}

#[tokio::test]
async fn a_token_that_was_never_good_is_told_before_anything_happens() {
    let stage = stage().await;
    let host = stage.host_with("not-a-token");
    let error = stage.create_on(&host, CreateArguments::default()).await.expect_err("nobody");
    assert_says(&error, Expected { code: "TOKEN_EXPIRED", names: "read the current user", because: "" });
    assert_eq!(host.requests(), 1);
    drop(host);
    stage.end().await;
}

#[tokio::test]
async fn what_lies_where_the_folder_should_be_is_not_overwritten() {
    let stage = stage().await;
    let parent = "/Workspace/Users/ada@example.com/.apps";
    let file = json!({"path": parent, "format": "AUTO", "content": "bXkgbm90ZXM="});
    assert_eq!(stage.post("/api/2.0/workspace/import", file).await.0, 200);
    stage.workspace.control().journal.clear();
    let error = stage.create(CreateArguments::default()).await.expect_err("a file is in the way");
    assert_says(&error, Expected { code: "PATH_TAKEN", names: FOLDER, because: "A file with this path" });
    assert_eq!(stage.effects_of_ada(), 0);
    assert_eq!(stage.file(parent).await.as_deref(), Some("my notes"));
    stage.send_as(ADA, Method::POST, "/api/2.0/workspace/delete", Some(json!({"path": parent}))).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage.assert_deployed_once().await;
    stage.end().await;
}
