//! Sign-in in the browser: OAuth's authorization code flow with PKCE.
//!
//! Problem: a user without a profile and without a token wants to deploy. The workspace can sign users in,
//! but its answer has to reach this process, through a browser and a local port that other users of the
//! machine can reach too.
//!
//! Choice: the same flow as Databricks' own command line, as its public client is the only one that every
//! workspace accepts (RFC 8252 for the port, RFC 7636 for PKCE, RFC 9700 for the rest):
//!
//! * `authorization` discovers the workspace's endpoints and builds the URL to open, with a new state and
//!   challenge for each attempt;
//! * `redirect` accepts one answer to this attempt within a time limit, and shows a `page` with the result;
//! * `token_endpoint` requests tokens, and [`SignIn`] keeps and renews them.
//!
//! Tokens are kept in memory and discarded with the process. Databricks' command line keeps a file of them;
//! a second program that writes it would have to follow its locks and its format, and a file is one more
//! place to steal tokens from. Signing in again is one click while the browser's session lasts.
//!
//! Why no library: `oauth2` 5 is well maintained, but only replaces building the URL and two forms, some
//! 120 lines here. The port, discovery, renewal and messages would remain. It adds 18 crates, among them
//! second versions of `sha2`, `rand`, `getrandom` and `thiserror` and a calendar, is built for another
//! `reqwest` version than ours, and makes a small program 102 kB larger (52 kB compressed).

mod authorization;
mod page;
mod redirect;
mod token_endpoint;

use std::sync::{Arc, Mutex as Lock, Weak};
use std::time::{Duration, Instant};

use deployer::error::Failure;
use deployer::host::{HostError, HostErrorKind};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Mutex, watch};

use authorization::{CLIENT_ID, Endpoints, Proof};
pub(crate) use page::page;
use redirect::{Attempt, RedirectListener};
pub(super) use token_endpoint::{NotGranted, ask};

/// The time limit for the sign-in in the browser.
pub(crate) const PATIENCE: Duration = Duration::from_mins(10);

/// A user's sign-in to one workspace.
pub struct SignIn {
    http: reqwest::Client,
    host: String,
    /// The page that links to the sign-in, if there is one.
    back: Option<String>,
    /// Locked while tokens are being renewed, so that all callers wait for the same renewal.
    standing: Mutex<SignInState>,
    /// The attempt in progress.
    attempt: Mutex<Option<UnderWay>>,
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
    /// The page to return to.
    endpoint: Url,
}

struct UnderWay {
    address: String,
    began: Instant,
    outcome: watch::Receiver<Outcome>,
    attempt: Weak<Attempt>,
}

/// The outcome of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Waiting,
    SignedIn,
    Failed(String),
}

/// An attempt in progress.
pub struct PendingSignIn {
    /// The URL to open in a browser on this machine, within ten minutes.
    pub address: String,
    outcome: watch::Receiver<Outcome>,
}

impl PendingSignIn {
    /// Waits for the outcome of the attempt.
    ///
    /// # Errors
    /// If the sign-in failed.
    pub async fn finished(mut self) -> Result<(), HostError> {
        let outcome = self.outcome.wait_for(|outcome| *outcome != Outcome::Waiting).await;
        match outcome.as_deref() {
            Ok(Outcome::SignedIn) => Ok(()),
            Ok(Outcome::Failed(why)) => Err(credential(did_not_succeed(why))),
            Ok(Outcome::Waiting) | Err(_) => Err(credential(did_not_succeed("it was interrupted"))),
        }
    }
}

impl SignIn {
    /// A sign-in to the workspace at `host`, not signed in yet. `back` is the URL of the page that links to
    /// the sign-in.
    pub fn new(http: reqwest::Client, host: String, back: Option<String>) -> Arc<Self> {
        let why = format!("Not signed in to {host} yet");
        let standing = Mutex::new(SignInState::SignedOut { why });
        Arc::new(Self { http, host, back, standing, attempt: Mutex::default() })
    }

    /// The workspace's address, `https://host[:port]`.
    pub fn host(&self) -> &str {
        &self.host
    }

    fn back(&self) -> Option<&str> {
        self.back.as_deref()
    }

    /// Starts a sign-in. If one is already in progress and recent, returns that attempt.
    ///
    /// # Errors
    /// If the discovery fails, or no local port is available.
    pub async fn begin(self: &Arc<Self>) -> Result<PendingSignIn, HostError> {
        let mut under_way = self.attempt.lock().await;
        if let Some(old) = &*under_way
            && let Some(attempt) = old.attempt.upgrade()
        {
            if *old.outcome.borrow() == Outcome::Waiting && old.began.elapsed() < PATIENCE / 2 {
                return Ok(PendingSignIn { address: old.address.clone(), outcome: old.outcome.clone() });
            }
            attempt.replace();
        }
        let endpoints = Endpoints::discover(&self.http, &self.host).await?;
        let listener = RedirectListener::open()?;
        let proof = Proof::new()?;
        let redirect_uri = listener.address();
        let address = proof.address(&endpoints, &redirect_uri);
        let (sender, outcome) = watch::channel(Outcome::Waiting);
        let attempt = Arc::new(Attempt {
            sign_in: Arc::clone(self),
            endpoints,
            redirect_uri,
            proof: Lock::new(Some(proof)),
            outcome: sender,
        });
        *under_way = Some(UnderWay {
            address: address.clone(),
            began: Instant::now(),
            outcome: outcome.clone(),
            attempt: Arc::downgrade(&attempt),
        });
        tokio::spawn(redirect::wait(listener, attempt, PATIENCE));
        Ok(PendingSignIn { address, outcome })
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

    async fn refresh(
        &self,
        endpoint: &Url,
        refresh: &SecretString,
    ) -> Result<token_endpoint::Granted, NotGranted> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("refresh_token", refresh.expose_secret()),
        ];
        ask(self.http.post(endpoint.clone()).form(&form), &[refresh]).await
    }

    /// Exchanges a code for tokens; or returns why that failed.
    async fn exchange(
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

    fn succeeded(&self, outcome: &watch::Sender<Outcome>) {
        tracing::info!("signed in to {}", self.host);
        outcome.send_replace(Outcome::SignedIn);
    }

    async fn failed(&self, outcome: &watch::Sender<Outcome>, why: &str) {
        tracing::warn!("the sign-in did not succeed: {why}");
        // An earlier sign-in remains valid.
        if let SignInState::SignedOut { why: shown } = &mut *self.standing.lock().await {
            *shown = did_not_succeed(why);
        }
        outcome.send_replace(Outcome::Failed(why.to_owned()));
    }
}

/// Why the sign-in failed, for the command line.
pub(crate) fn failure(error: HostError) -> Failure {
    let problem = error.message;
    match error.kind {
        HostErrorKind::Credential => Failure::NotSignedIn { problem },
        _ => Failure::Unreachable { problem },
    }
}

fn did_not_succeed(why: &str) -> String {
    format!("The sign-in did not succeed: {why}")
}

fn credential(message: String) -> HostError {
    HostError { kind: HostErrorKind::Credential, message }
}
