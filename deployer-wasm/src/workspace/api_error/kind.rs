//! The kinds of refusal, and which one an answer is.
//!
//! A status alone does not tell: 404 is "no such app" and also "this workspace has no such interface", 429
//! is a busy workspace and also a full one. So the body's `error_code` and the `reason` in its `details`
//! decide first, then the status; words count only where neither has decided, because the names in
//! them may hold any word.

use super::body::Body;
use crate::host::WorkspaceResponse;

/// The kinds of refusal that code decides on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The thing does not exist.
    NotFound,
    /// The whole interface does not exist in this workspace.
    InterfaceMissing,
    /// The name is taken.
    AlreadyExists,
    /// The credential isn't accepted.
    Unauthenticated,
    /// The caller lacks a permission.
    PermissionDenied,
    /// The caller's OAuth token lacks a scope.
    ScopeMissing,
    /// The caller's address is blocked by an IP access list.
    AddressBlocked,
    /// The workspace is only reachable through a private endpoint.
    PrivateLink,
    /// A page to sign in on, instead of an answer.
    SignInPage,
    /// Any other redirect.
    Redirected,
    /// An HTTP proxy on the way wants a sign-in of its own.
    ProxyAuthentication,
    /// Too many requests.
    RateLimited,
    /// A quota is used up.
    QuotaExceeded,
    /// Not now: another change of the same thing is in progress.
    Busy,
    /// A value was refused.
    Invalid,
    /// The platform failed, or a gateway in front of it.
    Unavailable,
    /// The connection failed or there was no answer in time.
    NoAnswer,
    /// The host has no credential, or does not pass the request on.
    Host,
    /// The workspace answers no page of this origin.
    OtherOrigin,
    /// An answer that isn't JSON.
    NotJson,
    /// JSON that isn't the expected answer.
    UnexpectedShape,
    /// It was not sent: the run doesn't hold the lock of its app, or not any more.
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
            // One code for a full workspace and for a busy one; no name stands in what tells them apart.
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
            404 => Self::NotFound,
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

    /// What an `error_code` or a `reason` says by itself. `PERMISSION_DENIED` is told apart by the words, as
    /// the network's refusals bear it too; `BAD_REQUEST`, `INVALID_PARAMETER_VALUE` and the like say no more
    /// than the status.
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

    /// Where a redirect leads says what it is. Only the place is looked at, never shown: it may hold a state
    /// or a token.
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

    /// What a success is that holds a page.
    pub(super) fn of_page(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let holds = |part: &str| text.contains(part);
        if holds("private-link-validation-error") {
            Self::PrivateLink
        } else if ["login", "log in", "signin", "sign-in", "sign in"].into_iter().any(holds) {
            Self::SignInPage
        } else {
            Self::NotJson
        }
    }
}
