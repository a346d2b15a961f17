//! Whose request it is, in each place the app may run.

use serde_json::{Value, json};

use crate::support::app::{RunningApp, Variables};

const ADA: &[(&str, &str)] = &[
    ("x-forwarded-email", "ada.lovelace@example.com"),
    ("x-forwarded-preferred-username", "ada.lovelace@example.com"),
    ("x-forwarded-user", "1234@5678"),
];

async fn current_user(app: &RunningApp, headers: &[(&str, &str)]) -> (u16, Value) {
    let answer = app.get_with("/api/user/current", headers).await;
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn on_the_platform_the_proxy_says_who_it_is() {
    let variables = Variables::local().with("DATABRICKS_APP_NAME", "tellr");
    for environment in ["production", "development"] {
        let app = variables.clone().with("ENVIRONMENT", environment).serve().await;
        let ada = json!({
            "user_name": "ada.lovelace@example.com",
            "email": "ada.lovelace@example.com",
            "display_name": "Ada Lovelace",
            "source": "platform",
        });
        assert_eq!(current_user(&app, ADA).await, (200, ada));
        let (status, body) = current_user(&app, &[]).await;
        assert_eq!((status, &body["error"]["code"]), (401, &"unauthorized".into()), "{environment}");
    }
}

#[tokio::test]
async fn without_an_identity_nothing_is_listed() {
    let app = Variables::local().with("DATABRICKS_APP_NAME", "tellr").serve().await;
    for path in ["/api/settings/prompts", "/api/settings/styles", "/api/settings/profiles"] {
        assert_eq!(app.get(path).await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn production_elsewhere_trusts_nobodys_headers() {
    let app = Variables::local().with("ENVIRONMENT", "production").serve().await;
    assert_eq!(current_user(&app, ADA).await.0, 401);
}

#[tokio::test]
async fn development_has_a_named_local_user() {
    let app = Variables::local().with("DEV_USER_ID", "grace_hopper@example.com").serve().await;
    let grace = json!({
        "user_name": "grace_hopper@example.com",
        "email": "grace_hopper@example.com",
        "display_name": "Grace Hopper",
        "source": "local",
    });
    assert_eq!(current_user(&app, ADA).await, (200, grace));
}
