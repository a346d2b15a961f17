//! Refuses requests that a page of another site makes, on all routes.
//!
//! Problem: a browser sends requests of any page to any address, with the user's session at the platform's
//! proxy or, on the user's own machine, with the local identity. A page of another site can't read the
//! answer, but a request that changes something has its effect. And a site whose name points to this machine
//! (DNS rebinding) is of the same origin as the app for the browser, and can read answers too.
//!
//! Choice: two checks, one layer around everything.
//!
//! * A request with an unsafe method has to come from a page of the app itself: `Sec-Fetch-Site:
//!   same-origin`, or else an `Origin` with the app's host. Pages can forge neither. A program that calls the
//!   API sends `Origin` with the app's address.
//! * Off the platform, `Host` has to be a name of this machine or one that the settings list. On the
//!   platform the proxy decides which names lead to the app.
//!
//! Neither needs a secret in the page, as a token against forged requests would.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::address::{self, FETCH_SITE};
use crate::http::error::ApiError;
use crate::settings::Settings;

/// Set by the platform's proxy: the host that the browser asked for.
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const ODD: &str = "The request's headers are not as a browser sends them";

/// Under which names the server is reached; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnAddress {
    /// The platform's proxy decides, and forwards the name.
    Platform,
    /// Directly.
    Direct {
        /// Names besides this machine's, in lower case.
        hosts: Arc<[String]>,
        /// Whether other machines can connect, which then use this machine's IP address.
        is_public: bool,
    },
}

impl OwnAddress {
    /// As the settings say.
    pub fn from_settings(settings: &Settings) -> Self {
        if settings.app_name.is_some() {
            Self::Platform
        } else {
            let is_public = !settings.listen.ip().is_loopback();
            Self::Direct { hosts: settings.hosts.clone().into(), is_public }
        }
    }

    /// Whether the server is reached under `name`.
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Platform => true,
            Self::Direct { hosts, is_public } => {
                address::is_loopback(name)
                    // A name that points elsewhere can be made to point here; an address can't.
                    || (*is_public && address::address_in(name).is_some())
                    || hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
            }
        }
    }
}

/// Where a browser reaches the app: `https://host`, or `http://host:port` for this machine. Google and browsers take
/// `http` for nothing else.
///
/// # Errors
/// If the request's headers don't tell.
pub fn origin(own: &OwnAddress, uri: &Uri, headers: &HeaderMap) -> Result<String, &'static str> {
    let asked = asked(own, uri, headers)?.filter(|asked| address::name_of(asked).is_some()).ok_or(ODD)?;
    let is_here = address::name_of(asked).is_some_and(address::is_loopback);
    Ok(format!("{}://{asked}", if is_here { "http" } else { "https" }))
}

/// The host that the browser asked for.
fn asked<'a>(
    own: &OwnAddress,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<Option<&'a str>, &'static str> {
    let asked = address::asked_host(uri, headers).map_err(|_| ODD)?;
    match own {
        OwnAddress::Platform => Ok(address::single(headers, &FORWARDED_HOST).map_err(|_| ODD)?.or(asked)),
        OwnAddress::Direct { .. } => Ok(asked),
    }
}

/// Passes if a request comes from a page of the app, or from a program that names its address.
///
/// # Errors
/// What is wrong.
pub fn from_own_page(own: &OwnAddress, uri: &Uri, headers: &HeaderMap) -> Result<(), &'static str> {
    let asked = asked(own, uri, headers)?;
    let origin = address::single(headers, &header::ORIGIN).map_err(|_| ODD)?;
    let site = address::single(headers, &FETCH_SITE).map_err(|_| ODD)?;
    let is_own = |origin: &str| {
        let host = ["https", "http"].iter().find_map(|scheme| address::host_of_origin(origin, scheme));
        host.is_some_and(|host| asked.is_some_and(|asked| asked.eq_ignore_ascii_case(host)))
    };
    match (site, origin) {
        // A proxy may have changed the host's name; the browser knows the origin.
        (Some("same-origin"), _) => Ok(()),
        (None, Some(origin)) if is_own(origin) => Ok(()),
        (None, None) => {
            Err("The request doesn't say which page it comes from. Send the app's address as `Origin`")
        }
        _ => Err("The request comes from a page of another site"),
    }
}

/// The layer.
pub async fn admit(State(own): State<OwnAddress>, request: Request, next: Next) -> Response {
    match check(&own, &request) {
        Ok(()) => next.run(request).await,
        Err(message) => {
            tracing::info!("refused a request: {message}");
            ApiError::Refused(StatusCode::FORBIDDEN, message).into_response()
        }
    }
}

