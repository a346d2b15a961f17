//! Additional environment variables of an app.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, Pairs, UpdateArguments};
use end_to_end::stage::{FOLDER, Stage, update_of_default};
use local_workspace::pace::Pace;
use serde_json::json;

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

async fn app_yaml(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("it is there")
}

/// A user edited `app.yaml`. An update keeps the added values; neither plan nor history shows them.
#[tokio::test]
async fn kept_values_that_look_like_secrets_are_shown_nowhere() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let extra_env = Some(pairs(&[("DATA", "abfss://container@account.dfs.core.windows.net/x")]));
    stage.create(CreateArguments { extra_env, ..CreateArguments::default() }).await.expect("create");
    let token = format!("dapi{}", "0123456789abcdef".repeat(2));
    let edited = app_yaml(&stage).await
        + &format!("- name: UPSTREAM\n  value: {token}\n- name: MY_PASSWORD\n  value: hunter2\n");
    let content = STANDARD.encode(&edited);
    let put = json!({"path": format!("{FOLDER}/app.yaml"), "content": content, "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", put).await.0, 200);
    let plan = json!(stage.plan_update(update_of_default()).await.expect("a plan")).to_string();
    assert!(plan.contains("abfss://container@account"), "{plan}");
    stage.update(update_of_default()).await.expect("update");
    assert!(app_yaml(&stage).await.contains(&token), "it is kept");
    let history = json!(stage.history().await.expect("the history")).to_string();
    for shown in [plan, history] {
        assert!(shown.contains("UPSTREAM") && shown.contains("[hidden]"), "{shown}");
        assert!(!shown.contains(&token) && !shown.contains("hunter2"), "{shown}");
    }
    stage.end().await;
}

#[tokio::test]
async fn further_variables_stay_until_others_are_given() {
    let stage = Stage::realistic().await;
    let extra_env = Some(pairs(&[("LOG_LEVEL", "debug"), ("GREETING", "no")]));
    stage.create(CreateArguments { extra_env, ..CreateArguments::default() }).await.expect("create");
    let both = "- name: GREETING\n  value: no\n- name: LOG_LEVEL\n  value: debug\n";
    let text = app_yaml(&stage).await;
    assert!(text.replace("'no'", "no").replace("\"no\"", "no").ends_with(both), "{text}");

    stage.update(update_of_default()).await.expect("update");
    assert_eq!(app_yaml(&stage).await, text, "an update keeps them");

    let extra_env = Some(pairs(&[("LOG_LEVEL", "info")]));
    stage.update(UpdateArguments { extra_env, ..update_of_default() }).await.expect("update");
    let text = app_yaml(&stage).await;
    assert!(text.ends_with("- name: LOG_LEVEL\n  value: info\n") && !text.contains("GREETING"), "{text}");
    let none = UpdateArguments { extra_env: Some(pairs(&[])), ..update_of_default() };
    stage.update(none).await.expect("update");
    assert!(!app_yaml(&stage).await.contains("LOG_LEVEL"), "an empty mapping takes them away");
    stage.end().await;
}

#[tokio::test]
async fn a_variable_that_is_the_deployers_or_looks_like_a_secret_is_refused() {
    for name in ["LAKEBASE_SCHEMA", "GOOGLE_OAUTH_ENCRYPTION_KEY", "DATABRICKS_TOKEN", "API_TOKEN", "A B"] {
        let extra_env = Some(pairs(&[(name, "x")]));
        let arguments = CreateArguments { extra_env, ..CreateArguments::default() };
        let error = arguments.resolve(None, None).expect_err("it is refused");
        assert_eq!(error.code, "INVALID_VALUE");
        assert!(error.message.contains("`extra_env`"), "{}", error.message);
    }
}
