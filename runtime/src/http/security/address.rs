//! Which host a request is for, and which page it comes from, as a browser tells it.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri, header};

/// Set by browsers: whether the request comes from a page of the same origin.
pub const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A header that no browser sends in this way: several times, not as text, or contradicting the URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd(pub HeaderName);

/// The value of a header, if it occurs once.
pub fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Odd> {
    let mut values = headers.get_all(name).iter();
    let odd = || Odd(name.clone());
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| odd()),
        (Some(_), Some(_)) => Err(odd()),
    }
}

/// The host and port of the request.
pub fn asked_host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<Option<&'a str>, Odd> {
    // HTTP/2 has it in the URI, and so do requests in proxy form.
    let from_address = uri.authority().map(Authority::as_str);
    match (from_address, single(headers, &header::HOST)?) {
        (Some(one), Some(other)) if one != other => Err(Odd(header::HOST)),
        (one, other) => Ok(one.or(other)),
    }
}

/// The name in `authority`, without its port; `None` if it isn't just a name and a port.
pub fn name_of(authority: &str) -> Option<&str> {
    let (name, port) = match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => (&authority[..at], Some(&authority[at + 1..])),
        _ => (authority, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_name = !name.is_empty() && (name.bytes().all(is_plain) || address_in(name).is_some());
    (is_name && port.is_none_or(is_port)).then_some(name)
}

/// The IP address that a name is, if it is one.
pub fn address_in(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None => name.parse().map(IpAddr::V4).ok(),
    }
}

/// Whether a name is one of this machine's loopback names.
pub fn is_loopback(name: &str) -> bool {
    let is_name = |name: &str| name == "localhost" || name.ends_with(".localhost");
    is_name(name) || address_in(name).is_some_and(|address| address.is_loopback())
}

/// The port of `authority`, if its host is one of this machine's names for IPv4 loopback.
pub fn port_on_loopback(authority: &str) -> Option<u16> {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())??;
    let address = host.parse::<Ipv4Addr>();
    let is_here =
        host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|it| it.is_loopback());
    is_here.then_some(port)
}

/// The host and port of an origin with this scheme; `None` for another scheme.
pub fn host_of_origin<'a>(origin: &'a str, scheme: &str) -> Option<&'a str> {
    origin.strip_prefix(scheme)?.strip_prefix("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for (good, port) in [
            ("127.0.0.1:8000", 8000),
            ("localhost:8000", 8000),
            ("localhost", 80),
            ("127.0.0.2:1", 1),
            ("tellr.localhost:80", 80),
        ] {
            assert_eq!(port_on_loopback(good), Some(port), "{good}");
        }
        for bad in [
            "",
            "localhost:",
            "localhost:x",
            "localhost:+80",
            "localhost:80:80",
            "localhost:65536",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "0.0.0.0:8000",
            "10.0.0.1",
            "user@localhost",
            "[::1]:8000",
        ] {
            assert_eq!(port_on_loopback(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_taken_out_of_an_authority() {
        for (authority, name) in [
            ("localhost:8000", "localhost"),
            ("tellr.example.com", "tellr.example.com"),
            ("[::1]:8000", "[::1]"),
            ("[::1]", "[::1]"),
            ("10.0.0.1:1", "10.0.0.1"),
        ] {
            assert_eq!(name_of(authority), Some(name), "{authority}");
        }
        for bad in ["", ":80", "a:", "a:b", "a:1:2", "user@localhost", "[::1", "::1", "a b", "a/b", "[x]:1"] {
            assert_eq!(name_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn loopback_is_a_name_or_an_address() {
        for good in ["localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert!(is_loopback(good), "{good}");
        }
        for bad in
            ["localhost.example.com", "127.0.0.1.example.com", "0.0.0.0", "10.0.0.1", "[::2]", "notlocalhost"]
        {
            assert!(!is_loopback(bad), "{bad}");
        }
    }
}
