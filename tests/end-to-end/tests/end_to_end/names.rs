//! Names of people and of folders as they are: in another case than before, and with marks that mean something
//! in an address, in SQL or on a command line.

use std::cell::Cell;

use deployer::config::{CreateArguments, StatusArguments};
use deployer::engine::Cancellation;
use deployer::host::WorkspaceResponse;
use deployer::operations;
use end_to_end::kill;
use end_to_end::stage::{ADA, Stage, delete_of_default};
use end_to_end::virtual_time::{Death, drive};
use local_workspace::faults::{Action, Rule};
use local_workspace::pace::Pace;
use tokio::process::Command;

/// Ada, as another service of the platform spells her.
const RESPELLED: &str = "Ada@Example.COM";
const RESPELLED_FOLDER: &str = "/Workspace/Users/Ada@Example.COM/.apps/tellr";

/// Spells Ada's name in another way in a field of an answer.
fn respell(answer: &mut WorkspaceResponse, field: &str) {
    let spelled = |name: &str| format!("\"{field}\":\"{name}\"");
    answer.body = answer.body.replace(&spelled(ADA), &spelled(RESPELLED));
}

/// A workspace where `create` died as soon as its app was made, by somebody who was spelled in another way.
async fn died_respelled() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let made_by = Cell::new(None);
    let watch = |index: usize, answer: &mut WorkspaceResponse| {
        if made_by.get().is_none() && answer.body.contains("\"compute_status\"") {
            made_by.set(Some(index));
        }
    };
    let watching = stage.host(ADA).altered(&watch);
    stage.create_on(&watching, CreateArguments::default()).await.expect("create");
    drop(watching);
    stage.end().await;

    let stage = Stage::with(Pace::scaled(0.01)).await;
    let respelled = |_: usize, answer: &mut WorkspaceResponse| {
        respell(answer, "creator");
        respell(answer, "userName");
    };
    let host = stage.host(ADA).altered(&respelled).dying(made_by.get().map(Death::After));
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let cancellation = Cancellation::new();
    let creating = operations::create(&host, &config, &cancellation);
    assert!(drive(&stage.time, Box::pin(creating)).await.is_none(), "it dies");
    drop(host);
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    stage
}

#[tokio::test]
async fn a_create_is_resumed_by_the_same_person_in_another_case() {
    let stage = died_respelled().await;
    let creator = |_: usize, answer: &mut WorkspaceResponse| respell(answer, "creator");
    let host = stage.host(ADA).altered(&creator);
    let result = stage.create_on(&host, CreateArguments::default()).await;
    assert_eq!(result.unwrap_or_else(|error| panic!("{error:#?}")).status, "created");
    drop(host);
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1, "her app is gone on with");
    assert!(
        stage.file(&format!("{RESPELLED_FOLDER}/app.yaml")).await.is_some(),
        "in the folder that it began in"
    );
    stage.end().await;
}

#[tokio::test]
async fn an_unfinished_app_is_seen_and_deleted_by_the_same_person_in_another_case() {
    let stage = died_respelled().await;
    stage.workspace.control().clock.advance(600_000).expect("a virtual clock");
    let creator = |_: usize, answer: &mut WorkspaceResponse| respell(answer, "creator");
    let host = stage.host(ADA).altered(&creator);
    let config = StatusArguments::default().resolve(None, None).expect("good arguments");
    let cancellation = Cancellation::new();
    let looking = operations::status(&host, &config, &cancellation);
    let status = drive(&stage.time, Box::pin(looking)).await.expect("it doesn't die").expect("status");
    assert_eq!(status.app_file_workspace_path.as_deref(), Some(RESPELLED_FOLDER));
    assert!(status.last_run.is_some(), "{status:#?}");
    let config = delete_of_default().resolve(None, None).expect("good arguments");
    let cancellation = Cancellation::new();
    let deleting = operations::delete(&host, &config, &cancellation);
    let deleted = drive(&stage.time, Box::pin(deleting)).await.expect("it doesn't die");
    assert_eq!(deleted.unwrap_or_else(|error| panic!("{error:#?}")).app_name, "tellr");
    drop(host);
    stage.end().await;
}

#[tokio::test]
async fn a_deployment_whose_answer_was_lost_is_joined_in_another_case() {
    let stage = Stage::realistic().await;
    let rule = Rule::next("/api/2.0/apps/tellr/deployments", Action::Cut).on("POST").after_the_effect();
    stage.workspace.control().faults.add(rule).expect("a good rule");
    let creator = |_: usize, answer: &mut WorkspaceResponse| respell(answer, "creator");
    let host = stage.host(ADA).altered(&creator);
    stage.create_on(&host, CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    drop(host);
    assert_eq!(stage.made("POST", "/api/2.0/apps/tellr/deployments"), 1, "it is the same deployment");
    stage.end().await;
}

/// A guest of another tenant, whose name has all that has a meaning in an address or in SQL.
const GUEST: &str = "o'neil+x_contoso.com#EXT#@contoso.example";

async fn succeeds(command: &mut Command) -> String {
    let output = command.output().await.expect("the program runs");
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    said
}

#[tokio::test]
async fn names_with_marks_are_the_same_in_every_call() {
    let usual = format!("/Workspace/Users/{GUEST}/.apps/tellr");
    for (flags, folder) in [
        (&[][..], usual.as_str()),
        (
            &["--app-file-workspace-path", "/Workspace/Shared/100% o'neil's + #1 ü & b=c?/tellr"],
            "/Workspace/Shared/100% o'neil's + #1 ü & b=c?/tellr",
        ),
    ] {
        let stage = Stage::with_user(Pace::none(), Some(GUEST)).await;
        let deploy = |operation: &str, flags: &[&str]| {
            let mut command = kill::deploy(&stage, operation);
            command.args(flags).env("DATABRICKS_TOKEN", stage.workspace.token(GUEST));
            command
        };
        succeeds(&mut deploy("create", flags)).await;
        let app_yaml = format!("{folder}/app.yaml");
        assert!(stage.file(&app_yaml).await.is_some(), "{app_yaml}");
        let (_, app) = stage.get("/api/2.0/apps/tellr").await;
        assert_eq!((&app["default_source_code_path"], &app["creator"]), (&folder.into(), &GUEST.into()));
        // The folder is found by what the app tells.
        let said = succeeds(&mut deploy("status", &["tellr"])).await;
        assert!(said.contains(folder) && said.contains(&format!("`create` by {GUEST}")), "{said}");
        let names = ["--app-name", "tellr", "--lakebase-name", "tellr-db", "--schema-name", "app_data"];
        let said = succeeds(deploy("update", &names).args(["--app-compute", "LARGE"])).await;
        assert!(!said.contains("created an encryption key"), "the files before were read: {said}");
        succeeds(&mut deploy("delete", &["tellr", "--yes"])).await;
        assert_eq!(stage.get("/api/2.0/apps/tellr").await.0, 404);
        stage.end().await;
    }
}
