//! Secret scopes: `/api/2.0/secrets/*`.

use serde::Deserialize;
use serde_json::json;

use super::Call;
use crate::decode::null_as_default;
use crate::host::Method;

/// An empty answer.
#[derive(Debug, Clone, Deserialize)]
pub struct Empty {}

/// The secrets of a scope, without their values.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SecretList {
    /// One entry per key.
    #[serde(default, deserialize_with = "null_as_default")]
    pub secrets: Vec<SecretKey>,
}

/// One key of a scope.
#[derive(Debug, Clone, Deserialize)]
pub struct SecretKey {
    /// The key.
    pub key: String,
}

/// A secret's value.
#[derive(Clone, Deserialize)]
pub struct SecretValue {
    /// The value in base64.
    pub value: String,
}

impl Drop for SecretValue {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.value);
    }
}

/// Lists the keys of a scope; "not found" if the scope doesn't exist.
pub fn list(scope: &str) -> Call<SecretList> {
    call(Method::Get, "list", format!("read the secret scope `{scope}`"), scope, "READ").query("scope", scope)
}

/// Creates a scope managed by its creator.
pub fn create_scope(scope: &str) -> Call<Empty> {
    call(
        Method::Post,
        "scopes/create",
        format!("create the secret scope `{scope}`"),
        scope,
        "permission to create secret scopes",
    )
    .body(json!({"scope": scope}))
}

/// Writes a secret, replacing an existing one.
pub fn put(scope: &str, key: &str, value: &str) -> Call<Empty> {
    call(Method::Post, "put", format!("write `{key}` to the secret scope `{scope}`"), scope, "WRITE")
        .body(json!({"scope": scope, "key": key, "string_value": value}))
        .sensitive()
}

/// Reads a secret's value.
pub fn get(scope: &str, key: &str) -> Call<SecretValue> {
    call(Method::Get, "get", format!("read `{key}` of the secret scope `{scope}`"), scope, "READ")
        .query("scope", scope)
        .query("key", key)
        .sensitive()
}

fn call<T>(method: Method, path: &str, doing: String, scope: &str, needed: &'static str) -> Call<T> {
    Call::new(
        method,
        format!("/api/2.0/secrets/{path}"),
        doing,
        format!("the secret scope `{scope}`"),
        needed,
    )
}
