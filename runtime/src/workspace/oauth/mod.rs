//! Sign-in in the browser: OAuth's authorization code flow with PKCE.
//!
//! Problem: a user without a profile and without a token wants to deploy. The workspace can sign users in,
//! but its answer has to reach this process, through a browser and a local port that other users of the
//! machine can reach too.
//!
//! Choice: the same flow as Databricks' own command line, as its public client is the only one that every
//! workspace accepts (RFC 8252 for the port, RFC 7636 for PKCE, RFC 9700 for the rest):
//!
//! * `authorization` discovers the workspace's endpoints and builds the URL to open, with a new state and
//!   challenge for each attempt;
//! * `redirect` accepts one answer to this attempt within a time limit, and shows a `page` with the result;
//! * `token_endpoint` requests tokens, and `user_tokens` keeps and renews them.
//!
//! Tokens are kept in memory and discarded with the process. Databricks' command line keeps a file of them;
//! a second program that writes it would have to follow its locks and its format, and a file is one more
//! place to steal tokens from. Signing in again is one click while the browser's session lasts.
//!
//! Why no library: `oauth2` 5 is well maintained, but only replaces building the URL and two forms, some
//! 120 lines here. The port, discovery, renewal and messages would remain. It adds 18 crates, among them
//! second versions of `sha2`, `rand`, `getrandom` and `thiserror` and a calendar, is built for another
//! `reqwest` version than ours, and makes a small program 102 kB larger (52 kB compressed).

mod authorization;
mod page;
mod redirect;
mod sign_in;
mod token_endpoint;
mod user_tokens;

use std::time::Duration;

use deployer::error::Failure;
use deployer::host::{HostError, HostErrorKind};

pub(crate) use page::page;
pub use sign_in::{PendingSignIn, SignIn};
pub(super) use token_endpoint::{NotGranted, ask};

/// The time limit for the sign-in in the browser.
pub(crate) const PATIENCE: Duration = sign_in::PATIENCE;

/// Why the sign-in failed, for the command line.
pub(crate) fn failure(error: HostError) -> Failure {
    let problem = error.message;
    match error.kind {
        HostErrorKind::Credential => Failure::NotSignedIn { problem },
        _ => Failure::Unreachable { problem },
    }
}
