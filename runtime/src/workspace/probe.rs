//! Queries the app itself, and a package index.
//!
//! The app's URL is read from the workspace, and the credential is sent there and nowhere else: redirects
//! are not followed. The URL has to be `https`; only with a workspace on this machine may the app be on
//! this machine too. An index gets no credential.

use std::time::Duration;

use deployer::host::{HostError, Method, Probe, WorkspaceRequest, WorkspaceResponse};
use reqwest::Url;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::answer::{refused, text_of_at_most, without};
use super::app_log;
use super::app_url::{app_url, is_on_this_machine};
use super::client::Workspace;
use super::no_answer::no_answer;

/// A database that scaled to zero takes some seconds to resume, and the app queries it.
const ANSWER: Duration = Duration::from_secs(30);
/// An app's own answers are a few lines; the list of a package's versions is a few thousand at most.
const LARGEST_ANSWER_BYTES: usize = 8 * 1024 * 1024;

impl Workspace {
    /// Sends the query `probe`.
    ///
    /// # Errors
    /// If there was no answer, or the workspace returned no address that may be queried.
    pub async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        if let Probe::AppLog { app, since_ms } = probe {
            return self.log_of(app, *since_ms).await;
        }
        match (probe.app(), probe.index_url()) {
            (Some((app, path)), _) => self.ask_app(app, path).await,
            (None, Some(url)) => self.ask_index(&url).await,
            (None, None) => Err(refused("The probe names neither an app nor a package index".to_owned())),
        }
    }

    async fn log_of(&self, app: &str, since_ms: Option<i64>) -> Result<WorkspaceResponse, HostError> {
        let url = self.address_of(app).await?;
        let token = self.bearer().await?;
        let mut answer = app_log::read(&self.http, &url, &token, since_ms).await?;
        answer.body = without(&token, answer.body);
        Ok(answer)
    }

    async fn ask_app(&self, app: &str, path: &'static str) -> Result<WorkspaceResponse, HostError> {
        let mut url = self.address_of(app).await?;
        url.set_path(path);
        let token = self.bearer().await?;
        let request = self
            .http
            .get(url)
            .bearer_auth(token.expose_secret())
            .header("accept", "application/json")
            .timeout(ANSWER);
        let mut answer = answered(request).await?;
        answer.body = without(&token, answer.body);
        Ok(answer)
    }

    async fn ask_index(&self, url: &str) -> Result<WorkspaceResponse, HostError> {
        if is_on_this_machine(self.host()) {
            // A local workspace installs from a folder too, which this code doesn't know.
            return Err(refused("A local workspace has a package index of its own".to_owned()));
        }
        answered(self.http.get(url).header("accept", "application/json").timeout(ANSWER)).await
    }

    /// The URL of `app`, read from the workspace.
    async fn address_of(&self, app: &str) -> Result<Url, HostError> {
        if app.is_empty() || !app.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(refused("This is not an app name".to_owned()));
        }
        let request = WorkspaceRequest {
            method: Method::Get,
            path: format!("/api/2.0/apps/{app}"),
            query: Vec::new(),
            body: None,
            sensitive: false,
        };
        let record = self.request(&request).await?;
        let record: Value = serde_json::from_str(&record.body).unwrap_or_default();
        let url = record["url"].as_str().unwrap_or_default();
        app_url(url, self.host())
            .ok_or_else(|| refused(format!("The workspace shows no address for the app `{app}`")))
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Result<WorkspaceResponse, HostError> {
    let answer = request.send().await.map_err(|error| no_answer(&error))?;
    let status = answer.status().as_u16();
    let body = text_of_at_most(answer, LARGEST_ANSWER_BYTES).await?;
    Ok(WorkspaceResponse { status, headers: Vec::new(), body })
}
