//! Headers on their way through the proxy.
//!
//! Those of a single connection (hop-by-hop) end here, and so do the caller's copies of headers that only the
//! platform sets. `Trailer`, and `TE` as far as it asks for trailers, pass: without them trailers would not.

use std::net::SocketAddr;

use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::platform::visitor::{self, Visitor};

/// The protocol that the caller wants to change to, `websocket` for example. HTTP/2 is not one: it starts
/// with prior knowledge, and requests for an upgrade to it are answered with HTTP/1.1.
pub(super) fn upgrade_wanted(headers: &HeaderMap) -> Option<HeaderValue> {
    let asks = listed(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|protocol| asks && !protocol.as_bytes().eq_ignore_ascii_case(b"h2c")).cloned()
}

/// The host that the caller asked for: a header in HTTP/1.1, a part of the URI in HTTP/2.
pub(super) fn host_of(request: &Request) -> String {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().map(axum::http::uri::Authority::as_str);
    header.or(authority).unwrap_or_default().to_owned()
}

/// The caller's headers without hop-by-hop headers and without those that only the platform may set, plus
/// the platform's headers.
pub(super) fn onward(from: &HeaderMap, host: &str, visitor: &Visitor, client: SocketAddr) -> HeaderMap {
    let wants_trailers = listed(from, &TE).any(|token| token.eq_ignore_ascii_case("trailers"));
    let mut headers = from.clone();
    drop_hop_by_hop(&mut headers);
    if wants_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
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
    headers
}

/// Adds what HTTP/1.1 has in headers of the connection.
pub(super) fn complete_for_http1(headers: &mut HeaderMap, host: &str, upgrade: Option<HeaderValue>) {
    if let Ok(host) = HeaderValue::from_str(host)
        && !host.is_empty()
    {
        headers.insert(HOST, host);
    }
    if headers.contains_key(TE) {
        headers.append(CONNECTION, HeaderValue::from_static("te"));
    }
    if let Some(protocol) = upgrade {
        headers.append(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol);
    }
}

/// Removes the headers of a single connection.
pub(super) fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = listed(headers, &CONNECTION).map(str::to_owned).collect();
    for name in named {
        // A body's length and its trailers are not those of a connection, even if the caller lists them.
        if ![CONTENT_LENGTH, TRAILER].iter().any(|kept| name.eq_ignore_ascii_case(kept.as_str())) {
            headers.remove(name);
        }
    }
    for name in [CONNECTION, UPGRADE, TE, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
}

/// The words of a header that is a list.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}
