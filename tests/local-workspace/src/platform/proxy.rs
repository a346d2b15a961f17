//! An app's URL.
//!
//! Forwards HTTP/1.1 to the app's current process, with the platform's headers: the proxy identifies the
//! visitor, and removes such headers from the caller. Bodies are streamed in both directions; an open
//! WebSocket is forwarded as bytes. A request has 120 seconds, including its stream; a WebSocket has no
//! limit.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{Stream, StreamExt, stream};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep};

use super::visitor::{self, Refusal, Visitor};
use super::{AppState, Inner, Running, Slot, logz, sign_in};
use crate::pages;
use crate::workspace::Workspace;

/// The time limit of one request.
const REQUEST_LIMIT: Duration = Duration::from_mins(2);
const STUB: &str = r#"{"status":"healthy","stub":true}"#;

/// An open URL. Dropping it closes it.
pub(super) struct Listener {
    url: String,
    port: u16,
    serving: AbortHandle,
}

impl Listener {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
pub(super) struct Proxy {
    // Weak: the slot owns the listener, and the listener this.
    pub(super) slot: Weak<Slot>,
    platform: Weak<Inner>,
}

/// Opens a URL for an app.
pub(super) async fn listen(slot: Weak<Slot>, platform: Weak<Inner>) -> io::Result<Listener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let router = Router::new()
        .route(sign_in::LOGIN, get(sign_in::sign_in))
        .route("/.auth/logout", get(sign_in::sign_out))
        .route("/logz", get(logz::page))
        .route("/logz/stream", get(logz::stream))
        .fallback(forward)
        .with_state(Proxy { slot, platform })
        .into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move {
        // It never ends by itself: accepting continues after errors.
        let _ = axum::serve(listener, router).await;
    });
    Ok(Listener { url, port: address.port(), serving: serving.abort_handle() })
}

async fn forward(
    State(proxy): State<Proxy>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (Some(slot), Some(workspace)) = (proxy.slot.upgrade(), proxy.workspace()) else {
        return pages::not_available("The app");
    };
    let app = slot.app.as_str();
    let visitor = match visitor::recognise(&workspace, &slot, request.headers()) {
        Ok(visitor) => visitor,
        Err(Refusal::NotSignedIn) => return sign_in::redirect(request.uri()),
        Err(Refusal::BadToken) => return pages::bad_token(),
        Err(Refusal::NotPermitted(user)) => return pages::not_permitted(app, &user),
        Err(Refusal::NoApp) => return pages::not_available(app),
    };
    let port = match &*slot.running.lock() {
        Running::Nothing => return pages::not_available(app),
        Running::Stub => return stub(request.uri(), &workspace),
        Running::Process(process) => process.port(),
    };
    if let AppState::Crashed { message } = slot.state() {
        return pages::crashed(app, &message);
    }
    let deadline = Instant::now() + REQUEST_LIMIT;
    match tokio::time::timeout_at(deadline, pass(request, port, &visitor, client)).await {
        Ok(Ok(response)) => limited(response, deadline),
        Ok(Err(error)) => {
            tracing::debug!(app, %error, "the app gave no answer");
            pages::no_answer(app)
        }
        Err(_) => pages::too_slow(app, REQUEST_LIMIT.as_secs()),
    }
}

impl Proxy {
    pub(super) fn workspace(&self) -> Option<Arc<Workspace>> {
        self.platform.upgrade()?.workspace.get()?.upgrade()
    }
}

