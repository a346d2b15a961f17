//! Describes for users why a request had no answer.
//!
//! reqwest's own message is a chain such as "error sending request for url (…): client error (Connect): tcp
//! connect error: Connection refused (os error 111)". The URL is known, and users need only the last link
//! and its meaning. The deploy logic also uses these texts to distinguish an invalid certificate, a proxy
//! that requires authentication and an unknown host name from transient errors; none of those is retried
//! for a minute.

use std::error::Error;
use std::io;

use deployer::host::{HostError, HostErrorKind};

/// Describes why there was no answer. Of a URL, only the host is repeated.
pub(crate) fn no_answer(error: &reqwest::Error) -> HostError {
    let kind = if error.is_builder() {
        // It was never sent, such as one with a path that is too long: the next attempt is the same.
        HostErrorKind::Refused
    } else if error.is_timeout() && !error.is_connect() {
        HostErrorKind::Timeout
    } else {
        HostErrorKind::Connection
    };
    let at = error.url().and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
    let at = at.map_or_else(
        || "the workspace".to_owned(),
        |(host, port)| {
            if port == 443 { host } else { format!("{host}:{port}") }
        },
    );
    HostError { kind, message: reason(error, &at, error.is_timeout()) }
}

/// The reason found in `error` or one of its causes, about the host `at`.
fn reason(error: &(dyn Error + 'static), at: &str, timed_out: bool) -> String {
    // Without reqwest's own link, which has the URL: a name, port or path may contain any of the words below.
    let links: Vec<String> =
        chain(error).filter(|cause| !cause.is::<reqwest::Error>()).map(ToString::to_string).collect();
    let says = |words: &[&str]| {
        links.iter().find(|link| {
            let link = link.to_ascii_lowercase();
            words.iter().any(|word| link.contains(word))
        })
    };
    let last = links.last().map(String::as_str).unwrap_or_default();
    if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_builder) {
        return format!(
            "The request can't be sent: its address or a header is not valid, or too long ({last})"
        );
    }
    let is_through_proxy = says(&["tunnel", "socks", "proxy"]).is_some();
    if says(&["proxy authorization required"]).is_some() {
        return format!(
            "The proxy for {at} requires a user name and password (407, proxy authorization required)"
        );
    }
    if let Some(problem) = chain(error).find_map(certificate) {
        return format!("The certificate of {at} is not trusted: {problem}");
    }
    if says(&["dns error", "failed to lookup address"]).is_some() {
        let what = if is_through_proxy { "the proxy's name" } else { at };
        return format!("Failed to resolve {what}: there is no such host, or no name server answers");
    }
    if timed_out {
        let what = if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect) {
            "No connection to"
        } else {
            "No answer from"
        };
        return format!("{what} {at} in time");
    }
    match chain(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind) {
        _ if is_through_proxy => format!("The proxy for {at} refused the connection: {last}"),
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("{at} refused the connection: no server listens there, or a firewall blocks it")
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof) => {
            format!("The connection to {at} was interrupted")
        }
        Some(
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown,
        ) => {
            format!("There is no network route to {at}")
        }
        _ if says(&["invalidcontenttype", "corrupt message"]).is_some() => {
            format!("{at} doesn't speak TLS on this port; is the port right?")
        }
        _ => format!("No answer from {at}: {last}"),
    }
}

/// The problem with a certificate, if that is the cause.
fn certificate(cause: &(dyn Error + 'static)) -> Option<String> {
    let rustls::Error::InvalidCertificate(problem) = cause.downcast_ref::<rustls::Error>()? else {
        return None;
    };
    Some(match problem {
        rustls::CertificateError::UnknownIssuer => {
            "it was not issued by a trusted authority. If a company's proxy inspects the traffic, set \
             `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE` to a file with its CA certificate"
                .to_owned()
        }
        rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => {
            "it has expired, or this machine's clock is wrong".to_owned()
        }
        rustls::CertificateError::NotValidYet | rustls::CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet, or this machine's clock is wrong".to_owned()
        }
        rustls::CertificateError::NotValidForName
        | rustls::CertificateError::NotValidForNameContext { .. } => {
            "it was issued for another name".to_owned()
        }
        other => other.to_string(),
    })
}

/// An error and its chain of causes. Includes the error wrapped by an I/O error, which `source` skips.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| <dyn Error>::source(*error))
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_address_that_reads_like_a_reason_is_not_taken_for_one() {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = free.local_addr().expect("its address");
        drop(free);
        let client = crate::workspace::client::client().expect("a client");
        for path in ["407", "socks-tunnel-proxy", "failed to lookup address", "corrupt message"] {
            let error = client.get(format!("http://{at}/{path}")).send().await.expect_err("nobody listens");
            assert!(error.to_string().contains(&path[..3]), "the error repeats the URL: {error}");
            let HostError { kind, message } = no_answer(&error);
            assert_eq!(kind, HostErrorKind::Connection);
            assert!(message.starts_with(&format!("{at} refused the connection")), "{message}");
        }
    }
}
