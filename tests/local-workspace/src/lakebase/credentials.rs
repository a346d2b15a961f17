//! Minted passwords, each for one identity and one compute, with an expiry time.
//!
//! The platform's password is a token of a principal; the server checks it at login only. Here a token is a
//! random string, valid for one compute and one identity until its expiry by the workspace's clock. A new
//! token doesn't invalidate earlier ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::clock::{Clock, Timestamp};

/// Identifies a storage: the data of an instance or a branch, with its roles and passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StorageId(pub(crate) u64);

/// Identifies a compute: an instance, or one endpoint of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ComputeId(pub(crate) u64);

/// A role of one storage.
type Login = (StorageId, String);

#[derive(Debug)]
struct Grant {
    identity: String,
    computes: BTreeSet<ComputeId>,
    expires: Timestamp,
}

/// Tokens and passwords are stored as digests, so that none can be read from here.
type Digest256 = [u8; 32];

/// The credentials of one workspace.
#[derive(Clone)]
pub(crate) struct Credentials {
    clock: Clock,
    grants: Arc<Mutex<HashMap<Digest256, Grant>>>,
    passwords: Arc<Mutex<BTreeMap<Login, Digest256>>>,
}

impl Credentials {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, grants: Arc::default(), passwords: Arc::default() }
    }

    /// A new token for an identity, valid at the given computes until `expires`.
    pub(crate) fn mint(
        &self,
        identity: &str,
        computes: impl IntoIterator<Item = ComputeId>,
        expires: Timestamp,
    ) -> String {
        let token = format!("eyJlocal.{}", random_text());
        let now = self.clock.now();
        let mut grants = self.grants.lock();
        grants.retain(|_, grant| grant.expires > now);
        grants.insert(
            digest(&token),
            Grant { identity: identity.to_owned(), computes: computes.into_iter().collect(), expires },
        );
        token
    }

    /// A new password for a role with native login; invalidates the previous one.
    pub(crate) fn set_password(&self, storage: StorageId, role: &str) -> String {
        let password = random_text();
        self.passwords.lock().insert((storage, role.to_owned()), digest(&password));
        password
    }

    /// Whether `password` is currently valid for `role` at `compute`, which serves `storage`.
    pub(crate) fn admit(&self, compute: ComputeId, storage: StorageId, role: &str, password: &str) -> bool {
        let digest = digest(password);
        let minted = self.grants.lock().get(&digest).is_some_and(|grant| {
            grant.identity == role && grant.computes.contains(&compute) && grant.expires > self.clock.now()
        });
        minted || self.passwords.lock().get(&(storage, role.to_owned())) == Some(&digest)
    }
}

fn random_text() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

fn digest(text: &str) -> Digest256 {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::{ComputeId, Credentials, StorageId};
    use crate::clock::{Clock, Timestamp};

    const HERE: ComputeId = ComputeId(1);
    const THERE: ComputeId = ComputeId(2);
    const DISK: StorageId = StorageId(3);
    const OTHER_DISK: StorageId = StorageId(4);

    #[test]
    fn a_credential_is_good_for_one_identity_at_one_place_until_it_expires() {
        let clock = Clock::virtual_from(Timestamp(0));
        let credentials = Credentials::new(clock.clone());
        let token = credentials.mint("ada", [HERE], Timestamp(1000));
        assert!(credentials.admit(HERE, DISK, "ada", &token));
        assert!(!credentials.admit(THERE, DISK, "ada", &token));
        assert!(!credentials.admit(HERE, DISK, "ben", &token));
        assert!(!credentials.admit(HERE, DISK, "ada", "something else"));
        clock.set(Timestamp(999)).expect("time moves forward");
        assert!(credentials.admit(HERE, DISK, "ada", &token));
        clock.set(Timestamp(1000)).expect("time moves forward");
        assert!(!credentials.admit(HERE, DISK, "ada", &token));
    }

    #[test]
    fn asking_again_leaves_earlier_credentials_good() {
        let credentials = Credentials::new(Clock::virtual_from(Timestamp(0)));
        let first = credentials.mint("ada", [HERE], Timestamp(1000));
        let second = credentials.mint("ada", [HERE], Timestamp(1000));
        assert_ne!(first, second);
        assert!(credentials.admit(HERE, DISK, "ada", &first));
        assert!(credentials.admit(HERE, DISK, "ada", &second));
    }

    #[test]
    fn a_native_password_replaces_the_one_before() {
        let credentials = Credentials::new(Clock::virtual_from(Timestamp(0)));
        let first = credentials.set_password(DISK, "reporting");
        let second = credentials.set_password(DISK, "reporting");
        assert!(!credentials.admit(HERE, DISK, "reporting", &first));
        assert!(credentials.admit(HERE, DISK, "reporting", &second));
        assert!(!credentials.admit(THERE, OTHER_DISK, "reporting", &second));
    }
}
