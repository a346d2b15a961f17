//! Answers of a serving endpoint, of our own making, for an [`Upstream`] to send.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use tellr_app::settings::{WorkspaceAuth, WorkspaceSettings};
use tellr_app::workspace::serving::{ChatEndpoint, Learnt, Message, Request, Schema};
use tellr_app::workspace::{self, Workspace};
use tokio::sync::oneshot;

use super::upstream::{TOKEN, Upstream};

/// The endpoint that the tests ask.
pub(crate) const ENDPOINT: &str = "planted model";
pub(crate) const INVOCATIONS: &str = "POST /serving-endpoints/planted%20model/invocations";
/// What a person wrote.
pub(crate) const PROMPT: &str = "the planted prompt of a person about a merger";

/// The workspace at `upstream`, with its token.
pub(crate) fn workspace(upstream: &Upstream) -> Workspace {
    let auth = WorkspaceAuth::Token(SecretString::from(TOKEN.to_owned()));
    let http = workspace::client().expect("a client");
    Workspace::new(http, WorkspaceSettings { host: upstream.host.clone(), auth })
}

pub(crate) fn endpoint(upstream: &Upstream) -> ChatEndpoint {
    ChatEndpoint::new(workspace(upstream), ENDPOINT, Learnt::default())
}

/// A request for text.
pub(crate) fn request() -> Request {
    Request {
        messages: vec![Message::System("Be brief.".into()), Message::User(PROMPT.into())],
        tools: Vec::new(),
        schema: None,
        max_tokens: 100,
        temperature: Some(0.5),
    }
}

/// A request for a document.
pub(crate) fn request_for_json() -> Request {
    let schema = json!({"type": "object", "properties": {"title": {"type": "string"}}});
    Request { schema: Some(Schema { name: "outline", schema }), ..request() }
}

/// The title of a document.
pub(crate) fn title(document: Value) -> Result<String, String> {
    document["title"].as_str().map(str::to_owned).ok_or_else(|| "`title` is missing".to_owned())
}

/// A chunk that adds text.
pub(crate) fn text_chunk(text: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {"content": text}}]})
}

/// The chunk that ends an answer, with what it cost.
pub(crate) fn last_chunk(reason: &str) -> Value {
    json!({
        "choices": [{"index": 0, "delta": {}, "finish_reason": reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    })
}

pub(crate) fn events(chunks: &[Value]) -> String {
    chunks
        .iter()
        .map(ToString::to_string)
        .flat_map(|chunk| ["data: ".to_owned(), chunk, "\n\n".to_owned()])
        .collect()
}

/// A stream in pieces of so many bytes.
pub(crate) fn streamed(text: &str, piece: usize) -> Response {
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        text.as_bytes().chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    event_stream(Body::from_stream(stream::iter(pieces)))
}

/// A stream that breaks off when the test says so: the connection ends without the end of the body.
pub(crate) fn broken_off(text: &str) -> (Response, oneshot::Sender<()>) {
    let (now, told) = oneshot::channel();
    let said = stream::iter([Ok(Bytes::copy_from_slice(text.as_bytes()))]);
    let broken = stream::once(async {
        let _ = told.await;
        Err(std::io::Error::other("broken off"))
    });
    (event_stream(Body::from_stream(said.chain(broken))), now)
}

/// A stream that says this and then nothing more. The receiver is told when the client has gone.
pub(crate) fn standing_still(text: &str) -> (Response, oneshot::Receiver<()>) {
    let (gone, told) = oneshot::channel();
    let said = stream::iter([Ok::<_, std::io::Error>(Bytes::copy_from_slice(text.as_bytes()))]);
    let still = Watched { stream: Box::pin(said.chain(stream::pending())), _gone: Gone(Some(gone)) };
    (event_stream(Body::from_stream(still)), told)
}

/// An endless stream of this piece.
pub(crate) fn endless(piece: &'static str) -> Body {
    Body::from_stream(stream::repeat_with(move || {
        Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes()))
    }))
}

pub(crate) fn event_stream(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], body).into_response()
}

/// An answer that is not streamed.
pub(crate) fn answer(text: &str, reason: &str) -> Response {
    Json(json!({
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }))
    .into_response()
}

/// A refusal in plain text.
pub(crate) fn refusal(status: u16, text: &str) -> Response {
    (StatusCode::from_u16(status).expect("a status"), text.to_owned()).into_response()
}

/// A refusal in the platform's shape.
pub(crate) fn platform_refusal(status: u16, message: &str) -> Response {
    refusal(status, &json!({"error_code": "BAD_REQUEST", "message": message}).to_string())
}

struct Watched {
    stream: Pin<Box<dyn Stream<Item = Result<Bytes, std::io::Error>> + Send>>,
    _gone: Gone,
}

struct Gone(Option<oneshot::Sender<()>>);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(gone) = self.0.take() {
            let _ = gone.send(());
        }
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}
