//! SCIM data besides the principals themselves: their names and entitlements, and groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::identity::{Identities, Principal, Right};

/// The group of all principals; its id is fixed, as it is never created.
pub(super) const USERS: (u64, &str) = (873_201_554_106_732, "users");
/// The group of the workspace's administrators.
pub(super) const ADMINS: (u64, &str) = (415_907_338_820_164, "admins");

/// The entitlement that represents the permission to create databases.
pub(super) const CREATE_CLUSTERS: &str = "allow-cluster-create";

/// The SCIM-only data of a principal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// Its id at an identity provider.
    pub external_id: Option<String>,
    /// Entitlements apart from `allow-cluster-create`, which is a right.
    pub entitlements: BTreeSet<String>,
}

impl Profile {
    /// For a principal without data: derives the names from the display name.
    fn of(principal: &Principal) -> Self {
        let entitlements = ["databricks-sql-access", "workspace-access"].map(str::to_owned).into();
        let mut profile = Self { entitlements, ..Self::default() };
        if principal.client_id().is_none() {
            let (given, family) = match principal.display_name.rsplit_once(' ') {
                Some((given, family)) => (given, Some(family.to_owned())),
                None => (principal.display_name.as_str(), None),
            };
            profile.given_name = Some(given.to_owned());
            profile.family_name = family;
        }
        profile
    }
}

/// A created group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The numeric id.
    pub id: u64,
    /// Its name, by which permissions are granted.
    pub display_name: String,
    /// Its id at an identity provider.
    pub external_id: Option<String>,
    /// Ids of principals and of groups.
    pub members: BTreeSet<u64>,
    /// Entitlements of its members.
    pub entitlements: BTreeSet<String>,
}

/// A group in the membership list of a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) id: u64,
    pub(super) display_name: String,
    pub(super) is_direct: bool,
}

#[derive(Debug, Default)]
struct State {
    profiles: BTreeMap<u64, Profile>,
    groups: BTreeMap<u64, Group>,
}

impl State {
    /// The groups that have this principal or group as a member, directly or indirectly.
    fn memberships(&self, member: u64) -> Vec<Membership> {
        let mut found: Vec<Membership> = Vec::new();
        let mut around = vec![member];
        while let Some(inner) = around.pop() {
            for group in self.groups.values().filter(|group| group.members.contains(&inner)) {
                if found.iter().all(|known| known.id != group.id) {
                    found.push(Membership {
                        id: group.id,
                        display_name: group.display_name.clone(),
                        is_direct: inner == member,
                    });
                    around.push(group.id);
                }
            }
        }
        found
    }
}

/// Profiles and groups of a workspace; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    state: Arc<Mutex<State>>,
    turns: Arc<Mutex<()>>,
}

impl Directory {
    /// Serialises changes of principals and groups, so that a name that was checked to be free stays free
    /// until it is used.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turns.lock()
    }

    /// The SCIM-only data of a principal.
    pub fn profile(&self, principal: &Principal) -> Profile {
        self.state.lock().profiles.get(&principal.id).cloned().unwrap_or_else(|| Profile::of(principal))
    }

    /// Sets the data of a principal.
    pub fn set_profile(&self, id: u64, profile: Profile) {
        self.state.lock().profiles.insert(id, profile);
    }

    /// Removes a principal that no longer exists.
    pub fn forget(&self, id: u64) {
        let mut state = self.state.lock();
        state.profiles.remove(&id);
        for group in state.groups.values_mut() {
            group.members.remove(&id);
        }
    }

    /// The created groups, by id.
    pub fn groups(&self) -> Vec<Group> {
        self.state.lock().groups.values().cloned().collect()
    }

    /// One of them.
    pub fn group(&self, id: u64) -> Option<Group> {
        self.state.lock().groups.get(&id).cloned()
    }

    /// Writes a group; its members belong to it from now on.
    pub fn put_group(&self, group: Group, identities: &Identities) {
        self.state.lock().groups.insert(group.id, group);
        self.tell(identities);
    }

    /// Removes a group, including from its parent groups.
    pub fn remove_group(&self, id: u64, identities: &Identities) {
        let mut state = self.state.lock();
        state.groups.remove(&id);
        for group in state.groups.values_mut() {
            group.members.remove(&id);
        }
        drop(state);
        self.tell(identities);
    }

    pub(super) fn memberships(&self, member: u64) -> Vec<Membership> {
        self.state.lock().memberships(member)
    }

    /// Principals have the names of their groups, so that a permission check needs no lookup here.
    fn tell(&self, identities: &Identities) {
        let state = self.state.lock();
        for principal in identities.all() {
            let groups: BTreeSet<String> =
                state.memberships(principal.id).into_iter().map(|group| group.display_name).collect();
            if groups != principal.groups {
                identities.change(&principal.user_name, |principal| principal.groups = groups);
            }
        }
    }
}

/// Makes a principal an administrator or an ordinary user.
pub(super) fn set_admin(identities: &Identities, principal: &Principal, is_admin: bool) {
    if principal.is_admin() != is_admin {
        let rights = if is_admin { Right::of_admin() } else { Right::of_user() };
        identities.set_rights(&principal.user_name, rights);
    }
}
