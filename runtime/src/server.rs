//! Every route and every layer, in one view.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::database::{Database, DatabaseError, Effort};
use crate::identity::IdentityRule;
use crate::settings::Settings;
use crate::{api, frontend, requests};

/// What the handlers share; cheap to clone.
pub type App = Arc<AppState>;

/// What the handlers share.
pub struct AppState {
    /// The data.
    pub database: Database,
    /// Where identities come from.
    pub identity: IdentityRule,
}

impl AppState {
    /// Prepares the app. Works while the database is down.
    pub fn new(settings: &Settings, effort: Effort) -> Result<App, DatabaseError> {
        Ok(Arc::new(Self {
            database: Database::open(settings, effort)?,
            identity: IdentityRule::from_settings(settings),
        }))
    }
}

/// The largest request. The platform's proxy takes far more; nothing here needs it.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;
/// How long an answer may take. The platform's proxy gives up after 120 s.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// The page needs nothing from anywhere else, and nobody may put it into a frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Sent with every response.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// The routes, with their layers around them. Layers are listed from the outside in.
pub fn router(app: App) -> Router {
    let answers_are_not_stored =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let api = Router::new()
        .route("/health", get(api::health))
        .route("/ready", get(api::ready))
        .route("/version", get(api::version))
        .route("/user/current", get(api::current_user))
        .route("/prompts", get(api::prompts))
        .route("/styles", get(api::styles))
        .route("/profiles", get(api::profiles))
        .fallback(api::unknown_path)
        .layer(
            ServiceBuilder::new()
                .layer(answers_are_not_stored)
                .layer(from_fn(api::as_json))
                .layer(from_fn_with_state(ANSWER_TIMEOUT, requests::limit_time))
                .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES)),
        );

    let mut router = Router::new()
        .nest("/api", api)
        .route("/api/", get(api::unknown_path))
        .fallback_service(get(frontend::serve));
    for (name, value) in SECURITY_HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router
        .layer(CatchPanicLayer::custom(requests::after_panic))
        .layer(from_fn(requests::observe))
        .with_state(app)
}
