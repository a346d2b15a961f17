//! The deploy page's program as a process, and a browser client for it: it stores cookies, sends origin
//! headers, follows redirects, and records everything that it received.

use std::process::Stdio;
use std::sync::Mutex;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, Url};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::kill;

/// A running `tellr-app deploy-page`.
pub struct DeployPage {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    written: String,
    /// The URL that starts the browser session.
    pub entrance: Url,
    /// The sign-in URL, if it printed one.
    pub sign_in: Option<Url>,
}

impl DeployPage {
    /// Starts it with only `variables` as its environment, and a full log.
    pub async fn start(flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(kill::program())
            .args(["deploy-page", "--port", "0"])
            .args(flags)
            .env_clear()
            .envs([("HOME", "/nonexistent"), ("TELLR_LOG", "trace")])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let (mut written, mut entrance, mut sign_in) = (String::new(), None, None);
        while let Some(line) = lines.next_line().await.expect("text") {
            let address = |title| line.strip_prefix(title)?.trim().parse().ok();
            entrance = entrance.or_else(|| address("Deploy page"));
            sign_in = sign_in.or_else(|| address("Sign in"));
            written += &line;
            written.push('\n');
            if line == "Press Ctrl-C to stop" {
                break;
            }
        }
        let entrance = entrance.unwrap_or_else(|| panic!("it serves no page: {written}"));
        Self { child, lines, written, entrance, sign_in }
    }

    /// Ends it as a supervisor would; returns everything that it wrote.
    pub async fn end(mut self) -> String {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(told.success());
        while let Some(line) = self.lines.next_line().await.expect("text") {
            self.written += &line;
            self.written.push('\n');
        }
        let mut errors = self.child.stderr.take().expect("stderr is piped");
        errors.read_to_string(&mut self.written).await.expect("text");
        assert!(self.child.wait().await.expect("a status").success(), "{}", self.written);
        self.written
    }
}

/// A page that a browser received.
#[derive(Debug)]
pub struct Shown {
    /// Its final URL.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Shown {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The kind of failure, if the answer is the page server's own.
    pub fn host_error(&self) -> Option<&str> {
        self.headers.get("tellr-host-error")?.to_str().ok()
    }
}

/// A browser.
pub struct Browser {
    client: reqwest::Client,
    cookies: Mutex<Vec<(String, String)>>,
    seen: Mutex<String>,
}

impl Default for Browser {
    fn default() -> Self {
        let stay = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(stay).build().expect("a client");
        Self { client, cookies: Mutex::default(), seen: Mutex::default() }
    }
}

impl Browser {
    /// Opens a URL as if typed in.
    pub async fn open(&self, url: &Url) -> Shown {
        self.navigate(url.clone(), "none").await
    }

    /// Follows a link on the page at `page`.
    pub async fn click(&self, page: &Url, link: &str) -> Shown {
        let url = page.join(link).expect("an address");
        let site = if url.origin() == page.origin() { "same-origin" } else { "cross-site" };
        self.navigate(url, site).await
    }

    /// Sends a request as a script of the page at `page` would.
    pub async fn fetch(&self, page: &Url, method: Method, path: &str, body: Option<&Value>) -> Shown {
        let url = page.join(path).expect("an address");
        let mut request = self.client.request(method.clone(), url).header("sec-fetch-site", "same-origin");
        if method != Method::GET {
            request = request.header("origin", page.origin().ascii_serialization());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(request).await
    }

    /// The content of all answers, headers included, except redirect targets.
    pub fn seen(&self) -> String {
        self.seen.lock().expect("no panic").clone()
    }

    async fn navigate(&self, mut url: Url, site: &str) -> Shown {
        let mut site = site.to_owned();
        for _ in 0..8 {
            let request = self
                .client
                .get(url.clone())
                .header("sec-fetch-site", &site)
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document");
            let shown = self.send(request).await;
            let Some(location) = shown.headers.get(LOCATION) else { return shown };
            let next = url.join(location.to_str().expect("text")).expect("an address");
            if next.origin() != url.origin() {
                "cross-site".clone_into(&mut site);
            }
            url = next;
        }
        panic!("redirects without end at {url}");
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Shown {
        let (client, request) = request.build_split();
        let mut request = request.expect("a request");
        // Cookies of one host are sent to all its ports, as in browsers.
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let cookies: Vec<String> = {
            let kept = self.cookies.lock().expect("no panic");
            kept.iter().filter(|(of, _)| *of == host).map(|(_, cookie)| cookie.clone()).collect()
        };
        if !cookies.is_empty() {
            request.headers_mut().insert(COOKIE, cookies.join("; ").parse().expect("text"));
        }
        let answer = client.execute(request).await.expect("an answer");
        let (url, status, headers) =
            (answer.url().clone(), answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.expect("text");
        let mut seen = self.seen.lock().expect("no panic");
        for (name, value) in &headers {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name == SET_COOKIE {
                let cookie = text.split(';').next().unwrap_or_default().to_owned();
                self.cookies.lock().expect("no panic").push((host.clone(), cookie));
            }
            if name != LOCATION {
                seen.extend([name.as_str(), ": ", &text, "\n"]);
            }
        }
        *seen += &body;
        drop(seen);
        Shown { url, status, headers, body }
    }
}
