//! The visitor of an app.
//!
//! As on the platform, a browser signs in before it reaches an app, and has a session from then on, which
//! is valid for this app only. Programs send an OAuth token; personal tokens are refused. Other visitors
//! are unknown. The app learns the identity from the proxy's headers only.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

use super::Slot;
use crate::identity::{Principal, PrincipalKind, TokenKind};
use crate::ids::secret;
use crate::workspace::Workspace;

/// The prefix of our cookies' names.
const COOKIE_PREFIX: &str = "databricksapps-";

/// The identity that the proxy passes to the app.
pub(super) struct Visitor {
    pub(super) principal: Principal,
    /// A token for the app's actions on the visitor's behalf, if it has user scopes.
    pub(super) token: Option<String>,
}

/// Why a visitor is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is neither a token nor a session.
    NotSignedIn,
    /// The token is invalid.
    BadToken,
    /// The visitor has no permission to use the app.
    NotPermitted(String),
    /// The app no longer exists.
    NoApp,
}

/// The browsers that signed in at one app.
#[derive(Default)]
pub(super) struct Sessions(Mutex<BTreeMap<String, String>>);

impl Sessions {
    /// A new session of a user; returns its value.
    pub(super) fn begin(&self, user: &str) -> String {
        let session = secret("session-");
        self.0.lock().insert(session.clone(), user.to_owned());
        session
    }

    /// Ends the session of this browser.
    pub(super) fn end(&self, cookie: &str, headers: &HeaderMap) {
        let mut sessions = self.0.lock();
        for (_, value) in pairs(headers).filter(|(name, _)| *name == cookie) {
            sessions.remove(value);
        }
    }

    /// Ends the sessions of one user, or all; returns how many.
    pub(super) fn end_all(&self, user: Option<&str>) -> usize {
        let mut sessions = self.0.lock();
        let before = sessions.len();
        sessions.retain(|_, name| user.is_some_and(|user| user != name));
        before - sessions.len()
    }

    fn user(&self, cookie: &str, headers: &HeaderMap) -> Option<String> {
        let sessions = self.0.lock();
        pairs(headers).filter(|(name, _)| *name == cookie).find_map(|(_, value)| sessions.get(value).cloned())
    }
}

/// The visitor behind a request.
pub(super) fn recognise(workspace: &Workspace, slot: &Slot, headers: &HeaderMap) -> Result<Visitor, Refusal> {
    let scopes = workspace.apps.user_scopes(&slot.app, workspace.clock.now()).ok_or(Refusal::NoApp)?;
    let principal = match headers.get(header::AUTHORIZATION) {
        Some(value) => by_token(workspace, value).ok_or(Refusal::BadToken)?,
        None => slot
            .sessions
            .user(&slot.cookie(), headers)
            .and_then(|name| workspace.identities.find(&name))
            .ok_or(Refusal::NotSignedIn)?,
    };
    if !workspace.permissions.can(&principal, "apps", &slot.app, "CAN_USE") {
        return Err(Refusal::NotPermitted(principal.user_name));
    }
    let allowed = workspace.settings.get().features.user_authorization;
    let is_user = principal.kind == PrincipalKind::User;
    let token = (!scopes.is_empty() && allowed && is_user)
        .then(|| slot.tokens.of(&principal.user_name, scopes, workspace));
    Ok(Visitor { principal, token })
}

fn by_token(workspace: &Workspace, value: &HeaderValue) -> Option<Principal> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let (principal, kind) = workspace.identities.resolve(token.trim())?;
    (scheme.eq_ignore_ascii_case("bearer") && kind == TokenKind::OAuth).then_some(principal)
}

/// The name of the session cookie of an app. Cookies ignore ports, and apps differ only in their port.
pub(super) fn cookie_of(port: u16) -> String {
    format!("{COOKIE_PREFIX}{port}")
}

/// The `Cookie` header without ours.
pub(super) fn other_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let others: Vec<String> = pairs(headers)
        .filter(|(name, _)| !name.starts_with(COOKIE_PREFIX))
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

    use super::{Sessions, cookie_of, other_cookies};

    fn cookies(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(text).expect("header text"));
        headers
    }

    #[test]
    fn the_app_gets_its_own_cookies_and_not_ours() {
        let headers = cookies("a=1; databricksapps-8001=x; b=x=y; databricksapps-8002=y");
        assert_eq!(other_cookies(&headers).expect("two"), "a=1; b=x=y");
        assert_eq!(other_cookies(&cookies("databricksapps-8001=x")), None);
    }

    #[test]
    fn a_session_is_good_at_its_app_until_it_ends() {
        let (here, there) = (Sessions::default(), Sessions::default());
        let session = here.begin("ben@example.com");
        let headers = cookies(&format!("{}={session}", cookie_of(8001)));
        assert_eq!(here.user(&cookie_of(8001), &headers).as_deref(), Some("ben@example.com"));
        assert_eq!(here.user(&cookie_of(8002), &headers), None);
        assert_eq!(there.user(&cookie_of(8001), &headers), None);
        here.end(&cookie_of(8001), &headers);
        assert_eq!(here.user(&cookie_of(8001), &headers), None);
    }
}
