//! The workspace's own HTML pages: sign-ins, and error pages in place of an app.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::identity::Principal;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText;\
font:16px/1.5 system-ui,sans-serif}\
main{max-width:34rem;padding:2.5rem}\
h1{font-size:1.35rem;margin:0 0 .5rem}\
p{margin:.25rem 0 1rem;opacity:.8}\
pre{padding:1rem;border-radius:.5rem;background:color-mix(in srgb,CanvasText 7%,Canvas);\
white-space:pre-wrap;font-size:.85rem}\
a{display:block;padding:.6rem .9rem;margin:.4rem 0;border-radius:.5rem;text-decoration:none;\
color:inherit;border:1px solid color-mix(in srgb,CanvasText 20%,Canvas)}\
a:hover,a:focus-visible{border-color:currentColor}";

/// The app was never deployed, or is stopped.
pub(crate) fn not_available(app: &str) -> Response {
    page(
        StatusCode::SERVICE_UNAVAILABLE,
        "App not available",
        &format!("<p>{} has not been deployed yet, or is stopped.</p>", escape(app)),
    )
}

/// The app's process ended by itself.
pub(crate) fn crashed(app: &str, message: &str) -> Response {
    let body = format!("<p>{} ended unexpectedly.</p><pre>{}</pre>", escape(app), escape(message));
    page(StatusCode::BAD_GATEWAY, "App crashed", &body)
}

/// The app exists but does not answer.
pub(crate) fn no_answer(app: &str) -> Response {
    let body = format!("<p>{} closed the connection without an answer.</p>", escape(app));
    page(StatusCode::BAD_GATEWAY, "No answer", &body)
}

/// The app's answer ended early, or is too large for a proxy that holds answers back.
pub(crate) fn no_whole_answer(app: &str) -> Response {
    let body = format!("<p>The answer of {} is incomplete, or too large to be buffered.</p>", escape(app));
    page(StatusCode::BAD_GATEWAY, "No complete answer", &body)
}

/// The app exceeded the proxy's time limit.
pub(crate) fn too_slow(app: &str, limit: Duration) -> Response {
    let body = format!("<p>{} did not answer within {} seconds.</p>", escape(app), limit.as_secs_f64());
    page(StatusCode::GATEWAY_TIMEOUT, "The app took too long", &body)
}

/// The visitor may not use the app.
pub(crate) fn not_permitted(app: &str, user: &str) -> Response {
    let body = format!(
        "<p>{} does not have permission to use {}.</p><a href=\"/.auth/login?choose=1\">Sign in as another user</a>",
        escape(user),
        escape(app)
    );
    page(StatusCode::FORBIDDEN, "No access", &body)
}

/// The program's token is not valid here.
pub(crate) fn bad_token() -> Response {
    let body = "<p>Apps take OAuth access tokens; this one is unknown, expired or personal.</p>";
    page(StatusCode::UNAUTHORIZED, "Not signed in", body)
}

/// The log of the app and the platform.
pub(crate) fn log(app: &str, lines: &[String]) -> Response {
    let body = match lines {
        [] => format!("<p>{} has written nothing yet.</p>", escape(app)),
        lines => format!("<p>{}</p><pre>{}</pre>", escape(app), escape(&lines.join("\n"))),
    };
    page(StatusCode::OK, "Log", &body)
}

/// The choice of users; `link` gives the URL for each.
pub(crate) fn sign_in(users: &[Principal], unknown: Option<&str>, link: impl Fn(&str) -> String) -> Response {
    let words = match unknown {
        Some(name) => format!("<p>There is no user {}.</p>", escape(name)),
        None => "<p>This local workspace has no passwords. Choose who you are.</p>".to_owned(),
    };
    let status = match unknown {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    page(status, "Sign in", &format!("{words}{}", choices(users, link)))
}

/// A program requests access as a user; the user may also decline.
pub(crate) fn consent(users: &[Principal], client: &str, link: impl Fn(&str) -> String) -> Response {
    let body = format!(
        "<p>{} wants to act as you. This local workspace has no passwords: choose who you are.</p>{}\
         <a href=\"{}\">Do not allow it</a>",
        escape(client),
        choices(users, &link),
        escape(&link("")),
    );
    page(StatusCode::OK, "Sign in", &body)
}

fn choices(users: &[Principal], link: impl Fn(&str) -> String) -> String {
    let choice = |user: &Principal| {
        format!(
            "<a href=\"{}\">{} &lt;{}&gt;</a>",
            escape(&link(&percent_encode(&user.user_name))),
            escape(&user.display_name),
            escape(&user.user_name)
        )
    };
    users.iter().map(choice).collect()
}

/// An invalid request of a client, which can't be redirected back.
pub(crate) fn bad_request(words: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "This sign-in can't be", &format!("<p>{}</p>", escape(words)))
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    );
    (status, Html(html)).into_response()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{escape, percent_encode};

    #[test]
    fn what_an_app_says_is_text_and_not_markup() {
        assert_eq!(escape("<script>\"&\""), "&lt;script&gt;&quot;&amp;&quot;");
        assert_eq!(percent_encode("a b&c@d"), "a%20b%26c@d");
    }
}
