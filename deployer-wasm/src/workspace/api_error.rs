//! Refusals: reading every error body the platform writes, and saying what kind each is.
//!
//! A status alone does not tell. 404 is "no such app" and also "this workspace has no such
//! interface"; 400 is a bad value, a taken name and "not now". So the body's `error_code` and, as
//! the last resort, known phrases of its text decide, and they do so in this one file.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use serde_json::Value;

use crate::error::{DeployError, Failure};
use crate::host::{HostError, HostErrorKind, WorkspaceResponse};
use crate::json;

/// A request that did not end well. Boxed, as every call of a deployment can return one: code that moves
/// a large one along, in so many places, is a part of what a page downloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Box<Refusal>);

impl Deref for ApiError {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl DerefMut for ApiError {
    fn deref_mut(&mut self) -> &mut Refusal {
        &mut self.0
    }
}

/// What is known of a refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What happened.
    pub kind: ErrorKind,
    /// The platform's own name for it, such as `RESOURCE_DOES_NOT_EXIST`; may be empty.
    pub code: String,
    /// The platform's own words.
    pub message: String,
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// What was being done, on what, and which right it takes: see [`super::Call`].
    pub doing: String,
    /// See [`super::Call::what`].
    pub what: String,
    /// See [`super::Call::needed`].
    pub needed: &'static str,
    /// How long this call was tried before giving up.
    pub waited: Duration,
    /// Whether an earlier attempt may have had its effect, with the answer lost.
    pub uncertain: bool,
    /// Which of the platform's interfaces was asked.
    pub interface: Interface,
}

/// The platform's interfaces, as far as a missing one has a meaning of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interface {
    /// `/api/2.0/apps`.
    Apps,
    /// `/api/2.0/postgres` and `/api/2.0/database`.
    Lakebase,
    /// Any other.
    Other,
}

impl Interface {
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with("/api/2.0/apps") {
            Self::Apps
        } else if path.starts_with("/api/2.0/postgres") || path.starts_with("/api/2.0/database") {
            Self::Lakebase
        } else {
            Self::Other
        }
    }
}

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
    /// The caller lacks a right.
    PermissionDenied,
    /// Too many requests.
    RateLimited,
    /// A quota is used up.
    QuotaExceeded,
    /// Not now: something else is going on with the same thing.
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
    /// An answer that can't be read.
    Unreadable,
    /// Anything else.
    Other,
}

