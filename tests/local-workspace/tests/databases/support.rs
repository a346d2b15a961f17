//! A workspace on a virtual clock, and two kinds of client: of its API and of its databases.

use std::path::Path;
use std::sync::{Arc, Once};

use local_workspace::clock::{Clock, Timestamp};
use local_workspace::pace::Pace;
use local_workspace::platform::AppsMode;
use local_workspace::settings::Settings;
use local_workspace::workspace::Workspace;
use local_workspace::{LocalWorkspace, Options};
use reqwest::Method;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BEN: &str = "ben@example.com";
pub(crate) const CARLA: &str = "carla@example.com";

pub(crate) struct Local {
    pub(crate) workspace: LocalWorkspace,
    http: reqwest::Client,
}

/// Status and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) u16, pub(crate) Value);

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.0), "{self:?}");
        self.1
    }

    /// Status, error code and message of a refusal.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        assert!(self.0 >= 400, "not refused: {self:?}");
        let text = |key: &str| self.1[key].as_str().unwrap_or_default();
        (self.0, text("error_code"), text("message"))
    }
}

impl Local {
    pub(crate) async fn start() -> Self {
        Self::with(Pace::none()).await
    }

    /// With the platform's durations, on a clock that stands still.
    pub(crate) async fn realistic() -> Self {
        Self::with(Pace::realistic()).await
    }

    /// On this clock.
    pub(crate) async fn at(clock: Clock) -> Self {
        Self::begin(clock, Pace::none()).await
    }

    async fn with(pace: Pace) -> Self {
        Self::begin(Clock::virtual_from(Timestamp(1_795_000_000_000)), pace).await
    }

    async fn begin(clock: Clock, pace: Pace) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider().install_default().expect("the first provider");
        });
        let options = Options {
            clock,
            settings: Settings { pace, ..Settings::default() },
            apps: AppsMode::Scripted,
            ..Options::default()
        };
        Self {
            workspace: LocalWorkspace::start(options).await.expect("a workspace"),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
        }
    }

    pub(crate) fn state(&self) -> &Workspace {
        self.workspace.control()
    }

    pub(crate) fn pass_secs(&self, secs: u64) {
        self.state().clock.advance(secs * 1000).expect("a virtual clock");
    }

    pub(crate) async fn call(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}/api/2.0/{path}", self.workspace.host());
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        Answer(status, response.json().await.unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(self.workspace.token(ADA), Method::GET, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(self.workspace.token(ADA), Method::DELETE, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_by(ADA, path, body).await
    }

    pub(crate) async fn post_by(&self, who: &str, path: &str, body: Value) -> Answer {
        self.call(self.workspace.token(who), Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(self.workspace.token(ADA), Method::PATCH, path, Some(body)).await
    }

    /// Creates a project and returns the host of its first endpoint.
    pub(crate) async fn project(&self, id: &str) -> String {
        let path = format!("postgres/projects?project_id={id}");
        self.post(
            &path,
            json!({"spec": {"display_name": id, "default_endpoint_settings": {"no_suspension": true}}}),
        )
        .await
        .ok();
        self.host(&format!("projects/{id}/branches/production")).await
    }

    pub(crate) async fn host(&self, branch: &str) -> String {
        let endpoint = self.get(&format!("postgres/{branch}/endpoints/primary")).await.ok();
        endpoint["status"]["hosts"]["host"].as_str().expect("a host").to_owned()
    }

    /// A password for an endpoint, as its caller gets it.
    pub(crate) async fn password(&self, token: &str, branch: &str) -> Answer {
        let body = json!({"endpoint": format!("{branch}/endpoints/primary")});
        self.call(token, Method::POST, "postgres/credentials", Some(body)).await
    }

    /// Connects ada with a fresh password.
    pub(crate) async fn ada_at(&self, branch: &str) -> Client {
        let password = self.password(self.workspace.token(ADA), branch).await.ok();
        let password = password["token"].as_str().expect("a token");
        self.connect(&self.host(branch).await, ADA, password).await.expect("a connection")
    }

    /// Connects with verified TLS.
    pub(crate) async fn connect(
        &self,
        host: &str,
        user: &str,
        password: &str,
    ) -> Result<Client, tokio_postgres::Error> {
        let mut config = tokio_postgres::Config::new();
        if let Some(address) = self.state().lakebase.address_of_names() {
            // This system may not resolve names under `localhost`.
            config.hostaddr(address.into());
        }
        let (client, connection) = config
            .host(host)
            .user(user)
            .password(password)
            .dbname("databricks_postgres")
            .ssl_mode(tokio_postgres::config::SslMode::Require)
            .connect(tls(&self.state().lakebase.ca_file()))
            .await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(client)
    }
}

fn tls(ca_file: &Path) -> MakeRustlsConnect {
    let mut roots = RootCertStore::empty();
    let pem = std::fs::read(ca_file).expect("the authority's certificate");
    roots.add(CertificateDer::from_pem_slice(&pem).expect("a certificate")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    MakeRustlsConnect::new(config)
}

#[track_caller]
pub(crate) fn sql_state<T>(result: Result<T, tokio_postgres::Error>) -> SqlState {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => error.code().expect("PostgreSQL's own kind of error").clone(),
    }
}
