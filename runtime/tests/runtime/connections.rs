//! Connections that take a place and give nothing: others are answered all the same. Each is held against the
//! real process, on each of the three listeners.

use std::time::{Duration, Instant};

use reqwest::{Client, Version};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tellr_app::http::listener::Limits;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::app::{Variables, client};
use crate::support::page::{Answer, cookie_behind, cookies};
use crate::support::process::{Serving, run_from_shell};
use crate::support::sign_in::SIGN_IN;
use crate::support::upstream::{TOKEN, Upstream};

const MANY: usize = 1100;
/// Half of the time after which the server closes silent connections in any case: an answer within it came
/// because one of them gave way.
const SOON: Duration = Duration::from_secs(10);
/// What each sends before it says nothing more.
const BEGINNINGS: [&[u8]; 4] =
    [b"", b"P", b"PRI * HT", b"GET /api/health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "];

/// Connects many times to `authority`, and keeps what was opened.
async fn occupy(authority: &str, beginning: &[u8]) -> Vec<TcpStream> {
    let files = getrlimit(Resource::Nofile);
    // The test's own end of each is a file as well.
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum })
        .expect("more files");
    let mut streams = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        let mut stream = TcpStream::connect(authority).await.expect("a connection");
        // Some were made to give way already.
        let _ = stream.write_all(beginning).await;
        streams.push(stream);
    }
    streams
}

/// That a new client gets `status` soon, while many hold connections that began like this.
async fn assert_answers_soon(url: &str, host: &str, status: u16) {
    let authority = url.trim_start_matches("http://").split('/').next().expect("an authority");
    assert_eq!(SOON * 2, Limits::default().head);
    for beginning in BEGINNINGS {
        let held = occupy(authority, beginning).await;
        for request in 0..3 {
            let started = Instant::now();
            let fresh: Client = client(|builder| builder.timeout(SOON));
            let answer = fresh.get(url).header("host", host).send().await;
            let what = format!("{url}, {:?}, request {request}", String::from_utf8_lossy(beginning));
            let answer = answer.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert_eq!(answer.status(), status, "{what}");
            assert!(started.elapsed() < SOON, "{what}: {:?}", started.elapsed());
        }
        drop(held);
    }
}

#[tokio::test]
async fn many_silent_connections_do_not_keep_the_app_from_answering() {
    let app = Serving::start(&Variables::local()).await;
    let kept = client(|builder| builder);
    let health = format!("{}/api/health", app.url);
    assert_eq!(kept.get(&health).send().await.expect("an answer").status(), 200);
    let host = app.url.trim_start_matches("http://").to_owned();
    assert_answers_soon(&health, &host, 200).await;
    assert_eq!(kept.get(&health).send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn many_silent_connections_do_not_delay_the_end() {
    let app = Serving::start(&Variables::local()).await;
    let host = app.url.trim_start_matches("http://").to_owned();
    let held = occupy(&host, b"").await;
    let started = Instant::now();
    app.terminate().await;
    let ended = app.end().await;
    assert!(
        ended.status.success() && ended.output.contains("all requests were answered"),
        "{}",
        ended.output
    );
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    drop(held);
}

#[tokio::test]
async fn many_silent_connections_do_not_keep_the_deploy_page_from_answering() {
    let upstream = Upstream::start().await;
    let variables =
        Variables::nothing().with("DATABRICKS_HOST", &upstream.host).with("DATABRICKS_TOKEN", TOKEN);
    let page = Serving::deploy_page(&variables).await;
    let host = page.url.trim_start_matches("http://").to_owned();
    assert_answers_soon(&format!("{}/api/health", page.url), &host, 200).await;
}

#[tokio::test]
async fn many_silent_connections_do_not_keep_a_sign_in_from_coming_back() {
    let upstream = Upstream::start().await;
    let nothing = Variables::nothing().with("HOME", "/nonexistent").with("DATABRICKS_HOST", &upstream.host);
    let page = Serving::deploy_page(&nothing).await;
    let entrance = page.line.split_whitespace().last().expect("an address").to_owned();
    let cookie = cookie_behind(&entrance).await;
    let browser = client(|builder| {
        builder.redirect(reqwest::redirect::Policy::none()).default_headers(cookies(&cookie))
    });
    let link = browser.get(format!("{}{SIGN_IN}", page.url)).header("sec-fetch-site", "same-origin");
    let to = Answer::of(link).await.header("location").expect("a place").to_owned();
    let to: reqwest::Url = to.parse().expect("an address");
    let (_, back) = to.query_pairs().find(|(name, _)| name == "redirect_uri").expect("where to come back");
    let host = back.trim_start_matches("http://").to_owned();
    let address = back.replace("localhost", "127.0.0.1");
    // Without the state of a sign-in: refused, but by the server itself.
    assert_answers_soon(&format!("{address}/"), &host, 400).await;
}

#[tokio::test]
async fn where_few_files_may_be_open_there_are_fewer_connections() {
    let limit = "ulimit -Sn 200 && ulimit -Hn 400";
    let app = run_from_shell(limit, &Variables::local()).await;
    let host = app.url.trim_start_matches("http://").to_owned();
    assert_answers_soon(&format!("{}/api/health", app.url), &host, 200).await;
    app.terminate().await;
    let ended = app.end().await;
    assert!(!ended.output.contains("could not be accepted"), "{}", ended.output);
}

#[tokio::test]
async fn a_request_that_was_sent_before_sigterm_is_answered() {
    let app = Serving::start(&Variables::local()).await;
    let host = app.url.trim_start_matches("http://").to_owned();
    let mut streams = Vec::new();
    for _ in 0..50 {
        streams.push(TcpStream::connect(&host).await.expect("a connection"));
    }
    let request = format!("GET /api/health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    // The system has taken them all when this is over, though the app may not have looked.
    for stream in &mut streams {
        stream.write_all(request.as_bytes()).await.expect("sent");
    }
    app.terminate().await;
    for (number, stream) in streams.iter_mut().enumerate() {
        let mut answer = String::new();
        tokio::io::AsyncReadExt::read_to_string(stream, &mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "connection {number}: {answer:?}");
    }
    assert!(app.end().await.status.success());
}

#[tokio::test]
async fn header_lists_have_the_same_limit_in_both_versions() {
    let app = Variables::local().serve().await;
    let http2 = client(reqwest::ClientBuilder::http2_prior_knowledge);
    let status = async |client: &Client, fields: usize, bytes: usize| {
        let mut request = client.get(format!("{}/api/health", app.url));
        for number in 0..fields {
            request = request.header(format!("x-field-{number}"), "v".repeat(bytes));
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.version())
    };
    for (fields, bytes, expected) in
        [(1, 64_000, 200), (8, 8_000, 200), (90, 600, 200), (1, 66_000, 431), (9, 8_000, 431), (101, 1, 431)]
    {
        let what = format!("{fields} fields of {bytes} bytes");
        assert_eq!(status(&app.client, fields, bytes).await, (expected, Version::HTTP_11), "{what}");
        assert_eq!(status(&http2, fields, bytes).await, (expected, Version::HTTP_2), "{what}");
    }
}
