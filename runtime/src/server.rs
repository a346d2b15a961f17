//! All routes of `tellr-app serve`.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::api;
use crate::app::App;
use crate::site::site;

/// The routes of `tellr-app serve`.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/health", get(api::health))
        .route("/ready", get(api::ready))
        .route("/version", get(api::version))
        .route("/user/current", get(api::current_user))
        .route("/prompts", get(api::prompts))
        .route("/styles", get(api::styles))
        .route("/profiles", get(api::profiles));
    let pages =
        Router::new().route("/deploy", get(deploy_elsewhere)).route("/deploy/", get(deploy_elsewhere));
    site(api, Router::new(), pages).with_state(app)
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
