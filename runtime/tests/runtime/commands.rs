//! The command line, as a person meets it.

use crate::support::app::Variables;
use crate::support::{OTHER_KEY, process};

#[tokio::test]
async fn check_tells_what_is_missing_and_what_to_do() {
    let variables = Variables::local();
    let before = process::run(&["check"], &variables).await;
    assert_eq!(before.status.code(), Some(1));
    assert!(before.output.contains("FAILED   migrations"), "{}", before.output);
    assert!(before.output.contains("-> run `tellr-app init-database`"), "{}", before.output);

    let init = process::run(&["init-database"], &variables).await;
    assert!(init.status.success(), "{}", init.output);

    let after = process::run(&["check"], &variables).await;
    for item in ["ok       settings", "ok       database", "ok       migrations", "ok       key"] {
        assert!(after.output.contains(item), "{item:?} is missing in: {}", after.output);
    }
    // Whether the page was built before this program is up to who built it; the report says which.
    let page_is_built = after.output.contains("ok       page");
    assert_eq!(after.status.success(), page_is_built, "{}", after.output);
}

#[tokio::test]
async fn check_tells_a_wrong_key() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let ended = process::run(&["check"], &variables.with("GOOGLE_OAUTH_ENCRYPTION_KEY", OTHER_KEY)).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.output.contains("FAILED   key"), "{}", ended.output);
    assert!(ended.output.contains("ok       migrations"), "{}", ended.output);
}

#[tokio::test]
async fn check_tells_a_database_that_is_not_there() {
    let variables = Variables::local().with("DATABASE_URL", "postgresql://tellr@127.0.0.1:1/postgres");
    let ended = process::run(&["check"], &variables).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.output.contains("FAILED   database"), "{}", ended.output);
    assert!(ended.output.contains("127.0.0.1:1"), "{}", ended.output);
    for item in ["skipped  tls", "skipped  migrations", "skipped  key"] {
        assert!(ended.output.contains(item), "{item:?} is missing in: {}", ended.output);
    }
}

#[tokio::test]
async fn an_incomplete_environment_is_told_whole() {
    let nothing = Variables::local().with("DATABASE_URL", "").with("DATABRICKS_APP_PORT", "http");
    for command in ["serve", "init-database", "check"] {
        let ended = process::run(&[command], &nothing).await;
        assert_eq!(ended.status.code(), Some(1), "{command}");
        for variable in ["DATABASE_URL", "DATABRICKS_APP_PORT"] {
            assert!(ended.output.contains(variable), "{command}: {}", ended.output);
        }
    }
}

#[tokio::test]
async fn help_lists_the_environment() {
    for command in ["serve", "init-database", "check"] {
        let ended = process::run(&[command, "--help"], &Variables::local()).await;
        assert!(ended.status.success());
        for variable in tellr_app::settings::VARIABLES {
            assert!(ended.output.contains(variable.name), "{command}: {} is missing", variable.name);
        }
    }
}

#[tokio::test]
async fn the_log_is_json_in_production() {
    let variables = Variables::local().with("ENVIRONMENT", "production");
    let ended = process::run(&["init-database"], &variables).await;
    assert!(ended.status.success(), "{}", ended.output);
    assert!(!ended.output.is_empty());
    for line in ended.output.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(entry["message"].is_string() && entry["level"].is_string(), "{line}");
    }
}
