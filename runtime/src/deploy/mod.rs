//! `tellr-app deploy`: the deployer, run natively.
//!
//! The logic is the crate `deployer`; this module is its command line and its native host.
//!
//! | module | content |
//! |---|---|
//! | [`command`] | runs an operation and prints its events |
//! | [`flags`] | the flags and their checked values |
//! | [`setting_flags`] | the flags of settings, generated from the deployer's table |
//! | `confirmation` | confirmation before data is deleted |
//! | [`wording`] | adapts texts to the command line: flags, other tools' command names, examples |
//! | `introduction` | the first line: the workspace and the user |
//! | `progress` | the progress display |
//! | `own_wheel` | packs the running program as the app's wheel |
//! | `report` | a plan and a status as text |
//! | [`sign_in`] | selects the credential: flags, environment, a profile of `~/.databrickscfg` |
//! | `profiles` | the profiles of that file; `ini` parses it |
//! | `token_cache` | the cached tokens of Databricks' own command line |
//! | [`oauth`] | sign-in in the browser, if there is no credential |
//! | `browser` | opens the system's browser |
//! | `credential` | the access token, and a new one if it is refused |
//! | [`native_host`] | the deployer's host on this machine |
//! | [`workspace`] | authenticated requests with reqwest |
//! | `no_answer` | why a request had no answer, for users |
//! | [`lakebase`] | schema operations with tokio-postgres |
//! | `app_log` | the last lines of the app's log |
//! | `probe` | queries to the app itself and to a package index |
//! | [`printer`] | prints the event stream as text or as JSON |

mod app_log;
pub(crate) mod browser;
pub mod command;
mod confirmation;
mod credential;
pub mod flags;
mod ini;
mod introduction;
pub mod lakebase;
pub mod native_host;
mod no_answer;
pub mod oauth;
mod own_wheel;
pub mod printer;
mod probe;
mod profiles;
mod progress;
mod report;
pub mod setting_flags;
pub mod sign_in;
mod token_cache;
pub mod wording;
pub mod workspace;
