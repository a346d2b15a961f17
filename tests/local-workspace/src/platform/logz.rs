//! An app's log in the platform's form: the page `/logz`, and the stream `/logz/stream`.
//!
//! The stream is a WebSocket. Its handshake requires an OAuth token (a personal one is refused), or the
//! visitor's session, and the app's own origin. The client's first text message is a search term, which may
//! be empty. Then each line that contains it is sent as `{"source", "timestamp", "message"}`: recent ones
//! first, then new ones as they are written. A single zero byte is a keep-alive. If a token expires
//! meanwhile, or a permission is removed, the stream is closed with 4401 or 4403.
//!
//! How many recent lines the platform sends is not documented; here it is [`HISTORY_LINES`]. That only
//! users who manage the app may read the log is an assumption too.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::logs::{LogLine, LogSource};
use super::proxy::Proxy;
use super::sign_in;
use super::visitor::{self, Refusal};
use crate::pages;

/// The number of recent lines for a reader.
const HISTORY_LINES: usize = 1000;
/// The interval of keep-alive messages.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// The time limit for the client's first message.
const FIRST_MESSAGE: Duration = Duration::from_secs(10);
/// The maximum length of a search term.
const LONGEST_TERM_BYTES: usize = 4096;
/// The token, or the session, is no longer valid.
const CLOSE_UNAUTHENTICATED: u16 = 4401;
/// The permission was removed.
const CLOSE_FORBIDDEN: u16 = 4403;
/// The app was deleted.
const CLOSE_GOING_AWAY: u16 = 1001;

/// Whether the visitor may read the log, or why not.
fn admitted(proxy: &Proxy, headers: &HeaderMap) -> Result<(), Refusal> {
    let (Some(slot), Some(workspace)) = (proxy.slot.upgrade(), proxy.workspace()) else {
        return Err(Refusal::NoApp);
    };
    let visitor = visitor::recognise(&workspace, &slot, headers)?;
    if workspace.permissions.can(&visitor.principal, "apps", &slot.app, "CAN_MANAGE") {
        Ok(())
    } else {
        Err(Refusal::NotPermitted(visitor.principal.user_name))
    }
}

/// The recent lines, as a page.
pub(super) async fn page(State(proxy): State<Proxy>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(slot) = proxy.slot.upgrade() else { return pages::not_available("The app") };
    match admitted(&proxy, &headers) {
        Ok(()) => {
            let (lines, _) = slot.logs.after(0, HISTORY_LINES);
            let lines: Vec<String> =
                lines.iter().map(|line| format!("[{}] {}", source(line), line.message)).collect();
            pages::log(&slot.app, &lines)
        }
        Err(Refusal::NotSignedIn) => sign_in::redirect(&uri),
        Err(Refusal::BadToken) => pages::bad_token(),
        Err(Refusal::NotPermitted(user)) => pages::not_permitted(&slot.app, &user),
        Err(Refusal::NoApp) => pages::not_available(&slot.app),
    }
}

/// The lines as they are written.
pub(super) async fn stream(
    State(proxy): State<Proxy>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    match admitted(&proxy, &headers) {
        Ok(()) => {}
        Err(Refusal::NotPermitted(_)) => return StatusCode::FORBIDDEN.into_response(),
        Err(Refusal::NotSignedIn | Refusal::BadToken) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(Refusal::NoApp) => return StatusCode::NOT_FOUND.into_response(),
    }
    if !comes_from_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade.max_message_size(LONGEST_TERM_BYTES).on_upgrade(move |socket| async move {
        // The stream ends when the client disconnects.
        let _ = tell(socket, &proxy, &headers).await;
    })
}

/// Whether the request has the app's own origin, like requests of the app's pages.
fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(ORIGIN), text(HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
        }
        _ => false,
    }
}

async fn tell(mut socket: WebSocket, proxy: &Proxy, headers: &HeaderMap) -> Result<(), axum::Error> {
    let Some(term) = search_term(&mut socket).await else { return Ok(()) };
    let Some(logs) = proxy.slot.upgrade().map(|slot| slot.logs.clone()) else { return Ok(()) };
    let mut written = logs.written();
    let mut seen = 0;
    loop {
        let (lines, now) = logs.after(seen, HISTORY_LINES);
        seen = now;
        for line in lines.iter().filter(|line| line.message.contains(&*term)) {
            socket.send(Message::text(frame(line))).await?;
        }
        tokio::select! {
            changed = async { written.wait_for(|written| *written > seen).await.is_ok() } => {
                if !changed {
                    return Ok(());
                }
            }
            () = tokio::time::sleep(ALIVE_EVERY) => socket.send(Message::binary(vec![0])).await?,
            message = socket.recv() => match message {
                None | Some(Err(_) | Ok(Message::Close(_))) => return Ok(()),
                Some(Ok(_)) => continue,
            },
        }
        let code = match admitted(proxy, headers) {
            Ok(()) => continue,
            Err(Refusal::NotSignedIn | Refusal::BadToken) => CLOSE_UNAUTHENTICATED,
            Err(Refusal::NotPermitted(_)) => CLOSE_FORBIDDEN,
            Err(Refusal::NoApp) => CLOSE_GOING_AWAY,
        };
        return socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
    }
}

async fn search_term(socket: &mut WebSocket) -> Option<Arc<str>> {
    loop {
        match tokio::time::timeout(FIRST_MESSAGE, socket.recv()).await {
            Ok(Some(Ok(Message::Text(term)))) => return Some(term.as_str().into()),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            _ => return None,
        }
    }
}

fn frame(line: &LogLine) -> String {
    json!({"source": source(line), "timestamp": line.timestamp, "message": line.message}).to_string()
}

/// The stream has two sources; a build belongs to the platform.
fn source(line: &LogLine) -> &'static str {
    match line.source {
        LogSource::App => "APP",
        LogSource::System | LogSource::Build => "SYSTEM",
    }
}
