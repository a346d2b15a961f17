//! The page's server forwards requests and adds the credential, which the page never sees.
//!
//! Requests go to `/api/workspace` followed by the workspace's own path, and to `POST /api/workspace-schema`.
//! An answer with the header `tellr-host-error` comes from the server itself, not from the workspace.

use gloo_net::Error;
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use web_sys::{RequestCredentials, RequestRedirect};

use super::exchange;
use crate::decode::decode_text;
use crate::host::{
    HostError, HostErrorKind, LakebaseTarget, SchemaError, SchemaErrorKind, WorkspaceRequest,
    WorkspaceResponse,
};
use crate::schema::{SchemaOperation, SchemaOutcome};

const WORKSPACE: &str = "/api/workspace";
const SCHEMA: &str = "/api/workspace-schema";
const HOST_ERROR: &str = "tellr-host-error";

/// A server on the page's origin.
pub(super) struct FetchHost {
    base_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answered {
    Outcome(SchemaOutcome),
    Error(SchemaError),
}

impl FetchHost {
    /// A server whose paths start with `base_url`.
    pub(super) fn new(base_url: String) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned() }
    }

    pub(super) async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let builder = exchange::of_logic(&format!("{}{WORKSPACE}", self.base_url), request);
        let answer = send(builder, request.body.as_ref().map(Value::to_string)).await?;
        exchange::read(answer).await.map_err(|error| no_answer(&error))
    }

    pub(super) async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let answered = async {
            let asked = json!({"at": at, "operation": operation}).to_string();
            let builder = exchange::to(&format!("{}{SCHEMA}", self.base_url), Method::POST);
            let answer = send(builder, Some(asked)).await?;
            let text = answer.text().await.map_err(|error| no_answer(&error))?;
            decode_text(&text).map_err(|mismatch| HostError {
                kind: HostErrorKind::Connection,
                message: format!("The answer of the page's server can't be read: {mismatch}"),
            })
        };
        match answered.await {
            Ok(Answered::Outcome(outcome)) => Ok(outcome),
            Ok(Answered::Error(error)) => Err(error),
            Err(HostError { kind, message }) => {
                let kind = match kind {
                    HostErrorKind::Connection | HostErrorKind::Timeout => SchemaErrorKind::Connection,
                    HostErrorKind::Credential | HostErrorKind::Refused | HostErrorKind::Origin => {
                        SchemaErrorKind::Credential
                    }
                };
                Err(SchemaError { kind, sqlstate: None, message })
            }
        }
    }
}

/// Sends a request, and distinguishes the server's own refusals from the workspace's.
async fn send(builder: RequestBuilder, body: Option<String>) -> Result<Response, HostError> {
    let builder = builder
        .credentials(RequestCredentials::SameOrigin)
        // The server neither follows nor sends redirects; a redirect would come from something else.
        .redirect(RequestRedirect::Error)
        // Set on all requests: a custom header keeps other origins from sending them without a CORS
        // preflight.
        .header("content-type", "application/json");
    let answer = exchange::send(builder, body).await.map_err(|error| no_answer(&error))?;
    if answer.headers().get(HOST_ERROR).is_none() {
        return Ok(answer);
    }
    let status = answer.status();
    let told = answer.text().await.ok().and_then(|text| decode_text(&text).ok());
    Err(told.unwrap_or_else(|| HostError {
        kind: HostErrorKind::Refused,
        message: format!("The page's server refused the request ({status})"),
    }))
}

/// The message shown for a request without an answer.
fn no_answer(error: &Error) -> HostError {
    if exchange::is_timeout(error) {
        return HostError {
            kind: HostErrorKind::Timeout,
            message: "The page's server did not answer in time".to_owned(),
        };
    }
    HostError {
        kind: HostErrorKind::Connection,
        message: format!("The page's server can't be reached: {error}"),
    }
}
