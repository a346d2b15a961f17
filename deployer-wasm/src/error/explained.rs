//! The text of a failure whose cause a rule has found.

use super::catalogue::Failure;
use super::entry::Entry;
use super::rules::Rule;
use super::wording::{ends, said_by, with_request};

impl Failure {
    /// The failure's own code and message, with the rule's cause and remedy. What was written is kept behind the
    /// cause.
    pub(super) fn explained(self, rule: &Rule) -> Entry {
        let quote = quoted(&self);
        let next = next(&self);
        let entry = self.entry();
        let cause = if quote.is_empty() { rule.cause.to_owned() } else { format!("{}. {quote}", rule.cause) };
        Entry { cause, remedy: format!("{}{next}", rule.remedy), docs: rule.docs, ..entry }
    }
}

/// What was written, and by whom; empty if it stands in the message or in the log.
fn quoted(failure: &Failure) -> String {
    match failure {
        Failure::NotSignedIn { problem }
        | Failure::Unreachable { problem }
        | Failure::CertificateNotTrusted { problem }
        | Failure::PathMissing { problem, .. } => problem.clone(),
        Failure::UnexpectedAnswer { problem, request, .. }
        | Failure::WorkspaceUnavailable { problem, request, .. } => {
            said_by("The workspace", &with_request(problem, request), "")
        }
        Failure::TokenExpired { problem, .. }
        | Failure::PermissionDenied { problem, .. }
        | Failure::ResourceRefused { problem, .. }
        | Failure::AppUpdateFailed { problem, .. }
        | Failure::ComputeFailed { problem, .. }
        | Failure::LakebaseFailed { problem, .. }
        | Failure::LakebaseQuota { problem, .. }
        | Failure::RestorePointFailed { problem, .. }
        | Failure::AppsUnavailable { problem }
        | Failure::LakebaseUnavailable { problem } => said_by("The workspace", problem, ""),
        Failure::DeploymentFailed { problem, .. } | Failure::AppCrashed { problem, .. } => {
            said_by("The workspace", &ends(problem), "")
        }
        Failure::AppNotReady { problem, .. } => said_by("The app", problem, ""),
        Failure::SchemaFailed { problem, .. } => said_by("The database", problem, ""),
        _ => String::new(),
    }
}

/// What follows the remedy.
fn next(failure: &Failure) -> String {
    match failure {
        Failure::DeploymentFailed { url, .. } | Failure::DeploymentTimeout { url, .. } => {
            format!(", then run it again. The app's log is at {url}/logz")
        }
        Failure::AppCrashed { url, .. } | Failure::AppNotReady { url, .. } => {
            format!(", then run `update`. The app's log is at {url}/logz")
        }
        _ => ", then run it again to resume".to_owned(),
    }
}
