//! Who is at an app's page.
//!
//! On the platform a browser signs in before it reaches an app. Here there is no sign-in page: a
//! visitor is the app's creator until `/.auth/login?as=<user>` makes them somebody else by a
//! cookie. Programs send an OAuth token, as on the platform; personal tokens are refused there and
//! here. Either way the app learns who it is from the proxy's headers, and from nothing else.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

use crate::identity::{Principal, PrincipalKind, TokenKind};
use crate::workspace::Workspace;

/// Name of the cookie that says who the visitor wants to be.
pub(super) const COOKIE: &str = "local-workspace-user";

/// What the proxy tells the app.
pub(super) struct Visitor {
    pub(super) principal: Principal,
    /// A token for what the app may do on the visitor's behalf, if it may do anything.
    pub(super) token: Option<String>,
}

/// Why somebody does not get in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The token says nothing here.
    BadToken,
    /// The app is not for this principal.
    NotPermitted(String),
    /// There is no such app any more.
    NoApp,
}

/// Tokens handed to an app for its users; a new one when the old one expired.
#[derive(Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, String>>);

impl Tokens {
    fn of(&self, user: &str, workspace: &Workspace) -> String {
        let mut tokens = self.0.lock();
        if let Some(token) = tokens.get(user)
            && workspace.identities.resolve(token).is_some()
        {
            return token.clone();
        }
        let token = workspace.identities.mint_oauth(user);
        tokens.insert(user.to_owned(), token.clone());
        token
    }
}

/// The visitor behind a request.
pub(super) fn recognise(
    workspace: &Workspace,
    app: &str,
    tokens: &Tokens,
    headers: &HeaderMap,
) -> Result<Visitor, Refusal> {
    let (creator, acts_for_users) =
        workspace.apps.audience(app, workspace.clock.now()).ok_or(Refusal::NoApp)?;
    let principal = match headers.get(header::AUTHORIZATION) {
        Some(value) => by_token(workspace, value).ok_or(Refusal::BadToken)?,
        None => cookie(headers)
            .and_then(|name| workspace.identities.find(&name))
            .or_else(|| workspace.identities.find(&creator))
            .ok_or(Refusal::NoApp)?,
    };
    if !workspace.permissions.can(&principal, "apps", app, "CAN_USE") {
        return Err(Refusal::NotPermitted(principal.user_name));
    }
    let allowed = workspace.settings.get().features.user_authorization;
    let is_user = principal.kind == PrincipalKind::User;
    let token = (acts_for_users && allowed && is_user).then(|| tokens.of(&principal.user_name, workspace));
    Ok(Visitor { principal, token })
}

fn by_token(workspace: &Workspace, value: &HeaderValue) -> Option<Principal> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let (principal, kind) = workspace.identities.resolve(token.trim())?;
    (scheme.eq_ignore_ascii_case("bearer") && kind == TokenKind::OAuth).then_some(principal)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    pairs(headers).find_map(|(name, value)| (name == COOKIE).then(|| value.to_owned()))
}

/// The `Cookie` header without ours.
pub(super) fn other_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let others: Vec<String> = pairs(headers)
        .filter(|(name, _)| *name != COOKIE)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if others.is_empty() {
        return None;
    }
    HeaderValue::from_str(&others.join("; ")).ok()
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{cookie, other_cookies};

    #[test]
    fn the_app_gets_its_own_cookies_and_not_ours() {
        let mut headers = HeaderMap::new();
        let sent = "a=1; local-workspace-user=ben@example.com; b=x=y";
        headers.insert(header::COOKIE, HeaderValue::from_static(sent));
        assert_eq!(cookie(&headers).as_deref(), Some("ben@example.com"));
        assert_eq!(other_cookies(&headers).expect("two"), "a=1; b=x=y");
        headers.insert(header::COOKIE, HeaderValue::from_static("local-workspace-user=ben@example.com"));
        assert_eq!(other_cookies(&headers), None);
    }
}
