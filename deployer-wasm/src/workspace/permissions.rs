//! Who may use an app: `/api/2.0/permissions/apps/*`.
//!
//! A PATCH adds the given grants and leaves those of others as they are; a PUT would replace all of them, so
//! there is none here. A PATCH sets a grantee's level, and would lower a stronger one: read first.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, segment};
use crate::config::sharing::{Grant, GranteeKind, Level};
use crate::decode::null_as_default;
use crate::host::Method;

/// The most entries of a list that are used: an app has a handful.
const MOST_ENTRIES: usize = 1000;

/// The grants on an app.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AccessList {
    #[serde(default, deserialize_with = "null_as_default")]
    access_control_list: Vec<Entry>,
}

/// A grantee with its levels.
#[derive(Debug, Clone, Deserialize)]
struct Entry {
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    group_name: Option<String>,
    #[serde(default)]
    service_principal_name: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    all_permissions: Vec<Permission>,
}

/// A level, and whether it is granted on the app itself.
#[derive(Debug, Clone, Deserialize)]
struct Permission {
    #[serde(default)]
    permission_level: Option<String>,
    #[serde(default)]
    inherited: Option<bool>,
}

/// A level of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Granted {
    Known(Level),
    /// A level that isn't known here. It may be a stronger one, so it is never replaced.
    Other,
}

impl Entry {
    fn grantee(&self) -> Option<(GranteeKind, &str)> {
        [
            (GranteeKind::User, &self.user_name),
            (GranteeKind::Group, &self.group_name),
            (GranteeKind::ServicePrincipal, &self.service_principal_name),
        ]
        .into_iter()
        .find_map(|(kind, name)| Some((kind, name.as_deref()?)))
    }

    /// Its strongest level.
    fn level(&self) -> Option<Granted> {
        self.all_permissions.iter().filter_map(Permission::level).max()
    }
}

impl Permission {
    fn level(&self) -> Option<Granted> {
        let level = self.permission_level.as_deref()?;
        let known = [Level::CanUse, Level::CanManage].into_iter().find(|known| known.as_str() == level);
        Some(known.map_or(Granted::Other, Granted::Known))
    }
}

impl AccessList {
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.access_control_list.iter().take(MOST_ENTRIES)
    }

    /// Whether the grantee has at least the grant's level, by itself or by inheritance.
    pub fn has(&self, grant: &Grant) -> bool {
        let level = self
            .entries()
            .filter(|entry| entry.grantee().is_some_and(|(kind, name)| grant.is_for(kind, name)))
            .filter_map(Entry::level)
            .max();
        level >= Some(Granted::Known(grant.level))
    }

    /// All levels: the kind and the name of the grantee, and the platform's level.
    pub fn levels(&self) -> impl Iterator<Item = (GranteeKind, &str, &str)> {
        self.entries().flat_map(|entry| {
            let levels = entry.all_permissions.iter().filter_map(|held| held.permission_level.as_deref());
            levels.filter_map(|level| entry.grantee().map(|(kind, name)| (kind, name, level)))
        })
    }

    /// The grants on the app itself: the kind and the name of the grantee, and the platform's level.
    pub fn direct(&self) -> impl Iterator<Item = (GranteeKind, &str, &str)> {
        self.entries().filter_map(|entry| {
            let (kind, name) = entry.grantee()?;
            let direct = entry.all_permissions.iter().filter(|permission| permission.inherited != Some(true));
            let strongest = direct.max_by_key(|permission| permission.level())?;
            Some((kind, name, strongest.permission_level.as_deref()?))
        })
    }
}

/// Reads the grants on an app.
pub fn get(app: &str) -> Call<AccessList> {
    call(Method::Get, app, format!("read who may use the app `{app}`"))
}

/// Adds grants. Those of other grantees stay.
pub fn add(app: &str, grants: &[Grant]) -> Call<AccessList> {
    let list: Vec<Value> = grants
        .iter()
        .map(|grant| {
            let field = match grant.kind {
                GranteeKind::User => "user_name",
                GranteeKind::Group => "group_name",
                GranteeKind::ServicePrincipal => "service_principal_name",
            };
            json!({field: grant.name, "permission_level": grant.level.as_str()})
        })
        .collect();
    call(Method::Patch, app, format!("share the app `{app}`")).body(json!({"access_control_list": list}))
}

fn call<T>(method: Method, app: &str, doing: String) -> Call<T> {
    let path = format!("/api/2.0/permissions/apps/{}", segment(app));
    Call::new(method, path, doing, format!("the app `{app}`"), "CAN MANAGE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    fn grant(text: &str) -> Grant {
        Grant::parse("share_with", text).unwrap()
    }

    fn list() -> AccessList {
        let level =
            |level: &str, inherited: bool| json!([{"permission_level": level, "inherited": inherited}]);
        decode(json!({"object_id": "/apps/tellr", "access_control_list": [
            {"user_name": "Ada@example.com", "all_permissions": level("CAN_MANAGE", false)},
            {"group_name": "users", "all_permissions": level("CAN_USE", false)},
            {"group_name": "admins", "all_permissions": level("CAN_MANAGE", true)},
            {"group_name": "owners", "all_permissions": level("IS_OWNER", false)},
            {"group_name": "nothing", "all_permissions": null},
            {"all_permissions": level("CAN_USE", false)},
        ]}))
        .unwrap()
    }

    #[test]
    fn who_has_as_much_or_more_needs_no_grant() {
        let list = list();
        for has in [
            "ada@example.com",
            "ada@example.com:CAN_MANAGE",
            "users",
            "admins:CAN_MANAGE",
            "owners:CAN_MANAGE",
        ] {
            assert!(list.has(&grant(has)), "{has}");
        }
        for lacks in ["users:CAN_MANAGE", "ben@example.com", "Users", "nothing"] {
            assert!(!list.has(&grant(lacks)), "{lacks}");
        }
        let direct: Vec<&str> = list.direct().map(|(_, name, _)| name).collect();
        assert_eq!(direct, ["Ada@example.com", "users", "owners"]);
    }

    #[test]
    fn grants_are_added_and_none_is_replaced() {
        let id = "6f9a0c1e-1111-4222-8333-0123456789ab";
        let call = add("tellr", &[grant("ben@example.com"), grant("sales:CAN_MANAGE"), grant(id)]);
        assert_eq!(call.request.method, Method::Patch);
        assert_eq!(
            call.request.body.unwrap(),
            json!({"access_control_list": [
                {"user_name": "ben@example.com", "permission_level": "CAN_USE"},
                {"group_name": "sales", "permission_level": "CAN_MANAGE"},
                {"service_principal_name": id, "permission_level": "CAN_USE"},
            ]})
        );
    }
}
