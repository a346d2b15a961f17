//! Each test attacks; nothing may reach the workspace.

use axum::body::Body;
use axum::http::StatusCode;
use reqwest::Method;
use serde_json::json;

use crate::support::app::client;
use crate::support::page::{Answer, Page};
use crate::support::upstream::{TOKEN, Upstream};

pub(super) const APP: &str = "/api/workspace/api/2.0/apps/tellr";
pub(super) const MKDIRS: &str = "/api/workspace/api/2.0/workspace/mkdirs";

pub(super) async fn stage() -> (Upstream, Page) {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    (upstream, page)
}

/// That the server refused by itself and asked nobody.
pub(super) fn assert_refused(upstream: &Upstream, answer: &Answer, status: u16, what: &str) {
    assert_eq!((answer.status, answer.host_error()), (status, Some("refused")), "{what}: {}", answer.body);
    assert_eq!(answer.json()["kind"], "refused", "{what}");
    assert_eq!(upstream.received_lines(), [""; 0], "{what}");
}

#[tokio::test]
async fn another_pages_request_is_refused() {
    let (upstream, page) = stage().await;
    let port = page.authority.rsplit(':').next().expect("a port");
    let mut other_origins = vec![
        "https://evil.example".to_owned(),
        "null".to_owned(),
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        // Another name of this very machine is another origin.
        format!("http://localhost:{port}"),
        format!("https://127.0.0.1:{port}.evil.example"),
        String::new(),
    ];
    other_origins.push(format!("{} https://evil.example", page.origin()));
    for origin in &other_origins {
        for method in [Method::GET, Method::POST] {
            let path = if method == Method::GET { APP } else { MKDIRS };
            let mut request = page.client.request(method, format!("{}{path}", page.origin()));
            request = request.header("origin", origin).json(&json!({"path": "/"}));
            assert_refused(&upstream, &Answer::of(request).await, 403, origin);
        }
    }
    for site in ["cross-site", "same-site", "none"] {
        let request = page.client.get(format!("{}{APP}", page.origin())).header("sec-fetch-site", site);
        assert_refused(&upstream, &Answer::of(request).await, 403, site);
    }
}

#[tokio::test]
async fn a_write_says_from_which_page_it_comes() {
    let (upstream, page) = stage().await;
    let url = |path| format!("{}{path}", page.origin());
    let post = page.client.post(url(MKDIRS)).json(&json!({"path": "/"}));
    assert_refused(&upstream, &Answer::of(post).await, 403, "POST");
    assert_refused(&upstream, &Answer::of(page.client.delete(url(APP))).await, 403, "DELETE");
    let schema = page.client.post(url("/api/workspace-schema")).json(&json!({}));
    assert_refused(&upstream, &Answer::of(schema).await, 403, "schema");
    let twice = page.fetch(Method::POST, MKDIRS).header("origin", "https://evil.example").json(&json!({}));
    assert_refused(&upstream, &Answer::of(twice).await, 403, "two origins");
}

#[tokio::test]
async fn a_form_of_another_site_can_not_post() {
    let (upstream, page) = stage().await;
    let body = r#"{"path": "/Workspace/Shared"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let form = |request: reqwest::RequestBuilder| request.header("content-type", kind).body(body);
        let foreign = form(page.client.post(format!("{}{MKDIRS}", page.origin())))
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        assert_refused(&upstream, &Answer::of(foreign).await, 403, kind);
        // Even if it came from the page itself.
        for path in [MKDIRS, "/api/workspace-schema"] {
            let own = form(page.fetch(Method::POST, path));
            assert_refused(&upstream, &Answer::of(own).await, 415, kind);
        }
    }
    let untyped = page.fetch(Method::POST, MKDIRS).body(body);
    assert_refused(&upstream, &Answer::of(untyped).await, 415, "no type");
}

