//! The caller: SCIM `Me`. And whether another user, group or service principal exists.

use serde::Deserialize;
use serde_json::Value;

use super::Call;
use crate::config::sharing::GranteeKind;
use crate::decode::null_as_default;
use crate::host::Method;

/// The caller.
#[derive(Debug, Clone, Deserialize)]
pub struct Me {
    /// The e-mail address of a person, or the application id of a service principal. It is also
    /// the caller's Postgres role.
    #[serde(rename = "userName")]
    pub user_name: String,
    /// The display name.
    #[serde(rename = "displayName", default)]
    pub display_name: Option<String>,
    /// The groups that contain the caller.
    #[serde(default, deserialize_with = "null_as_default")]
    groups: Vec<Named>,
    /// What the caller is entitled to in the workspace, by itself or through groups.
    #[serde(default, deserialize_with = "null_as_default")]
    entitlements: Vec<Entitlement>,
}

/// A group.
#[derive(Debug, Clone, Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "null_as_default")]
    display: String,
}

/// An entitlement.
#[derive(Debug, Clone, Deserialize)]
struct Entitlement {
    #[serde(default, deserialize_with = "null_as_default")]
    value: String,
}

impl Me {
    /// Whether the caller belongs to the group of this name.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|known| known.display == group)
    }

    /// Whether the caller is an admin of the workspace.
    pub fn is_admin(&self) -> bool {
        self.is_in("admins")
    }

    /// Whether the caller may use the workspace, if the platform shows the entitlements.
    pub fn has_workspace_access(&self) -> Option<bool> {
        let has = |name: &str| self.entitlements.iter().any(|entitlement| entitlement.value == name);
        (!self.entitlements.is_empty()).then(|| self.is_admin() || has("workspace-access"))
    }
}

/// Whether two user names belong to the same person. The platform compares them case-insensitively, and each
/// service may return another spelling: a user created as `Ada@` may sign in as `ada@`. Only ASCII case is
/// ignored here: a name that differs in the case of other letters counts as another user's, which is the safe
/// assumption.
pub fn same_person(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Reads the caller.
pub fn me() -> Call<Me> {
    Call::new(
        Method::Get,
        "/api/2.0/preview/scim/v2/Me".into(),
        "read the current user".into(),
        "the workspace".into(),
        "access to the workspace",
    )
}

/// The answer to a search.
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    #[serde(rename = "totalResults", default)]
    total: Option<u64>,
    #[serde(rename = "Resources", default, deserialize_with = "null_as_default")]
    resources: Vec<Value>,
}

impl Found {
    /// Whether the workspace says that there is nothing. An answer that doesn't count says neither.
    pub fn is_nothing(&self) -> bool {
        self.total == Some(0) && self.resources.is_empty()
    }
}

/// Searches a user, a group or a service principal by its name, as grants name it. `name` has neither quotes
/// nor backslashes: see [`crate::config::sharing::Grant::parse`].
pub fn search(kind: GranteeKind, name: &str) -> Call<Found> {
    let (path, attribute) = match kind {
        GranteeKind::User => ("Users", "userName"),
        GranteeKind::Group => ("Groups", "displayName"),
        GranteeKind::ServicePrincipal => ("ServicePrincipals", "applicationId"),
    };
    Call::new(
        Method::Get,
        format!("/api/2.0/preview/scim/v2/{path}"),
        format!("search the {} `{name}`", kind.noun()),
        "the workspace".into(),
        "access to the workspace",
    )
    .query("filter", format!("{attribute} eq \"{name}\""))
    .query("attributes", attribute)
    .query("count", "1")
}

#[cfg(test)]
mod tests {
    use super::same_person;

    #[test]
    fn a_person_is_the_same_in_any_case() {
        for (one, other) in [
            ("ada@example.com", "ada@example.com"),
            ("Ada@Example.COM", "ada@example.com"),
            ("o'neil+x_contoso.com#EXT#@contoso.example", "O'Neil+X_contoso.com#ext#@contoso.example"),
            ("6F9A0C1E-1111-4222-8333-0123456789AB", "6f9a0c1e-1111-4222-8333-0123456789ab"),
        ] {
            assert!(same_person(one, other), "{one} and {other}");
        }
        for (one, other) in
            [("ada@example.com", "ada@example.co"), ("a+b@x", "a b@x"), ("", "ada@example.com")]
        {
            assert!(!same_person(one, other), "{one} and {other}");
        }
    }
}
