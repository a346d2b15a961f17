//! The credential for the workspace.

use std::sync::Arc;
use std::time::Instant;

use deployer::host::{HostError, HostErrorKind};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::oauth::{self, NotGranted, SignIn};
use crate::settings::WorkspaceAuth;

/// The credential for the workspace.
pub(super) enum Credential {
    /// A fixed token.
    Token(SecretString),
    /// A service principal, which requests tokens.
    ServicePrincipal {
        client_id: String,
        client_secret: SecretString,
        /// The last token, and when to renew it.
        token: Mutex<Option<(SecretString, Instant)>>,
    },
    /// The user who signed in in the browser.
    Person(Arc<SignIn>),
}

impl From<WorkspaceAuth> for Credential {
    fn from(auth: WorkspaceAuth) -> Self {
        match auth {
            WorkspaceAuth::Token(token) => Self::Token(token),
            WorkspaceAuth::ClientCredentials { client_id, client_secret } => {
                Self::ServicePrincipal { client_id, client_secret, token: Mutex::default() }
            }
        }
    }
}

impl Credential {
    /// The access token to send to `host`, minted or renewed if needed.
    pub(super) async fn bearer(&self, http: &reqwest::Client, host: &str) -> Result<SecretString, HostError> {
        let (client_id, client_secret, token) = match self {
            Self::Token(token) => return Ok(token.clone()),
            Self::Person(sign_in) => return sign_in.bearer().await,
            Self::ServicePrincipal { client_id, client_secret, token } => (client_id, client_secret, token),
        };
        let mut kept = token.lock().await;
        if let Some((token, renew_at)) = &*kept
            && Instant::now() < *renew_at
        {
            return Ok(token.clone());
        }
        let request = http
            .post(format!("{host}/oidc/v1/token"))
            .basic_auth(client_id, Some(client_secret.expose_secret()))
            .form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]);
        match oauth::ask(request, &[client_secret]).await {
            Ok(granted) => {
                *kept = Some((granted.access.clone(), granted.renew_at));
                Ok(granted.access)
            }
            Err(NotGranted::Failed(error)) => Err(error),
            Err(NotGranted::Refused { status, why }) => Err(HostError {
                kind: HostErrorKind::Credential,
                message: format!(
                    "The workspace issued no token for the service principal `{client_id}` ({status}): {why}"
                ),
            }),
        }
    }

    /// Another token than `refused`, which the workspace rejected: it was revoked, or expired early. `None`
    /// if there can be no other.
    pub(super) async fn another(
        &self,
        refused: &SecretString,
        http: &reqwest::Client,
        host: &str,
    ) -> Result<Option<SecretString>, HostError> {
        match self {
            Self::Token(_) => Ok(None),
            Self::Person(sign_in) => sign_in.another(refused).await.map(Some),
            Self::ServicePrincipal { token, .. } => {
                // Only this one is dropped: another task may have requested a newer one meanwhile.
                let mut kept = token.lock().await;
                kept.take_if(|(token, _)| token.expose_secret() == refused.expose_secret());
                drop(kept);
                self.bearer(http, host).await.map(Some)
            }
        }
    }
}
