//! The app starts with the key its data was encrypted with, and with no other.

use tellr_app::database::encryption::{KeyError, Proof};
use tellr_app::database::{Database, DatabaseError, Effort};

use crate::support::app::Variables;
use crate::support::{KEY, OTHER_KEY, postgres, process};

#[tokio::test]
async fn the_first_key_is_recorded_and_then_proven() {
    let variables = Variables::local();
    assert_eq!(variables.initialise().await.expect("initialised").key, Proof::Recorded);
    assert_eq!(variables.initialise().await.expect("initialised").key, Proof::Right);
    let token: String =
        postgres::one(&format!("SELECT token FROM {}.encryption_check", variables.schema())).await;
    assert!(token.starts_with("gAAAAA"), "a Fernet token is stored, not {token}");
}

#[tokio::test]
async fn another_key_stops_the_start_and_says_what_to_do() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let other = variables.clone().with("GOOGLE_OAUTH_ENCRYPTION_KEY", OTHER_KEY);

    let ended = process::run(&["init-database"], &other).await;

    assert_eq!(ended.status.code(), Some(1));
    for part in [
        "is not the one this database was set up with",
        "would make the credentials stored there unreadable",
        "Restore the previous key",
        variables.schema(),
    ] {
        assert!(ended.output.contains(part), "{part:?} is missing in: {}", ended.output);
    }
    assert!(!ended.output.contains(OTHER_KEY) && !ended.output.contains(KEY));
    assert_eq!(variables.initialise().await.expect("the former key still works").key, Proof::Right);
}

#[tokio::test]
async fn a_server_with_another_key_is_not_ready() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let app = variables.with("GOOGLE_OAUTH_ENCRYPTION_KEY", OTHER_KEY).serve().await;
    let (status, ready) = app.json("/api/ready").await;
    assert_eq!((status, &ready["ready"]), (503, &false.into()));
    assert_eq!(ready["database"]["state"], "wrong_key");
    assert!(
        ready["database"]["message"].as_str().is_some_and(|text| text.contains("restore the previous key"))
    );
}

#[tokio::test]
async fn production_does_not_start_without_a_key() {
    let variables =
        Variables::local().with("ENVIRONMENT", "production").with("GOOGLE_OAUTH_ENCRYPTION_KEY", "");
    let error = variables.initialise().await.expect_err("no key");
    assert!(matches!(error, DatabaseError::Key(KeyError::Missing { in_use: false })), "{error}");
}

#[tokio::test]
async fn development_starts_without_a_key_until_one_is_in_use() {
    let variables = Variables::local();
    let keyless = variables.clone().with("GOOGLE_OAUTH_ENCRYPTION_KEY", "");
    assert_eq!(keyless.initialise().await.expect("initialised").key, Proof::NotInUse);
    assert_eq!(variables.initialise().await.expect("initialised").key, Proof::Recorded);
    let error = keyless.initialise().await.expect_err("the key is in use now");
    assert!(error.to_string().contains("this database was set up with a key"), "{error}");
}

#[tokio::test]
async fn several_first_starts_agree_on_one_key() {
    let variables = Variables::local();
    let other = variables.clone().with("GOOGLE_OAUTH_ENCRYPTION_KEY", OTHER_KEY);
    let open = |variables: &Variables| -> Database {
        Database::open(&variables.settings(), Effort::serving()).expect("a pool")
    };
    let seeds = tellr_app::database::seeds::Selection::Standard;
    let (one, two) = (open(&variables), open(&other));
    let (one, two) = tokio::join!(one.initialise(seeds), two.initialise(seeds));
    assert_ne!(one.is_ok(), two.is_ok(), "exactly one of two different keys can be the database's");
}
