//! `tellr-app deploy`: the deployer, run natively.
//!
//! The logic is the crate `deployer`; this is one of its faces and one of its hosts.
//!
//! | module | owns |
//! |---|---|
//! | [`command`] | runs an operation, and tells |
//! | [`flags`] | the flags, and what they say once it is checked |
//! | [`setting_flags`] | the flags of settings, made from the deployer's table |
//! | `confirmation` | asks before something is lost |
//! | [`wording`] | texts as a command line says them: flags, other tools' words, examples |
//! | `introduction` | the first line: which workspace, and as whom |
//! | `progress` | what is waited for |
//! | `own_wheel` | the running program as the app's wheel |
//! | `report` | a plan and a status, as people read them |
//! | [`sign_in`] | as whom: flags, environment, a profile of `~/.databrickscfg` |
//! | `profiles` | the profiles of that file; `ini` reads its lines |
//! | `token_cache` | the sign-ins of Databricks' own command line |
//! | [`oauth`] | signing in in the browser, where there is no credential |
//! | `browser` | the system's browser |
//! | `credential` | the token to send, and another one when it is refused |
//! | [`native_host`] | what the logic needs from this machine |
//! | [`workspace`] | requests with reqwest, signed |
//! | `no_answer` | why a request had no answer, for people |
//! | [`lakebase`] | schema operations with tokio-postgres |
//! | `app_log` | the last lines of the app's log |
//! | `probe` | asking the app itself, and a package index |
//! | [`printer`] | the event stream as lines for people, or as JSON |

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
