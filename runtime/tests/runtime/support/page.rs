//! The deploy page's server inside the test's process, and requests as a browser, or somebody
//! worse, would send them.

use std::path::Path;

use axum::http::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::Value;
use tellr_app::deploy_page::{self, DeployPage, Session};
use tellr_app::http::listener;
use tellr_app::settings::{WorkspaceAuth, WorkspaceSettings};
use tellr_app::workspace::oauth::SignIn;
use tellr_app::workspace::{self, Workspace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::time::timeout;

use super::PATIENCE;
use super::app::client;
use super::upstream::{TOKEN, Upstream};

/// An answer, in which no token was found.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.expect("a body");
        for text in [&body, &format!("{headers:?}")] {
            assert!(!text.contains("planted"), "a secret came back: {text}");
        }
        Self { status, headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// The kind of failure, where the answer is the server's own and not the workspace's.
    pub(crate) fn host_error(&self) -> Option<&str> {
        self.header("tellr-host-error")
    }
}

pub(crate) struct Page {
    pub(crate) authority: String,
    /// A browser that was let in.
    pub(crate) client: Client,
    /// What let it in: a path.
    pub(crate) entrance: String,
    /// The answer to that.
    pub(crate) entered: Answer,
    pub(crate) cookie: String,
    _running: oneshot::Sender<()>,
    _turn: Option<SemaphorePermit<'static>>,
}

/// The ports to which people come back from a sign-in are few: so many pages have one at a time.
static TURNS: Semaphore = Semaphore::const_new(7);

impl Page {
    pub(crate) async fn start(upstream: &Upstream) -> Self {
        Self::start_trusting(upstream, None).await
    }

    /// `roots`: the file of the authority that certifies databases.
    pub(crate) async fn start_trusting(upstream: &Upstream, roots: Option<&Path>) -> Self {
        let auth = WorkspaceAuth::Token(SecretString::from(TOKEN));
        let settings = WorkspaceSettings { host: upstream.host.clone(), auth };
        let workspace = Workspace::new(workspace::client().expect("a client"), settings);
        Self::serve(workspace, roots).await
    }

    /// For whoever signs in.
    pub(crate) async fn start_signed_out(upstream: &Upstream) -> Self {
        let turn = TURNS.acquire().await.expect("never closed");
        let http = workspace::client().expect("a client");
        let back = "http://127.0.0.1:8000/deploy".to_owned();
        let sign_in = SignIn::new(http.clone(), upstream.host.clone(), Some(back));
        let page = Self::serve(Workspace::of_person(http, sign_in), None).await;
        Self { _turn: Some(turn), ..page }
    }

    async fn serve(workspace: Workspace, roots: Option<&Path>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (session, entrance) = Session::new(address.port()).expect("random bytes");
        let page = DeployPage::new(workspace, session, roots.map(Path::to_owned));
        let (running, stopped) = oneshot::channel::<()>();
        let stop = async {
            // Dropping the sender, as the end of a test does, is the signal.
            let _ = stopped.await;
        };
        tokio::spawn(listener::serve(listener, deploy_page::router(page), stop, listener::DRAIN));
        let entered = enter(&format!("http://{address}{entrance}")).await;
        let cookie = cookie_of(&entered);
        let client = client(|builder| builder.default_headers(cookies(&cookie)));
        Self {
            authority: address.to_string(),
            client,
            entrance,
            entered,
            cookie,
            _running: running,
            _turn: None,
        }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// A request as the browser sends it for the page's script.
    pub(crate) fn fetch(&self, method: Method, path: &str) -> RequestBuilder {
        let reads = method == Method::GET;
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin()))
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "cors");
        if reads { request } else { request.header("origin", self.origin()) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.fetch(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.fetch(Method::POST, path).json(body)).await
    }

    /// Bytes as they are, for what no client would send; returns the status and the whole answer.
    pub(crate) async fn raw(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.authority).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer))
            .await
            .expect("the answer ends")
            .expect("an answer");
        let answer = String::from_utf8(answer).expect("text");
        assert!(!answer.contains("planted"), "a secret came back: {answer}");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, answer)
    }

    /// A read of `target`, written into the request's first line as it is.
    pub(crate) async fn raw_get(&self, target: &str) -> (u16, String) {
        let host = &self.authority;
        let cookie = &self.cookie;
        self.raw(&format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        ))
        .await
    }
}

/// What a browser does that is sent to `entrance`.
pub(crate) async fn cookie_behind(entrance: &str) -> String {
    cookie_of(&enter(entrance).await)
}

/// The first answer to a browser that is sent to `entrance`.
pub(crate) async fn enter(entrance: &str) -> Answer {
    let client = client(|builder| builder.redirect(reqwest::redirect::Policy::none()));
    let answer = Answer::of(client.get(entrance)).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/deploy")), "{entrance}");
    answer
}

fn cookie_of(entered: &Answer) -> String {
    let cookie = entered.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("a name and a value").to_owned()
}

/// The headers of a browser with this cookie.
pub(crate) fn cookies(cookie: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("cookie", HeaderValue::try_from(cookie).expect("text"));
    headers
}
