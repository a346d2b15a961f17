//! SIGTERM: no new connections, running requests finish, the process ends well.

use std::future::pending;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tellr_app::http::listener::{self, Drained};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::app::{Variables, client};
use crate::support::front::{Front, Mode};
use crate::support::process::Serving;

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_process_ends() {
    let front = Front::plain().await;
    let variables = Variables::local().with("DATABASE_URL", &front.url());
    variables.initialise().await.expect("initialised");
    let mut app = Serving::start(&variables).await;
    front.set(Mode::Stalled);
    let url = app.url.clone();
    let request = tokio::spawn(client(|builder| builder).get(format!("{url}/api/settings/prompts")).send());
    front.somebody_waits().await;

    app.terminate().await;
    app.line_with("no new connections are accepted").await;

    let refused = client(|builder| builder).get(format!("{url}/api/health")).send().await;
    assert!(refused.is_err_and(|error| error.is_connect()), "a new connection was accepted");
    assert!(!request.is_finished());
    front.set(Mode::Open);
    let answer = request.await.expect("no panic").expect("an answer");
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.expect("a body").contains("Executive Summary"));
    let ended = app.end().await;
    assert!(ended.status.success(), "{}", ended.output);
    assert!(ended.output.contains("all requests were answered"), "{}", ended.output);
}

#[tokio::test]
async fn an_idle_server_ends_at_once_with_open_connections() {
    let app = Serving::start(&Variables::local()).await;
    // Both kinds stay open after an answer.
    let http1 = client(|builder| builder);
    let http2 = client(reqwest::ClientBuilder::http2_prior_knowledge);
    for client in [&http1, &http2] {
        let answer = client.get(format!("{}/api/health", app.url)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    app.terminate().await;
    let ended = app.end().await;
    assert!(ended.status.success(), "{}", ended.output);
    assert!(ended.output.contains("all requests were answered"), "{}", ended.output);
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let (arrived, mut arrival) = mpsc::channel(1);
    let endless = get(async move || {
        arrived.send(()).await.expect("the test listens");
        pending::<()>().await;
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let request = tokio::spawn(client(|builder| builder).get(url).send());
    let stop = async {
        arrival.recv().await.expect("the request arrives");
    };
    let drained =
        listener::serve(listener, Router::new().route("/", endless), stop, Duration::from_millis(50)).await;
    assert_eq!(drained, Drained::CutOff);
    request.abort();
}
