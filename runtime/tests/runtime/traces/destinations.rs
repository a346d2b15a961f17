//! Where traces go, and what happens if nothing takes them there.

use std::time::{Duration, Instant, SystemTime};

use secrecy::SecretString;
use serde_json::json;
use tellr_app::settings::{Settings, WorkspaceAuth, WorkspaceSettings};
use tellr_app::traces::{Feedback, Traces};
use tellr_app::workspace::{self, RetryPolicy, Workspace};
use uuid::Uuid;

use super::figure;
use crate::support::app::Variables;
use crate::support::collector::Collector;
use crate::support::eventually;

const TOKEN: &str = "planted-token-of-the-app-0123456789";

fn settings(more: &[(&str, &str)]) -> Settings {
    let variables = Variables::nothing().with("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none");
    more.iter().fold(variables, |variables, (name, value)| variables.with(name, value)).settings()
}

fn traces(more: &[(&str, &str)], workspace: Option<&Workspace>) -> Traces {
    let retry = RetryPolicy {
        attempts: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(1),
        timeout: Duration::from_secs(20),
    };
    Traces::new(&settings(more).traces, workspace, retry).expect("traces")
}

fn workspace_at(collector: &Collector) -> Workspace {
    let auth = WorkspaceAuth::Token(SecretString::from(TOKEN.to_owned()));
    let http = workspace::client().expect("a client");
    Workspace::new(http, WorkspaceSettings { host: collector.url.clone(), auth })
}

/// A turn of two spans.
fn turn(traces: &Traces) -> Uuid {
    let id = Uuid::new_v4();
    let trace = traces.of_turn(id);
    trace.stage("plan").end();
    trace.turn(SystemTime::now()).end();
    id
}

#[tokio::test]
async fn without_settings_nothing_is_traced() {
    let traces = traces(&[], None);
    turn(&traces);
    traces.close().await;
    assert_eq!(figure(&traces, "trace_items"), 0);
}

#[tokio::test]
async fn the_platforms_collector_gets_them_over_grpc_and_again_when_it_was_busy() {
    let collector = Collector::start().await;
    let more = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_SERVICE_NAME", "my-tellr"),
    ];
    let traces = traces(&more, None);
    // UNAVAILABLE, once.
    collector.answers(&[14]);
    let id = turn(&traces);
    traces.close().await;
    let came = collector.came("/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    assert_eq!(came.len(), 1);
    assert_eq!((came[0].header("content-type"), came[0].header("te")), ("application/grpc", "trailers"));
    assert_eq!(collector.spans().len(), 2);
    assert!(collector.spans().iter().all(|span| span.trace_id == id.as_bytes()));
    assert_eq!(figure(&traces, "trace_items_sent_total"), 2);

    // INVALID_ARGUMENT: the same again doesn't help. The connection is used again.
    collector.answers(&[3]);
    turn(&traces);
    traces.close().await;
    assert_eq!(figure(&traces, "trace_items_dropped_total"), 2);
}

#[tokio::test]
async fn the_workspaces_mlflow_gets_them_for_the_experiments_table() {
    let collector = Collector::start().await;
    collector.tags(&[
        ("mlflow.experiment.databricksTraceSpanStorageTable", "main.tellr.traces_otel_spans"),
        ("mlflow.experiment.databricksTraceDestinationPath", "main.tellr.traces"),
    ]);
    let more = [("MLFLOW_EXPERIMENT_ID", "42"), ("MLFLOW_TRACING_SQL_WAREHOUSE_ID", "w1")];
    let traces = traces(&more, Some(&workspace_at(&collector)));
    let ids = [turn(&traces), turn(&traces)];
    traces.close().await;
    traces.feedback(Feedback { turn: ids[0], is_good: true, comment: None, person: "ada".to_owned() });
    traces.close().await;
    let came = collector.came("/api/2.0/otel/v1/traces");
    for came in &came {
        assert_eq!(came.header("x-databricks-uc-table-name"), "main.tellr.traces_otel_spans");
        assert_eq!(came.header("content-type"), "application/x-protobuf");
        assert_eq!(came.header("authorization"), format!("Bearer {TOKEN}"));
        assert!(!came.body.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    }
    assert_eq!(collector.spans().len(), 4);
    assert_eq!(collector.came("/experiments/get").len(), 1, "it is looked up once");
    let at = format!("/api/4.0/mlflow/traces/main.tellr.traces/{}/assessments", ids[0].simple());
    let feedback = collector.came(&at);
    assert_eq!(feedback.len(), 1);
    let place = json!({ "catalog_name": "main", "schema_name": "tellr", "table_prefix": "traces" });
    assert_eq!(feedback[0].json()["trace_location"]["uc_table_prefix"], place);
    assert_eq!(feedback[0].json()["feedback"], json!({ "value": true }));
    assert_eq!(figure(&traces, "trace_items_sent_total"), 5);
}

#[tokio::test]
async fn an_experiment_without_a_table_takes_nothing() {
    let collector = Collector::start().await;
    let traces = traces(&[("MLFLOW_EXPERIMENT_ID", "42")], Some(&workspace_at(&collector)));
    turn(&traces);
    traces.close().await;
    assert!(collector.came("/traces").is_empty());
    assert_eq!(figure(&traces, "trace_items_dropped_total"), 2);
}

#[tokio::test]
async fn a_collector_that_hangs_delays_nobody() {
    let collector = Collector::start().await;
    collector.holds(true);
    let traces = traces(&[("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())], None);
    let trace = traces.of_turn(Uuid::new_v4());
    let started = Instant::now();
    for _ in 0..5_000 {
        trace.stage("plan").end();
    }
    println!("5000 spans took {} ms", started.elapsed().as_millis());
    // At most the queue and one batch wait.
    let dropped = figure(&traces, "trace_items_dropped_total");
    assert!((5_000 - 2_048 - 256..5_000).contains(&dropped), "{dropped}");
    collector.holds(false);
    eventually("the others are sent", || async {
        figure(&traces, "trace_items_sent_total") + dropped == 5_000
    })
    .await;
}
