//! Pages of another origin: let in by nobody, until somebody says which.

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::support::{ADA, Local};

const APPS: &str = "/api/2.0/apps";
const PAGE: &str = "http://127.0.0.1:5173";

/// What a page of `origin` gets: status and headers, of the question beforehand and of the request.
async fn asked_by(local: &Local, origin: &str) -> [(u16, HeaderMap); 2] {
    let beforehand = local
        .request(Method::OPTIONS, APPS)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization,content-type");
    let beforehand = local.send(beforehand).await;
    let answer = local.send(local.request_by(ADA, Method::GET, APPS).header("Origin", origin)).await;
    [beforehand, answer].map(|answer| (answer.status.as_u16(), answer.headers))
}

fn lets_in(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|origin| origin.to_str().expect("text"))
}

#[tokio::test]
async fn like_the_platform_it_lets_no_page_in_at_first() {
    let local = Local::start().await;
    let [(beforehand, headers), (status, answered)] = asked_by(&local, PAGE).await;
    assert_eq!((beforehand, lets_in(&headers)), (401, None), "a browser asks without a credential");
    assert_eq!((status, lets_in(&answered)), (200, None));
}

#[tokio::test]
async fn one_origin_is_let_in_and_may_read_what_a_client_goes_by() {
    let local = Local::start().await;
    local.set(|settings| settings.features.cors_origin = Some(PAGE.to_owned()));
    let [(beforehand, headers), (status, answered)] = asked_by(&local, PAGE).await;
    assert_eq!((beforehand, lets_in(&headers)), (204, Some(PAGE)));
    let allowed = |name: &str| headers[name].to_str().expect("text").to_lowercase();
    for method in ["get", "post", "patch", "delete"] {
        assert!(allowed("access-control-allow-methods").contains(method));
    }
    for header in ["authorization", "content-type"] {
        assert!(allowed("access-control-allow-headers").contains(header));
    }
    assert_eq!((status, lets_in(&answered)), (200, Some(PAGE)));
    let exposed = answered["access-control-expose-headers"].to_str().expect("text");
    assert!(exposed.contains("date") && exposed.contains("retry-after"), "{exposed}");
    assert_eq!(answered["vary"], "origin");
    let [(beforehand, headers), (status, answered)] = asked_by(&local, "http://127.0.0.1:5174").await;
    assert_eq!((beforehand, lets_in(&headers)), (401, None), "and no other");
    assert_eq!((status, lets_in(&answered)), (200, None));
}

#[tokio::test]
async fn an_asterisk_lets_all_in_and_refusals_can_be_read_as_well() {
    let local = Local::start().await;
    local.set(|settings| settings.features.cors_origin = Some("*".to_owned()));
    let missing = local.request_by(ADA, Method::GET, "/api/2.0/apps/nowhere").header("Origin", "null");
    let answer = local.send(missing).await;
    assert_eq!((answer.status.as_u16(), lets_in(&answer.headers)), (404, Some("null")));
}
