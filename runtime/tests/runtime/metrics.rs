//! Figures for Prometheus, as a collector on the same machine reads them.

use reqwest::Method;

use crate::support::app::{Variables, client};
use crate::support::process::Serving;

#[tokio::test]
async fn a_collector_beside_the_app_reads_figures_that_name_no_one() {
    let variables = Variables::local().with("TELLR_METRICS_PORT", "0");
    variables.initialise().await.expect("a database");
    let mut app = Serving::start(&variables).await;
    let line = app.line_with("metrics are at ").await;
    let (_, address) = line.split_once("metrics are at ").expect("an address");
    let address: String = address.split_whitespace().next().expect("an address").to_owned();
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");

    let client = client(|builder| builder);
    let ask = async |method: Method, path: &str| {
        let answer = client.request(method, format!("{}{path}", app.url)).send().await.expect("an answer");
        answer.status().as_u16()
    };
    let secret = "/api/sessions/5b0f4a52-0000-4000-8000-00000000cafe";
    assert_eq!(ask(Method::GET, "/api/sessions").await, 200);
    assert_eq!(ask(Method::GET, secret).await, 404);
    assert_eq!(ask(Method::GET, "/decks/cafe").await, 200);
    assert_eq!(ask(Method::from_bytes(b"CAFE").expect("a word"), "/api/sessions").await, 403);

    let answer = client.get(&address).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = answer.text().await.expect("text");
    for expected in [
        r#"tellr_http_requests_total{method="GET",route="/api/sessions",status="200"} 1"#,
        r#"tellr_http_requests_total{method="GET",route="/api/sessions/{id}",status="404"} 1"#,
        r#"tellr_http_requests_total{method="GET",route="page",status="200"} 1"#,
        r#"tellr_http_request_duration_seconds_count{route="/api/sessions"} 1"#,
        "tellr_http_requests_running 0",
        "# TYPE tellr_database_connections gauge",
        "tellr_database_waiting 0",
    ] {
        assert!(text.contains(expected), "{expected} is missing:\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(!text.to_lowercase().contains("cafe"), "labels repeat what was asked for:\n{text}");

    // A page whose host name leads to this machine.
    let foreign = client.get(&address).header("host", "evil.example").send().await.expect("an answer");
    assert_eq!(foreign.status(), 403);
    let other = client.get(address.replace("/metrics", "/api/sessions")).send().await.expect("an answer");
    assert_eq!(other.status(), 404, "nothing else is on that port");
    let there = client.get(format!("{}/metrics", app.url)).send().await.expect("an answer");
    assert!(!there.text().await.expect("text").contains("tellr_http"), "the app's port doesn't have them");
}

#[tokio::test]
async fn without_a_port_there_are_none() {
    let variables = Variables::local();
    let app = Serving::start(&variables).await;
    app.terminate().await;
    let ended = app.end().await;
    assert!(!ended.output.contains("metrics"), "{}", ended.output);
}
