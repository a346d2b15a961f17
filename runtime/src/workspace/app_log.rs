//! The last lines of an app's log, from the WebSocket `/logz/stream` of its URL.
//!
//! The stream sends the recent lines and then new ones, without marking where the recent lines end: reading
//! stops after a short pause, or at one of the limits. The connection uses the common HTTP client, so that
//! proxies and certificate authorities are the same as for all other requests; redirects are not followed.

use std::collections::VecDeque;
use std::time::Duration;

use deployer::host::{HostError, HostErrorKind, Probe, WorkspaceResponse};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{CONNECTION, ORIGIN, UPGRADE};
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::no_answer::no_answer;

/// The time limit for the first line.
const FIRST: Duration = Duration::from_secs(2);
/// After a pause of this length, the recent lines have been sent.
const QUIET: Duration = Duration::from_millis(500);
/// A longer message stops the reading.
const LARGEST_MESSAGE_BYTES: usize = 64 * 1024;
/// The maximum amount of data.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A frame of the stream; its other fields are ignored.
#[derive(Deserialize)]
struct Line {
    message: String,
}

/// Reads the last lines of the log of the app at `url`; see [`Probe::AppLog`] for the answer.
pub(super) async fn read(
    http: &reqwest::Client,
    url: &Url,
    token: &SecretString,
) -> Result<WorkspaceResponse, HostError> {
    let mut lines = VecDeque::new();
    let reading = read_into(&mut lines, http, url, token);
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
) -> Result<StatusCode, HostError> {
    let mut address = url.clone();
    address.set_path("/logz/stream");
    let answer = http
        .get(address)
        .bearer_auth(token.expose_secret())
        .header(ORIGIN, url.origin().ascii_serialization())
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", generate_key())
        .send()
        .await
        .map_err(|error| no_answer(&error))?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(if answer.status() == StatusCode::OK { StatusCode::NOT_FOUND } else { answer.status() });
    }
    let connection = answer.upgrade().await.map_err(|error| no_answer(&error))?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE_BYTES))
        .max_frame_size(Some(LARGEST_MESSAGE_BYTES));
    let mut stream = WebSocketStream::from_raw_socket(connection, Role::Client, Some(limits)).await;
    // An empty search term matches every line.
    stream.send(Message::text("")).await.map_err(|error| broken(&error))?;
    let mut bytes = 0_usize;
    while let Ok(Some(Ok(message))) = tokio::time::timeout(patience(lines), stream.next()).await {
        bytes = bytes.saturating_add(message.len());
        if let Message::Text(text) = &message
            && let Ok(line) = serde_json::from_str::<Line>(text)
        {
            lines.push_back(line.message);
            if lines.len() > Probe::LOG_LINES {
                lines.pop_front();
            }
        }
        if message.is_close() || bytes > MOST_BYTES {
            break;
        }
    }
    Ok(StatusCode::OK)
}

/// How long to wait for the next message.
fn patience(lines: &VecDeque<String>) -> Duration {
    if lines.is_empty() { FIRST } else { QUIET }
}

fn broken(error: &Error) -> HostError {
    HostError { kind: HostErrorKind::Connection, message: format!("The app's log ended: {error}") }
}
