//! Database passwords that the workspace mints.
//!
//! Problem: a Lakebase password is a credential that lives an hour. It is asked for with an OAuth
//! token, which lives an hour as well; either request may meet a busy or restarting service.
//!
//! Choice: both are kept and renewed when half their life is over, by whoever asks next. One caller
//! asks the workspace while the others wait for its answer. An early renewal that fails costs nothing:
//! the old credential is still good. A credential that the database refuses is thrown away, so the
//! next connection brings a fresh one. There is no background task: without new connections nobody
//! needs a password, and an idle app leaves the workspace alone.

use std::time::{Duration, Instant};

use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::settings::{Lakebase, WorkspaceAuth, WorkspaceSettings};

/// A credential this close to its end is not handed out any more.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The life of a credential whose answer does not tell: short enough to be true of all of them.
const UNKNOWN_LIFE: Duration = Duration::from_mins(10);

/// When a request is tried again. Minting twice does no harm, so every passing failure is retried.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// How many requests at most.
    pub attempts: u32,
    /// The pause after the first failure; it doubles from there.
    pub first_pause: Duration,
    /// The longest pause, also where the server asks for a longer one.
    pub longest_pause: Duration,
    /// How long to wait for one answer.
    pub timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(10),
            timeout: Duration::from_secs(15),
        }
    }
}

/// Why there is no password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CredentialError {
    /// The workspace answered, and the answer was no.
    #[error("the workspace refused {what}: {status}{}", detail(.code.as_deref(), .message.as_deref()))]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// The status of the answer.
        status: StatusCode,
        /// The platform's error code.
        code: Option<String>,
        /// The platform's message.
        message: Option<String>,
    },
    /// There was no answer, or none that could be read.
    #[error("the workspace at {host} gave no usable answer when asked for {what}: {reason}")]
    Unreachable {
        /// What was asked for.
        what: &'static str,
        /// The workspace.
        host: String,
        /// What went wrong, without secrets.
        reason: String,
    },
}

fn detail(code: Option<&str>, message: Option<&str>) -> String {
    [code, message]
        .into_iter()
        .flatten()
        .fold(String::new(), |text, part| format!("{text}: {part}"))
}

/// Mints and keeps the passwords of one database.
#[derive(Debug)]
pub struct Credentials {
    http: reqwest::Client,
    workspace: WorkspaceSettings,
    lakebase: Lakebase,
    retry: RetryPolicy,
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
        Self {
            secret: SecretString::from(secret),
            since: Instant::now(),
            life,
        }
    }

    fn is_young(&self) -> bool {
        self.since.elapsed() < self.life / 2
    }

    fn is_usable(&self) -> bool {
        self.since.elapsed() + LAST_MOMENT.min(self.life / 4) < self.life
    }
}

