//! A workspace that knows people and groups, and may be out of order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use secrecy::SecretString;
use serde_json::{Value, json};
use tellr_app::settings::{WorkspaceAuth, WorkspaceSettings};
use tellr_app::workspace::{Workspace, client};
use tokio::net::TcpListener;

/// What the workspace answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Health {
    #[default]
    Good,
    /// 500.
    Broken,
    /// Nothing.
    Silent,
}

#[derive(Default)]
struct Inner {
    health: Health,
    /// Names by kind (`Users`, `Groups`) and id.
    names: BTreeMap<(String, String), String>,
    /// Ids of groups, by the id of a user.
    groups: BTreeMap<String, Vec<String>>,
    requests: usize,
}

#[derive(Clone)]
pub(crate) struct Directory {
    inner: Arc<Mutex<Inner>>,
    host: String,
}

impl Directory {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/api/2.0/preview/scim/v2/{kind}", get(list))
            .route("/api/2.0/preview/scim/v2/{kind}/{id}", get(read))
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the workspace serves") });
        Self { inner, host }
    }

    /// The app's client of it.
    pub(crate) fn workspace(&self) -> Arc<Workspace> {
        let auth = WorkspaceAuth::Token(SecretString::from("planted-token-of-the-app"));
        let settings = WorkspaceSettings { host: self.host.clone(), auth };
        Arc::new(Workspace::new(client().expect("a client"), settings))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().expect("no test panicked inside"))
    }

    pub(crate) fn user(&self, id: &str, name: &str, groups: &[&str]) {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        self.with(|inner| {
            inner.names.insert(("Users".to_owned(), id.to_owned()), name.to_owned());
            inner.groups.insert(id.to_owned(), groups);
        });
    }

    pub(crate) fn group(&self, id: &str, name: &str) {
        self.with(|inner| inner.names.insert(("Groups".to_owned(), id.to_owned()), name.to_owned()));
    }

    pub(crate) fn is(&self, health: Health) {
        self.with(|inner| inner.health = health);
    }

    /// How often it was asked.
    pub(crate) fn requests(&self) -> usize {
        self.with(|inner| inner.requests)
    }
}

/// What comes first: whether it answers at all.
async fn disturbed(inner: &Mutex<Inner>) -> Option<Response> {
    let health = {
        let mut inner = inner.lock().expect("no test panicked inside");
        inner.requests += 1;
        inner.health
    };
    match health {
        Health::Good => None,
        Health::Broken => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Health::Silent => std::future::pending().await,
    }
}

async fn list(
    State(inner): State<Arc<Mutex<Inner>>>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if let Some(answer) = disturbed(&inner).await {
        return answer;
    }
    // `filter=displayName co "text" or …`, encoded.
    let query = query.unwrap_or_default();
    let wanted = query.split("%22").nth(1).unwrap_or_default().to_lowercase();
    let inner = inner.lock().expect("no test panicked inside");
    let found: Vec<Value> = inner
        .names
        .iter()
        .filter(|((of, _), name)| *of == kind && name.to_lowercase().contains(&wanted))
        .map(|((_, id), name)| json!({ "id": id, "displayName": name }))
        .collect();
    Json(json!({ "totalResults": found.len(), "Resources": found })).into_response()
}

async fn read(State(inner): State<Arc<Mutex<Inner>>>, Path((kind, id)): Path<(String, String)>) -> Response {
    if let Some(answer) = disturbed(&inner).await {
        return answer;
    }
    let inner = inner.lock().expect("no test panicked inside");
    let Some(name) = inner.names.get(&(kind, id.clone())) else {
        let body = json!({ "status": "404", "detail": "not found" });
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    };
    let groups = inner.groups.get(&id).into_iter().flatten().map(|group| {
        let name = inner.names.get(&("Groups".to_owned(), group.clone()));
        json!({ "value": group, "display": name })
    });
    let groups: Vec<Value> = groups.collect();
    Json(json!({ "id": id, "displayName": name, "groups": groups })).into_response()
}
