//! What the tests stand on: a PostgreSQL, a front that can break, a workspace that mints passwords,
//! and the app, either inside the test's process or as a process of its own.

pub(crate) mod app;
pub(crate) mod collector;
pub(crate) mod counted;
pub(crate) mod databricks;
pub(crate) mod directory;
pub(crate) mod front;
pub(crate) mod model;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod sign_in;
pub(crate) mod upstream;
pub(crate) mod workspace;

use std::future::Future;
use std::time::{Duration, Instant};

/// Far longer than anything here takes, also on a machine with much other work; only a broken test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A Fernet key, and another one.
pub(crate) const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
pub(crate) const OTHER_KEY: &str = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXIhISE=";

/// Asks again until the answer is yes; fails the test when it never is.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < PATIENCE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until `count` has reached `goal`; fails the test when it stops growing. So it doesn't matter how fast the
/// machine is.
pub(crate) async fn reached<F: Future<Output = i64>>(what: &str, goal: i64, count: impl Fn() -> F) {
    let (mut most, mut grown) = (count().await, Instant::now());
    while most < goal {
        assert!(grown.elapsed() < PATIENCE, "stopped at {most} of {goal}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
        let now = count().await;
        if now > most {
            (most, grown) = (now, Instant::now());
        }
    }
}