impl Credentials {
    /// Prepares; nothing is sent before the first password is needed.
    pub fn new(
        http: reqwest::Client,
        workspace: WorkspaceSettings,
        lakebase: Lakebase,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            http,
            workspace,
            lakebase,
            retry,
            oauth: Mutex::new(None),
            password: Mutex::new(None),
        }
    }

    /// A password that the database should accept now.
    pub async fn password(&self) -> Result<SecretString, CredentialError> {
        let mut kept = self.password.lock().await;
        let attempts = match &*kept {
            Some(minted) if minted.is_young() => return Ok(minted.secret.clone()),
            Some(minted) if minted.is_usable() => 1,
            _ => self.retry.attempts,
        };
        match self.mint_password(attempts).await {
            Ok(minted) => {
                tracing::debug!(
                    lifetime_secs = minted.life.as_secs(),
                    "a database credential was minted"
                );
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

    /// Tells that the database refused `password`. Only that one is thrown away: somebody else may
    /// have minted a better one meanwhile.
    pub async fn refused(&self, password: &SecretString) {
        let mut kept = self.password.lock().await;
        if kept
            .as_ref()
            .is_some_and(|minted| minted.secret.expose_secret() == password.expose_secret())
        {
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
            // The token was revoked before its time, as happens when the app's secret is rotated.
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
            Lakebase::Autoscaling { endpoint } => (
                format!("{host}/api/2.0/postgres/credentials"),
                serde_json::json!({ "endpoint": endpoint }),
            ),
            Lakebase::Provisioned { instance } => (
                format!("{host}/api/2.0/database/credentials"),
                serde_json::json!({
                    "request_id": Uuid::new_v4(),
                    "instance_names": [instance],
                }),
            ),
        };
        let request = || {
            self.http
                .post(&url)
                .bearer_auth(bearer.expose_secret())
                .json(&body)
        };
        let answer: PasswordAnswer = self.ask("a database credential", attempts, request).await?;
        let life = answer.expires.as_deref().map_or(UNKNOWN_LIFE, life_until);
        Ok(Minted::new(answer.token, life))
    }

    /// The token for the workspace's API.
    async fn bearer(&self, attempts: u32) -> Result<SecretString, CredentialError> {
        let (client_id, client_secret) = match &self.workspace.auth {
            WorkspaceAuth::Token(token) => return Ok(token.clone()),
            WorkspaceAuth::ClientCredentials {
                client_id,
                client_secret,
            } => (client_id, client_secret),
        };
        let mut kept = self.oauth.lock().await;
        if let Some(minted) = kept.as_ref().filter(|minted| minted.is_young()) {
            return Ok(minted.secret.clone());
        }
        let url = format!("{}/oidc/v1/token", self.workspace.host);
        let request = || {
            self.http
                .post(&url)
                .basic_auth(client_id, Some(client_secret.expose_secret()))
                .form(&[("grant_type", "client_credentials"), ("scope", "all-apis")])
        };
        let answer: TokenAnswer = self.ask("an OAuth token", attempts, request).await?;
        let minted = Minted::new(answer.access_token, answer.expires_in.life());
        Ok(kept.insert(minted).secret.clone())
    }

    /// Forgets a refused token; false when it is not ours to renew.
    async fn drop_bearer(&self, bearer: &SecretString) -> bool {
        let mut kept = self.oauth.lock().await;
        kept.take_if(|minted| minted.secret.expose_secret() == bearer.expose_secret())
            .is_some()
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        attempts: u32,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, CredentialError> {
        let mut pause = self.retry.first_pause;
        let mut attempt = 1;
        loop {
            let (error, asked_pause) = match self.ask_once(what, request()).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { error, retry_after }) => (error, retry_after),
            };
            if attempt >= attempts {
                return Err(error);
            }
            let wait = asked_pause.unwrap_or(pause).min(self.retry.longest_pause);
            tracing::warn!(%error, attempt, wait_ms = wait.as_millis(), "asking the workspace again");
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(self.retry.longest_pause);
            attempt += 1;
        }
    }

    async fn ask_once<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        request: RequestBuilder,
    ) -> Result<T, Failure> {
        let unreachable = |reason: String| CredentialError::Unreachable {
            what,
            host: self.workspace.host.clone(),
            reason,
        };
        let passing = |error| Failure::Passing {
            error,
            retry_after: None,
        };
        let answer = request
            .timeout(self.retry.timeout)
            .send()
            .await
            .map_err(|error| passing(unreachable(reason_of(error))))?;
        let status = answer.status();
        if status.is_success() {
            // Without the parser's message: it may quote the answer, which is a secret.
            return answer.json().await.map_err(|error| {
                let reason = if error.is_decode() {
                    "the answer is not what the API documents".to_owned()
                } else {
                    reason_of(error)
                };
                passing(unreachable(reason))
            });
        }
        let retry_after = answer
            .headers()
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body: ErrorAnswer = answer.json().await.unwrap_or_default();
        let error = CredentialError::Refused {
            what,
            status,
            code: body.code.map(shortened),
            message: body.message.map(shortened),
        };
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            Err(Failure::Passing { error, retry_after })
        } else {
            Err(Failure::Final(error))
        }
    }
}

enum Failure {
    Passing {
        error: CredentialError,
        retry_after: Option<Duration>,
    },
    Final(CredentialError),
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Seconds,
}

/// The platform sends a number; some of its own test servers send text.
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
    /// The two kinds of Lakebase call it differently.
    #[serde(alias = "expire_time", alias = "expiration_time")]
    expires: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorAnswer {
    #[serde(alias = "error_code", alias = "error")]
    code: Option<String>,
    #[serde(alias = "error_description")]
    message: Option<String>,
}

fn life_until(moment: &str) -> Duration {
    OffsetDateTime::parse(moment, &Rfc3339)
        .ok()
        .and_then(|end| Duration::try_from(end - OffsetDateTime::now_utc()).ok())
        .unwrap_or(UNKNOWN_LIFE)
}

/// The innermost reason, which is the one a person can act on ("connection refused").
fn reason_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn shortened(text: String) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
