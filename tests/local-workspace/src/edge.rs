//! The layers around every request: journal, faults, authentication, latency, handler.
//!
//! The order is part of the contract. The journal comes first, so that it records everything; a fault may
//! apply before anything is checked; latency is spent before the effect. The handler runs in a separate
//! task: once started, its effect completes even if the caller disconnects, as on a real platform. Waiting
//! (latency, `hang` before the effect) happens outside that task, so a caller that is killed meanwhile
//! leaves no effect behind.
//!
//! An answer is read whole before it is sent, so that the journal has its digest and a fault can replace it.
//! Streams of events, and answers marked [`AsMade`], are passed on as they are made: what their handler
//! writes is at the caller at once, and a caller that disconnects ends them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;

use crate::connection::Cut;
use crate::cors;
use crate::faults::{Action, Hanging, InjectedFault, OperationOutcome, When};
use crate::journal::{Answer, Arrival};
use crate::lakebase::OperationFault;
use crate::pace::LATENCY_HEADER;
use crate::problem::{Problem, in_our_shape, with_request_info};
use crate::workspace::Workspace;

/// Larger requests are refused unread. Uploads are limited to 10 MiB by their handler, with the platform's
/// own message.
const MAX_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// Marks an answer that is passed on as its handler made it: neither read whole, nor put into the platform's
/// form.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsMade {
    /// How long its making takes. It is waited for outside of the handler, as all latency is.
    pub(crate) delay_ms: u64,
}

/// The middleware around all services of the workspace.
pub(crate) async fn pass(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let permitted = cors::permitted(&workspace.settings.get().features, request.headers());
    if let Some(origin) = permitted.as_ref().filter(|_| request.method() == Method::OPTIONS) {
        return cors::preflight(origin);
    }
    let (mut parts, body) = request.into_parts();
    let cut = parts.extensions.get::<Cut>().cloned().unwrap_or_default();
    let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "MAX_REQUEST_SIZE_EXCEEDED",
            "The request is too large.",
        )
        .into_response();
    };
    let caller = workspace.identities.authenticate(&parts.headers);
    let principal = caller.as_ref().ok().map(|principal| principal.user_name.clone());
    let path = parts.uri.path().to_owned();
    let seq = workspace.journal.arrived(Arrival {
        time: workspace.clock.now(),
        principal: principal.clone(),
        method: &parts.method,
        path: &path,
        query: parts.uri.query(),
        headers: &parts.headers,
        body: &body,
    });

    let method = parts.method.clone();
    let mut passage = RequestContext { workspace, cut, seq, method, path, latency_ms: 0, permitted };
    let fired = passage.workspace.faults.decide(passage.method.as_str(), &passage.path, principal.as_deref());
    let mut operation = None;
    let mut deliveries = 1;
    if let Some(fired) = &fired {
        passage.workspace.journal.interfered(seq, fired.id);
        match &fired.action {
            Action::Operation(outcome) => operation = Some(ordered(outcome, fired.when)),
            Action::Twice => deliveries = 2,
            Action::Delay { ms } => passage.latency_ms += ms,
            _ if fired.when == When::Before => {
                if let Some(response) = passage.strike(fired, None).await {
                    return passage.stamp(response);
                }
            }
            _ => {}
        }
    }

    if let Err(problem) = passage.admit(&mut parts, caller) {
        let response = with_request_info(problem.into_response(), &passage.request_id());
        passage.workspace.journal.answered(seq, Some(response.status()), Answer::Sent);
        return passage.stamp(response);
    }
    if let Some(operation) = operation {
        parts.extensions.insert(operation);
    }
    passage.spend_latency().await;

    let mut response = passage.deliver(&parts, body.clone(), next.clone()).await;
    for _ in 1..deliveries {
        response = passage.deliver(&parts, body.clone(), next.clone()).await;
    }
    if let Some(AsMade { delay_ms }) = response.extensions().get().copied() {
        passage.wait(delay_ms).await;
    }
    if let Some(fired) = fired.filter(|fired| fired.when == When::After)
        && let Some(replaced) = passage.strike(&fired, Some(&mut response)).await
    {
        return passage.stamp(replaced);
    }
    passage.workspace.journal.answered(seq, Some(response.status()), Answer::Sent);
    passage.stamp(response)
}

struct RequestContext {
    workspace: Arc<Workspace>,
    cut: Cut,
    seq: u64,
    method: Method,
    path: String,
    latency_ms: u64,
    /// The page's origin, if it may read the answer.
    permitted: Option<HeaderValue>,
}

