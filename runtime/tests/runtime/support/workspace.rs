//! A workspace that mints passwords: OAuth tokens, and credentials for both kinds of Lakebase.
//!
//! It counts what it is asked for, fails or hangs on demand, and sets the role's password in PostgreSQL to
//! what it handed out last, as if every earlier credential had expired.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::postgres;

pub(crate) const CLIENT_ID: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const CLIENT_SECRET: &str = "planted-client-secret";
pub(crate) const ENDPOINT: &str = "projects/p/branches/production/endpoints/primary";

/// What comes instead of the regular answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<&'static str>,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Inner {
    role: String,
    tokens: Vec<String>,
    passwords: Vec<String>,
    credential_requests: Vec<Value>,
    token_failures: VecDeque<Failure>,
    credential_failures: VecDeque<Failure>,
    revoked: Vec<String>,
    life: Option<Duration>,
    /// Requests that are not answered because it hangs.
    hanging: usize,
}

#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) host: String,
    inner: Arc<Mutex<Inner>>,
    hangs: watch::Sender<bool>,
    _server: Arc<Server>,
}

struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Workspace {
    /// A workspace for one role, which it makes.
    pub(crate) async fn start() -> Self {
        let role = postgres::unique("role");
        postgres::run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'never-handed-out'")).await;
        let inner = Arc::new(Mutex::new(Inner { role, ..Inner::default() }));
        let hangs = watch::Sender::new(false);
        let router = Router::new()
            .route("/oidc/v1/token", post(token))
            .route("/api/2.0/postgres/credentials", post(credential))
            .route("/api/2.0/database/credentials", post(credential))
            .layer(from_fn_with_state((Arc::clone(&inner), hangs.subscribe()), hang))
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the workspace serves");
        });
        Self { host, inner, hangs, _server: Arc::new(Server(server)) }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().expect("no test panicked inside"))
    }

    pub(crate) fn role(&self) -> String {
        self.with(|inner| inner.role.clone())
    }

    /// A schema that the role may use, as the deployer makes it.
    pub(crate) async fn schema(&self) -> String {
        let (schema, role) = (postgres::unique("lakebase"), self.role());
        postgres::run(&format!("CREATE SCHEMA {schema}; GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}"))
            .await;
        schema
    }

    pub(crate) fn fail_token(&self, failure: Failure) {
        self.with(|inner| inner.token_failures.push_back(failure));
    }

    pub(crate) fn fail_credential(&self, failure: Failure) {
        self.with(|inner| inner.credential_failures.push_back(failure));
    }

    /// Credentials expire this long after they were handed out, as far as it says.
    pub(crate) fn credentials_live(&self, life: Duration) {
        self.with(|inner| inner.life = Some(life));
    }

    /// From now on no request is answered, or again all are, with those that wait.
    pub(crate) fn hangs(&self, hangs: bool) {
        self.hangs.send_replace(hangs);
    }

    /// The requests that wait for an answer because it hangs, or have given up.
    pub(crate) fn hanging(&self) -> usize {
        self.with(|inner| inner.hanging)
    }

    /// The database refuses every credential so far.
    pub(crate) async fn expire_credentials(&self) {
        postgres::run(&format!("ALTER ROLE {} PASSWORD 'never-handed-out'", self.role())).await;
    }

    /// Every OAuth token so far is worth nothing any more.
    pub(crate) fn revoke_tokens(&self) {
        self.with(|inner| inner.revoked = inner.tokens.clone());
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.with(|inner| inner.tokens.clone())
    }

    pub(crate) fn passwords(&self) -> Vec<String> {
        self.with(|inner| inner.passwords.clone())
    }

    /// Also those that failed.
    pub(crate) fn credential_requests(&self) -> Vec<Value> {
        self.with(|inner| inner.credential_requests.clone())
    }
}

type HangState = (Arc<Mutex<Inner>>, watch::Receiver<bool>);

async fn hang(State((inner, mut hangs)): State<HangState>, request: Request, next: Next) -> Response {
    if *hangs.borrow() {
        inner.lock().expect("no test panicked inside").hanging += 1;
        let _ = hangs.wait_for(|hangs| !hangs).await;
    }
    next.run(request).await
}

async fn token(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, form: String) -> Response {
    use base64::Engine as _;
    let mut inner = inner.lock().expect("no test panicked inside");
    if let Some(failure) = inner.token_failures.pop_front() {
        return failure.into_answer();
    }
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let good = headers.get(header::AUTHORIZATION).is_some_and(|value| *value == format!("Basic {basic}"))
        && form == "grant_type=client_credentials&scope=all-apis";
    if !good {
        let body = json!({"error": "invalid_client", "error_description": "Client authentication failed"});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let token = format!("planted-oauth-token-{}", inner.tokens.len());
    inner.tokens.push(token.clone());
    // As text, which some servers send; the number is what the others send.
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": "3600"})).into_response()
}

async fn credential(
    State(inner): State<Arc<Mutex<Inner>>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let (role, password, failure, life) = {
        let mut inner = inner.lock().expect("no test panicked inside");
        inner.credential_requests.push(body);
        let bearer =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = inner
            .tokens
            .iter()
            .any(|token| bearer == format!("Bearer {token}") && !inner.revoked.contains(token));
        let failure = if known {
            inner.credential_failures.pop_front()
        } else {
            Some(Failure::platform(
                401,
                "UNAUTHENTICATED",
                "Credential was not sent or was of an unsupported type",
            ))
        };
        let password = format!("planted-password-{}", inner.passwords.len());
        if failure.is_none() {
            inner.passwords.push(password.clone());
        }
        (inner.role.clone(), password, failure, inner.life)
    };
    if let Some(failure) = failure {
        return failure.into_answer();
    }
    postgres::run(&format!("ALTER ROLE {role} PASSWORD '{password}'")).await;
    let expires = life.map(|life| (OffsetDateTime::now_utc() + life).format(&Rfc3339).expect("a date"));
    let expires = expires.as_deref().unwrap_or("2999-01-01T00:00:00Z");
    Json(json!({"token": password, "expire_time": expires})).into_response()
}

impl Failure {
    /// In the platform's shape.
    pub(crate) fn platform(status: u16, code: &str, message: &str) -> Self {
        Self { status, retry_after: None, body: json!({"error_code": code, "message": message}) }
    }

    fn into_answer(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("a status");
        let mut answer = (status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.parse().expect("a value"));
        }
        answer
    }
}
