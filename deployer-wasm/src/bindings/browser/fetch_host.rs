//! The server beside the page passes requests on, with a credential that the page never sees.
//!
//! `/api/workspace` with the workspace's own path behind it, and `POST /api/workspace-schema`. An
//! answer with the header `tellr-host-error` is the server's own, not the workspace's.

use gloo_net::Error;
use gloo_net::http::{Method as HttpMethod, Request, RequestBuilder, Response};
use serde::Serialize;
use serde_json::Value;
use web_sys::{AbortSignal, RequestCredentials, RequestRedirect};

use crate::host::{
    HostError, HostErrorKind, LakebaseTarget, Method, SchemaError, SchemaErrorKind, WorkspaceRequest,
    WorkspaceResponse,
};
use crate::json::{self, Fields, FromJson};
use crate::schema::{SchemaOperation, SchemaOutcome};

const WORKSPACE: &str = "/api/workspace";
const SCHEMA: &str = "/api/workspace-schema";
const HOST_ERROR: &str = "tellr-host-error";
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 4] = ["date", "retry-after", "x-databricks-org-id", "content-type"];
/// Longer than the server waits for the workspace, so that it is the server that tells.
const ANSWER_MS: u32 = 90_000;

/// A server on the page's origin.
pub(super) struct FetchHost {
    base_url: String,
}

#[derive(Serialize)]
struct Asked<'a> {
    at: &'a LakebaseTarget,
    operation: &'a SchemaOperation,
}

enum Answered {
    Outcome(SchemaOutcome),
    Error(SchemaError),
}

impl FromJson for Answered {
    fn from_json(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        if fields.has("error") {
            return fields.required("error").map(Self::Error);
        }
        fields.required("outcome").map(Self::Outcome)
    }
}

impl FetchHost {
    /// A server whose paths begin with `base_url`.
    pub(super) fn new(base_url: String) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned() }
    }

    pub(super) async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let method = match request.method {
            Method::Get => HttpMethod::GET,
            Method::Post => HttpMethod::POST,
            Method::Patch => HttpMethod::PATCH,
            Method::Delete => HttpMethod::DELETE,
        };
        let query = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut builder = self.builder(method, &format!("{WORKSPACE}{}", request.path));
        if !request.query.is_empty() {
            builder = builder.query(query);
        }
        let answer = send(builder, request.body.as_ref()).await?;
        let headers = answer.headers();
        let header = |name: &&str| Some(((*name).to_owned(), headers.get(name)?));
        Ok(WorkspaceResponse {
            status: answer.status(),
            headers: PASSED_ON.iter().filter_map(header).collect(),
            body: answer.text().await.map_err(|error| no_answer(&error))?,
        })
    }

    pub(super) async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let answered = async {
            let asked = Asked { at, operation };
            let answer = send(self.builder(HttpMethod::POST, SCHEMA), Some(&asked)).await?;
            let text = answer.text().await.map_err(|error| no_answer(&error))?;
            let answered = json::parse(&text).ok().and_then(Answered::from_json);
            answered.ok_or_else(|| HostError {
                kind: HostErrorKind::Connection,
                message: "The server's answer is of another shape".to_owned(),
            })
        };
        match answered.await {
            Ok(Answered::Outcome(outcome)) => Ok(outcome),
            Ok(Answered::Error(error)) => Err(error),
            Err(HostError { kind, message }) => {
                let kind = match kind {
                    HostErrorKind::Connection | HostErrorKind::Timeout => SchemaErrorKind::Connection,
                    HostErrorKind::Credential | HostErrorKind::Refused => SchemaErrorKind::Credential,
                };
                Err(SchemaError { kind, sqlstate: None, message })
            }
        }
    }

    fn builder(&self, method: HttpMethod, path: &str) -> RequestBuilder {
        RequestBuilder::new(&format!("{}{path}", self.base_url))
            .method(method)
            .credentials(RequestCredentials::SameOrigin)
            // The server follows none and sends none; one would come from somewhere else.
            .redirect(RequestRedirect::Error)
            .abort_signal(Some(&AbortSignal::timeout_with_u32(ANSWER_MS)))
            .header("accept", "application/json")
            // On all, so that none is of the kind that a page elsewhere may send unasked.
            .header("content-type", "application/json")
    }
}

/// Sends, and tells the server's own refusals from the workspace's.
async fn send(builder: RequestBuilder, body: Option<&impl Serialize>) -> Result<Response, HostError> {
    let request: Result<Request, Error> = match body {
        Some(body) => builder.json(body),
        None => builder.build(),
    };
    let answer = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    }
    .map_err(|error| no_answer(&error))?;
    if answer.headers().get(HOST_ERROR).is_some() {
        let status = answer.status();
        let told = answer.text().await.ok().and_then(|text| json::parse(&text).ok());
        return Err(told.and_then(HostError::from_json).unwrap_or_else(|| HostError {
            kind: HostErrorKind::Refused,
            message: format!("The server beside the page refused the request ({status})"),
        }));
    }
    Ok(answer)
}

/// What people should read of a request without an answer.
fn no_answer(error: &Error) -> HostError {
    match error {
        Error::JsError(error) if error.name == "TimeoutError" => HostError {
            kind: HostErrorKind::Timeout,
            message: "The server beside the page did not answer in time".to_owned(),
        },
        other => HostError {
            kind: HostErrorKind::Connection,
            message: format!("The server beside the page can't be reached: {other}"),
        },
    }
}
