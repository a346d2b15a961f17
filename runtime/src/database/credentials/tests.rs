//! When a credential is renewed, and what happens when that fails. How it is asked for is tested
//! against a whole workspace, with the rest of the app.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::post;
use axum::{Json, Router};
use tokio::net::TcpListener;

use super::*;

/// Answers with `fresh-1`, `fresh-2` … or, once told to, with a status.
#[derive(Default)]
struct Minter {
    asked: AtomicUsize,
    failure: AtomicU16,
}

async fn mint(State(minter): State<Arc<Minter>>) -> axum::response::Response {
    let number = minter.asked.fetch_add(1, Ordering::SeqCst) + 1;
    match StatusCode::from_u16(minter.failure.load(Ordering::SeqCst)) {
        Ok(status) => status.into_response(),
        Err(_) => Json(serde_json::json!({
            "token": format!("fresh-{number}"),
            "expiration_time": "2999-01-01T00:00:00Z",
        }))
        .into_response(),
    }
}

async fn credentials() -> (Credentials, Arc<Minter>) {
    let minter = Arc::new(Minter::default());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let host = format!("http://{}", listener.local_addr().expect("an address"));
    let router =
        Router::new().route("/api/2.0/database/credentials", post(mint)).with_state(Arc::clone(&minter));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = WorkspaceSettings { host, auth: WorkspaceAuth::Token(SecretString::from("token")) };
    let lakebase = Lakebase::Provisioned { instance: "tellr-db".to_owned() };
    let retry = RetryPolicy {
        attempts: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(1),
        timeout: Duration::from_secs(10),
    };
    let http = super::super::http_client().expect("a client");
    (Credentials::new(http, settings, lakebase, retry), minter)
}

/// As if a credential for an hour had been minted this long ago.
async fn keep(credentials: &Credentials, minutes: u64) {
    let mut minted = Minted::new("kept".to_owned(), Duration::from_hours(1));
    minted.since = Instant::now()
        .checked_sub(Duration::from_mins(minutes))
        .expect("the machine has been running for an hour");
    *credentials.password.lock().await = Some(minted);
}

async fn password(credentials: &Credentials) -> Result<String, CredentialError> {
    let password = credentials.password().await?;
    Ok(password.expose_secret().to_owned())
}

#[tokio::test]
async fn a_young_credential_is_used_again() {
    let (credentials, minter) = credentials().await;
    keep(&credentials, 29).await;
    assert_eq!(password(&credentials).await.expect("a password"), "kept");
    assert_eq!(minter.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_credential_is_renewed_well_before_it_expires() {
    let (credentials, _) = credentials().await;
    keep(&credentials, 31).await;
    assert_eq!(password(&credentials).await.expect("a password"), "fresh-1");
    assert_eq!(password(&credentials).await.expect("a password"), "fresh-1");
}

#[tokio::test]
async fn a_renewal_that_fails_early_costs_one_request_and_nothing_else() {
    let (credentials, minter) = credentials().await;
    keep(&credentials, 31).await;
    minter.failure.store(503, Ordering::SeqCst);
    assert_eq!(password(&credentials).await.expect("a password"), "kept");
    assert_eq!(minter.asked.load(Ordering::SeqCst), 1);
    minter.failure.store(0, Ordering::SeqCst);
    assert_eq!(password(&credentials).await.expect("a password"), "fresh-2");
}

#[tokio::test]
async fn a_credential_in_its_last_minute_is_not_handed_out() {
    let (credentials, minter) = credentials().await;
    keep(&credentials, 59).await;
    minter.failure.store(503, Ordering::SeqCst);
    let error = password(&credentials).await.expect_err("no password");
    assert!(error.to_string().contains("503"), "{error}");
    assert_eq!(minter.asked.load(Ordering::SeqCst), 3, "now it is worth trying again");
}

#[tokio::test]
async fn only_the_refused_password_is_thrown_away() {
    let (credentials, minter) = credentials().await;
    keep(&credentials, 0).await;
    credentials.refused(&SecretString::from("an older one")).await;
    assert_eq!(password(&credentials).await.expect("a password"), "kept");
    credentials.refused(&SecretString::from("kept")).await;
    assert_eq!(password(&credentials).await.expect("a password"), "fresh-1");
    assert_eq!(minter.asked.load(Ordering::SeqCst), 1);
}

#[test]
fn an_expiry_that_is_past_or_unreadable_is_never_trusted_for_long() {
    assert_eq!(life_until("2001-01-01T00:00:00Z"), Duration::ZERO);
    assert_eq!(life_until("tomorrow"), UNKNOWN_LIFE);
    assert!(!Minted::new("x".to_owned(), Duration::ZERO).is_usable());
}
