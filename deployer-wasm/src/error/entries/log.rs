//! The texts about reading an app's log.

use super::{DOCS_APP_AUTH, DOCS_APPS, Entry};

pub(super) fn refused(app: &str, status: u16, personal: bool) -> Entry {
    let (cause, remedy) = if personal {
        (
            "The credential is a personal access token, and the URLs of apps only accept OAuth tokens".to_owned(),
            "Sign in with `databricks auth login` and use that profile; for programs, use the client id and secret of \
             a service principal"
                .to_owned(),
        )
    } else {
        (
            format!("The app's URL answered with status {status}: it doesn't accept the credential, or you lack a permission on the app"),
            "Ask the app's owner or a workspace admin for CAN MANAGE on the app; if you have it, sign in again".to_owned(),
        )
    };
    Entry {
        code: "LOG_REFUSED",
        message: format!("The log of app `{app}` can't be read with this credential"),
        cause,
        remedy,
        docs: DOCS_APP_AUTH,
    }
}

pub(super) fn unreachable(app: &str, compute: &str, problem: &str) -> Entry {
    let runs = matches!(compute, "ACTIVE" | "UPDATING");
    Entry {
        code: "LOG_UNREACHABLE",
        message: format!("The log of app `{app}` can't be read"),
        cause: if runs {
            if problem.is_empty() { "The app's URL gave no answer".to_owned() } else { problem.to_owned() }
        } else {
            format!("Its compute is {compute}, and the log is only readable while the compute is running")
        },
        remedy: if runs {
            "Check that the app's URL can be opened from this machine, and run it again".into()
        } else {
            "Start the app in the workspace under Compute > Apps, then run it again".into()
        },
        docs: DOCS_APPS,
    }
}
