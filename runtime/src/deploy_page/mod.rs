//! The server of the deploy page.
//!
//! Problem: the deploy logic runs in the browser, but the workspace accepts no requests from a page of
//! another origin, and the page's script must not be able to read a token.
//!
//! Choice: a server on the page's own origin adds the credential. The use of that credential is restricted
//! in several ways, because any script in the page, and any client of this port, can send requests:
//!
//! * it answers only the page that it served (`guard`), and only the browser of the user who started it
//!   (`session`);
//! * it forwards only the requests that the deployer makes, to one workspace, and copies no header from the
//!   page (`forward`);
//! * databases get only typed schema operations, no SQL, and only on hosts that the workspace itself
//!   returns (`schema`);
//! * it uses the credential of the user who started it, on their own machine. `tellr-app serve` has no such
//!   page: the user tokens that the platform passes to an app never have the scope for apps.
//!
//! Routes: `/api/workspace/…` followed by the workspace's own path, `POST /api/workspace-schema`, `GET
//! /api/workspace-access`, which reports whether a user is signed in, and below it `…/sign-in`, which
//! redirects to the workspace's sign-in (`status`). An answer with the header `tellr-host-error` comes from
//! the server itself, not from the workspace; its body is a [`deployer::host::HostError`].

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
use axum::http::{HeaderMap, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::{any, get, post};

pub use session::Session;
pub use state::DeployPage;

use crate::http::frontend;
use crate::http::site::{observed, site};
use crate::status::about;
use session::PAGE;

/// The routes of `tellr-app deploy-page`: the page and its API, without anything that needs the app's
/// database.
pub fn router(page: Arc<DeployPage>) -> Router {
    // Has limits of its own, as files are uploaded through it, and returns the workspace's answers.
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
        // The start page shows the database's content, and there is no database here.
        .route("/", get(async || Redirect::temporary(PAGE)))
        .route(PAGE, get(document).with_state(Arc::clone(&page)));
    let site = site(about().into(), workspace, pages);
    observed(site.layer(from_fn_with_state(page, guard::at_own_address)))
}

/// The page itself: the same file as for every other path of the page.
async fn document(State(page): State<Arc<DeployPage>>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(entered) = page.session.enter(&uri) {
        return entered;
    }
    frontend::serve(uri, headers).await
}
