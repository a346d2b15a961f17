//! The texts about what the assistant works with: endpoints, spaces and warehouses.

use super::{DOCS_APP_RESOURCES, Entry, said};

pub(super) fn not_found(what: &str, setting: &str, problem: &str) -> Entry {
    Entry {
        code: "SERVICE_NOT_FOUND",
        message: format!("There is no {what} in this workspace, or you can't see it"),
        cause: said(problem, "It was deleted, is in another workspace, or is mistyped"),
        remedy: format!(
            "Check `{setting}`. If it exists, ask its owner or a workspace admin for access to it. Nothing has been changed"
        ),
        docs: DOCS_APP_RESOURCES,
    }
}

pub(super) fn endpoint_not_ready(name: &str, state: &str) -> Entry {
    Entry {
        code: "SERVING_ENDPOINT_NOT_READY",
        message: format!("The serving endpoint `{name}` can't answer now: it is {state}"),
        cause: "It is still being set up, or that has failed; its page in the workspace says which".into(),
        remedy: "Run it again when the endpoint is ready, ask its owner to repair it, or set `serving_endpoint` to another one. Nothing has been changed".into(),
        docs: DOCS_APP_RESOURCES,
    }
}
