//! Database passwords that the workspace issues.
//!
//! A Lakebase password is a credential that is valid for an hour. The app keeps one per database
//! ([`DatabaseCredential`]); a schema operation of the deployer requests its own.

use std::time::Duration;

use deployer::host::{CredentialTarget, HostError, Method, WorkspaceRequest, WorkspaceResponse};
use reqwest::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;
use uuid::Uuid;

use super::client::Workspace;
use super::minted::{Interrupted, Issued, Mint, Minted, UNKNOWN_LIFE};
use super::retry::{Transient, Urgency, retry};
use crate::settings::Lakebase;

/// The maximum length of the workspace's words in a message.
const LONGEST_WORDS: usize = 300;

/// Why no password is available.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CredentialError {
    /// There is no token to request it with.
    #[error("the workspace at {host} issued no OAuth token: {error}")]
    NoToken {
        /// The workspace.
        host: String,
        /// Why.
        error: HostError,
    },
    /// There was no answer.
    #[error("the workspace at {host} gave no usable answer when asked for a database credential: {error}")]
    NoAnswer {
        /// The workspace.
        host: String,
        /// Why, without secrets.
        error: HostError,
    },
    /// The workspace refused the request.
    #[error("the workspace refused a database credential: {status}{}", details(.code.as_deref(), .message.as_deref()))]
    Refused {
        /// The status of the answer.
        status: StatusCode,
        /// The platform's error code.
        code: Option<String>,
        /// The platform's message.
        message: Option<String>,
        /// The pause that the workspace asked for.
        retry_after: Option<Duration>,
    },
    /// The answer isn't as documented.
    #[error("the workspace at {host} answered a request for a database credential in an unknown form")]
    Unreadable {
        /// The workspace.
        host: String,
    },
    /// The task that requested it ended without an outcome.
    #[error("requesting a database credential was interrupted")]
    Interrupted,
}

fn details(code: Option<&str>, message: Option<&str>) -> String {
    [code, message].into_iter().flatten().fold(String::new(), |text, part| format!("{text}: {part}"))
}

impl From<Interrupted> for CredentialError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl Transient for CredentialError {
    fn is_transient(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::Unreadable { .. } => true,
            Self::Refused { status, .. } => {
                *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            // Requesting the token has been retried already.
            Self::NoToken { .. } | Self::Interrupted => false,
        }
    }

    fn asked_pause(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The password of one database, kept and renewed; cheap to clone.
#[derive(Clone, Debug)]
pub struct DatabaseCredential(Minted<Passwords>);

impl DatabaseCredential {
    /// Prepares the cache; nothing is sent before the first password is needed.
    pub fn new(workspace: Workspace, lakebase: &Lakebase) -> Self {
        let target = match lakebase {
            Lakebase::Autoscaling { endpoint } => CredentialTarget::Endpoint(endpoint.clone()),
            Lakebase::Provisioned { instance } => CredentialTarget::Instance(instance.clone()),
        };
        let policy = workspace.retry();
        Self(Minted::new(Passwords { workspace, target }, policy))
    }

    /// A password that the database should currently accept.
    ///
    /// # Errors
    /// If the workspace issued none.
    pub async fn password(&self) -> Result<SecretString, CredentialError> {
        self.0.get().await
    }

    /// Reports that the database refused `password`. Only this one is dropped: another caller may have got
    /// a newer one meanwhile.
    pub fn refused(&self, password: &SecretString) {
        self.0.refused(password);
    }
}

/// Requests passwords of one database.
struct Passwords {
    workspace: Workspace,
    target: CredentialTarget,
}

impl Mint for Passwords {
    type Error = CredentialError;

    async fn mint(&self, urgency: Urgency) -> Result<Issued, CredentialError> {
        let policy = self.workspace.retry().at(urgency);
        let issued = retry(policy, || request(&self.workspace, &self.target)).await?;
        tracing::debug!(lifetime_secs = issued.life.as_secs(), "a database credential was issued");
        Ok(issued)
    }
}

#[derive(Deserialize)]
struct Answer {
    token: String,
    /// The two kinds of Lakebase use different field names.
    #[serde(alias = "expire_time", alias = "expiration_time")]
    expires: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorAnswer {
    #[serde(alias = "error")]
    error_code: Option<String>,
    #[serde(alias = "error_description")]
    message: Option<String>,
}

/// Requests one password, with another token if the first is rejected: it was revoked before its expiry, as
/// happens when the app's secret is rotated.
///
/// # Errors
/// If the workspace issued none.
pub(super) async fn request(
    workspace: &Workspace,
    target: &CredentialTarget,
) -> Result<Issued, CredentialError> {
    let host = || workspace.host().to_owned();
    let no_token = |error| CredentialError::NoToken { host: host(), error };
    let no_answer = |error| CredentialError::NoAnswer { host: host(), error };
    let (path, body) = match target {
        CredentialTarget::Endpoint(endpoint) => {
            ("/api/2.0/postgres/credentials", json!({"endpoint": endpoint}))
        }
        CredentialTarget::Instance(instance) => (
            "/api/2.0/database/credentials",
            json!({"request_id": Uuid::new_v4(), "instance_names": [instance]}),
        ),
    };
    let request = WorkspaceRequest {
        method: Method::Post,
        path: path.to_owned(),
        query: Vec::new(),
        body: Some(body),
        sensitive: true,
    };
    let token = workspace.bearer().await.map_err(no_token)?;
    // Taken before sending: a password must not seem younger than it is.
    let mut since = Instant::now();
    let mut answer = workspace.send(&request, &token).await.map_err(no_answer)?;
    if answer.status == 401
        && let Some(token) = workspace.another(&token).await.map_err(no_token)?
    {
        since = Instant::now();
        answer = workspace.send(&request, &token).await.map_err(no_answer)?;
    }
    if answer.status != 200 {
        return Err(refusal(&answer));
    }
    // Without the parser's message: it may quote the answer, which is a secret.
    match serde_json::from_str::<Answer>(&answer.body) {
        Ok(Answer { token, expires }) if !token.is_empty() => {
            let life = expires.as_deref().map_or(UNKNOWN_LIFE, life_until);
            Ok(Issued { secret: SecretString::from(token), since, life })
        }
        _ => Err(CredentialError::Unreadable { host: host() }),
    }
}

fn refusal(answer: &WorkspaceResponse) -> CredentialError {
    let body: ErrorAnswer = serde_json::from_str(&answer.body).unwrap_or_default();
    let header = answer.headers.iter().find(|(name, _)| name == "retry-after");
    CredentialError::Refused {
        status: StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY),
        code: body.error_code.map(shortened),
        message: body.message.map(shortened),
        retry_after: header.and_then(|(_, value)| value.trim().parse().ok()).map(Duration::from_secs),
    }
}

/// The lifetime from now; zero if it has expired, short if it can't be parsed.
fn life_until(moment: &str) -> Duration {
    match OffsetDateTime::parse(moment, &Rfc3339) {
        Ok(end) => Duration::try_from(end - OffsetDateTime::now_utc()).unwrap_or(Duration::ZERO),
        Err(_) => UNKNOWN_LIFE,
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_that_is_past_or_unreadable_is_never_trusted_for_long() {
        assert_eq!(life_until("2001-01-01T00:00:00Z"), Duration::ZERO);
        assert_eq!(life_until("tomorrow"), UNKNOWN_LIFE);
    }
}
