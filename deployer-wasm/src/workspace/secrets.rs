//! Secret scopes: `/api/2.0/secrets/*`.

use super::Call;
use crate::host::Method;
use crate::json::{from_json, object};

/// An answer with nothing in it.
#[derive(Debug, Clone)]
pub struct Empty {}

/// The secrets of a scope, without their values.
#[derive(Debug, Clone, Default)]
pub struct SecretList {
    /// One entry a key.
    pub secrets: Vec<SecretKey>,
}
from_json!(SecretList { required {} optional { secrets } });
from_json!(Empty { required {} optional {} });

/// One key of a scope.
#[derive(Debug, Clone)]
pub struct SecretKey {
    /// The key.
    pub key: String,
}
from_json!(SecretKey { required { key } optional {} });

/// A secret's value.
#[derive(Clone)]
pub struct SecretValue {
    /// The value in base64.
    pub value: String,
}
from_json!(SecretValue { required { value } optional {} });

impl Drop for SecretValue {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.value);
    }
}

/// Lists the keys of a scope; not found where the scope doesn't exist.
pub fn list(scope: &str) -> Call<SecretList> {
    call(Method::Get, "list", format!("reading the secret scope `{scope}`"), scope, "READ")
        .query("scope", scope)
}

/// Creates a scope that its creator manages.
pub fn create_scope(scope: &str) -> Call<Empty> {
    call(
        Method::Post,
        "scopes/create",
        format!("creating the secret scope `{scope}`"),
        scope,
        "the right to create secret scopes",
    )
    .body(object!({"scope": scope}))
}

/// Writes a secret, replacing what is there.
pub fn put(scope: &str, key: &str, value: &str) -> Call<Empty> {
    call(Method::Post, "put", format!("writing `{key}` to the secret scope `{scope}`"), scope, "WRITE")
        .body(object!({"scope": scope, "key": key, "string_value": value}))
        .sensitive()
}

/// Reads a secret's value.
pub fn get(scope: &str, key: &str) -> Call<SecretValue> {
    call(Method::Get, "get", format!("reading `{key}` of the secret scope `{scope}`"), scope, "READ")
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
