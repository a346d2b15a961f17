//! On the paused clock, over streams in memory; the ports are in `tests/runtime/connections.rs`.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::limits::Limits;
use super::slots::Slots;

const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
const LARGE: usize = 1024 * 1024;

/// A client's end, and what ends with the connection.
struct Connection {
    client: DuplexStream,
    served: JoinHandle<()>,
    stopping: watch::Sender<bool>,
}

impl Connection {
    fn new() -> Self {
        let router = Router::new()
            .route("/", get(async || "fine"))
            .route("/large", get(async || vec![b'x'; LARGE]))
            .route("/slow", get(async || tokio::time::sleep(Duration::from_secs(50)).await));
        let (client, server) = tokio::io::duplex(16 * 1024);
        let limits = Limits::default();
        let slot = Slots::new(limits).admit(ONE).expect("a free place");
        let (stopping, stopped) = watch::channel(false);
        let served = tokio::spawn(super::connection::serve(server, router, slot, limits, stopped));
        Self { client, served, stopping }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.client.write_all(bytes).await.expect("the connection is open");
    }

    /// An answer without its end, which is short enough to come at once.
    async fn answer(&mut self) -> String {
        let mut bytes = vec![0; 1024];
        let count = self.client.read(&mut bytes).await.expect("an answer");
        String::from_utf8(bytes[..count].to_vec()).expect("text")
    }

    async fn is_answered(&mut self) {
        self.send(REQUEST).await;
        let answer = self.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }

    /// How long it takes from now to the end.
    async fn lasts(self) -> Duration {
        let started = Instant::now();
        self.served.await.expect("no panic");
        started.elapsed()
    }
}

/// The clock moves in steps of a millisecond.
fn assert_about(measured: Duration, seconds: f64) {
    assert!((measured.as_secs_f64() - seconds).abs() < 0.1, "{measured:?} and not {seconds} s");
}

