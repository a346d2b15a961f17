//! Addresses of apps to which the workspace's credential may be sent.

use reqwest::Url;

/// The address of an app, from the `url` of its record, if the credential of the workspace at `workspace` may go
/// there.
pub(crate) fn app_url(url: &str, workspace: &str) -> Option<Url> {
    safe_url(url, is_on_this_machine(workspace))
}

fn safe_url(url: &str, workspace_is_local: bool) -> Option<Url> {
    let with_scheme = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let url = Url::parse(&with_scheme).ok()?;
    let named = url.has_host() && url.username().is_empty() && url.password().is_none();
    let local = workspace_is_local && url.scheme() == "http" && is_on_this_machine(url.as_str());
    (named && (url.scheme() == "https" || local)).then_some(url)
}

/// Whether `url` leads to a loopback address.
pub(super) fn is_on_this_machine(url: &str) -> bool {
    let Some(url) = Url::parse(url).ok() else { return false };
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_goes_to_https_only() {
        for url in ["https://tellr-1.aws.databricksapps.com", "tellr-1.aws.databricksapps.com"] {
            let address = safe_url(url, false).unwrap();
            assert_eq!(address.as_str(), "https://tellr-1.aws.databricksapps.com/");
        }
        for url in [
            "",
            "http://tellr-1.aws.databricksapps.com",
            "http://127.0.0.1:8000",
            "https://someone@example.com",
            "https://:secret@example.com",
            "file:///etc/passwd",
            "ftp://example.com",
            "https://",
        ] {
            assert!(safe_url(url, false).is_none(), "{url}");
        }
    }

    #[test]
    fn beside_a_local_workspace_an_app_may_be_local_too() {
        for url in ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"] {
            assert!(safe_url(url, true).is_some(), "{url}");
        }
        assert!(safe_url("http://example.com", true).is_none());
        assert!(safe_url("http://127.0.0.1.example.com", true).is_none());
    }
}
