//! The caller: SCIM `Me`.

use serde::Deserialize;

use super::Call;
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