#[tokio::test(start_paused = true)]
async fn whoever_sends_no_request_is_left_after_the_time_for_a_head() {
    let preface_and_settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    for begun in [&b""[..], b"P", b"PRI * HT", b"GET / HTTP/1.1\r\nhost: he", preface_and_settings] {
        let mut connection = Connection::new();
        connection.send(begun).await;
        assert_about(connection.lasts().await, 20.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_byte_now_and_then_is_no_request() {
    let mut connection = Connection::new();
    let started = Instant::now();
    for byte in [b"G", b"E", b"T"] {
        connection.send(byte).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
    }
    connection.lasts().await;
    assert_about(started.elapsed(), 20.0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_stays_longer_than_a_proxy_keeps_it() {
    let mut connection = Connection::new();
    for pause in [0, 60, 75, 119] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        connection.is_answered().await;
    }
    assert_about(connection.lasts().await, 120.0);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_began_just_before_the_end_of_the_idle_time_is_answered() {
    let mut connection = Connection::new();
    connection.is_answered().await;
    tokio::time::sleep(Duration::from_millis(119_900)).await;
    let (begin, rest) = REQUEST.split_at(10);
    connection.send(begin).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    connection.send(rest).await;
    assert!(connection.answer().await.starts_with("HTTP/1.1 200 OK"));
    connection.send(begin).await;
    assert_about(connection.lasts().await, 20.0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_waited_for() {
    let mut connection = Connection::new();
    connection.send(b"GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    let started = Instant::now();
    assert!(connection.answer().await.starts_with("HTTP/1.1 200 OK"));
    assert_about(started.elapsed(), 50.0);
    assert_about(connection.lasts().await, 120.0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_read_is_given_up() {
    let mut connection = Connection::new();
    connection.send(b"GET /large HTTP/1.1\r\nhost: here\r\n\r\n").await;
    let mut read = vec![0; 1024];
    connection.client.read_exact(&mut read).await.expect("its beginning");
    let lasts = connection.lasts().await;
    assert!(lasts <= Duration::from_secs(50), "{lasts:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_slowly_is_not_given_up() {
    let mut connection = Connection::new();
    connection.send(b"GET /large HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    let (mut count, mut bytes) = (0, vec![0; 64 * 1024]);
    loop {
        tokio::time::sleep(Duration::from_secs(20)).await;
        match connection.client.read(&mut bytes).await.expect("the connection is open") {
            0 => break,
            read => count += read,
        }
    }
    assert!(count > LARGE, "{count}");
}

#[tokio::test(start_paused = true)]
async fn silence_does_not_hold_up_the_end() {
    for begun in [&b""[..], b"P", b"PRI * HT", b"GET / HT"] {
        let mut connection = Connection::new();
        connection.send(begun).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        connection.stopping.send_replace(true);
        assert_about(connection.lasts().await, 0.25);
    }
    let mut idle = Connection::new();
    idle.is_answered().await;
    idle.stopping.send_replace(true);
    assert_about(idle.lasts().await, 0.25);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_end_is_answered() {
    // The server hears of its end before it looks at the connection for the first time.
    let mut connection = Connection::new();
    connection.client.write_all(REQUEST).await.expect("sent");
    connection.stopping.send_replace(true);
    assert!(connection.answer().await.starts_with("HTTP/1.1 200 OK"));
    assert_about(connection.lasts().await, 0.25);

    let mut idle = Connection::new();
    idle.is_answered().await;
    idle.client.write_all(REQUEST).await.expect("sent");
    idle.stopping.send_replace(true);
    assert!(idle.answer().await.starts_with("HTTP/1.1 200 OK"));

    let mut busy = Connection::new();
    busy.send(b"GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    busy.stopping.send_replace(true);
    let answer = busy.answer().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_about(busy.lasts().await, 0.0);
}

#[tokio::test(start_paused = true)]
async fn the_one_that_gives_way_is_idle_then_silent_then_not_reading() {
    let limits = Limits { connections: 4, per_peer: 4, ..Limits::default() };
    let slots = Slots::new(limits);
    let admit = async || {
        tokio::time::advance(Duration::from_secs(1)).await;
        slots.admit(ONE)
    };
    let gave_way = |slot: &super::slots::Slot| {
        use futures_util::FutureExt as _;
        slot.activity.give_way.notified().now_or_never().is_some()
    };
    let busy = admit().await.expect("a free place");
    busy.activity.begin(axum::http::Version::HTTP_11);
    let blocked = admit().await.expect("a free place");
    blocked.activity.begin(axum::http::Version::HTTP_11);
    blocked.activity.sent(false);
    let silent = admit().await.expect("a free place");
    let idle = admit().await.expect("a free place");
    let number = idle.activity.begin(axum::http::Version::HTTP_11);
    idle.activity.end(number);

    let mut kept = Vec::new();
    for next in [&idle, &silent, &blocked] {
        let slot = admit().await.expect("a place of another");
        slot.activity.begin(axum::http::Version::HTTP_11);
        kept.push(slot);
        assert!(gave_way(next));
    }
    assert!(admit().await.is_none(), "all are being answered");
    assert!(!gave_way(&busy));
    kept.pop();
    assert!(admit().await.is_some(), "one has ended");
}

#[test]
fn one_address_does_not_take_the_places_of_others() {
    let limits = Limits { connections: 4, per_peer: 3, ..Limits::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _entered = runtime.enter();
    let slots = Slots::new(limits);
    let busy = |slot: super::slots::Slot| {
        slot.activity.begin(axum::http::Version::HTTP_2);
        slot
    };
    let held: Vec<_> = (0..3).map(|_| busy(slots.admit(ONE).expect("a free place"))).collect();
    assert!(slots.admit(ONE).is_none());
    let other = slots.admit(OTHER).expect("a place is left for another");
    drop(held);
    drop(other);
    assert!(slots.admit(ONE).is_some());
}
