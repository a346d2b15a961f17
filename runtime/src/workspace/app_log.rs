//! The last lines of an app's log.
//!
//! The stream sends the recent lines and then new ones, without marking where the recent lines end: reading
//! stops after a short pause, or at one of the limits.

use std::collections::VecDeque;
use std::time::Duration;

use deployer::host::{HostError, HostErrorKind, Probe, WorkspaceResponse};
use reqwest::{StatusCode, Url};
use secrecy::SecretString;
use serde_json::json;

use super::log_stream::{LogStream, Opened, Received};

/// The time limit for the first line.
const FIRST: Duration = Duration::from_secs(2);
/// After a pause of this length, the recent lines have been sent.
const QUIET: Duration = Duration::from_millis(500);
/// The maximum amount of data.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Reads the last lines of the log of the app at `url`; see [`Probe::AppLog`] for the answer.
pub(super) async fn read(
    http: &reqwest::Client,
    url: &Url,
    token: &SecretString,
    since_ms: Option<i64>,
) -> Result<WorkspaceResponse, HostError> {
    let mut lines = VecDeque::new();
    let reading = read_into(&mut lines, http, url, token, since_ms);
    // When the time is over, the lines read so far are the answer.
    let status = match tokio::time::timeout(Probe::LOG_TIME, reading).await {
        Ok(status) => status?,
        Err(_) if lines.is_empty() => {
            let message = "The app's log did not answer in time".to_owned();
            return Err(HostError { kind: HostErrorKind::Timeout, message });
        }
        Err(_) => StatusCode::OK,
    };
    let body = if status == StatusCode::OK { json!({"lines": lines}).to_string() } else { String::new() };
    Ok(WorkspaceResponse { status: status.as_u16(), headers: Vec::new(), body })
}

/// Reads lines until there are no more; returns the handshake's status if it was refused.
async fn read_into(
    lines: &mut VecDeque<String>,
    http: &reqwest::Client,
    url: &Url,
    token: &SecretString,
    since_ms: Option<i64>,
) -> Result<StatusCode, HostError> {
    // An empty search term matches every line.
    let mut stream = match LogStream::open(http, url, token, "").await? {
        Opened::Stream(stream) => stream,
        Opened::Refused(status) => return Ok(status),
    };
    let mut bytes = 0_usize;
    while let Ok(received) = tokio::time::timeout(patience(lines), stream.next()).await {
        match received {
            Received::Line(line) => {
                bytes = bytes.saturating_add(line.message.len());
                if is_earlier(line.timestamp, since_ms) {
                    continue;
                }
                lines.push_back(line.message);
                if lines.len() > Probe::LOG_LINES {
                    lines.pop_front();
                }
            }
            Received::Nothing => bytes = bytes.saturating_add(1),
            Received::End(_) => break,
        }
        if bytes > MOST_BYTES {
            break;
        }
    }
    Ok(StatusCode::OK)
}

/// Whether a line is from before `since_ms`; `written` is in seconds.
#[expect(clippy::cast_precision_loss, reason = "times of this millennium are exact to a millisecond")]
fn is_earlier(written: f64, since_ms: Option<i64>) -> bool {
    since_ms.is_some_and(|since| written * 1000.0 < since as f64)
}

/// How long to wait for the next message.
fn patience(lines: &VecDeque<String>) -> Duration {
    if lines.is_empty() { FIRST } else { QUIET }
}
