//! Principals and their tokens.
//!
//! Users have a personal access token; service principals have a client secret and request OAuth tokens
//! that expire by the workspace's clock. Both are used in the same way. General permissions are a plain set
//! per principal, coarser than the platform's groups and entitlements, but sufficient to provoke every
//! refusal a deployer can meet; permissions on single objects are in `permissions`, and the SCIM view of a
//! principal in `scim`.

mod client_secrets;
mod personal_tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Timestamp};
use crate::ids::{Ids, secret};
use crate::problem::Problem;
pub use crate::rights::Right;
use client_secrets::ClientSecrets;
pub use client_secrets::{ClientSecret, MAX_CLIENT_SECRETS};
use personal_tokens::Issued;
pub use personal_tokens::PersonalToken;

/// The lifetime of an OAuth token, in milliseconds.
pub const OAUTH_TOKEN_TTL_MS: u64 = 3_600_000;

/// A user or a service principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A user.
    User,
    /// A service principal, identified by its client id (also called application id).
    ServicePrincipal {
        /// The client id, a UUID.
        client_id: String,
    },
}

/// A principal that may call the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The numeric id.
    pub id: u64,
    /// The e-mail address of a user, the client id of a service principal.
    pub user_name: String,
    /// The display name.
    pub display_name: String,
    /// Its kind.
    pub kind: PrincipalKind,
    /// Its general permissions.
    pub rights: BTreeSet<Right>,
    /// The groups it belongs to, directly or through other groups, except `users` and `admins`: every
    /// principal is in the first, the second is [`Right::WorkspaceAdmin`].
    pub groups: BTreeSet<String>,
}

impl Principal {
    /// Whether it may do everything on every object.
    pub fn is_admin(&self) -> bool {
        self.rights.contains(&Right::WorkspaceAdmin)
    }

    /// The client id, if it is a service principal.
    pub fn client_id(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User => None,
            PrincipalKind::ServicePrincipal { client_id } => Some(client_id),
        }
    }
}

/// The kind of a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A personal access token. Apps and their logs refuse it.
    Personal,
    /// An OAuth access token.
    OAuth,
}

/// A principal together with its credentials; for tests and for the output of `serve`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// The user name or client id.
    pub user_name: String,
    /// A currently valid token.
    pub token: String,
    /// Its kind.
    #[serde(flatten)]
    pub kind: PrincipalKind,
    /// The secret of a service principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

/// An initial user or service principal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrincipalSpec {
    /// An e-mail address, or any name for a service principal.
    pub user_name: String,
    /// The display name; the user name if absent.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Whether it is a service principal with a client id and secret.
    #[serde(default)]
    pub service_principal: bool,
    /// Its general permissions.
    pub rights: BTreeSet<Right>,
}

impl PrincipalSpec {
    /// An administrator, a user and a viewer.
    pub fn defaults() -> Vec<Self> {
        [
            ("ada@example.com", "Ada Admin", Right::of_admin()),
            ("ben@example.com", "Ben Builder", Right::of_user()),
            ("carla@example.com", "Carla Viewer", Right::of_viewer()),
        ]
        .into_iter()
        .map(|(user_name, display_name, rights)| Self {
            user_name: user_name.to_owned(),
            display_name: Some(display_name.to_owned()),
            service_principal: false,
            rights,
        })
        .collect()
    }
}

struct Token {
    user_name: String,
    kind: TokenKind,
    expires: Option<Timestamp>,
    /// The token API's data about a personal token.
    issued: Option<Issued>,
}

#[derive(Default)]
struct Registry {
    principals: BTreeMap<String, Principal>,
    inactive: BTreeSet<String>,
    client_secrets: ClientSecrets,
    tokens: BTreeMap<String, Token>,
}

/// All principals and tokens of a workspace; clones share them.
#[derive(Clone)]
pub struct Identities {
    clock: Clock,
    ids: Ids,
    registry: Arc<Mutex<Registry>>,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().iter().map(|p| p.user_name.clone())).finish()
    }
}

impl Identities {
    /// Without principals.
    pub fn new(clock: Clock, ids: Ids) -> Self {
        Self { clock, ids, registry: Arc::default() }
    }

    /// Adds a principal and gives it a token; a service principal gets a client id and secret.
    pub fn add(&self, spec: PrincipalSpec) -> Credentials {
        if spec.service_principal {
            let display_name = spec.display_name.unwrap_or(spec.user_name);
            let (principal, client_secret) = self.add_service_principal(&display_name, spec.rights);
            let token = self.mint_oauth(&principal.user_name);
            return Credentials {
                user_name: principal.user_name,
                token,
                kind: principal.kind,
                client_secret: Some(client_secret),
            };
        }
        let principal = Principal {
            id: self.ids.number(),
            display_name: spec.display_name.unwrap_or_else(|| spec.user_name.clone()),
            user_name: spec.user_name,
            kind: PrincipalKind::User,
            rights: spec.rights,
            groups: BTreeSet::new(),
        };
        let user_name = principal.user_name.clone();
        self.registry.lock().principals.insert(user_name.clone(), principal);
        let token = self.mint_personal(&user_name);
        Credentials { user_name, token, kind: PrincipalKind::User, client_secret: None }
    }

    /// Adds a service principal and returns it with its client secret.
    pub fn add_service_principal(&self, display_name: &str, rights: BTreeSet<Right>) -> (Principal, String) {
        let client_id = self.ids.uuid().to_string();
        let principal = self.add_service_principal_without_secret(client_id, display_name, rights);
        let client_secret = secret("dose");
        let created = self.clock.now();
        let kept = ClientSecret { id: String::new(), value: client_secret.clone(), created, expires: None };
        self.registry.lock().client_secrets.insert(&principal.user_name, kept);
        (principal, client_secret)
    }

