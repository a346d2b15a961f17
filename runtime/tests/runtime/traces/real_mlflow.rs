//! A real MLflow server, and its own client.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::figure;
use crate::chat::{Stand, text};
use crate::support::app::client;
use crate::support::eventually;

/// It imports a lot of Python and makes its database first.
const START: Duration = Duration::from_mins(3);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

/// The interpreter of the environment that setup makes for MLflow.
fn python() -> PathBuf {
    let python = root().join(".cache/mlflow/bin/python");
    assert!(
        python.is_file(),
        "there is no Python environment at {}; run `make setup-tests`",
        python.display()
    );
    python
}

/// A command in a clean environment that uses no network.
fn command(home: &Path) -> Command {
    let mut command = Command::new(python());
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", "/usr/bin:/bin")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
        .current_dir(home)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

struct Mlflow {
    url: String,
    home: tempfile::TempDir,
    _server: Child,
}

impl Mlflow {
    async fn start() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        // It can't say which port it took, so it is given one that was free.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))
            .and_then(|one| one.local_addr())
            .expect("a port")
            .port();
        let url = format!("http://127.0.0.1:{port}");
        let log = std::fs::File::create(home.path().join("log")).expect("a file");
        let server = command(home.path())
            // A group of its own would outlive the test; `uvicorn` as one process ends with it.
            .args(["-m", "uvicorn", "mlflow.server.fastapi_app:app", "--host", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .env("_MLFLOW_SERVER_FILE_STORE", format!("sqlite:///{}/mlflow.db", home.path().display()))
            .env("_MLFLOW_SERVER_ARTIFACT_ROOT", home.path().join("artifacts"))
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("it starts");
        let (client, started) = (client(|builder| builder), Instant::now());
        while !client
            .get(format!("{url}/health"))
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            let log = std::fs::read_to_string(home.path().join("log")).unwrap_or_default();
            assert!(started.elapsed() < START, "MLflow doesn't start:\n{log}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("MLflow started within {} s", started.elapsed().as_secs());
        Self { url, home, _server: server }
    }

    async fn experiment(&self) -> String {
        let request = client(|builder| builder)
            .post(format!("{}/api/2.0/mlflow/experiments/create", self.url))
            .json(&json!({ "name": "tellr" }));
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        text(&answer, "experiment_id").to_owned()
    }

    /// A trace as the client reads it.
    async fn trace(&self, turn: &Value) -> Value {
        let trace = format!("tr-{}", text(turn, "id").replace('-', ""));
        let output = command(self.home.path())
            .arg(root().join("tests/traces/read_trace.py"))
            .args([&self.url, &trace])
            .output()
            .await
            .expect("the interpreter");
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(output.status.success(), "{}", told[1]);
        serde_json::from_str(&told[0]).expect("JSON")
    }
}

/// Asks for a deck and rates it; the turn once all of it was sent.
async fn rated(stand: &Stand, spans: u64) -> Value {
    let ada = stand.ada();
    let turn = ada.asks("Review the revenue").await;
    let turn = ada.sees(&turn, "succeeded").await;
    eventually("the spans were sent", || async { figure(&stand.traces, "trace_items_sent") == spans }).await;
    let path = format!("/api/chat/{}/feedback", text(&turn, "id"));
    let (status, _) = ada.post(&path, json!({ "rating": "up", "comment": "Just right" })).await;
    assert_eq!(status, 204);
    eventually("feedback was sent", || async { figure(&stand.traces, "trace_items_sent") == spans + 1 })
        .await;
    assert_eq!(figure(&stand.traces, "trace_items_dropped"), 0);
    turn
}

#[tokio::test]
async fn a_turn_is_read_back_with_mlflows_own_client() {
    let mlflow = Mlflow::start().await;
    let experiment = mlflow.experiment().await;
    let variables =
        [("MLFLOW_TRACKING_URI", mlflow.url.as_str()), ("MLFLOW_EXPERIMENT_ID", experiment.as_str())];

    let stand = Stand::with_variables(&variables).await;
    let turn = rated(&stand, 20).await;
    let trace = mlflow.trace(&turn).await;
    assert_eq!(trace["state"], "OK", "{trace}");
    assert_eq!(trace["session"], turn["session_id"]);
    assert_eq!(trace["tokens"]["total_tokens"], 880, "{trace}");
    let spans = trace["spans"].as_array().expect("spans");
    assert_eq!(spans.len(), 20);
    let of = |name: &str| spans.iter().find(|span| span["name"] == name).expect(name);
    assert_eq!(
        (&of("invoke_agent tellr")["type"], &of("invoke_agent tellr")["parent"]),
        (&json!("AGENT"), &Value::Null)
    );
    assert_eq!(
        (&of("slide 4")["parent"], &of("slides")["parent"]),
        (&json!("slides"), &json!("invoke_agent tellr"))
    );
    assert_eq!(of("execute_tool query_data")["type"], "TOOL");
    assert_eq!(
        (&of("chat app-model")["type"], &of("chat app-model")["model"]),
        (&json!("CHAT_MODEL"), &json!("app-model"))
    );
    assert!(spans.iter().all(|span| span["inputs"].is_null() && span["outputs"].is_null()), "{trace}");
    let said = json!([{ "name": "user_feedback", "value": true, "rationale": null, "source": "HUMAN" }]);
    assert_eq!(trace["assessments"], said);

    let with_content = [&variables[..], &[("TELLR_TRACE_CONTENT", "true")]].concat();
    let stand = Stand::with_variables(&with_content).await;
    let turn = rated(&stand, 20).await;
    let trace = mlflow.trace(&turn).await;
    let spans = trace["spans"].as_array().expect("spans");
    let whole = spans.iter().find(|span| span["name"] == "invoke_agent tellr").expect("the turn");
    assert_eq!(whole["inputs"][0]["parts"][0]["content"], "Review the revenue", "{whole}");
    assert_eq!(whole["outputs"][0]["parts"][0]["content"], "Five points.", "{whole}");
    assert_eq!(trace["assessments"][0]["rationale"], "Just right");
}
