//! What ties Google's answer to an attempt to connect: the state, the verifier of PKCE, and the browser's cookie.
//!
//! Databricks' sign-in (`workspace::oauth`) has the same two for a process that waits for its answer. Here the
//! answer may reach another process, later, so they are stored.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::fernet::{Key, NoRandomness};

/// How long an attempt may take, at Google.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);
const STATE_BYTES: usize = 32;
/// 86 characters of base64; a verifier has 43 to 128.
const VERIFIER_BYTES: usize = 64;

/// A random text.
pub(super) fn random<const BYTES: usize>() -> Result<SecretString, NoRandomness> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is stored of a secret that is only compared.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

/// An attempt to connect.
pub(super) struct Proof {
    pub(super) state: SecretString,
    pub(super) verifier: SecretString,
}

impl Proof {
    pub(super) fn new() -> Result<Self, NoRandomness> {
        Ok(Self { state: random::<STATE_BYTES>()?, verifier: random::<VERIFIER_BYTES>()? })
    }

    /// What Google is told of the verifier.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()))
    }
}

/// The name of the cookie. With the prefix, a browser takes it only from this host itself and over TLS.
fn name(is_encrypted: bool) -> &'static str {
    if is_encrypted { "__Host-tellr-google" } else { "tellr-google" }
}

/// The browser's secret, if its cookie was written with this key and lately.
pub(super) fn browser(headers: &HeaderMap, key: &Key, is_encrypted: bool) -> Option<SecretString> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let prefix = format!("{}=", name(is_encrypted));
    let token = cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(prefix.as_str()))?;
    let plain = key.decrypt_within(token, PATIENCE).ok()?;
    std::str::from_utf8(&plain).ok().map(SecretString::from)
}

/// The cookie with the browser's secret. Encrypted with the app's key, it can be neither read nor made by others.
pub(super) fn cookie(
    secret: &SecretString,
    key: &Key,
    is_encrypted: bool,
) -> Result<HeaderValue, NoRandomness> {
    let token = key.encrypt(secret.expose_secret().as_bytes())?;
    let secure = if is_encrypted { "; Secure" } else { "" };
    let (name, age) = (name(is_encrypted), PATIENCE.as_secs());
    let text = format!("{name}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::try_from(text).map_err(|_| NoRandomness)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(&SecretString::from(text)).expect("a key")
    }

    #[test]
    fn a_cookie_is_read_back_only_with_its_key_and_under_its_name() {
        let ours = key("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
        let other = key("b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXIhISE=");
        let secret = random::<32>().expect("random bytes");
        for is_encrypted in [true, false] {
            let set = cookie(&secret, &ours, is_encrypted).expect("a cookie");
            let set = set.to_str().expect("text");
            assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
            assert_eq!(set.contains("; Secure"), is_encrypted);
            assert!(!set.contains(secret.expose_secret()));
            let mut headers = HeaderMap::new();
            let sent = format!("a=b; {}; c=d", set.split(';').next().expect("a pair"));
            headers.insert(header::COOKIE, sent.parse().expect("a header"));
            let read = browser(&headers, &ours, is_encrypted).expect("the secret");
            assert_eq!(read.expose_secret(), secret.expose_secret());
            assert!(browser(&headers, &other, is_encrypted).is_none(), "of another key");
            assert!(browser(&headers, &ours, !is_encrypted).is_none(), "of another name");
            let altered = sent.replacen("gAAAA", "gAAAB", 1);
            headers.insert(header::COOKIE, altered.parse().expect("a header"));
            assert!(browser(&headers, &ours, is_encrypted).is_none(), "altered");
        }
    }

    #[test]
    fn each_attempt_has_its_own_secrets() {
        let (one, two) = (Proof::new().expect("random bytes"), Proof::new().expect("random bytes"));
        assert_ne!(one.state.expose_secret(), two.state.expose_secret());
        assert_ne!(one.challenge(), two.challenge());
        assert_eq!(one.challenge().len(), 43);
        assert!((43..=128).contains(&one.verifier.expose_secret().len()));
    }
}
