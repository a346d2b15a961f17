//! All routes of `tellr-app serve`: merges those of the subjects. Only the binary and tests use it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::adoption::claim;
use crate::app::App;
use crate::http::security::own;
use crate::http::site::{limited, observed, site};
use crate::identity::tokens;
use crate::metrics::counted;
use crate::{
    chat, decks, export, google, identity, images, jobs, library, openapi, sessions, sharing, status,
};

/// The maximum size of a request with a deck: a deck of the largest size, and what stands around it.
const LARGEST_DECK_BYTES: usize = tellr_slides::limits::MAX_DECK_BYTES + 64 * 1024;

/// The routes of the API, by the size of what they take.
struct Api {
    small: Router<App>,
    decks: Router<App>,
    images: Router<App>,
    style_files: Router<App>,
    document: OpenApi,
}

fn api() -> Api {
    let small = OpenApiRouter::new()
        .merge(status::about())
        .merge(status::readiness())
        .merge(identity::routes::routes())
        .merge(library::routes())
        .merge(jobs::routes::router())
        .merge(chat::routes::routes())
        .merge(export::routes())
        .merge(google::routes())
        .routes(routes!(document));
    let decks =
        OpenApiRouter::new().merge(sessions::routes()).merge(decks::routes()).merge(sharing::routes());
    let (small, mut document) = small.split_for_parts();
    let (decks, of_decks) = decks.split_for_parts();
    let (images, of_images) = images::routes().split_for_parts();
    document.merge(of_decks);
    document.merge(of_images);
    let (style_files, of_style_files) = library::file_routes().split_for_parts();
    document.merge(of_style_files);
    Api { small, decks, images, style_files, document }
}

/// The routes of `tellr-app serve`.
pub fn router(app: App) -> Router {
    let api = api();
    let keep = || from_fn_with_state((app.identity.clone(), app.tokens.clone()), tokens::keep);
    let claims = || {
        let state = (app.claims.clone(), app.identity.clone(), app.database.clone());
        from_fn_with_state(state, claim::look)
    };
    let pages =
        Router::new().route("/deploy", get(deploy_elsewhere)).route("/deploy/", get(deploy_elsewhere));
    let larger = limited(api.decks, LARGEST_DECK_BYTES)
        .merge(limited(api.images, images::LARGEST_BYTES))
        .merge(limited(api.style_files, library::LARGEST_BYTES));
    let own = from_fn_with_state(app.own_address.clone(), own::admit);
    let site = site(api.small.layer(claims()).layer(keep()), larger.layer(claims()).layer(keep()), pages);
    observed(counted(site, &app.metrics).layer(own)).with_state(app)
}

/// The OpenAPI document of `tellr-app serve`.
pub fn api_document() -> Value {
    openapi::document(api().document)
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "Status", responses((status = 200, body = Object)))]
async fn document() -> Json<Value> {
    Json(api_document())
}

/// The deploy page is among the embedded files, but an app can't deploy: the tokens that the platform
/// passes to it never have the scope for apps.
async fn deploy_elsewhere() -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let text = "Tellr is not deployed from inside the app. Use a notebook, or run `tellr-app deploy-page` on your \
                own machine.\n";
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::NOT_FOUND, headers, text).into_response()
}
