//! The credential for the workspace.

use std::sync::Arc;

use deployer::host::{HostError, HostErrorKind};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use super::federation;
use super::minted::{Interrupted, Issued, Mint, Minted};
use super::oauth::{self, NotGranted, SignIn};
use super::retry::{RetryPolicy, Transient, Urgency, retry};
use crate::settings::{GitHubIdentity, WorkspaceAuth};

/// The credential for a workspace; cheap to clone.
#[derive(Clone)]
pub(super) enum Credential {
    /// A fixed token.
    Token(SecretString),
    /// A service principal, which requests tokens.
    ServicePrincipal(Minted<ServicePrincipal>),
    /// The user who signed in in the browser.
    Person(Arc<SignIn>),
}

impl Credential {
    /// The credential `auth` for the workspace at `host`.
    pub(super) fn new(http: &reqwest::Client, host: &str, auth: WorkspaceAuth, retry: RetryPolicy) -> Self {
        let (client_id, proof) = match auth {
            WorkspaceAuth::Token(token) => return Self::Token(token),
            WorkspaceAuth::ClientCredentials { client_id, client_secret } => {
                (client_id, Proof::Secret(client_secret))
            }
            WorkspaceAuth::GitHub { client_id, identity } => (client_id, Proof::GitHub(identity)),
        };
        let (http, host) = (http.clone(), host.to_owned());
        let mint = ServicePrincipal { http, host, client_id, proof, retry };
        Self::ServicePrincipal(Minted::new(mint, retry))
    }

    /// An access token, requested or renewed if needed.
    pub(super) async fn bearer(&self) -> Result<SecretString, HostError> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::Person(sign_in) => sign_in.bearer().await,
            Self::ServicePrincipal(minted) => minted.get().await,
        }
    }

    /// Another token than `refused`, which the workspace rejected: it was revoked, or expired early. `None`
    /// if there can be no other.
    pub(super) async fn another(&self, refused: &SecretString) -> Result<Option<SecretString>, HostError> {
        match self {
            Self::Token(_) => Ok(None),
            Self::Person(sign_in) => sign_in.another(refused).await.map(Some),
            Self::ServicePrincipal(minted) => {
                minted.refused(refused);
                minted.get().await.map(Some)
            }
        }
    }
}

/// Requests tokens for a service principal.
pub(super) struct ServicePrincipal {
    http: reqwest::Client,
    host: String,
    client_id: String,
    proof: Proof,
    retry: RetryPolicy,
}

/// What shows that this process may act as the service principal.
enum Proof {
    Secret(SecretString),
    GitHub(GitHubIdentity),
}

impl ServicePrincipal {
    async fn request(&self) -> Result<Issued, NotGranted> {
        let endpoint = format!("{}/oidc/v1/token", self.host);
        let request = self.http.post(&endpoint).timeout(self.retry.timeout);
        let (request, secret) = match &self.proof {
            Proof::Secret(secret) => {
                let form = [("grant_type", "client_credentials"), ("scope", "all-apis")];
                (
                    request.basic_auth(&self.client_id, Some(secret.expose_secret())).form(&form),
                    secret.clone(),
                )
            }
            Proof::GitHub(identity) => {
                let get = |url: &str| self.http.get(url).timeout(self.retry.timeout);
                let token = federation::identity_token(get, &self.host, identity).await?;
                (request.form(&federation::exchange(&self.client_id, token.expose_secret())), token)
            }
        };
        let granted = oauth::ask(request, &[&secret]).await?;
        Ok(Issued { secret: granted.access, since: Instant::from_std(granted.asked), life: granted.life })
    }
}

impl Mint for ServicePrincipal {
    type Error = HostError;

    async fn mint(&self, urgency: Urgency) -> Result<Issued, HostError> {
        retry(self.retry.at(urgency), || self.request()).await.map_err(|error| match error {
            NotGranted::Failed(error) => error,
            NotGranted::Refused { status, why } => HostError {
                kind: HostErrorKind::Credential,
                message: format!(
                    "The workspace issued no token for the service principal `{}` ({status}): {why}{}",
                    self.client_id,
                    match self.proof {
                        Proof::Secret(_) => "",
                        Proof::GitHub(_) => federation::NEEDED,
                    }
                ),
            },
        })
    }
}

impl From<Interrupted> for HostError {
    fn from(_: Interrupted) -> Self {
        let message = "Requesting a token was interrupted".to_owned();
        Self { kind: HostErrorKind::Connection, message }
    }
}

impl Transient for NotGranted {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    fn asked_pause(&self) -> Option<std::time::Duration> {
        None
    }
}
