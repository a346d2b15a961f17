//! The deployer's host outside a browser: reqwest, tokio-postgres, the machine's clock.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use deployer::events::DeployEvent;
use deployer::host::{
    CredentialTarget, Host, HostError, HostErrorKind, LakebaseTarget, Method, SchemaError, SchemaErrorKind,
    Timestamp, WorkspaceRequest, WorkspaceResponse,
};
use deployer::schema::{self, SchemaOperation, SchemaOutcome};
use reqwest::redirect;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio_postgres::{Client as Postgres, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use crate::database::tls;
use crate::settings::{WorkspaceAuth, WorkspaceSettings};

/// No single answer of the workspace takes longer; waiting is done by asking again.
const ANSWER: Duration = Duration::from_mins(1);
const CONNECT: Duration = Duration::from_secs(15);
/// An OAuth token this close to its end is renewed.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 4] = ["date", "retry-after", "x-databricks-org-id", "content-type"];

/// Runs the deploy logic against one workspace, as one principal.
pub struct NativeHost<E> {
    http: reqwest::Client,
    workspace: WorkspaceSettings,
    /// OAuth access token of a service principal, and until when it is good.
    token: tokio::sync::Mutex<Option<(SecretString, Instant)>>,
    database_roots: Option<PathBuf>,
    events: Mutex<E>,
}

impl<E: FnMut(DeployEvent)> NativeHost<E> {
    /// A host that hands events to `events`. `database_roots` names a file of further certificate
    /// authorities for database connections (libpq's `PGSSLROOTCERT`).
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(
        workspace: WorkspaceSettings,
        database_roots: Option<&Path>,
        events: E,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(None)?)
            .timeout(ANSWER)
            .connect_timeout(CONNECT)
            // A redirect would carry the credential to another place.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("tellr/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            workspace,
            token: tokio::sync::Mutex::new(None),
            database_roots: database_roots.map(Path::to_owned),
            events: Mutex::new(events),
        })
    }

    /// The access token to send, minted or renewed if need be.
    async fn bearer(&self) -> Result<SecretString, HostError> {
        let (client_id, client_secret) = match &self.workspace.auth {
            WorkspaceAuth::Token(token) => return Ok(token.clone()),
            WorkspaceAuth::ClientCredentials { client_id, client_secret } => (client_id, client_secret),
        };
        let mut kept = self.token.lock().await;
        if let Some((token, good_until)) = &*kept
            && Instant::now() + LAST_MOMENT < *good_until
        {
            return Ok(token.clone());
        }
        let answer = self
            .http
            .post(format!("{}/oidc/v1/token", self.workspace.host))
            .basic_auth(client_id, Some(client_secret.expose_secret()))
            .form(&[("grant_type", "client_credentials"), ("scope", "all-apis")])
            .send()
            .await
            .map_err(|error| no_answer(&error))?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        let Some(token) = body["access_token"].as_str().filter(|_| status.is_success()) else {
            let why =
                body["error_description"].as_str().or(body["error"].as_str()).unwrap_or("no reason given");
            let message =
                format!("The workspace gave the service principal `{client_id}` no token ({status}): {why}");
            let kind = if status.is_server_error() || status.as_u16() == 429 {
                HostErrorKind::Connection
            } else {
                HostErrorKind::Credential
            };
            return Err(HostError { kind, message });
        };
        let lives =
            body["expires_in"].as_u64().or_else(|| body["expires_in"].as_str()?.parse().ok()).unwrap_or(600);
        let token = SecretString::from(token.to_owned());
        *kept = Some((token.clone(), Instant::now() + Duration::from_secs(lives)));
        Ok(token)
    }

    async fn send(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        // The logic sends paths, never addresses; this is what keeps a mistake from leaving the workspace.
        if !request.path.starts_with("/api/") || request.path.contains("..") {
            let message = format!("`{}` is not a path of the workspace's interface", request.path);
            return Err(HostError { kind: HostErrorKind::Refused, message });
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let token = self.bearer().await?;
        let mut builder = self
            .http
            .request(method, format!("{}{}", self.workspace.host, request.path))
            .bearer_auth(token.expose_secret())
            .header("accept", "application/json")
            .query(&request.query);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let answer = builder.send().await.map_err(|error| no_answer(&error))?;
        let status = answer.status().as_u16();
        let header = |name: &&str| {
            let value = answer.headers().get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        };
        let headers = PASSED_ON.iter().filter_map(header).collect();
        let body = answer.text().await.map_err(|error| no_answer(&error))?;
        Ok(WorkspaceResponse { status, headers, body })
    }

    /// Mints a database password.
    async fn database_password(&self, target: &CredentialTarget) -> Result<SecretString, SchemaError> {
        let (path, body) = match target {
            CredentialTarget::Endpoint(endpoint) => {
                ("/api/2.0/postgres/credentials", json!({"endpoint": endpoint}))
            }
            CredentialTarget::Instance(instance) => (
                "/api/2.0/database/credentials",
                json!({"request_id": Uuid::new_v4().to_string(), "instance_names": [instance]}),
            ),
        };
        let request = WorkspaceRequest {
            method: Method::Post,
            path: path.to_owned(),
            query: Vec::new(),
            body: Some(body),
            sensitive: true,
        };
        let answer = self.request(request).await.map_err(|error| {
            let passing = matches!(error.kind, HostErrorKind::Connection | HostErrorKind::Timeout);
            let kind = if passing { SchemaErrorKind::Connection } else { SchemaErrorKind::Credential };
            SchemaError { kind, sqlstate: None, message: error.message }
        })?;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        match body["token"].as_str() {
            Some(token) if answer.status == 200 => Ok(SecretString::from(token.to_owned())),
            _ => {
                let passing = matches!(answer.status, 429 | 502..=504);
                let kind = if passing { SchemaErrorKind::Connection } else { SchemaErrorKind::Credential };
                let why = body["message"].as_str().unwrap_or("no reason given");
                let message = format!("The workspace minted no credential ({}): {why}", answer.status);
                Err(SchemaError { kind, sqlstate: None, message })
            }
        }
    }

    async fn connect(&self, target: &LakebaseTarget) -> Result<Postgres, SchemaError> {
        let password = self.database_password(&target.credential).await?;
        let tls = tls::client_config(self.database_roots.as_deref()).map_err(|error| SchemaError {
            kind: SchemaErrorKind::Connection,
            sqlstate: None,
            message: error.to_string(),
        })?;
        let mut config = tokio_postgres::Config::new();
        config
            .host(&target.host)
            .port(5432)
            .dbname(&target.database)
            .user(&target.user)
            .password(password.expose_secret())
            .ssl_mode(tokio_postgres::config::SslMode::Require)
            .connect_timeout(CONNECT)
            .application_name("tellr");
        let (client, connection) =
            config.connect(MakeRustlsConnect::new(tls)).await.map_err(|error| connecting(&error))?;
        // Ends when the client is dropped; an error of the connection also reaches the query under way.
        tokio::spawn(connection);
        Ok(client)
    }
}

