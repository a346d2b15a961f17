//! Secret scopes, their secrets and their permissions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::{Principal, Right};
use crate::problem::Problem;
use crate::workspace::Workspace;

const MAX_NAME_CHARS: usize = 128;
const MAX_VALUE_BYTES: usize = 128 * 1024;
const MAX_KEYS_PER_SCOPE: usize = 1000;

/// The permission levels of a scope; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SecretLevel {
    /// Read values and list keys.
    Read,
    /// Write values.
    Write,
    /// Change access.
    Manage,
}

struct Secret {
    value: Vec<u8>,
    updated: Timestamp,
}

#[derive(Default)]
struct Scope {
    secrets: BTreeMap<String, Secret>,
    acls: BTreeMap<String, SecretLevel>,
}

/// The secret scopes of a workspace; clones share them.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<BTreeMap<String, Scope>>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.lock().keys()).finish()
    }
}

impl Secrets {
    /// Whether the secret exists.
    pub fn exists(&self, scope: &str, key: &str) -> bool {
        self.0.lock().get(scope).is_some_and(|scope| scope.secrets.contains_key(key))
    }

    /// The value, as text: an app gets it in its environment.
    pub fn value(&self, scope: &str, key: &str) -> Option<String> {
        let scopes = self.0.lock();
        let secret = scopes.get(scope)?.secrets.get(key)?;
        String::from_utf8(secret.value.clone()).ok()
    }

    /// Whether the principal has at least this level on the scope.
    pub fn can(&self, principal: &Principal, scope: &str, level: SecretLevel) -> bool {
        self.0.lock().get(scope).is_some_and(|scope| scope.level(principal) >= Some(level))
    }

    /// Grants a level, unless the principal has a stronger one already.
    pub fn grant(&self, scope: &str, user_name: &str, level: SecretLevel) {
        if let Some(scope) = self.0.lock().get_mut(scope) {
            let granted = scope.acls.entry(user_name.to_owned()).or_insert(level);
            *granted = (*granted).max(level);
        }
    }

    /// Removes all access of a principal that no longer exists.
    pub fn forget_principal(&self, user_name: &str) {
        for scope in self.0.lock().values_mut() {
            scope.acls.remove(user_name);
        }
    }

    fn within<T>(
        &self,
        caller: &Principal,
        name: &str,
        level: SecretLevel,
        act: impl FnOnce(&mut Scope) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut scopes = self.0.lock();
        let scope = scopes
            .get_mut(name)
            .ok_or_else(|| Problem::resource_does_not_exist(format!("Scope {name} does not exist!")))?;
        if scope.level(caller) < Some(level) {
            return Err(Problem::permission_denied(format!(
                "User {} does not have {level:?} permission on scope {name}.",
                caller.user_name
            )));
        }
        act(scope)
    }
}

impl Scope {
    fn level(&self, principal: &Principal) -> Option<SecretLevel> {
        if principal.is_admin() {
            return Some(SecretLevel::Manage);
        }
        let names = [principal.user_name.as_str(), "users"];
        let granted = names.into_iter().chain(principal.groups.iter().map(String::as_str));
        granted.filter_map(|name| self.acls.get(name)).max().copied()
    }
}

/// `/api/2.0/secrets/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/secrets/scopes/create", post(create_scope))
        .route("/api/2.0/secrets/scopes/delete", post(delete_scope))
        .route("/api/2.0/secrets/scopes/list", get(list_scopes))
        .route("/api/2.0/secrets/put", post(put))
        .route("/api/2.0/secrets/get", get(read))
        .route("/api/2.0/secrets/list", get(list))
        .route("/api/2.0/secrets/delete", post(delete))
        .route("/api/2.0/secrets/acls/put", post(put_acl))
        .route("/api/2.0/secrets/acls/get", get(get_acl))
        .route("/api/2.0/secrets/acls/list", get(list_acls))
        .route("/api/2.0/secrets/acls/delete", post(delete_acl))
}

type Answer = Result<Json<Value>, Problem>;

