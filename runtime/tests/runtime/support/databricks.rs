//! A model and Genie that answer by simple rules, count what they are asked, and can be held at any point.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// The token of the app itself.
pub(crate) const APP_TOKEN: &str = "planted-token-of-the-app-0123456789";
/// The endpoint that the app was deployed with.
pub(crate) const ENDPOINT: &str = "app-model";
/// The title of the space.
pub(crate) const SPACE: &str = "Planted sales";

/// What is asked of a model or of Genie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Gather,
    Outline,
    Slide,
    Changes,
    Ask,
    Poll,
}

type Rule = Arc<dyn Fn(&Value) -> Option<Response> + Send + Sync>;

#[derive(Default)]
struct Inner {
    counts: BTreeMap<Kind, usize>,
    requests: Vec<(Kind, Value)>,
    tokens: Vec<String>,
    paths: Vec<String>,
    refused: Vec<String>,
    rules: BTreeMap<Kind, Rule>,
    gates: BTreeMap<Kind, Arc<Semaphore>>,
}

/// The stand-in of a workspace.
#[derive(Clone)]
pub(crate) struct Databricks {
    pub(crate) host: String,
    inner: Arc<Mutex<Inner>>,
    changed: Arc<watch::Sender<usize>>,
    _server: Arc<Server>,
}

struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Databricks {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Mutex::new(Inner::default()));
        let changed = Arc::new(watch::Sender::new(0));
        let router = Router::new().fallback(answer).with_state((Arc::clone(&inner), Arc::clone(&changed)));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { host, inner, changed, _server: Arc::new(Server(server)) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("not poisoned")
    }

    /// How often this was asked.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.inner().counts.get(&kind).copied().unwrap_or_default()
    }

    /// All counts but that of polls, which depends on time.
    pub(crate) fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = self.inner().counts.clone();
        counts.remove(&Kind::Poll);
        counts
    }

    /// The bodies of requests of a kind.
    pub(crate) fn requests(&self, kind: Kind) -> Vec<Value> {
        let inner = self.inner();
        inner.requests.iter().filter(|(one, _)| *one == kind).map(|(_, body)| body.clone()).collect()
    }

    /// All tokens that came, in order.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.inner().tokens.clone()
    }

    /// All paths that were asked, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.inner().paths.clone()
    }

    /// Refuses this token from now on.
    pub(crate) fn refuse(&self, token: &str) {
        self.inner().refused.push(token.to_owned());
    }

    /// Answers a kind by this rule, where it gives an answer.
    pub(crate) fn rule(&self, kind: Kind, rule: impl Fn(&Value) -> Option<Response> + Send + Sync + 'static) {
        self.inner().rules.insert(kind, Arc::new(rule));
    }

    /// Answers a kind with this document.
    pub(crate) fn says(&self, kind: Kind, document: Value) {
        self.rule(kind, move |_| Some(whole(&document.to_string())));
    }

    /// Lets so many requests of a kind through, and holds the others.
    pub(crate) fn hold_after(&self, kind: Kind, passing: usize) {
        self.inner().gates.insert(kind, Arc::new(Semaphore::new(passing)));
    }

    /// Lets all requests of a kind through.
    pub(crate) fn let_go(&self, kind: Kind) {
        if let Some(gate) = self.inner().gates.remove(&kind) {
            gate.add_permits(1_000);
        }
    }

    /// Waits until a kind was asked so often.
    pub(crate) async fn asked(&self, kind: Kind, times: usize) {
        let mut changed = self.changed.subscribe();
        let asked = async {
            while self.count(kind) < times {
                changed.changed().await.expect("the stand-in runs");
            }
        };
        let patience = super::PATIENCE;
        assert!(tokio::time::timeout(patience, asked).await.is_ok(), "{kind:?} was not asked {times} times");
    }
}

type Shared = (Arc<Mutex<Inner>>, Arc<watch::Sender<usize>>);

async fn answer(State((inner, changed)): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 24).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let path = parts.uri.path().to_owned();
    let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    let is_refused = {
        let mut inner = inner.lock().expect("not poisoned");
        inner.tokens.push(token.clone());
        inner.paths.push(path.clone());
        inner.refused.contains(&token)
    };
    if is_refused {
        let body = json!({ "error_code": "UNAUTHENTICATED", "message": "Token is expired" });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let Some(kind) = kind_of(&path, &body) else { return lists(&path) };
    let (rule, gate) = {
        let mut inner = inner.lock().expect("not poisoned");
        *inner.counts.entry(kind).or_default() += 1;
        inner.requests.push((kind, body.clone()));
        (inner.rules.get(&kind).cloned(), inner.gates.get(&kind).cloned())
    };
    changed.send_modify(|count| *count += 1);
    if let Some(gate) = gate {
        gate.acquire().await.expect("open").forget();
    }
    rule.and_then(|rule| rule(&body)).unwrap_or_else(|| by_rules(kind, &path, &body))
}

