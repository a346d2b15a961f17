//! Secret scopes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::host::Method;
use serde_json::json;

use super::{Answer, Asked, Record, State};

impl State {
    pub(super) fn secrets(
        &mut self,
        record: &mut Record,
        asked: &Asked<'_>,
        rest: &[&str],
    ) -> Option<Answer> {
        let scope = match asked.method {
            Method::Get => asked.query("scope").unwrap_or_default(),
            _ => asked.text("scope"),
        };
        let absent = || {
            let message = format!("Scope {scope} does not exist!");
            Answer::problem(404, "RESOURCE_DOES_NOT_EXIST", message)
        };
        Some(match (asked.method, rest) {
            (Method::Get, ["list"]) => match self.scopes.get(scope) {
                Some(secrets) => {
                    let keys: Vec<_> = secrets
                        .keys()
                        .map(|key| json!({"key": key, "last_updated_timestamp": self.now_ms}))
                        .collect();
                    Answer::ok(json!({"secrets": keys}))
                }
                None => absent(),
            },
            (Method::Get, ["get"]) => {
                let key = asked.query("key").unwrap_or_default();
                match self.scopes.get(scope).map(|secrets| secrets.get(key)) {
                    Some(Some(value)) => Answer::ok(json!({"key": key, "value": STANDARD.encode(value)})),
                    Some(None) => {
                        let message = format!("Failed to get secret {key} for scope {scope}.");
                        Answer::problem(404, "RESOURCE_DOES_NOT_EXIST", message)
                    }
                    None => absent(),
                }
            }
            (Method::Post, ["scopes", "create"]) => {
                if self.scopes.contains_key(scope) {
                    let message = format!("Scope {scope} already exists!");
                    return Some(Answer::problem(400, "RESOURCE_ALREADY_EXISTS", message));
                }
                self.scopes.insert(scope.to_owned(), std::collections::BTreeMap::new());
                Answer::ok(json!({}))
            }
            (Method::Post, ["put"]) => {
                let (key, value) = (asked.text("key"), asked.text("string_value"));
                let Some(secrets) = self.scopes.get_mut(scope) else { return Some(absent()) };
                record.secret(value);
                let before = secrets.insert(key.to_owned(), value.to_owned());
                if before.is_some_and(|before| before != value) {
                    record.violation(format!("the key in `{scope}/{key}` was replaced by another one"));
                }
                Answer::ok(json!({}))
            }
            _ => return None,
        })
    }

    /// The value of a secret.
    pub fn secret(&self, scope: &str, key: &str) -> Option<&str> {
        self.scopes.get(scope)?.get(key).map(String::as_str)
    }

    /// All secrets, as `scope/key`, and scopes without any.
    pub fn secret_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (scope, secrets) in &self.scopes {
            if secrets.is_empty() {
                names.push(scope.clone());
            }
            names.extend(secrets.keys().map(|key| format!("{scope}/{key}")));
        }
        names
    }
}
