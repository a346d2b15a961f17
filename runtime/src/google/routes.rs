//! The routes about Google Slides, below `/api`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answering::{Origin, answered, begun, status_of};
use super::client_file::OAuthClient;
use super::connecting::{self, Answer, redirects};
use super::exporting::{KIND, Payload};
use super::handle::Google;
use super::types::{
    GoogleConsent, GoogleDisconnected, GoogleExportRequest, GoogleExportStarted, GoogleStatus,
};
use super::{original, queries, tokens};
use crate::database::encryption;
use crate::http::extract::{JsonBody, Parameters};
use crate::http::security::own::OwnAddress;
use crate::http::{ApiError, Rejection};
use crate::identity::{IdentityRule, User};
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::{EnqueueError, Jobs, NewJob};
use crate::sharing::{Caller, Groups, visible};

/// The routes.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Google: FromRef<S>,
    Groups: FromRef<S>,
    IdentityRule: FromRef<S>,
    Jobs: FromRef<S>,
    OwnAddress: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(google_status))
        .routes(routes!(set_google_client, delete_google_client))
        .routes(routes!(connect_google, disconnect_google))
        .routes(routes!(google_callback))
        .routes(routes!(export_to_google_slides))
        .routes(routes!(original::google_auth_status))
        .routes(routes!(original::google_auth_url))
        .routes(routes!(original::google_auth_callback))
        .routes(routes!(original::poll_google_export))
}

/// Whether Google Slides is set up, and whether the caller's account is connected
#[utoipa::path(get, path = "/google", tag = "Google Slides", responses((status = 200, body = GoogleStatus)))]
pub(super) async fn google_status(
    user: User,
    State(google): State<Google>,
    State(groups): State<Groups>,
    Origin(origin): Origin,
) -> Result<Json<GoogleStatus>, ApiError> {
    status_of(&google, &groups, &user, &origin).await.map(Json)
}

async fn require_admin(groups: &Groups, user: &User) -> Result<(), Rejection> {
    if groups.is_admin(user).await {
        return Ok(());
    }
    Err(Rejection::forbidden(
        "Only administrators of the workspace can change the app's OAuth client. Ask one of them",
    ))
}

/// Upload the app's OAuth client: the file of a client of the type "Web application"
///
/// Stored encrypted, and never returned. Another client than the present one ends the connections of all people.
#[utoipa::path(put, path = "/google/client", tag = "Google Slides", request_body = Object,
    responses((status = 200, body = GoogleStatus)))]
async fn set_google_client(
    user: User,
    State(google): State<Google>,
    State(groups): State<Groups>,
    Origin(origin): Origin,
    file: Bytes,
) -> Result<Json<GoogleStatus>, ApiError> {
    require_admin(&groups, &user).await?;
    let client = OAuthClient::read(&file, &redirects(&origin))?;
    let key = google.key()?;
    let sealed = google.seal(&client.to_json().to_string().into())?;
    let database = google.database();
    let mut connection = Box::pin(database.connection()).await?;
    let transaction = connection.transaction(database.schema()).await?;
    encryption::hold(&transaction, key).await?;
    queries::know(&transaction, &queries::schema(database), &user).await?;
    let stored = queries::client_to_change(&transaction).await?;
    let is_same = |file: &str| {
        let file = key.decrypt(file).ok().and_then(|file| OAuthClient::of_stored(&file));
        file.is_some_and(|present| present.client_id == client.client_id)
    };
    let same = stored.filter(|stored| is_same(&stored.file)).map(|stored| stored.id);
    queries::set_client(&transaction, &user, &sealed, same).await?;
    transaction.commit().await?;
    drop(connection);
    tracing::info!(is_same = same.is_some(), "the OAuth client for Google was uploaded");
    status_of(&google, &groups, &user, &origin).await.map(Json)
}

/// Remove the app's OAuth client, and with it the connections of all people
#[utoipa::path(delete, path = "/google/client", tag = "Google Slides", responses((status = 204)))]
async fn delete_google_client(
    user: User,
    State(google): State<Google>,
    State(groups): State<Groups>,
) -> Result<StatusCode, ApiError> {
    require_admin(&groups, &user).await?;
    let connection = Box::pin(google.database().connection()).await?;
    queries::delete_client(&connection, &queries::schema(google.database())).await?;
    tracing::info!("the OAuth client for Google was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to connect the caller's Google account
#[utoipa::path(post, path = "/google/connection", tag = "Google Slides",
    responses((status = 200, body = GoogleConsent)))]
