//! Tellr, the app: one process that serves the embedded page and the API.
//!
//! The library holds everything; the binary only parses the command line. So a test can start the same
//! server as a user, in its own process, with the same routes and layers.
//!
//! | module | content |
//! |---|---|
//! | [`server`] | merges the routes of `serve` |
//! | [`app`] | the composition root: builds what is shared, and gives each subject its part |
//! | [`adoption`] | data of the original Tellr, copied into this app's tables |
//! | [`openapi`] | the document of the API |
//! | [`check`] | the self-check |
//! | [`sessions`] | the list of decks: create, search, rename, duplicate, delete |
//! | [`decks`] | one deck: read, patches, save points |
//! | [`sharing`] | who may see and change a deck; people, groups, presence |
//! | [`prompting`] | what a model is asked, and how its answers become slides |
//! | [`images`] | images that decks show |
//! | [`export`] | decks as files: PowerPoint, PDF, HTML, the deck itself |
//! | [`chat`] | the assistant: from what a person asks to a deck, or to a change of one |
//! | [`google`] | connections to Google, and decks as Google Slides |
//! | [`export`] | files of decks |
//! | [`library`], [`status`] | subjects of the app: routes, queries and types of each |
//! | [`deploy_page`] | the server for the deployer in the browser |
//! | [`jobs`] | the queue: work that outlives a request, and what is told about it |
//! | [`identity`] | the identity of the caller |
//! | [`deploy`] | the deployer's command line: flags, printing, the native host |
//! | [`traces`] | traces of the assistant's work, for a collector and for MLflow |
//! | [`metrics`] | figures about the process, for Prometheus |
//! | [`database`] | pool, migrations, seeds, the check of the encryption key |
//! | [`workspace`] | the client of Databricks: credentials, sign-in, requests, Lakebase |
//! | [`http`] | connections, the layers around all routes, API errors, the files of the page |
//! | [`logging`] | the log |
//! | [`settings`] | the environment as typed settings; every variable documented |
//! | [`tls`] | verification of servers |
//! | [`fernet`] | encryption of stored secrets |
//! | [`typesetting`] | the text engine of slides, with its fonts |
//! | `files` | files on the user's machine |
//!
//! A module uses those below it in this table and never one above (`tests/repository/test_floors.py`).

pub mod adoption;
pub mod app;
pub mod chat;
pub mod check;
pub mod database;
pub mod decks;
pub mod deploy;
pub mod deploy_page;
pub mod export;
pub mod fernet;
mod files;
pub mod google;
pub mod http;
pub mod identity;
pub mod images;
pub mod jobs;
pub mod library;
pub mod logging;
pub mod metrics;
pub mod openapi;
pub mod prompting;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod sharing;
pub mod status;
pub mod tls;
pub mod traces;
pub mod typesetting;
pub mod workspace;

/// The app's name in `/api/version`, for PostgreSQL, and for the workspace.
pub const NAME: &str = "tellr-app";

/// The version, the same for all parts of the project.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit the binary was built from, if given to the build (`TELLR_COMMIT`).
///
/// The build never queries git by itself: cargo would not notice every new commit, and a wrong answer is
/// worse than none.
pub const COMMIT: Option<&str> = option_env!("TELLR_COMMIT");
