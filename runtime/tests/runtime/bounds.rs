//! What takes much memory waits for its turn, and is refused before its body is read if none comes.

use std::sync::mpsc;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use tellr_app::decks::DeckWork;
use tellr_app::http::ApiError;
use tellr_app::http::turns::Bounds;
use tellr_app::identity::{Source, User};
use tellr_app::images::Uploads;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::people::{Person, answered, code};
use crate::support::{PATIENCE, eventually};

const BRIEF: Duration = Duration::from_millis(100);
/// Time enough to wait for what another request in a test does.
const LONG: Duration = Duration::from_secs(20);

/// An app with other bounds.
async fn app(uploads: Bounds, deck_work: DeckWork) -> RunningApp {
    let variables = Variables::local().with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    RunningApp::start_with(variables.settings(), impatient(), |app| {
        app.uploads = Uploads::new(uploads);
        app.deck_work = deck_work;
    })
    .await
}

/// Sends the head of a request with a large body, and none of the body. The server asks for the body when it
/// begins to read it. Gives what it answers, and the connection.
async fn head_only(person: &Person<'_>, path: &str, kind: &str) -> (String, TcpStream) {
    let address = person.app.url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let (url, id) = (&person.app.url, person.id);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: {url}\r\nsec-fetch-site: same-origin\r\n\
         x-forwarded-user: {id}@42\r\nx-forwarded-email: {id}@example.com\r\ncontent-type: {kind}\r\n\
         content-length: 8000000\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let mut buffer = [0; 4096];
    while !answer.contains("\r\n\r\n") {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time");
        let read = read.expect("an answer");
        assert!(read > 0, "the connection ended after {answer:?}");
        answer.push_str(std::str::from_utf8(&buffer[..read]).expect("text"));
    }
    (answer.to_ascii_lowercase(), stream)
}

fn is_read(answer: &str) -> bool {
    answer.starts_with("http/1.1 100 continue")
}

fn is_busy(answer: &str) -> bool {
    answer.starts_with("http/1.1 503") && answer.contains("\r\nretry-after: ")
}

async fn upload(person: &Person<'_>) -> (u16, Value) {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(9, 9)).write_to(&mut bytes, ImageFormat::Png).expect("an image");
    let request = person.request(Method::POST, "/api/images").header("content-type", "image/png");
    answered(request.body(bytes.into_inner()).send().await.expect("an answer")).await
}

