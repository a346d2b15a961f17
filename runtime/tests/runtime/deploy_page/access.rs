//! `tellr-app serve` deploys as the signed-in user, if that is a workspace admin.

use axum::body::Body;
use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::app::{RunningApp, Variables};
use crate::support::page::Answer;
use crate::support::upstream::{ADMIN, USER, Upstream};

const APP: &str = "/api/workspace/api/2.0/apps/tellr";
const ME: &str = "GET /api/2.0/preview/scim/v2/Me";

async fn stage() -> (Upstream, RunningApp) {
    let upstream = Upstream::start().await;
    let app = Variables::local()
        .with("DATABRICKS_APP_NAME", "tellr")
        .with("DATABRICKS_HOST", &upstream.host)
        .serve()
        .await;
    (upstream, app)
}

/// As the platform's proxy sends it for somebody.
fn request(app: &RunningApp, path: &str, token: &str) -> RequestBuilder {
    app.client
        .get(format!("{}{path}", app.url))
        .header("x-forwarded-host", "tellr-1.example.com")
        .header("x-forwarded-email", "ada@example.com")
        .header("x-forwarded-access-token", token)
        .header("sec-fetch-site", "same-origin")
}

#[tokio::test]
async fn an_admin_deploys_as_herself() {
    let (upstream, app) = stage().await;
    for _ in 0..2 {
        let answer = Answer::of(request(&app, APP, ADMIN)).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"fine": true})));
    }
    let received = upstream.received();
    let lines: Vec<&str> = received.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, [ME, "GET /api/2.0/apps/tellr", "GET /api/2.0/apps/tellr"], "she is asked for once");
    for request in received {
        assert_eq!(request.headers["authorization"], format!("Bearer {ADMIN}"));
    }
}

#[tokio::test]
async fn others_deploy_nothing() {
    let (upstream, app) = stage().await;
    for (token, status, kind) in
        [(USER, 403, "refused"), ("planted-token-of-nobody-012345", 401, "credential")]
    {
        for path in [
            APP,
            "/api/workspace/api/2.0/preview/scim/v2/Me",
            "/api/workspace-access",
            "/api/workspace-access/sign-in",
        ] {
            let answer = Answer::of(request(&app, path, token)).await;
            assert_eq!((answer.status, answer.host_error()), (status, Some(kind)), "{}", answer.body);
            assert_eq!(upstream.received_lines(), [ME]);
        }
        let schema = request(&app, "/api/workspace-schema", token).build().expect("a request");
        let schema = app.client.post(schema.url().as_str()).headers(schema.headers().clone());
        let schema = schema.header("origin", "https://tellr-1.example.com").json(&json!({}));
        assert_eq!(Answer::of(schema).await.status, status);
        assert_eq!(upstream.received_lines(), [ME]);
    }
}

#[tokio::test]
async fn a_busy_workspace_is_not_a_refusal() {
    let (upstream, app) = stage().await;
    let busy = axum::http::Response::builder().status(503).body(Body::from("upstream connect error"));
    upstream.answer_next(busy.expect("a response"));
    let answer = Answer::of(request(&app, APP, ADMIN)).await;
    assert_eq!((answer.status, answer.host_error()), (502, Some("connection")), "{}", answer.body);
    assert_eq!(Answer::of(request(&app, APP, ADMIN)).await.status, 200);
}

#[tokio::test]
async fn without_the_users_token_nothing_is_asked() {
    let (upstream, app) = stage().await;
    for token in ["", " ", &"x".repeat(9000)] {
        let answer = Answer::of(request(&app, APP, token)).await;
        assert_eq!((answer.status, answer.host_error()), (401, Some("credential")), "{}", answer.body);
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn off_the_platform_nobodys_token_is_believed() {
    let upstream = Upstream::start().await;
    for environment in ["production", "development"] {
        let app = Variables::local()
            .with("DATABRICKS_HOST", &upstream.host)
            .with("ENVIRONMENT", environment)
            .serve()
            .await;
        for path in [APP, "/api/workspace-access", "/api/workspace-access/sign-in"] {
            let answer = Answer::of(request(&app, path, ADMIN)).await;
            assert_eq!((answer.status, answer.host_error()), (403, Some("refused")), "{}", answer.body);
            assert!(answer.body.contains("tellr-app deploy-page"), "{}", answer.body);
        }
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn another_pages_write_is_refused_on_the_platform_as_well() {
    let (upstream, app) = stage().await;
    let url = format!("{}/api/workspace/api/2.0/workspace/mkdirs", app.url);
    let write = |origin: &str| {
        app.client
            .post(&url)
            .header("x-forwarded-host", "tellr-1.example.com")
            .header("x-forwarded-access-token", ADMIN)
            .header("origin", origin)
            .json(&json!({"path": "/"}))
    };
    let answer = Answer::of(write("https://evil.example")).await;
    assert_eq!((answer.status, answer.host_error()), (403, Some("refused")));
    assert_eq!(upstream.received_lines(), [""; 0]);
    assert_eq!(Answer::of(write("https://tellr-1.example.com")).await.status, 200);
}
