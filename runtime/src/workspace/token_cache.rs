//! The tokens that `databricks auth login` stores in `~/.databricks/token-cache.json`.
//!
//! They are only read. An expired token would have to be renewed and written back, under the command line's
//! own lock; signing in again is one command, or `--sign-in`.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::files::home;

/// The supported format version.
const VERSION: u32 = 1;
/// A token that expires sooner is useless for a deployment, which takes some minutes.
const LEAST_LIFE: Duration = Duration::minutes(5);
/// The maximum size; a cache holds a few kilobytes per workspace.
const LARGEST_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Cache {
    version: u32,
    tokens: HashMap<String, Token>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expiry: Option<String>,
}

/// The token for a profile, or for the workspace at `host`; or why there is none.
pub(super) fn token(
    variable: &impl Fn(&str) -> Option<String>,
    profile: Option<&str>,
    host: &str,
    now: OffsetDateTime,
) -> Result<SecretString, String> {
    let path = home(variable)
        .ok_or_else(|| "there is no home folder".to_owned())?
        .join(".databricks")
        .join("token-cache.json");
    let shown = path.display();
    let size = std::fs::metadata(&path).map_err(|_| format!("there is no `{shown}`"))?.len();
    if size > LARGEST_BYTES {
        return Err(format!("`{shown}` is too large to be a token cache"));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| format!("`{shown}` can't be read: {error}"))?;
    // The library's messages may quote the file, which is full of tokens.
    let cache: Cache = serde_json::from_str(&text)
        .map_err(|_| format!("`{shown}` isn't a token cache of a known format"))?;
    if cache.version != VERSION {
        return Err(format!("`{shown}` has format {}, which is not supported", cache.version));
    }
    // By host first: then it is certain where the token may be sent.
    let of_host = cache.tokens.get(host).or_else(|| cache.tokens.get(&format!("{host}/")));
    let token = of_host
        .or_else(|| profile.and_then(|profile| cache.tokens.get(profile)))
        .filter(|token| !token.access_token.is_empty())
        .ok_or_else(|| format!("`{shown}` has no token for {host}"))?;
    let expiry = token.expiry.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    match expiry {
        Some(expiry) if expiry - now >= LEAST_LIFE => Ok(SecretString::from(token.access_token.clone())),
        _ => Err(format!("the token for {host} in `{shown}` has expired")),
    }
}
