//! An app's URL: HTTP versions, answers that are held back, and the time limit.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use local_workspace::platform::{AppHttp, Buffering};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::relayed::{Queued, Relayed, data, frame, text};
use crate::support::{ADA, PATIENCE};

const VERSIONS: [Version; 2] = [Version::HTTP_11, Version::HTTP_2];
const APP_VERSIONS: [(AppHttp, &str); 2] = [(AppHttp::Http1, "HTTP/1.1"), (AppHttp::Http2, "HTTP/2.0")];

fn trailers() -> HeaderMap {
    HeaderMap::from_iter([("x-sum".parse().expect("a name"), HeaderValue::from_static("42"))])
}

fn wanting_trailers(mut request: Request) -> Request {
    let headers = request.headers_mut();
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    request
}

#[tokio::test]
async fn visitor_and_app_have_their_own_http_version() {
    let app = Relayed::start().await;
    for (http, told_version) in APP_VERSIONS {
        app.set(|proxy| proxy.http_to_app = http);
        for version in VERSIONS {
            let mut request = app.request("/deck?n=1");
            for cookie in ["a=1", "b=2"] {
                request.headers_mut().append(header::COOKIE, HeaderValue::from_static(cookie));
            }
            request
                .headers_mut()
                .insert("x-forwarded-email", HeaderValue::from_static("mallory@example.com"));
            let answer = app.visit(version, request).await;
            assert_eq!(answer.status(), 200, "{version:?} {http:?}");
            let told: Value = serde_json::from_str(&text(answer.into_body()).await).expect("JSON");
            assert_eq!((&told["version"], &told["path"]), (&json!(told_version), &json!("/deck?n=1")));
            let headers = &told["headers"];
            assert_eq!(headers["x-forwarded-host"], app.host(), "{version:?} {http:?}");
            assert_eq!(headers["x-forwarded-email"], ADA);
            assert_eq!(headers["cookie"], "a=1; b=2");
            assert_eq!(headers.get("authorization"), None);
            let host = if http == AppHttp::Http2 { &told["authority"] } else { &headers["host"] };
            assert_eq!(host, &json!(app.host()));
            assert_eq!(headers.get("connection"), None);

            // A HEAD request has the length of what GET would answer, and no body.
            let mut request = app.request("/deck");
            *request.method_mut() = Method::HEAD;
            let answer = app.visit(version, request).await;
            let length = answer.headers()[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
            assert!(length.parse::<usize>().is_ok_and(|length| length > 100), "{length}");
            assert_eq!(text(answer.into_body()).await, "");
        }
    }
}

#[tokio::test]
async fn parts_and_trailers_pass_with_each_http_version() {
    let app = Relayed::start().await;
    for (http, _) in APP_VERSIONS {
        app.set(|proxy| proxy.http_to_app = http);
        for version in VERSIONS {
            let parts = app.parts();
            let answer = app.visit(version, wanting_trailers(app.request("/parts"))).await;
            let mut body = answer.into_body();
            for part in ["data: first\n\n", "data: second\n\n"] {
                // The next part is sent after the one before was read.
                parts.send(Ok(data(part))).await.expect("the server reads");
                let frame = frame(&mut body).await.expect("a part").expect("readable");
                assert_eq!(frame.into_data().expect("data"), part, "{version:?} {http:?}");
            }
            parts.send(Ok(Frame::trailers(trailers()))).await.expect("the server reads");
            drop(parts);
            let end = frame(&mut body).await.expect("trailers").expect("readable");
            assert_eq!(end.into_trailers().expect("trailers"), trailers(), "{version:?} {http:?}");
            assert!(frame(&mut body).await.is_none());

            // A request has them too.
            let mut request = wanting_trailers(app.request("/echo"));
            *request.method_mut() = Method::POST;
            request.headers_mut().insert(header::TRAILER, HeaderValue::from_static("x-sum"));
            *request.body_mut() =
                Body::new(Queued::of(vec![Ok(data("deck")), Ok(Frame::trailers(trailers()))]));
            let mut body = app.visit(version, request).await.into_body();
            let first = frame(&mut body).await.expect("a part").expect("readable");
            assert_eq!(first.into_data().expect("data"), "deck");
            let end = frame(&mut body).await.expect("trailers").expect("readable");
            assert_eq!(end.into_trailers().expect("trailers"), trailers(), "{version:?} {http:?}");
        }
    }
}

#[tokio::test]
async fn large_bodies_pass_with_each_http_version() {
    let app = Relayed::start().await;
    let large = Bytes::from("x".repeat(3 * 1024 * 1024));
    for (http, _) in APP_VERSIONS {
        app.set(|proxy| proxy.http_to_app = http);
        for version in VERSIONS {
            for buffering in [Buffering::Off, Buffering::Complete] {
                app.set(|proxy| proxy.buffering = buffering);
                let mut request = app.request("/echo");
                *request.method_mut() = Method::POST;
                *request.body_mut() = Body::from(large.clone());
                let back = text(app.visit(version, request).await.into_body()).await;
                assert!(back.as_bytes() == large, "{version:?} {http:?} {buffering:?}: {} bytes", back.len());
            }
        }
    }
}

#[tokio::test]
async fn http2_requests_to_the_app_share_a_connection_to_its_current_process() {
    let app = Relayed::start().await;
    let ask = async || app.visit(Version::HTTP_11, app.request("/")).await.status();
    let before = app.connections();
    assert_eq!((ask().await, ask().await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(app.connections(), before + 2, "one for each request with HTTP/1.1");

    app.set(|proxy| proxy.http_to_app = AppHttp::Http2);
    let open = app.parts();
    let events = app.visit(Version::HTTP_11, app.request("/parts")).await;
    assert_eq!((ask().await, ask().await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(app.connections(), before + 3, "one for all with HTTP/2, also while one is answered");
    drop(open);
    assert_eq!(text(events.into_body()).await, "");

    let status = app.local.deploy().await;
    assert_eq!(status["state"], "SUCCEEDED", "{status}");
    let before = app.connections();
    assert_eq!((ask().await, ask().await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(app.connections(), before + 1, "a new one to the new process");
}

#[tokio::test]
async fn an_app_that_does_not_speak_http2_is_a_bad_gateway() {
    let local = crate::support::Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let state = local.workspace.control();
    state.settings.update(|settings| settings.proxy.http_to_app = AppHttp::Http2);
    assert_eq!(local.visit("/").send().await.expect("an answer").status(), 502);
    state.settings.update(|settings| settings.proxy.http_to_app = AppHttp::Http1);
    assert_eq!(local.visit("/").send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn an_answer_that_is_held_back_arrives_when_the_app_has_ended_it() {
    let app = Arc::new(Relayed::start().await);
    for (http, _) in APP_VERSIONS {
        for (version, buffering) in VERSIONS.into_iter().zip([Buffering::Complete, Buffering::UpToLimit]) {
            app.set(|proxy| (proxy.http_to_app, proxy.buffering) = (http, buffering));
            let parts = app.parts();
            let ended = Arc::new(AtomicBool::new(false));
            let visitor = tokio::spawn({
                let (app, ended) = (Arc::clone(&app), Arc::clone(&ended));
                async move {
                    let answer = app.visit(version, wanting_trailers(app.request("/parts"))).await;
                    (ended.load(Ordering::SeqCst), answer)
                }
            });
            // There is room for the third part when the server has taken the second.
            for part in ["data: first\n\n", "data: second\n\n", "data: third\n\n"] {
                parts.send(Ok(data(part))).await.expect("the server reads");
            }
            // Another request is answered meanwhile.
            assert_eq!(app.visit(Version::HTTP_11, app.request("/")).await.status(), 200);
            assert!(!visitor.is_finished(), "{version:?} {http:?}");
            parts.send(Ok(Frame::trailers(trailers()))).await.expect("the server reads");
            ended.store(true, Ordering::SeqCst);
            drop(parts);
            let (after_the_end, answer) = visitor.await.expect("an answer");
            assert!(after_the_end, "{version:?} {http:?}");
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["content-type"]),
                (200, &HeaderValue::from_static("text/event-stream"))
            );
            let mut body = answer.into_body();
            let mut all = Vec::new();
            let mut end = None;
            while let Some(part) = frame(&mut body).await {
                match part.expect("readable").into_data() {
                    Ok(data) => all.extend_from_slice(&data),
                    Err(frame) => end = frame.into_trailers().ok(),
                }
            }
            assert_eq!(String::from_utf8_lossy(&all), "data: first\n\ndata: second\n\ndata: third\n\n");
            assert_eq!(end, Some(trailers()), "{version:?} {http:?}");

            // Nothing of an answer that breaks off.
            let parts = app.parts();
            parts.send(Ok(data("data: first\n\n"))).await.expect("room");
            let breaks = async {
                parts.send(Err(io::ErrorKind::BrokenPipe.into())).await.expect("the server reads");
            };
            let (answer, ()) = tokio::join!(app.visit(version, app.request("/parts")), breaks);
            assert_eq!(answer.status(), 502, "{version:?} {http:?}");
            assert!(!text(answer.into_body()).await.contains("data: first"));
        }
    }
}

#[tokio::test]
async fn a_request_ends_at_the_time_limit_but_no_upgraded_connection() {
    let app = Relayed::start().await;
    app.set(|proxy| (proxy.request_limit_ms, proxy.http_to_app) = (1_500, AppHttp::Http2));
    // The app is asked for an upgrade with HTTP/1.1, whatever other requests have.
    let mut request = app.request("/upgrade");
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    request.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("echo"));
    let answer = app.visit(Version::HTTP_11, request).await;
    assert_eq!(answer.status(), 101);
    let upgraded = hyper::upgrade::on(answer).await.expect("an upgraded connection");

    for (http, _) in APP_VERSIONS {
        app.set(|proxy| (proxy.http_to_app, proxy.buffering) = (http, Buffering::Off));
        let (one, two) = tokio::join!(
            app.visit(Version::HTTP_11, app.request("/silent")),
            app.visit(Version::HTTP_2, app.request("/silent"))
        );
        for answer in [one, two] {
            assert_eq!(answer.status(), 504);
            let page = text(answer.into_body()).await;
            assert!(page.contains("did not answer within 1.5 seconds"), "{page}");
        }
        // What arrived in time was passed on already.
        let parts = app.parts();
        parts.send(Ok(data("data: first\n\n"))).await.expect("room");
        let version = if http == AppHttp::Http1 { Version::HTTP_11 } else { Version::HTTP_2 };
        let mut body = app.visit(version, app.request("/parts")).await.into_body();
        let first = frame(&mut body).await.expect("a part").expect("readable");
        assert_eq!(first.into_data().expect("data"), "data: first\n\n");
        assert!(frame(&mut body).await.expect("an end").is_err(), "the answer is cut");
        drop(parts);

        // What was held back until then is not passed on, or all there is by then.
        for (buffering, status) in [(Buffering::Complete, 504), (Buffering::UpToLimit, 200)] {
            app.set(|proxy| proxy.buffering = buffering);
            let parts = app.parts();
            parts.send(Ok(data("data: first\n\n"))).await.expect("room");
            let answer = app.visit(version, app.request("/parts")).await;
            assert_eq!(answer.status(), status, "{http:?}");
            let body = text(answer.into_body()).await;
            assert_eq!(body == "data: first\n\n", status == 200, "{body}");
            drop(parts);
        }
    }

    let mut upgraded = TokioIo::new(upgraded);
    upgraded.write_all(b"hello").await.expect("sent");
    let mut back = [0; 5];
    let read = tokio::time::timeout(PATIENCE, upgraded.read_exact(&mut back)).await;
    read.expect("in time").expect("five bytes");
    assert_eq!(&back, b"hello");
}

#[tokio::test]
async fn an_upgrade_to_http2_is_not_passed_on() {
    let app = Relayed::start().await;
    let mut request = app.request("/");
    let headers = request.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade, HTTP2-Settings"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("h2c"));
    headers.insert("http2-settings", HeaderValue::from_static("AAMAAABkAAQAAP__"));
    let answer = app.visit(Version::HTTP_11, request).await;
    assert_eq!(answer.status(), 200);
    let told: Value = serde_json::from_str(&text(answer.into_body()).await).expect("JSON");
    for name in ["connection", "upgrade", "http2-settings"] {
        assert_eq!(told["headers"].get(name), None, "{name}");
    }
}