fn kind_of(path: &str, body: &Value) -> Option<Kind> {
    if path.ends_with("/invocations") {
        return Some(match body["response_format"]["json_schema"]["name"].as_str() {
            None => Kind::Gather,
            Some("outline") => Kind::Outline,
            Some("changes") => Kind::Changes,
            Some(_) => Kind::Slide,
        });
    }
    if path.ends_with("/start-conversation") {
        return Some(Kind::Ask);
    }
    (path.contains("/messages/") && !path.ends_with("/query-result")).then_some(Kind::Poll)
}

fn lists(path: &str) -> Response {
    if path.ends_with("/query-result") {
        return Json(json!({ "statement_response": {
            "status": { "state": "SUCCEEDED" },
            "manifest": { "total_row_count": 4, "truncated": false, "schema": { "columns": [
                { "name": "quarter", "type_name": "STRING" }, { "name": "revenue_eur", "type_name": "DOUBLE" }] } },
            "result": { "data_array": [["2026-Q1", "1000000.5"], ["2026-Q2", "1.25E6"], ["2026-Q3", "1500000"],
                                        ["2026-Q4", null]] },
        } }))
        .into_response();
    }
    match path {
        "/api/2.0/genie/spaces" => {
            let space =
                json!({ "space_id": "space-1", "title": SPACE, "description": "Sales of a made-up company" });
            Json(json!({ "spaces": [space] })).into_response()
        }
        "/api/2.0/serving-endpoints" => Json(json!({ "endpoints": [
            { "name": ENDPOINT, "task": "llm/v1/chat", "state": { "ready": "READY" } },
            { "name": "own-model", "task": "llm/v1/chat", "state": { "ready": "READY" } },
        ] }))
        .into_response(),
        _ => (StatusCode::NOT_FOUND, Json(json!({ "error_code": "ENDPOINT_NOT_FOUND", "message": path })))
            .into_response(),
    }
}

fn by_rules(kind: Kind, path: &str, body: &Value) -> Response {
    let text = |role: &str| {
        let messages = body["messages"].as_array().cloned().unwrap_or_default();
        let of_role = messages.iter().filter(|message| message["role"] == role);
        of_role
            .filter_map(|message| message["content"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
            .join("\n")
    };
    match kind {
        Kind::Gather if body["messages"].to_string().contains("\"role\":\"tool\"") => {
            streamed(&[json!({ "content": "Revenue by quarter was found." })], "stop")
        }
        Kind::Gather => {
            let call = |index: usize, question: &str| {
                let arguments = json!({ "space": SPACE, "question": question }).to_string();
                json!({ "index": index, "id": format!("call-{index}"), "type": "function",
                        "function": { "name": "query_data", "arguments": arguments } })
            };
            let calls = json!({ "tool_calls": [call(0, "Revenue by quarter"), call(1, "Revenue by year")] });
            streamed(&[json!({ "content": "I look up the revenue." }), calls], "tool_calls")
        }
        Kind::Outline => {
            let slides: Vec<Value> = (1..=5)
                .map(|number| {
                    json!({ "title": format!("Point {number} is made"), "layout": "chart_and_takeaway",
                                      "content": "The revenue", "sources": ["S1"] })
                })
                .collect();
            let outline = json!({ "title": "Planted review", "language": "en", "reply": "Five points.", "slides": slides });
            whole(&outline.to_string())
        }
        Kind::Slide => {
            let user = text("user");
            let number =
                user.split("<slide number=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("0");
            let draft = json!({
                "layout": "chart_and_takeaway", "title": format!("Point {number} is made"), "takeaway": "It grows",
                "charts": [{ "kind": "bar", "source": "S1", "categories": "quarter", "values": ["revenue_eur"] }],
                "notes": "Said aloud",
            });
            whole(&draft.to_string())
        }
        Kind::Changes => whole(&json!({ "reply": "Nothing to change.", "edits": [] }).to_string()),
        Kind::Ask => Json(json!({ "conversation_id": "c1", "message_id": "m1" })).into_response(),
        Kind::Poll => {
            let id = path.rsplit('/').next().unwrap_or_default();
            Json(json!({ "id": id, "status": "COMPLETED", "attachments": [{ "attachment_id": "a1",
                "query": { "title": "Revenue by quarter", "query": "SELECT quarter, revenue_eur FROM sales" } }] }))
            .into_response()
        }
    }
}

/// An answer that is not streamed.
pub(crate) fn whole(text: &str) -> Response {
    Json(json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 10 },
    }))
    .into_response()
}

/// A streamed answer of these deltas.
pub(crate) fn streamed(deltas: &[Value], reason: &str) -> Response {
    let chunk =
        |delta: &Value| format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": delta }] }));
    let mut text: String = deltas.iter().map(chunk).collect();
    let last = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }],
                       "usage": { "prompt_tokens": 100, "completion_tokens": 10 } });
    text = format!("{text}data: {last}\n\ndata: [DONE]\n\n");
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from(Bytes::from(text))).into_response()
}
