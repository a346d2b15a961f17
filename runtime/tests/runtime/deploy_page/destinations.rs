//! Attacks on where a request goes; nothing may reach anything else than the deployer asks for.

use axum::body::Body;
use reqwest::Method;
use serde_json::json;

use super::guards::{APP, MKDIRS, assert_refused, stage};
use crate::support::page::Answer;
use crate::support::upstream::Upstream;

#[tokio::test]
async fn what_the_deployer_does_not_ask_is_not_asked() {
    let (upstream, page) = stage().await;
    for path in [
        "/api/2.0/token/list",
        "/api/2.0/postgres/credentials",
        "/api/2.0/database/credentials",
        "/api/2.0/apps?include=all",
        "/api/2.0/preview/scim/v2/Users/7",
        "/api/2.0/preview/scim/v2/Users?startIndex=1",
        "/oidc/v1/token",
        "/",
        "//api/2.0/apps/tellr",
        "/api/2.0/apps/tellr/",
        "/api/2.0/apps/tellr?expand=all",
        "/api/2.0/secrets/list?scope=a&scope=b",
    ] {
        let answer = page.get(&format!("/api/workspace{path}")).await;
        assert_refused(&upstream, &answer, 403, path);
    }
    for path in ["/api/workspace", "/api/workspace-schemas"] {
        assert_ne!(page.get(path).await.status, 200, "{path}");
    }
    assert_refused(&upstream, &page.get("/api/workspace-schema").await, 405, "a read of the schema's path");
    for (method, path) in
        [(Method::DELETE, MKDIRS), (Method::POST, APP), (Method::PATCH, APP), (Method::PUT, APP)]
    {
        let answer = Answer::of(page.fetch(method.clone(), path).json(&json!({}))).await;
        assert_refused(&upstream, &answer, 403, &format!("{method} {path}"));
    }
}

#[tokio::test]
async fn a_path_can_not_be_spelt_around_the_table() {
    let (upstream, page) = stage().await;
    for path in [
        "/api/workspace/api/2.0/apps/..",
        "/api/workspace/api/2.0/apps/../token/list",
        "/api/workspace/../workspace/api/2.0/apps/../token/list",
        "/api/workspace/api/2.0/apps/%2e%2e",
        "/api/workspace/api/2.0/apps/%2E%2E%2Ftoken%2Flist",
        "/api/workspace/api/2.0/apps/..%2ftoken%2flist",
        "/api/workspace/api/2.0/apps/..%5ctoken%5clist",
        "/api/workspace/api/2.0/apps/%252e%252e",
        "/api/workspace/api/2.0/apps/a%2Fdeployments",
        "/api/workspace/api/2.0/apps/a%00",
        "/api/workspace/api/2.0/apps/a%0d%0aX-Injected:%201",
        "/api/workspace/api/2.0/apps/a;b",
        "/api/workspace/api/2.0/apps/@evil.example",
    ] {
        let (status, answer) = page.raw_get(path).await;
        assert_eq!(status, 403, "{path}: {answer}");
        assert!(answer.contains("tellr-host-error: refused"), "{path}: {answer}");
        assert_eq!(upstream.received_lines(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn no_other_host_is_reached() {
    let (upstream, page) = stage().await;
    let elsewhere = Upstream::start().await;
    let other = elsewhere.host.trim_start_matches("http://");
    for path in [
        format!("/api/workspace/http://{other}/api/2.0/apps/tellr"),
        format!("/api/workspace//{other}/api/2.0/apps/tellr"),
        format!("/api/workspace@{other}/api/2.0/apps/tellr"),
        format!("/api/workspace/@{other}/api/2.0/apps/tellr"),
        format!("/api/workspace/.{other}/api/2.0/apps/tellr"),
        format!("http://{other}/api/workspace/api/2.0/apps/tellr"),
        format!("http://{other}/api/2.0/apps/tellr"),
    ] {
        let (status, answer) = page.raw_get(&path).await;
        assert!(status == 403 || !answer.contains("fine"), "{path}: {answer}");
        assert_eq!(elsewhere.received_lines(), [""; 0], "{path}");
        assert_eq!(upstream.received_lines(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_leads_the_page_nowhere() {
    let (upstream, page) = stage().await;
    let elsewhere = Upstream::start().await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/api/2.0/apps/tellr", elsewhere.host);
        let redirect = axum::http::Response::builder().status(status).header("location", location);
        upstream.answer_next(redirect.body(Body::empty()).expect("a response"));
        let answer = page.get(APP).await;
        assert_eq!((answer.status, answer.host_error()), (502, Some("refused")), "{status}: {}", answer.body);
        assert_eq!(answer.header("location"), None, "{status}");
        assert_eq!(upstream.received_lines().len(), 1, "{status}");
        assert_eq!(elsewhere.received_lines(), [""; 0], "{status}");
    }
}
