//! What the caller may do, as far as the platform tells: `/api/2.0/permissions/*` and the access lists of secret
//! scopes.
//!
//! The platform shows an object's access list to those who manage it, and refuses others. Whether a group of the
//! list contains the caller is only known for the groups that SCIM reports.

use serde::Deserialize;

use super::identity::{Me, same_person};
use super::permissions::AccessList;
use super::{Call, segment};
use crate::config::sharing::GranteeKind;
use crate::decode::null_as_default;
use crate::host::Method;

/// An object with an access list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// An app, by its name.
    App(&'a str),
    /// A Lakebase project, by its id.
    Project(&'a str),
    /// A Lakebase instance, by its name.
    Instance(&'a str),
}

impl Object<'_> {
    /// The object in words.
    pub fn noun(self) -> String {
        match self {
            Self::App(name) => format!("the app `{name}`"),
            Self::Project(name) => format!("the Lakebase project `{name}`"),
            Self::Instance(name) => format!("the Lakebase instance `{name}`"),
        }
    }
}

/// Whether an object's access list says that the caller manages it.
pub fn is_managed_by(list: &AccessList, me: &Me) -> bool {
    list.levels().any(|(kind, name, level)| {
        let is_me = match kind {
            GranteeKind::Group => me.is_in(name),
            GranteeKind::User | GranteeKind::ServicePrincipal => same_person(name, &me.user_name),
        };
        is_me && matches!(level, "CAN_MANAGE" | "IS_OWNER")
    })
}

/// Reads the access list of an object.
pub fn of_object(object: Object<'_>) -> Call<AccessList> {
    let path = match object {
        Object::App(name) => format!("apps/{}", segment(name)),
        Object::Project(name) => format!("database-projects/{}", segment(name)),
        Object::Instance(name) => format!("database-instances/{}", segment(name)),
    };
    let what = object.noun();
    let path = format!("/api/2.0/permissions/{path}");
    Call::new(Method::Get, path, format!("read who may use {what}"), what, "CAN MANAGE")
}

/// The access list of a secret scope.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ScopeRights {
    #[serde(default, deserialize_with = "null_as_default")]
    items: Vec<ScopeEntry>,
}

#[derive(Debug, Clone, Deserialize)]
struct ScopeEntry {
    #[serde(default, deserialize_with = "null_as_default")]
    principal: String,
    #[serde(default, deserialize_with = "null_as_default")]
    permission: String,
}

impl ScopeRights {
    /// Whether the list says that the caller manages the scope.
    pub fn is_managed_by(&self, me: &Me) -> bool {
        self.items.iter().any(|entry| {
            let is_me = same_person(&entry.principal, &me.user_name) || me.is_in(&entry.principal);
            is_me && entry.permission == "MANAGE"
        })
    }
}

/// Reads the access list of a secret scope, which only those who manage the scope may do.
pub fn of_scope(scope: &str) -> Call<ScopeRights> {
    let what = format!("the secret scope `{scope}`");
    let path = "/api/2.0/secrets/acls/list".to_owned();
    Call::new(Method::Get, path, format!("read who may use {what}"), what, "MANAGE").query("scope", scope)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::decode::decode;

    #[test]
    fn the_caller_manages_by_name_or_by_group() {
        let me: Me = decode(json!({
            "userName": "ada@example.com", "groups": [{"display": "users"}, {"display": "data"}],
        }))
        .unwrap();
        let list = |entry: serde_json::Value, level: &str| {
            let mut entry = entry;
            entry["all_permissions"] = json!([{"permission_level": level, "inherited": false}]);
            is_managed_by(&decode(json!({"access_control_list": [entry]})).unwrap(), &me)
        };
        assert!(list(json!({"user_name": "Ada@example.com"}), "CAN_MANAGE"));
        assert!(list(json!({"group_name": "data"}), "CAN_MANAGE"));
        assert!(!list(json!({"group_name": "data"}), "CAN_USE"));
        assert!(!list(json!({"group_name": "others"}), "CAN_MANAGE"));
        let scope = |items| decode::<ScopeRights>(json!({"items": items})).unwrap().is_managed_by(&me);
        assert!(scope(json!([{"principal": "data", "permission": "MANAGE"}])));
        assert!(!scope(json!([{"principal": "ada@example.com", "permission": "WRITE"}])));
        assert!(!scope(json!(null)));
    }
}
