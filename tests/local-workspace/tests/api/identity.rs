//! Who am I, and with what proof.

use local_workspace::identity::{OAUTH_TOKEN_TTL_MS, Right};
use reqwest::Method;
use serde_json::json;

use crate::support::{ADA, BEN, CARLA, Local};

const ME: &str = "/api/2.0/preview/scim/v2/Me";

#[tokio::test]
async fn me_is_the_owner_of_the_token_and_the_header_names_the_workspace() {
    let local = Local::start().await;
    for user in [ADA, BEN, CARLA] {
        let answer = local.get_by(user, ME).await;
        assert_eq!(answer.headers["x-databricks-org-id"], local.state().id.to_string());
        let me = answer.ok();
        assert_eq!(me["userName"], user);
        assert_eq!(me["emails"][0]["value"], user);
        assert_eq!(me["active"], true);
    }
}

#[tokio::test]
async fn without_a_good_token_nothing_is_answered() {
    let local = Local::start().await;
    let none = local.send(local.request(Method::GET, ME)).await;
    assert_eq!(none.refusal().0, 401);
    let bad = local.send(local.request(Method::GET, ME).bearer_auth("dapi-local-wrong")).await;
    assert_eq!((bad.refusal().0, bad.refusal().1), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn tokens_can_expire_half_way() {
    let local = Local::start().await;
    local.get_by(BEN, ME).await.ok();
    local.state().identities.expire_tokens(BEN);
    let expired = local.get_by(BEN, ME).await;
    assert_eq!((expired.refusal().0, expired.refusal().2), (401, "Token is expired."));
    local.get_by(ADA, ME).await.ok();
}

fn app_credentials(local: &Local) -> (String, String) {
    let (principal, secret) = local.state().identities.add_service_principal("robot", Right::of_app());
    (principal.user_name, secret)
}

#[tokio::test]
async fn a_service_principal_gets_a_token_that_lives_for_an_hour() {
    let local = Local::start_virtual().await;
    let (client_id, secret) = app_credentials(&local);
    let form = [("grant_type", "client_credentials"), ("scope", "all-apis")];
    let request =
        local.request(Method::POST, "/oidc/v1/token").basic_auth(&client_id, Some(&secret)).form(&form);
    let granted = local.send(request).await.ok();
    assert_eq!((&granted["token_type"], &granted["expires_in"]), (&json!("Bearer"), &json!(3600)));

    let token = granted["access_token"].as_str().expect("a token").to_owned();
    let me = || local.send(local.request(Method::GET, ME).bearer_auth(&token));
    assert_eq!(me().await.ok()["applicationId"], client_id.as_str());
    local.pass_ms(OAUTH_TOKEN_TTL_MS - 1);
    me().await.ok();
    local.pass_ms(1);
    assert_eq!(me().await.refusal().0, 401);
}

#[tokio::test]
async fn a_wrong_client_secret_is_refused_in_the_way_of_oauth() {
    let local = Local::start().await;
    let (client_id, _) = app_credentials(&local);
    let form = [("grant_type", "client_credentials")];
    let request =
        local.request(Method::POST, "/oidc/v1/token").basic_auth(client_id, Some("wrong")).form(&form);
    let refused = local.send(request).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json["error"], "invalid_client");
}

#[tokio::test]
async fn a_personal_token_can_be_exchanged() {
    let local = Local::start().await;
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", local.workspace.token(BEN)),
        ("subject_token_type", "urn:databricks:params:oauth:token-type:personal-access-token"),
    ];
    let granted = local.send(local.request(Method::POST, "/oidc/v1/token").form(&form)).await.ok();
    let token = granted["access_token"].as_str().expect("a token");
    let me = local.send(local.request(Method::GET, ME).bearer_auth(token)).await.ok();
    assert_eq!(me["userName"], BEN);
}

#[tokio::test]
async fn clients_find_the_workspace_and_its_token_endpoint() {
    let local = Local::start().await;
    let config = local.send(local.request(Method::GET, "/.well-known/databricks-config")).await.ok();
    assert_eq!(config["workspace_id"], local.state().id.to_string());
    assert_eq!(config["oidc_endpoint"], format!("{}/oidc", local.workspace.host()));
    assert_eq!(config["cloud"], "AWS");
    assert_eq!(config["account_id"].as_str().map(str::len), Some(36));
    let audiences = config["token_federation_default_oidc_audiences"].as_array();
    assert_eq!(audiences.map(Vec::len), Some(1));
    let path = "/oidc/.well-known/oauth-authorization-server";
    let discovery = local.send(local.request(Method::GET, path)).await.ok();
    assert_eq!(discovery["token_endpoint"], format!("{}/oidc/v1/token", local.workspace.host()));
}

#[tokio::test]
async fn service_principals_are_found_by_application_id_and_refused_in_the_way_of_scim() {
    let local = Local::start().await;
    let (client_id, _) = app_credentials(&local);
    let base = "/api/2.0/preview/scim/v2/ServicePrincipals";
    let found = local.get(&format!("{base}?filter=applicationId+eq+%22{client_id}%22")).await.ok();
    assert_eq!(found["totalResults"], 1);
    assert_eq!(found["Resources"][0]["displayName"], "robot");
    let missing = local.get(&format!("{base}/1")).await;
    assert_eq!((missing.status.as_u16(), &missing.json["status"]), (404, &json!("404")));
    assert!(missing.json["detail"].is_string());
}

#[tokio::test]
async fn dates_follow_the_workspaces_clock() {
    let local = Local::start_virtual().await;
    let before = local.get(ME).await.headers["date"].to_str().expect("text").to_owned();
    assert_eq!(before, local.state().clock.now().to_http_date());
    local.pass_ms(86_400_000);
    let after = local.get(ME).await.headers["date"].to_str().expect("text").to_owned();
    assert_eq!(after, local.state().clock.now().to_http_date());
    assert_ne!(before, after);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_no_api() {
    let local = Local::start().await;
    let unknown = local.get("/api/2.0/no/such").await;
    assert_eq!(unknown.refusal(), (404, "ENDPOINT_NOT_FOUND", "No API found for 'GET /api/2.0/no/such'"));
    let method = local.delete("/api/2.0/apps").await;
    assert_eq!(method.refusal(), (404, "ENDPOINT_NOT_FOUND", "No API found for 'DELETE /api/2.0/apps'"));
}
