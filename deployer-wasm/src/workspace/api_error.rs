//! Refusals: parses every form of error body that the platform writes, and classifies it.
//!
//! [`body`] parses what a refusal says, [`kind`] classifies it, and this file combines it with the action, up
//! to the entry of the catalogue.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::decode::Mismatch;
use crate::error::{DeployError, Failure};
use crate::host::{HostError, HostErrorKind, WorkspaceResponse};

mod body;
mod kind;

use body::{Body, request_id};
pub use kind::ErrorKind;

/// A failed request. Boxed, as every call of a deployment can return one, and it is large.
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

/// The details of a refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of refusal.
    pub kind: ErrorKind,
    /// The platform's own code, such as `RESOURCE_DOES_NOT_EXIST`; may be empty.
    pub code: String,
    /// The platform's own message.
    pub message: String,
    /// The id of the request, by which the platform's support finds it; may be empty.
    pub request: String,
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// The action, its target and the permission it requires: see [`super::Call`].
    pub doing: String,
    /// See [`super::Call::what`].
    pub what: String,
    /// See [`super::Call::needed`].
    pub needed: &'static str,
    /// How long this call was retried before giving up.
    pub waited: Duration,
    /// Whether an earlier attempt may have had its effect, with the answer lost.
    pub uncertain: bool,
    /// The API that was called.
    pub interface: Interface,
}

/// The platform's APIs, as far as the absence of one matters.
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

