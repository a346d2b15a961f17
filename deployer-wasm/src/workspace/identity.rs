//! Who is calling: SCIM `Me`.

use super::Call;
use crate::host::Method;
use crate::json::from_json;

/// The caller.
#[derive(Debug, Clone)]
pub struct Me {
    /// The e-mail address of a person, or the application id of a service principal. It is also
    /// the caller's Postgres role.
    pub user_name: String,
    /// The name to show.
    pub display_name: Option<String>,
}
from_json!(Me { required { user_name "userName" } optional { display_name "displayName" } });

/// Reads who is calling.
pub fn me() -> Call<Me> {
    Call::new(
        Method::Get,
        "/api/2.0/preview/scim/v2/Me".into(),
        "asking who is signed in".into(),
        "the workspace".into(),
        "access to the workspace",
    )
}
