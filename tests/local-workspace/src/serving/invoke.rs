//! A request to a model, from permission to answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::behavior::{Behavior, Half, RefusalForm, ScriptedAnswer};
use super::body::{Head, whole};
use super::calls::{CallState, ModelCall, OpenCall};
use super::completion::Completion;
use super::limits;
use super::list::{OBJECT_TYPE, find};
use super::request::ChatRequest;
use super::rules::{self, Reply};
use super::stream::{Packet, Sending, body, packets};
use crate::edge::AsMade;
use crate::extract::{Caller, JsonBody};
use crate::identity::{Principal, Right};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// `POST /serving-endpoints/{name}/invocations`.
pub(super) async fn by_name(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, Problem> {
    invoke(&workspace, &caller, &name, body)
}

/// `POST /serving-endpoints/chat/completions`: OpenAI's path, with the endpoint as `model`.
pub(super) async fn by_model(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, Problem> {
    let Some(name) = body["model"].as_str().map(str::to_owned) else {
        return Err(Problem::bad_request("Invalid chat request: missing required field: model."));
    };
    invoke(&workspace, &caller, &name, body)
}

fn invoke(workspace: &Workspace, caller: &Principal, name: &str, body: Value) -> Result<Response, Problem> {
    let id = find(name)?;
    workspace.require(caller, Right::QueryServing)?;
    if !workspace.permissions.can(caller, OBJECT_TYPE, id, "CAN_QUERY") {
        return Err(Problem::permission_denied(format!(
            "{} does not have CAN_QUERY permission on {OBJECT_TYPE} {name}.",
            caller.user_name
        )));
    }
    let request = ChatRequest::read(body)?;
    let kind = request.kind();
    let schema = request.schema.as_ref().map(|schema| schema.name.as_str());
    let mut call = workspace.model_calls.begin(ModelCall {
        seq: 0,
        endpoint: name.to_owned(),
        principal: caller.user_name.clone(),
        kind,
        schema: schema.map(str::to_owned),
        stream: request.stream,
        prompt_tokens: request.characters().div_ceil(4),
        completion_tokens: 0,
        state: CallState::Open,
    });
    let (mut busy, mut script) = (None, None);
    let mut refusal = None;
    let behavior = workspace.settings.get().serving.of(name).clone();
    workspace.settings.update(|settings| {
        let behavior = settings.serving.of_mut(name);
        busy = behavior.take_busy();
        if busy.is_none() {
            refusal = refused(name, &request, behavior);
        }
        if busy.is_none() && refusal.is_none() {
            script = behavior.take_script(kind, schema);
        }
    });
    if let Some(busy) = busy {
        let message = "Request limit exceeded for this endpoint. Please retry later.";
        call.refuse(message);
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "REQUEST_LIMIT_EXCEEDED", message);
        let mut response = problem.into_response();
        if let Some(value) = busy.retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        return Ok(response);
    }
    if let Some((message, form)) = refusal {
        call.refuse(&message);
        return Ok(refusal_in(form, &message));
    }
    let reply = match script {
        Some(ScriptedAnswer::Body { status, body }) => {
            return Ok(verbatim(status, &body, request.stream, call));
        }
        Some(ScriptedAnswer::Text(text)) => Reply { text, calls: Vec::new() },
        Some(ScriptedAnswer::Calls(calls)) => Reply { text: String::new(), calls },
        None if behavior.empty => Reply::default(),
        None => rules::answer(&request),
    };
    let completion =
        Completion::new(reply, &request, &behavior).limited(request.max_tokens).halved(behavior.half);
    Ok(answered(workspace, name, &request, &completion, &behavior, call))
}

/// Why this endpoint doesn't take the request, and in which form it says so.
fn refused(name: &str, request: &ChatRequest, behavior: &Behavior) -> Option<(String, RefusalForm)> {
    if behavior.limits
        && let Err(problem) = limits::check(name, request)
    {
        return Some((problem.message, RefusalForm::Json));
    }
    let switches = [
        ("temperature", behavior.refuse_temperature, "`temperature` is deprecated for this model."),
        (
            "max_tokens",
            behavior.refuse_max_tokens,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
        (
            "response_format",
            behavior.refuse_response_format,
            "Invalid response_format: structured output is not supported for this model.",
        ),
    ];
    for (field, form, message) in switches {
        if let Some(form) = form.filter(|_| request.has(field)) {
            return Some((message.to_owned(), form));
        }
    }
    let (is, most) = (request.characters(), behavior.max_characters?);
    (is > most).then(|| {
        (format!("prompt is too long: {} tokens > {} maximum", is.div_ceil(4), most / 4), RefusalForm::Json)
    })
}

fn refusal_in(form: RefusalForm, message: &str) -> Response {
    match form {
        RefusalForm::Json => Problem::bad_request(message).into_response(),
        RefusalForm::Nested => {
            let inner = json!({"error": {"type": "invalid_request_error", "message": message}});
            Problem::bad_request(inner.to_string()).into_response()
        }
        RefusalForm::Text => {
            let mut response = (StatusCode::BAD_REQUEST, format!("BAD_REQUEST: {message}\n")).into_response();
            response.extensions_mut().insert(AsMade::default());
            response
        }
    }
}

const EVENTS: &str = "text/event-stream; charset=utf-8";
const JSON: &str = "application/json";

fn response(status: StatusCode, kind: &'static str, body: Body, delay_ms: u64) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
    response.extensions_mut().insert(AsMade { delay_ms });
    response
}

/// A prepared body.
fn verbatim(status: u16, prepared: &Value, is_stream: bool, call: OpenCall) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (bytes, kind) = match prepared {
        Value::String(text) if is_stream && status.is_success() => (text.clone(), EVENTS),
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() => {
            (text.clone(), "text/plain; charset=utf-8")
        }
        Value::String(text) => (text.clone(), JSON),
        json => (json.to_string(), JSON),
    };
    let packets = vec![Packet { bytes: bytes.into_bytes(), tokens: 0 }];
    let sending = Sending { ms_per_token: 0, one_by_one: false, cut: false };
    response(status, kind, body(packets, sending, call), 0)
}

fn answered(
    workspace: &Workspace,
    name: &str,
    request: &ChatRequest,
    completion: &Completion,
    behavior: &Behavior,
    call: OpenCall,
) -> Response {
    call.tokens(completion.tokens);
    let head = Head {
        id: format!("chatcmpl-local-{}", call.seq()),
        created: workspace.clock.now().0 / 1000,
        model: name.to_owned(),
    };
    let all_ms = completion.tokens as u64 * behavior.ms_per_token;
    let cut = behavior.half == Some(Half::Cut);
    if request.stream {
        let packets = packets(&head, completion, behavior, request.include_usage);
        // A virtual clock's time is told in the head, and not slept.
        let is_virtual = workspace.clock.is_virtual();
        let sending = Sending {
            ms_per_token: if is_virtual { 0 } else { behavior.ms_per_token },
            one_by_one: behavior.split_characters,
            cut,
        };
        let delay_ms = if is_virtual { all_ms } else { 0 };
        return response(StatusCode::OK, EVENTS, body(packets, sending, call), delay_ms);
    }
    let mut bytes = whole(&head, completion, behavior).to_string().into_bytes();
    let length = bytes.len();
    if cut {
        bytes.truncate(length / 2);
    }
    let sending = Sending { ms_per_token: 0, one_by_one: false, cut };
    let packets = vec![Packet { bytes, tokens: 0 }];
    let mut response = response(StatusCode::OK, JSON, body(packets, sending, call), all_ms);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
