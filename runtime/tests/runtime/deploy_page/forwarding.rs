//! What does pass, and what of the answer comes back.

use std::collections::BTreeSet;

use axum::body::Body;
use deployer::host::Method as Asked;
use deployer::workspace::routes::ROUTES;
use reqwest::{Method, Version};
use serde_json::json;

use crate::support::app::client;
use crate::support::page::{Answer, Page, cookies};
use crate::support::upstream::Upstream;

const METHODS: [(Asked, Method); 4] = [
    (Asked::Get, Method::GET),
    (Asked::Post, Method::POST),
    (Asked::Patch, Method::PATCH),
    (Asked::Delete, Method::DELETE),
];

#[tokio::test]
async fn exactly_what_the_deployer_asks_passes() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let paths: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    for pattern in paths {
        let path = pattern.replace("{}", "a-1%20b");
        for (asked, method) in &METHODS {
            let mut request = page.fetch(method.clone(), &format!("/api/workspace{path}"));
            if matches!(asked, Asked::Post | Asked::Patch) {
                request = request.json(&json!({"from": "page"}));
            }
            let answer = Answer::of(request).await;
            let received = upstream.received();
            if ROUTES.iter().any(|route| route.method == *asked && route.path == pattern) {
                assert_eq!((answer.status, answer.host_error()), (200, None), "{asked} {pattern}");
                assert_eq!(received.len(), 1, "{asked} {pattern}");
                assert_eq!(received[0].line, format!("{method} {path}"));
                let is_change = matches!(asked, Asked::Post | Asked::Patch);
                let sent = if is_change { json!({"from": "page"}) } else { json!(null) };
                assert_eq!(received[0].body, sent, "{asked} {pattern}");
            } else {
                assert_eq!((answer.status, answer.host_error()), (403, Some("refused")), "{asked} {pattern}");
                assert!(received.is_empty(), "{received:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_query_arrives_as_it_was_meant() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let path = "/Workspace/Users/ada@example.com/.apps/a&b=c d%";
    let request = page
        .fetch(Method::GET, "/api/workspace/api/2.0/workspace/export")
        .query(&[("path", path), ("format", "AUTO")]);
    assert_eq!(Answer::of(request).await.status, 200);
    let line = upstream.received_lines().remove(0);
    let query = line.split_once('?').expect("a query").1;
    let uri = format!("/?{query}").parse().expect("an address");
    let axum::extract::Query(pairs) =
        axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).expect("pairs");
    assert_eq!(pairs, [("path".to_owned(), path.to_owned()), ("format".to_owned(), "AUTO".to_owned())]);
}

#[tokio::test]
async fn the_workspaces_refusal_comes_back_as_it_is() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let body = json!({"error_code": "RESOURCE_EXHAUSTED", "message": "<b>Slow down</b>"}).to_string();
    let refusal = axum::http::Response::builder()
        .status(429)
        .header("content-type", "application/json")
        .header("date", "Mon, 23 Nov 2026 15:00:00 GMT")
        .header("retry-after", "7")
        .header("x-databricks-org-id", "42")
        .header("server", "databricks")
        .header("access-control-allow-origin", "*")
        .header("set-cookie", "session=1")
        .body(Body::from(body.clone()));
    upstream.answer_next(refusal.expect("a response"));
    let answer = page.get("/api/workspace/api/2.0/apps/tellr").await;
    assert_eq!((answer.status, answer.body.as_str(), answer.host_error()), (429, body.as_str(), None));
    for (name, value) in [
        ("content-type", "application/json"),
        ("date", "Mon, 23 Nov 2026 15:00:00 GMT"),
        ("retry-after", "7"),
        ("x-databricks-org-id", "42"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    for name in ["server", "access-control-allow-origin", "set-cookie"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_told_apart_from_one_that_refuses() {
    let upstream = Upstream::start().await;
    let mut gone = upstream.clone();
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    gone.host = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let answer = Page::start(&gone).await.get("/api/workspace/api/2.0/apps/tellr").await;
    assert_eq!((answer.status, answer.host_error()), (502, Some("connection")), "{}", answer.body);
    let error: deployer::host::HostError = serde_json::from_str(&answer.body).expect("a host error");
    assert_eq!(error.kind, deployer::host::HostErrorKind::Connection);
}

#[tokio::test]
async fn http_2_is_guarded_alike() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let browser = client(|builder| builder.http2_prior_knowledge().default_headers(cookies(&page.cookie)));
    let get = |host: &str| {
        browser.get(format!("http://{host}/api/workspace/api/2.0/apps/tellr")).version(Version::HTTP_2)
    };
    assert_eq!(Answer::of(get(&page.authority)).await.status, 200);
    assert_eq!(upstream.received_lines(), ["GET /api/2.0/apps/tellr"]);
    let foreign = get(&page.authority).header("origin", "https://evil.example");
    assert_eq!(Answer::of(foreign).await.status, 403);
    let renamed = get(&page.authority).header("host", "evil.example");
    assert_eq!(Answer::of(renamed).await.status, 403);
    assert_eq!(upstream.received_lines(), [""; 0]);
}
