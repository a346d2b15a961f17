//! The log of an app, from the WebSocket `/logz/stream` of its URL.
//!
//! The client's first message is a search term; an empty one matches every line. Then each message is one line:
//! recent ones first, then new ones, without a mark where the recent lines end. A single zero byte is a keep-alive.
//! The connection uses the common HTTP client, so that proxies and certificate authorities are the same as for all
//! other requests; redirects are not followed. All is bounded: what the app writes is not trusted.

use deployer::host::{HostError, HostErrorKind};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{CONNECTION, ORIGIN, UPGRADE};
use reqwest::{StatusCode, Upgraded, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::answer::without;
use super::app_url::app_url;
use super::client::Workspace;
use super::no_answer::no_answer;

/// A longer message ends the stream.
const LARGEST_MESSAGE_BYTES: usize = 64 * 1024;

/// A line of an app's log, as it was written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LogLine {
    /// `APP`, or `SYSTEM` for the platform.
    #[serde(default)]
    pub source: String,
    /// Seconds since 1970-01-01 UTC, by the platform's clock.
    #[serde(default)]
    pub timestamp: f64,
    /// The line.
    pub message: String,
}

/// What comes from the stream.
#[derive(Debug, PartialEq)]
pub enum Received {
    /// A line.
    Line(LogLine),
    /// Something else: a keep-alive, or a message of an unknown form.
    Nothing,
    /// The stream has ended; with the code of the WebSocket's close message, if there was one.
    End(Option<u16>),
}

/// The outcome of opening the stream.
pub(super) enum Opened {
    /// It is open.
    Stream(Box<LogStream>),
    /// The handshake was refused with this status.
    Refused(StatusCode),
}

/// An open stream.
pub(super) struct LogStream(WebSocketStream<Upgraded>);

impl LogStream {
    /// Opens the stream of the app at `url` for lines with `term`.
    pub(super) async fn open(
        http: &reqwest::Client,
        url: &Url,
        token: &SecretString,
        term: &str,
    ) -> Result<Opened, HostError> {
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
            let status = answer.status();
            return Ok(Opened::Refused(if status == StatusCode::OK {
                StatusCode::NOT_FOUND
            } else {
                status
            }));
        }
        let connection = answer.upgrade().await.map_err(|error| no_answer(&error))?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE_BYTES))
            .max_frame_size(Some(LARGEST_MESSAGE_BYTES));
        let mut stream = WebSocketStream::from_raw_socket(connection, Role::Client, Some(limits)).await;
        stream.send(Message::text(term)).await.map_err(|error| broken(&error))?;
        Ok(Opened::Stream(Box::new(Self(stream))))
    }

    /// The next message. Nothing is lost if this is dropped before it is ready.
    pub(super) async fn next(&mut self) -> Received {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => {
                serde_json::from_str(&text).map_or(Received::Nothing, Received::Line)
            }
            Some(Ok(Message::Close(frame))) => Received::End(frame.map(|frame| frame.code.into())),
            Some(Ok(_)) => Received::Nothing,
            Some(Err(_)) | None => Received::End(None),
        }
    }
}

fn broken(error: &Error) -> HostError {
    HostError { kind: HostErrorKind::Connection, message: format!("The app's log ended: {error}") }
}

/// The log of one app, which can be opened again after its stream has ended.
pub struct AppLog {
    workspace: Workspace,
    url: Url,
    term: String,
    token: Option<SecretString>,
    stream: Option<Box<LogStream>>,
}

impl AppLog {
    /// The log of the app at `url`, the address in the app's record; only lines with `term`. `None` if the
    /// workspace's credential may not be sent to this address.
    pub fn new(workspace: Workspace, url: &str, term: &str) -> Option<Self> {
        let url = app_url(url, workspace.host())?;
        Some(Self { workspace, url, term: term.to_owned(), token: None, stream: None })
    }

    /// Opens the stream; returns the handshake's status if it was refused.
    ///
    /// # Errors
    /// If there was no answer, or there is no credential.
    pub async fn open(&mut self) -> Result<Result<(), u16>, HostError> {
        self.stream = None;
        let token = self.workspace.bearer().await?;
        let opened = LogStream::open(&self.workspace.http, &self.url, &token, &self.term).await?;
        self.token = Some(token);
        Ok(match opened {
            Opened::Stream(stream) => {
                self.stream = Some(stream);
                Ok(())
            }
            Opened::Refused(status) => Err(status.as_u16()),
        })
    }

    /// The next message of the stream; its end if it isn't open. Nothing is lost if this is dropped before it is
    /// ready.
    pub async fn next(&mut self) -> Received {
        let Some(stream) = &mut self.stream else { return Received::End(None) };
        match stream.next().await {
            Received::Line(mut line) => {
                if let Some(token) = &self.token {
                    line.message = without(token, line.message);
                }
                Received::Line(line)
            }
            other => other,
        }
    }

    /// Requests another token after the last one was refused; false if there can be no other.
    ///
    /// # Errors
    /// If there was no answer.
    pub async fn renew(&mut self) -> Result<bool, HostError> {
        match self.token.take() {
            Some(refused) => Ok(self.workspace.another(&refused).await?.is_some()),
            None => Ok(true),
        }
    }

    /// Whether the credential is a personal access token, which the URLs of apps refuse.
    pub async fn is_personal(&self) -> bool {
        let token = self.workspace.bearer().await;
        token.is_ok_and(|token| token.expose_secret().starts_with("dapi"))
    }
}