fn done() -> Json<Value> {
    Json(json!({}))
}

fn check_name(what: &str, name: &str) -> Result<(), Problem> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "_.-@".contains(c);
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || !name.chars().all(legal) {
        return Err(Problem::invalid_parameter(format!(
            "{what} names must consist of 1 to {MAX_NAME_CHARS} alphanumeric characters, dashes, underscores and periods: '{name}'"
        )));
    }
    Ok(())
}

#[derive(Deserialize)]
struct NewScope {
    #[serde(default)]
    scope: String,
    initial_manage_principal: Option<String>,
    scope_backend_type: Option<String>,
}

async fn create_scope(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewScope>,
) -> Answer {
    workspace.require(&caller, Right::CreateSecretScopes)?;
    check_name("Scope", &new.scope)?;
    if new.scope_backend_type.as_deref().is_some_and(|kind| kind != "DATABRICKS") {
        return Err(Problem::invalid_parameter("Only scopes backed by DATABRICKS exist in this workspace."));
    }
    let everybody = match new.initial_manage_principal.as_deref() {
        None => false,
        Some("users") => true,
        Some(other) => {
            return Err(Problem::invalid_parameter(format!(
                "initial_manage_principal must be 'users', not '{other}'."
            )));
        }
    };
    let limit = workspace.settings.get().quotas.max_secret_scopes;
    let mut scopes = workspace.secrets.0.lock();
    if scopes.contains_key(&new.scope) {
        return Err(Problem::resource_already_exists(format!("Scope {} already exists!", new.scope)));
    }
    if scopes.len() >= limit {
        return Err(Problem::limit_exceeded(format!(
            "The workspace has reached its limit of {limit} secret scopes."
        )));
    }
    let mut scope = Scope::default();
    scope.acls.insert(caller.user_name, SecretLevel::Manage);
    if everybody {
        scope.acls.insert("users".to_owned(), SecretLevel::Manage);
    }
    scopes.insert(new.scope, scope);
    Ok(done())
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    scope: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    principal: String,
}

async fn delete_scope(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(named): JsonBody<Named>,
) -> Answer {
    workspace.require(&caller, Right::ManageSecrets)?;
    workspace.secrets.within(&caller, &named.scope, SecretLevel::Manage, |_| Ok(()))?;
    workspace.secrets.0.lock().remove(&named.scope);
    Ok(done())
}

async fn list_scopes(State(workspace): State<Arc<Workspace>>, Caller(caller): Caller) -> Answer {
    let scopes = workspace.secrets.0.lock();
    let visible: Vec<Value> = scopes
        .iter()
        .filter(|(_, scope)| scope.level(&caller).is_some())
        .map(|(name, _)| json!({"name": name, "backend_type": "DATABRICKS"}))
        .collect();
    Ok(Json(if visible.is_empty() { json!({}) } else { json!({"scopes": visible}) }))
}

#[derive(Deserialize)]
struct NewSecret {
    #[serde(default)]
    scope: String,
    #[serde(default)]
    key: String,
    string_value: Option<String>,
    bytes_value: Option<String>,
}

async fn put(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewSecret>,
) -> Answer {
    workspace.require(&caller, Right::ManageSecrets)?;
    check_name("Key", &new.key)?;
    let value = match (new.string_value, new.bytes_value) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(encoded)) => BASE64
            .decode(encoded)
            .map_err(|_| Problem::invalid_parameter("bytes_value is not valid base64."))?,
        _ => {
            return Err(Problem::invalid_parameter(
                "Exactly one of string_value and bytes_value is required.",
            ));
        }
    };
    if value.len() > MAX_VALUE_BYTES {
        return Err(Problem::invalid_parameter(format!(
            "Secret value exceeds the limit of {MAX_VALUE_BYTES} bytes."
        )));
    }
    let updated = workspace.clock.now();
    workspace.secrets.within(&caller, &new.scope, SecretLevel::Write, |scope| {
        if scope.secrets.len() >= MAX_KEYS_PER_SCOPE && !scope.secrets.contains_key(&new.key) {
            return Err(Problem::limit_exceeded(format!(
                "Scope {} has reached its limit of {MAX_KEYS_PER_SCOPE} secrets.",
                new.scope
            )));
        }
        scope.secrets.insert(new.key.clone(), Secret { value, updated });
        Ok(())
    })?;
    Ok(done())
}

