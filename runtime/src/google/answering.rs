//! What requests about connections are answered, on our paths and on those of the original Tellr.

use axum::Json;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::connecting::{self, Answer, redirects};
use super::handle::Google;
use super::page::{Outcome, page};
use super::queries;
use super::types::{GoogleConsent, GoogleStatus};
use crate::http::ApiError;
use crate::http::extract::Parameters;
use crate::http::security::own::{self, OwnAddress};
use crate::identity::User;
use crate::jobs::Jobs;
use crate::sharing::Groups;

/// Where the caller's browser reaches the app: `https://host`.
pub(super) struct Origin(pub(super) String);

impl<S: Sync> FromRequestParts<S> for Origin
where
    OwnAddress: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let origin = own::origin(&OwnAddress::from_ref(state), &parts.uri, &parts.headers);
        origin.map(Self).map_err(|message| ApiError::Refused(StatusCode::BAD_REQUEST, message))
    }
}

/// Whether Google Slides is set up, and whether the caller's account is connected.
pub(super) async fn status_of(
    google: &Google,
    groups: &Groups,
    user: &User,
    origin: &str,
) -> Result<GoogleStatus, ApiError> {
    let can_configure = groups.is_admin(user).await;
    let schema = queries::schema(google.database());
    let connection = Box::pin(google.database().connection()).await?;
    let is_configured = queries::client(&connection, &schema).await?.is_some();
    let connected = queries::connection_of(&connection, &schema, &user.id).await?;
    drop(connection);
    let ours = redirects(origin);
    // The one that the client lists, if that can be read.
    let client = if is_configured { google.client().await.ok().flatten() } else { None };
    let redirect_uri = client.and_then(|(_, client)| client.redirect_of(&ours).cloned());
    Ok(GoogleStatus {
        is_configured,
        can_configure,
        is_connected: connected.is_some(),
        email: connected.and_then(|connected| connected.email),
        redirect_uri: redirect_uri.unwrap_or_else(|| ours[0].clone()),
    })
}

/// Begins a connection.
pub(super) async fn begun(
    google: &Google,
    user: &User,
    origin: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let (url, cookie) = connecting::begin(google, user, origin, headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(GoogleConsent { url })).into_response())
}

/// A person's browser is here, so that every outcome is a page.
pub(super) async fn answered(
    google: &Google,
    jobs: &Jobs,
    (user, origin): (Result<User, ApiError>, Result<Origin, ApiError>),
    headers: &HeaderMap,
    answer: Result<Parameters<Answer>, ApiError>,
) -> Response {
    let outcome = async {
        let (user, Origin(origin)) = (user?, origin?);
        let Parameters(answer) = answer.unwrap_or(Parameters(Answer::default()));
        connecting::finish(google, jobs, &user, (&origin, headers), answer).await
    };
    match Box::pin(outcome).await {
        Ok(outcome) => page(&outcome),
        Err(error) => {
            let text = format!("{error}.");
            page(&Outcome::Failed(error.into_response().status(), text))
        }
    }
}
