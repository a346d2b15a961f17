//! A workspace that remembers every request it gets and answers what a test wants.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::{Json, Router, response::IntoResponse as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The credential of whoever runs the deploy page.
pub(crate) const TOKEN: &str = "planted-token-of-the-server-0123456789";
/// Of a signed-in workspace admin, and of somebody who is none.
pub(crate) const ADMIN: &str = "planted-token-of-an-admin-0123456789";
pub(crate) const USER: &str = "planted-token-of-a-user-0123456789";

/// An endpoint, and an instance, that are in this workspace.
pub(crate) const ENDPOINT: &str = "projects/tellr-db/branches/production/endpoints/primary";
pub(crate) const INSTANCE: &str = "tellr-db";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// `GET /api/2.0/…?…`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    answers: VecDeque<Response>,
    database_host: String,
    password: String,
}

#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) host: String,
    inner: Arc<Mutex<Inner>>,
    _server: Arc<Server>,
}

struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the workspace serves");
        });
        Self { host, inner, _server: Arc::new(Server(server)) }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().expect("no test panicked inside"))
    }

    /// What the next request gets, whatever it is.
    pub(crate) fn answer_next(&self, answer: Response) {
        self.with(|inner| inner.answers.push_back(answer));
    }

    /// Where the database of [`ENDPOINT`] and [`INSTANCE`] listens, and what opens it.
    pub(crate) fn set_database(&self, host: &str, password: &str) {
        self.with(|inner| {
            host.clone_into(&mut inner.database_host);
            password.clone_into(&mut inner.password);
        });
    }

    /// The requests since the last time this was asked.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.with(|inner| std::mem::take(&mut inner.received))
    }

    /// The first line of each.
    pub(crate) fn received_lines(&self) -> Vec<String> {
        self.received().into_iter().map(|request| request.line).collect()
    }
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let mut inner = inner.lock().expect("no test panicked inside");
    inner.received.push(Received {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers.clone(),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    });
    if let Some(answer) = inner.answers.pop_front() {
        return answer;
    }
    let bearer =
        parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let groups = match bearer.strip_prefix("Bearer ") {
        Some(TOKEN | ADMIN) => json!([{"display": "users"}, {"display": "admins"}]),
        Some(USER) => json!([{"display": "users"}, {"display": "not-admins"}]),
        _ => {
            let body = json!({"error_code": "UNAUTHENTICATED", "message": "no such token"});
            return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
        }
    };
    let body = match parts.uri.path() {
        "/api/2.0/preview/scim/v2/Me" => json!({"userName": "ada@example.com", "groups": groups}),
        "/api/2.0/postgres/projects/tellr-db/branches/production/endpoints" => json!({"endpoints": [
            {"name": ENDPOINT, "status": {"hosts": {"host": inner.database_host}}},
        ]}),
        "/api/2.0/database/instances/tellr-db" => {
            json!({"name": INSTANCE, "state": "AVAILABLE", "read_write_dns": inner.database_host})
        }
        "/api/2.0/postgres/credentials" | "/api/2.0/database/credentials" => {
            json!({"token": inner.password, "expire_time": "2999-01-01T00:00:00Z"})
        }
        _ => json!({"fine": true}),
    };
    Json(body).into_response()
}