impl ApiError {
    /// Parses a refusal. `response.status` is not a success.
    pub(super) fn from_response(response: &WorkspaceResponse) -> Self {
        let body = Body::read(&response.body, response.status);
        let request = Some(body.request.clone())
            .filter(|id| !id.is_empty())
            .or_else(|| response.header("x-request-id").map(request_id));
        let mut error = Self::new(ErrorKind::of(response, &body), response.status, body.code, body.message);
        error.request = request.unwrap_or_default();
        error
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

    /// Whether the cause is a certificate or a proxy, so that a retry doesn't help.
    pub(super) fn is_kept_away(&self) -> bool {
        let failure = no_answer(self.message.clone());
        matches!(failure, Failure::ProxyAuthentication { .. } | Failure::CertificateNotTrusted { .. })
    }

    /// A success whose body isn't JSON. The parser reports a position, and never a part of the answer, which
    /// may hold a secret.
    pub(super) fn not_json(response: &WorkspaceResponse, problem: &serde_json::Error) -> Self {
        let body = Body::read(&response.body, response.status);
        let (kind, message) = if body.is_page {
            (ErrorKind::of_page(&response.body), format!("it is an HTML page: {}", body.message))
        } else {
            let kind = if problem.is_eof() { ErrorKind::CutOff } else { ErrorKind::NotJson };
            (kind, format!("it isn't JSON ({problem})"))
        };
        Self::new(kind, response.status, String::new(), message)
    }

    /// A success whose body is JSON, but not the expected answer.
    pub(super) fn unexpected_shape(status: u16, mismatch: &Mismatch) -> Self {
        Self::new(ErrorKind::UnexpectedShape, status, String::new(), mismatch.to_string())
    }

    /// A list that doesn't end after `pages` pages.
    pub(super) fn endless_list(pages: usize) -> Self {
        let problem = format!("The list has more than {pages} pages");
        Self::new(ErrorKind::UnexpectedShape, 200, String::new(), problem)
    }

    /// A request that was not sent, because the run doesn't hold the lock of its app.
    pub(crate) fn withheld() -> Self {
        let message = "The run doesn't hold the lock of its app".to_owned();
        Self::new(ErrorKind::Withheld, 0, String::new(), message)
    }

    /// Whether the same request may succeed on retry.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::NoAnswer
                | ErrorKind::RateLimited
                | ErrorKind::Unavailable
                | ErrorKind::NotJson
                | ErrorKind::CutOff
        )
    }

    fn new(kind: ErrorKind, status: u16, code: String, message: String) -> Self {
        let (doing, what) = (String::new(), String::new());
        Self(Box::new(Refusal {
            kind,
            code,
            message,
            request: String::new(),
            status,
            doing,
            what,
            needed: "",
            waited: Duration::ZERO,
            uncertain: false,
            interface: Interface::Other,
        }))
    }

    /// Whether the resource does not exist (while the API does).
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// The platform's own message.
    pub fn into_message(self) -> String {
        self.0.message
    }

    /// The platform's own message with the status, its code and the request's id, for a failure that names none of
    /// them.
    pub fn into_problem(self) -> String {
        let Refusal { message, status, code, request, .. } = *self.0;
        let status = if status == 0 { String::new() } else { status.to_string() };
        let id = if request.is_empty() { String::new() } else { format!("request id {request}") };
        let parts: Vec<&str> =
            [status.as_str(), &code, &id].into_iter().filter(|part| !part.is_empty()).collect();
        match (message.is_empty(), parts.is_empty()) {
            (_, true) => message,
            (true, false) => parts.join(", "),
            (false, false) => format!("{message} ({})", parts.join(", ")),
        }
    }

    /// Whether this is of `kind`.
    pub fn is(&self, kind: ErrorKind) -> bool {
        self.kind == kind
    }

    /// Whether the request may have had its effect all the same.
    pub(super) fn may_have_had_its_effect(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::NoAnswer | ErrorKind::Unavailable | ErrorKind::NotJson | ErrorKind::CutOff
        )
    }

    /// Whether the platform's message contains `phrase`, ignoring case.
    pub fn says(&self, phrase: &str) -> bool {
        self.message.to_ascii_lowercase().contains(&phrase.to_ascii_lowercase())
    }

    /// The catalogue's entry for a refusal that no step handles specially.
    pub fn into_failure(self) -> Failure {
        let Refusal { kind, code, message, request, status, doing, what, needed, waited, interface, .. } =
            *self.0;
        match kind {
            ErrorKind::InterfaceMissing if interface == Interface::Apps => {
                Failure::AppsUnavailable { problem: message }
            }
            ErrorKind::InterfaceMissing if interface == Interface::Lakebase => {
                Failure::LakebaseUnavailable { problem: message }
            }
            ErrorKind::NotJson | ErrorKind::CutOff | ErrorKind::UnexpectedShape => {
                Failure::UnreadableAnswer { doing, status, problem: message }
            }
            ErrorKind::SignInPage => Failure::SignInPage { doing },
            ErrorKind::Redirected => Failure::Redirected { doing },
            ErrorKind::PrivateLink => Failure::PrivateLink { problem: message },
            ErrorKind::AddressBlocked => Failure::AddressBlocked { problem: message },
            ErrorKind::ScopeMissing => Failure::ScopeMissing { doing, problem: message },
            ErrorKind::ProxyAuthentication => Failure::ProxyAuthentication { problem: message },
            ErrorKind::NoAnswer => no_answer(message),
            ErrorKind::OtherOrigin => Failure::OriginRefused { problem: message },
            ErrorKind::Host | ErrorKind::Withheld => Failure::NotPassedOn { doing, problem: message },
            ErrorKind::Unauthenticated if status == 0 => Failure::NotSignedIn { problem: message },
            ErrorKind::Unauthenticated => Failure::TokenExpired { doing, problem: message },
            ErrorKind::PermissionDenied => {
                Failure::PermissionDenied { doing, what, needed: needed.to_owned(), problem: message }
            }
            ErrorKind::RateLimited => Failure::RateLimited { doing, waited },
            ErrorKind::Unavailable => {
                Failure::WorkspaceUnavailable { doing, status, code, request, problem: message }
            }
            _ => Failure::UnexpectedAnswer { doing, status, code, request, problem: message },
        }
    }
}

/// The cause of a missing answer, according to the host's message. Each host uses a different library's
/// wording.
fn no_answer(problem: String) -> Failure {
    let text = problem.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(&["proxy authentication", "proxy authorization"]) {
        Failure::ProxyAuthentication { problem }
    } else if says(&["certificate", "unknownissuer", "self-signed", "self signed"]) {
        Failure::CertificateNotTrusted { problem }
    } else if says(&[
        "dns error",
        "failed to lookup",
        "name or service not known",
        "nodename nor servname",
        "getaddrinfo",
        "name resolution",
        "no address associated",
        "failed to resolve",
    ]) {
        Failure::HostNotFound { problem }
    } else {
        Failure::Unreachable { problem }
    }
}

impl From<ApiError> for DeployError {
    fn from(error: ApiError) -> Self {
        error.into_failure().into()
    }
}

#[cfg(test)]
mod tests;
