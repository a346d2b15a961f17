//! `/__local/`: what a test or a person who tries it out can look at and order.

use axum::extract::State as Extracted;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::state::{Call, Client, Consent, File, Shared};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/__local/files", get(files))
        .route("/__local/calls", get(calls))
        .route("/__local/clients", post(register))
        .route("/__local/client.json", get(client_file))
        .route("/__local/consent", post(consent))
        .route("/__local/faults", post(fail))
        .route("/__local/access-tokens/expire", post(expire))
        .route("/__local/grants/revoke", post(revoke))
        .route("/__local/uploads/forget", post(forget))
}

async fn files(Extracted(shared): Extracted<Shared>) -> Json<Vec<File>> {
    Json(shared.lock().files.clone())
}

async fn calls(Extracted(shared): Extracted<Shared>) -> Json<Vec<Call>> {
    Json(shared.lock().calls.clone())
}

async fn register(Extracted(shared): Extracted<Shared>, Json(client): Json<Client>) -> StatusCode {
    shared.lock().register(client);
    StatusCode::NO_CONTENT
}

/// The file that Google's console offers for a client.
pub(crate) fn file_of(client: &Client) -> Value {
    json!({ "web": {
        "client_id": client.client_id,
        "project_id": "tellr-local",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": client.client_secret,
        "redirect_uris": client.redirect_uris,
    } })
}

async fn client_file(Extracted(shared): Extracted<Shared>) -> Result<Json<Value>, StatusCode> {
    shared.lock().clients.last().map(|client| Json(file_of(client))).ok_or(StatusCode::NOT_FOUND)
}

async fn consent(Extracted(shared): Extracted<Shared>, Json(consent): Json<Consent>) -> StatusCode {
    shared.lock().consent = consent;
    StatusCode::NO_CONTENT
}

async fn fail(Extracted(shared): Extracted<Shared>, Json(fault): Json<Fault>) -> StatusCode {
    shared.lock().faults.push(fault);
    StatusCode::NO_CONTENT
}

async fn expire(Extracted(shared): Extracted<Shared>) -> StatusCode {
    shared.lock().access_tokens.clear();
    StatusCode::NO_CONTENT
}

async fn revoke(Extracted(shared): Extracted<Shared>) -> StatusCode {
    shared.lock().revoke_all();
    StatusCode::NO_CONTENT
}

async fn forget(Extracted(shared): Extracted<Shared>) -> StatusCode {
    shared.lock().uploads.clear();
    StatusCode::NO_CONTENT
}
