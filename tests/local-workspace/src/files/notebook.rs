//! Notebooks as cells: read from source or Jupyter, written as source, Jupyter, or the platform's model.
//!
//! A notebook is stored as source, in which comments mark the cells: `# COMMAND ----------` separates them,
//! and a cell in another language has `# MAGIC ` before each line.

use serde_json::{Value, json};

use crate::problem::Problem;

/// A language a notebook can be written in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Language {
    /// Its name in the API.
    pub(super) name: &'static str,
    /// The extension of a source file.
    pub(super) extension: &'static str,
    /// The start of a comment.
    comment: &'static str,
}

/// All of them.
pub(super) const LANGUAGES: [Language; 4] = [
    Language { name: "PYTHON", extension: "py", comment: "#" },
    Language { name: "SQL", extension: "sql", comment: "--" },
    Language { name: "SCALA", extension: "scala", comment: "//" },
    Language { name: "R", extension: "r", comment: "#" },
];

/// The metadata key in the platform's Jupyter files for what Jupyter doesn't support.
const JUPYTER_KEY: &str = "application/vnd.databricks.v1+notebook";

impl Language {
    /// The language of this name, in any case.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.name.eq_ignore_ascii_case(name))
    }

    /// The language of files with this extension.
    pub(super) fn of_extension(extension: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.extension.eq_ignore_ascii_case(extension))
    }

    /// The first line of a notebook's source.
    pub(super) fn marker(&self) -> String {
        format!("{} Databricks notebook source", self.comment)
    }

    fn separator(&self) -> String {
        format!("{} COMMAND ----------", self.comment)
    }

    fn magic(&self) -> String {
        format!("{} MAGIC", self.comment)
    }
}

/// The cells of a source text. A cell in another language starts with `%` and its name.
pub(super) fn cells(language: &Language, source: &str) -> Vec<String> {
    let (marker, separator, magic) = (language.marker(), language.separator(), language.magic());
    let body = match source.split_once('\n') {
        Some((first, rest)) if first.trim_end() == marker => rest,
        _ if source.trim_end() == marker => "",
        _ => source,
    };
    let mut cells = vec![Vec::new()];
    for line in body.lines() {
        match cells.last_mut() {
            Some(cell) if line.trim_end() != separator => cell.push(line),
            _ => cells.push(Vec::new()),
        }
    }
    let cell = |lines: Vec<&str>| {
        let text: Vec<&str> = lines
            .into_iter()
            .map(|line| match line.strip_prefix(&magic) {
                Some(rest) => rest.strip_prefix(' ').unwrap_or(rest),
                None => line,
            })
            .collect();
        text.join("\n").trim_matches('\n').to_owned()
    };
    cells.into_iter().map(cell).collect()
}

/// The source text of these cells.
pub(super) fn source(language: &Language, cells: &[String]) -> String {
    let magic = language.magic();
    let written: Vec<String> = cells
        .iter()
        .map(|cell| {
            if !cell.starts_with('%') {
                return cell.clone();
            }
            let lines: Vec<String> =
                cell.lines().map(|line| format!("{magic} {line}").trim_end().to_owned()).collect();
            lines.join("\n")
        })
        .collect();
    let between = format!("\n\n{}\n\n", language.separator());
    format!("{}\n{}\n", language.marker(), written.join(&between))
}