impl ErrorKind {
    fn of(status: u16, code: &str, message: &str) -> Self {
        let text = message.to_ascii_lowercase();
        let says = |phrase: &str| text.contains(phrase);
        // A full workspace answers with the code of a busy one; trying again does not help.
        let full = says("maximum number of") && !says("request");
        match code {
            "ENDPOINT_NOT_FOUND" | "FEATURE_DISABLED" => return Self::InterfaceMissing,
            "ALREADY_EXISTS" | "RESOURCE_ALREADY_EXISTS" => return Self::AlreadyExists,
            "QUOTA_EXCEEDED" | "RESOURCE_LIMIT_EXCEEDED" => return Self::QuotaExceeded,
            "ABORTED" => return Self::Busy,
            "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND" => return Self::NotFound,
            "PERMISSION_DENIED" => return Self::PermissionDenied,
            "RESOURCE_EXHAUSTED" | "REQUEST_LIMIT_EXCEEDED" if !full => return Self::RateLimited,
            _ => {}
        }
        // Names may hold any word, so words count only where no code has decided.
        let full = full || status != 429 && (says("quota") || says("limit exceeded"));
        if full && matches!(status, 400 | 403 | 409 | 429) {
            return Self::QuotaExceeded;
        }
        match status {
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            409 if code == "RESOURCE_CONFLICT" || says("reconciliation") || says("in progress") => Self::Busy,
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
}

impl ApiError {
    /// Reads a refusal. `response.status` is not a success.
    pub(super) fn from_response(response: &WorkspaceResponse) -> Self {
        let (code, message) = read_body(&response.body, response.status);
        Self::new(ErrorKind::of(response.status, &code, &message), response.status, code, message)
    }

    pub(crate) fn from_host(error: HostError) -> Self {
        let kind = match error.kind {
            HostErrorKind::Connection | HostErrorKind::Timeout => ErrorKind::NoAnswer,
            HostErrorKind::Credential => ErrorKind::Unauthenticated,
            HostErrorKind::Refused => ErrorKind::Host,
            HostErrorKind::Origin => ErrorKind::OtherOrigin,
        };
        Self::new(kind, 0, String::new(), error.message)
    }

    pub(super) fn unreadable(status: u16, problem: Option<json::NotJson>) -> Self {
        // Never with a part of the answer, which may hold a secret.
        let place = match problem {
            None => "the answer is JSON of another shape".to_owned(),
            Some(problem) => format!("the answer is {problem}"),
        };
        Self::new(ErrorKind::Unreadable, status, String::new(), place)
    }

    fn new(kind: ErrorKind, status: u16, code: String, message: String) -> Self {
        let (doing, what) = (String::new(), String::new());
        Self(Box::new(Refusal {
            kind,
            code,
            message,
            status,
            doing,
            what,
            needed: "",
            waited: Duration::ZERO,
            uncertain: false,
            interface: Interface::Other,
        }))
    }

    /// Whether the thing does not exist (while the interface does).
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// The platform's own words.
    pub fn into_message(self) -> String {
        self.0.message
    }

    /// Whether this is of `kind`.
    pub fn is(&self, kind: ErrorKind) -> bool {
        self.kind == kind
    }

    /// Whether the request may have had its effect all the same.
    pub(super) fn may_have_had_its_effect(&self) -> bool {
        matches!(self.kind, ErrorKind::NoAnswer | ErrorKind::Unavailable | ErrorKind::Unreadable)
    }

    /// Whether the platform's words hold `phrase`, whatever the case.
    pub fn says(&self, phrase: &str) -> bool {
        self.message.to_ascii_lowercase().contains(&phrase.to_ascii_lowercase())
    }

    /// The catalogue's entry for a refusal that no step has better words for.
    pub fn into_failure(self) -> Failure {
        let Refusal { kind, code, message, status, doing, what, needed, waited, interface, .. } = *self.0;
        match kind {
            ErrorKind::InterfaceMissing if interface == Interface::Apps => {
                Failure::AppsUnavailable { problem: message }
            }
            ErrorKind::InterfaceMissing if interface == Interface::Lakebase => {
                Failure::LakebaseUnavailable { problem: message }
            }
            ErrorKind::Unreadable => Failure::UnreadableAnswer { doing, status, problem: message },
            ErrorKind::Other if (300..400).contains(&status) => Failure::Redirected { doing },
            ErrorKind::NoAnswer => Failure::Unreachable { problem: message },
            ErrorKind::OtherOrigin => Failure::OriginRefused { problem: message },
            ErrorKind::Host => Failure::NotPassedOn { doing, problem: message },
            ErrorKind::Unauthenticated if status == 0 => Failure::NotSignedIn { problem: message },
            ErrorKind::Unauthenticated => Failure::TokenExpired { doing },
            ErrorKind::PermissionDenied => {
                Failure::PermissionDenied { doing, what, needed: needed.to_owned(), problem: message }
            }
            ErrorKind::RateLimited => Failure::RateLimited { doing, waited },
            ErrorKind::Unavailable => Failure::WorkspaceUnavailable { doing, status, problem: message },
            _ => Failure::UnexpectedAnswer { doing, status, code, problem: message },
        }
    }
}

impl From<ApiError> for DeployError {
    fn from(error: ApiError) -> Self {
        error.into_failure().into()
    }
}

/// The code and the words of an error body, whichever of the platform's shapes it has.
fn read_body(body: &str, status: u16) -> (String, String) {
    if let Ok(Value::Object(object)) = json::parse(body) {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(detail) = text("detail") {
            let scim = text("scimType").map(|kind| format!("{kind} {detail}")).unwrap_or(detail);
            return (format!("SCIM_{status}"), scim);
        }
        let code = text("error_code").unwrap_or_default();
        let message = text("message")
            .or_else(|| text("error_description"))
            .or_else(|| text("error"))
            .unwrap_or_default();
        return (code, message);
    }
    let body = body.trim();
    if body.starts_with('<') {
        return (String::new(), html_text(body));
    }
    if let Some((code, message)) = body.split_once(':')
        && !code.is_empty()
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    {
        return (code.to_owned(), message.trim().to_owned());
    }
    (String::new(), body.chars().take(300).collect())
}

/// The text of the `<pre>`, else of the `<title>`, of an HTML error page.
fn html_text(page: &str) -> String {
    for tag in ["pre", "title"] {
        let text = page
            .split_once(&format!("<{tag}>"))
            .and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")))
            .map(|(text, _)| text.trim());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            return text.chars().take(300).collect();
        }
    }
    "an HTML page instead of an answer, perhaps from a gateway".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &str) -> ErrorKind {
        ApiError::from_response(&WorkspaceResponse { status, headers: vec![], body: body.into() }).kind
    }

