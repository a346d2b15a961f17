//! A client for one workspace with one credential, which is added here and sent nowhere else.
//!
//! The app uses it, and both ways in which the binary runs the deploy logic: `tellr-app deploy`, and a page
//! in the browser through `deploy-page`. So these guarantees are implemented once: the credential is sent
//! to the workspace and to no other host, for any path; redirects are not followed; answers are limited in
//! size and time; and if an answer repeats the credential, that part is redacted.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use deployer::error::DeployError;
use deployer::host::{HostError, HostErrorKind, Method, WorkspaceRequest, WorkspaceResponse};
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::timeout;

use super::answer::{LARGEST_ANSWER_BYTES, refused, text_of_at_most, without};
use super::credential::Credential;
use super::no_answer::no_answer;
use super::oauth::SignIn;
use super::retry::RetryPolicy;
use super::sign_in::{self, Found, SelectionArguments};
use crate::settings::{Settings, WorkspaceSettings, token_problem, with_proxies};
use crate::tls::{self, TlsError};

/// The time limit of a single request; longer waits use polling.
const ANSWER: Duration = Duration::from_mins(1);
/// The time limit for connecting to the workspace: with a wrong address, this is the time until the error
/// is shown.
const CONNECT: Duration = Duration::from_secs(4);
/// The longest name of a serving endpoint.
const LONGEST_ENDPOINT: usize = 255;
/// The headers that the deploy logic reads.
const PASSED_ON: [&str; 6] =
    ["date", "retry-after", "x-databricks-org-id", "content-type", "location", "x-request-id"];

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
    /// A profile that can't be used is only logged: it may be there for other programs, and without the
    /// assistant the app works.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn of_app(settings: &Settings, retry: RetryPolicy) -> Result<Option<Self>, ClientError> {
        let workspace = settings.workspace.clone().or_else(|| {
            let profile = settings.profile.as_deref()?;
            of_profile(profile, |name| std::env::var(name).ok())
                .inspect_err(|problem| tracing::warn!(profile, problem, "the assistant has no workspace"))
                .ok()
        });
        workspace.map(|workspace| Ok(Self::retrying(client()?, workspace, retry))).transpose()
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
        self.request_of_at_most(request, LARGEST_ANSWER_BYTES).await
    }

    /// The same, with a smaller limit for the answer, in bytes.
    pub(super) async fn request_of_at_most(
        &self,
        request: &WorkspaceRequest,
        most: usize,
    ) -> Result<WorkspaceResponse, HostError> {
        let token = self.bearer().await?;
        let answer = self.send_for(request, &token, most).await?;
        if answer.status == 401
            && let Some(token) = self.another(&token).await?
        {
            return self.send_for(request, &token, most).await;
        }
        Ok(answer)
    }

    /// The same workspace on behalf of another caller, whose token this is. It can't be renewed here.
    #[must_use]
    pub fn of_token(&self, token: SecretString) -> Self {
        Self { credential: Credential::Token(token), ..self.clone() }
    }

    /// Sends `body` to the serving endpoint of this name, and once more with another token if the workspace
    /// rejects the first. Returns the answer with the token that it may repeat.
    ///
    /// # Errors
    /// If no answer began within `first`, or the name can't be one of an endpoint.
    pub(super) async fn invoke(
        &self,
        endpoint: &str,
        body: &Value,
        first: Duration,
        whole: Duration,
    ) -> Result<(reqwest::Response, SecretString), HostError> {
        let url = invocations(&self.host, endpoint)
            .ok_or_else(|| refused("This is not the name of a serving endpoint".to_owned()))?;
        let send = async |token: &SecretString| {
            let sent = self.as_caller(self.http.post(url.clone()), token).timeout(whole).json(body).send();
            let answer = timeout(first, sent).await.map_err(|_| late(&url))?;
            answer.map_err(|error| no_answer(&error))
        };
        let token = self.bearer().await?;
        let answer = send(&token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED
            && let Some(token) = self.another(&token).await?
        {
            return Ok((send(&token).await?, token));
        }
        Ok((answer, token))
    }

    /// Posts a body that is not JSON to a path of the API, and once more with another token if the workspace rejects
    /// the first. Returns the status; the answer's body is not read.
    ///
    /// # Errors
    /// If there was no answer.
    pub(crate) async fn post_bytes(
        &self,
        path: &'static str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<u16, HostError> {
        let url = format!("{}{path}", self.host);
        let send = async |token: &SecretString| {
            let request = self.http.post(&url).headers(headers.clone()).timeout(self.retry.timeout);
            let answer = self.as_caller(request, token).body(body.clone()).send().await;
            answer.map(|answer| answer.status()).map_err(|error| no_answer(&error))
        };
        let token = self.bearer().await?;
        let status = send(&token).await?;
        if status == StatusCode::UNAUTHORIZED
            && let Some(token) = self.another(&token).await?
        {
            return Ok(send(&token).await?.as_u16());
        }
        Ok(status.as_u16())
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
        self.send_for(request, token, LARGEST_ANSWER_BYTES).await
    }

    async fn send_for(
        &self,
        request: &WorkspaceRequest,
        token: &SecretString,
        most: usize,
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
        let url = format!("{}{}", self.host, request.path);
        let mut builder = self
            .as_caller(self.http.request(method, url), token)
            .timeout(self.retry.timeout)
            .header("accept", "application/json")
            .query(&request.query);
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
        let body = without(token, text_of_at_most(answer, most).await?);
        Ok(WorkspaceResponse { status, headers, body })
    }

    /// A request to this workspace, with this token.
    fn as_caller(&self, request: reqwest::RequestBuilder, token: &SecretString) -> reqwest::RequestBuilder {
        let request = request.bearer_auth(token.expose_secret());
        match &self.id {
            Some(id) => request.header("x-databricks-workspace-id", id),
            None => request,
        }
    }
}

