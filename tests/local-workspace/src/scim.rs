//! Who I am and who else is here, in SCIM's own shape: camel case, and errors unlike everybody
//! else's.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Caller, Params};
use crate::identity::{Principal, Right};
use crate::workspace::Workspace;

/// `/api/2.0/preview/scim/v2/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/preview/scim/v2/Me", get(me))
        .route("/api/2.0/preview/scim/v2/Users", get(users))
        .route("/api/2.0/preview/scim/v2/ServicePrincipals", get(service_principals))
        .route("/api/2.0/preview/scim/v2/ServicePrincipals/{id}", get(service_principal))
}

async fn me(State(workspace): State<Arc<Workspace>>, Caller(caller): Caller) -> Response {
    let mut response = Json(resource(&caller)).into_response();
    response.headers_mut().insert("x-databricks-org-id", HeaderValue::from(workspace.id));
    response
}

fn resource(principal: &Principal) -> Value {
    let mut groups = vec![json!({"display": "users", "value": "1"})];
    if principal.is_admin() {
        groups.push(json!({"display": "admins", "value": "2"}));
    }
    let mut entitlements =
        vec![json!({"value": "workspace-access"}), json!({"value": "databricks-sql-access"})];
    if principal.rights.contains(&Right::CreateLakebase) {
        entitlements.push(json!({"value": "allow-cluster-create"}));
    }
    let mut resource = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": principal.id.to_string(),
        "userName": principal.user_name,
        "displayName": principal.display_name,
        "active": true,
        "groups": groups,
        "entitlements": entitlements,
    });
    match principal.client_id() {
        Some(client_id) => resource["applicationId"] = json!(client_id),
        None => resource["emails"] = json!([{"type": "work", "value": principal.user_name, "primary": true}]),
    }
    resource
}

#[derive(Deserialize)]
struct Query {
    filter: Option<String>,
}

/// `attribute eq "value"`, the only filter clients use here.
fn equals(filter: &str) -> Option<(&str, &str)> {
    let (attribute, rest) = filter.trim().split_once(char::is_whitespace)?;
    let (operator, value) = rest.trim().split_once(char::is_whitespace)?;
    operator.eq_ignore_ascii_case("eq").then(|| (attribute, value.trim().trim_matches('"')))
}

fn list(workspace: &Workspace, query: &Query, wanted: impl Fn(&Principal) -> bool) -> Response {
    let filter = match query.filter.as_deref() {
        None => None,
        Some(text) => match equals(text) {
            Some(filter) => Some(filter),
            None => {
                return refusal(
                    StatusCode::BAD_REQUEST,
                    Some("invalidFilter"),
                    "The filter is not supported",
                );
            }
        },
    };
    let found: Vec<Value> = workspace
        .identities
        .all()
        .iter()
        .filter(|principal| wanted(principal))
        .map(resource)
        .filter(|resource| filter.is_none_or(|(attribute, value)| resource[attribute] == value))
        .collect();
    Json(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "startIndex": 1,
        "itemsPerPage": found.len(),
        "totalResults": found.len(),
        "Resources": found,
    }))
    .into_response()
}

async fn users(State(workspace): State<Arc<Workspace>>, _: Caller, Params(query): Params<Query>) -> Response {
    list(&workspace, &query, |principal| principal.client_id().is_none())
}

async fn service_principals(
    State(workspace): State<Arc<Workspace>>,
    _: Caller,
    Params(query): Params<Query>,
) -> Response {
    list(&workspace, &query, |principal| principal.client_id().is_some())
}

async fn service_principal(
    State(workspace): State<Arc<Workspace>>,
    _: Caller,
    Path(id): Path<String>,
) -> Response {
    let all = workspace.identities.all();
    match all.iter().find(|principal| principal.client_id().is_some() && principal.id.to_string() == id) {
        Some(principal) => Json(resource(principal)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, None, &format!("Service principal with id {id} not found")),
    }
}

fn refusal(status: StatusCode, scim_type: Option<&str>, detail: &str) -> Response {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "detail": detail,
        "status": status.as_u16().to_string(),
    });
    if let Some(scim_type) = scim_type {
        body["scimType"] = json!(scim_type);
    }
    (status, Json(body)).into_response()
}
