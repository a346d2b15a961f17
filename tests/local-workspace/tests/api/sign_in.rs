//! People who sign in in a browser: authorization code with PKCE, as the platform's public client.

use std::collections::BTreeMap;

use local_workspace::settings::SignInAnswer;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, Local, PATIENCE, client};

const ME: &str = "/api/2.0/preview/scim/v2/Me";
// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://localhost:8020";
const GOOD: [(&str, &str); 7] = [
    ("client_id", "databricks-cli"),
    ("response_type", "code"),
    ("redirect_uri", BACK),
    ("scope", "all-apis offline_access"),
    ("state", "a state"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// A browser that does not go where it is sent.
fn browser() -> Client {
    // The first client of a process sets up TLS.
    drop(client());
    Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build().expect("a client")
}

/// Opens the sign-in with some parameters changed; an empty value leaves one out.
async fn open(local: &Local, changes: &[(&str, &str)]) -> Answer {
    let mut parameters: BTreeMap<&str, &str> = GOOD.into_iter().collect();
    for (name, value) in changes {
        if value.is_empty() {
            parameters.remove(name);
        } else {
            parameters.insert(name, value);
        }
    }
    let url = format!("{}/oidc/v1/authorize", local.workspace.host());
    local.send(browser().get(url).query(&parameters)).await
}

/// Where a browser is sent back to, and with what.
fn sent_back(answer: &Answer) -> (String, BTreeMap<String, String>) {
    assert_eq!(answer.status, 302, "{}", answer.text);
    let location: Url = answer.headers["location"].to_str().expect("text").parse().expect("an address");
    let place = format!("{}://{}", location.scheme(), location.authority());
    (place, location.query_pairs().into_owned().collect())
}

/// Ada's code.
async fn code(local: &Local, changes: &[(&str, &str)]) -> String {
    local.set(|settings| settings.sign_in.answer = SignInAnswer::As(ADA.to_owned()));
    sent_back(&open(local, changes).await).1.remove("code").expect("a code")
}

async fn token(local: &Local, form: &[(&str, &str)]) -> Answer {
    local.send(local.request(Method::POST, "/oidc/v1/token").form(form)).await
}

async fn redeem(local: &Local, code: &str) -> Answer {
    token(local, &redeeming(code)).await
}

fn redeeming(code: &str) -> [(&str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", "databricks-cli"),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", BACK),
    ]
}

async fn refresh(local: &Local, refresh_token: &Value) -> Answer {
    let refresh_token = refresh_token.as_str().expect("a refresh token");
    let form =
        [("grant_type", "refresh_token"), ("client_id", "databricks-cli"), ("refresh_token", refresh_token)];
    token(local, &form).await
}

async fn me(local: &Local, granted: &Value) -> Answer {
    let token = granted["access_token"].as_str().expect("a token");
    local.send(local.request(Method::GET, ME).bearer_auth(token)).await
}

/// Status, error and description, in OAuth's shape.
fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let text = |field: &str| answer.json[field].as_str().unwrap_or_default();
    (answer.status.as_u16(), text("error"), text("error_description"))
}

#[tokio::test]
async fn somebody_chooses_who_they_are_and_the_client_acts_as_them() {
    let local = Local::start().await;
    let page = open(&local, &[]).await;
    assert_eq!(page.status, 200);
    let link = page.text.split("href=\"").find(|link| link.contains("as=ben")).expect("a link for Ben");
    let link = link.split('"').next().expect("an address").replace("&amp;", "&");
    let url = format!("{}/oidc/v1/authorize{link}", local.workspace.host());
    let (place, answer) = sent_back(&local.send(browser().get(url)).await);
    assert_eq!((place.as_str(), answer["state"].as_str()), (BACK, "a state"));
    let granted = redeem(&local, &answer["code"]).await.ok();
    assert_eq!(
        (&granted["token_type"], &granted["expires_in"], &granted["scope"]),
        (&json!("Bearer"), &json!(3600), &json!("all-apis offline_access"))
    );
    assert_eq!(me(&local, &granted).await.ok()["userName"], BEN);
}

#[tokio::test]
async fn nobody_is_sent_to_a_place_that_is_not_the_clients() {
    let local = Local::start().await;
    for change in [
        ("client_id", ""),
        ("client_id", "somebody"),
        ("redirect_uri", ""),
        ("redirect_uri", "https://evil.example"),
        ("redirect_uri", "http://localhost:8019"),
        ("redirect_uri", "http://localhost:8020/elsewhere"),
        ("redirect_uri", "http://127.0.0.1:8020"),
        ("redirect_uri", "http://localhost:8020@evil.example"),
    ] {
        let answer = open(&local, &[change]).await;
        assert_eq!((answer.status.as_u16(), answer.headers.get("location")), (400, None), "{change:?}");
    }
    for port in [8020, 8040] {
        let back = format!("http://localhost:{port}");
        assert_eq!(open(&local, &[("redirect_uri", &back)]).await.status, 200, "{port}");
    }
}

#[tokio::test]
async fn the_client_is_told_what_it_asked_wrongly() {
    let local = Local::start().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("scope", "all-apis everything", "invalid_scope"),
    ] {
        let (place, answer) = sent_back(&open(&local, &[(name, value)]).await);
        assert_eq!((place.as_str(), answer["error"].as_str()), (BACK, error), "{name}");
        assert_eq!(answer["state"], "a state");
        assert!(!answer.contains_key("code"));
    }
    let nobody = open(&local, &[("as", "nobody@example.com")]).await;
    assert_eq!(nobody.status, 400, "what the person did wrong is told to the person");
}