#[tokio::test]
async fn another_page_is_not_let_in_by_asking_first() {
    let (upstream, page) = stage().await;
    for (method, path) in [
        (Method::POST, MKDIRS),
        (Method::DELETE, APP),
        (Method::POST, "/api/workspace-schema"),
        (Method::GET, "/api/workspace-access"),
    ] {
        for origin in ["https://evil.example", "null", &page.origin()] {
            let asking = page
                .client
                .request(Method::OPTIONS, format!("{}{path}", page.origin()))
                .header("origin", origin)
                .header("access-control-request-method", method.as_str())
                .header("access-control-request-headers", "content-type");
            let answer = Answer::of(asking).await;
            assert_ne!(answer.status, 200, "{method} {path} {origin}");
            let allowed = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(allowed, None, "{method} {path} {origin}");
            assert_eq!(upstream.received_lines(), [""; 0], "{method} {path} {origin}");
        }
    }
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_not_served() {
    let (upstream, page) = stage().await;
    let port = page.authority.rsplit(':').next().expect("a port");
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        // This machine, but another server on it, as a page of that one would ask.
        "127.0.0.1".to_owned(),
        "localhost:1".to_owned(),
    ] {
        for path in [
            "/deploy",
            &page.entrance,
            "/",
            "/api/health",
            APP,
            "/api/workspace-schema",
            "/api/workspace-access",
            "/api/workspace-access/sign-in",
        ] {
            let request = page.client.get(format!("{}{path}", page.origin())).header("host", &host);
            let request = request.header("origin", format!("http://{host}"));
            assert_refused(&upstream, &Answer::of(request).await, 403, &format!("{host} {path}"));
        }
    }
    let without = format!("GET {APP} HTTP/1.0\r\n\r\n");
    let (status, answer) = page.raw(&without).await;
    assert_eq!(status, 403, "{answer}");
    assert_eq!(upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn others_on_the_machine_get_nothing_from_the_workspace() {
    let (upstream, page) = stage().await;
    let (other_upstream, other) = stage().await;
    let port = page.authority.rsplit(':').next().expect("a port");
    let stranger = client(|builder| builder.redirect(reqwest::redirect::Policy::none()));
    let wrong = [
        String::new(),
        format!("tellr-deploy-{port}="),
        format!("tellr-deploy-{port}=guessed"),
        // Let in elsewhere.
        format!("tellr-deploy-{port}={}", other.entrance.rsplit('=').next().expect("a key")),
    ];
    for cookie in wrong {
        for (method, path) in [
            (Method::GET, APP),
            (Method::POST, MKDIRS),
            (Method::POST, "/api/workspace-schema"),
            (Method::GET, "/api/workspace-access"),
            (Method::GET, "/api/workspace-access/sign-in"),
        ] {
            let mut request = stranger
                .request(method.clone(), format!("{}{path}", page.origin()))
                .header("cookie", &cookie)
                .header("origin", page.origin());
            if method == Method::POST {
                request = request.json(&json!({"path": "/"}));
            }
            let answer = Answer::of(request).await;
            assert_eq!((answer.status, answer.host_error()), (401, Some("credential")), "{cookie} {path}");
            assert!(answer.body.contains("tellr-app deploy-page"), "{}", answer.body);
        }
    }
    for key in ["", "guessed", other.entrance.rsplit('=').next().expect("a key")] {
        let answer = Answer::of(stranger.get(format!("{}/deploy?key={key}", page.origin()))).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (303, None), "{key}");
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
    assert_eq!(other_upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let (_upstream, page) = stage().await;
    let cookie = page.entered.header("set-cookie").expect("a cookie");
    for attribute in ["; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(page.entered.header("cache-control"), Some("no-store"));
    let port = page.authority.rsplit(':').next().expect("a port");
    assert!(cookie.starts_with(&format!("tellr-deploy-{port}=")), "{cookie}");
    let key = page.entrance.rsplit('=').next().expect("a key");
    assert!(key.len() >= 43, "a key of 32 bytes");
    assert!(!page.get("/deploy").await.body.contains(key));
    assert!(!cookie.contains(key), "what is in the browser's history is not what lets it in");
}

#[tokio::test]
async fn a_key_counts_once() {
    let (upstream, page) = stage().await;
    let late = client(|builder| builder.redirect(reqwest::redirect::Policy::none()));
    let answer = Answer::of(late.get(format!("{}{}", page.origin(), page.entrance))).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/deploy")));
    assert_eq!(answer.header("set-cookie"), None);
    // Nor is the key itself what the cookie holds.
    let key = page.entrance.rsplit('=').next().expect("a key");
    let name = page.cookie.split('=').next().expect("a name");
    for cookie in [String::new(), format!("{name}={key}")] {
        let request = late.get(format!("{}{APP}", page.origin())).header("cookie", &cookie);
        let answer = Answer::of(request).await;
        assert_eq!((answer.status, answer.host_error()), (401, Some("credential")), "{cookie}");
        assert!(answer.body.contains("works once"), "{}", answer.body);
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
    assert_eq!(page.get(APP).await.status, 200, "the first browser is not sent away");
}

#[tokio::test]
async fn another_site_opens_no_websocket() {
    let (upstream, page) = stage().await;
    let request = page
        .client
        .get(format!("{}{APP}", page.origin()))
        .header("origin", "https://evil.example")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    assert_refused(&upstream, &Answer::of(request).await, 403, "websocket");
}

#[tokio::test]
async fn no_header_of_the_page_is_passed_on() {
    let (upstream, page) = stage().await;
    let request = page
        .fetch(Method::GET, APP)
        .header("authorization", "Bearer mine")
        .header("cookie", format!("session=1; {}", page.cookie))
        .header("x-forwarded-for", "10.0.0.1")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-access-token", "mine")
        .header("x-databricks-org-id", "1")
        .header("te", "trailers")
        .header("upgrade", "websocket")
        .header("proxy-authorization", "Basic mine")
        .header("x-anything", "1");
    assert_eq!(Answer::of(request).await.status, 200);
    let received = upstream.received();
    let [request] = received.as_slice() else { panic!("{received:?}") };
    let mut names: Vec<&str> = request.headers.keys().map(axum::http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(format!("http://{}", request.headers["host"].to_str().expect("text")), upstream.host);
}

#[tokio::test]
async fn a_line_break_in_a_header_or_a_value_makes_no_header() {
    let (upstream, page) = stage().await;
    let host = &page.authority;
    let (status, _) = page
        .raw(&format!(
            "GET {APP} HTTP/1.1\r\nHost: {host}\r\nX-A: b\rX-Injected: 1\r\nConnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!(status, 400);
    assert_eq!(upstream.received_lines(), [""; 0]);
    let list = "/api/workspace/api/2.0/secrets/list?scope=a%0d%0aX-Injected:%201%0d%0a";
    assert_eq!(page.get(list).await.status, 200);
    let received = upstream.received();
    assert_eq!(received[0].line, "GET /api/2.0/secrets/list?scope=a%0D%0AX-Injected%3A+1%0D%0A");
    assert!(!received[0].headers.contains_key("x-injected"));
}

#[tokio::test]
async fn a_body_has_a_size() {
    let (upstream, page) = stage().await;
    let import = "/api/workspace/api/2.0/workspace/import";
    let wheel = json!({"path": "/w.whl", "content": "A".repeat(14 * 1024 * 1024)});
    assert_eq!(page.post(import, &wheel).await.status, 200);
    assert_eq!(upstream.received()[0].body, wheel);
    // Told in advance, and found out on the way.
    let host = &page.authority;
    let head = format!(
        "POST {import} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n",
        page.origin(),
        page.cookie
    );
    let (status, answer) = page.raw(&format!("{head}Content-Length: 17000000\r\n\r\n")).await;
    assert_eq!(status, 413, "{answer}");
    let schema = page.post("/api/workspace-schema", &json!({"at": "A".repeat(100_000)})).await;
    assert_eq!((schema.status, schema.host_error()), (413, Some("refused")));
    let chunks = futures_util::stream::iter((0..70).map(|_| Ok::<_, std::io::Error>([b' '; 1024].to_vec())));
    let untold = page
        .fetch(Method::POST, "/api/workspace-schema")
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunks));
    let untold = Answer::of(untold).await;
    assert_eq!((untold.status, untold.host_error()), (413, Some("refused")));
    assert_eq!(upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn a_body_is_json() {
    let (upstream, page) = stage().await;
    for body in ["{", "\u{0}", "path=/Workspace", "{} {}"] {
        let request = page.fetch(Method::POST, MKDIRS).header("content-type", "application/json").body(body);
        assert_refused(&upstream, &Answer::of(request).await, 400, body);
    }
}

#[tokio::test]
async fn an_answer_has_a_size() {
    let (upstream, page) = stage().await;
    upstream.answer_next(axum::http::Response::new(Body::from(vec![b'x'; 17 * 1024 * 1024])));
    let answer = page.get(APP).await;
    assert_eq!((answer.status, answer.host_error()), (502, Some("refused")));
    assert!(answer.body.contains("answer is larger than"), "{}", answer.body);
}

#[tokio::test]
async fn a_workspace_that_repeats_the_token_does_not_bring_it_to_the_page() {
    let (upstream, page) = stage().await;
    for status in [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::BAD_GATEWAY] {
        let echo = axum::http::Response::builder()
            .status(status)
            .header("content-type", "text/html")
            .header("retry-after", TOKEN)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("set-cookie", format!("session={TOKEN}"))
            .header("x-echo", TOKEN)
            .body(Body::from(format!("<pre>Authorization: Bearer {TOKEN}</pre>")));
        upstream.answer_next(echo.expect("a response"));
        // Every answer in these tests is searched for the token.
        let answer = page.get(APP).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status.as_u16(), "<pre>Authorization: Bearer [token]</pre>")
        );
        for name in ["authorization", "set-cookie", "x-echo"] {
            assert_eq!(answer.header(name), None, "{name}");
        }
        // Opened as a page, it is one that can do nothing.
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'; sandbox"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}