fn stub(uri: &Uri, workspace: &Workspace) -> Response {
    let json = |status: StatusCode, body: String| {
        let kind = HeaderValue::from_static("application/json");
        (status, [(axum::http::header::CONTENT_TYPE, kind)], body).into_response()
    };
    if uri.path() == "/api/health" {
        return json(StatusCode::OK, STUB.to_owned());
    }
    match workspace.settings.get().outcomes.app_answers.get(uri.path()) {
        Some(answer) => {
            json(StatusCode::from_u16(answer.status).unwrap_or_default(), answer.body.to_string())
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn pass(
    mut request: Request,
    port: u16,
    visitor: &Visitor,
    client: SocketAddr,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let caller = hyper::upgrade::on(&mut request);
    let upgrade = upgrade_wanted(request.headers());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let uri: Uri = path.parse()?;
    *request.uri_mut() = uri;
    let headers = onward_headers(request.headers(), visitor, client, upgrade.as_ref());
    *request.headers_mut() = headers;

    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Its errors are those of the request, which reports them too.
        let _ = connection.with_upgrades().await;
    });
    let mut response = sender.send_request(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let app = hyper::upgrade::on(&mut response);
        tokio::spawn(async move {
            if let (Ok(caller), Ok(app)) = (caller.await, app.await) {
                let (mut caller, mut app) = (TokioIo::new(caller), TokioIo::new(app));
                // The connection ends when one side disconnects.
                let _ = tokio::io::copy_bidirectional(&mut caller, &mut app).await;
            }
        });
        return Ok(response.map(Body::new));
    }
    drop_hop_by_hop(response.headers_mut());
    Ok(response.map(Body::new))
}

fn upgrade_wanted(headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|_| asks).cloned()
}

/// The caller's headers without hop-by-hop headers and without those that only the platform may set, plus
/// the platform's headers.
fn onward_headers(
    from: &HeaderMap,
    visitor: &Visitor,
    client: SocketAddr,
    upgrade: Option<&HeaderValue>,
) -> HeaderMap {
    let mut headers = from.clone();
    drop_hop_by_hop(&mut headers);
    let claims: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            name.starts_with("x-forwarded-") || name == "x-real-ip" || name == "x-request-id"
        })
        .cloned()
        .collect();
    for name in claims {
        headers.remove(name);
    }
    headers.remove(AUTHORIZATION);
    headers.remove(COOKIE);
    if let Some(cookies) = visitor::other_cookies(from) {
        headers.insert(COOKIE, cookies);
    }
    let principal = &visitor.principal;
    let host = from.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    for (name, value) in [
        ("x-forwarded-host", host),
        ("x-forwarded-preferred-username", &principal.user_name),
        ("x-forwarded-user", &principal.id.to_string()),
        ("x-forwarded-email", &principal.user_name),
        ("x-real-ip", &client.ip().to_string()),
        ("x-request-id", &uuid::Uuid::new_v4().to_string()),
    ] {
        // Names and addresses that are invalid in headers were refused earlier.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if let Some(token) = &visitor.token
        && let Ok(mut value) = HeaderValue::from_str(token)
    {
        value.set_sensitive(true);
        headers.insert("x-forwarded-access-token", value);
    }
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol.clone());
    }
    headers
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    for name in named {
        // A body's length is not a hop-by-hop header, even if the caller lists it.
        if !name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str()) {
            headers.remove(name);
        }
    }
    for name in [CONNECTION, UPGRADE, TE, TRAILER, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
}

/// Ends a body that is still being streamed at the deadline.
fn limited(response: Response, deadline: Instant) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    response.map(|body| Body::from_stream(until(body.into_data_stream(), deadline)))
}

fn until<B: Send + 'static>(
    data: impl Stream<Item = Result<B, axum::Error>> + Send + Unpin + 'static,
    deadline: Instant,
) -> impl Stream<Item = Result<B, io::Error>> + Send {
    let timer: Pin<Box<Sleep>> = Box::pin(tokio::time::sleep_until(deadline));
    stream::try_unfold((data, timer), |(mut data, mut timer)| async move {
        tokio::select! {
            biased;
            item = data.next() => match item {
                None => Ok(None),
                Some(Ok(bytes)) => Ok(Some((bytes, (data, timer)))),
                Some(Err(error)) => Err(io::Error::other(error)),
            },
            () = &mut timer => Err(io::ErrorKind::TimedOut.into()),
        }
    })
}
