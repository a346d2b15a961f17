//! The server beside the deploy page.
//!
//! Problem: the deploy logic runs in the browser, but the workspace answers no request of a page on
//! another origin, and a token must not be where the page's script can read it.
//!
//! Choice: a server on the page's own origin adds the credential. What it does with that credential
//! is bounded on all sides, because whatever runs in the page, or only reaches this port, can ask it:
//!
//! * it answers the page it served and no other (`guard`), and only the browser of whoever started it
//!   (`session`);
//! * it passes on the requests that the deployer makes and no others, to one workspace, and copies
//!   no header from the page (`forward`);
//! * to a database it speaks schema operations, no SQL, and only on hosts that the workspace
//!   itself names (`schema`);
//! * it acts as whoever started it, on their own machine. `tellr-app serve` has no such page: the tokens of users
//!   that the platform passes on to an app never have the scope for apps.
//!
//! Routes: `/api/workspace/…` with the workspace's own path behind it, `POST /api/workspace-schema`,
//! `GET /api/workspace-access`, which says whether anybody is signed in, and below it `…/sign-in`, where a
//! link leads to the workspace's sign-in (`status`). An answer with the
//! header `tellr-host-error` is the server's own, not the workspace's; its body is a
//! [`deployer::host::HostError`].

pub mod command;
mod forward;
mod guard;
mod refusal;
mod schema;
mod session;
mod state;
mod status;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::{any, get, post};

pub use session::Session;
pub use state::DeployPage;

use crate::api;
use crate::site::{DEPLOY_PAGE_SECURITY_POLICY, site};
use session::PAGE;

/// The routes of `tellr-app deploy-page`: the page and what it needs, nothing that has a database.
pub fn router(page: Arc<DeployPage>) -> Router {
    let general = Router::new().route("/health", get(api::health)).route("/version", get(api::version));
    // Has limits of its own, as files go up through it, and answers that are the workspace's.
    let workspace = Router::new()
        .route("/workspace", any(forward::forward))
        .route("/workspace/", any(forward::forward))
        .route("/workspace/{*path}", any(forward::forward))
        .route("/workspace-access", get(status::show).fallback(refusal::wrong_method))
        .route("/workspace-access/sign-in", get(status::sign_in).fallback(refusal::wrong_method))
        .route("/workspace-schema", post(schema::run).fallback(refusal::wrong_method))
        .layer(from_fn_with_state(Arc::clone(&page), guard::admit))
        .with_state(Arc::clone(&page));
    let pages = Router::new()
        // The start page shows what is in a database, and here is none.
        .route("/", get(async || Redirect::temporary(PAGE)))
        .route(PAGE, get(document).with_state(Arc::clone(&page)));
    site(general, workspace, pages).layer(from_fn_with_state(page, guard::at_own_address))
}

/// The page itself: the file that every other address of the page gets as well, allowed to compile
/// the deployer's WebAssembly.
async fn document(State(page): State<Arc<DeployPage>>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(entered) = page.session.enter(&uri) {
        return entered;
    }
    let mut response = crate::frontend::serve(uri, headers).await;
    let policy = HeaderValue::from_static(DEPLOY_PAGE_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
