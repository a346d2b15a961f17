//! A user's sign-in: starts an attempt, and passes on the tokens that it led to.

use std::sync::{Arc, Mutex as Lock, Weak};
use std::time::{Duration, Instant};

use deployer::host::HostError;
use secrecy::SecretString;
use tokio::sync::{Mutex, watch};

use super::authorization::{Endpoints, Proof};
use super::redirect::{self, Attempt, Outcome, RedirectListener};
use super::user_tokens::{UserTokens, credential, did_not_succeed};

/// The time limit for the sign-in in the browser.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// A user's sign-in to one workspace.
pub struct SignIn {
    tokens: Arc<UserTokens>,
    /// The page that links to the sign-in, if there is one.
    back: Option<String>,
    /// The attempt in progress.
    attempt: Mutex<Option<UnderWay>>,
}

struct UnderWay {
    address: String,
    began: Instant,
    outcome: watch::Receiver<Outcome>,
    attempt: Weak<Attempt>,
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
        Arc::new(Self { tokens: UserTokens::new(http, host), back, attempt: Mutex::default() })
    }

    /// The workspace's address, `https://host[:port]`.
    pub fn host(&self) -> &str {
        &self.tokens.host
    }

    /// Starts a sign-in. If one is already in progress and recent, returns that attempt.
    ///
    /// # Errors
    /// If the discovery fails, or no local port is available.
    pub async fn begin(&self) -> Result<PendingSignIn, HostError> {
        let mut under_way = self.attempt.lock().await;
        if let Some(old) = &*under_way
            && let Some(attempt) = old.attempt.upgrade()
        {
            if *old.outcome.borrow() == Outcome::Waiting && old.began.elapsed() < PATIENCE / 2 {
                return Ok(PendingSignIn { address: old.address.clone(), outcome: old.outcome.clone() });
            }
            attempt.replace();
        }
        let endpoints = Endpoints::discover(&self.tokens.http, &self.tokens.host).await?;
        let listener = RedirectListener::open()?;
        let proof = Proof::new()?;
        let redirect_uri = listener.address();
        let address = proof.address(&endpoints, &redirect_uri);
        let (sender, outcome) = watch::channel(Outcome::Waiting);
        let attempt = Arc::new(Attempt {
            tokens: Arc::clone(&self.tokens),
            back: self.back.clone(),
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
    pub(in crate::workspace) async fn bearer(&self) -> Result<SecretString, HostError> {
        self.tokens.bearer().await
    }

    /// Another token than `refused`, which the workspace rejected.
    pub(in crate::workspace) async fn another(
        &self,
        refused: &SecretString,
    ) -> Result<SecretString, HostError> {
        self.tokens.another(refused).await
    }
}
