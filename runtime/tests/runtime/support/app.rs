//! The app inside the test's process: the same routes and layers, on a port of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;
use tellr_app::app::AppState;
use tellr_app::database::seeds::Selection;
use tellr_app::database::{Database, DatabaseError, Effort, Initialised};
use tellr_app::http::listener;
use tellr_app::server;
use tellr_app::settings::Settings;
use tellr_app::workspace::RetryPolicy;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::front::{Certificate, Front};
use super::workspace::{CLIENT_ID, CLIENT_SECRET, ENDPOINT, Workspace};
use super::{KEY, PATIENCE, postgres};

/// The variables of an app.
#[derive(Clone, Debug)]
pub(crate) struct Variables(pub(crate) BTreeMap<String, String>);

impl Variables {
    /// None.
    pub(crate) fn nothing() -> Self {
        Self(BTreeMap::new())
    }

    /// On the test's PostgreSQL, with a new schema, in development.
    pub(crate) fn local() -> Self {
        Self::nothing()
            .with("DATABASE_URL", &postgres::url())
            .with("LAKEBASE_SCHEMA", &postgres::unique("local"))
            .with("GOOGLE_OAUTH_ENCRYPTION_KEY", KEY)
    }

    /// On a Lakebase of autoscaling kind, as the deployer sets them.
    pub(crate) async fn autoscaling(workspace: &Workspace, front: &Front, certificate: &Certificate) -> Self {
        Self::nothing()
            .with("ENVIRONMENT", "production")
            .with("LAKEBASE_TYPE", "autoscaling")
            .with("LAKEBASE_PG_HOST", "127.0.0.1")
            .with("LAKEBASE_ENDPOINT_NAME", ENDPOINT)
            .with("LAKEBASE_PROJECT_ID", "p")
            .with("LAKEBASE_INSTANCE", "")
            .with("LAKEBASE_SCHEMA", &workspace.schema().await)
            .with("PGPORT", &front.port.to_string())
            .with("PGUSER", &workspace.role())
            .with("PGDATABASE", "postgres")
            .with("PGSSLROOTCERT", certificate.root_file.path().to_str().expect("a path"))
            .with("DATABRICKS_HOST", &workspace.host)
            .with("DATABRICKS_CLIENT_ID", CLIENT_ID)
            .with("DATABRICKS_CLIENT_SECRET", CLIENT_SECRET)
            .with("GOOGLE_OAUTH_ENCRYPTION_KEY", KEY)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn schema(&self) -> &str {
        &self.0["LAKEBASE_SCHEMA"]
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::read(&|name| self.0.get(name).cloned()).expect("good settings")
    }

    /// The database of these settings, not initialised.
    pub(crate) fn database(&self) -> Database {
        self.database_with(impatient())
    }

    pub(crate) fn database_with(&self, effort: Effort) -> Database {
        Database::open(&self.settings(), effort).expect("a pool")
    }

    /// What `init-database` does.
    pub(crate) async fn initialise(&self) -> Result<Initialised, DatabaseError> {
        self.database().initialise(Selection::Standard).await
    }

    /// Serves; the database is left as it is.
    pub(crate) async fn serve(&self) -> RunningApp {
        self.serve_with(impatient()).await
    }

    pub(crate) async fn serve_with(&self, effort: Effort) -> RunningApp {
        RunningApp::start(self.settings(), effort).await
    }
}

/// Tries again as the app does, only without waiting for long.
pub(crate) fn impatient() -> Effort {
    Effort {
        patience: Duration::from_millis(200),
        attempt: PATIENCE,
        connection: PATIENCE,
        statement: PATIENCE,
        stopping: PATIENCE,
        trusted_idle: Duration::from_secs(15),
        retry: RetryPolicy {
            attempts: 4,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(5),
            timeout: Duration::from_secs(10),
        },
    }
}

pub(crate) struct RunningApp {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) schema: String,
    _running: oneshot::Sender<()>,
}

impl RunningApp {
    async fn start(settings: Settings, effort: Effort) -> Self {
        Self::start_with(settings, effort, |_| ()).await
    }

    /// With changes of what the subjects share.
    pub(crate) async fn start_with(
        settings: Settings,
        effort: Effort,
        change: impl FnOnce(&mut AppState),
    ) -> Self {
        let schema = settings.database.schema.to_string();
        let mut app = AppState::new(&settings, effort).expect("an app");
        change(std::sync::Arc::get_mut(&mut app).expect("nobody else has it yet"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (running, stopped) = oneshot::channel::<()>();
        let stop = async {
            // Dropping the sender, as the end of a test does, is the signal.
            let _ = stopped.await;
        };
        tokio::spawn(listener::serve(listener, server::router(app), stop, listener::DRAIN));
        Self { url, client: client(|builder| builder), schema, _running: running }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn json(&self, path: &str) -> (u16, Value) {
        let answer = self.get(path).await;
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

/// A client that needs no certificates: the app itself speaks without TLS.
pub(crate) fn client(with: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Client {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    with(Client::builder().no_proxy().tls_backend_preconfigured(tls)).build().expect("a client")
}
