//! The tokens with which an app acts on behalf of its users: lifetime, renewal, and their end.

use local_workspace::Options;
use local_workspace::clock::{Clock, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADA, BEN, Local};

const EXPIRE: &str = "/__local/apps/tellr/expire-user-tokens";
const END_SESSIONS: &str = "/__local/apps/tellr/end-sessions";

async fn local() -> Local {
    let clock = Clock::virtual_from(Timestamp(1_795_000_000_000));
    let local = Local::start(Options { clock, ..Options::default() }).await;
    local.call(Method::POST, "apps", json!({"name": "tellr", "user_api_scopes": ["sql"]})).await;
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    local.call(Method::PATCH, "permissions/apps/tellr", grant).await;
    local.deploy_version("one").await;
    local
}

impl Local {
    async fn visit_with(&self, cookie: &str) -> reqwest::Response {
        self.http.get(self.url("/")).header("Cookie", cookie).send().await.expect("an answer")
    }

    /// The token that the app gets with the next request of this session.
    async fn user_token(&self, cookie: &str) -> String {
        let answer = self.visit_with(cookie).await;
        assert_eq!(answer.status(), 200);
        let told: Value = answer.json().await.expect("JSON");
        told["headers"]["x-forwarded-access-token"].as_str().expect("a token").to_owned()
    }

    /// The status of a call with a token, and the message if it was refused.
    async fn status(&self, token: &str, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.workspace.host());
        let answer = self.http.get(url).bearer_auth(token).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        (status, body["message"].as_str().unwrap_or_default().to_owned())
    }

    async fn me(&self, token: &str) -> (u16, String) {
        self.status(token, "/api/2.0/preview/scim/v2/Me").await
    }

    async fn control(&self, path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.workspace.host());
        let answer = self.http.post(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    fn advance(&self, ms: u64) {
        self.workspace.control().clock.advance(ms).expect("a virtual clock");
    }
}

fn expired() -> (u16, String) {
    (401, "Token is expired.".to_owned())
}

#[tokio::test]
async fn a_users_token_is_renewed_in_time() {
    let local = local().await;
    let state = local.workspace.control();
    state.settings.update(|settings| settings.proxy.user_token_ms = 60_000);
    let session = local.session(ADA).await;
    let first = local.user_token(&session).await;
    local.advance(29_000);
    assert_eq!(local.user_token(&session).await, first);
    local.advance(1_000);
    let second = local.user_token(&session).await;
    assert_ne!(second, first);
    assert_eq!(local.me(&first).await.0, 200, "requests that are still being answered can use it");
    local.advance(30_000);
    assert_eq!(local.me(&first).await, expired());
    assert_eq!(local.me(&second).await.0, 200);
    let third = local.user_token(&session).await;
    assert_eq!(local.me(&third).await.0, 200);
    assert_eq!(local.status(&third, "/api/2.0/apps/tellr").await.0, 403, "it has the app's scopes, too");
}

#[tokio::test]
async fn a_test_makes_users_tokens_expire_and_no_others() {
    let local = local().await;
    let (ada, ben) = (local.session(ADA).await, local.session(BEN).await);
    let (of_ada, of_ben) = (local.user_token(&ada).await, local.user_token(&ben).await);
    let of_ada_only = format!("{EXPIRE}?user_name={ADA}");
    assert_eq!(local.control(&of_ada_only).await, (200, json!({"count": 1})));
    assert_eq!(local.me(&of_ada).await, expired());
    assert_eq!(local.me(&of_ben).await.0, 200);
    assert_eq!(local.me(local.workspace.token(ADA)).await.0, 200, "her own token is not the app's");

    let renewed = local.user_token(&ada).await;
    assert_ne!(renewed, of_ada);
    assert_eq!(local.me(&renewed).await.0, 200);
    assert_eq!(local.control(EXPIRE).await, (200, json!({"count": 2})));
    assert_eq!((local.me(&renewed).await, local.me(&of_ben).await), (expired(), expired()));
    assert_eq!(local.control(EXPIRE).await, (200, json!({"count": 0})));
    assert_eq!(local.control("/__local/apps/none/expire-user-tokens").await.0, 404);
}

#[tokio::test]
async fn without_a_session_a_user_signs_in_again_before_there_is_a_new_token() {
    let local = local().await;
    let (ada, ben) = (local.session(ADA).await, local.session(BEN).await);
    let before = local.user_token(&ada).await;
    assert_eq!(local.control(&format!("{END_SESSIONS}?user_name={ADA}")).await, (200, json!({"count": 1})));
    assert_eq!(local.control(EXPIRE).await, (200, json!({"count": 1})));
    assert_eq!(local.visit_with(&ada).await.status(), 302);
    assert_eq!(local.visit_with(&ben).await.status(), 200);
    assert_eq!(local.me(&before).await, expired());
    let again = local.session(ADA).await;
    assert_eq!(local.me(&local.user_token(&again).await).await.0, 200);
    assert_eq!(local.control(END_SESSIONS).await, (200, json!({"count": 2})));
    assert_eq!(local.control("/__local/apps/none/end-sessions").await.0, 404);
}
