//! Begins and finishes a connection of a person's Google account.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::exporting::KIND;
use super::handle::Google;
use super::page::Outcome;
use super::proof::{self, PATIENCE, Proof};
use super::queries::{self, Attempt, NewAttempt, NewConnection};
use super::tokens::{self, NotGranted, Tokens};
use super::trouble::Trouble;
use crate::database::encryption;
use crate::http::{ApiError, Rejection};
use crate::identity::User;
use crate::jobs::Jobs;

/// Where Google sends people back to.
pub(super) const CALLBACK: &str = "/api/google/callback";
/// The same in the original Tellr: an OAuth client that was made for that is taken too.
pub(super) const ORIGINAL_CALLBACK: &str = "/api/export/google-slides/auth/callback";
const LONGEST_PARAMETER: usize = 4096;

/// The redirect addresses of the app at this origin, the preferred one first.
pub(super) fn redirects(origin: &str) -> [String; 2] {
    [format!("{origin}{CALLBACK}"), format!("{origin}{ORIGINAL_CALLBACK}")]
}

/// What Google adds to the address. Without `Debug`: it holds secrets.
#[derive(Default, Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

fn is_encrypted(origin: &str) -> bool {
    origin.starts_with("https:")
}

pub(super) fn not_configured() -> Rejection {
    Rejection::conflict(
        "not_configured",
        "Google Slides isn't set up in this app. Ask an administrator to upload an OAuth client in the settings",
    )
}

/// Begins a connection: the address of Google's page, and the browser's cookie.
pub(super) async fn begin(
    google: &Google,
    user: &User,
    origin: &str,
    headers: &HeaderMap,
) -> Result<(String, HeaderValue), ApiError> {
    let key = google.key()?;
    let (client_row, client) = google.client().await?.ok_or_else(not_configured)?;
    let ours = redirects(origin);
    let redirect_uri = client.redirect_of(&ours).ok_or_else(|| {
        Rejection::conflict(
            "other_address",
            format!(
                "The app's OAuth client was made for another address of the app. Ask an administrator to add `{}` to its \
                 \"Authorized redirect URIs\" and to upload it again",
                ours[0]
            ),
        )
    })?;
    // Several tabs of one browser share its cookie, so that none makes the others' attempts void.
    let is_encrypted = is_encrypted(origin);
    let browser = match proof::browser(headers, key, is_encrypted) {
        Some(browser) => browser,
        None => proof::random::<32>().map_err(|_| ApiError::Internal)?,
    };
    let proof = Proof::new().map_err(|_| ApiError::Internal)?;
    let new = NewAttempt {
        state_hash: proof::hash(proof.state.expose_secret()),
        browser_hash: proof::hash(browser.expose_secret()),
        client: client_row,
        verifier: google.seal(&proof.verifier)?,
        redirect_uri,
        seconds: PATIENCE.as_secs_f64(),
    };
    let database = google.database();
    let mut connection = Box::pin(database.connection()).await?;
    let transaction = connection.transaction(database.schema()).await?;
    encryption::hold(&transaction, key).await?;
    queries::know(&transaction, &queries::schema(database), user).await?;
    queries::begin(&transaction, &user.id, &new).await?;
    transaction.commit().await?;

    let mut url = Url::parse(&google.endpoints().authorization).map_err(|_| ApiError::Internal)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", tokens::SCOPES)
        .append_pair("state", proof.state.expose_secret())
        .append_pair("code_challenge", &proof.challenge())
        .append_pair("code_challenge_method", "S256")
        // A refresh token, also if the person has agreed before.
        .append_pair("access_type", "offline")
        .append_pair("prompt", "consent");
    let cookie = proof::cookie(&browser, key, is_encrypted).map_err(|_| ApiError::Internal)?;
    Ok((url.into(), cookie))
}

fn failed(status: StatusCode, text: &str) -> Outcome {
    Outcome::Failed(status, text.to_owned())
}