/// The workspace and the credential of a profile.
fn of_profile(profile: &str, variable: impl Fn(&str) -> Option<String>) -> Result<WorkspaceSettings, String> {
    let asked = SelectionArguments { host: None, profile: Some(profile.to_owned()) };
    let found = sign_in::find(&asked, variable).and_then(Found::credential);
    found.map_err(|failure| DeployError::from(failure).cause.clone())
}

/// The URL of a serving endpoint. The only one outside of `/api` that is sent a credential, so it is built
/// here; nothing that the name holds can lead elsewhere.
fn invocations(host: &str, endpoint: &str) -> Option<Url> {
    let is_name = (1..=LONGEST_ENDPOINT).contains(&endpoint.len())
        && !matches!(endpoint, "." | "..")
        && !endpoint.chars().any(char::is_control);
    let mut url = Url::parse(host).ok().filter(|_| is_name)?;
    url.path_segments_mut().ok()?.clear().extend(["serving-endpoints", endpoint, "invocations"]);
    Some(url)
}

/// The error if no answer began in time.
fn late(url: &Url) -> HostError {
    let message = format!("No answer from {} in time", url.host_str().unwrap_or("the workspace"));
    HostError { kind: HostErrorKind::Timeout, message }
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_profile_names_the_workspace_and_the_credential() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        write!(file, "[dev]\nhost = https://x.example\ntoken = dapi-planted\n").expect("it is written");
        let path = file.path().to_str().expect("text").to_owned();
        let variable = |name: &str| (name == "DATABRICKS_CONFIG_FILE").then(|| path.clone());
        let found = of_profile("dev", variable).expect("a workspace");
        assert_eq!(found.host, "https://x.example");
        let error = of_profile("prod", variable).expect_err("no such profile");
        assert!(error.contains("prod") && !error.contains("planted"), "{error}");
    }

    #[test]
    fn the_name_of_an_endpoint_stays_one_part_of_the_path() {
        let path = |name: &str| invocations("https://x.example:8443", name).map(|url| url.to_string());
        for (name, expected) in [
            ("databricks-claude-sonnet-4.5", "databricks-claude-sonnet-4.5"),
            ("my endpoint", "my%20endpoint"),
            ("a/../b", "a%2F..%2Fb"),
            ("%2e%2e", "%252e%252e"),
            ("a?b#c", "a%3Fb%23c"),
            ("@evil.example", "@evil.example"),
        ] {
            let expected = format!("https://x.example:8443/serving-endpoints/{expected}/invocations");
            assert_eq!(path(name), Some(expected), "{name}");
        }
        for none in ["", ".", "..", ".\t.", "a\nb", &"a".repeat(256)] {
            assert_eq!(path(none), None, "{none:?}");
        }
    }
}
