//! Straight to a workspace, with a token of the page's: what can be known and said about it.
//!
//! Databricks' own workspaces answer no page of another origin, and a browser doesn't tell a page
//! why it got no answer: a refusal by the browser for the page's origin, a name that doesn't exist
//! and a cable that is unplugged are one `TypeError`. So whoever gets none asks once more in a way
//! that needs nobody's leave, without a credential and without being able to read the answer. That
//! something answers is all one learns from it, and it is what makes the difference.

use crate::error::Failure;
use crate::host::{HostError, HostErrorKind};

/// What asking once more tells of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Something answers.
    Answers,
    /// Nothing does.
    Silent,
    /// The page is isolated from other origins, so that the browser would let no such answer in.
    Unknown,
}

/// A request that the browser let go without an answer.
#[derive(Debug, Clone, Copy)]
pub struct Unanswered<'a> {
    /// Where it was sent to.
    pub workspace: &'a str,
    /// The origin of the page.
    pub origin: &'a str,
    /// The browser's words.
    pub said: &'a str,
}

impl Unanswered<'_> {
    /// Why the first request had no answer, by what asking once more told of the address.
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

    /// Why a later one had none. The workspace lets this page in, so it was the way there, or a
    /// gateway's own answer, which has no CORS headers.
    pub fn later(&self) -> HostError {
        let Self { workspace, said, .. } = self;
        let message = format!("The connection to `{workspace}` was interrupted ({said})");
        HostError { kind: HostErrorKind::Connection, message }
    }
}

/// Whether a header can hold `text` as a token.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The page gave no token for a request; `why` holds none either.
pub fn no_token(why: &str) -> HostError {
    HostError {
        kind: HostErrorKind::Credential,
        message: format!("The page's function `token` returned no token: {why}"),
    }
}

/// A page by itself reaches no database.
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

    /// The error that a person reads.
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
