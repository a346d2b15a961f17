//! Workload identity federation: the identity token of a job of GitHub Actions, exchanged for tokens of the workspace.
//!
//! Such a job stores no secret. GitHub issues it a token that says for which repository, branch and environment it
//! runs, and a policy of the Databricks account says which service principal such a token stands for. The exchange
//! is RFC 8693; the names are those of Databricks' SDKs (`auth_type = github-oidc`).

use deployer::host::{HostError, HostErrorKind};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::answer::text_of_at_most;
use super::no_answer::no_answer;
use super::oauth::NotGranted;
use crate::settings::GitHubIdentity;

/// The kind of the credential, in Databricks' terms.
pub(super) const KIND: &str = "github-oidc";
/// What to check if the exchange is refused.
pub(super) const NEEDED: &str = ". Its federation policy has to name the issuer, the audience and the subject of this job's identity token";
/// The maximum size of an answer.
const LARGEST_BYTES: usize = 64 * 1024;

/// The variables of a job that may ask for an identity token.
///
/// # Errors
/// What is missing, to follow the name of the source.
pub(super) fn identity(variable: &impl Fn(&str) -> Option<String>) -> Result<GitHubIdentity, String> {
    let given = |name: &str| variable(name).map(|text| text.trim().to_owned());
    let asked = given("ACTIONS_ID_TOKEN_REQUEST_URL").zip(given("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    let (url, token) = asked.ok_or_else(|| {
        format!(
            "uses `auth_type = {KIND}`, but this is no job of GitHub Actions that may ask for an identity token. Add \
             `permissions: {{id-token: write}}` to the job"
        )
    })?;
    // The request's token is sent there.
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return Err("has an `ACTIONS_ID_TOKEN_REQUEST_URL` that doesn't begin with `https://`".to_owned());
    }
    Ok(GitHubIdentity { url, token: token.into(), audience: given("DATABRICKS_TOKEN_AUDIENCE") })
}

/// The form of the exchange.
pub(super) fn exchange<'a>(client_id: &'a str, token: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ("subject_token", token),
        ("client_id", client_id),
        ("scope", "all-apis"),
    ]
}

/// Asks GitHub for an identity token for the workspace at `host`. `get` begins a request.
pub(super) async fn identity_token(
    get: impl Fn(&str) -> RequestBuilder,
    host: &str,
    identity: &GitHubIdentity,
) -> Result<SecretString, NotGranted> {
    let audience = if let Some(audience) = &identity.audience {
        audience.clone()
    } else {
        let (_, metadata) = json(get(&format!("{host}/.well-known/databricks-config"))).await?;
        let named = metadata["token_federation_default_oidc_audiences"][0].as_str();
        named.map_or_else(|| format!("{host}/oidc/v1/token"), str::to_owned)
    };
    let request =
        get(&identity.url).query(&[("audience", audience)]).bearer_auth(identity.token.expose_secret());
    let (status, answer) = json(request).await.map_err(|error| match error {
        NotGranted::Failed(HostError { kind, message }) => {
            let message = format!("GitHub issued no identity token for this job: {message}");
            NotGranted::Failed(HostError { kind, message })
        }
        refused @ NotGranted::Refused { .. } => refused,
    })?;
    let message = format!("GitHub issued no identity token for this job ({status})");
    match answer["value"].as_str().filter(|token| !token.is_empty()) {
        Some(token) => Ok(SecretString::from(token)),
        None if status.is_server_error() => {
            Err(NotGranted::Failed(HostError { kind: HostErrorKind::Connection, message }))
        }
        None => Err(NotGranted::Failed(HostError { kind: HostErrorKind::Credential, message })),
    }
}

/// An answer as JSON; `null` if it is none.
async fn json(request: RequestBuilder) -> Result<(reqwest::StatusCode, Value), NotGranted> {
    let answer = request.send().await.map_err(|error| NotGranted::Failed(no_answer(&error)))?;
    let status = answer.status();
    let body = text_of_at_most(answer, LARGEST_BYTES).await.map_err(NotGranted::Failed)?;
    Ok((status, serde_json::from_str(&body).unwrap_or_default()))
}
