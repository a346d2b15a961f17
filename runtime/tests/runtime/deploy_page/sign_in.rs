//! Signing in in the browser, and what becomes of it.

use axum::http::Response;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::eventually;
use crate::support::page::{Answer, Page};
use crate::support::sign_in::{ACCESS, SIGN_IN, click, link};
use crate::support::upstream::{Upstream, access_token, refresh_token};

const APP: &str = "/api/workspace/api/2.0/apps/tellr";
const DISCOVERY: &str = "GET /oidc/.well-known/oauth-authorization-server";
const TOKEN: &str = "POST /oidc/v1/token";

async fn stage() -> (Upstream, Page) {
    let upstream = Upstream::start().await;
    let page = Page::start_signed_out(&upstream).await;
    (upstream, page)
}

/// With somebody signed in, and the requests for that forgotten.
async fn signed_in() -> (Upstream, Page) {
    let (upstream, page) = stage().await;
    assert_eq!(click(&page).await.come_back().await.status, 200);
    upstream.received();
    (upstream, page)
}

fn refusal(status: u16, body: &serde_json::Value) -> Response<axum::body::Body> {
    Response::builder().status(status).body(body.to_string().into()).expect("a response")
}

fn invalid_refresh_token() -> Response<axum::body::Body> {
    refusal(401, &json!({"error": "invalid_grant", "error_description": "Refresh token is invalid"}))
}

#[tokio::test]
async fn a_link_leads_to_the_workspace_and_back() {
    let (upstream, page) = stage().await;
    let access = page.get(ACCESS).await.json();
    assert_eq!((&access["signed_in"], &access["sign_in_url"]), (&json!(false), &json!(SIGN_IN)));
    assert_eq!(access["host"], upstream.host.as_str());
    let early = page.get(APP).await;
    assert_eq!((early.status, early.host_error()), (401, Some("credential")), "{}", early.body);
    assert_eq!(upstream.received_lines(), [""; 0]);

    let at = click(&page).await;
    assert_eq!(at.address, format!("{}/oidc/v1/authorize", upstream.host));
    for (name, value) in [
        ("client_id", "databricks-cli"),
        ("response_type", "code"),
        ("scope", "all-apis offline_access"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(at.asked[name], value, "{name}");
    }
    let done = at.come_back().await;
    assert!(done.status == 200 && done.body.contains("You are signed in"), "{}", done.body);
    assert!(done.body.contains("href=\"http://127.0.0.1:8000/deploy\""), "{}", done.body);

    let received = upstream.received();
    let lines: Vec<&str> = received.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, [DISCOVERY, TOKEN]);
    let form = &received[1].body;
    assert_eq!(
        (&form["grant_type"], &form["client_id"], &form["code"], &form["redirect_uri"]),
        (&json!("authorization_code"), &json!("databricks-cli"), &json!("planted-code"), &json!(at.back()))
    );
    assert!(at.is_verified_by(form["code_verifier"].as_str().expect("a verifier")));
    assert_eq!(received[1].bearer(), None, "there is nothing to prove who asks but the verifier");

    let told = json!({"host": upstream.host, "signed_in": true, "user": "ada@example.com"});
    assert_eq!(page.get(ACCESS).await.json(), told);
    assert_eq!(page.get(APP).await.status, 200);
    assert_eq!(upstream.received().pop().expect("a request").bearer(), Some(access_token(1).as_str()));
}

#[tokio::test]
async fn a_second_click_is_the_same_attempt() {
    let (_upstream, page) = stage().await;
    let (first, second) = (click(&page).await, click(&page).await);
    assert_eq!((first.state(), first.back()), (second.state(), second.back()));
    assert_eq!(first.come_back().await.status, 200);
    let third = click(&page).await;
    assert_ne!(third.state(), first.state(), "that one is used up");
    assert_eq!(third.come_back().await.status, 200);
}

#[tokio::test]
async fn attempts_side_by_side_have_ports_of_their_own() {
    let (_one, first) = stage().await;
    let (_two, second) = stage().await;
    let (first, second) = (click(&first).await, click(&second).await);
    for at in [&first, &second] {
        let port = at.authority().strip_prefix("localhost:").expect("this machine");
        assert!((8020..=8040).contains(&port.parse().expect("a port")), "{}", at.back());
    }
    assert_ne!(first.back(), second.back());
    // Each takes its own answer and no other.
    let crossed = second.coming_back(&[("code", "planted-code"), ("state", first.state())]);
    assert_eq!(Answer::of(crossed).await.status, 400);
    assert_eq!(second.come_back().await.status, 200);
    assert_eq!(first.come_back().await.status, 200);
}