    #[test]
    fn every_shape_of_error_body_is_read() {
        let cases = [
            (404, r#"{"error_code":"NOT_FOUND","message":"project id not found"}"#, "project id not found"),
            (400, r#"{"error_code":3,"message":"x"}"#, "x"),
            (500, r#"{"error":"ERROR: TypeError: y"}"#, "ERROR: TypeError: y"),
            (404, r#"{"detail":"User not found","status":"404"}"#, "User not found"),
            (400, "MALFORMED_REQUEST: malformed parameters", "malformed parameters"),
            (403, "<html><pre> no access </pre></html>", "no access"),
            (502, "<html><title>Bad Gateway</title></html>", "Bad Gateway"),
            (401, r#"{"error":"invalid_client","error_description":"unknown secret"}"#, "unknown secret"),
            (503, "", ""),
        ];
        for (status, body, words) in cases {
            assert_eq!(read_body(body, status).1, words, "{body}");
        }
    }

    #[test]
    fn a_refusal_on_the_way_is_not_put_into_the_workspaces_mouth() {
        let message = "Only workspace admins may deploy from here".to_owned();
        let mut error = ApiError::from_host(HostError { kind: HostErrorKind::Refused, message });
        error.doing = "asking who you are".into();
        let error = DeployError::from(error);
        assert_eq!(error.code, "NOT_PASSED_ON");
        assert_eq!(error.cause, "Only workspace admins may deploy from here");
    }

    #[test]
    fn a_missing_interface_is_not_a_missing_thing() {
        assert_eq!(
            kind(404, r#"{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}"#),
            ErrorKind::InterfaceMissing
        );
        assert_eq!(
            kind(404, r#"{"error_code":"NOT_FOUND","message":"project id not found"}"#),
            ErrorKind::NotFound
        );
    }

    #[test]
    fn not_found_is_told_by_status_and_code_and_never_by_words_alone() {
        assert_eq!(
            kind(500, r#"{"error_code":"INTERNAL_ERROR","message":"backend not found"}"#),
            ErrorKind::Unavailable
        );
        assert_eq!(
            kind(403, r#"{"error_code":"PERMISSION_DENIED","message":"does not exist"}"#),
            ErrorKind::PermissionDenied
        );
    }

    #[test]
    fn a_name_may_hold_any_word() {
        let taken = r#"{"error_code":"RESOURCE_ALREADY_EXISTS","message":"Path (/quota-app/lock.json) already exists"}"#;
        assert_eq!(kind(400, taken), ErrorKind::AlreadyExists);
        let denied = r#"{"error_code":"PERMISSION_DENIED","message":"no right on quota-app"}"#;
        assert_eq!(kind(403, denied), ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_full_workspace_is_told_from_a_busy_one() {
        let full = r#"{"error_code":"RESOURCE_EXHAUSTED","message":"The maximum number of apps for your workspace is 100"}"#;
        assert_eq!(kind(429, full), ErrorKind::QuotaExceeded);
        let busy = r#"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"quota of requests: the maximum number of requests"}"#;
        assert_eq!(kind(429, busy), ErrorKind::RateLimited);
    }

    #[test]
    fn a_taken_name_is_recognised_in_all_its_shapes() {
        for (status, body) in [
            (409, r#"{"error_code":"ALREADY_EXISTS","message":"m"}"#),
            (409, r#"{"error_code":"RESOURCE_ALREADY_EXISTS","message":"m"}"#),
            (400, r#"{"error_code":"BAD_REQUEST","message":"role with that name already exists"}"#),
            (409, r#"{"error_code":"","message":"Instance name is not unique"}"#),
        ] {
            assert_eq!(kind(status, body), ErrorKind::AlreadyExists, "{body}");
        }
    }
}
