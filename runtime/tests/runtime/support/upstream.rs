//! A workspace that remembers every request it gets and answers what a test wants. It also signs people
//! in, as anybody with any code: what a code and a token are worth is the tests' to say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::{Json, Router, response::IntoResponse as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The credential of whoever runs the deploy page.
pub(crate) const TOKEN: &str = "planted-token-of-the-server-0123456789";

/// An endpoint, and an instance, that are in this workspace.
pub(crate) const ENDPOINT: &str = "projects/tellr-db/branches/production/endpoints/primary";
pub(crate) const INSTANCE: &str = "tellr-db";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// `GET /api/2.0/…?…`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    /// As JSON, or a form's fields.
    pub(crate) body: Value,
}

impl Received {
    /// The token that it came with.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    }
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    answers: VecDeque<Response>,
    database_host: String,
    password: String,
    /// How many access tokens were given to people who signed in; only the last one is good.
    granted: usize,
    last_is_revoked: bool,
    expires_in: Option<u64>,
    stalled: Option<Arc<Semaphore>>,
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

    /// How long tokens of people who sign in from now on are said to live, in seconds.
    pub(crate) fn set_life(&self, secs: u64) {
        self.with(|inner| inner.expires_in = Some(secs));
    }

    /// The last token of somebody who signed in is worth nothing any more.
    pub(crate) fn revoke(&self) {
        self.with(|inner| inner.last_is_revoked = true);
    }

    /// Leaves requests for tokens waiting until the returned semaphore is given permits.
    pub(crate) fn stall_tokens(&self) -> Arc<Semaphore> {
        let stalled = Arc::new(Semaphore::new(0));
        self.with(|inner| inner.stalled = Some(Arc::clone(&stalled)));
        stalled
    }

    /// The requests since the last time this was asked.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.with(|inner| std::mem::take(&mut inner.received))
    }

    /// How many requests with this first line came since [`Upstream::received`] was last asked.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.with(|inner| inner.received.iter().filter(|request| request.line == line).count())
    }

    /// The first line of each.
    pub(crate) fn received_lines(&self) -> Vec<String> {
        self.received().into_iter().map(|request| request.line).collect()
    }
}

/// The access token of the nth grant, from 1.
pub(crate) fn access_token(n: usize) -> String {
    format!("planted-access-token-{n:04}-of-somebody")
}

/// The refresh token that came with it.
pub(crate) fn refresh_token(n: usize) -> String {
    format!("planted-refresh-token-{n:04}-of-somebody")
}

fn form(bytes: &[u8]) -> Value {
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let uri = format!("/?{text}").parse().expect("a form");
    let Query(pairs) = Query::<BTreeMap<String, String>>::try_from_uri(&uri).expect("a form");
    json!(pairs)
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let asks_for_token = parts.uri.path() == "/oidc/v1/token";
    let received = Received {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers.clone(),
        body: if asks_for_token { form(&bytes) } else { serde_json::from_slice(&bytes).unwrap_or_default() },
    };
    let stalled = {
        let mut inner = inner.lock().expect("no test panicked inside");
        inner.received.push(received.clone());
        inner.stalled.clone().filter(|_| asks_for_token)
    };
    if let Some(stalled) = stalled {
        stalled.acquire().await.expect("a permit").forget();
    }
    let mut inner = inner.lock().expect("no test panicked inside");
    if let Some(answer) = inner.answers.pop_front() {
        return answer;
    }
    if asks_for_token {
        inner.granted += 1;
        inner.last_is_revoked = false;
        return Json(json!({
            "access_token": access_token(inner.granted),
            "refresh_token": refresh_token(inner.granted),
            "token_type": "Bearer",
            "expires_in": inner.expires_in.unwrap_or(3600),
        }))
        .into_response();
    }
    if parts.uri.path() == "/oidc/.well-known/oauth-authorization-server" {
        let host = parts.headers[header::HOST].to_str().expect("text");
        return Json(json!({
            "authorization_endpoint": format!("http://{host}/oidc/v1/authorize"),
            "token_endpoint": format!("http://{host}/oidc/v1/token"),
            "code_challenge_methods_supported": ["S256"],
        }))
        .into_response();
    }
    let is_last = |token: &str| inner.granted > 0 && token == access_token(inner.granted);
    let groups = match received.bearer() {
        Some(token) if is_last(token) && !inner.last_is_revoked => json!([]),
        Some(TOKEN) => json!([{"display": "users"}, {"display": "admins"}]),
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
