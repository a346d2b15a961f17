//! The authorization request: its URL, and the secrets that only this process knows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deployer::host::{HostError, HostErrorKind};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::workspace::answer::text;
use crate::workspace::no_answer::no_answer;

/// The public client of Databricks' command line, which every workspace accepts.
pub(super) const CLIENT_ID: &str = "databricks-cli";

/// All of the user's permissions; and tokens that can be refreshed after an hour.
const SCOPES: &str = "all-apis offline_access";
/// Encoded as 86 characters of base64; a verifier has 43 to 128.
const VERIFIER_BYTES: usize = 64;
const STATE_BYTES: usize = 32;

/// The workspace's authorization and token endpoints.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    pub(super) token: Url,
}

/// The part of the discovery document (RFC 8414) that is used.
#[derive(Deserialize)]
struct Metadata {
    authorization_endpoint: String,
    token_endpoint: String,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Endpoints {
    /// Reads the workspace's discovery document.
    pub(super) async fn discover(http: &reqwest::Client, host: &str) -> Result<Self, HostError> {
        let url = format!("{host}/oidc/.well-known/oauth-authorization-server");
        let request = http.get(url).header("accept", "application/json");
        let answer = request.send().await.map_err(|error| no_answer(&error))?;
        let status = answer.status();
        let body = text(answer).await?;
        if status.is_server_error() || status.as_u16() == 429 {
            let message = format!("{host} does not provide its OAuth endpoints at the moment ({status})");
            return Err(HostError { kind: HostErrorKind::Connection, message });
        }
        Self::read(&body).filter(|_| status.is_success()).ok_or_else(|| HostError {
            kind: HostErrorKind::Refused,
            message: format!(
                "{host} does not provide OAuth endpoints ({status}). Check that it is the address of a workspace"
            ),
        })
    }

    fn read(body: &str) -> Option<Self> {
        let metadata: Metadata = serde_json::from_str(body).ok()?;
        let methods = metadata.code_challenge_methods_supported;
        if methods.is_some_and(|methods| methods.iter().all(|method| method != "S256")) {
            return None;
        }
        let safe = |address: String| Url::parse(&address).ok().filter(is_safe);
        Some(Self {
            authorization: safe(metadata.authorization_endpoint)?,
            token: safe(metadata.token_endpoint)?,
        })
    }
}

/// Whether an address may be opened in a browser and receive secrets: encrypted, or on this machine, and
/// without credentials or other extras.
fn is_safe(url: &Url) -> bool {
    let on_this_machine = url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_bare && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && on_this_machine))
}

/// Ties the answer to this process: without `state` an answer is not accepted, without `verifier` its code
/// can't be exchanged for tokens.
pub(super) struct Proof {
    state: SecretString,
    verifier: SecretString,
}

impl Proof {
    pub(super) fn new() -> Result<Self, HostError> {
        Ok(Self { state: random::<STATE_BYTES>()?, verifier: random::<VERIFIER_BYTES>()? })
    }

    /// The URL for the browser.
    pub(super) fn address(&self, endpoints: &Endpoints, redirect_uri: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()));
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", CLIENT_ID)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", SCOPES)
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        url.into()
    }

    /// Whether an answer belongs to this request.
    pub(super) fn is_of(&self, state: &str) -> bool {
        // Compares hashes, so that the timing doesn't reveal the state.
        Sha256::digest(state) == Sha256::digest(self.state.expose_secret())
    }

    pub(super) fn verifier(&self) -> &SecretString {
        &self.verifier
    }
}

fn random<const BYTES: usize>() -> Result<SecretString, HostError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| HostError {
        kind: HostErrorKind::Refused,
        message: format!("The operating system returned no random bytes: {error}"),
    })?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn endpoints(authorization: &str, token: &str) -> Option<Endpoints> {
        let body = format!(r#"{{"authorization_endpoint": "{authorization}", "token_endpoint": "{token}"}}"#);
        Endpoints::read(&body)
    }

    #[test]
    fn the_request_proves_that_it_knows_a_verifier_without_telling_it() {
        let endpoints = endpoints("https://x.example/oidc/v1/authorize", "https://x.example/oidc/v1/token");
        let proof = Proof::new().expect("random bytes");
        let address = proof.address(&endpoints.expect("endpoints"), "http://localhost:8020");
        let address: Url = address.parse().expect("an address");
        let pairs: BTreeMap<_, _> = address.query_pairs().into_owned().collect();
        assert_eq!((address.host_str(), address.path()), (Some("x.example"), "/oidc/v1/authorize"));
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "databricks-cli"),
            ("redirect_uri", "http://localhost:8020"),
            ("scope", "all-apis offline_access"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(pairs[name], value, "{name}");
        }
        let verifier = proof.verifier().expose_secret();
        assert!((43..=128).contains(&verifier.len()));
        assert_eq!(pairs["code_challenge"], URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        assert!(!address.as_str().contains(verifier));
        assert!(proof.is_of(&pairs["state"]));
        assert!(!Proof::new().expect("random bytes").is_of(&pairs["state"]), "each is another");
    }

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // RFC 7636, appendix B.
        let digest = Sha256::digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(URL_SAFE_NO_PAD.encode(digest), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn only_addresses_that_are_safe_to_open_are_taken() {
        let good = "https://x.example/oidc/v1/token";
        assert!(endpoints(good, good).is_some());
        assert!(endpoints("http://127.0.0.1:8787/a", "http://localhost:8787/t").is_some());
        for bad in [
            "http://x.example/a",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "--version",
            "https://user@x.example/a",
            "https://x.example/a#b",
            "",
        ] {
            assert!(endpoints(bad, good).is_none() && endpoints(good, bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_server_that_takes_no_hashed_challenge_is_not_used() {
        let read = |methods: &str| {
            let url = "https://x.example/a";
            let body = format!(
                r#"{{"authorization_endpoint": "{url}", "token_endpoint": "{url}",
                    "code_challenge_methods_supported": {methods}}}"#
            );
            Endpoints::read(&body).is_some()
        };
        assert!(read(r#"["plain", "S256"]"#) && read("null"));
        assert!(!read(r#"["plain"]"#));
    }
}