#[tokio::test]
async fn a_person_or_an_administrator_can_refuse() {
    let local = Local::start().await;
    let page = open(&local, &[]).await;
    let links = page.text.split("href=\"").filter_map(|link| link.split_once('"'));
    let (no, _) = links.clone().find(|(_, text)| text.starts_with(">Do not allow")).expect("a link");
    let url = format!("{}/oidc/v1/authorize{}", local.workspace.host(), no.replace("&amp;", "&"));
    let (_, answer) = sent_back(&local.send(browser().get(url)).await);
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("access_denied", "a state"));
    local.set(|settings| {
        settings.sign_in.answer = SignInAnswer::Refuse {
            error: "access_denied".to_owned(),
            description: "Policy evaluation failed for this request".to_owned(),
        };
    });
    let (_, answer) = sent_back(&open(&local, &[]).await);
    assert_eq!(
        (answer["error"].as_str(), answer["error_description"].as_str(), answer["state"].as_str()),
        ("access_denied", "Policy evaluation failed for this request", "a state")
    );
}

#[tokio::test]
async fn a_code_works_once_for_whoever_began() {
    let local = Local::start().await;
    for (name, value) in [
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx"),
        ("redirect_uri", "http://localhost:8021"),
        ("code", "local-code-guessed"),
        ("client_id", "somebody"),
    ] {
        let code = code(&local, &[]).await;
        let mut form = redeeming(&code).to_vec();
        form.retain(|(other, _)| *other != name);
        form.push((name, value));
        let refused = token(&local, &form).await;
        let expected = if name == "client_id" { (401, "invalid_client") } else { (400, "invalid_grant") };
        assert_eq!((refusal(&refused).0, refusal(&refused).1), expected, "{name}: {}", refused.text);
    }
    let code = code(&local, &[]).await;
    let granted = redeem(&local, &code).await.ok();
    me(&local, &granted).await.ok();
    assert_eq!(refusal(&redeem(&local, &code).await).1, "invalid_grant");
    // Whoever came second may have stolen it, or the first one may: both lose.
    assert_eq!(me(&local, &granted).await.refusal().0, 401);
    assert_eq!(refusal(&refresh(&local, &granted["refresh_token"]).await).0, 401);
}

#[tokio::test]
async fn codes_and_tokens_expire_by_the_workspaces_clock() {
    let local = Local::start_virtual().await;
    let late = code(&local, &[]).await;
    local.pass_ms(5 * 60 * 1000);
    assert_eq!(refusal(&redeem(&local, &late).await), (400, "invalid_grant", "The code has expired"));

    local.set(|settings| settings.sign_in.access_token_ms = 120_000);
    let granted = redeem(&local, &code(&local, &[]).await).await.ok();
    assert_eq!(granted["expires_in"], 120);
    local.pass_ms(119_999);
    me(&local, &granted).await.ok();
    local.pass_ms(1);
    assert_eq!(me(&local, &granted).await.refusal().2, "Token is expired.");
    let renewed = refresh(&local, &granted["refresh_token"]).await.ok();
    me(&local, &renewed).await.ok();

    local.pass_ms(7 * 24 * 3_600_000);
    let ended = refresh(&local, &renewed["refresh_token"]).await;
    assert_eq!(refusal(&ended), (401, "invalid_grant", "Refresh token is invalid"));
}

#[tokio::test]
async fn a_refresh_token_is_rotated_and_a_used_one_ends_the_sign_in() {
    let local = Local::start().await;
    let first = redeem(&local, &code(&local, &[]).await).await.ok();
    let second = refresh(&local, &first["refresh_token"]).await.ok();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    me(&local, &second).await.ok();
    assert_eq!(refusal(&refresh(&local, &first["refresh_token"]).await).0, 401);
    assert_eq!(me(&local, &second).await.refusal().0, 401);

    local.set(|settings| settings.sign_in.single_use_refresh_tokens = false);
    let first = redeem(&local, &code(&local, &[]).await).await.ok();
    for _ in 0..2 {
        let next = refresh(&local, &first["refresh_token"]).await.ok();
        assert_eq!(next["refresh_token"], json!(null));
        me(&local, &next).await.ok();
    }
}

#[tokio::test]
async fn without_the_scope_for_it_there_is_no_refresh_token() {
    let local = Local::start().await;
    let code = code(&local, &[("scope", "all-apis")]).await;
    let granted = redeem(&local, &code).await.ok();
    assert_eq!(granted["refresh_token"], json!(null));
}

#[tokio::test]
async fn a_sign_in_can_be_revoked_from_outside() {
    let local = Local::start().await;
    let granted = redeem(&local, &code(&local, &[]).await).await.ok();
    local.post(&format!("/__local/principals/{ADA}/revoke-sign-ins"), json!({})).await.ok();
    me(&local, &granted).await.ok();
    let refused = refresh(&local, &granted["refresh_token"]).await;
    assert_eq!(refusal(&refused), (401, "invalid_grant", "Refresh token is invalid"));
    assert_eq!(local.post("/__local/principals/nobody/revoke-sign-ins", json!({})).await.status, 404);
}

#[tokio::test]
async fn the_answer_is_set_from_outside() {
    let local = Local::start().await;
    let change = json!({"sign_in": {"answer": {"as": ADA}, "access_token_ms": 1000}});
    let settings = local.patch("/__local/settings", change).await.ok();
    assert_eq!(settings["sign_in"]["single_use_refresh_tokens"], true);
    assert!(sent_back(&open(&local, &[]).await).1.contains_key("code"));
    local.patch("/__local/settings", json!({"sign_in": {"answer": "ask"}})).await.ok();
    assert_eq!(open(&local, &[]).await.status, 200);
}
