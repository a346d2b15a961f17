//! Database passwords that the workspace mints.
//!
//! Problem: a Lakebase password is a credential that is valid for an hour. It is requested with an OAuth
//! token, which is valid for an hour as well; either request may meet a busy or restarting service.
//!
//! Choice: both are cached and renewed after half of their lifetime, by the next caller that needs one. One
//! caller sends the request while the others wait for its answer. An early renewal that fails does no harm:
//! the old credential is still valid. A credential that the database refuses is dropped, so the next
//! connection uses a new one. There is no background task: without new connections no password is needed,
//! and an idle app sends the workspace no requests.

mod workspace;

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::settings::{Lakebase, WorkspaceAuth, WorkspaceSettings};
use workspace::Workspace;
pub use workspace::{CredentialError, RetryPolicy};

/// A credential this close to its expiry is no longer used.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The assumed lifetime of a credential without an expiry time: shorter than any real one.
const UNKNOWN_LIFE: Duration = Duration::from_mins(10);

/// Mints and caches the passwords of one database.
#[derive(Debug)]
pub struct Credentials {
    workspace: Workspace,
    auth: WorkspaceAuth,
    lakebase: Lakebase,
    oauth: Mutex<Option<Minted>>,
    password: Mutex<Option<Minted>>,
}

#[derive(Clone, Debug)]
struct Minted {
    secret: SecretString,
    since: Instant,
    life: Duration,
}

impl Minted {
    fn new(secret: String, life: Duration) -> Self {
        Self { secret: SecretString::from(secret), since: Instant::now(), life }
    }

    fn is_young(&self) -> bool {
        self.since.elapsed() < self.life / 2
    }

    fn is_usable(&self) -> bool {
        self.since.elapsed() + LAST_MOMENT.min(self.life / 4) < self.life
    }
}

impl Credentials {
    /// Prepares the cache; nothing is sent before the first password is needed.
    pub fn new(
        http: reqwest::Client,
        workspace: WorkspaceSettings,
        lakebase: Lakebase,
        retry: RetryPolicy,
    ) -> Self {
        let WorkspaceSettings { host, auth } = workspace;
        Self {
            workspace: Workspace { http, host, retry },
            auth,
            lakebase,
            oauth: Mutex::new(None),
            password: Mutex::new(None),
        }
    }

    /// A password that the database should currently accept.
    pub async fn password(&self) -> Result<SecretString, CredentialError> {
        let mut kept = self.password.lock().await;
        let attempts = match &*kept {
            Some(minted) if minted.is_young() => return Ok(minted.secret.clone()),
            Some(minted) if minted.is_usable() => 1,
            _ => self.workspace.retry.attempts,
        };
        match self.mint_password(attempts).await {
            Ok(minted) => {
                tracing::debug!(lifetime_secs = minted.life.as_secs(), "a database credential was minted");
                Ok(kept.insert(minted).secret.clone())
            }
            Err(error) => match &*kept {
                Some(minted) if minted.is_usable() => {
                    tracing::warn!(%error, "the database credential could not be renewed early; the present one is still good");
                    Ok(minted.secret.clone())
                }
                _ => Err(error),
            },
        }
    }

    /// Reports that the database refused `password`. Only this one is dropped: another caller may have
    /// minted a newer one meanwhile.
    pub async fn refused(&self, password: &SecretString) {
        let mut kept = self.password.lock().await;
        if kept.as_ref().is_some_and(|minted| minted.secret.expose_secret() == password.expose_secret()) {
            *kept = None;
        }
    }

    async fn mint_password(&self, attempts: u32) -> Result<Minted, CredentialError> {
        let bearer = self.bearer(attempts).await?;
        let first = self.request_password(&bearer, attempts).await;
        let unauthorised = matches!(
            &first,
            Err(CredentialError::Refused { status, .. }) if *status == StatusCode::UNAUTHORIZED
        );
        if unauthorised && self.drop_bearer(&bearer).await {
            // The token was revoked before its expiry, as happens when the app's secret is rotated.
            let bearer = self.bearer(attempts).await?;
            return self.request_password(&bearer, attempts).await;
        }
        first
    }

    async fn request_password(
        &self,
        bearer: &SecretString,
        attempts: u32,
    ) -> Result<Minted, CredentialError> {
        let host = &self.workspace.host;
        let (url, body) = match &self.lakebase {
            Lakebase::Autoscaling { endpoint } => {
                (format!("{host}/api/2.0/postgres/credentials"), serde_json::json!({ "endpoint": endpoint }))
            }
            Lakebase::Provisioned { instance } => (
                format!("{host}/api/2.0/database/credentials"),
                serde_json::json!({
                    "request_id": Uuid::new_v4(),
                    "instance_names": [instance],
                }),
            ),
        };
        let request = || self.workspace.http.post(&url).bearer_auth(bearer.expose_secret()).json(&body);
        let answer: PasswordAnswer = self.workspace.ask("a database credential", attempts, request).await?;
        let life = answer.expires.as_deref().map_or(UNKNOWN_LIFE, life_until);
        Ok(Minted::new(answer.token, life))
    }

    /// The token for the workspace's API.
    async fn bearer(&self, attempts: u32) -> Result<SecretString, CredentialError> {
        let (client_id, client_secret) = match &self.auth {
            WorkspaceAuth::Token(token) => return Ok(token.clone()),
            WorkspaceAuth::ClientCredentials { client_id, client_secret } => (client_id, client_secret),
        };
        let mut kept = self.oauth.lock().await;
        if let Some(minted) = kept.as_ref().filter(|minted| minted.is_young()) {
            return Ok(minted.secret.clone());
        }
        let url = format!("{}/oidc/v1/token", self.workspace.host);
        let request = || {
            self.workspace
                .http
                .post(&url)
                .basic_auth(client_id, Some(client_secret.expose_secret()))
                .form(&[("grant_type", "client_credentials"), ("scope", "all-apis")])
        };
        let answer: TokenAnswer = self.workspace.ask("an OAuth token", attempts, request).await?;
        let minted = Minted::new(answer.access_token, answer.expires_in.life());
        Ok(kept.insert(minted).secret.clone())
    }

    /// Drops a refused token; false if it can't be renewed.
    async fn drop_bearer(&self, bearer: &SecretString) -> bool {
        let mut kept = self.oauth.lock().await;
        kept.take_if(|minted| minted.secret.expose_secret() == bearer.expose_secret()).is_some()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Seconds,
}

/// The platform sends a number; some of its own test servers send a string.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
    #[default]
    Missing,
}

impl Seconds {
    fn life(&self) -> Duration {
        match self {
            Self::Number(secs) => Some(*secs),
            Self::Text(text) => text.parse().ok(),
            Self::Missing => None,
        }
        .map_or(UNKNOWN_LIFE, Duration::from_secs)
    }
}

#[derive(Deserialize)]
struct PasswordAnswer {
    token: String,
    /// The two kinds of Lakebase use different field names.
    #[serde(alias = "expire_time", alias = "expiration_time")]
    expires: Option<String>,
}

/// The lifetime from now; zero if it has expired, short if it can't be parsed.
fn life_until(moment: &str) -> Duration {
    match OffsetDateTime::parse(moment, &Rfc3339) {
        Ok(end) => Duration::try_from(end - OffsetDateTime::now_utc()).unwrap_or(Duration::ZERO),
        Err(_) => UNKNOWN_LIFE,
    }
}

#[cfg(test)]
mod tests;
