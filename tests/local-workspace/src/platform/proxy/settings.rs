//! The settings of the proxy in front of apps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The maximum time limit of a request.
const LONGEST_LIMIT_MS: u64 = 24 * 3_600_000;

/// How the proxy in front of apps behaves; the defaults are the platform's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxySettings {
    /// The time limit of one request with its answer, in milliseconds; a day at most. It is measured on the
    /// machine's clock, as apps are real processes. A WebSocket has none.
    pub request_limit_ms: u64,
    /// Whether answers are held back.
    pub buffering: Buffering,
    /// The HTTP version of requests to apps. A WebSocket is always opened with HTTP/1.1.
    pub http_to_app: AppHttp,
    /// How long a user's token lives that an app gets, in milliseconds.
    pub user_token_ms: u64,
}

impl Default for ProxySettings {
    fn default() -> Self {
        Self {
            request_limit_ms: 120_000,
            buffering: Buffering::Off,
            http_to_app: AppHttp::Http1,
            user_token_ms: 3_600_000,
        }
    }
}

impl ProxySettings {
    pub(super) fn request_limit(&self) -> Duration {
        Duration::from_millis(self.request_limit_ms.min(LONGEST_LIMIT_MS))
    }
}

/// Whether answers are held back, as a buffering gateway does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Buffering {
    /// Each part is passed on when it arrives. At the time limit the answer is cut.
    #[default]
    Off,
    /// An answer is passed on when it is complete. At the time limit it is 504 instead.
    Complete,
    /// An answer is passed on when it is complete, or at the time limit, when it ends with what has arrived
    /// until then. Without a status by then it is 504.
    UpToLimit,
}

/// The HTTP version of requests to an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppHttp {
    /// HTTP/1.1, with a connection for each request.
    #[default]
    Http1,
    /// HTTP/2 without TLS (h2c, with prior knowledge), with one connection for all requests.
    Http2,
}
