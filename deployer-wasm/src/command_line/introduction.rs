//! The first line of a run: the workspace and the user.

use super::text::printable;
use crate::error::shortened;

/// The workspace at `host` with the user, as far as known, and the profile that it comes from.
#[must_use]
pub fn workspace(host: &str, user: Option<&str>, profile: Option<&str>) -> String {
    let user = user.map(|user| format!(" as {}", name(user))).unwrap_or_default();
    let profile = profile.map(|name| format!(" (profile `{}`)", printable(name))).unwrap_or_default();
    format!("Workspace {host}{user}{profile}\n")
}

/// The user, where the workspace was printed before.
#[must_use]
pub fn user(user: &str) -> String {
    format!("Signed in as {}\n", name(user))
}

fn name(user: &str) -> String {
    printable(&shortened(user))
}
