//! A stand-in for Google. Only one on this machine is taken: the program at this address is sent the secrets of the
//! OAuth client and of people.

use super::variables::Reader;

const NAME: &str = "TELLR_GOOGLE_ADDRESS";

/// `http://host:port` without a trailing slash.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.text(NAME)?;
    let address = on_this_machine(&text);
    if address.is_none() {
        let message = "expected an address on this machine, such as `http://127.0.0.1:8788`";
        reader.problem(NAME, format!("can't be used; {message}"));
    }
    address
}

fn on_this_machine(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let host = url.host_str()?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    (is_here && is_bare && url.scheme() == "http").then(|| format!("http://{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_stands_in_for_google() {
        for good in ["http://127.0.0.1:8788", "http://localhost:1/", "http://[::1]:8788"] {
            assert_eq!(on_this_machine(good).as_deref(), Some(good.trim_end_matches('/')), "{good}");
        }
        for bad in [
            "https://accounts.google.com",
            "http://google.example:8788",
            "http://127.0.0.1.evil.example",
            "http://user@127.0.0.1:1",
            "http://127.0.0.1:1/path",
            "127.0.0.1:8788",
            "ftp://127.0.0.1",
        ] {
            assert_eq!(on_this_machine(bad), None, "{bad}");
        }
    }
}
