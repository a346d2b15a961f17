//! Queries to something other than the workspace's API: the app itself, and a package index.
//!
//! A probe names *what* to query, never a URL. The host asks the workspace for the app's URL and sends the
//! credential to that host only; so the code that runs the logic, such as a page, can't have the credential
//! sent to another server. A package index is queried without a credential.
//!
//! Not every host can send probes: an app's URL accepts no requests from other origins, so a page can't. Such
//! a host answers [`super::HostErrorKind::Refused`], and the deployment reports what was not checked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::PackageIndex;

/// The query.
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
    /// The app's URL sends them on the WebSocket `/logz/stream`. The host answers with status 200 and the
    /// body `{"lines": ["…"]}`, oldest first, at most [`Probe::LOG_LINES`] of them, within
    /// [`Probe::LOG_TIME`]; or with the handshake's status if that was refused.
    AppLog {
        /// The app's name.
        app: String,
        /// Only lines that were written since then, in milliseconds since 1970-01-01 UTC by the platform's clock:
        /// what is earlier is about another deployment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        since_ms: Option<i64>,
    },
    /// The index's data about `package`: `GET <index>/pypi/<package>/json`, without a credential.
    Package {
        /// The package's name.
        package: String,
        /// The index.
        #[cfg_attr(test, ts(type = "\"pypi\" | \"test_pypi\""))]
        index: PackageIndex,
    },
}

impl Probe {
    /// The maximum number of log lines. An error shows the last ones; the cause is searched in all of them.
    pub const LOG_LINES: usize = 100;
    /// The maximum time for reading a log.
    pub const LOG_TIME: Duration = Duration::from_secs(5);

    /// The app and the path, for a probe that is a `GET` of an app.
    pub fn app(&self) -> Option<(&str, &'static str)> {
        match self {
            Self::AppReady { app } => Some((app, "/api/ready")),
            Self::AppVersion { app } => Some((app, "/api/version")),
            Self::AppLog { .. } | Self::Package { .. } => None,
        }
    }

    /// The address of the package on its index, for a probe of an index.
    pub fn index_url(&self) -> Option<String> {
        match self {
            Self::Package { package, index } => Some(format!("{}/pypi/{package}/json", index.origin())),
            Self::AppReady { .. } | Self::AppVersion { .. } | Self::AppLog { .. } => None,
        }
    }
}