#[tokio::test]
async fn uploads_take_turns_before_they_are_read() {
    let app = app(Bounds { at_once: 2, of_a_person: 1, patience: BRIEF }, DeckWork::default()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let (answer, first) = head_only(&ada, "/api/images", "image/png").await;
    assert!(is_read(&answer), "{answer}");
    let (answer, _) = head_only(&ada, "/api/images", "image/png").await;
    assert!(is_busy(&answer), "a second one of the same person: {answer}");
    assert_eq!(upload(&grace).await.0, 201, "others have room left");

    let (answer, _second) = head_only(&grace, "/api/images", "image/png").await;
    assert!(is_read(&answer), "{answer}");
    let (answer, _) = head_only(&eve, "/api/images", "image/png").await;
    assert!(is_busy(&answer), "as many as the process takes: {answer}");
    assert_eq!(code(&upload(&eve).await), (503, "busy"));
    drop(first);
    eventually("an upload that is given up makes room", async || upload(&eve).await.0 == 201).await;
}

fn deck_work(patience: Duration) -> DeckWork {
    let small = Bounds { at_once: 2, of_a_person: 2, patience };
    DeckWork::new(
        small,
        Bounds { at_once: 4, of_a_person: 1, patience },
        Bounds { at_once: 2, of_a_person: 1, patience },
    )
}

#[tokio::test]
async fn large_decks_take_turns_before_they_are_read() {
    let app = app(Bounds { at_once: 1, of_a_person: 1, patience: BRIEF }, deck_work(BRIEF)).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let session = ada.session(json!({})).await;
    for path in ["/api/sessions".to_owned(), format!("{session}/patches")] {
        let (answer, held) = head_only(&ada, &path, "application/json").await;
        assert!(is_read(&answer), "{answer}");
        let (answer, _) = head_only(&ada, &path, "application/json").await;
        assert!(is_busy(&answer), "{path}: {answer}");
        // What is small needs no such turn, and others have their own.
        ada.session(json!({ "from": "sample" })).await;
        assert!(is_read(&head_only(&grace, &path, "application/json").await.0));
        drop(held);
        eventually("it is given up", async || is_read(&head_only(&ada, &path, "application/json").await.0))
            .await;
    }
}

/// A deck of about 300 KiB.
fn large_deck() -> Value {
    let rows = vec![vec![json!("0123456789"); 30]; 500];
    let slide = |number: u32| {
        json!({ "id": format!("s{number}"), "layout": "table", "blocks": [
            { "type": "table", "id": format!("t{number}"), "columns": vec![json!({ "title": "c" }); 30], "rows": rows }] })
    };
    json!({ "format": 1, "title": "T", "theme": "clear", "slides": [slide(1), slide(2)] })
}

#[tokio::test]
async fn large_decks_are_worked_on_a_few_at_a_time() {
    let work = deck_work(BRIEF);
    let app = app(Bounds { at_once: 1, of_a_person: 1, patience: BRIEF }, work.clone()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let large = ada.session(json!({ "deck": large_deck() })).await;
    let small = ada.session(json!({ "from": "sample" })).await;
    let titled = json!({ "version": 1, "patches": [{ "op": "set_title", "title": "New" }] });

    // Another large deck is worked on, until the end of `held`.
    let (held, end) = mpsc::channel::<()>();
    let (begins, begun) = tokio::sync::oneshot::channel();
    let other = User {
        id: "other".to_owned(),
        name: "other".to_owned(),
        email: None,
        display_name: "other".to_owned(),
        source: Source::Local,
    };
    let at_work = tokio::spawn(async move {
        let wait = move || {
            let _ = begins.send(());
            let _ = end.recv();
            Ok::<_, ApiError>(())
        };
        work.run(&other, 1024 * 1024, wait).await
    });
    begun.await.expect("begun");
    for answer in [
        ada.post(&format!("{large}/patches"), titled.clone()).await,
        grace.post("/api/sessions", json!({ "deck": large_deck() })).await,
        ada.post(&format!("{large}/save-points"), json!({})).await,
    ] {
        assert_eq!(code(&answer), (503, "busy"), "{}", answer.1);
    }
    assert_eq!(ada.post(&format!("{small}/patches"), titled.clone()).await.0, 200, "small ones don't wait");
    drop(held);
    at_work.await.expect("no panic").expect("done");
    let (status, patched) = ada.post(&format!("{large}/patches"), titled).await;
    assert_eq!((status, &patched["version"]), (200, &json!(2)), "nothing had changed");
}

#[tokio::test]
async fn a_large_deck_takes_a_hundred_patches_at_once() {
    let app = app(Bounds { at_once: 1, of_a_person: 1, patience: LONG }, deck_work(LONG)).await;
    let ada = app.person("1001");
    let session = ada.session(json!({ "deck": large_deck() })).await;
    let patches: Vec<Value> =
        (0..100).map(|number| json!({ "op": "set_title", "title": format!("{number}") })).collect();
    let (status, patched) =
        ada.post(&format!("{session}/patches"), json!({ "version": 1, "patches": patches })).await;
    assert_eq!(status, 200, "{patched}");
    assert_eq!(patched["inverse"][0]["title"], "98");
    assert_eq!(patched["inverse"][99]["title"], "T");
    let undo = json!({ "version": 2, "patches": patched["inverse"] });
    assert_eq!(ada.post(&format!("{session}/patches"), undo).await.0, 200);
    assert_eq!(ada.get(&session).await.1["deck"], large_deck());
}
