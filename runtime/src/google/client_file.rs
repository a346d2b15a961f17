//! The OAuth client that an administrator uploads: the file that Google's console offers for a client of the kind
//! "Web application".
//!
//! Checked before it is stored: its shape, the sizes of its parts, and that it lists this app's redirect address
//! exactly, as Google compares them letter by letter. The addresses of endpoints in it are ignored: who could choose
//! them would be sent the client's secret and people's codes. Messages never repeat a value of the file.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use crate::http::Rejection;

/// The largest file.
pub(super) const LARGEST_BYTES: usize = 100_000;
const MOST_REDIRECTS: usize = 100;
const LONGEST: usize = 512;

/// An OAuth client. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub(super) struct OAuthClient {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) redirect_uris: Vec<String>,
}

impl OAuthClient {
    /// Reads an uploaded file. `ours` are the redirect addresses of this app, the preferred one first.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(super) fn read(bytes: &[u8], ours: &[String]) -> Result<Self, Rejection> {
        if bytes.len() > LARGEST_BYTES {
            return Err(Rejection::invalid("The file is larger than 100 kB, so it isn't an OAuth client"));
        }
        let file: Value = serde_json::from_slice(bytes).map_err(|_| {
            Rejection::unreadable(
                "The file isn't JSON. Download it from the client's page in Google's console",
            )
        })?;
        let client = web_client(&file)?;
        if client.redirect_of(ours).is_none() {
            let wanted = ours.first().map(String::as_str).unwrap_or_default();
            return Err(Rejection::invalid(format!(
                "The OAuth client doesn't list this app's redirect address. Add `{wanted}` to its \"Authorized redirect \
                 URIs\" in Google's console, save, download the file again, and upload that"
            )));
        }
        Ok(client)
    }

    /// The first of `ours` that the client lists.
    pub(super) fn redirect_of<'a>(&self, ours: &'a [String]) -> Option<&'a String> {
        ours.iter().find(|uri| self.redirect_uris.contains(uri))
    }

    /// What is stored, encrypted.
    pub(super) fn to_json(&self) -> Value {
        json!({ "web": {
            "client_id": self.client_id,
            "client_secret": self.client_secret.expose_secret(),
            "redirect_uris": self.redirect_uris,
        } })
    }

    /// Reads what was stored.
    pub(super) fn of_stored(bytes: &[u8]) -> Option<Self> {
        web_client(&serde_json::from_slice(bytes).ok()?).ok()
    }
}

fn web_client(file: &Value) -> Result<OAuthClient, Rejection> {
    const ANOTHER: &str =
        "Create an OAuth client of the type \"Web application\" in Google's console, and upload its file";
    if file.get("installed").is_some() {
        return Err(Rejection::invalid(format!("This is a client of the type \"Desktop app\". {ANOTHER}")));
    }
    if file.get("type").is_some_and(|kind| kind == "service_account") {
        return Err(Rejection::invalid(format!("This is the key of a service account. {ANOTHER}")));
    }
    let web = file.get("web").and_then(Value::as_object);
    let web =
        web.ok_or_else(|| Rejection::invalid(format!("This isn't the file of an OAuth client. {ANOTHER}")))?;
    let client_id = text(web, "client_id")?;
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !client_id.ends_with(".apps.googleusercontent.com") || !client_id.bytes().all(is_id) {
        return Err(Rejection::invalid("`client_id` doesn't end with `.apps.googleusercontent.com`"));
    }
    let client_secret = SecretString::from(text(web, "client_secret")?);
    let uris = web.get("redirect_uris").and_then(Value::as_array);
    let uris = uris.ok_or_else(|| {
        Rejection::invalid("`redirect_uris` is missing. Add the redirect address in Google's console first")
    })?;
    let redirect_uris: Vec<String> = uris
        .iter()
        .filter_map(Value::as_str)
        .filter(|uri| uri.len() <= 2000)
        .take(MOST_REDIRECTS)
        .map(str::to_owned)
        .collect();
    Ok(OAuthClient { client_id, client_secret, redirect_uris })
}

fn text(web: &Map<String, Value>, name: &str) -> Result<String, Rejection> {
    let value = web.get(name).and_then(Value::as_str).unwrap_or_default();
    if value.is_empty() || value.len() > LONGEST || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message =
            format!("`{name}` is missing or damaged. Download the file again from Google's console");
        return Err(Rejection::invalid(message));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://tellr.example.com/api/google/callback";

    fn file() -> Value {
        json!({ "web": {
            "client_id": "123-abc.apps.googleusercontent.com",
            "client_secret": "GOCSPX-planted",
            "token_uri": "https://evil.example/token",
            "redirect_uris": ["https://other.example/", OURS],
        } })
    }

    fn read(file: &Value) -> Result<OAuthClient, String> {
        OAuthClient::read(file.to_string().as_bytes(), &[OURS.to_owned()])
            .map_err(|refused| format!("{refused:?}"))
    }

    #[test]
    fn a_web_client_is_taken_without_its_endpoints() {
        let client = read(&file()).expect("a client");
        assert_eq!(client.redirect_of(&[OURS.to_owned()]).map(String::as_str), Some(OURS));
        assert!(!client.to_json().to_string().contains("evil"));
        assert!(!format!("{client:?}").contains("planted"));
        let stored = OAuthClient::of_stored(client.to_json().to_string().as_bytes()).expect("the same");
        assert_eq!(stored.client_id, client.client_id);
    }

    #[test]
    fn others_are_refused_without_repeating_them() {
        let with = |name: &str, value: Value| {
            let mut file = file();
            file["web"][name] = value;
            file
        };
        for (bad, word) in [
            (json!({ "installed": file()["web"] }), "Desktop app"),
            (json!({ "type": "service_account", "private_key": "planted" }), "service account"),
            (json!([]), "isn't the file"),
            (json!({ "web": [] }), "isn't the file"),
            (with("client_id", json!("planted.example.com")), "client_id"),
            (with("client_id", json!(7)), "client_id"),
            (with("client_secret", json!("planted secret")), "client_secret"),
            (with("client_secret", json!("p".repeat(600))), "client_secret"),
            (with("redirect_uris", json!("planted")), "redirect_uris"),
            (with("redirect_uris", json!([format!("{OURS}/")])), "Authorized redirect"),
            (with("redirect_uris", json!([OURS.replace("https", "http")])), "Authorized redirect"),
        ] {
            let refused = read(&bad).expect_err("refused");
            assert!(refused.contains(word), "{refused}");
            assert!(!refused.contains("planted") && !refused.contains("GOCSPX"), "{refused}");
        }
        assert!(OAuthClient::read(b"{", &[OURS.to_owned()]).is_err());
        assert!(OAuthClient::read(&vec![b' '; LARGEST_BYTES + 1], &[OURS.to_owned()]).is_err());
    }
}
