//! Direct access to a workspace with a token supplied by the page: diagnosing why a request had no answer.
//!
//! Databricks' own workspaces accept no requests from other origins, and a browser doesn't tell a page why a
//! request failed: a CORS refusal, an unknown host name and a lost connection are all the same `TypeError`.
//! After a failure, the page therefore sends a second request in `no-cors` mode, without a credential and
//! without access to the answer. Whether anything answers it distinguishes a CORS refusal from an unreachable
//! address.

use crate::error::Failure;
use crate::host::{HostError, HostErrorKind};

/// What the second request shows about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Something answers.
    Answers,
    /// Nothing does.
    Silent,
    /// The page is isolated from other origins, so the browser would block the answer to the second request.
    Unknown,
}

/// A request that failed in the browser without an answer.
#[derive(Debug, Clone, Copy)]
pub struct Unanswered<'a> {
    /// Where it was sent to.
    pub workspace: &'a str,
    /// The origin of the page.
    pub origin: &'a str,
    /// The browser's message.
    pub said: &'a str,
}

impl Unanswered<'_> {
    /// Why the first request had no answer, given what the second request showed about the address.
    pub fn at_first(&self, address: Address) -> HostError {
        let Self { workspace, origin, said } = self;
        let (kind, message) = match address {
            Address::Answers => (
                HostErrorKind::Origin,
                format!(
                    "`{workspace}` answers, but the browser blocks its answers: they have no CORS headers for the origin `{origin}`. Databricks workspaces never send them"
                ),
            ),
            Address::Silent => (
                HostErrorKind::Connection,
                format!(
                    "No server can be reached at `{workspace}` from this page ({said}). The address may be wrong, or the page's Content-Security-Policy allows no requests to it"
                ),
            ),
            Address::Unknown => (
                HostErrorKind::Connection,
                format!(
                    "Either no server can be reached at `{workspace}`, or its answers have no CORS headers for the origin `{origin}` ({said}); this page is cross-origin isolated, so the browser doesn't show which"
                ),
            ),
        };
        HostError { kind, message }
    }

    /// Why a later request had no answer. The workspace has accepted this page's origin before, so the cause
    /// is the connection, or a gateway's own answer, which has no CORS headers.
    pub fn later(&self) -> HostError {
        let Self { workspace, said, .. } = self;
        let message = format!("The connection to `{workspace}` was interrupted ({said})");
        HostError { kind: HostErrorKind::Connection, message }
    }
}

/// Whether `text` can be sent as a token in a header.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The page supplied no token for a request; `why` doesn't contain one either.
pub fn no_token(why: &str) -> HostError {
    HostError {
        kind: HostErrorKind::Credential,
        message: format!("The page's function `token` returned no token: {why}"),
    }
}

/// A page can't connect to a database by itself.
pub fn no_sql() -> Failure {
    Failure::SqlUnavailable {
        problem: "A page can't connect to PostgreSQL, and its host has no function `schema` that does".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::DeployError;
    use crate::workspace::ApiError;

    const LOST: Unanswered<'_> = Unanswered {
        workspace: "https://dbc-1.example.com",
        origin: "http://localhost:5173",
        said: "TypeError: Failed to fetch",
    };

    /// The error to show.
    fn told(error: HostError) -> DeployError {
        ApiError::from_host(error).into()
    }

    #[test]
    fn a_workspace_that_lets_no_page_in_is_told_with_the_origin_and_the_way_around() {
        let error = told(LOST.at_first(Address::Answers));
        assert_eq!(error.code, "ORIGIN_REFUSED");
        for part in ["CORS", "`http://localhost:5173`", "`https://dbc-1.example.com`"] {
            assert!(error.cause.contains(part), "{error:#?}");
        }
        assert!(error.remedy.contains("`tellr-app deploy-page`"), "{error:#?}");
    }

    #[test]
    fn an_address_where_nobody_answers_is_told_as_that_and_worth_another_try() {
        let error = LOST.at_first(Address::Silent);
        assert_eq!(error.kind, HostErrorKind::Connection);
        let error = told(error);
        assert_eq!(error.code, "WORKSPACE_UNREACHABLE");
        assert!(error.cause.contains("Failed to fetch") && !error.cause.contains("CORS"), "{error:#?}");
    }

    #[test]
    fn a_page_that_can_not_find_out_is_told_both() {
        let error = told(LOST.at_first(Address::Unknown));
        assert!(
            error.cause.contains("CORS") && error.cause.contains("no server can be reached"),
            "{error:#?}"
        );
    }

    #[test]
    fn a_workspace_that_did_answer_is_not_said_to_refuse() {
        let error = LOST.later();
        assert_eq!(error.kind, HostErrorKind::Connection);
        assert!(error.message.contains("was interrupted") && !error.message.contains("CORS"), "{error:?}");
    }

    #[test]
    fn what_would_break_a_header_is_no_token() {
        for good in ["dapi-0123abcd", "eyJhbGciOi.J9.x_y-z="] {
            assert!(is_token(good), "{good}");
        }
        for bad in ["", "two words", "a\r\nx: y", "tab\t", "ü"] {
            assert!(!is_token(bad), "{bad:?}");
        }
        assert_eq!(told(no_token("it threw")).code, "NOT_SIGNED_IN");
    }

    #[test]
    fn what_a_page_can_not_do_is_told_with_a_way() {
        let error: DeployError = no_sql().into();
        assert_eq!(error.code, "SQL_UNAVAILABLE");
        assert!(error.remedy.contains("`schema`") && error.remedy.contains("`tellr-app deploy-page`"));
    }
}
