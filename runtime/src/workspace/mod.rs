//! The client of Databricks: everything that this program asks of a workspace is sent here.
//!
//! | module | content |
//! |---|---|
//! | `client` | [`Workspace`]: authenticated requests with reqwest |
//! | `credential` | the access token, and a new one if it is refused |
//! | `database_credential` | database passwords |
//! | `minted` | keeps and renews a token or a password, in a task of its own |
//! | `retry` | when such a request is sent again |
//! | [`lakebase`] | schema operations with tokio-postgres |
//! | `probe` | queries to an app itself and to a package index; `app_log` reads the last lines of its log |
//! | `app_url` | addresses of apps to which the credential may be sent |
//! | `log_stream` | the log of an app as it is written |
//! | `answer` | what is taken from an answer |
//! | `no_answer` | why a request had no answer, for users |
//! | [`genie`] | questions in words about data |
//! | [`scim`] | people and groups |
//! | [`serving`] | chat completions of serving endpoints |
//! | [`sign_in`] | selects the credential: flags, environment, a profile of `~/.databrickscfg` |
//! | `source` | one source of a credential |
//! | `profiles` | the profiles of that file; `ini` parses it |
//! | `token_cache` | the cached tokens of Databricks' own command line |
//! | [`oauth`] | sign-in in the browser, if there is no credential |
//! | `browser` | opens the system's browser |

mod answer;
mod app_log;
mod app_url;
pub(crate) mod browser;
mod client;
mod credential;
mod database_credential;
mod federation;
pub mod genie;
mod ini;
pub mod lakebase;
mod log_stream;
mod minted;
mod no_answer;
pub mod oauth;
mod probe;
mod profiles;
mod retry;
pub mod scim;
pub mod serving;
pub mod sign_in;
mod source;
mod token_cache;

pub(crate) use app_url::app_url;
pub use client::{ClientError, Workspace, client};
pub use database_credential::{CredentialError, DatabaseCredential};
pub use log_stream::{AppLog, LogLine, Received};
pub(crate) use no_answer::no_answer;
pub use retry::RetryPolicy;
