//! Who is signed in, as the page asks it.

use axum::body::Body;
use reqwest::Method;
use serde_json::json;

use crate::support::app::client;
use crate::support::page::{Answer, Page};
use crate::support::upstream::Upstream;

const ACCESS: &str = "/api/workspace-access";

#[tokio::test]
async fn the_page_learns_who_is_signed_in_where() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let answer = page.get(ACCESS).await;
    let told = json!({"host": upstream.host, "signed_in": true, "user": "ada@example.com"});
    assert_eq!((answer.status, answer.json()), (200, told));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_credential_that_is_not_accepted_is_told_with_why() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    for status in [401, 403] {
        let refusal = axum::http::Response::builder().status(status).body(Body::empty());
        upstream.answer_next(refusal.expect("a response"));
        let answer = page.get(ACCESS).await.json();
        assert_eq!((&answer["signed_in"], &answer["host"]), (&false.into(), &upstream.host.as_str().into()));
        let problem = answer["problem"].as_str().expect("words");
        assert!(problem.contains(&status.to_string()) && problem.contains("--sign-in"), "{problem}");
        // A profile's token is not renewed in the browser.
        assert_eq!((&answer["user"], &answer["sign_in_url"]), (&json!(null), &json!(null)));
    }
}

#[tokio::test]
async fn a_workspace_that_does_not_answer_says_nothing_about_the_credential() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let busy = axum::http::Response::builder().status(503).body(Body::from("upstream connect error"));
    upstream.answer_next(busy.expect("a response"));
    let answer = page.get(ACCESS).await;
    assert_eq!((answer.status, answer.host_error()), (502, Some("connection")), "{}", answer.body);
    let other = axum::http::Response::new(Body::from("<html>Some other site</html>"));
    upstream.answer_next(other);
    let answer = page.get(ACCESS).await;
    assert_eq!((answer.status, answer.host_error()), (502, Some("refused")), "{}", answer.body);
    assert!(answer.body.contains("check its address"), "{}", answer.body);
}

#[tokio::test]
async fn nobody_else_learns_it() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let url = format!("{}{ACCESS}", page.origin());
    let stranger = client(|builder| builder);
    let attacks = [
        ("without the cookie", 401, stranger.get(&url)),
        ("another origin", 403, page.client.get(&url).header("origin", "https://evil.example")),
        ("another site", 403, page.client.get(&url).header("sec-fetch-site", "cross-site")),
        ("another name", 403, page.client.get(&url).header("host", "evil.example")),
        ("a write", 405, page.fetch(Method::POST, ACCESS).json(&json!({"host": "https://evil.example"}))),
    ];
    for (what, status, request) in attacks {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(!answer.body.contains("ada@example.com"), "{what}: {}", answer.body);
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
    // Nor does the page choose the workspace.
    let other = page.get(&format!("{ACCESS}?host=https://evil.example")).await;
    assert_eq!(other.json()["host"], upstream.host.as_str());
}
