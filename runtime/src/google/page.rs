//! The page at the end of a connection: says what came of it, tells the app's other tabs, and closes itself.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::http::notice::{STYLE, escape};

/// A browser lets a page close itself only if a script opened it; so the page also says that it can be closed.
const SCRIPT: &str = "\
var outcome=document.documentElement.dataset.outcome;\
try{new BroadcastChannel('tellr-google').postMessage(outcome)}catch(error){}\
if(outcome==='connected')setTimeout(function(){window.close()},1500);";

/// Allows only the page's own style and script, by their hashes.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'; sandbox"))
});

/// The address of this page holds a code and a state, used or not: it must not be stored or sent on.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// What came of a connection.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The account is connected.
    Connected,
    /// It isn't: why, and what to do.
    Failed(StatusCode, String),
}

/// The page.
pub(super) fn page(outcome: &Outcome) -> Response {
    let (status, word, heading, text) = match outcome {
        Outcome::Connected => {
            let text = "Your Google account is connected to Tellr. You can close this tab.";
            (StatusCode::OK, "connected", "Connected", text)
        }
        Outcome::Failed(status, text) => (*status, "failed", "Not connected", text.as_str()),
    };
    let html = format!(
        "<!doctype html><html lang=\"en\" data-outcome=\"{word}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{heading}</title>\
         <style>{STYLE}</style><main><h1>{heading}</h1><p>{}</p></main><script>{SCRIPT}</script></html>",
        escape(text),
    );
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}
