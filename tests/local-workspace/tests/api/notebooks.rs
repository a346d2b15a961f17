//! Notebooks in and out, in the formats of the platform.

use std::io::{Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::support::Local;

const HOME: &str = "/Users/ada@example.com";
const SOURCE: &str =
    "# Databricks notebook source\nprint(\"<1>\")\n\n# COMMAND ----------\n\n# MAGIC %md\n# MAGIC # Title\n";

impl Local {
    async fn import(&self, name: &str, format: &str, language: Option<&str>, content: &str) {
        let path = format!("{HOME}/{name}");
        let body = json!({
            "path": path, "format": format, "language": language, "content": BASE64.encode(content),
        });
        self.post("/api/2.0/workspace/import", body).await.ok();
    }

    /// What is exported, and its type.
    async fn export(&self, name: &str, format: &str) -> (Vec<u8>, String) {
        let path = format!("/api/2.0/workspace/export?path={HOME}/{name}&format={format}");
        let answer = self.get(&path).await.ok();
        let text = |field: &str| answer[field].as_str().expect("text").to_owned();
        let bytes = BASE64.decode(text("content")).expect("base64");
        let direct = self.get(&format!("{path}&direct_download=true")).await;
        assert!(direct.status.is_success());
        (bytes, text("file_type"))
    }

    async fn export_refused(&self, name: &str, format: &str) -> (u16, String, String) {
        let path = format!("/api/2.0/workspace/export?path={HOME}/{name}&format={format}");
        let answer = self.get(&path).await;
        let (status, code, message) = answer.refusal();
        (status, code.to_owned(), message.to_owned())
    }
}

fn unpacked(archive: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut found: Vec<(String, String)> = (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).expect("an entry");
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("text");
            (entry.name().expect("a name").into_owned(), text)
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_notebook_can_be_had_in_every_format_that_fits() {
    let local = Local::start().await;
    local.import("note.py", "AUTO", None, SOURCE).await;
    for format in ["", "SOURCE", "AUTO"] {
        assert_eq!(local.export("note", format).await, (SOURCE.as_bytes().to_vec(), "py".to_owned()));
    }

    let (jupyter, file_type) = local.export("note", "JUPYTER").await;
    let jupyter: Value = serde_json::from_slice(&jupyter).expect("JSON");
    assert_eq!((file_type.as_str(), &jupyter["nbformat"]), ("ipynb", &json!(4)));
    assert_eq!(jupyter["cells"][0]["source"], json!(["print(\"<1>\")"]));
    assert_eq!(jupyter["cells"][1]["cell_type"], "markdown");
    assert_eq!(jupyter["metadata"]["application/vnd.databricks.v1+notebook"]["notebookName"], "note");

    let (html, file_type) = local.export("note", "HTML").await;
    let html = String::from_utf8(html).expect("text");
    assert_eq!(file_type, "html");
    assert!(html.contains("print(&quot;&lt;1&gt;&quot;)"), "{html}");
    let encoded =
        html.split("__DATABRICKS_NOTEBOOK_MODEL = '").nth(1).and_then(|rest| rest.split('\'').next());
    let model = BASE64.decode(encoded.expect("a model")).expect("base64");
    assert!(String::from_utf8(model).expect("text").starts_with("%7B%22"));

    let (archive, file_type) = local.export("note", "DBC").await;
    assert_eq!(file_type, "dbc");
    let entries = unpacked(archive);
    let model: Value = serde_json::from_str(&entries[0].1).expect("JSON");
    assert_eq!(
        (entries.len(), entries[0].0.as_str(), &model["version"]),
        (1, "note.python", &json!("NotebookV1"))
    );
    assert_eq!(model["commands"][1]["command"], "%md\n# Title");

    let refused = local.export_refused("note", "R_MARKDOWN").await;
    let expected = "Export format R_MARKDOWN is not supported for PYTHON notebooks.";
    assert_eq!(refused, (400, "BAD_REQUEST".into(), expected.into()));
    assert_eq!(local.export_refused("note", "RAW").await.0, 400);
    let unknown = local.export_refused("note", "source").await;
    assert_eq!(unknown, (400, "INVALID_PARAMETER_VALUE".into(), "Unknown export format: source.".into()));
}

#[tokio::test]
async fn a_jupyter_file_becomes_a_notebook_with_source() {
    let local = Local::start().await;
    local.import("note.py", "AUTO", None, SOURCE).await;
    let (jupyter, _) = local.export("note", "JUPYTER").await;
    let jupyter = String::from_utf8(jupyter).expect("text");
    local.import("auto.ipynb", "AUTO", None, &jupyter).await;
    local.import("named", "JUPYTER", None, &jupyter).await;
    for name in ["auto", "named"] {
        let (source, _) = local.export(name, "SOURCE").await;
        assert_eq!(String::from_utf8(source).expect("text"), SOURCE);
    }
    let body = json!({"path": format!("{HOME}/no.ipynb"), "format": "AUTO", "content": BASE64.encode("x")});
    assert_eq!(local.post("/api/2.0/workspace/import", body).await.refusal().1, "BAD_REQUEST");
}

#[tokio::test]
async fn source_gets_the_line_that_makes_it_a_notebook() {
    let local = Local::start().await;
    local.import("query", "SOURCE", Some("SQL"), "select 1").await;
    let expected = b"-- Databricks notebook source\nselect 1".to_vec();
    assert_eq!(local.export("query", "SOURCE").await, (expected, "sql".to_owned()));
    local.import("model", "SOURCE", Some("R"), "# Databricks notebook source\nx <- 1\n").await;
    let markdown = local.export("model", "R_MARKDOWN").await;
    assert_eq!(markdown, (b"```{r}\nx <- 1\n```".to_vec(), "Rmd".to_owned()));
}

#[tokio::test]
async fn files_are_exported_as_they_are_and_folders_as_archives() {
    let local = Local::start().await;
    local.post("/api/2.0/workspace/mkdirs", json!({"path": format!("{HOME}/dir/inner")})).await.ok();
    local.import("dir/data.csv", "AUTO", None, "a,b").await;
    local.import("dir/inner/note.py", "AUTO", None, SOURCE).await;
    for format in ["", "AUTO", "RAW"] {
        assert_eq!(local.export("dir/data.csv", format).await, (b"a,b".to_vec(), "file".to_owned()));
    }
    for format in ["JUPYTER", "HTML", "DBC", "R_MARKDOWN"] {
        let refused = local.export_refused("dir/data.csv", format).await;
        let expected = format!("Export format {format} is not supported for files.");
        assert_eq!(refused, (400, "BAD_REQUEST".into(), expected));
    }
    let names = |bytes| unpacked(bytes).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(local.export("dir", "AUTO").await.0), ["dir/data.csv", "dir/inner/note.py"]);
    assert_eq!(names(local.export("dir", "SOURCE").await.0), ["dir/inner/note.py"]);
    assert_eq!(names(local.export("dir", "DBC").await.0), ["dir/inner/note.python"]);
    assert_eq!(local.export_refused("dir", "HTML").await.0, 400);
    assert_eq!(local.export_refused("none", "HTML").await.1, "RESOURCE_DOES_NOT_EXIST");
}
