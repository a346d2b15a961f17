//! The server beside the deploy page.
//!
//! Problem: the deploy logic runs in the browser, but the workspace answers no request of a page on
//! another origin, and a token must not be where the page's script can read it.
//!
//! Choice: a server on the page's own origin adds the credential. What it does with that credential
//! is bounded on all sides, because whatever runs in the page, or only reaches this port, can ask it:
//!
//! * it answers the page it served and no other (`guard`), and on a person's own machine only
//!   that person's browser (`session`);
//! * it passes on the requests that the deployer makes and no others, to one workspace, and copies
//!   no header from the page (`forward`);
//! * to a database it speaks schema operations, no SQL, and only on hosts that the workspace
//!   itself names (`schema`);
//! * it acts as whoever started it (`tellr-app deploy-page`), or as the signed-in user if that is a
//!   workspace admin (`tellr-app serve`), and never as the app itself (`access`).
//!
//! Routes: `/api/workspace/…` with the workspace's own path behind it, `POST /api/workspace-schema`,
//! `GET /api/workspace-access`, which says whether anybody is signed in, and below it `…/sign-in`, where a
//! link leads to the workspace's sign-in (`status`). An answer with the
//! header `tellr-host-error` is the server's own, not the workspace's; its body is a
//! [`deployer::host::HostError`].

mod access;
pub mod command;
mod forward;
mod guard;
mod refusal;
mod schema;
mod session;
mod status;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get, post};
use tokio::sync::Semaphore;

pub use access::Access;
pub use guard::{Place, on_loopback_only};
pub use session::Session;

/// The path of the page.
const PAGE: &str = "/deploy";
/// Requests on their way at a time, for all pages together. One deployment makes some four.
const MOST_AT_A_TIME: usize = 16;

/// What the handlers share.
pub struct DeployPage {
    access: Access,
    place: Place,
    /// Further certificate authorities for databases (libpq's `PGSSLROOTCERT`).
    database_roots: Option<PathBuf>,
    slots: Semaphore,
}

impl DeployPage {
    /// A deploy page served at `place` that acts as `access` says.
    pub fn new(access: Access, place: Place, database_roots: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self { access, place, database_roots, slots: Semaphore::new(MOST_AT_A_TIME) })
    }
}

/// The routes below `/api`.
pub fn api<S: Clone + Send + Sync + 'static>(page: Arc<DeployPage>) -> Router<S> {
    Router::new()
        .route("/workspace", any(forward::forward))
        .route("/workspace/", any(forward::forward))
        .route("/workspace/{*path}", any(forward::forward))
        .route("/workspace-access", get(status::show).fallback(refusal::wrong_method))
        .route("/workspace-access/sign-in", get(status::sign_in).fallback(refusal::wrong_method))
        .route("/workspace-schema", post(schema::run).fallback(refusal::wrong_method))
        .layer(from_fn_with_state(Arc::clone(&page), guard::admit))
        .with_state(page)
}

/// The page itself: the file that every other address of the page gets as well, allowed to compile
/// the deployer's WebAssembly.
pub async fn document(State(page): State<Arc<DeployPage>>, uri: Uri, headers: HeaderMap) -> Response {
    if let Place::Loopback(session) = &page.place
        && let Some(entered) = session.enter(&uri)
    {
        return entered;
    }
    let mut response = crate::frontend::serve(uri, headers).await;
    let policy = HeaderValue::from_static(crate::server::DEPLOY_PAGE_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
