//! Where Google is: constants, or a stand-in on this machine.

use reqwest::Url;

/// The addresses of Google's endpoints.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) authorization: String,
    pub(super) token: String,
    pub(super) revocation: String,
    pub(super) user_info: String,
    /// Files of Drive, without a slash at the end.
    pub(super) files: String,
    /// The same for uploads.
    pub(super) uploads: String,
    /// The stand-in, if there is one.
    stand_in: Option<String>,
}

impl Endpoints {
    /// Google's, or those of a stand-in, whose address was checked.
    pub(super) fn new(stand_in: Option<&str>) -> Self {
        let at = |host: &str, path: &str| format!("{}{path}", stand_in.unwrap_or(host));
        Self {
            authorization: at("https://accounts.google.com", "/o/oauth2/v2/auth"),
            token: at("https://oauth2.googleapis.com", "/token"),
            revocation: at("https://oauth2.googleapis.com", "/revoke"),
            user_info: at("https://openidconnect.googleapis.com", "/v1/userinfo"),
            files: at("https://www.googleapis.com", "/drive/v3/files"),
            uploads: at("https://www.googleapis.com", "/upload/drive/v3/files"),
            stand_in: stand_in.map(str::to_owned),
        }
    }

    /// The address of an upload session, if it is one of Google's: tokens and files are sent there.
    pub(super) fn session(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok().filter(|_| address.len() <= 4096)?;
        let is_googles = if let Some(stand_in) = &self.stand_in {
            Url::parse(stand_in).is_ok_and(|it| it.origin() == url.origin())
        } else {
            let host = url.host_str().unwrap_or_default();
            url.scheme() == "https" && host.ends_with(".googleapis.com") && url.port().is_none()
        };
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        (is_googles && is_bare && url.path().starts_with("/upload/drive/")).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_googles_hosts_are_sent_files() {
        let google = Endpoints::new(None);
        let good = "https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=x";
        assert!(google.session(good).is_some());
        for bad in [
            "http://www.googleapis.com/upload/drive/v3/files?upload_id=x",
            "https://www.googleapis.com.evil.example/upload/drive/v3/files",
            "https://evilgoogleapis.com/upload/drive/v3/files",
            "https://www.googleapis.com:8443/upload/drive/v3/files",
            "https://me@www.googleapis.com/upload/drive/v3/files",
            "https://www.googleapis.com/other",
            "/upload/drive/v3/files",
        ] {
            assert!(google.session(bad).is_none(), "{bad}");
        }
        let here = Endpoints::new(Some("http://127.0.0.1:1"));
        assert!(here.session("http://127.0.0.1:1/upload/drive/v3/files?upload_id=x").is_some());
        assert!(here.session("http://127.0.0.1:2/upload/drive/v3/files?upload_id=x").is_none());
        assert!(here.session(good).is_none());
    }
}
