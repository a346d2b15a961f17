//! Codes and refresh tokens for access tokens; revocation; whose account it is.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::call::{Answer, once, patiently};
use super::client_file::OAuthClient;
use super::endpoints::Endpoints;
use super::trouble::Trouble;
use crate::settings::token_problem;
use crate::workspace::RetryPolicy;

/// Files that this app makes, and no others; and the address of the account, to show which one it is.
pub(super) const SCOPES: &str = "https://www.googleapis.com/auth/drive.file openid email";
/// The scope without which nothing can be exported.
const DRIVE: &str = "https://www.googleapis.com/auth/drive.file";
const LONGEST_TOKEN: usize = 8 * 1024;
const LONGEST_EMAIL: usize = 320;
/// How long the exchange of a code may take: a person waits, and it is asked once.
const EXCHANGE: Duration = Duration::from_secs(15);

/// What Google has granted. Its `Debug` shows no secret.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) access: SecretString,
    pub(super) lifetime: Duration,
    /// Absent from the answer to a refresh.
    pub(super) refresh: Option<SecretString>,
    pub(super) has_drive: bool,
}

/// Google has granted nothing.
#[derive(Debug)]
pub(super) enum NotGranted {
    /// The code or the refresh token isn't valid (any more).
    Invalid,
    /// The app's OAuth client isn't accepted.
    Client,
    /// No answer, or none that can be used.
    Trouble(Trouble),
}

/// Without `Debug`: it holds secrets.
#[derive(Deserialize)]
struct Body {
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    #[serde(default)]
    scope: String,
}

fn read(answer: &Answer) -> Result<Tokens, NotGranted> {
    if answer.status != StatusCode::OK {
        let json = answer.json();
        return Err(match json["error"].as_str().unwrap_or_default() {
            "invalid_grant" => NotGranted::Invalid,
            "invalid_client" | "unauthorized_client" | "deleted_client" | "disabled_client" => {
                NotGranted::Client
            }
            _ => {
                let status = answer.status.as_u16();
                NotGranted::Trouble(Trouble::Refused(format!("Google refused the connection ({status})")))
            }
        });
    }
    let unreadable = || NotGranted::Trouble(Trouble::Refused("Google's answer can't be read".to_owned()));
    // The error of `serde` may quote a token.
    let Ok(body) = serde_json::from_value::<Body>(answer.json()) else { return Err(unreadable()) };
    let (access, refresh) =
        (SecretString::from(body.access_token), body.refresh_token.map(SecretString::from));
    let is_usable = |token: &SecretString| {
        let token = token.expose_secret();
        token.len() <= LONGEST_TOKEN && token_problem(token).is_none()
    };
    if !is_usable(&access) || !refresh.as_ref().is_none_or(is_usable) {
        return Err(unreadable());
    }
    Ok(Tokens {
        access,
        lifetime: Duration::from_secs(body.expires_in.unwrap_or(3600).min(86_400)),
        refresh,
        has_drive: body.scope.split_whitespace().any(|scope| scope == DRIVE),
    })
}

/// Exchanges a code. Asked once, as a code is valid once.
pub(super) async fn exchange(
    http: &reqwest::Client,
    endpoints: &Endpoints,
    client: &OAuthClient,
    (code, verifier, redirect_uri): (&SecretString, &SecretString, &str),
) -> Result<Tokens, NotGranted> {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.client_id.as_str()),
        ("client_secret", client.client_secret.expose_secret()),
        ("code", code.expose_secret()),
        ("code_verifier", verifier.expose_secret()),
        ("redirect_uri", redirect_uri),
    ];
    let answer = once(http.post(&endpoints.token).timeout(EXCHANGE).form(&form)).await;
    read(&answer.map_err(|message| NotGranted::Trouble(Trouble::Later(message, None)))?)
}

/// Requests a new access token.
pub(super) async fn refresh(
    http: &reqwest::Client,
    endpoints: &Endpoints,
    policy: RetryPolicy,
    client: &OAuthClient,
    token: &SecretString,
) -> Result<Tokens, NotGranted> {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client.client_id.as_str()),
        ("client_secret", client.client_secret.expose_secret()),
        ("refresh_token", token.expose_secret()),
    ];
    let answer = patiently(policy, || http.post(&endpoints.token).form(&form)).await;
    read(&answer.map_err(NotGranted::Trouble)?)
}

/// Ends what a token stands for. Whether it has ended: Google says so also of one that has already.
pub(super) async fn revoke(
    http: &reqwest::Client,
    endpoints: &Endpoints,
    policy: RetryPolicy,
    token: &SecretString,
) -> bool {
    let form = [("token", token.expose_secret())];
    match patiently(policy, || http.post(&endpoints.revocation).form(&form)).await {
        Ok(answer) => {
            answer.status == StatusCode::OK || answer.json()["error"].as_str() == Some("invalid_token")
        }
        Err(_) => false,
    }
}

/// The address of the account; only shown, so an export works without it.
pub(super) async fn email(
    http: &reqwest::Client,
    endpoints: &Endpoints,
    policy: RetryPolicy,
    access: &SecretString,
) -> Option<String> {
    let request = || http.get(&endpoints.user_info).bearer_auth(access.expose_secret());
    let answer = patiently(policy, request).await.ok()?;
    let email = answer.json()["email"].as_str()?.to_owned();
    let is_plain = !email.is_empty() && email.len() <= LONGEST_EMAIL && !email.chars().any(char::is_control);
    is_plain.then_some(email)
}
