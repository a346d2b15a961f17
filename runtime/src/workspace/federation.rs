//! Workload identity federation: the identity token of a workload, exchanged for tokens of the workspace.
//!
//! A job of GitHub Actions has no stored secret: GitHub issues it a token that says which repository and branch it
//! runs for, and a policy of the Databricks account says which service principal such a token stands for. The
//! exchange is RFC 8693; names and defaults are those of Databricks' SDK (`github-oidc`, `env-oidc`).

use deployer::host::{HostError, HostErrorKind};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::time::Instant;

use super::answer::text;
use super::minted::{Issued, Mint};
use super::no_answer::no_answer;
use super::oauth::{self, NotGranted};
use super::retry::{RetryPolicy, Urgency, retry};
use crate::settings::Identity;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// Requests tokens for a workload.
pub(super) struct Federation {
    pub(super) http: reqwest::Client,
    pub(super) host: String,
    pub(super) client_id: String,
    pub(super) identity: Identity,
    pub(super) retry: RetryPolicy,
}

/// What a workspace says of itself to everybody.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    token_federation_default_oidc_audiences: Vec<String>,
}

/// GitHub's answer.
#[derive(Deserialize)]
struct Issuance {
    value: String,
}

impl Federation {
    fn endpoint(&self) -> String {
        format!("{}/oidc/v1/token", self.host)
    }

    async fn request(&self) -> Result<Issued, NotGranted> {
        let identity = self.identity_token().await?;
        let request = self.http.post(self.endpoint()).timeout(self.retry.timeout).form(&[
            ("grant_type", EXCHANGE),
            ("subject_token_type", JWT),
            ("subject_token", identity.expose_secret()),
            ("client_id", &self.client_id),
            ("scope", "all-apis"),
        ]);
        let granted = oauth::ask(request, &[&identity]).await?;
        Ok(Issued { secret: granted.access, since: Instant::from_std(granted.asked), life: granted.life })
    }

    /// The audience that the workspace names for such tokens, else its token endpoint; as Databricks' SDK has it.
    async fn default_audience(&self) -> Result<String, NotGranted> {
        let url = format!("{}/.well-known/databricks-config", self.host);
        let answer = self.http.get(url).timeout(self.retry.timeout).send().await;
        let body = text(answer.map_err(|error| NotGranted::Failed(no_answer(&error)))?).await;
        let named: Metadata = serde_json::from_str(&body.map_err(NotGranted::Failed)?).unwrap_or_default();
        Ok(named
            .token_federation_default_oidc_audiences
            .into_iter()
            .next()
            .unwrap_or_else(|| self.endpoint()))
    }

    async fn identity_token(&self) -> Result<SecretString, NotGranted> {
        let (url, token, audience) = match &self.identity {
            Identity::Given(token) => return Ok(token.clone()),
            Identity::GitHub { url, token, audience } => (url, token, audience),
        };
        let audience = match audience {
            Some(audience) => audience.clone(),
            None => self.default_audience().await?,
        };
        let request = self
            .http
            .get(url)
            .query(&[("audience", audience)])
            .timeout(self.retry.timeout)
            .bearer_auth(token.expose_secret());
        let answer = request.send().await.map_err(|error| NotGranted::Failed(no_answer(&error)))?;
        let status = answer.status();
        let body = text(answer).await.map_err(NotGranted::Failed)?;
        if status.is_server_error() {
            let message = format!("GitHub issues no identity token at the moment ({status})");
            return Err(NotGranted::Failed(HostError { kind: HostErrorKind::Connection, message }));
        }
        serde_json::from_str(&body)
            .map(|issued: Issuance| SecretString::from(issued.value))
            .map_err(|_| NotGranted::Refused { status, why: "GitHub issued no identity token".to_owned() })
    }
}

impl Mint for Federation {
    type Error = HostError;

    async fn mint(&self, urgency: Urgency) -> Result<Issued, HostError> {
        retry(self.retry.at(urgency), || self.request()).await.map_err(|error| match error {
            NotGranted::Failed(error) => error,
            NotGranted::Refused { status, why } => HostError {
                kind: HostErrorKind::Credential,
                message: format!(
                    "The workspace issued no token for the service principal `{}` by federation ({status}): {why}. \
                     Its federation policy has to accept this workload's issuer, subject and audience",
                    self.client_id
                ),
            },
        })
    }
}