    /// Adds a service principal with this client id, without a secret.
    pub fn add_service_principal_without_secret(
        &self,
        client_id: String,
        display_name: &str,
        rights: BTreeSet<Right>,
    ) -> Principal {
        let principal = Principal {
            id: self.ids.number(),
            user_name: client_id.clone(),
            display_name: display_name.to_owned(),
            kind: PrincipalKind::ServicePrincipal { client_id: client_id.clone() },
            rights,
            groups: BTreeSet::new(),
        };
        self.registry.lock().principals.insert(client_id, principal.clone());
        principal
    }

    /// Removes a principal and all its tokens.
    pub fn remove(&self, user_name: &str) {
        let mut registry = self.registry.lock();
        registry.principals.remove(user_name);
        registry.inactive.remove(user_name);
        registry.client_secrets.forget(user_name);
        registry.tokens.retain(|_, token| token.user_name != user_name);
    }

    /// All principals, by name.
    pub fn all(&self) -> Vec<Principal> {
        self.registry.lock().principals.values().cloned().collect()
    }

    /// The users, by name.
    pub fn users(&self) -> Vec<Principal> {
        let mut users = self.all();
        users.retain(|principal| principal.kind == PrincipalKind::User);
        users
    }

    /// The principal of this user name or client id.
    pub fn find(&self, user_name: &str) -> Option<Principal> {
        self.registry.lock().principals.get(user_name).cloned()
    }

    /// Changes a principal's general permissions.
    pub fn set_rights(&self, user_name: &str, rights: BTreeSet<Right>) -> bool {
        self.change(user_name, |principal| principal.rights = rights)
    }

    /// Changes a principal; `false` if there is none of this name.
    pub fn change(&self, user_name: &str, change: impl FnOnce(&mut Principal)) -> bool {
        self.registry.lock().principals.get_mut(user_name).map(change).is_some()
    }

    /// Whether a principal may sign in.
    pub fn is_active(&self, user_name: &str) -> bool {
        !self.registry.lock().inactive.contains(user_name)
    }

    /// Allows a principal to sign in, or refuses it from now on.
    pub fn set_active(&self, user_name: &str, active: bool) {
        let mut registry = self.registry.lock();
        if active {
            registry.inactive.remove(user_name);
        } else {
            registry.inactive.insert(user_name.to_owned());
        }
    }

    /// A new personal access token, without expiry.
    pub fn mint_personal(&self, user_name: &str) -> String {
        self.mint(user_name, TokenKind::Personal, None, secret("dapi-local-"))
    }

    /// A new OAuth token, valid for an hour.
    pub fn mint_oauth(&self, user_name: &str) -> String {
        self.mint_oauth_for(user_name, OAUTH_TOKEN_TTL_MS)
    }

    /// A new OAuth token, valid for `ttl_ms` milliseconds.
    pub fn mint_oauth_for(&self, user_name: &str, ttl_ms: u64) -> String {
        let expires = self.clock.now().plus_ms(ttl_ms);
        self.mint(user_name, TokenKind::OAuth, Some(expires), secret("eyJ.local."))
    }

    /// Invalidates one token.
    pub fn forget(&self, token: &str) {
        self.registry.lock().tokens.remove(token);
    }

    fn mint(&self, user_name: &str, kind: TokenKind, expires: Option<Timestamp>, token: String) -> String {
        let entry = Token { user_name: user_name.to_owned(), kind, expires, issued: None };
        self.registry.lock().tokens.insert(token.clone(), entry);
        token
    }

    /// Expires every token of a principal now; it can request new ones.
    pub fn expire_tokens(&self, user_name: &str) {
        let now = self.clock.now();
        for token in self.registry.lock().tokens.values_mut() {
            if token.user_name == user_name {
                token.expires = Some(now);
            }
        }
    }

    /// Expires one token now; `false` if it is unknown or has expired before.
    pub fn expire_token(&self, token: &str) -> bool {
        let now = self.clock.now();
        let mut registry = self.registry.lock();
        let valid = registry.tokens.get_mut(token).filter(|entry| entry.expires.is_none_or(|end| now < end));
        valid.map(|entry| entry.expires = Some(now)).is_some()
    }

    /// The principal of a bearer token, and the token's kind; `None` if unknown or expired.
    pub fn resolve(&self, token: &str) -> Option<(Principal, TokenKind)> {
        let now = self.clock.now();
        let registry = self.registry.lock();
        let entry = registry.tokens.get(token).filter(|entry| entry.expires.is_none_or(|end| now < end))?;
        let principal = registry.principals.get(&entry.user_name)?;
        if registry.inactive.contains(&entry.user_name) {
            return None;
        }
        Some((principal.clone(), entry.kind))
    }

    /// The principal behind a request's `Authorization` header.
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Problem> {
        let Some(token) = bearer(headers) else {
            return Err(Problem::unauthenticated(
                "Credential was not sent or was of an unsupported type for this API.",
            ));
        };
        if let Some((principal, _)) = self.resolve(token) {
            return Ok(principal);
        }
        let registry = self.registry.lock();
        match registry.tokens.get(token) {
            Some(entry) if registry.inactive.contains(&entry.user_name) => {
                return Err(Problem::permission_denied("User is deactivated."));
            }
            Some(_) => return Err(Problem::unauthenticated("Token is expired.")),
            None => {}
        }
        Err(Problem::unauthenticated("Invalid access token."))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The client id and secret of an HTTP Basic `Authorization` header.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
