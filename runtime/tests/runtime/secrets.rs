//! Whatever is logged, and however much of it, no secret is.

use crate::support::app::{Variables, client};
use crate::support::front::{Certificate, Front};
use crate::support::process::{self, Serving};
use crate::support::workspace::{CLIENT_ID, CLIENT_SECRET, Failure, Workspace};
use crate::support::{KEY, OTHER_KEY};

#[tokio::test]
async fn no_secret_is_written_even_at_the_highest_level() {
    use base64::Engine as _;
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    let front = Front::with_tls(&certificate).await;
    let variables = Variables::autoscaling(&workspace, &front, &certificate)
        .await
        .with("DATABRICKS_APP_NAME", "tellr")
        .with("TELLR_LOG", "trace");

    let mut written = String::new();
    workspace.fail_credential(Failure::platform(503, "TEMPORARILY_UNAVAILABLE", "Try again"));
    let ended = process::run(&["init-database"], &variables).await;
    assert!(ended.status.success(), "{}", ended.output);
    written += &ended.output;

    let app = Serving::start(&variables).await;
    let answer = client(|builder| builder)
        .get(format!("{}/api/settings/prompts?q=planted-query", app.url))
        .header("x-forwarded-email", "ada@example.com")
        .header("x-forwarded-access-token", "planted-user-token")
        .header("cookie", "session=planted-cookie")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    app.terminate().await;
    written += &app.end().await.output;

    for changed in [
        ("DATABRICKS_CLIENT_SECRET", "planted-wrong-secret"),
        ("GOOGLE_OAUTH_ENCRYPTION_KEY", OTHER_KEY),
        ("GOOGLE_OAUTH_ENCRYPTION_KEY", "planted-bad-key"),
        ("DATABASE_URL", "postgresql://someone:planted-url-password@127.0.0.1:1/postgres"),
        ("DATABASE_URL", "postgresql://someone:planted-url-password@[bad"),
    ] {
        let variables = variables.clone().with(changed.0, changed.1);
        let ended = process::run(&["check"], &variables).await;
        assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
        written += &ended.output;
    }

    assert!(written.contains("was applied"), "the log was read");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    for secret in ["planted", KEY, OTHER_KEY, basic.as_str()] {
        if let Some(line) = written.lines().find(|line| line.contains(secret)) {
            panic!("{secret} was written: {line}");
        }
    }
    assert!(!workspace.passwords().is_empty(), "there was a password to leak");
}
