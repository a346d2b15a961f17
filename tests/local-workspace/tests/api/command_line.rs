//! `local-workspace serve`, as a script starts and ends it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::client;

struct Served(Child);

impl Served {
    fn start(arguments: &[&str]) -> (Self, Value) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_local-workspace"))
            .args(["serve", "--port", "0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        (Self(child), serde_json::from_str(&line).expect("JSON"))
    }

    /// Ends it as a supervisor would, and tells whether it left in good order.
    fn terminate(mut self) -> bool {
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-s", "TERM", &id]).status().expect("kill");
        told.success() && self.0.wait().expect("an exit status").success()
    }
}

#[tokio::test]
async fn serve_announces_itself_in_one_line_and_leaves_nothing_behind() {
    let (served, announcement) = Served::start(&["--apps", "scripted"]);
    let text = |field: &str| announcement[field].as_str().expect(field).to_owned();
    assert!(std::path::Path::new(&text("ca_file")).is_file());
    let token = announcement["principals"][0]["token"].as_str().expect("a token");
    let me = format!("{}/api/2.0/preview/scim/v2/Me", text("host"));
    let answer = client().get(me).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.headers()["x-databricks-org-id"], text("workspace_id"));
    let control = client().get(text("control")).send().await.expect("an answer");
    assert_eq!(control.status(), StatusCode::OK);
    assert!(served.terminate(), "it ends with success");
    assert!(!std::path::Path::new(&text("dir")).exists(), "its temporary directory is gone");
}

#[tokio::test]
async fn principals_and_clock_are_given_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("principals.json");
    let spec = r#"[{"user_name": "robot", "service_principal": true, "rights": ["read_apps"]}]"#;
    std::fs::write(&file, spec).expect("a file");
    let path = file.to_str().expect("text");
    let (served, announcement) = Served::start(&["--clock", "virtual", "--principals", path]);
    let robot = &announcement["principals"][0];
    assert_eq!(robot["kind"], "service_principal");
    assert_eq!(robot["client_id"], robot["user_name"]);
    assert!(robot["client_secret"].is_string());
    let clock = format!("{}/clock", announcement["control"].as_str().expect("an address"));
    let clock: Value = client().get(clock).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(clock["virtual"], true);
    assert!(served.terminate());
}

#[tokio::test]
async fn an_origin_is_let_in_on_the_command_line() {
    let (served, announcement) = Served::start(&["--apps", "scripted", "--cors-origin", "http://x.test"]);
    let me = format!("{}/api/2.0/preview/scim/v2/Me", announcement["host"].as_str().expect("an address"));
    let answer = client().get(me).header("Origin", "http://x.test").send().await.expect("an answer");
    assert_eq!(answer.headers()["access-control-allow-origin"], "http://x.test");
    assert!(served.terminate());
}
