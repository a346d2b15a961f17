//! Identifies the user's browser.
//!
//! Loopback is not private: other users of the machine can connect to the port, and would deploy with this
//! user's credential. So `tellr-app deploy-page` prints a URL with a key in it. The first browser that
//! opens it exchanges the key for a cookie and is redirected to the page without it; requests without the
//! cookie get the page's files and nothing from the workspace.
//!
//! The key works once, so that it is useless to anyone who finds it later in a history or a log; the
//! cookie's value is another secret. The key is in the query, which is not logged. Scripts can't read the
//! cookie, and it is not sent with other sites' requests. Browsers store cookies by host and not by port,
//! hence the port in its name. Remaining risk: another user's server on this machine would receive the
//! cookie if the user opened that server's page in the same browser while this server runs.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// The path of the page.
pub(super) const PAGE: &str = "/deploy";

/// Enough bytes that they can't be guessed.
const KEY_BYTES: usize = 32;
const PARAMETER: &str = "key";

/// The one browser session of a server.
#[derive(Debug)]
pub struct Session {
    port: u16,
    /// Taken by the first browser.
    key: Mutex<Option<SecretString>>,
    cookie: SecretString,
}

impl Session {
    /// A new session for the server on `port`. Returned with the secret path that starts the session in a
    /// browser.
    ///
    /// # Errors
    /// If the system provides no random bytes.
    pub fn new(port: u16) -> Result<(Self, String), getrandom::Error> {
        let key = random()?;
        let entrance = format!("{PAGE}?{PARAMETER}={}", key.expose_secret());
        Ok((Self { port, key: Mutex::new(Some(key)), cookie: random()? }, entrance))
    }

    /// The port of the server.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the request has the cookie.
    pub(super) fn is_open_to(&self, headers: &HeaderMap) -> bool {
        let cookie = self.cookie_name();
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == cookie && is_same(&self.cookie, value))
    }

    /// The answer to a request for the page with a key in its URL; `None` if there is no key.
    pub(super) fn enter(&self, uri: &Uri) -> Option<Response> {
        let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
        let (_, given) = pairs.into_iter().find(|(name, _)| *name == PARAMETER)?;
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, PAGE)]).into_response();
        if self.takes(given) {
            let (name, value) = (self.cookie_name(), self.cookie.expose_secret());
            let cookie = format!("{name}={value}; Path=/api; HttpOnly; SameSite=Strict");
            let mut cookie = HeaderValue::try_from(cookie).ok()?;
            cookie.set_sensitive(true);
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }

    fn takes(&self, given: &str) -> bool {
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        key.take_if(|key| is_same(key, given)).is_some()
    }

    fn cookie_name(&self) -> String {
        format!("tellr-deploy-{}", self.port)
    }
}

fn random() -> Result<SecretString, getrandom::Error> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

fn is_same(secret: &SecretString, given: &str) -> bool {
    // Compares hashes, so that the timing doesn't reveal the secret.
    Sha256::digest(given) == Sha256::digest(secret.expose_secret())
}
