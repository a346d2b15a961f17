//! The access tokens of people: kept for work that goes on after a request, and sent as theirs.

use axum::http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use tellr_app::app::AppState;
use tellr_app::identity::tokens::PersonTokens;
use tellr_app::workspace::genie::Genie;

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::model::{platform_refusal, workspace};
use crate::support::upstream::{TOKEN, Upstream};

const HEADER: &str = "x-forwarded-access-token";

async fn start(variables: Variables) -> (RunningApp, PersonTokens) {
    let tokens = PersonTokens::default();
    let shared = tokens.clone();
    let app = RunningApp::start_with(variables.settings(), impatient(), |app| app.tokens = shared).await;
    (app, tokens)
}

fn held(tokens: &PersonTokens, user: &str) -> Option<String> {
    tokens.get(user).map(|token| token.expose_secret().to_owned())
}

#[tokio::test]
async fn on_the_platform_each_request_brings_the_persons_token() {
    let (app, tokens) = start(Variables::local().with("DATABRICKS_APP_NAME", "tellr")).await;
    let ada = [("x-forwarded-email", "ada@example.com"), ("x-forwarded-user", "1001@5678")];
    for (path, token) in [("/api/user/current", "first-token"), ("/api/sessions", "second-token")] {
        app.get_with(path, &[ada[0], ada[1], (HEADER, token)]).await;
        assert_eq!(held(&tokens, "1001").as_deref(), Some(token), "{path}");
    }
    // Requests that bring none, none that can be sent, or none of a known person.
    let long = "x".repeat(17 * 1024);
    for token in [None, Some(""), Some("two words"), Some(long.as_str())] {
        let token: Vec<_> = token.map(|token| (HEADER, token)).into_iter().collect();
        app.get_with("/api/user/current", &[&ada[..], &token[..]].concat()).await;
        assert_eq!(held(&tokens, "1001").as_deref(), Some("second-token"));
    }
    app.get_with("/api/user/current", &[(HEADER, "of-nobody")]).await;
    app.get_with("/", &[ada[0], ada[1], (HEADER, "for-the-page")]).await;
    assert_eq!(held(&tokens, "1001").as_deref(), Some("second-token"), "only the API takes tokens");
}

#[tokio::test]
async fn off_the_platform_no_token_is_taken() {
    for environment in ["development", "production"] {
        let (app, tokens) = start(Variables::local().with("ENVIRONMENT", environment)).await;
        app.get_with("/api/user/current", &[("x-forwarded-user", "1001"), (HEADER, "forged-token")]).await;
        for user in ["1001", "dev@localhost"] {
            assert_eq!(held(&tokens, user), None, "{environment}");
        }
    }
}

#[tokio::test]
async fn on_a_machine_of_ones_own_the_local_credential_asks_and_the_local_user_stays_an_administrator() {
    let upstream = Upstream::start().await;
    let local = Variables::local().with("DATABRICKS_HOST", &upstream.host).with("DATABRICKS_TOKEN", TOKEN);
    let app = AppState::new(&local.settings(), impatient()).expect("an app");
    let workspace = app.workspace.clone().expect("a workspace");
    Genie::new(workspace).spaces().await.expect("an answer");
    assert_eq!(upstream.received()[0].bearer(), Some(TOKEN));
    // Local users aren't in the workspace's directory, so it isn't asked about them.
    let user = app.identity.user(&HeaderMap::new()).expect("the local user");
    assert!(app.groups.is_admin(&user).await);
    assert!(upstream.received().is_empty());
    let without = AppState::new(&Variables::local().settings(), impatient()).expect("an app");
    assert!(without.workspace.is_none());
}

#[tokio::test]
async fn what_is_asked_for_a_person_is_sent_with_their_token_and_no_other() {
    let upstream = Upstream::start().await;
    let token = SecretString::from("planted-token-of-ada-0123456789".to_owned());
    let of_ada = workspace(&upstream).of_token(token.clone());
    upstream.answer_next(platform_refusal(401, "expired"));
    let refused = Genie::new(of_ada).spaces().await;
    assert_eq!(refused, Err(tellr_app::workspace::genie::GenieError::SignIn));
    let bearers: Vec<_> = upstream.received().iter().map(|one| one.bearer().map(str::to_owned)).collect();
    assert_eq!(bearers, [Some(token.expose_secret().to_owned())], "the app's own is not used instead");
    Genie::new(workspace(&upstream)).spaces().await.expect("the app's own is still good");
    assert_eq!(upstream.received()[0].bearer(), Some(TOKEN));
}