fn check(own: &OwnAddress, request: &Request) -> Result<(), &'static str> {
    let (uri, headers) = (request.uri(), request.headers());
    let asked = asked(own, uri, headers)?;
    if let OwnAddress::Direct { .. } = own
        && !asked.and_then(address::name_of).is_some_and(|name| own.is(name))
    {
        return Err(
            "The request names another host. If the app is reached under that name, add it to TELLR_HOSTS",
        );
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    from_own_page(own, uri, headers)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn direct(hosts: &[&str], is_public: bool) -> OwnAddress {
        let hosts = hosts.iter().map(|&host| host.to_owned()).collect();
        OwnAddress::Direct { hosts, is_public }
    }

    fn is_taken(own: &OwnAddress, method: Method, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri("/api/x");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(own, &request.body(Body::empty()).expect("a request")).is_ok()
    }

    #[test]
    fn a_read_on_the_platform_needs_nothing() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(is_taken(&OwnAddress::Platform, method.clone(), &[]));
            assert!(is_taken(&OwnAddress::Platform, method, &[("origin", "https://evil.example")]));
        }
    }

    #[test]
    fn a_write_comes_from_the_apps_own_page() {
        const FORWARDED: (&str, &str) = ("x-forwarded-host", "tellr-1.aws.databricksapps.com");
        const HOST: (&str, &str) = ("host", "10.0.0.7:8000");
        let own = ("origin", "https://tellr-1.aws.databricksapps.com");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for good in [
                vec![HOST, FORWARDED, own],
                vec![HOST, FORWARDED, ("sec-fetch-site", "same-origin")],
                vec![HOST, FORWARDED, own, ("sec-fetch-site", "same-origin")],
                vec![("host", "tellr.example.com"), ("origin", "https://tellr.example.com")],
            ] {
                assert!(is_taken(&OwnAddress::Platform, method.clone(), &good), "{method} {good:?}");
            }
            for bad in [
                vec![HOST, FORWARDED],
                vec![HOST, FORWARDED, ("origin", "https://evil.example")],
                vec![HOST, FORWARDED, ("origin", "https://10.0.0.7:8000")],
                vec![HOST, FORWARDED, ("origin", "https://tellr-1.aws.databricksapps.com.evil.example")],
                vec![HOST, FORWARDED, ("origin", "null")],
                vec![HOST, FORWARDED, ("origin", "")],
                vec![HOST, FORWARDED, own, own],
                vec![HOST, FORWARDED, own, ("sec-fetch-site", "cross-site")],
                vec![HOST, FORWARDED, own, ("sec-fetch-site", "same-site")],
                vec![HOST, FORWARDED, ("sec-fetch-site", "none")],
                vec![HOST, FORWARDED, FORWARDED, own],
                vec![own],
            ] {
                assert!(!is_taken(&OwnAddress::Platform, method.clone(), &bad), "{method} {bad:?}");
            }
        }
    }

    #[test]
    fn off_the_platform_a_request_is_for_this_machine() {
        let local = direct(&[], false);
        for good in ["localhost:8000", "127.0.0.1:9000", "[::1]:8000", "tellr.localhost"] {
            assert!(is_taken(&local, Method::GET, &[("host", good)]), "{good}");
        }
        for bad in ["evil.example:8000", "10.0.0.1:8000", "localhost.evil.example", "user@localhost", ""] {
            assert!(!is_taken(&local, Method::GET, &[("host", bad)]), "{bad}");
        }
        assert!(!is_taken(&local, Method::GET, &[]));
        let forwarded = [("host", "evil.example"), ("x-forwarded-host", "localhost")];
        assert!(!is_taken(&local, Method::GET, &forwarded), "nobody trustworthy sets it here");
        assert!(is_taken(&local, Method::POST, &[("host", "localhost:1"), ("origin", "http://localhost:1")]));
        assert!(!is_taken(
            &local,
            Method::POST,
            &[("host", "localhost:1"), ("origin", "http://localhost:2")]
        ));
    }

    #[test]
    fn a_server_for_other_machines_has_their_addresses_and_the_listed_names() {
        let public = direct(&["tellr.example.com"], true);
        for good in ["10.0.0.1:8000", "[2001:db8::1]", "Tellr.example.com", "localhost"] {
            assert!(is_taken(&public, Method::GET, &[("host", good)]), "{good}");
        }
        assert!(!is_taken(&public, Method::GET, &[("host", "evil.example")]));
    }
}