impl<E: FnMut(DeployEvent)> Host for NativeHost<E> {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let answer = self.send(&request).await?;
        let renewable = matches!(self.workspace.auth, WorkspaceAuth::ClientCredentials { .. });
        if answer.status == 401 && renewable {
            // Revoked or expired before its time: a fresh one is worth one more try.
            *self.token.lock().await = None;
            return self.send(&request).await;
        }
        Ok(answer)
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let client = self.connect(at).await?;
        let script = schema::script(&operation);
        let mut text = script.statements.join(";\n");
        if script.transaction {
            text = format!("BEGIN;\n{text};\nCOMMIT");
        }
        // One simple query: the server runs the statements in order and stops at the first error.
        let messages = client.simple_query(&text).await.map_err(|error| querying(&error))?;
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect::<Vec<_>>())
            }
            _ => None,
        });
        schema::outcome(&operation, row.as_deref())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self, out: &mut [u8]) {
        // Without the system's randomness there is no safe way on, as a key is made of this.
        getrandom::fill(out).unwrap_or_else(|error| panic!("the system gives no random bytes: {error}"));
    }

    fn emit(&self, event: DeployEvent) {
        let mut events = self.events.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        events(event);
    }
}

/// What people should read of a request without an answer; reqwest's own text holds the URL only.
fn no_answer(error: &reqwest::Error) -> HostError {
    let kind = if error.is_timeout() { HostErrorKind::Timeout } else { HostErrorKind::Connection };
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    HostError { kind, message }
}

fn connecting(error: &tokio_postgres::Error) -> SchemaError {
    match error.as_db_error() {
        Some(refusal) => {
            let code = refusal.code().code();
            // Class 28: who you say you are. Class 57 and 53: starting up, shutting down, too many.
            let kind = match code.get(..2) {
                Some("28") => SchemaErrorKind::Credential,
                Some("57" | "53" | "08") => SchemaErrorKind::Connection,
                _ => SchemaErrorKind::Database,
            };
            SchemaError { kind, sqlstate: Some(code.to_owned()), message: refusal.message().to_owned() }
        }
        None => SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message: chain(error) },
    }
}

fn querying(error: &tokio_postgres::Error) -> SchemaError {
    match error.as_db_error() {
        Some(refusal) => {
            let code = refusal.code().code();
            let broken = matches!(code.get(..2), Some("57" | "08"));
            let kind = if broken { SchemaErrorKind::Connection } else { SchemaErrorKind::Database };
            SchemaError { kind, sqlstate: Some(code.to_owned()), message: refusal.message().to_owned() }
        }
        None => SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message: chain(error) },
    }
}

fn chain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
