//! What refusals have in common: their details, and words that name the field.

use reqwest::Method;
use serde_json::json;

use crate::support::{ADA, Local};

#[tokio::test]
async fn every_refusal_carries_the_id_of_its_request() {
    let local = Local::start().await;
    let unknown = local.get("/api/2.0/no/such").await;
    let missing = local.get("/api/2.0/apps/none").await;
    let anonymous = local.send(local.request(Method::GET, "/api/2.0/apps")).await;
    for refused in [unknown, missing, anonymous] {
        refused.refusal();
        let detail = refused.json["details"].as_array().and_then(|all| all.last()).expect("details");
        assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.RequestInfo");
        assert_eq!(detail["request_id"], refused.headers["x-request-id"].to_str().expect("text"));
        assert_eq!(detail["serving_data"], "");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_named_without_the_parsers_words() {
    let local = Local::start().await;
    let told = |answer: &crate::support::Answer| {
        let (status, code, message) = answer.refusal();
        (status, code.to_owned(), message.to_owned())
    };
    let wrong = local.post("/api/2.0/workspace/delete", json!({"path": "/x", "recursive": "yes"})).await;
    let expected = "Could not parse request object: invalid value for field 'recursive'.";
    assert_eq!(told(&wrong), (400, "MALFORMED_REQUEST".into(), expected.into()));

    let broken = local.request_by(ADA, Method::POST, "/api/2.0/workspace/delete").body("{\"path\": ");
    let expected = "Could not parse request object: the body is not valid JSON.";
    assert_eq!(told(&local.send(broken).await), (400, "MALFORMED_REQUEST".into(), expected.into()));

    let query = local.get("/api/2.0/apps?page_size=many").await;
    let expected = "Could not parse query parameters: invalid value for field 'page_size'.";
    assert_eq!(told(&query), (400, "INVALID_PARAMETER_VALUE".into(), expected.into()));
    let query = local.get("/api/2.0/postgres/projects?page_size=-1").await;
    assert_eq!(told(&query), (400, "INVALID_PARAMETER_VALUE".into(), expected.into()));

    let not_text = local.get("/api/2.0/apps/%ff").await;
    assert_eq!(not_text.refusal().1, "BAD_REQUEST");
}

#[tokio::test]
async fn a_trailing_slash_is_the_same_call() {
    let local = Local::start().await;
    for path in ["/api/2.0/apps", "/api/2.0/preview/scim/v2/Me", "/api/2.0/preview/scim/v2/Users"] {
        let plain = local.get(path).await.ok();
        assert_eq!(local.get(&format!("{path}/")).await.ok(), plain);
    }
    let discovery = local.request(Method::GET, "/oidc/.well-known/oauth-authorization-server/");
    local.send(discovery).await.ok();
}
