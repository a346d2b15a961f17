//! Whose browser it is.
//!
//! Loopback is not private: whoever else is signed in to the machine can connect to the port, and
//! would deploy with somebody else's credential. So `tellr-app deploy-page` prints an address with a
//! key in it. The first browser that opens it exchanges the key for a cookie and is sent on to the page
//! without it; requests without the cookie get the page's files and nothing from the workspace.
//!
//! The key counts once, so that whoever finds it later, in a history or a log, can do nothing with it; the
//! cookie's value is another secret. The key is in the query, which is not logged. Scripts can't read the
//! cookie, and no other site's request carries it. Browsers keep cookies by host and not by port, hence the
//! port in its name. What stays is that a server of somebody else on this very machine would be sent the cookie
//! by a page of its own, if one opened such a page while this runs.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// The path of the page.
pub(super) const PAGE: &str = "/deploy";

/// As many bytes as nobody guesses.
const KEY_BYTES: usize = 32;
const PARAMETER: &str = "key";

/// The one browser session of a server.
#[derive(Debug)]
pub struct Session {
    port: u16,
    /// Taken by the browser that comes first.
    key: Mutex<Option<SecretString>>,
    cookie: SecretString,
}

impl Session {
    /// A new one, for the server on `port`. Returns it with the path that lets a browser in, which is secret.
    ///
    /// # Errors
    /// When the system gives no random bytes.
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

    /// The answer to a request for the page with a key in its address; none, if there is no key.
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
    // Of the hashes, so that the time it takes says nothing about the secret.
    Sha256::digest(given) == Sha256::digest(secret.expose_secret())
}
