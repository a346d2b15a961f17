//! Questions to something other than the workspace's API: the app itself, and a package index.
//!
//! A probe names *what* is asked, never a URL. The host asks the workspace for the app's URL and sends the
//! credential there and to no other host; so whatever runs the logic, a page among them, can't have
//! the credential sent to a place of its own. A package index is asked without a credential.
//!
//! Not every host can ask: an app's URL answers no other origin, so a page can't. Such a host says so
//! ([`super::HostErrorKind::Refused`]), and the deployment says what was not checked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::PackageIndex;
use crate::error::MAX_LOG_LINES;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Probe {
    /// `GET /api/ready` of the app `app`, with the caller's credential.
    AppReady {
        /// The app's name.
        app: String,
    },
    /// `GET /api/version` of the app `app`, with the caller's credential.
    AppVersion {
        /// The app's name.
        app: String,
    },
    /// The last lines of the log of the app `app`, with the caller's credential.
    ///
    /// The app's URL sends them on the WebSocket `/logz/stream`. The host answers with status 200 and the body
    /// `{"lines": ["…"]}`, oldest first, at most [`Probe::LOG_LINES`] of them, and takes [`Probe::LOG_TIME`] at
    /// most; with the handshake's status where that was refused.
    AppLog {
        /// The app's name.
        app: String,
    },
    /// What an index has of `package`: `GET <index>/pypi/<package>/json`, without a credential.
    Package {
        /// The package's name.
        package: String,
        /// The index.
        #[cfg_attr(test, ts(type = "\"pypi\" | \"test_pypi\""))]
        index: PackageIndex,
    },
}

impl Probe {
    /// How many lines of a log are asked for.
    pub const LOG_LINES: usize = MAX_LOG_LINES;
    /// How long a host reads a log.
    pub const LOG_TIME: Duration = Duration::from_secs(5);

    /// The app that is asked and the path, where an app is asked by `GET`.
    pub fn app(&self) -> Option<(&str, &'static str)> {
        match self {
            Self::AppReady { app } => Some((app, "/api/ready")),
            Self::AppVersion { app } => Some((app, "/api/version")),
            Self::AppLog { .. } | Self::Package { .. } => None,
        }
    }

    /// The address of the package in its index, where it is an index.
    pub fn index_url(&self) -> Option<String> {
        match self {
            Self::Package { package, index } => Some(format!("{}/pypi/{package}/json", index.origin())),
            Self::AppReady { .. } | Self::AppVersion { .. } | Self::AppLog { .. } => None,
        }
    }
}
