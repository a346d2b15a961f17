//! `/oidc/v1/authorize`, the page for browsers.
//!
//! As in RFC 6749: an invalid client or redirect URL is shown to the user, as the browser must not be
//! redirected there; all other errors are returned to the client. There are no passwords here: the page
//! asks who the user is, unless the settings define it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::pages;
use crate::settings::SignInAnswer;
use crate::workspace::Workspace;

/// The public client of Databricks' command line.
pub(super) const CLIENT_ID: &str = "databricks-cli";
/// The ports of this client's redirects.
const PORTS: std::ops::RangeInclusive<u16> = 8020..=8040;
/// The scopes that a client may request.
pub(super) const SCOPES: [&str; 5] = ["all-apis", "offline_access", "openid", "profile", "email"];
/// The user declined.
const DENIED: (&str, &str) = ("access_denied", "The person did not allow it");

/// The client's request, checked.
struct AuthorizationRequest<'a> {
    redirect_uri: &'a str,
    state: Option<&'a str>,
    scope: &'a str,
    challenge: &'a str,
}

/// The handler.
pub(super) async fn show(
    State(workspace): State<Arc<Workspace>>,
    OriginalUri(uri): OriginalUri,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let mut fields = BTreeMap::new();
    for (name, value) in &pairs {
        if fields.insert(name.as_str(), value.as_str()).is_some() {
            return pages::bad_request(&format!("The parameter {name} is there twice."));
        }
    }
    let field = |name: &str| fields.get(name).copied();
    if field("client_id") != Some(CLIENT_ID) {
        return pages::bad_request("The client is not registered here.");
    }
    let Some(redirect_uri) = field("redirect_uri").filter(|uri| is_registered(uri)) else {
        return pages::bad_request("The client may not have the browser sent back there.");
    };
    let state = field("state");
    let refuse = |error: &str, description: &str| {
        let mut answer = vec![("error", error), ("error_description", description)];
        answer.extend(state.map(|state| ("state", state)));
        back_to(redirect_uri, &answer)
    };
    if field("response_type") != Some("code") {
        return refuse("unsupported_response_type", "Only response_type=code is supported");
    }
    let challenge = field("code_challenge").filter(|challenge| challenge.len() == 43);
    let (Some(challenge), Some("S256")) = (challenge, field("code_challenge_method")) else {
        return refuse("invalid_request", "A code_challenge of method S256 is required");
    };
    let scope = field("scope").unwrap_or("all-apis");
    if let Some(unknown) = scope.split_whitespace().find(|scope| !SCOPES.contains(scope)) {
        return refuse("invalid_scope", &format!("Scope {unknown} is not known"));
    }
    let asked = AuthorizationRequest { redirect_uri, state, scope, challenge };
    match (workspace.settings.get().sign_in.answer, field("as")) {
        (SignInAnswer::Refuse { error, description }, _) => refuse(&error, &description),
        (SignInAnswer::As(user), _) => grant(&workspace, &asked, &user),
        (SignInAnswer::Ask, Some("")) => refuse(DENIED.0, DENIED.1),
        (SignInAnswer::Ask, Some(user)) => grant(&workspace, &asked, user),
        (SignInAnswer::Ask, None) => {
            let query = uri.query().unwrap_or_default();
            let link = |user: &str| format!("?{query}&as={user}");
            pages::consent(&workspace.identities.users(), CLIENT_ID, link)
        }
    }
}

fn grant(workspace: &Workspace, asked: &AuthorizationRequest<'_>, user: &str) -> Response {
    let users = workspace.identities.users();
    if !users.iter().any(|known| known.user_name == user) {
        return pages::bad_request(&format!("There is no user {user}."));
    }
    let code = workspace.sign_ins.begin(
        user,
        asked.challenge,
        asked.redirect_uri,
        asked.scope,
        workspace.clock.now(),
    );
    let mut answer = vec![("code", code.as_str())];
    answer.extend(asked.state.map(|state| ("state", state)));
    back_to(asked.redirect_uri, &answer)
}

/// `http://localhost:8020` and the following ports, exactly.
fn is_registered(uri: &str) -> bool {
    PORTS.clone().any(|port| uri == format!("http://localhost:{port}"))
}

fn back_to(redirect_uri: &str, answer: &[(&str, &str)]) -> Response {
    let pairs: Vec<String> =
        answer.iter().map(|(name, value)| format!("{name}={}", pages::percent_encode(value))).collect();
    let location = format!("{redirect_uri}?{}", pairs.join("&"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}
