//! The kinds of refusal, and the classification of answers.
//!
//! The status alone is ambiguous: 404 means "no such app" and also "this workspace has no such API", 429
//! means a busy workspace and also an exhausted quota. So the body's `error_code` and the `reason` in its
//! `details` decide first, then the status; the message is considered only if neither has decided, because
//! names in it may contain any word.

use super::body::Body;
use crate::host::WorkspaceResponse;

/// The kinds of refusal that the code distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The resource does not exist.
    NotFound,
    /// The whole API does not exist in this workspace.
    InterfaceMissing,
    /// The name is taken.
    AlreadyExists,
    /// The credential was rejected.
    Unauthenticated,
    /// The caller lacks a permission.
    PermissionDenied,
    /// The caller's OAuth token lacks a scope.
    ScopeMissing,
    /// The caller's address is blocked by an IP access list.
    AddressBlocked,
    /// The workspace is only reachable through a private endpoint.
    PrivateLink,
    /// A sign-in page instead of an answer.
    SignInPage,
    /// Any other redirect.
    Redirected,
    /// An HTTP proxy requires its own authentication.
    ProxyAuthentication,
    /// Too many requests.
    RateLimited,
    /// A quota is exhausted.
    QuotaExceeded,
    /// Temporarily refused: another change of the same resource is in progress.
    Busy,
    /// A value was refused.
    Invalid,
    /// The platform failed, or a gateway in front of it.
    Unavailable,
    /// The connection failed or timed out.
    NoAnswer,
    /// The host has no credential, or does not forward the request.
    Host,
    /// The workspace accepts no requests from this page's origin.
    OtherOrigin,
    /// A complete answer that isn't JSON.
    NotJson,
    /// An answer whose end is missing.
    CutOff,
    /// JSON that isn't the expected answer.
    UnexpectedShape,
    /// Not sent: the run doesn't hold the lock of its app, or no longer.
    Withheld,
    /// Anything else.
    Other,
}

impl ErrorKind {
    pub(super) fn of(response: &WorkspaceResponse, body: &Body) -> Self {
        let status = response.status;
        match status {
            407 => return Self::ProxyAuthentication,
            300..=399 => return Self::of_redirect(response.header("location").unwrap_or_default()),
            _ => {}
        }
        let text = body.message.to_ascii_lowercase();
        let says = |phrase: &str| text.contains(phrase);
        if let Some(kind) = Self::of_name(&body.reason) {
            return kind;
        }
        match body.code.as_str() {
            // The same code is used for an exhausted quota and for a busy workspace; the texts that
            // distinguish them contain no names.
            "RESOURCE_EXHAUSTED" => {
                let full = says("maximum number of") && !says("request");
                return if full { Self::QuotaExceeded } else { Self::RateLimited };
            }
            code => {
                if let Some(kind) = Self::of_name(code) {
                    return kind;
                }
            }
        }
        match status {
            401 => Self::Unauthenticated,
            403 if says("blocked by databricks ip acl") || says("ip access list") => Self::AddressBlocked,
            403 if says("network access to workspace") || says("public access is not allowed") => {
                Self::PrivateLink
            }
            403 if says("does not have required scopes") || says("insufficient_scope") => Self::ScopeMissing,
            403 if body.code == "PERMISSION_DENIED" => Self::PermissionDenied,
            400 | 403 | 409 | 429 if says("maximum number of") && !says("request") => Self::QuotaExceeded,
            429 => Self::RateLimited,
            400 | 403 | 409 if says("quota") || says("limit exceeded") => Self::QuotaExceeded,
            403 => Self::PermissionDenied,
            // A 404 without the platform's code may come from a proxy or a gateway on the way. If it counted as
            // "does not exist", a key would be overwritten, and the data of a running app deleted.
            404 if body.code == "SCIM_404" => Self::NotFound,
            409 if says("reconciliation") || says("in progress") => Self::Busy,
            409 => Self::AlreadyExists,
            400 if says("already exists") || says("is not unique") => Self::AlreadyExists,
            400 if says("in progress")
                || says("app compute needs to be")
                || says("is not in running state")
                || says("please wait before trying again") =>
            {
                Self::Busy
            }
            400 | 422 => Self::Invalid,
            408 | 500..=599 => Self::Unavailable,
            _ => Self::Other,
        }
    }

    /// The meaning of an `error_code` or a `reason` alone. `PERMISSION_DENIED` is distinguished by the
    /// message, as network refusals use it too; `BAD_REQUEST`, `INVALID_PARAMETER_VALUE` and the like add
    /// nothing to the status.
    fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "ENDPOINT_NOT_FOUND" | "FEATURE_DISABLED" => Self::InterfaceMissing,
            "ALREADY_EXISTS" | "RESOURCE_ALREADY_EXISTS" => Self::AlreadyExists,
            "QUOTA_EXCEEDED" | "RESOURCE_LIMIT_EXCEEDED" => Self::QuotaExceeded,
            "REQUEST_LIMIT_EXCEEDED" | "RATE_LIMIT_EXCEEDED" => Self::RateLimited,
            "ABORTED" | "RESOURCE_CONFLICT" => Self::Busy,
            "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" => Self::NotFound,
            "UNAUTHENTICATED" => Self::Unauthenticated,
            "PRIVATE_LINK_VALIDATION_ERROR" => Self::PrivateLink,
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => Self::ScopeMissing,
            "TEMPORARILY_UNAVAILABLE" | "SERVICE_UNDER_MAINTENANCE" | "DEADLINE_EXCEEDED" => {
                Self::Unavailable
            }
            _ => return None,
        })
    }

    /// Classifies a redirect by its target. The target is never shown: it may hold a state or a token.
    fn of_redirect(location: &str) -> Self {
        let location = location.to_ascii_lowercase();
        let leads_to = |part: &str| location.contains(part);
        if leads_to("private-link-validation-error") {
            Self::PrivateLink
        } else if ["login", "signin", "sign-in", "/oidc/", "/oauth2/", "/saml"].into_iter().any(leads_to) {
            Self::SignInPage
        } else {
            Self::Redirected
        }
    }

    /// Classifies a success whose body is an HTML page.
    pub(super) fn of_page(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let holds = |part: &str| text.contains(part);
        if holds("private-link-validation-error") {
            Self::PrivateLink
        } else if ["login", "log in", "signin", "sign-in", "sign in"].into_iter().any(holds) {
            Self::SignInPage
        } else if holds("</html>") {
            Self::NotJson
        } else {
            Self::CutOff
        }
    }
}