async fn connect_google(
    user: User,
    State(google): State<Google>,
    Origin(origin): Origin,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    begun(&google, &user, &origin, &headers).await
}

/// Disconnect the caller's Google account: the app's access ends at Google, and its tokens are deleted
#[utoipa::path(delete, path = "/google/connection", tag = "Google Slides",
    responses((status = 200, body = GoogleDisconnected)))]
async fn disconnect_google(
    user: User,
    State(google): State<Google>,
) -> Result<Json<GoogleDisconnected>, ApiError> {
    let schema = queries::schema(google.database());
    let connection = Box::pin(google.database().connection()).await?;
    let Some(stored) = queries::connection_of(&connection, &schema, &user.id).await? else {
        return Ok(Json(GoogleDisconnected { is_revoked: true, message: None }));
    };
    // Deleted first: whatever Google answers, the app has no access any more.
    queries::disconnect(&connection, &schema, stored.generation).await?;
    drop(connection);
    let is_revoked = match google.reveal(&stored.refresh_token) {
        Ok(token) => tokens::revoke(google.http(), google.endpoints(), google.retry(), &token).await,
        Err(_) => false,
    };
    let message = (!is_revoked).then(|| {
        "Tellr has deleted its access, but Google has not confirmed that it has ended. Remove Tellr at \
         myaccount.google.com/connections"
            .to_owned()
    });
    Ok(Json(GoogleDisconnected { is_revoked, message }))
}

/// Where Google sends people back to: a page that says what came of it
#[utoipa::path(get, path = "/google/callback", tag = "Google Slides",
    params(("code" = Option<String>, Query), ("state" = Option<String>, Query), ("error" = Option<String>, Query)),
    responses((status = 200, content((String = "text/html")))))]
async fn google_callback(
    user: Result<User, ApiError>,
    State(google): State<Google>,
    State(jobs): State<Jobs>,
    origin: Result<Origin, ApiError>,
    headers: HeaderMap,
    answer: Result<Parameters<Answer>, ApiError>,
) -> Response {
    answered(&google, &jobs, (user, origin), &headers, answer).await
}

/// Export a deck to Google Slides: into the same presentation as before, if there is one
#[utoipa::path(post, path = "/export/google-slides", tag = "Google Slides", request_body = GoogleExportRequest,
    responses((status = 202, body = GoogleExportStarted)))]
async fn export_to_google_slides(
    caller: Caller,
    State(google): State<Google>,
    State(jobs): State<Jobs>,
    JsonBody(request): JsonBody<GoogleExportRequest>,
) -> Result<(StatusCode, Json<GoogleExportStarted>), ApiError> {
    let database = google.database();
    let schema = queries::schema(database);
    let mut connection = Box::pin(database.connection()).await?;
    let transaction = connection.transaction(database.schema()).await?;
    visible(queries::role_in(&transaction, &schema, &caller, request.session_id).await?)?;
    if !queries::is_configured(&transaction).await? {
        return Err(connecting::not_configured().into());
    }
    queries::know(&transaction, &schema, &caller.user).await?;
    let new = job(&caller, request.session_id);
    let job_id = jobs.enqueue_in(&transaction, &new).await.map_err(crowded)?.id();
    transaction.commit().await?;
    jobs.announce();
    Ok((StatusCode::ACCEPTED, Json(GoogleExportStarted { job_id })))
}

/// At most one at a time for a deck and a person: they have one presentation.
fn job(caller: &Caller, session: Uuid) -> NewJob {
    // A whole id may not fit into a key.
    let person = URL_SAFE_NO_PAD.encode(Sha256::digest(&caller.user.id));
    // One that runs may have read the deck before it was changed.
    let unique = Unique { key: format!("{KIND} {session} {person}"), if_running: IfRunning::RunAgain };
    NewJob {
        owner: Some(caller.user.id.clone()),
        session: Some(session),
        payload: json!(Payload { groups: caller.groups.clone() }),
        unique: Some(unique),
        max_failures: 5,
        ..NewJob::new(KIND)
    }
}

fn crowded(error: EnqueueError) -> ApiError {
    match error {
        EnqueueError::Database(error) => error.into(),
        EnqueueError::TooLarge => Rejection::invalid(error.to_string()).into(),
        EnqueueError::TooMany | EnqueueError::TooManyOfOwner(_) => {
            Rejection::new(StatusCode::TOO_MANY_REQUESTS, "too_many_jobs", error.to_string()).into()
        }
    }
}
