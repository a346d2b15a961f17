//! Accepts requests only from the page that this server served.
//!
//! A browser sends requests of any page to any address, including this one. Three of its headers identify
//! the sender, and a page can forge none: `Host` (not ours if another site's name points to this machine),
//! `Origin` (the requesting page; sent with every write), and `Sec-Fetch-Site`. In addition, a write has to
//! be JSON, which no form can send.
//!
//! A client other than a browser can forge all of this. The server listens on loopback only, and
//! [`Session`] identifies the user's browser.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::session::Session;
use super::state::DeployPage;
use crate::http::security::address::{self, FETCH_SITE, Odd};

/// Longer than the workspace's timeout (60 s) and shorter than the page's (90 s), so that this server
/// reports the timeout.
const LIMIT: Duration = Duration::from_secs(85);

/// The content security policy for answers of the workspace, in case one is opened as a page: everything is
/// forbidden.
const ANSWER_SECURITY_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// A layer that accepts the page's requests, with a time limit.
pub(super) async fn admit(State(page): State<Arc<DeployPage>>, request: Request, next: Next) -> Response {
    let mut response = match check(&page.session, &request) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match tokio::time::timeout(LIMIT, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::timeout().into_response(),
        },
    };
    // Only a page of this server has the cookie already.
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(ANSWER_SECURITY_POLICY);
    response
}

/// A layer around everything: requests for another host name, as sent by a site whose name points to this
/// machine, or for another server's port, get 404.
pub(super) async fn at_own_address(
    State(page): State<Arc<DeployPage>>,
    request: Request,
    next: Next,
) -> Response {
    match own_host(&page.session, &request) {
        Ok(_) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(session: &Session, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    // In the form used in the origin of a page from there.
    let host = own_host(session, request)?;
    let reads = request.method() == Method::GET;
    match single(headers, &header::ORIGIN)? {
        Some(origin) if address::host_of_origin(origin, "http") == Some(host) => {}
        Some(_) => return Err(Refusal::forbidden("The request comes from a page of another origin")),
        None if reads => {}
        None => return Err(Refusal::forbidden("The request doesn't show which page it comes from")),
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
            "The body of a request must be JSON",
        ));
    }
    if !session.is_open_to(headers) {
        return Err(Refusal::no_credential(
            "This browser was not opened with the address that `tellr-app deploy-page` printed, or that address was \
             used in another browser: it works once. Start `tellr-app deploy-page` again for a new one",
        ));
    }
    Ok(())
}

/// The host of the request, if it is this server.
fn own_host<'a>(session: &Session, request: &'a Request) -> Result<&'a str, Refusal> {
    let host = address::asked_host(request.uri(), request.headers());
    let host = host.ok().flatten().ok_or_else(another_host)?;
    if address::port_on_loopback(host) == Some(session.port()) {
        return Ok(host);
    }
    Err(another_host())
}

fn another_host() -> Refusal {
    Refusal::forbidden("The request was not made to this server's own address")
}

/// The value of a header, if it occurs once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    address::single(headers, name)
        .map_err(|Odd(name)| Refusal::forbidden(format!("The header `{name}` is not as a browser sends it")))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn an_address_that_contradicts_the_host_is_refused() {
        let (session, _) = Session::new(1).expect("random bytes");
        let asked = |uri: &str, hosts: &[&str]| {
            let mut request = Request::get(uri);
            for host in hosts {
                request = request.header("host", *host);
            }
            own_host(&session, &request.body(Body::empty()).expect("a request")).is_ok()
        };
        assert!(asked("/", &["localhost:1"]));
        assert!(asked("http://localhost:1/", &["localhost:1"]));
        assert!(!asked("http://evil.example:1/", &["localhost:1"]));
        assert!(!asked("http://localhost:1/", &["evil.example:1"]));
        assert!(!asked("/", &["localhost:2"]), "another server's port");
        assert!(!asked("/", &["localhost"]), "port 80");
        assert!(!asked("/", &[]), "no host at all");
        assert!(!asked("/", &["localhost:1", "localhost:1"]));
    }
}
