//! The secrets of service principals: several each, all except the first of them created and revoked
//! through the API.

use std::collections::BTreeMap;

use super::Identities;
use crate::clock::Timestamp;
use crate::ids::secret;

/// The maximum number of secrets of a service principal through the API.
pub const MAX_CLIENT_SECRETS: usize = 5;

/// One secret of a service principal.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id in the API; empty for the secret that an app or a test got without the API.
    pub id: String,
    /// The secret itself.
    pub value: String,
    /// The creation time.
    pub created: Timestamp,
    /// The expiry time; `None` for never.
    pub expires: Option<Timestamp>,
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSecret").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All secrets, by client id.
#[derive(Default)]
pub(super) struct ClientSecrets(BTreeMap<String, Vec<ClientSecret>>);

impl ClientSecrets {
    pub(super) fn insert(&mut self, client_id: &str, kept: ClientSecret) {
        self.0.entry(client_id.to_owned()).or_default().push(kept);
    }

    pub(super) fn forget(&mut self, client_id: &str) {
        self.0.remove(client_id);
    }
}

impl Identities {
    /// Whether this is one of the client's secrets, and still valid.
    pub fn verify_client(&self, client_id: &str, client_secret: &str) -> bool {
        let now = self.clock.now();
        let registry = self.registry.lock();
        !registry.inactive.contains(client_id)
            && registry.client_secrets.0.get(client_id).is_some_and(|known| {
                known.iter().any(|one| one.value == client_secret && one.expires.is_none_or(|end| now < end))
            })
    }

    /// The secrets that were created through the API, oldest first.
    pub fn client_secrets(&self, client_id: &str) -> Vec<ClientSecret> {
        let registry = self.registry.lock();
        let all = registry.client_secrets.0.get(client_id).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|one| !one.id.is_empty()).cloned().collect()
    }

    /// Creates another secret, valid for `lifetime_ms`.
    pub fn mint_client_secret(&self, client_id: &str, lifetime_ms: u64) -> ClientSecret {
        let created = self.clock.now();
        let made = ClientSecret {
            id: self.ids.uuid().to_string(),
            value: secret("dose"),
            created,
            expires: Some(created.plus_ms(lifetime_ms)),
        };
        self.registry.lock().client_secrets.insert(client_id, made.clone());
        made
    }

    /// Revokes a secret that was created through the API; `false` if there is none of this id.
    pub fn revoke_client_secret(&self, client_id: &str, id: &str) -> bool {
        let mut registry = self.registry.lock();
        let Some(all) = registry.client_secrets.0.get_mut(client_id) else {
            return false;
        };
        let before = all.len();
        all.retain(|one| one.id.is_empty() || one.id != id);
        all.len() < before
    }
}
