//! As whom the workspace is called.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use deployer::host::{HostError, HostErrorKind};
use deployer::workspace::identity;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use crate::deploy::workspace::{ClientError, Workspace, client};
use crate::settings::{WorkspaceAuth, WorkspaceSettings};

/// The group of the workspace's admins.
const ADMINS: &str = "admins";
/// How long it is taken for granted that an admin still is one. A deployment asks every second.
const GRANTED: Duration = Duration::from_mins(1);
/// Larger ones are no tokens.
const LONGEST_TOKEN: usize = 8 * 1024;

/// As whom the workspace is called.
pub enum Access {
    /// As whoever started the server on their own machine.
    Server(Arc<Workspace>),
    /// As the signed-in user, who has to be a workspace admin. Never as the app's own service
    /// principal: who may open the app would then have its rights.
    SignedInAdmin(SignedInAdmin),
    /// Not at all.
    Closed,
}

/// The signed-in users, as the platform's proxy passes them on.
pub struct SignedInAdmin {
    http: reqwest::Client,
    host: String,
    /// Until when the holder of a token is known to be an admin; by the token's hash, as tokens
    /// are not to be kept.
    granted: Mutex<HashMap<[u8; 32], Instant>>,
}

impl Access {
    /// As the signed-in user, to the workspace at `host`.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn signed_in_admin(host: String) -> Result<Self, ClientError> {
        Ok(Self::SignedInAdmin(SignedInAdmin { http: client()?, host, granted: Mutex::default() }))
    }

    /// The workspace for a request with these headers.
    pub(super) async fn workspace(&self, headers: &HeaderMap) -> Result<Arc<Workspace>, Refusal> {
        match self {
            Self::Server(workspace) => Ok(Arc::clone(workspace)),
            Self::SignedInAdmin(users) => users.workspace(headers).await,
            Self::Closed => Err(Refusal::forbidden(
                "This server deploys only where the platform signs people in. On your own machine, run \
                 `tellr-app deploy-page`",
            )),
        }
    }
}

/// What SCIM's `Me` says about membership.
#[derive(Deserialize)]
struct Membership {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    display: String,
}

impl SignedInAdmin {
    async fn workspace(&self, headers: &HeaderMap) -> Result<Arc<Workspace>, Refusal> {
        let token = token(headers).ok_or_else(|| {
            Refusal::no_credential(
                "The platform passed no access token of yours on. Let a workspace admin switch on user \
                 authorization for this app, then open it anew",
            )
        })?;
        let hash = Sha256::digest(token.expose_secret()).into();
        let auth = WorkspaceAuth::Token(token);
        let settings = WorkspaceSettings { host: self.host.clone(), auth };
        let workspace = Arc::new(Workspace::new(self.http.clone(), settings));
        if !self.is_granted(&hash) {
            check(&workspace).await?;
            self.grant(hash);
        }
        Ok(workspace)
    }

    fn is_granted(&self, hash: &[u8; 32]) -> bool {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        granted.get(hash).is_some_and(|until| Instant::now() < *until)
    }

    fn grant(&self, hash: [u8; 32]) {
        let now = Instant::now();
        let mut granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        granted.retain(|_, until| now < *until);
        granted.insert(hash, now + GRANTED);
    }
}

/// Whether the workspace's principal is an admin.
async fn check(workspace: &Workspace) -> Result<(), Refusal> {
    let answer = workspace.request(&identity::me().request).await?;
    match answer.status {
        200 => {}
        status @ (408 | 429 | 500..=599) => {
            let message = format!("The workspace does not say who you are at the moment ({status})");
            return Err(HostError { kind: HostErrorKind::Connection, message }.into());
        }
        status => {
            let message = format!("The workspace does not accept your access token ({status})");
            return Err(Refusal::no_credential(message));
        }
    }
    let is_admin = serde_json::from_str::<Membership>(&answer.body)
        .is_ok_and(|member| member.groups.iter().any(|group| group.display == ADMINS));
    if is_admin { Ok(()) } else { Err(Refusal::forbidden("Only workspace admins may deploy from here")) }
}

fn token(headers: &HeaderMap) -> Option<SecretString> {
    let text = headers.get("x-forwarded-access-token")?.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= LONGEST_TOKEN).then(|| SecretString::from(text.to_owned()))
}
