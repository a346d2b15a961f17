//! Tellr, the app: one process that serves the embedded page and the API.
//!
//! The library holds everything; the binary only parses the command line. So a test can start the same
//! server as a user, in its own process, with the same routes and layers.
//!
//! | module | content |
//! |---|---|
//! | [`settings`] | the environment as typed settings; every variable documented |
//! | [`server`] | all routes of `serve` |
//! | `site` | the page, an API beside it, and the layers around both |
//! | [`app`] | the state shared by the handlers of `serve` |
//! | [`listener`] | connections, HTTP/1.1 and h2c, draining |
//! | [`api`] | the JSON API for the page |
//! | [`frontend`] | the files of the page, embedded and compressed at build time |
//! | [`identity`] | the identity of the caller |
//! | [`database`] | pool, credentials, migrations, seeds, the check of the encryption key |
//! | [`fernet`] | encryption of stored secrets |
//! | [`deploy`] | the deployer's command line: flags, sign-in, printing |
//! | [`deploy_page`] | the server for the deployer in the browser |
//! | [`check`] | the self-check |

pub mod api;
pub mod app;
pub mod check;
pub mod database;
pub mod deploy;
pub mod deploy_page;
pub mod fernet;
pub mod frontend;
pub mod identity;
pub mod listener;
pub mod logging;
pub mod requests;
pub mod server;
pub mod settings;
mod site;

/// The app's name in `/api/version`, for PostgreSQL, and for the workspace.
pub const NAME: &str = "tellr-app";

/// The version, the same for all parts of the project.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit the binary was built from, if given to the build (`TELLR_COMMIT`).
///
/// The build never queries git by itself: cargo would not notice every new commit, and a wrong answer is
/// worse than none.
pub const COMMIT: Option<&str> = option_env!("TELLR_COMMIT");
