//! What holds for every answer.

use reqwest::{Method, Version};

use crate::support::app::{Variables, client};

#[tokio::test]
async fn health_and_version_need_nothing() {
    // No platform, no identity, and a schema that does not exist.
    let app = Variables::local().with("ENVIRONMENT", "production").serve().await;
    assert_eq!(app.json("/api/health").await, (200, serde_json::json!({"status": "ok"})));
    let (status, version) = app.json("/api/version").await;
    assert_eq!(status, 200);
    assert_eq!(version["name"], "tellr-app");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(version.as_object().is_some_and(|object| object.contains_key("commit")));
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_on_the_same_port() {
    let app = Variables::local().serve().await;
    let http2 = client(reqwest::ClientBuilder::http2_prior_knowledge);
    for path in ["/", "/api/health"] {
        let answer = http2.get(format!("{}{path}", app.url)).send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2), "{path}");
        let answer = app.get(path).await;
        assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_11), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = Variables::local().serve().await;
    for path in ["/", "/assets/none.js", "/api/health", "/api/none"] {
        let answer = app.get(path).await;
        let header =
            |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        // The page itself compiles WebAssembly, which runs no script.
        let policy = header("content-security-policy").replace("'wasm-unsafe-eval'", "");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        for unsafe_source in ["unsafe-inline", "unsafe-eval", "http:", "*"] {
            assert!(!policy.contains(unsafe_source), "{path}: {policy}");
        }
    }
}

#[tokio::test]
async fn answers_of_the_api_are_not_stored() {
    let app = Variables::local().serve().await;
    let answer = app.get("/api/user/current").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn a_wrong_method_is_told_as_json() {
    let app = Variables::local().serve().await;
    for (path, body_is_json) in [("/api/health", true), ("/", false)] {
        let request = app.client.request(Method::POST, format!("{}{path}", app.url));
        let answer = request.header("origin", &app.url).send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "{path}");
        assert_eq!(answer.headers()["allow"], "GET,HEAD", "{path}");
        if body_is_json {
            let body: serde_json::Value = answer.json().await.expect("JSON");
            assert_eq!(body["error"]["code"], "method_not_allowed");
        }
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused() {
    let app = Variables::local().serve().await;
    let answer = app
        .client
        .post(format!("{}/api/health", app.url))
        .header("origin", &app.url)
        .body(vec![b'x'; 2 * 1024 * 1024])
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 413);
    let body: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "too_large");
}

#[tokio::test]
async fn a_request_keeps_the_id_the_proxy_gave_it() {
    let app = Variables::local().serve().await;
    let answer = app.get_with("/api/health", &[("x-request-id", "proxy-1")]).await;
    assert_eq!(answer.headers()["x-request-id"], "proxy-1");
    let forged = app.get_with("/api/health", &[("x-request-id", "a b {}")]).await;
    let id = forged.headers()["x-request-id"].to_str().expect("text");
    assert_eq!(id.len(), 36, "{id} is not an id of our own");
}
