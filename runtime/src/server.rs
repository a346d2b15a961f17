//! All routes of `tellr-app serve`: merges those of the subjects. Only the binary and tests use it.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::http::site::{limited, site};
use crate::{decks, identity, jobs, library, sessions, sharing, status};

/// The maximum size of a request with a deck: a deck of the largest size, and what stands around it.
const LARGEST_DECK_BYTES: usize = tellr_slides::limits::MAX_DECK_BYTES + 64 * 1024;

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
    let (documented, _) = OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(decks::routes())
        .merge(sharing::routes())
        .split_for_parts();
    site(api, limited(documented, LARGEST_DECK_BYTES), pages).with_state(app)
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
