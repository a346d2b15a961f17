//! `verify` asks the app itself, through its URL, as whoever deploys.

use std::cell::RefCell;

use deployer::config::{CreateArguments, WheelArgument};
use deployer::error::DeployError;
use deployer::events::{DeployEvent, StepState};
use deployer::operations::CreateResult;
use end_to_end::stage::{ADA, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::pace::Pace;
use local_workspace::settings::{AppAnswer, HealthChecks};
use serde_json::{Value, json};

const READY: &str = "/api/ready";
const VERSION: &str = "/api/version";

fn answers(stage: &Stage, path: &str, status: u16, body: Value) {
    stage.set(|settings| {
        settings.outcomes.app_answers.insert(path.to_owned(), AppAnswer { status, body });
    });
}

/// The version that a `create` without `app_version` deploys.
fn own_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// `create` with an OAuth token, and what the step `verify` said at its end.
async fn create(stage: &Stage, token: &str) -> (Result<CreateResult, DeployError>, String) {
    create_with(stage, token, CreateArguments::default()).await
}

async fn create_with(
    stage: &Stage,
    token: &str,
    arguments: CreateArguments,
) -> (Result<CreateResult, DeployError>, String) {
    let said = RefCell::new(String::new());
    let listener = |event: &DeployEvent| {
        let ended = matches!(event.state, Some(StepState::Done | StepState::Unchanged));
        if event.step.as_deref() == Some("verify") && ended {
            said.replace(event.message.clone());
        }
    };
    let host = stage.host_with(token).watched(&listener);
    let result = stage.create_on(&host, arguments).await;
    (result, said.take())
}

fn oauth(stage: &Stage) -> String {
    stage.workspace.control().identities.mint_oauth(ADA)
}

#[tokio::test]
async fn an_app_that_is_ready_is_told_with_its_version() {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, READY, 200, json!({"ready": true, "database": {"state": "ok"}}));
    answers(&stage, VERSION, 200, json!({"name": "tellr-app", "version": own_version()}));
    let (result, said) = create(&stage, &oauth(&stage)).await;
    let url = result.expect("it is ready").url;
    assert_eq!(said, format!("the app is ready at {url} (version {})", own_version()));
    stage.end().await;
}

#[tokio::test]
async fn the_platform_is_given_the_health_check_where_it_takes_one() {
    for known in [HealthChecks::Supported, HealthChecks::Refused] {
        let stage = Stage::with(Pace::none()).await;
        stage.set(|settings| settings.features.health_checks = known);
        answers(&stage, READY, 200, json!({"ready": true}));
        answers(&stage, VERSION, 200, json!({"version": own_version()}));
        let (result, _) = create(&stage, &oauth(&stage)).await;
        result.unwrap_or_else(|error| panic!("{known:?}: {error:#?}"));
        let entries = stage.workspace.control().journal.entries();
        let asked =
            entries.iter().filter(|entry| entry.method == "POST" && entry.path.ends_with("/deployments"));
        let asked: Vec<(bool, u16)> = asked
            .map(|entry| {
                let body = entry.body.as_deref().unwrap_or_default();
                (body.contains(r#""health_check":{"path":"/api/ready""#), entry.status.unwrap_or_default())
            })
            .collect();
        let expected = match known {
            HealthChecks::Refused => vec![(true, 400), (false, 200)],
            _ => vec![(true, 200)],
        };
        assert_eq!(asked, expected, "{known:?}");
        stage.end().await;
    }
}

#[tokio::test]
async fn an_app_without_its_database_is_no_success() {
    let stage = Stage::with(Pace::none()).await;
    // Where the platform asks the app itself, the deployment fails already.
    stage.set(|settings| settings.features.health_checks = HealthChecks::Ignored);
    let database = json!({"state": "unreachable", "message": "The database does not answer"});
    answers(&stage, READY, 503, json!({"ready": false, "database": database}));
    let began = stage.time.now_ms();
    let (result, _) = create(&stage, &oauth(&stage)).await;
    let error = result.expect_err("it is not ready");
    assert_says(
        &error,
        Expected { code: "APP_NOT_READY", names: "`tellr`", because: "The database does not answer" },
    );
    let waited = stage.time.now_ms() - began;
    assert!((100_000..=200_000).contains(&waited), "{waited} ms");
    stage.assert_left_in_order("failed").await;
    stage.end().await;
}

#[tokio::test]
async fn an_old_version_that_keeps_running_is_told() {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, READY, 200, json!({"ready": true}));
    answers(&stage, VERSION, 200, json!({"version": "0.0.1"}));
    let (result, _) = create(&stage, &oauth(&stage)).await;
    let error = result.expect_err("another version runs");
    assert_says(&error, Expected { code: "APP_VERSION_DIFFERS", names: "version 0.0.1", because: "" });
    stage.end().await;

    let stage = Stage::with(Pace::none()).await;
    answers(&stage, READY, 200, json!({"ready": true}));
    answers(&stage, VERSION, 200, json!({"version": "0.0.1"}));
    let local_wheel =
        WheelArgument { file_name: "tellr_app-7.0.0-py3-none-any.whl".into(), content: "UEs=".into() };
    let arguments = CreateArguments { local_wheel: Some(local_wheel), ..CreateArguments::default() };
    let (result, _) = create_with(&stage, &oauth(&stage), arguments).await;
    assert!(result.expect_err("another version runs").message.contains("7.0.0"));
    stage.end().await;
}

#[tokio::test]
async fn a_personal_token_can_not_ask_and_the_result_says_so() {
    let stage = Stage::with(Pace::none()).await;
    answers(&stage, READY, 200, json!({"ready": true}));
    let (result, said) = create(&stage, stage.workspace.token(ADA)).await;
    result.expect("the platform says that it runs");
    assert!(said.contains("its readiness was not checked") && said.contains("status 401"), "{said}");
    stage.end().await;
}

#[tokio::test]
async fn an_app_that_knows_no_such_question_is_taken_as_the_platform_says() {
    let stage = Stage::with(Pace::none()).await;
    let (result, said) = create(&stage, &oauth(&stage)).await;
    result.expect("the platform says that it runs");
    assert!(said.contains("it has no `/api/ready`"), "{said}");
    stage.end().await;
}
