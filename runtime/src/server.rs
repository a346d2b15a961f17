//! All routes of `tellr-app serve`: merges those of the subjects. Only the binary and tests use it.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::site::site;
use crate::{identity, jobs, library, status};

/// The routes of `tellr-app serve`.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .merge(status::about())
        .merge(status::readiness())
        .merge(identity::routes::routes())
        .merge(library::routes())
        .merge(jobs::routes::router());
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
