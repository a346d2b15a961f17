//! Who is calling.
//!
//! Users hold a personal access token; service principals hold a client secret and fetch OAuth
//! tokens that expire by the workspace's clock. Both look the same on the wire. Rights are a plain
//! set per principal, coarser than the platform's groups and entitlements, but enough to provoke
//! every refusal a deployer can meet; who may do what to one object is the business of
//! `permissions`, and what SCIM shows of a principal that of `scim`.

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

/// How long an OAuth token lives, in milliseconds.
pub const OAUTH_TOKEN_TTL_MS: u64 = 3_600_000;

/// A person or a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A person.
    User,
    /// A machine, known by its client id (also called application id).
    ServicePrincipal {
        /// The client id, a UUID.
        client_id: String,
    },
}

/// Somebody who may call the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The numeric id.
    pub id: u64,
    /// The e-mail address of a user, the client id of a service principal.
    pub user_name: String,
    /// For people.
    pub display_name: String,
    /// A person or a machine.
    pub kind: PrincipalKind,
    /// What it may do in general.
    pub rights: BTreeSet<Right>,
    /// Names of the groups it belongs to, directly or through other groups, apart from `users` and
    /// `admins`: everybody is in the first, the second is [`Right::WorkspaceAdmin`].
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

/// What a bearer token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A personal access token. Apps and their logs refuse it.
    Personal,
    /// An OAuth access token.
    OAuth,
}

/// A principal together with how it can prove itself; for tests and for `serve`'s announcement.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// The user name or client id.
    pub user_name: String,
    /// A token that is valid now.
    pub token: String,
    /// A person or a machine.
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

/// A user or service principal to begin with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrincipalSpec {
    /// An e-mail address, or any name for a service principal.
    pub user_name: String,
    /// For people; the user name when absent.
    #[serde(default)]
    pub display_name: Option<String>,
    /// A machine with a client id and secret instead of a person.
    #[serde(default)]
    pub service_principal: bool,
    /// What it may do.
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
    /// What the token API tells of a personal token.
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
    /// Nobody yet.
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

    /// Adds a service principal with this client id, which can't prove itself yet.
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

    /// Everybody, by name.
    pub fn all(&self) -> Vec<Principal> {
        self.registry.lock().principals.values().cloned().collect()
    }

    /// The people, by name.
    pub fn users(&self) -> Vec<Principal> {
        let mut users = self.all();
        users.retain(|principal| principal.kind == PrincipalKind::User);
        users
    }

    /// The principal of this user name or client id.
    pub fn find(&self, user_name: &str) -> Option<Principal> {
        self.registry.lock().principals.get(user_name).cloned()
    }

    /// Changes what a principal may do in general.
    pub fn set_rights(&self, user_name: &str, rights: BTreeSet<Right>) -> bool {
        self.change(user_name, |principal| principal.rights = rights)
    }

    /// Changes a principal; `false` when there is none of this name.
    pub fn change(&self, user_name: &str, change: impl FnOnce(&mut Principal)) -> bool {
        self.registry.lock().principals.get_mut(user_name).map(change).is_some()
    }

    /// Whether a principal may sign in at all.
    pub fn is_active(&self, user_name: &str) -> bool {
        !self.registry.lock().inactive.contains(user_name)
    }

    /// Lets a principal sign in, or refuses it from now on.
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

    /// A new OAuth token, good for an hour.
    pub fn mint_oauth(&self, user_name: &str) -> String {
        self.mint_oauth_for(user_name, OAUTH_TOKEN_TTL_MS)
    }

    /// A new OAuth token, good for `ttl_ms` milliseconds.
    pub fn mint_oauth_for(&self, user_name: &str, ttl_ms: u64) -> String {
        let expires = self.clock.now().plus_ms(ttl_ms);
        self.mint(user_name, TokenKind::OAuth, Some(expires), secret("eyJ.local."))
    }

    /// Makes one token worth nothing.
    pub fn forget(&self, token: &str) {
        self.registry.lock().tokens.remove(token);
    }

    fn mint(&self, user_name: &str, kind: TokenKind, expires: Option<Timestamp>, token: String) -> String {
        let entry = Token { user_name: user_name.to_owned(), kind, expires, issued: None };
        self.registry.lock().tokens.insert(token.clone(), entry);
        token
    }

    /// Makes every token of a principal expire now; it can fetch new ones.
    pub fn expire_tokens(&self, user_name: &str) {
        let now = self.clock.now();
        for token in self.registry.lock().tokens.values_mut() {
            if token.user_name == user_name {
                token.expires = Some(now);
            }
        }
    }

    /// Who a bearer token stands for, and of which kind it is; `None` when unknown or expired.
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
