//! The tokens of a user at one workspace: requested with a code, kept in memory, renewed.

use std::sync::Arc;
use std::time::Instant;

use deployer::host::{HostError, HostErrorKind};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::authorization::{CLIENT_ID, Endpoints, Proof};
use super::token_endpoint::{Granted, NotGranted, ask};

/// The tokens of a user at one workspace.
pub(super) struct UserTokens {
    pub(super) http: reqwest::Client,
    pub(super) host: String,
    /// Locked while tokens are being renewed, so that all callers wait for the same renewal.
    standing: Mutex<SignInState>,
}

/// Whether a user is signed in.
enum SignInState {
    SignedOut { why: String },
    SignedIn(Tokens),
}

struct Tokens {
    access: SecretString,
    renew_at: Instant,
    good_until: Instant,
    refresh: Option<SecretString>,
    /// The token endpoint.
    endpoint: Url,
}

impl UserTokens {
    /// None yet.
    pub(super) fn new(http: reqwest::Client, host: String) -> Arc<Self> {
        let why = format!("Not signed in to {host} yet");
        Arc::new(Self { http, host, standing: Mutex::new(SignInState::SignedOut { why }) })
    }

    /// An access token that is valid for a while.
    pub(super) async fn bearer(self: &Arc<Self>) -> Result<SecretString, HostError> {
        match &*self.standing.lock().await {
            SignInState::SignedOut { why } => return Err(credential(why.clone())),
            SignInState::SignedIn(tokens) if Instant::now() < tokens.renew_at => {
                return Ok(tokens.access.clone());
            }
            SignInState::SignedIn(_) => {}
        }
        self.renewed(None).await
    }

    /// Another token than `refused`, which the workspace rejected.
    pub(super) async fn another(self: &Arc<Self>, refused: &SecretString) -> Result<SecretString, HostError> {
        self.renewed(Some(refused.clone())).await
    }

    /// Runs in a separate task: the caller may be dropped, a refresh token works only once, and the answer
    /// must not be lost.
    async fn renewed(self: &Arc<Self>, refused: Option<SecretString>) -> Result<SecretString, HostError> {
        let this = Arc::clone(self);
        let renewed = tokio::spawn(async move { this.renew(refused).await });
        renewed.await.unwrap_or_else(|_| {
            let message = "Renewing the sign-in was interrupted".to_owned();
            Err(HostError { kind: HostErrorKind::Connection, message })
        })
    }

    async fn renew(&self, refused: Option<SecretString>) -> Result<SecretString, HostError> {
        let mut standing = self.standing.lock().await;
        let tokens = match &mut *standing {
            SignInState::SignedOut { why } => return Err(credential(why.clone())),
            SignInState::SignedIn(tokens) => tokens,
        };
        let now = Instant::now();
        let is_stale = match &refused {
            Some(refused) => refused.expose_secret() == tokens.access.expose_secret(),
            None => now >= tokens.renew_at,
        };
        if !is_stale {
            // Another attempt has completed in the meantime.
            return Ok(tokens.access.clone());
        }
        let still_good = refused.is_none() && now < tokens.good_until;
        let ended = match &tokens.refresh {
            None if still_good => return Ok(tokens.access.clone()),
            None => "it can't be renewed".to_owned(),
            Some(refresh) => match self.refresh(&tokens.endpoint, refresh).await {
                Ok(granted) => {
                    let refresh = granted.refresh.or_else(|| tokens.refresh.take());
                    *tokens = Tokens {
                        access: granted.access,
                        renew_at: granted.renew_at,
                        good_until: granted.good_until,
                        refresh,
                        endpoint: tokens.endpoint.clone(),
                    };
                    tracing::debug!("the sign-in was renewed");
                    return Ok(tokens.access.clone());
                }
                Err(NotGranted::Failed(_)) if still_good => return Ok(tokens.access.clone()),
                Err(NotGranted::Failed(error)) => return Err(error),
                Err(NotGranted::Refused { why, .. }) => why,
            },
        };
        tracing::warn!("the sign-in has ended: {ended}");
        let why = format!("The sign-in to {} has ended: {ended}. Sign in again", self.host);
        *standing = SignInState::SignedOut { why: why.clone() };
        Err(credential(why))
    }

    async fn refresh(&self, endpoint: &Url, refresh: &SecretString) -> Result<Granted, NotGranted> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("refresh_token", refresh.expose_secret()),
        ];
        ask(self.http.post(endpoint.clone()).form(&form), &[refresh]).await
    }

    /// Exchanges a code for tokens; or returns why that failed.
    pub(super) async fn exchange(
        &self,
        endpoints: &Endpoints,
        code: &SecretString,
        proof: &Proof,
        redirect_uri: &str,
    ) -> Result<(), String> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", code.expose_secret()),
            ("code_verifier", proof.verifier().expose_secret()),
            ("redirect_uri", redirect_uri),
        ];
        let request = self.http.post(endpoints.token.clone()).form(&form);
        match ask(request, &[code, proof.verifier()]).await {
            Ok(granted) => {
                *self.standing.lock().await = SignInState::SignedIn(Tokens {
                    access: granted.access,
                    renew_at: granted.renew_at,
                    good_until: granted.good_until,
                    refresh: granted.refresh,
                    endpoint: endpoints.token.clone(),
                });
                Ok(())
            }
            Err(NotGranted::Refused { why, .. }) => Err(format!("the workspace says: {why}")),
            Err(NotGranted::Failed(error)) => Err(error.message),
        }
    }

    /// Reports that a sign-in failed. An earlier one remains valid.
    pub(super) async fn not_granted(&self, why: &str) {
        if let SignInState::SignedOut { why: shown } = &mut *self.standing.lock().await {
            *shown = did_not_succeed(why);
        }
    }
}

/// A failed sign-in, in a sentence.
pub(super) fn did_not_succeed(why: &str) -> String {
    format!("The sign-in did not succeed: {why}")
}

/// The error of a caller who isn't signed in.
pub(super) fn credential(message: String) -> HostError {
    HostError { kind: HostErrorKind::Credential, message }
}
