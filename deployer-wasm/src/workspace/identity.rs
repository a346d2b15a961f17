//! Who is calling: SCIM `Me`.

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
    /// The name to show.
    #[serde(rename = "displayName", default)]
    pub display_name: Option<String>,
}

/// Reads who is calling.
pub fn me() -> Call<Me> {
    Call::new(
        Method::Get,
        "/api/2.0/preview/scim/v2/Me".into(),
        "read the current user".into(),
        "the workspace".into(),
        "access to the workspace",
    )
}