impl RequestContext {
    /// Applies an action; an answer means that the request ends here.
    async fn strike(&self, fired: &InjectedFault, handled: Option<&mut Response>) -> Option<Response> {
        let journal = &self.workspace.journal;
        match &fired.action {
            Action::Answer { status, headers, body } => {
                let response = made_up(*status, headers.iter(), body);
                journal.answered(self.seq, Some(response.status()), Answer::Replaced);
                Some(response)
            }
            Action::Cut => {
                journal.answered(self.seq, None, Answer::Cut);
                self.cut.cut().await
            }
            Action::Hang => {
                let request = Hanging {
                    fault: fired.id,
                    seq: self.seq,
                    method: self.method.to_string(),
                    path: self.path.clone(),
                    when: fired.when,
                };
                self.workspace.faults.hang(request).await;
                None
            }
            Action::Truncate => {
                let whole = handled.map(|response| std::mem::replace(response, Response::new(Body::empty())));
                let response = truncated(whole).await;
                journal.answered(self.seq, Some(response.status()), Answer::Truncated);
                Some(response)
            }
            Action::Delay { .. } | Action::Twice | Action::Operation(_) => None,
        }
    }

    fn admit(
        &self,
        parts: &mut Parts,
        caller: Result<crate::identity::Principal, Problem>,
    ) -> Result<(), Problem> {
        let public = self.path.starts_with("/.well-known/") || self.path.starts_with("/oidc/");
        match caller {
            Ok(principal) => {
                self.workspace.token_scopes.check(&parts.headers, self.method.as_str(), &self.path)?;
                parts.extensions.insert(principal);
            }
            Err(_) if public => {}
            Err(problem) => return Err(problem),
        }
        let autoscaling = self.path.starts_with("/api/2.0/postgres/");
        if autoscaling && !self.workspace.settings.get().features.autoscaling {
            return Err(Problem::endpoint_not_found(self.method.as_str(), &self.path));
        }
        Ok(())
    }

    async fn spend_latency(&mut self) {
        let before = std::mem::take(&mut self.latency_ms);
        self.wait(before + self.workspace.settings.get().pace.latency.of(&self.method, &self.path)).await;
    }

    /// Sleeps on the machine's clock; a virtual clock's time is only told.
    async fn wait(&mut self, ms: u64) {
        self.latency_ms += ms;
        if ms > 0 && !self.workspace.clock.is_virtual() {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }

    async fn deliver(&self, parts: &Parts, body: Bytes, next: Next) -> Response {
        let delivery = Request::from_parts(parts.clone(), Body::from(body));
        let journal = self.workspace.journal.clone();
        let (seq, request_id) = (self.seq, self.request_id());
        let handler = tokio::spawn(async move {
            let response = next.run(delivery).await;
            if response.extensions().get::<AsMade>().is_some() {
                journal.handled(seq, response.status(), None);
                return response;
            }
            let (parts, body) = with_request_info(in_our_shape(response), &request_id).into_parts();
            if is_stream(&parts.headers) {
                journal.handled(seq, parts.status, None);
                return Response::from_parts(parts, body);
            }
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            journal.handled(seq, parts.status, Some(&bytes));
            Response::from_parts(parts, Body::from(bytes))
        });
        handler.await.unwrap_or_else(|error| {
            tracing::error!(path = %self.path, %error, "a handler panicked");
            let problem = Problem::internal("The local workspace failed on this request; see its log.");
            with_request_info(problem.into_response(), &self.request_id())
        })
    }

    /// The request's id, in a header of every answer and in the details of every refusal.
    fn request_id(&self) -> String {
        format!("local-{:08}", self.seq)
    }

    fn stamp(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        let now = self.workspace.clock.now();
        if let Ok(date) = HeaderValue::from_str(&now.to_http_date()) {
            headers.insert(header::DATE, date);
        }
        if let Ok(id) = HeaderValue::from_str(&self.request_id()) {
            headers.insert("x-request-id", id);
        }
        if self.workspace.clock.is_virtual() {
            headers.insert(LATENCY_HEADER, HeaderValue::from(self.latency_ms));
        }
        if let Some(origin) = &self.permitted {
            cors::permit(&mut response, origin);
        }
        response
    }
}

/// The values that Lakebase's handlers expect in the request's extensions.
fn ordered(outcome: &OperationOutcome, when: When) -> OperationFault {
    match outcome {
        OperationOutcome::Error { code, message } => OperationFault::Error {
            error_code: code.clone(),
            message: message.clone(),
            keeps_effect: when == When::After,
        },
        OperationOutcome::NoResponse => OperationFault::WithoutResponse,
    }
}

fn is_stream(headers: &axum::http::HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

fn made_up<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a String, &'a String)>,
    body: &Value,
) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match body {
        Value::Null => status.into_response(),
        Value::String(text) => (status, text.clone()).into_response(),
        json => (status, axum::Json(json)).into_response(),
    };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The first half of the answer, with the length of the whole; then the body fails and the server closes
/// the connection.
async fn truncated(whole: Option<Response>) -> Response {
    let whole = whole.unwrap_or_else(|| axum::Json(serde_json::json!({"truncated": true})).into_response());
    let (mut parts, body) = whole.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len().max(2)));
    let half = bytes.slice(..bytes.len() / 2);
    let failure = async {
        // Yields so that the server sends what it has.
        tokio::task::yield_now().await;
        Err(std::io::Error::other("truncated on purpose"))
    };
    let body = stream::iter([Ok(half)]).chain(stream::once(failure));
    Response::from_parts(parts, Body::from_stream(body))
}
