//! Forwards the deployer's requests.
//!
//! Nothing of the page's request is copied. It is parsed into the same typed request that the deployer
//! makes natively, checked against the deployer's own table of requests, and sent by the same code. So no
//! unexpected header, address or encoding of a path can pass through.

use std::sync::Arc;

use axum::body::{self, Body};
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method as HttpMethod, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use deployer::host::{Method, WorkspaceRequest, WorkspaceResponse};
use deployer::workspace::routes;
use serde_json::Value;

use super::refusal::Refusal;
use super::state::DeployPage;

/// The maximum size of a body: a file of the platform's limit of 10 MB, in base64, with its JSON.
const LARGEST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The handler of `/api/workspace/…`.
pub(super) async fn forward(
    State(page): State<Arc<DeployPage>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let mut request = read(&parts)?;
    let _slot = page.slots.acquire().await;
    request.body = read_json(&parts, body, LARGEST_BODY_BYTES).await?;
    let answer = page.workspace.request(&request).await?;
    respond(answer)
}

/// The request described by method, path and query, if the deployer makes such requests.
fn read(parts: &Parts) -> Result<WorkspaceRequest, Refusal> {
    let path = parts.uri.path();
    let path = path.strip_prefix("/workspace").unwrap_or(path);
    let unused = || Refusal::forbidden("The deployer doesn't send this request");
    let method = match parts.method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        HttpMethod::PATCH => Method::Patch,
        HttpMethod::DELETE => Method::Delete,
        _ => return Err(unused()),
    };
    let route = routes::route_of(method, path).ok_or_else(unused)?;
    let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| unused())?;
    for (index, (name, _)) in query.iter().enumerate() {
        if !route.takes(name) || query.iter().skip(index + 1).any(|(other, _)| other == name) {
            return Err(unused());
        }
    }
    // The server doesn't know which requests are secret, so it treats all as secret.
    Ok(WorkspaceRequest { method, path: path.to_owned(), query, body: None, sensitive: true })
}

/// The body as JSON, if there is one.
pub(super) async fn read_json(parts: &Parts, body: Body, limit: usize) -> Result<Option<Value>, Refusal> {
    let too_large = || {
        let message = format!("The body is larger than {} kB, or it was cut off", limit / 1024);
        Refusal::of_request(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    let told =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if told.is_some_and(|told: usize| told > limit) {
        return Err(too_large());
    }
    let bytes = body::to_bytes(body, limit).await.map_err(|_| too_large())?;
    if bytes.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| Refusal::of_request(StatusCode::BAD_REQUEST, "The request's body is not JSON"))
}

fn respond(answer: WorkspaceResponse) -> Result<Response, Refusal> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    if status.is_redirection() {
        // A browser handles such an answer itself, even without a `Location`.
        let message = format!("The workspace redirected the request ({status}). Check its address");
        return Err(Refusal::of_request(StatusCode::BAD_GATEWAY, message));
    }
    let mut response = (status, answer.body).into_response();
    // The remaining headers of the workspace are selected by name.
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
