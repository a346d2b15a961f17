//! The texts about an app's lock.

use super::{DOCS_APPS, Entry};
use crate::error::shortened;
use crate::timestamp::Timestamp;

pub(super) fn held(app: &str, holder: &str, operation: &str, since: Timestamp, path: &str) -> Entry {
    Entry {
        code: "DEPLOY_LOCKED",
        message: format!("{} has been running `{operation}` on app `{app}` since {since}", shortened(holder)),
        cause: format!("Only one deployment of an app runs at a time; the lock `{path}` is being renewed"),
        remedy: "Wait until it has finished, then run the same command again. If the other deployer was \
                 killed, its lock is taken over after about a minute"
            .into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn elsewhere(app: &str, path: &str, folder: &str) -> Entry {
    Entry {
        code: "LOCK_ELSEWHERE",
        message: format!("The lock `{path}` doesn't protect a deployment of `{app}` from `{folder}`"),
        cause: "You can't write to `/Workspace/Shared`, where an app's lock is, and deployments from another folder \
                don't see a lock in the app's own folder"
            .into(),
        remedy: "Run it again without `app_file_workspace_path`, to deploy from the present folder; or ask a workspace \
                 admin for write access to `/Workspace/Shared/.tellr`. Nothing has been changed"
            .into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn lost(app: &str, holder: Option<String>) -> Entry {
    Entry {
        code: "LOCK_LOST",
        message: match &holder {
            Some(holder) => format!("{} took over the lock on app `{app}`", shortened(holder)),
            None => format!("This deployer lost its lock on app `{app}`"),
        },
        cause: "The lock could not be renewed in time, for example because the machine slept or the workspace did \
                not answer"
            .into(),
        remedy: "Wait until the other run has finished, then run the same command again: it resumes from there"
            .into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn app_deleted(app: &str, by: Option<String>) -> Entry {
    let by = by.as_deref().map_or_else(|| "Another run".to_owned(), shortened);
    Entry {
        code: "APP_DELETED",
        message: format!("{by} deleted the app `{app}` while this run waited for its lock"),
        cause: "Another run on the same app finished first; this one has changed nothing".into(),
        remedy: "Use `create` to deploy it again".into(),
        docs: DOCS_APPS,
    }
}
