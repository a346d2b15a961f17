//! Where apps run. (Placeholder: answers as if every deployment came up.)

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

/// Whether apps are real processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AppsMode {
    /// Real processes.
    #[default]
    Process,
    /// No processes.
    Scripted,
}

/// What is to run.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The app.
    pub app: String,
    /// Source files by relative path.
    pub files: Vec<(String, Vec<u8>)>,
    /// The environment besides the port.
    pub env: BTreeMap<String, String>,
    /// The command; `None` is the platform's default.
    pub command: Option<Vec<String>>,
}

/// Why a deployment failed.
#[derive(Clone, Debug)]
pub struct DeployFailure {
    /// In the platform's words.
    pub message: String,
}

/// How an app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppState {
    /// It answers.
    Running,
    /// It ended.
    Crashed {
        /// How.
        message: String,
    },
    /// It was not deployed.
    Unavailable,
}

/// A line of an app's log.
#[derive(Clone, Debug, Serialize)]
pub struct LogLine {
    /// APP, SYSTEM or BUILD.
    pub source: &'static str,
    /// The text.
    pub message: String,
}

/// Where apps run.
#[derive(Clone, Debug)]
pub struct Platform;

#[allow(clippy::unused_self, clippy::unused_async, reason = "placeholder")]
impl Platform {
    /// Whether no processes run.
    pub fn is_scripted(&self) -> bool {
        true
    }
    /// A URL for a new app.
    pub async fn open(&self, _app: &str) -> io::Result<String> {
        Ok("http://127.0.0.1:1".to_owned())
    }
    /// Brings an app up.
    pub async fn deploy(&self, _launch: Launch) -> Result<(), DeployFailure> {
        Ok(())
    }
    /// Stops an app.
    pub async fn stop(&self, _app: &str) {}
    /// Removes an app.
    pub async fn remove(&self, _app: &str) {}
    /// How an app is.
    pub fn app_state(&self, _app: &str) -> AppState {
        AppState::Running
    }
    /// Its log.
    pub fn logs(&self, _app: &str) -> Vec<LogLine> {
        Vec::new()
    }
    /// Adds to its log.
    pub fn append_logs(&self, _app: &str, _lines: &[String]) {}
}
