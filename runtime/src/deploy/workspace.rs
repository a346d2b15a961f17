//! A workspace, called as one principal: the credential is added here and goes nowhere else.
//!
//! Both of the binary's ways to run the deploy logic end here: `tellr-app deploy`, and a page in
//! the browser through [`crate::deploy_page`]. What both need to be sure of is therefore written
//! once: the credential goes to the workspace and to no other host, whatever path is asked for;
//! redirects are not followed; an answer has a size and comes in time; and should the other end
//! repeat the credential in its answer, that place is blanked.

use std::time::{Duration, Instant};

use deployer::host::{HostError, HostErrorKind, Method, WorkspaceRequest, WorkspaceResponse};
use reqwest::redirect;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::database::tls::{self, TlsError};
use crate::settings::{WorkspaceAuth, WorkspaceSettings};

/// No single answer of the workspace takes longer; waiting is done by asking again.
const ANSWER: Duration = Duration::from_mins(1);
/// How long a connection may take to come about, to the workspace and to a database.
pub(super) const CONNECT: Duration = Duration::from_secs(15);
/// An OAuth token this close to its end is renewed.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The largest answer: a wheel of the largest size allowed, read back in base64.
const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 4] = ["date", "retry-after", "x-databricks-org-id", "content-type"];
/// Shorter ones are nobody's token, and blanking them would only spoil answers.
const SHORTEST_TOKEN: usize = 16;

/// The client for workspaces could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The client refused its own settings.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[from] reqwest::Error),
}

/// Makes the HTTP client for workspaces. It holds no credential, so several [`Workspace`]s can
/// share it and its connections.
pub fn client() -> Result<reqwest::Client, ClientError> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config(None)?)
        .timeout(ANSWER)
        .connect_timeout(CONNECT)
        // A redirect would carry the credential to another place.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("tellr/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// One workspace, as one principal.
pub struct Workspace {
    http: reqwest::Client,
    settings: WorkspaceSettings,
    /// OAuth access token of a service principal, and until when it is good.
    token: tokio::sync::Mutex<Option<(SecretString, Instant)>>,
}

impl Workspace {
    /// The workspace and the principal of `settings`.
    pub fn new(http: reqwest::Client, settings: WorkspaceSettings) -> Self {
        Self { http, settings, token: tokio::sync::Mutex::new(None) }
    }

    /// Its address, `https://host[:port]`.
    pub fn host(&self) -> &str {
        &self.settings.host
    }

    /// Sends `request`, and once more if a service principal's token turned out to be no longer good.
    ///
    /// # Errors
    /// When there was no answer, or none that can be passed on.
    pub async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let answer = self.send(request).await?;
        let renewable = matches!(self.settings.auth, WorkspaceAuth::ClientCredentials { .. });
        if answer.status == 401 && renewable {
            // Revoked or expired before its time: a fresh one is worth one more try.
            *self.token.lock().await = None;
            return self.send(request).await;
        }
        Ok(answer)
    }

    /// The access token to send, minted or renewed if need be.
    async fn bearer(&self) -> Result<SecretString, HostError> {
        let (client_id, client_secret) = match &self.settings.auth {
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
            .post(format!("{}/oidc/v1/token", self.settings.host))
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
            return Err(refused(format!("`{}` is not a path of the workspace's interface", request.path)));
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
            .request(method, format!("{}{}", self.settings.host, request.path))
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
            Some(((*name).to_owned(), without(&token, value.to_owned())))
        };
        let headers = PASSED_ON.iter().filter_map(header).collect();
        let body = without(&token, text(answer).await?);
        Ok(WorkspaceResponse { status, headers, body })
    }
}

/// The body of an answer, unless it is too large.
async fn text(mut answer: reqwest::Response) -> Result<String, HostError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error))? {
        if bytes.len() + chunk.len() > LARGEST_ANSWER_BYTES {
            let most = LARGEST_ANSWER_BYTES / 1024 / 1024;
            return Err(refused(format!("The workspace's answer is larger than {most} MB")));
        }
        bytes.extend_from_slice(&chunk);
    }
    // All answers that are read are JSON, which is UTF-8; of anything else, a person reads a sentence.
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// `text` with the token blanked.
fn without(token: &SecretString, text: String) -> String {
    let token = token.expose_secret();
    if token.len() >= SHORTEST_TOKEN && text.contains(token) { text.replace(token, "[token]") } else { text }
}

fn refused(message: String) -> HostError {
    HostError { kind: HostErrorKind::Refused, message }
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
