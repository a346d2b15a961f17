//! Additional environment variables of an app.

use deployer::config::{CreateArguments, Pairs, UpdateArguments};
use end_to_end::stage::{FOLDER, Stage, update_of_default};

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

async fn app_yaml(stage: &Stage) -> String {
    stage.file(&format!("{FOLDER}/app.yaml")).await.expect("it is there")
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
