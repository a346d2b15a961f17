//! The texts about who may use the app.

use super::{DOCS_APP_PERMISSIONS, Entry, said};

pub(super) fn grantee_not_found(who: &str, problem: &str) -> Entry {
    Entry {
        code: "GRANTEE_NOT_FOUND",
        message: format!("There is no {who} in this workspace"),
        cause: said(problem, "The name is mistyped, or it was not added to this workspace"),
        remedy:
            "Correct `share_with`, or ask a workspace admin to add it to the workspace, then run it again"
                .into(),
        docs: DOCS_APP_PERMISSIONS,
    }
}
