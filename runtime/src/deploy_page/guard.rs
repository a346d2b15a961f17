//! Whose requests are answered: those of the page that this server served.
//!
//! A browser sends requests of any page to any address, this one included. Three of its own
//! statements tell them apart, and a page can forge none: `Host` (a name that some other site lets
//! point to this machine is not ours), `Origin` (which page asks; sent with every write), and
//! `Sec-Fetch-Site`. Beyond that a write has to be JSON, which no form can send.
//!
//! Anything that isn't a browser can claim all of this. On the platform its proxy stands before
//! the app; on a person's own machine the server listens on loopback only, and [`Session`] tells
//! whose browser it is.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::{DeployPage, Session};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Longer than an answer of the workspace takes (60 s); shorter than the page waits (90 s) and the
/// platform's proxy (120 s), so that it is this server that tells.
const LIMIT: Duration = Duration::from_secs(85);

/// What an answer of the workspace may do, should somebody open it as a page: nothing.
const ANSWER_SECURITY_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// Where the page is served, which says what its origin is.
#[derive(Debug)]
pub enum Place {
    /// On a person's own machine, by a loopback address, to one browser.
    Loopback(Session),
    /// Behind the platform's proxy, which says under which host it was asked.
    Platform,
}

/// A layer that lets the page's requests through, for a limited time.
pub(super) async fn admit(State(page): State<Arc<DeployPage>>, request: Request, next: Next) -> Response {
    let mut response = match check(&page.place, &request) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match tokio::time::timeout(LIMIT, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::timeout().into_response(),
        },
    };
    // Only a page of the server's own has one already.
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(ANSWER_SECURITY_POLICY);
    response
}

/// A layer for a server on a person's own machine: under a name that isn't this machine's, as a site
/// that had its name point here would ask, there is nothing at all.
pub async fn on_loopback_only(request: Request, next: Next) -> Response {
    match asked_host(request.uri(), request.headers()).and_then(on_loopback) {
        Ok(_) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(place: &Place, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let asked = asked_host(request.uri(), headers)?;
    // As it stands in the origin of a page from there.
    let host = match place {
        Place::Loopback(_) => on_loopback(asked)?,
        Place::Platform => single(headers, &FORWARDED_HOST)?.unwrap_or(asked),
    };
    let reads = request.method() == Method::GET;
    match single(headers, &header::ORIGIN)? {
        Some(origin) if is_origin(origin, host) => {}
        Some(_) => return Err(Refusal::forbidden("The request comes from a page of another origin")),
        None if reads => {}
        None => return Err(Refusal::forbidden("The request does not say from which page it comes")),
    }
    if single(headers, &FETCH_SITE)?.is_some_and(|site| site != "same-origin") {
        return Err(Refusal::forbidden("The request does not come from the deploy page"));
    }
    let writes = matches!(*request.method(), Method::POST | Method::PATCH | Method::PUT);
    let kind = single(headers, &header::CONTENT_TYPE)?;
    let is_json = kind
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if (writes || kind.is_some()) && !is_json {
        return Err(Refusal::of_request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "A request's body has to be JSON",
        ));
    }
    match place {
        Place::Loopback(session) if !session.is_open_to(headers) => Err(Refusal::no_credential(
            "This browser did not come through the address that `tellr-app deploy-page` printed. Open it again \
             from there",
        )),
        _ => Ok(()),
    }
}

/// The host that the request was sent to.
fn asked_host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, Refusal> {
    // HTTP/2 has it in the address, and so has a request in the form that proxies get.
    let from_address = uri.authority().map(axum::http::uri::Authority::as_str);
    match (from_address, single(headers, &header::HOST)?) {
        (Some(one), Some(other)) if one != other => Err(another_host()),
        (one, other) => one.or(other).ok_or_else(another_host),
    }
}

/// `host`, if it is this machine.
fn on_loopback(host: &str) -> Result<&str, Refusal> {
    if is_loopback(host) { Ok(host) } else { Err(another_host()) }
}

fn another_host() -> Refusal {
    Refusal::forbidden("The request was not made to this server's own address")
}

/// Whether a page with this origin came from `host`: encrypted, or on this machine.
fn is_origin(origin: &str, host: &str) -> bool {
    match origin.split_once("://") {
        Some(("https", authority)) => authority == host,
        Some(("http", authority)) => authority == host && is_loopback(host),
        _ => false,
    }
}

/// Whether `authority` is one of this machine's own names for itself, with or without a port.
fn is_loopback(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let is_port = port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
    let address = host.parse::<std::net::Ipv4Addr>();
    is_port
        && (host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|it| it.is_loopback()))
}

/// The value of a header that may stand there once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let odd = || Refusal::forbidden(format!("The header `{name}` is not as a browser sends it"));
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| odd()),
        (Some(_), Some(_)) => Err(odd()),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn is_admitted(place: &Place, method: &str, uri: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(place, &request.body(Body::empty()).expect("a request")).is_ok()
    }

    const JSON: (&str, &str) = ("content-type", "application/json");

    #[test]
    fn this_machine_has_few_names() {
        for good in ["127.0.0.1:8000", "localhost:8000", "localhost", "127.0.0.2:1", "tellr.localhost:80"] {
            assert!(is_loopback(good), "{good}");
        }
        for bad in [
            "",
            "localhost:",
            "localhost:x",
            "localhost:+80",
            "localhost:80:80",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "0.0.0.0:8000",
            "10.0.0.1",
            "user@localhost",
            "[::1]:8000",
        ] {
            assert!(!is_loopback(bad), "{bad}");
        }
    }

    #[test]
    fn on_the_platform_the_proxy_says_which_host_was_asked() {
        let write = |origin: &str, proxied: &str| {
            let headers =
                [("host", "10.1.2.3:8000"), ("x-forwarded-host", proxied), ("origin", origin), JSON];
            is_admitted(&Place::Platform, "POST", "/", &headers)
        };
        assert!(write("https://tellr-1.example.com", "tellr-1.example.com"));
        assert!(write("http://127.0.0.1:8787", "127.0.0.1:8787"));
        assert!(!write("http://tellr-1.example.com", "tellr-1.example.com"), "not encrypted");
        assert!(!write("https://tellr-1.example.com:444", "tellr-1.example.com"));
        assert!(!write("https://evil.example", "tellr-1.example.com"));
        assert!(!write("null", "tellr-1.example.com"));
        assert!(!write("https://10.1.2.3:8000", "tellr-1.example.com"));
    }

    #[test]
    fn an_address_that_contradicts_the_host_is_refused() {
        let read = |uri, headers| is_admitted(&Place::Platform, "GET", uri, headers);
        assert!(read("/", &[("host", "localhost:1")]));
        assert!(read("http://localhost:1/", &[("host", "localhost:1")]));
        assert!(!read("http://evil.example/", &[("host", "localhost:1")]));
        assert!(!read("http://localhost:1/", &[("host", "evil.example")]));
        assert!(!read("/", &[]), "no host at all");
        assert!(!read("/", &[("host", "localhost"), ("host", "localhost")]));
    }
}
