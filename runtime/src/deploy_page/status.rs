//! Whether a user is signed in: `GET /api/workspace-access`; and the sign-in.
//!
//! The page sends this request first, and again while it waits for a sign-in. The host is only returned and
//! never accepted: the user who starts the server decides which workspace gets the credential.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use deployer::host::{HostError, HostErrorKind};
use deployer::workspace::identity;
use serde::Serialize;

use super::refusal::Refusal;
use super::session::PAGE;
use super::state::DeployPage;
use crate::workspace::{Workspace, oauth};

/// What to do about a rejected credential of a profile or the environment.
const ANOTHER: &str = "Start `tellr-app deploy-page` again with another `--profile`, or with `--sign-in`";
/// The path of the second handler.
const SIGN_IN: &str = "/api/workspace-access/sign-in";

/// The answer. `user` is set if `signed_in` is true.
#[derive(Debug, Serialize)]
pub(super) struct WorkspaceAccess {
    /// The workspace's address, `https://host[:port]`.
    host: String,
    /// Whether the workspace can be called.
    signed_in: bool,
    /// The user: an e-mail address, or a service principal's application id.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// The path of the sign-in link; absent if the sign-in in the browser is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_url: Option<&'static str>,
    /// Why no user is signed in, for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// The handler.
pub(super) async fn show(State(page): State<Arc<DeployPage>>) -> Result<Json<WorkspaceAccess>, Refusal> {
    let workspace = &page.workspace;
    let _slot = page.slots.acquire().await;
    let (user, problem) = match who_is(workspace).await? {
        Ok(user) => (Some(user), None),
        Err(problem) => (None, Some(problem)),
    };
    let sign_in_url = workspace.sign_in().filter(|_| user.is_none()).map(|_| SIGN_IN);
    let problem = problem.map(|problem| match sign_in_url {
        None => format!("{problem}. {ANOTHER}"),
        Some(_) => problem,
    });
    let host = workspace.host().to_owned();
    Ok(Json(WorkspaceAccess { host, signed_in: user.is_some(), user, sign_in_url, problem }))
}

/// `GET /api/workspace-access/sign-in`: redirects the browser to the workspace's sign-in. The URL contains
/// the attempt's state, so only the session's browser may get it, like everything here.
pub(super) async fn sign_in(State(page): State<Arc<DeployPage>>) -> Result<Response, Refusal> {
    let Some(sign_in) = page.workspace.sign_in() else {
        return Err(Refusal::forbidden("No sign-in is needed: the server has its own credential"));
    };
    match sign_in.begin().await {
        Ok(begun) => {
            let headers =
                [(header::LOCATION, begun.address.as_str()), (header::REFERRER_POLICY, "no-referrer")];
            Ok((StatusCode::SEE_OTHER, headers).into_response())
        }
        // This is shown to the user directly, not read by the page's script.
        Err(error) => {
            tracing::warn!("no sign-in could be started: {error}");
            let words = format!("{}.", error.message);
            Ok(oauth::page(StatusCode::BAD_GATEWAY, "The sign-in could not be started", &words, Some(PAGE)))
        }
    }
}

/// The principal's name, or why the workspace returns none.
async fn who_is(workspace: &Workspace) -> Result<Result<String, String>, HostError> {
    let answer = match workspace.request(&identity::me().request).await {
        Ok(answer) => answer,
        Err(HostError { kind: HostErrorKind::Credential, message }) => return Ok(Err(message)),
        Err(error) => return Err(error),
    };
    match answer.status {
        200 => {
            let me: Option<identity::Me> = serde_json::from_str(&answer.body).ok();
            let message =
                || "The workspace's answer doesn't name the current user; check its address".to_owned();
            me.map(|me| Ok(me.user_name))
                .ok_or_else(|| HostError { kind: HostErrorKind::Refused, message: message() })
        }
        status @ (401 | 403) => Ok(Err(format!("The workspace does not accept the credential ({status})"))),
        status => {
            let message = format!("The workspace can't name the current user at the moment ({status})");
            Err(HostError { kind: HostErrorKind::Connection, message })
        }
    }
}
