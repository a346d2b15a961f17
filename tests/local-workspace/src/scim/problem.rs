//! SCIM's refusals.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::extract::{read_json, read_value};
use crate::identity::Principal;

/// A refusal in SCIM's format (RFC 7644, 3.12).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScimProblem {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

impl ScimProblem {
    fn new(status: StatusCode, scim_type: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, scim_type, detail: detail.into() }
    }

    /// 400, with a type that names the problem.
    pub(super) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(scim_type), detail)
    }

    /// 400 `invalidFilter`.
    pub(super) fn filter(detail: impl Into<String>) -> Self {
        Self::bad("invalidFilter", detail)
    }

    /// 404: no `User`, `Service principal` or `Group` of this id.
    pub(super) fn missing(kind: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, None, format!("{kind} with id {id} not found."))
    }

    /// 409 `uniqueness`.
    pub(super) fn taken(kind: &str, attribute: &str, value: &str) -> Self {
        let detail = format!("{kind} with {attribute} {value} already exists.");
        Self::new(StatusCode::CONFLICT, Some("uniqueness"), detail)
    }

    /// Only administrators may change principals and groups.
    pub(super) fn require_admin(caller: &Principal) -> Result<(), Self> {
        if caller.is_admin() {
            return Ok(());
        }
        let detail = "Only workspace admins can change users, service principals and groups.";
        Err(Self::new(StatusCode::FORBIDDEN, None, detail))
    }
}

impl IntoResponse for ScimProblem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "detail": self.detail,
            "status": self.status.as_u16().to_string(),
        });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = json!(scim_type);
        }
        (self.status, Json(body)).into_response()
    }
}

/// Parses a body.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ScimProblem> {
    read_json(bytes).map_err(|why| {
        ScimProblem::bad("invalidSyntax", format!("Request could not be parsed: {}", why.words()))
    })
}

/// Parses a resource, with `null` counting as absent.
pub(super) fn read_resource<T: DeserializeOwned>(mut resource: Value) -> Result<T, ScimProblem> {
    if let Some(fields) = resource.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    read_value("", &resource).map_err(|words| ScimProblem::bad("invalidValue", words))
}
