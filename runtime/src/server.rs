//! Every route and every layer, in one view.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::database::{Database, DatabaseError, Effort};
use crate::deploy::workspace::ClientError;
use crate::deploy_page::{self, Access, DeployPage, Place};
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
    /// The server side of the deploy page.
    pub deploy_page: Arc<DeployPage>,
}

/// The app could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's side.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The workspace's side.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl AppState {
    /// Prepares the app. Works while the database is down.
    pub fn new(settings: &Settings, effort: Effort) -> Result<App, StartError> {
        let access = match settings.platform_workspace() {
            Some(host) => Access::signed_in_admin(host.to_owned())?,
            None => Access::Closed,
        };
        let database_roots = settings.database.root_certificates.clone();
        Ok(Arc::new(Self {
            database: Database::open(settings, effort)?,
            identity: IdentityRule::from_settings(settings),
            deploy_page: DeployPage::new(access, Place::Platform, database_roots),
        }))
    }
}

/// The largest request. The platform's proxy takes far more; nothing here needs it.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;
/// How long an answer may take. The platform's proxy gives up after 120 s.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// The page needs nothing from anywhere else, and nobody may put it into a frame.
macro_rules! security_policy {
    ($scripts:literal) => {
        concat!(
            "default-src 'none'; script-src ",
            $scripts,
            "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    };
}

const CONTENT_SECURITY_POLICY: &str = security_policy!("'self'");
/// The deploy page compiles WebAssembly, which no other page does.
pub(crate) const DEPLOY_PAGE_SECURITY_POLICY: &str = security_policy!("'self' 'wasm-unsafe-eval'");

/// Sent with every response.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

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
    let deploy_page = Arc::clone(&app.deploy_page);
    complete(api, deploy_page, Router::new()).with_state(app)
}

/// The routes of `tellr-app deploy-page`: the page and what it needs, nothing that has a database.
pub fn deploy_page_router(deploy_page: Arc<DeployPage>) -> Router {
    let api = Router::new().route("/health", get(api::health)).route("/version", get(api::version));
    // The start page shows what is in a database, and here is none.
    let start = Router::new().route("/", get(async || Redirect::temporary("/deploy")));
    complete(api, deploy_page, start).layer(from_fn(deploy_page::on_loopback_only))
}

/// The API with the page around it, and the layers around both, listed from the outside in; `more` has
/// addresses of its own.
fn complete<S: Clone + Send + Sync + 'static>(
    api: Router<S>,
    deploy_page: Arc<DeployPage>,
    more: Router<S>,
) -> Router<S> {
    let answers_are_not_stored =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let api = api
        .fallback(api::unknown_path)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(api::as_json))
                .layer(from_fn_with_state(ANSWER_TIMEOUT, requests::limit_time))
                .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES)),
        )
        // Has limits of its own, as files go up through it, and answers that are the workspace's.
        .merge(deploy_page::api(Arc::clone(&deploy_page)))
        .layer(answers_are_not_stored);

    let mut router = Router::new()
        .nest("/api", api)
        .route("/api/", get(api::unknown_path))
        .route("/deploy", get(deploy_page::document).with_state(deploy_page))
        .merge(more)
        .fallback_service(get(frontend::serve));
    for (name, value) in SECURITY_HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.layer(CatchPanicLayer::custom(requests::after_panic)).layer(from_fn(requests::observe))
}
