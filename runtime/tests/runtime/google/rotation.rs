//! Another encryption key: all that is stored is encrypted anew, at once or not at all.

use std::time::Duration;

use tellr_app::database::rotation::{RotationError, rotate};

use super::{CLIENT_SECRET, Stand};
use crate::support::app::Variables;
use crate::support::people::code;
use crate::support::{KEY, OTHER_KEY, eventually, postgres, process};

const THIRD_KEY: &str = "dGhpcmQtdGhpcmQtdGhpcmQtdGhpcmQtdGhpcmQhISE=";

#[tokio::test]
async fn everything_is_encrypted_anew_and_goes_on_with_the_new_key() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let callback = ada.consents().await;
    let with_new = stand.variables.clone().with("TELLR_NEW_ENCRYPTION_KEY", OTHER_KEY);

    let ended = process::run(&["rotate-key"], &with_new).await;
    assert!(ended.status.success(), "{}", ended.output);
    for line in [
        "google_attempts.verifier_encrypted: 1 encrypted",
        "google_client.file_encrypted: 1 encrypted",
        "google_connections.access_token_encrypted: 1 encrypted",
        "google_connections.refresh_token_encrypted: 1 encrypted",
        "google_uploads.address_encrypted: 0 encrypted",
        "now has the new key",
        "Next: put the new key",
    ] {
        assert!(ended.output.contains(line), "{line:?} is missing in: {}", ended.output);
    }
    for secret in [KEY, OTHER_KEY, CLIENT_SECRET] {
        assert!(!ended.output.contains(secret), "{}", ended.output);
    }

    // The process with the old key stores nothing more, and loses nothing.
    assert_eq!(stand.app.json("/api/ready").await.0, 503);
    let begun = ada.send(reqwest::Method::POST, "/api/google/connection", None).await;
    assert_eq!(code(&begun), (503, "wrong_key"));
    assert_eq!(stand.count("google_connections").await, 1);

    // Repeated, also with only the new key known, it changes nothing.
    for old in [KEY, THIRD_KEY] {
        let again =
            process::run(&["rotate-key"], &with_new.clone().with("GOOGLE_OAUTH_ENCRYPTION_KEY", old)).await;
        assert!(
            again.status.success() && again.output.contains("had the new key already"),
            "{}",
            again.output
        );
        assert!(again.output.contains("google_client.file_encrypted: 0 encrypted"), "{}", again.output);
    }

    let mut stand = stand.restarted_with(OTHER_KEY).await;
    assert_eq!(stand.app.json("/api/ready").await.0, 200);
    let ada = stand.browser("ada");
    stand.google.expire_access_tokens();
    let session = ada.deck("Review").await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    // The cookie of an attempt is of the old key: it is begun again.
    assert_eq!(ada.opens(&callback).await.0, 400);
    stand.kill().await;
}

#[tokio::test]
async fn it_is_refused_without_the_right_keys_and_then_changes_nothing() {
    let stand = Stand::new().await;
    stand.browser("ada").connects().await;
    let before = super::secrets::contents(stand.variables.schema()).await;
    let bare = stand.variables.clone();
    for (old, new, words) in [
        (OTHER_KEY, THIRD_KEY, "neither GOOGLE_OAUTH_ENCRYPTION_KEY nor"),
        (KEY, KEY, "is the present key"),
        (KEY, "", "TELLR_NEW_ENCRYPTION_KEY is not set"),
        (KEY, "planted-bad-key", "is not a Fernet key"),
        ("", OTHER_KEY, "GOOGLE_OAUTH_ENCRYPTION_KEY is not set"),
    ] {
        let variables =
            bare.clone().with("GOOGLE_OAUTH_ENCRYPTION_KEY", old).with("TELLR_NEW_ENCRYPTION_KEY", new);
        let ended = process::run(&["rotate-key"], &variables).await;
        assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
        assert!(ended.output.contains(words) && !ended.output.contains("planted"), "{}", ended.output);
    }
    // A value of a key that is lost stops it, whatever was done before it.
    stand.run("UPDATE google_connections SET refresh_token_encrypted = 'damaged'").await;
    let ended =
        process::run(&["rotate-key"], &bare.clone().with("TELLR_NEW_ENCRYPTION_KEY", OTHER_KEY)).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.output.contains("google_connections.refresh_token_encrypted"), "{}", ended.output);
    let after = super::secrets::contents(stand.variables.schema()).await;
    let unchanged = |text: &str| {
        text.lines().filter(|line| line.contains("gAAAA")).map(str::to_owned).collect::<Vec<_>>()
    };
    let client =
        |text: &str| unchanged(text).into_iter().find(|line| line.contains("root")).expect("the client");
    assert_eq!(client(&before), client(&after));
}

#[tokio::test]
async fn it_waits_for_what_is_being_stored_and_takes_that_along() {
    let stand = Stand::new().await;
    stand.browser("ada").connects().await;
    let settings = stand.variables.clone().with("TELLR_NEW_ENCRYPTION_KEY", OTHER_KEY).settings();
    let (old, new) = (
        settings.encryption_key.clone().expect("a key"),
        settings.new_encryption_key.clone().expect("a key"),
    );
    let writer = postgres::admin().await;
    let schema = stand.variables.schema();
    let token = old.encrypt(b"written late").expect("random bytes");
    writer
        .batch_execute(&format!(
            "SET search_path TO {schema}; BEGIN; SELECT FROM encryption_check WHERE id = 1 FOR SHARE"
        ))
        .await
        .expect("a share lock");
    let database = stand.variables.database();
    let rotating = tokio::spawn({
        let (old, new) = (old.clone(), new.clone());
        async move { rotate(&database, Some(&old), Some(&new)).await }
    });
    eventually("it waits", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                       AND query LIKE '%encryption_check%FOR UPDATE%'";
        postgres::one::<i64>(waiting).await > 0
    })
    .await;
    writer
        .batch_execute(&format!("UPDATE google_connections SET access_token_encrypted = '{token}'; COMMIT"))
        .await
        .expect("stored");
    let rotated = tokio::time::timeout(Duration::from_secs(30), rotating).await;
    rotated.expect("it ends").expect("no panic").expect("rotated");
    let stored: String =
        postgres::one(&format!("SELECT access_token_encrypted FROM {schema}.google_connections")).await;
    assert_eq!(new.decrypt(&stored).expect("of the new key").as_slice(), b"written late");
}

#[tokio::test]
async fn a_database_without_a_key_has_nothing_to_change() {
    let variables = Variables::local().with("GOOGLE_OAUTH_ENCRYPTION_KEY", "");
    variables.initialise().await.expect("a database");
    let keys = Variables::local().with("TELLR_NEW_ENCRYPTION_KEY", OTHER_KEY).settings();
    let (old, new) = (keys.encryption_key, keys.new_encryption_key);
    let refused = rotate(&variables.database(), old.as_ref(), new.as_ref()).await;
    assert!(matches!(refused, Err(RotationError::NotInUse)), "{refused:?}");
}