/// Finishes a connection with Google's answer. Each refusal of an answer that isn't this person's, in this browser, in
/// time and for the first time has the same words: they tell nothing about the attempt.
pub(super) async fn finish(
    google: &Google,
    jobs: &Jobs,
    user: &User,
    (origin, headers): (&str, &HeaderMap),
    answer: Answer,
) -> Result<Outcome, ApiError> {
    const STRANGE: &str = "This answer doesn't belong to a connection that you began in this browser within the last ten \
                           minutes, or it was used already. Go back to Tellr and connect again.";
    let strange = || failed(StatusCode::BAD_REQUEST, STRANGE);
    let is_short = |text: &String| text.len() <= LONGEST_PARAMETER;
    let Some(state) = answer.state.filter(is_short).map(SecretString::from) else { return Ok(strange()) };
    let Some(browser) = proof::browser(headers, google.key()?, is_encrypted(origin)) else {
        return Ok(strange());
    };
    let (state, browser) = (proof::hash(state.expose_secret()), proof::hash(browser.expose_secret()));
    let database = google.database();
    let schema = queries::schema(database);
    let taken =
        queries::take(&Box::pin(database.connection()).await?, &schema, &user.id, &state, &browser).await?;
    let Some(attempt) = taken else { return Ok(strange()) };
    if let Some(error) = &answer.error {
        let text = match error.as_str() {
            "access_denied" => {
                "You didn't allow Tellr to use Google Drive, so nothing was changed. You can close this tab."
            }
            "admin_policy_enforced" | "org_internal" => {
                "Your organization's administrator doesn't allow this app at Google. Ask them to allow it."
            }
            _ => "Google refused the connection. Go back to Tellr and connect again.",
        };
        return Ok(failed(StatusCode::OK, text));
    }
    let Some(code) = answer.code.filter(is_short).map(SecretString::from) else { return Ok(strange()) };
    match granted(google, &attempt, &code).await? {
        Ok(tokens) => connected(google, jobs, user, &attempt, tokens).await,
        Err(outcome) => Ok(outcome),
    }
}

/// The tokens for a code, or what to say.
async fn granted(
    google: &Google,
    attempt: &Attempt,
    code: &SecretString,
) -> Result<Result<Tokens, Outcome>, ApiError> {
    let again = "Go back to Tellr and connect again.";
    let say = |status, text: String| Ok(Err(Outcome::Failed(status, text)));
    let client = google.client().await?.filter(|(id, _)| *id == attempt.client);
    let Some((_, client)) = client else {
        let text = format!("The app's OAuth client was changed in the meantime. {again}");
        return say(StatusCode::CONFLICT, text);
    };
    let verifier = google.reveal(&attempt.verifier).map_err(|_| super::handle::unreadable())?;
    let proof = (code, &verifier, attempt.redirect_uri.as_str());
    let granted = tokens::exchange(google.http(), google.endpoints(), &client, proof).await;
    match granted {
        Ok(tokens) if !tokens.has_drive => {
            let text = "Tellr needs the permission for Google Drive, to create presentations there. It can only see files \
                        that it has made. Go back to Tellr, connect again, and leave that permission checked.";
            say(StatusCode::OK, text.to_owned())
        }
        Ok(tokens) if tokens.refresh.is_none() => {
            let text = "Google gave no lasting access. Remove Tellr at myaccount.google.com/connections, and connect again.";
            say(StatusCode::BAD_GATEWAY, text.to_owned())
        }
        Ok(tokens) => Ok(Ok(tokens)),
        Err(NotGranted::Invalid) => {
            say(StatusCode::BAD_REQUEST, format!("Google doesn't accept this answer any more. {again}"))
        }
        Err(NotGranted::Client) => {
            let text = "Google doesn't accept the app's OAuth client. Ask an administrator to upload the current one.";
            say(StatusCode::BAD_GATEWAY, text.to_owned())
        }
        Err(NotGranted::Trouble(Trouble::Refused(text) | Trouble::Later(text, _))) => {
            say(StatusCode::BAD_GATEWAY, format!("{text}. {again}"))
        }
        Err(NotGranted::Trouble(_)) => say(StatusCode::BAD_GATEWAY, format!("Google didn't answer. {again}")),
    }
}

/// Stores the connection, and has exports that wait for it continue.
async fn connected(
    google: &Google,
    jobs: &Jobs,
    user: &User,
    attempt: &Attempt,
    tokens: Tokens,
) -> Result<Outcome, ApiError> {
    let Some(refresh) = &tokens.refresh else { return Err(ApiError::Internal) };
    let email = tokens::email(google.http(), google.endpoints(), google.retry(), &tokens.access).await;
    let new = NewConnection {
        client: attempt.client,
        email: email.as_deref(),
        refresh_token: google.seal(refresh)?,
        access_token: google.seal(&tokens.access)?,
        seconds: tokens.lifetime.as_secs_f64(),
    };
    let database = google.database();
    let mut connection = Box::pin(database.connection()).await?;
    let transaction = connection.transaction(database.schema()).await?;
    encryption::hold(&transaction, google.key()?).await?;
    queries::connect(&transaction, &user.id, &new).await?;
    jobs.hurry_in(&transaction, KIND, &user.id).await?;
    transaction.commit().await?;
    jobs.announce();
    Ok(Outcome::Connected)
}
