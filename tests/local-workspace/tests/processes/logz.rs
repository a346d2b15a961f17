//! An app's log at its URL: `/logz/stream`.

use futures_util::{SinkExt as _, StreamExt as _};
use local_workspace::Options;
use local_workspace::platform::AppsMode;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{ADA, BEN, Local, PATIENCE};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens the stream with a token and an origin; the refusal's status where it is refused.
async fn open(local: &Local, token: Option<&str>, origin: Option<&str>) -> Result<Stream, u16> {
    let url = local.url("/logz/stream").replacen("http", "ws", 1);
    let mut request = url.into_client_request().expect("a request");
    let mut set = |name: &'static str, value: Option<String>| {
        if let Some(value) = value {
            request.headers_mut().insert(name, HeaderValue::from_str(&value).expect("header text"));
        }
    };
    set("authorization", token.map(|token| format!("Bearer {token}")));
    set("origin", origin.map(str::to_owned));
    match connect_async(request).await {
        Ok((stream, _)) => Ok(stream),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// The next line, keep-alives left out; a close code where it ended.
async fn next(stream: &mut Stream) -> Result<Value, u16> {
    let line = async {
        loop {
            match stream.next().await.expect("no end without a close").expect("a message") {
                Message::Text(text) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Message::Close(frame) => return Err(frame.expect("a reason").code.into()),
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, line).await.expect("a message in time")
}

async fn until(stream: &mut Stream, words: &str) -> Value {
    loop {
        let line = next(stream).await.expect("a line");
        if line["message"].as_str().expect("text").contains(words) {
            return line;
        }
    }
}

#[tokio::test]
async fn the_stream_tells_what_was_and_what_comes() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let token = local.workspace.control().identities.mint_oauth(ADA);
    let origin = local.url("");
    let mut stream = open(&local, Some(&token), Some(&origin)).await.expect("a stream");
    stream.send(Message::text("")).await.expect("sent");
    let started = until(&mut stream, "Starting app with command").await;
    assert_eq!(started["source"], "SYSTEM");
    assert!(started["timestamp"].as_f64().expect("seconds") > 1.5e9, "{started}");
    let said = until(&mut stream, "listening one").await;
    assert_eq!(said["source"], "APP");
    let crash = local.http.get(local.url("/crash")).bearer_auth(&token).send().await;
    assert_eq!(crash.expect("an answer").status(), 502);
    assert_eq!(until(&mut stream, "about to crash").await["source"], "APP");
}

#[tokio::test]
async fn a_search_term_leaves_out_the_rest_and_history_has_an_end() {
    let local = Local::start(Options { apps: AppsMode::Scripted, ..Options::default() }).await;
    local.call(Method::POST, "apps", json!({"name": "tellr"})).await;
    let lines: Vec<String> = (0..3000).map(|number| format!("line {number}")).collect();
    local.workspace.control().platform.append_logs("tellr", &lines);
    let token = local.workspace.control().identities.mint_oauth(ADA);
    let origin = local.url("");
    for (term, first, second) in [("", "line 2000", "line 2001"), ("50", "line 2050", "line 2150")] {
        let mut stream = open(&local, Some(&token), Some(&origin)).await.expect("a stream");
        stream.send(Message::text(term)).await.expect("sent");
        assert_eq!(next(&mut stream).await.expect("a line")["message"], first);
        assert_eq!(next(&mut stream).await.expect("a line")["message"], second);
    }
}

#[tokio::test]
async fn the_stream_is_for_those_who_manage_the_app() {
    let local = Local::with_app(json!({})).await;
    let state = local.workspace.control();
    let origin = local.url("");
    let (ada, ben) = (state.identities.mint_oauth(ADA), state.identities.mint_oauth(BEN));
    let refused = async |token, origin| open(&local, token, origin).await.err();
    assert_eq!(refused(Some(local.workspace.token(ADA)), Some(&origin)).await, Some(401));
    assert_eq!(refused(Some("nonsense"), Some(&origin)).await, Some(401));
    assert_eq!(refused(Some(&ben), Some(&origin)).await, Some(403));
    assert_eq!(refused(Some(&ada), None).await, Some(403));
    assert_eq!(refused(Some(&ada), Some("https://elsewhere.example.com")).await, Some(403));
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    local.call(Method::PATCH, "permissions/apps/tellr", grant).await;
    assert_eq!(refused(Some(&ben), Some(&origin)).await, Some(403));
}

#[tokio::test]
async fn a_token_that_expires_closes_the_stream() {
    let local = Local::with_app(json!({})).await;
    let state = local.workspace.control();
    let (token, origin) = (state.identities.mint_oauth(ADA), local.url(""));
    let mut stream = open(&local, Some(&token), Some(&origin)).await.expect("a stream");
    stream.send(Message::text("")).await.expect("sent");
    state.platform.append_logs("tellr", &["first".to_owned()]);
    assert_eq!(next(&mut stream).await.expect("a line")["message"], "first");
    state.identities.expire_tokens(ADA);
    state.platform.append_logs("tellr", &["second".to_owned()]);
    assert_eq!(next(&mut stream).await, Err(4401));
}
