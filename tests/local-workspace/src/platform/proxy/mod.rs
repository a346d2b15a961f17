//! An app's URL.
//!
//! Forwards requests to the app's current process, with the platform's headers: the proxy identifies the
//! visitor, and removes such headers from the caller (`headers`). Visitors speak HTTP/1.1 or HTTP/2 without
//! TLS, with prior knowledge; the settings say which of them the app is asked with (`upstream`). Requests are
//! streamed, and so are answers, unless the settings have them held back (`answer`). A request has 120
//! seconds, including its answer; a WebSocket has no limit.
//!
//! A WebSocket is HTTP/1.1 from end to end, and forwarded as bytes. Through HTTP/2 (RFC 8441) there is none:
//! browsers need TLS for HTTP/2, which this workspace doesn't have.

mod answer;
mod headers;
mod settings;
mod upstream;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderValue, StatusCode, Uri, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;

use super::visitor::{self, Refusal, Visitor};
use super::{AppState, Inner, Running, Slot, logz, sign_in};
use crate::workspace::Workspace;
use crate::{connection, pages};
use answer::{Unfinished, ready_for_visitor};
use headers::{complete_for_http1, drop_hop_by_hop, host_of, onward, upgrade_wanted};
pub use settings::{AppHttp, Buffering, ProxySettings};
pub(super) use upstream::Http2Connection;

const STUB: &str = r#"{"status":"healthy","stub":true}"#;

/// An open URL. Dropping it closes it, and its connections.
pub(super) struct Listener {
    url: String,
    port: u16,
    _open: watch::Sender<bool>,
}

impl Listener {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn port(&self) -> u16 {
        self.port
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
        .with_state(Proxy { slot, platform });
    let (open, closed) = watch::channel(false);
    tokio::spawn(connection::serve(listener, router, closed));
    Ok(Listener { url, port: address.port(), _open: open })
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
    let rules = workspace.settings.get().proxy;
    let limit = rules.request_limit();
    let deadline = Instant::now() + limit;
    let response = match tokio::time::timeout_at(
        deadline,
        pass(request, port, rules.http_to_app, &slot.http2, &visitor, client),
    )
    .await
    {
        Ok(Ok(response)) if response.status() == StatusCode::SWITCHING_PROTOCOLS => return response,
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::debug!(app, %error, "the app gave no answer");
            return pages::no_answer(app);
        }
        Err(_) => return pages::too_slow(app, limit),
    };
    match ready_for_visitor(response, rules.buffering, deadline).await {
        Ok(response) => response,
        Err(Unfinished::Late) => pages::too_slow(app, limit),
        Err(error @ (Unfinished::TooLarge | Unfinished::Broken(_))) => {
            tracing::debug!(app, %error, "the app gave no answer that can be held back");
            pages::no_whole_answer(app)
        }
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
    http: AppHttp,
    http2: &Http2Connection,
    visitor: &Visitor,
    client: SocketAddr,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let caller = hyper::upgrade::on(&mut request);
    let upgrade = upgrade_wanted(request.headers());
    let host = host_of(&request);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    *request.headers_mut() = onward(request.headers(), &host, visitor, client);
    let mut response = match http {
        AppHttp::Http2 if upgrade.is_none() => {
            request.headers_mut().remove(HOST);
            let host = if host.is_empty() { format!("localhost:{port}") } else { host };
            *request.uri_mut() =
                Uri::builder().scheme("http").authority(host).path_and_query(path).build()?;
            *request.version_mut() = Version::HTTP_2;
            http2.send(request, port).await?
        }
        AppHttp::Http1 | AppHttp::Http2 => {
            complete_for_http1(request.headers_mut(), &host, upgrade);
            *request.uri_mut() = path.parse()?;
            *request.version_mut() = Version::HTTP_11;
            upstream::send_by_http1(request, port).await?
        }
    };
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
    // The version is that of the visitor's connection.
    *response.version_mut() = Version::default();
    Ok(response.map(Body::new))
}
