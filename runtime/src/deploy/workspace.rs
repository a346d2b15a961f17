//! A client for one workspace with one credential, which is added here and sent nowhere else.
//!
//! Both ways in which the binary runs the deploy logic use it: `tellr-app deploy`, and a page in the
//! browser through [`crate::deploy_page`]. So these guarantees are implemented once: the credential is sent
//! to the workspace and to no other host, for any path; redirects are not followed; answers are limited in
//! size and time; and if an answer repeats the credential, that part is redacted.

use std::sync::Arc;
use std::time::Duration;

use deployer::host::{HostError, HostErrorKind, Method, WorkspaceRequest, WorkspaceResponse};
use reqwest::redirect;
use secrecy::{ExposeSecret as _, SecretString};

use super::credential::Credential;
pub(super) use super::no_answer::no_answer;
use super::oauth::SignIn;
use crate::database::tls::{self, TlsError};
use crate::settings::WorkspaceSettings;

/// The time limit of a single request; longer waits use polling.
const ANSWER: Duration = Duration::from_mins(1);
/// The time limit for connecting to the workspace: with a wrong address, this is the time until the error
/// is shown.
const CONNECT: Duration = Duration::from_secs(4);
/// The maximum size of an answer: a wheel of the maximum size, read back as base64.
const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 5] = ["date", "retry-after", "x-databricks-org-id", "content-type", "location"];
/// Shorter strings are no tokens, and redacting them would only damage answers.
const SHORTEST_TOKEN: usize = 16;

/// The client for workspaces could not be created.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The client refused its own settings.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[from] reqwest::Error),
}

/// Creates the HTTP client for workspaces. It holds no credential, so several [`Workspace`]s can share it
/// and its connections.
pub fn client() -> Result<reqwest::Client, ClientError> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config(None)?)
        .timeout(ANSWER)
        .connect_timeout(CONNECT)
        // A redirect would send the credential to another server.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("tellr/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// One workspace with one credential.
pub struct Workspace {
    pub(super) http: reqwest::Client,
    host: String,
    /// Which workspace, if several share a host.
    id: Option<String>,
    pub(super) credential: Credential,
}

impl Workspace {
    /// The workspace and the credential of `settings`.
    pub fn new(http: reqwest::Client, settings: WorkspaceSettings) -> Self {
        Self { http, host: settings.host, id: None, credential: settings.auth.into() }
    }

    /// The workspace of a sign-in, with the credential of the user who signs in.
    pub fn of_person(http: reqwest::Client, sign_in: Arc<SignIn>) -> Self {
        Self { http, host: sign_in.host().to_owned(), id: None, credential: Credential::Person(sign_in) }
    }

    /// The same, with the workspace's id: several workspaces may share a host.
    #[must_use]
    pub fn with_id(mut self, id: Option<String>) -> Self {
        self.id = id;
        self
    }

    /// Its address, `https://host[:port]`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The browser sign-in, if it is used.
    pub fn sign_in(&self) -> Option<&Arc<SignIn>> {
        match &self.credential {
            Credential::Person(sign_in) => Some(sign_in),
            _ => None,
        }
    }

    /// Sends `request`, and once more with another token if the workspace rejects the first.
    ///
    /// # Errors
    /// If there was no answer, or none that can be passed on.
    pub async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let token = self.credential.bearer(&self.http, &self.host).await?;
        let answer = self.send(request, &token).await?;
        if answer.status == 401
            && let Some(token) = self.credential.another(&token, &self.http, &self.host).await?
        {
            return self.send(request, &token).await;
        }
        Ok(answer)
    }

    async fn send(
        &self,
        request: &WorkspaceRequest,
        token: &SecretString,
    ) -> Result<WorkspaceResponse, HostError> {
        // The logic sends paths, never URLs; this makes sure that an error in it can't leave the workspace.
        if !request.path.starts_with("/api/") || request.path.contains("..") {
            return Err(refused(format!("`{}` is not a path of the workspace's API", request.path)));
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .http
            .request(method, format!("{}{}", self.host, request.path))
            .bearer_auth(token.expose_secret())
            .header("accept", "application/json")
            .query(&request.query);
        if let Some(id) = &self.id {
            builder = builder.header("x-databricks-workspace-id", id);
        }
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let answer = builder.send().await.map_err(|error| no_answer(&error))?;
        let status = answer.status().as_u16();
        let header = |name: &&str| {
            let value = answer.headers().get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), without(token, value.to_owned())))
        };
        let headers = PASSED_ON.iter().filter_map(header).collect();
        let body = without(token, text(answer).await?);
        Ok(WorkspaceResponse { status, headers, body })
    }
}

/// The body of an answer, unless it is too large.
pub(super) async fn text(answer: reqwest::Response) -> Result<String, HostError> {
    text_of_at_most(answer, LARGEST_ANSWER_BYTES).await
}

/// The body of an answer, unless it is larger than `most` bytes.
pub(super) async fn text_of_at_most(mut answer: reqwest::Response, most: usize) -> Result<String, HostError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error))? {
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(refused(format!("The answer is larger than {} KB", most / 1024)));
        }
        bytes.extend_from_slice(&chunk);
    }
    // All answers that are parsed are JSON, which is UTF-8; others are only shown to users.
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// `text` with the token redacted.
pub(super) fn without(token: &SecretString, text: String) -> String {
    let token = token.expose_secret();
    if token.len() >= SHORTEST_TOKEN && text.contains(token) { text.replace(token, "[token]") } else { text }
}

pub(super) fn refused(message: String) -> HostError {
    HostError { kind: HostErrorKind::Refused, message }
}
