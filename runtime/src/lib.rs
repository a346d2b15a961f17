//! Tellr, the app: one process that serves the page it carries inside and the API behind it.
//!
//! The library holds everything; the binary only reads the command line. That way a test starts the
//! same server a person starts, inside its own process, and sees the same routes and layers.
//!
//! | module | owns |
//! |---|---|
//! | [`settings`] | what the environment says, typed; every variable documented |
//! | [`server`] | the routes of `serve` in one view |
//! | `site` | the page, an API beside it, and the layers around both |
//! | [`app`] | what the handlers of `serve` share |
//! | [`listener`] | connections, HTTP/1.1 and h2c, draining |
//! | [`api`] | the JSON the page reads |
//! | [`frontend`] | the files of the page, embedded and compressed at build time |
//! | [`identity`] | who is asking |
//! | [`database`] | pool, credentials, migrations, seeds, the proof of the encryption key |
//! | [`fernet`] | encryption of what is stored encrypted |
//! | [`deploy`] | the deployer's native face: flags, sign-in, printing |
//! | [`deploy_page`] | the server beside the deployer in the browser |
//! | [`check`] | the self-diagnosis for a person |

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

/// The name under which the app presents itself: in `/api/version`, to PostgreSQL, to the workspace.
pub const NAME: &str = "tellr-app";

/// The version, the same for every part of the project.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit the binary was built from, when the build was told (`TELLR_COMMIT`).
///
/// The build never asks git by itself: cargo would not notice every new commit, and a wrong answer
/// is worse than none.
pub const COMMIT: Option<&str> = option_env!("TELLR_COMMIT");
