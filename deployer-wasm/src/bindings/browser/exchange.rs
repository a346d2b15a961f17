//! One `fetch` request and its answer, shared by the hosts.

use gloo_net::Error;
use gloo_net::http::{Method as HttpMethod, RequestBuilder, Response};
use web_sys::AbortSignal;

use crate::host::{Method, WorkspaceRequest, WorkspaceResponse};

/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 6] =
    ["date", "retry-after", "x-databricks-org-id", "content-type", "location", "x-request-id"];
/// Longer than the server beside the page waits for the workspace, so that the server reports the timeout.
const ANSWER_MS: u32 = 90_000;
/// The name of the error that `fetch` throws after this timeout.
const TIMEOUT: &str = "TimeoutError";

/// Builds a request of the deploy logic, for the workspace path below `address`.
pub(super) fn of_logic(address: &str, request: &WorkspaceRequest) -> RequestBuilder {
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
        Method::Patch => HttpMethod::PATCH,
        Method::Delete => HttpMethod::DELETE,
    };
    let builder = to(&format!("{address}{}", request.path), method);
    if request.query.is_empty() {
        return builder;
    }
    builder.query(request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// A request with a timeout.
pub(super) fn to(url: &str, method: HttpMethod) -> RequestBuilder {
    RequestBuilder::new(url)
        .method(method)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(ANSWER_MS)))
        .header("accept", "application/json")
}

/// Sends it, with a body of JSON if there is one.
pub(super) async fn send(builder: RequestBuilder, body: Option<String>) -> Result<Response, Error> {
    let request = match body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    request?.send().await
}

/// The answer, as the deploy logic reads it.
pub(super) async fn read(answer: Response) -> Result<WorkspaceResponse, Error> {
    let headers = answer.headers();
    let header = |name: &&str| Some(((*name).to_owned(), headers.get(name)?));
    let headers = PASSED_ON.iter().filter_map(header).collect();
    Ok(WorkspaceResponse { status: answer.status(), headers, body: answer.text().await? })
}

/// Whether there was no answer in time.
pub(super) fn is_timeout(error: &Error) -> bool {
    matches!(error, Error::JsError(error) if error.name == TIMEOUT)
}
