//! A place for traces: a collector over HTTP and gRPC, and MLflow's interface. It keeps what comes, read with the types
//! of OpenTelemetry.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use http_body::Frame;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::eventually;

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

#[derive(Default)]
struct Inner {
    came: Vec<Came>,
    /// Statuses of the next answers, of HTTP or gRPC; then all is well.
    statuses: Vec<u16>,
    /// The tags of the experiment.
    tags: Vec<(&'static str, &'static str)>,
}

#[derive(Clone)]
pub(crate) struct Collector {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
    holds: watch::Sender<bool>,
    _server: Arc<Server>,
}

struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Mutex::new(Inner::default()));
        let holds = watch::Sender::new(false);
        let router = Router::new().fallback(answer).with_state((Arc::clone(&inner), holds.subscribe()));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { url, inner, holds, _server: Arc::new(Server(server)) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("not poisoned")
    }

    /// Answers the next requests with these statuses.
    pub(crate) fn answers(&self, statuses: &[u16]) {
        self.inner().statuses = statuses.to_vec();
    }

    /// Answers nothing, or again everything.
    pub(crate) fn holds(&self, holds: bool) {
        self.holds.send_replace(holds);
    }

    /// The tags of its experiment.
    pub(crate) fn tags(&self, tags: &[(&'static str, &'static str)]) {
        self.inner().tags = tags.to_vec();
    }

    /// The requests to paths that end so.
    pub(crate) fn came(&self, path: &str) -> Vec<Came> {
        self.inner().came.iter().filter(|came| came.path.ends_with(path)).cloned().collect()
    }

    /// All bytes that came, headers too.
    pub(crate) fn everything(&self) -> Vec<u8> {
        let inner = self.inner();
        let of = |came: &Came| {
            [came.path.as_bytes(), format!("{:?}", came.headers).as_bytes(), &came.body].concat()
        };
        inner.came.iter().flat_map(of).collect()
    }

    /// The spans that came.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let read = |came: Came| {
            let body = if came.header("content-type") == "application/grpc" {
                came.body.slice(5..)
            } else {
                came.body
            };
            ExportTraceServiceRequest::decode(body).expect("what OTLP describes")
        };
        let exports = self.came("/traces").into_iter().chain(self.came("/Export")).map(read);
        exports
            .flat_map(|export| export.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    /// The attributes of the resource of the first request.
    pub(crate) fn resource(&self) -> BTreeMap<String, String> {
        let first = self.came("/traces").into_iter().next().expect("a request");
        let export = ExportTraceServiceRequest::decode(first.body).expect("what OTLP describes");
        let resource = export.resource_spans[0].resource.clone().expect("a resource");
        let text =
            |value: Option<Any>| if let Some(Any::StringValue(text)) = value { text } else { String::new() };
        resource
            .attributes
            .into_iter()
            .map(|one| (one.key, text(one.value.and_then(|value| value.value))))
            .collect()
    }

    /// The spans, once that of the whole turn is there.
    pub(crate) async fn of_turn(&self, turn: &str) -> Trace {
        let id = turn.replace('-', "");
        eventually("the turn's own span came", || async {
            self.spans().iter().any(|span| span.parent_span_id.is_empty() && hex(&span.trace_id) == id)
        })
        .await;
        Trace(self.spans())
    }
}

/// The spans of a trace.
pub(crate) struct Trace(pub(crate) Vec<Span>);

impl Trace {
    /// The names, sorted, with those of their parents.
    pub(crate) fn tree(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.0.iter().map(|span| format!("{} < {}", span.name, self.parent(span))).collect();
        lines.sort();
        lines
    }

    fn parent(&self, span: &Span) -> &str {
        if span.parent_span_id.is_empty() {
            return "-";
        }
        let parent = self.0.iter().find(|other| other.span_id == span.parent_span_id);
        parent.map_or("missing", |parent| parent.name.as_str())
    }

    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.0.iter().map(|span| hex(&span.trace_id)).collect()
    }

    pub(crate) fn named(&self, name: &str) -> Vec<&Span> {
        self.0.iter().filter(|span| span.name == name).collect()
    }

    /// The attributes of the first span of this name, as text.
    pub(crate) fn attributes(&self, name: &str) -> BTreeMap<String, String> {
        let span = self.named(name).into_iter().next().expect(name);
        attributes(span)
    }
}

/// Attributes as text.
pub(crate) fn attributes(span: &Span) -> BTreeMap<String, String> {
    let text = |value: Any| match value {
        Any::StringValue(text) => text,
        Any::IntValue(number) => number.to_string(),
        Any::DoubleValue(number) => number.to_string(),
        Any::BoolValue(value) => value.to_string(),
        Any::ArrayValue(list) => {
            list.values.into_iter().map(|one| format!("{:?}", one.value)).collect::<Vec<_>>().join(",")
        }
        other => format!("{other:?}"),
    };
    let value = |one: &opentelemetry_proto::tonic::common::v1::KeyValue| {
        one.value.clone().and_then(|value| value.value).map(text).unwrap_or_default()
    };
    span.attributes.iter().map(|one| (one.key.clone(), value(one))).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

type Shared = (Arc<Mutex<Inner>>, watch::Receiver<bool>);

async fn answer(State((inner, mut holds)): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 24).await.expect("a body");
    let path = parts.uri.path().to_owned();
    let (status, tags) = {
        let mut inner = inner.lock().expect("not poisoned");
        let status = if inner.statuses.is_empty() { None } else { Some(inner.statuses.remove(0)) };
        // What is refused isn't kept.
        if status.is_none() {
            inner.came.push(Came { path: path.clone(), headers: parts.headers.clone(), body });
        }
        (status, inner.tags.clone())
    };
    let _ = holds.wait_for(|holds| !holds).await;
    if path.ends_with("/Export") {
        return called(status.unwrap_or(0));
    }
    if let Some(status) = status {
        return StatusCode::from_u16(status).expect("a status").into_response();
    }
    if path == "/api/2.0/mlflow/experiments/get" {
        let tags: Vec<Value> =
            tags.iter().map(|(key, value)| serde_json::json!({ "key": key, "value": value })).collect();
        return Json(serde_json::json!({ "experiment": { "experiment_id": "1", "tags": tags } }))
            .into_response();
    }
    Json(serde_json::json!({})).into_response()
}

/// An answer of gRPC, whose status comes behind its message.
fn called(status: u16) -> Response {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(status));
    let message = Frame::data(Bytes::from_static(&[0, 0, 0, 0, 0]));
    let body = Body::new(Frames(vec![Frame::trailers(trailers), message]));
    ([(header::CONTENT_TYPE, "application/grpc")], body).into_response()
}

/// A body of these frames, the last first.
struct Frames(Vec<Frame<Bytes>>);

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}
