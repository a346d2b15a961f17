//! A finding: what, how severe, who can fix it, and how.

use serde::Serialize;

use crate::error::{DeployError, ErrorClass, blank_secrets};

/// One finding of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Finding {
    /// What was checked, such as `app`, `database` or `rights`.
    pub check: String,
    /// How severe it is.
    pub severity: Severity,
    /// What was found; a sentence without a full stop.
    pub message: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Who can fix it; absent if nothing is to be fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Fixer>,
    /// How it is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// The code of the error with which a run would stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How severe a finding is, the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Severity {
    /// A deployment would stop.
    Error,
    /// A deployment may stop, takes longer, or can't check something.
    Warning,
    /// As it should be.
    Ok,
}

/// Who can fix a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Fixer {
    /// The caller.
    You,
    /// The owner of the app, or another user who manages it.
    AppOwner,
    /// An admin of the workspace.
    WorkspaceAdmin,
    /// An admin of the account.
    AccountAdmin,
    /// The platform's support.
    Databricks,
    /// No action is needed.
    NoAction,
}

impl Fixer {
    /// Who it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::AppOwner => "the app's owner",
            Self::WorkspaceAdmin => "a workspace admin",
            Self::AccountAdmin => "an account admin",
            Self::Databricks => "Databricks",
            Self::NoAction => "no action needed",
        }
    }

    /// Who can remove the cause of an error.
    fn of(error: &DeployError) -> Self {
        if error.class == ErrorClass::Input {
            return Self::You;
        }
        match error.code.as_str() {
            "PERMISSION_DENIED" if error.message.contains("the app `") => Self::AppOwner,
            "PERMISSION_DENIED"
            | "ADDRESS_BLOCKED"
            | "APP_QUOTA"
            | "APPS_UNAVAILABLE"
            | "LAKEBASE_QUOTA"
            | "LAKEBASE_UNAVAILABLE"
            | "SECRET_SCOPE_QUOTA"
            | "SERVICE_NOT_FOUND"
            | "SERVING_ENDPOINT_NOT_READY"
            | "USER_AUTHORIZATION_OFF" => Self::WorkspaceAdmin,
            "PRIVATE_LINK_REQUIRED" => Self::AccountAdmin,
            "WORKSPACE_UNAVAILABLE" | "UNREADABLE_ANSWER" | "UNEXPECTED_ANSWER" => Self::Databricks,
            "KEY_MISSING" | "COMPUTE_FAILED" => Self::AppOwner,
            _ => Self::You,
        }
    }
}

impl Finding {
    /// As it should be.
    pub(super) fn ok(check: &str, message: String) -> Self {
        Self::new(check, Severity::Ok, message)
    }

    /// A deployment may stop, takes longer, or can't check something.
    pub(super) fn warning(check: &str, message: String) -> Self {
        Self::new(check, Severity::Warning, message)
    }

    /// A deployment would stop.
    pub(super) fn error(check: &str, message: String) -> Self {
        Self::new(check, Severity::Error, message)
    }

    /// A deployment would stop with this error.
    pub(super) fn refused(check: &str, error: DeployError) -> Self {
        Self {
            cause: Some(error.cause.clone()),
            who: Some(Fixer::of(&error)),
            how: Some(error.remedy.clone()),
            code: Some(error.code.clone()),
            ..Self::new(check, Severity::Error, error.message.clone())
        }
    }

    /// The same with its cause.
    pub(super) fn because(self, cause: String) -> Self {
        Self { cause: Some(blank_secrets(&cause)).filter(|cause| !cause.is_empty()), ..self }
    }

    /// The same with who can fix it, and how.
    pub(super) fn by(self, who: Fixer, how: &str) -> Self {
        Self { who: Some(who), how: Some(how.to_owned()), ..self }
    }

    /// Whether a reader learns the same from both.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.severity == other.severity && self.message == other.message
    }

    fn new(check: &str, severity: Severity, message: String) -> Self {
        Self { check: check.to_owned(), severity, message, cause: None, who: None, how: None, code: None }
    }
}
