//! Sign-in at an app's URL, in a browser.
//!
//! A visitor who is not signed in is redirected to `/.auth/login`, chooses a user, and returns to the
//! requested page. On the platform the sign-in happens at the workspace; here it is the same page at the
//! app's own URL. A browser that is already signed in at the workspace returns without a question: here
//! this applies if the settings define the browser's user (`sign_in.answer`).

use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::proxy::Proxy;
use crate::pages::{self, percent_encode};
use crate::settings::SignInAnswer;

/// The sign-in page.
pub(super) const LOGIN: &str = "/.auth/login";

#[derive(Deserialize)]
pub(super) struct SignInQuery {
    /// The chosen user.
    #[serde(rename = "as")]
    user: Option<String>,
    /// Ask even if the settings define the browser's user.
    choose: Option<String>,
    /// The page to return to, a path of this app.
    next: Option<String>,
}

/// Redirects a browser to the sign-in, and back to `uri` afterwards.
pub(super) fn redirect(uri: &Uri) -> Response {
    let next = uri.path_and_query().map_or("/", |path| path.as_str());
    let location = format!("{LOGIN}?next={}", percent_encode(next));
    (StatusCode::FOUND, [(LOCATION, location)]).into_response()
}

/// `/.auth/login`
pub(super) async fn sign_in(State(proxy): State<Proxy>, Query(asked): Query<SignInQuery>) -> Response {
    let (Some(slot), Some(workspace)) = (proxy.slot.upgrade(), proxy.workspace()) else {
        return pages::not_available("The app");
    };
    let next = asked.next.as_deref().filter(|next| is_path(next)).unwrap_or("/");
    let link = |user: &str| format!("{LOGIN}?as={user}&next={}", percent_encode(next));
    let users = workspace.identities.users();
    let known = workspace.settings.get().sign_in.answer;
    let name = match (asked.user, known) {
        (Some(name), _) => name,
        (None, SignInAnswer::As(name)) if asked.choose.is_none() => name,
        (None, SignInAnswer::Refuse { description, .. }) => return pages::bad_request(&description),
        (None, SignInAnswer::Ask | SignInAnswer::As(_)) => return pages::sign_in(&users, None, link),
    };
    if !users.iter().any(|user| user.user_name == name) {
        return pages::sign_in(&users, Some(&name), link);
    }
    let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", slot.cookie(), slot.sessions.begin(&name));
    (StatusCode::FOUND, [(LOCATION, next.to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// `/.auth/logout`
pub(super) async fn sign_out(State(proxy): State<Proxy>, headers: HeaderMap) -> Response {
    let Some(slot) = proxy.slot.upgrade() else { return pages::not_available("The app") };
    slot.sessions.end(&slot.cookie(), &headers);
    let cookie = format!("{}=; Path=/; Max-Age=0", slot.cookie());
    (StatusCode::FOUND, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// Whether it leads to this app and nowhere else.
fn is_path(next: &str) -> bool {
    next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/deck?n=1&x=%20", "/a/b#c"] {
            assert!(is_path(good), "{good}");
        }
        for bad in ["", "//example.com", "https://example.com", "/\\example.com", "/a\nb", "/ä"] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