#[tokio::test]
async fn the_workspaces_refusal_is_told_in_words() {
    let (upstream, page) = stage().await;
    let at = click(&page).await;
    let hostile = "Not today <script>alert(1)</script> & \"never\"";
    let refused = [("error", "access_denied"), ("error_description", hostile), ("state", at.state())];
    let shown = Answer::of(at.coming_back(&refused)).await;
    assert_eq!(shown.status, 400);
    assert!(shown.body.contains("Not today &lt;script&gt;"), "{}", shown.body);
    assert!(!shown.body.contains("<script"), "{}", shown.body);
    let access = page.get(ACCESS).await.json();
    assert_eq!(access["signed_in"], false);
    let problem = access["problem"].as_str().expect("words");
    assert!(problem.contains("Not today <script>") && problem.contains("access_denied"), "{problem}");
    assert_eq!(upstream.received_lines(), [DISCOVERY], "no token was asked for");
    assert!(at.is_over().await, "an answer is an answer");
    // And then it succeeds.
    assert_eq!(click(&page).await.come_back().await.status, 200);
    assert_eq!(page.get(ACCESS).await.json()["signed_in"], true);
}

#[tokio::test]
async fn a_code_that_is_worth_nothing_signs_nobody_in() {
    let (upstream, page) = stage().await;
    let code = "planted-code-of-some-length";
    let repeated = json!({"error": "invalid_grant", "error_description": format!("no code {code}")});
    for (answer, words) in [
        (refusal(400, &repeated), "no code [token] (invalid_grant)"),
        (refusal(503, &json!("upstream connect error")), "no tokens at the moment"),
        (refusal(200, &json!({"access_token": ""})), "to the token request"),
        (refusal(302, &json!({})), "redirects the token request"),
    ] {
        let at = click(&page).await;
        upstream.answer_next(answer);
        let answer = Answer::of(at.coming_back(&[("code", code), ("state", at.state())])).await;
        assert!(answer.status == 400 && answer.body.contains(words), "{}", answer.body);
        let access = page.get(ACCESS).await.json();
        assert!(access["problem"].as_str().is_some_and(|problem| problem.contains(words)), "{access}");
    }
}

#[tokio::test]
async fn a_sign_in_that_cannot_begin_is_told_as_a_page() {
    let (upstream, page) = stage().await;
    let evil = |authorization: &str, token: &str| {
        refusal(200, &json!({"authorization_endpoint": authorization, "token_endpoint": token}))
    };
    for (answer, words) in [
        (refusal(404, &json!({})), "address of a workspace"),
        (refusal(302, &json!({})), "address of a workspace"),
        (refusal(503, &json!({})), "at the moment"),
        (refusal(200, &json!("<html>Some other site</html>")), "address of a workspace"),
        (evil("javascript:alert(1)", "https://x.example/token"), "address of a workspace"),
        (evil("https://x.example/authorize", "http://x.example/token"), "address of a workspace"),
    ] {
        upstream.answer_next(answer);
        let answer = Answer::of(link(&page)).await;
        assert_eq!((answer.status, answer.header("location")), (502, None), "{}", answer.body);
        assert!(answer.body.contains(words) && answer.body.contains("href=\"/deploy\""), "{}", answer.body);
    }
    assert_eq!(click(&page).await.come_back().await.status, 200);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let (upstream, page) = stage().await;
    upstream.set_life(0);
    assert_eq!(click(&page).await.come_back().await.status, 200);
    upstream.set_life(3600);
    upstream.received();
    assert_eq!(page.get(APP).await.status, 200);
    assert_eq!(page.get(APP).await.status, 200);
    let received = upstream.received();
    let lines: Vec<&str> = received.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, [TOKEN, "GET /api/2.0/apps/tellr", "GET /api/2.0/apps/tellr"]);
    let form = &received[0].body;
    assert_eq!(
        (&form["grant_type"], &form["client_id"], &form["refresh_token"]),
        (&json!("refresh_token"), &json!("databricks-cli"), &json!(refresh_token(1)))
    );
    assert_eq!(received[1].bearer(), Some(access_token(2).as_str()));
}

