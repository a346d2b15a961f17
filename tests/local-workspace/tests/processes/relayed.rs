//! An app whose process passes connections on to a server in the test, and visitors of it that choose their
//! HTTP version. Both see frames, and decide when the next one is sent.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, Version, header};
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use local_workspace::platform::ProxySettings;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

use crate::support::{ADA, Local, PATIENCE};

/// Sends the next frame of `/parts`, or breaks the connection.
pub(crate) type Parts = mpsc::Sender<io::Result<Frame<Bytes>>>;
type Queue = mpsc::Receiver<io::Result<Frame<Bytes>>>;

#[derive(Clone)]
struct Server {
    connections: Arc<AtomicUsize>,
    answers: Arc<Mutex<mpsc::UnboundedReceiver<Queue>>>,
}

pub(crate) struct Relayed {
    pub(crate) local: Local,
    connections: Arc<AtomicUsize>,
    answers: mpsc::UnboundedSender<Queue>,
}

impl Relayed {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (answers, queues) = mpsc::unbounded_channel();
        let server = Server { connections: Arc::default(), answers: Arc::new(Mutex::new(queues)) };
        let connections = Arc::clone(&server.connections);
        let counted = Arc::clone(&connections);
        let listener = listener.tap_io(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let router = Router::new()
            .route("/echo", any(echo))
            .route("/parts", get(parts))
            .route("/silent", get(std::future::pending::<StatusCode>))
            .route("/upgrade", get(upgrade))
            .fallback(told)
            .with_state(server);
        // It ends with the test's runtime.
        tokio::spawn(axum::serve(listener, router).into_future());

        let local = Local::with_app(json!({})).await;
        local.upload("server.py", include_str!("relay.py")).await;
        let manifest =
            format!("command: [python, server.py]\nenv:\n  - name: SERVER\n    value: \"{address}\"\n");
        local.upload("app.yaml", &manifest).await;
        let status = local.deploy().await;
        assert_eq!(status["state"], "SUCCEEDED", "{status} {:?}", local.logs());
        Self { local, connections, answers }
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut ProxySettings)) {
        self.local.workspace.control().settings.update(|settings| change(&mut settings.proxy));
    }

    /// How many connections the server has accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The frames of the next answer of `/parts`.
    pub(crate) fn parts(&self) -> Parts {
        let (parts, queue) = mpsc::channel(1);
        self.answers.send(queue).expect("the server runs");
        parts
    }

    /// A request as Ada, to be changed before it is sent.
    pub(crate) fn request(&self, path: &str) -> Request {
        let token = self.local.workspace.control().identities.mint_oauth(ADA);
        Request::get(self.local.url(path))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .expect("a request")
    }

    /// Sends a request on a new connection of this version.
    pub(crate) async fn visit(&self, version: Version, mut request: Request) -> Response<Incoming> {
        let host = self.host();
        let stream = TokioIo::new(TcpStream::connect(&host).await.expect("a connection"));
        let answer = async {
            if version == Version::HTTP_2 {
                let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
                tokio::spawn(connection);
                return sender.send_request(request).await;
            }
            request.headers_mut().insert(header::HOST, host.parse().expect("a host"));
            *request.uri_mut() =
                request.uri().path_and_query().expect("a path").as_str().parse().expect("a path");
            let (mut sender, connection) = http1::handshake(stream).await?;
            tokio::spawn(connection.with_upgrades());
            sender.send_request(request).await
        };
        let answer = tokio::time::timeout(PATIENCE, answer).await.expect("in time").expect("an answer");
        assert_eq!(answer.version(), version);
        answer
    }

    pub(crate) fn host(&self) -> String {
        self.local.url("").trim_start_matches("http://").to_owned()
    }
}

/// The next frame of a body.
pub(crate) async fn frame(body: &mut Incoming) -> Option<Result<Frame<Bytes>, hyper::Error>> {
    let next = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
    tokio::time::timeout(PATIENCE, next).await.expect("in time")
}

/// The rest of a body as text, which must end regularly.
pub(crate) async fn text(mut body: Incoming) -> String {
    let mut bytes = Vec::new();
    while let Some(part) = frame(&mut body).await {
        if let Ok(data) = part.expect("the whole body").into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    String::from_utf8(bytes).expect("text")
}

pub(crate) fn data(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

/// What the server was told.
async fn told(request: Request) -> Json<Value> {
    let mut headers = Map::new();
    for (name, value) in request.headers() {
        headers.insert(name.to_string(), json!(value.to_str().expect("text")));
    }
    let authority = request.uri().authority().map(ToString::to_string);
    Json(json!({
        "version": format!("{:?}", request.version()),
        "path": request.uri().path_and_query().map(ToString::to_string),
        "authority": authority,
        "headers": headers,
    }))
}

/// The body and the trailers of the request.
async fn echo(request: Request) -> Response<Body> {
    let mut response = Response::new(request.into_body());
    response.headers_mut().insert(header::TRAILER, "x-sum".parse().expect("a value"));
    response
}

async fn parts(State(server): State<Server>) -> Response<Body> {
    let queue = server.answers.lock().await.recv().await.expect("the test has parts");
    Response::builder()
        .header(header::CONTENT_TYPE, "text/event-stream")
        .header(header::TRAILER, "x-sum")
        .body(Body::new(Queued(queue)))
        .expect("a response")
}

/// Changes to a protocol that sends back what it receives.
async fn upgrade(mut request: Request) -> Response<Body> {
    assert_eq!(request.version(), Version::HTTP_11);
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let stream = TokioIo::new(upgraded.await.expect("upgraded"));
        let (mut from, mut to) = tokio::io::split(stream);
        // It ends with the connection.
        let _ = tokio::io::copy(&mut from, &mut to).await;
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "echo")
        .body(Body::empty())
        .expect("a response")
}

pub(crate) struct Queued(Queue);

impl Queued {
    /// A body of these frames.
    pub(crate) fn of(frames: Vec<io::Result<Frame<Bytes>>>) -> Self {
        let (sender, queue) = mpsc::channel(frames.len().max(1));
        for frame in frames {
            sender.try_send(frame).expect("room");
        }
        Self(queue)
    }
}

impl HttpBody for Queued {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context)
    }
}
