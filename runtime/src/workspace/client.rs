//! A client for one workspace with one credential, which is added here and sent nowhere else.
//!
//! The app uses it, and both ways in which the binary runs the deploy logic: `tellr-app deploy`, and a page
//! in the browser through `deploy-page`. So these guarantees are implemented once: the credential is sent
//! to the workspace and to no other host, for any path; redirects are not followed; answers are limited in
//! size and time; and if an answer repeats the credential, that part is redacted.

use std::sync::Arc;
use std::time::Duration;

use deployer::host::{HostError, HostErrorKind, Method, WorkspaceRequest, WorkspaceResponse};
use reqwest::redirect;
use secrecy::{ExposeSecret as _, SecretString};

use super::answer::{refused, text, without};
use super::credential::Credential;
use super::no_answer::no_answer;
use super::oauth::SignIn;
use super::retry::RetryPolicy;
use crate::settings::{Settings, Target, WorkspaceSettings, token_problem, with_proxies};
use crate::tls::{self, TlsError};

/// The time limit of a single request; longer waits use polling.
const ANSWER: Duration = Duration::from_mins(1);
/// The time limit for connecting to the workspace: with a wrong address, this is the time until the error
/// is shown.
const CONNECT: Duration = Duration::from_secs(4);
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 5] = ["date", "retry-after", "x-databricks-org-id", "content-type", "location"];

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
    Ok(with_proxies(reqwest::Client::builder())
        .tls_backend_preconfigured(tls::client_config(None)?)
        .timeout(ANSWER)
        .connect_timeout(CONNECT)
        // A redirect would send the credential to another server.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("tellr/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// One workspace with one credential; cheap to clone.
#[derive(Clone)]
pub struct Workspace {
    pub(super) http: reqwest::Client,
    host: String,
    /// Which workspace, if several share a host.
    id: Option<String>,
    credential: Credential,
    retry: RetryPolicy,
}

impl Workspace {
    /// The workspace and the credential of `settings`, for a caller that decides itself what to send again.
    pub fn new(http: reqwest::Client, settings: WorkspaceSettings) -> Self {
        Self::retrying(http, settings, RetryPolicy::once())
    }

    /// The same, which requests credentials again as `retry` says.
    pub fn retrying(http: reqwest::Client, settings: WorkspaceSettings, retry: RetryPolicy) -> Self {
        let WorkspaceSettings { host, auth } = settings;
        let credential = Credential::new(&http, &host, auth, retry);
        Self { http, host, id: None, credential, retry }
    }

    /// The workspace that an app's settings name, if they do. It keeps one token for all that the app asks of it.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn of_app(settings: &Settings, retry: RetryPolicy) -> Result<Option<Self>, ClientError> {
        let Target::Lakebase { workspace, .. } = &settings.database.target else { return Ok(None) };
        Ok(Some(Self::retrying(client()?, workspace.clone(), retry)))
    }

    /// The workspace of a sign-in, with the credential of the user who signs in.
    pub fn of_person(http: reqwest::Client, sign_in: Arc<SignIn>) -> Self {
        let (host, retry) = (sign_in.host().to_owned(), RetryPolicy::once());
        Self { http, host, id: None, credential: Credential::Person(sign_in), retry }
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
        let token = self.bearer().await?;
        let answer = self.send(request, &token).await?;
        if answer.status == 401
            && let Some(token) = self.another(&token).await?
        {
            return self.send(request, &token).await;
        }
        Ok(answer)
    }

    /// When a credential is requested again.
    pub(super) fn retry(&self) -> RetryPolicy {
        self.retry
    }

    /// The access token, which can be sent in a header.
    pub(super) async fn bearer(&self) -> Result<SecretString, HostError> {
        sendable(self.credential.bearer().await?)
    }

    /// Another access token than `refused`, if there can be one.
    pub(super) async fn another(&self, refused: &SecretString) -> Result<Option<SecretString>, HostError> {
        self.credential.another(refused).await?.map(sendable).transpose()
    }

    /// Sends `request` once, with this token.
    pub(super) async fn send(
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
            .timeout(self.retry.timeout)
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

/// The token, if it can stand in a header.
fn sendable(token: SecretString) -> Result<SecretString, HostError> {
    match token_problem(token.expose_secret()) {
        Some(problem) => {
            let message = format!("The access token {problem}. Its value is not shown");
            Err(HostError { kind: HostErrorKind::Credential, message })
        }
        None => Ok(token),
    }
}