#[tokio::test]
async fn a_token_that_ends_half_way_is_renewed_once_for_all() {
    let (upstream, page) = signed_in().await;
    upstream.revoke();
    // All eight are refused before the first new token is there.
    let stalled = upstream.stall_tokens();
    let requests = join_all((0..8).map(|_| page.get(APP)));
    let all_refused = eventually("all are refused", async || upstream.count("GET /api/2.0/apps/tellr") == 8);
    let release = async {
        all_refused.await;
        stalled.add_permits(8);
    };
    let (answers, ()) = futures_util::join!(requests, release);
    for answer in answers {
        assert_eq!((answer.status, answer.json()), (200, json!({"fine": true})));
    }
    let renewals: Vec<_> = upstream.received().into_iter().filter(|request| request.line == TOKEN).collect();
    assert_eq!(renewals.len(), 1);
    assert_eq!(renewals[0].body["refresh_token"], json!(refresh_token(1)));
    // The next time it is the next one.
    upstream.revoke();
    assert_eq!(page.get(APP).await.status, 200);
    let renewal = upstream.received().into_iter().find(|request| request.line == TOKEN);
    assert_eq!(renewal.expect("a renewal").body["refresh_token"], json!(refresh_token(2)));
}

#[tokio::test]
async fn a_write_is_sent_again_as_it_was() {
    let (upstream, page) = signed_in().await;
    upstream.revoke();
    let body = json!({"path": "/Workspace/Users/ada@example.com/.apps"});
    assert_eq!(page.post("/api/workspace/api/2.0/workspace/mkdirs", &body).await.status, 200);
    let mut received = upstream.received();
    received.retain(|request| request.line != TOKEN);
    assert_eq!(received.len(), 2);
    assert!(received.iter().all(|request| request.body == body), "{received:?}");
}

#[tokio::test]
async fn a_renewal_that_is_refused_ends_the_sign_in_and_another_one_begins_it() {
    let (upstream, page) = signed_in().await;
    upstream.revoke();
    upstream.answer_next(refusal(401, &json!({"error_code": "UNAUTHENTICATED"})));
    upstream.answer_next(invalid_refresh_token());
    let ended = page.get(APP).await;
    assert_eq!((ended.status, ended.host_error()), (401, Some("credential")), "{}", ended.body);
    for words in ["has ended", "Refresh token is invalid", "Sign in again"] {
        assert!(ended.body.contains(words), "{}", ended.body);
    }
    upstream.received();
    let access = page.get(ACCESS).await.json();
    assert_eq!((&access["signed_in"], &access["sign_in_url"]), (&json!(false), &json!(SIGN_IN)));
    assert!(access["problem"].as_str().is_some_and(|problem| problem.contains("has ended")), "{access}");
    assert_eq!(page.get(APP).await.status, 401);
    assert_eq!(upstream.received_lines(), [""; 0], "a refused token is not tried again");

    assert_eq!(click(&page).await.come_back().await.status, 200);
    assert_eq!(page.get(APP).await.status, 200);
}

#[tokio::test]
async fn a_bad_moment_of_the_token_endpoint_ends_nothing() {
    let (upstream, page) = signed_in().await;
    for status in [429, 503] {
        upstream.revoke();
        upstream.answer_next(refusal(401, &json!({"error_code": "UNAUTHENTICATED"})));
        upstream.answer_next(refusal(status, &json!({})));
        let busy = page.get(APP).await;
        assert_eq!((busy.status, busy.host_error()), (502, Some("connection")), "{}", busy.body);
        assert_eq!(page.get(APP).await.status, 200);
    }
}

#[tokio::test]
async fn who_goes_away_does_not_take_the_new_token_along() {
    let (upstream, page) = signed_in().await;
    upstream.revoke();
    let stalled = upstream.stall_tokens();
    let impatient = tokio::spawn(page.fetch(Method::GET, APP).send());
    eventually("a token is asked for", async || upstream.count(TOKEN) == 1).await;
    impatient.abort();
    assert!(impatient.await.is_err_and(|error| error.is_cancelled()));
    // A single-use token that was used, and whose answer is lost, would end the sign-in.
    stalled.add_permits(1);
    assert_eq!(page.get(APP).await.status, 200);
    assert_eq!(upstream.count(TOKEN), 1);
}

#[tokio::test]
async fn without_a_refresh_token_it_ends_with_the_access_token() {
    let (upstream, page) = stage().await;
    let at = click(&page).await;
    upstream.answer_next(refusal(200, &json!({"access_token": access_token(9), "expires_in": 0})));
    assert_eq!(at.come_back().await.status, 200);
    let ended = page.get(APP).await;
    assert_eq!((ended.status, ended.host_error()), (401, Some("credential")), "{}", ended.body);
    assert!(ended.body.contains("can't be renewed"), "{}", ended.body);
}

#[tokio::test]
async fn where_the_server_has_a_credential_nobody_signs_in() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let answer = Answer::of(link(&page)).await;
    assert_eq!((answer.status, answer.host_error()), (403, Some("refused")), "{}", answer.body);
    assert_eq!(upstream.received_lines(), [""; 0]);
}