/// A Jupyter file of these cells.
pub(super) fn to_jupyter(language: &Language, name: &str, cells: &[String]) -> Value {
    let cells: Vec<Value> = cells
        .iter()
        .map(|cell| match cell.strip_prefix("%md") {
            Some(text) => json!({
                "cell_type": "markdown",
                "metadata": {},
                "source": lines(text.trim_start_matches(['\n', ' '])),
            }),
            None => json!({
                "cell_type": "code",
                "execution_count": 0,
                "metadata": {},
                "outputs": [],
                "source": lines(cell),
            }),
        })
        .collect();
    let language = language.name.to_lowercase();
    json!({
        "cells": cells,
        "metadata": {
            JUPYTER_KEY: {
                "dashboards": [],
                "language": language,
                "notebookMetadata": {},
                "notebookName": name,
                "widgets": {},
            },
            "language_info": {"name": language},
        },
        "nbformat": 4,
        "nbformat_minor": 0,
    })
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Reads a Jupyter file.
pub(super) fn from_jupyter(bytes: &[u8]) -> Result<(&'static Language, Vec<String>), Problem> {
    let unreadable = || Problem::bad_request("The content is not a valid Jupyter notebook.");
    let notebook: Value = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
    let metadata = &notebook["metadata"];
    let told = [
        &metadata[JUPYTER_KEY]["language"],
        &metadata["kernelspec"]["language"],
        &metadata["language_info"]["name"],
    ];
    let named = told.into_iter().find_map(Value::as_str).unwrap_or("python");
    let language = Language::named(named).ok_or_else(|| {
        Problem::bad_request(format!("Notebooks in the language {named} are not supported."))
    })?;
    let cells = notebook["cells"].as_array().ok_or_else(unreadable)?;
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            let text = match &cell["source"] {
                Value::String(text) => text.clone(),
                Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
                _ => String::new(),
            };
            match cell["cell_type"].as_str() {
                Some("markdown") => format!("%md\n{text}"),
                _ => text,
            }
        })
        .collect();
    Ok((language, cells))
}

/// The notebook in the platform's format, as used in its archives and HTML pages.
pub(super) fn to_model(language: &Language, id: u64, name: &str, cells: &[String]) -> Value {
    let guid = |part: usize| uuid::Uuid::from_u64_pair(id, part as u64).to_string();
    let commands: Vec<Value> = cells
        .iter()
        .zip(1_u32..)
        .map(|(cell, position)| {
            json!({
                "version": "CommandV1",
                "guid": guid(position as usize),
                "subtype": "command",
                "commandType": "auto",
                "position": f64::from(position),
                "command": cell,
                "state": "input",
                "results": null,
            })
        })
        .collect();
    json!({
        "version": "NotebookV1",
        "origId": id,
        "name": name,
        "language": language.name.to_lowercase(),
        "commands": commands,
        "dashboards": [],
        "guid": guid(0),
        "globalVars": {},
        "iPythonMetadata": null,
        "inputWidgets": {},
    })
}

#[cfg(test)]
mod tests {
    use super::{Language, cells, from_jupyter, source, to_jupyter};

    const SOURCE: &str = "# Databricks notebook source\nprint(1)\n\n# COMMAND ----------\n\n# MAGIC %md\n# MAGIC # Title\n# MAGIC\n# MAGIC text\n\n# COMMAND ----------\n\nprint(2)\nprint(3)\n";

    #[test]
    fn source_and_jupyter_are_the_same_cells() {
        let python = Language::named("python").expect("a language");
        let found = cells(python, SOURCE);
        assert_eq!(found, ["print(1)", "%md\n# Title\n\ntext", "print(2)\nprint(3)"]);
        assert_eq!(source(python, &found), SOURCE);
        let jupyter = to_jupyter(python, "note", &found);
        assert_eq!(jupyter["cells"][1]["cell_type"], "markdown");
        assert_eq!(jupyter["cells"][1]["source"][0], "# Title\n");
        let (language, read) = from_jupyter(jupyter.to_string().as_bytes()).expect("a notebook");
        assert_eq!((language, read), (python, found));
    }

    #[test]
    fn sources_without_marker_or_cells_are_one_cell() {
        let sql = Language::of_extension("SQL").expect("a language");
        assert_eq!(cells(sql, "select 1\n"), ["select 1"]);
        assert_eq!(cells(sql, "-- Databricks notebook source"), [""]);
        assert_eq!(cells(sql, ""), [""]);
        assert_eq!(
            cells(sql, "-- Databricks notebook source\r\nselect 1\r\n-- COMMAND ----------\r\nselect 2"),
            ["select 1", "select 2"]
        );
    }

    #[test]
    fn what_is_no_jupyter_file_is_refused() {
        for broken in [
            "",
            "[]",
            "{}",
            "{\"cells\": 1}",
            "{\"cells\": [], \"metadata\": {\"kernelspec\": {\"language\": \"julia\"}}}",
        ] {
            assert!(from_jupyter(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
