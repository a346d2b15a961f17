//! Requests that a page of another site makes, on every route that exists.

use std::path::Path;

use reqwest::Method;
use reqwest::header::{HOST, ORIGIN};

use crate::support::app::{RunningApp, Variables};

const ID: &str = "00000000-0000-4000-8000-000000000000";

/// The paths of all routes, as the sources declare them: those of the server itself, and those of the
/// subjects below `/api`.
fn routes() -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec!["/".to_owned(), "/assets/none.js".to_owned(), "/api/none".to_owned()];
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let below = path.strip_prefix(&source).expect("below the sources").to_owned();
            if path.is_dir() {
                // Those have servers of their own, or only layers.
                let is_another =
                    ["deploy_page", "http", "workspace"].iter().any(|name| below == Path::new(name));
                if !is_another {
                    folders.push(path);
                }
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let prefix = if below == Path::new("server.rs") { "" } else { "/api" };
            // Those that are described declare their path in the description.
            let described =
                text.split("utoipa::path(").skip(1).map(|rest| rest.split_once("path = ").map(|it| it.1));
            let plain = text.split(".route(").skip(1).map(Some);
            for rest in described.chain(plain) {
                let route = rest.and_then(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
                let route = route.expect("a route's path is a literal");
                found.push(format!("{prefix}{}", filled(route)));
            }
        }
    }
    found
}

/// A route's path with ids for its parameters.
fn filled(route: &str) -> String {
    route.split('/').map(|part| if part.starts_with('{') { ID } else { part }).collect::<Vec<_>>().join("/")
}

async fn status(app: &RunningApp, method: &Method, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = app.client.request(method.clone(), format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").status().as_u16()
}

/// Only for administrators: these tests have none.
const FOR_ADMINISTRATORS: &str = "/api/google/client";
/// A path of the original Tellr that changes something although it is a GET.
const LIKE_A_WRITE: &str = "/api/export/google-slides/auth/url";

const UNSAFE: [Method; 4] = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

#[test]
fn the_routes_are_found() {
    let found = routes();
    let described = format!("/api/sessions/{ID}/patches");
    for known in ["/api/health", "/api/ready", "/api/user/current", "/api/version", "/deploy", &described] {
        assert!(found.iter().any(|route| route == known), "{known} in {found:?}");
    }
}

#[tokio::test]
async fn no_route_on_the_platform_takes_a_write_from_another_sites_page() {
    let app = Variables::local().with("DATABRICKS_APP_NAME", "tellr").serve().await;
    let platform = [
        ("host", "10.0.0.7:8000"),
        ("x-forwarded-host", "tellr-1.aws.databricksapps.com"),
        ("x-forwarded-email", "ada@example.com"),
    ];
    for path in routes() {
        for method in UNSAFE {
            for foreign in [
                vec![],
                vec![("origin", "https://evil.example")],
                vec![("origin", "null")],
                vec![("sec-fetch-site", "cross-site"), ("origin", "https://tellr-1.aws.databricksapps.com")],
            ] {
                let headers = [&platform[..], &foreign].concat();
                assert_eq!(status(&app, &method, &path, &headers).await, 403, "{method} {path} {foreign:?}");
            }
            for own in
                [("origin", "https://tellr-1.aws.databricksapps.com"), ("sec-fetch-site", "same-origin")]
            {
                if path == FOR_ADMINISTRATORS {
                    continue;
                }
                let headers = [&platform[..], &[own]].concat();
                assert_ne!(status(&app, &method, &path, &headers).await, 403, "{method} {path} {own:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_route_on_this_machine_answers_for_another_host() {
    let app = Variables::local().serve().await;
    for path in routes() {
        for method in [&[Method::GET, Method::HEAD][..], &UNSAFE].concat() {
            let evil = [("host", "evil.example"), ("origin", "http://evil.example")];
            assert_eq!(status(&app, &method, &path, &evil).await, 403, "{method} {path}");
        }
        let is_refused = status(&app, &Method::GET, &path, &[]).await == 403;
        assert_eq!(is_refused, path == LIKE_A_WRITE, "{path}");
        for method in UNSAFE {
            let foreign = [("origin", "https://evil.example")];
            assert_eq!(status(&app, &method, &path, &foreign).await, 403, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_refusal_carries_what_every_answer_does() {
    let app = Variables::local().serve().await;
    let request = app.client.get(format!("{}/api/health", app.url)).header(HOST, "evil.example");
    let answer = request.header(ORIGIN, "http://evil.example").send().await.expect("an answer");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(answer.headers().contains_key("x-request-id"));
    let body: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "forbidden");
}

#[tokio::test]
async fn a_listed_name_leads_to_the_app() {
    let app = Variables::local().with("TELLR_HOSTS", "tellr.example.com").serve().await;
    let named = [("host", "tellr.example.com")];
    assert_eq!(status(&app, &Method::GET, "/api/health", &named).await, 200);
}
