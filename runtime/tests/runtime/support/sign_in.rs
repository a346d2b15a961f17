//! A person's browser that follows the sign-in's link, and comes back with whatever a test wants.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method, RequestBuilder};
use sha2::{Digest as _, Sha256};

use super::app::client;
use super::page::{Answer, Page};

pub(crate) const ACCESS: &str = "/api/workspace-access";
pub(crate) const SIGN_IN: &str = "/api/workspace-access/sign-in";

/// The browser, at the workspace's sign-in.
pub(crate) struct AtTheWorkspace {
    /// Where it was sent: a workspace, and for what.
    pub(crate) address: String,
    pub(crate) asked: BTreeMap<String, String>,
    client: Client,
}

/// Clicks the page's link.
pub(crate) async fn click(page: &Page) -> AtTheWorkspace {
    let answer = Answer::of(link(page)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let location: Uri = answer.header("location").expect("a place").parse().expect("an address");
    let Query(asked) = Query::try_from_uri(&location).expect("parameters");
    let address = location.to_string().split('?').next().expect("an address").to_owned();
    AtTheWorkspace { address, asked, client: client(|builder| builder) }
}

/// The request behind the page's link, as a browser sends it.
pub(crate) fn link(page: &Page) -> RequestBuilder {
    // Where the link leads is another site, which this browser does not open.
    client(|builder| {
        let cookies = super::page::cookies(&page.cookie);
        builder.redirect(reqwest::redirect::Policy::none()).default_headers(cookies)
    })
    .get(format!("{}{SIGN_IN}", page.origin()))
    .header("sec-fetch-site", "same-origin")
    .header("sec-fetch-mode", "navigate")
    .header("sec-fetch-dest", "document")
}

impl AtTheWorkspace {
    pub(crate) fn state(&self) -> &str {
        &self.asked["state"]
    }

    /// Where the workspace is to send the browser back to, `http://localhost:…`.
    pub(crate) fn back(&self) -> &str {
        &self.asked["redirect_uri"]
    }

    /// Of that, host and port.
    pub(crate) fn authority(&self) -> &str {
        self.back().trim_start_matches("http://")
    }

    /// Any request to where the browser comes back to.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.back()))
    }

    /// The request of a browser that is sent back with `query`.
    pub(crate) fn coming_back(&self, query: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::GET, "/")
            .query(query)
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
    }

    /// As the workspace sends back whoever signed in.
    pub(crate) async fn come_back(&self) -> Answer {
        Answer::of(self.coming_back(&[("code", "planted-code"), ("state", self.state())])).await
    }

    /// Whether no answer is taken there any more. The port itself may be somebody else's by now.
    pub(crate) async fn is_over(&self) -> bool {
        let again = self.coming_back(&[("code", "planted-code"), ("state", self.state())]).send().await;
        again.map_or(true, |answer| answer.status() == 400)
    }

    /// Whether this is the verifier that was promised.
    pub(crate) fn is_verified_by(&self, verifier: &str) -> bool {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == self.asked["code_challenge"]
    }
}