fn missing(scope: &str, key: &str) -> Problem {
    Problem::resource_does_not_exist(format!("Secret does not exist with scope: {scope} and key: {key}"))
}

async fn read(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(named): Params<Named>,
) -> Answer {
    workspace.require(&caller, Right::ReadSecrets)?;
    let value = workspace.secrets.within(&caller, &named.scope, SecretLevel::Read, |scope| {
        let secret = scope.secrets.get(&named.key).ok_or_else(|| missing(&named.scope, &named.key))?;
        Ok(BASE64.encode(&secret.value))
    })?;
    Ok(Json(json!({"key": named.key, "value": value})))
}

async fn list(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(named): Params<Named>,
) -> Answer {
    workspace.require(&caller, Right::ReadSecrets)?;
    let secrets = workspace.secrets.within(&caller, &named.scope, SecretLevel::Read, |scope| {
        Ok(scope
            .secrets
            .iter()
            .map(|(key, secret)| json!({"key": key, "last_updated_timestamp": secret.updated}))
            .collect::<Vec<_>>())
    })?;
    Ok(Json(if secrets.is_empty() { json!({}) } else { json!({"secrets": secrets}) }))
}

async fn delete(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(named): JsonBody<Named>,
) -> Answer {
    workspace.require(&caller, Right::ManageSecrets)?;
    workspace.secrets.within(&caller, &named.scope, SecretLevel::Write, |scope| {
        scope.secrets.remove(&named.key).map(drop).ok_or_else(|| missing(&named.scope, &named.key))
    })?;
    Ok(done())
}

#[derive(Deserialize)]
struct NewAcl {
    #[serde(default)]
    scope: String,
    #[serde(default)]
    principal: String,
    permission: SecretLevel,
}

async fn put_acl(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(new): JsonBody<NewAcl>,
) -> Answer {
    workspace.require(&caller, Right::ManageSecrets)?;
    if !workspace.has_group(&new.principal) && workspace.identities.find(&new.principal).is_none() {
        return Err(Problem::resource_does_not_exist(format!("Principal {} does not exist.", new.principal)));
    }
    workspace.secrets.within(&caller, &new.scope, SecretLevel::Manage, |scope| {
        scope.acls.insert(new.principal.clone(), new.permission);
        Ok(())
    })?;
    Ok(done())
}

fn missing_acl(named: &Named) -> Problem {
    Problem::resource_does_not_exist(format!(
        "No ACL for principal {} exists on scope {}.",
        named.principal, named.scope
    ))
}

async fn get_acl(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(named): Params<Named>,
) -> Answer {
    workspace.secrets.within(&caller, &named.scope, SecretLevel::Manage, |scope| {
        let level = scope.acls.get(&named.principal).ok_or_else(|| missing_acl(&named))?;
        Ok(Json(json!({"principal": named.principal, "permission": level})))
    })
}

async fn list_acls(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(named): Params<Named>,
) -> Answer {
    workspace.secrets.within(&caller, &named.scope, SecretLevel::Manage, |scope| {
        let items: Vec<Value> = scope
            .acls
            .iter()
            .map(|(principal, permission)| json!({"principal": principal, "permission": permission}))
            .collect();
        Ok(Json(json!({"items": items})))
    })
}

async fn delete_acl(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(named): JsonBody<Named>,
) -> Answer {
    workspace.require(&caller, Right::ManageSecrets)?;
    workspace.secrets.within(&caller, &named.scope, SecretLevel::Manage, |scope| {
        scope.acls.remove(&named.principal).map(drop).ok_or_else(|| missing_acl(&named))
    })?;
    Ok(done())
}
