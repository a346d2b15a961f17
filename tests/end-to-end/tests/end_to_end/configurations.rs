//! The corpus of configuration files, `tests/configurations`: each file is read as its neighbour says.
//!
//! Beside `name.yaml` there is `name.json` with values that it gives (and the environment that is asked for), or
//! `name.txt` with the code of its refusal and, a line each, what the refusal says. The same files go through the
//! kernel's module and the page's (`pkg/tests/`).

use std::path::{Path, PathBuf};
use std::process::Stdio;

use deployer::config::{self, CreateArguments};
use deployer::error::DeployError;
use end_to_end::kill;
use serde_json::Value;
use tokio::process::Command;

struct Sample {
    path: PathBuf,
    bytes: Vec<u8>,
    expected: Expected,
}

enum Expected {
    Values { environment: Option<String>, values: Value },
    Refusal { code: String, words: Vec<String> },
}

fn corpus() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configurations");
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let samples: Vec<Sample> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).map(sample).collect();
    assert!(samples.len() >= 60, "{} files", samples.len());
    samples
}

fn sample(path: PathBuf) -> Sample {
    let bytes = std::fs::read(&path).expect("a file");
    let values = std::fs::read_to_string(path.with_extension("json")).ok();
    let refusal = std::fs::read_to_string(path.with_extension("txt")).ok();
    let expected = match (values, refusal) {
        (Some(text), None) => {
            let mut read: Value = serde_json::from_str(&text).expect("JSON");
            let environment = read["environment"].as_str().map(str::to_owned);
            Expected::Values { environment, values: read["values"].take() }
        }
        (None, Some(text)) => {
            let mut lines = text.lines().map(str::to_owned);
            Expected::Refusal { code: lines.next().expect("a code"), words: lines.collect() }
        }
        _ => panic!("{} has one expectation", path.display()),
    };
    Sample { path, bytes, expected }
}

fn read(bytes: &[u8], environment: Option<&str>) -> Result<Value, DeployError> {
    let text = config::file_text(bytes)?;
    let config = CreateArguments::default().resolve(Some(text), environment)?;
    Ok(config::to_node(&config).into())
}

#[test]
fn every_file_is_read_or_refused_as_its_neighbour_says() {
    for Sample { path, bytes, expected } in corpus() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        match expected {
            Expected::Values { environment, values } => {
                let read = read(&bytes, environment.as_deref());
                let read = read.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                for (key, value) in values.as_object().expect("values") {
                    assert_eq!(&read[key], value, "{name}: {key}");
                }
            }
            Expected::Refusal { code, words } => {
                let error = read(&bytes, None).expect_err(&name);
                assert_eq!(error.code, code, "{name}: {error:?}");
                let said = format!("{} {} {}", error.message, error.cause, error.remedy);
                for part in words {
                    assert!(said.contains(&part), "{name}: `{part}` in `{said}`");
                }
            }
        }
    }
}

/// Without a workspace: what is refused ends with 2 before one is looked for, and what is read ends for want of one.
#[tokio::test]
async fn the_command_line_reads_and_refuses_the_same_files() {
    for Sample { path, expected, .. } in corpus() {
        let mut command = Command::new(kill::program());
        command.args(["deploy", "plan", "create", "--json", "--config"]).arg(&path);
        command.env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
        if let Expected::Values { environment: Some(environment), .. } = &expected {
            command.env("ENVIRONMENT", environment);
        }
        let output = command.output().await.expect("the program runs");
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let said = said.replace("\\\"", "\"");
        match expected {
            Expected::Values { .. } => {
                // The file was read; what is missing is a workspace.
                assert!(said.contains("\"code\":\"NO_WORKSPACE\""), "{}: {said}", path.display());
            }
            Expected::Refusal { code, words } => {
                assert_eq!(output.status.code(), Some(2), "{}: {said}", path.display());
                assert!(said.contains(&code), "{}: {said}", path.display());
                for part in words {
                    assert!(said.contains(&part), "{}: `{part}` in `{said}`", path.display());
                }
            }
        }
    }
}
