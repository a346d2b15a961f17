//! What becomes of uploaded bytes: a file or a notebook.
//!
//! `AUTO` turns a source file that begins with the notebook marker into a notebook and strips the extension from its
//! name, which surprises everybody who uploads one by accident; a deployer has to know it, so it is done here too.

use super::{Kind, MAX_FILE_BYTES};
use crate::problem::Problem;

/// Extension, language, and first line of an exported notebook.
const LANGUAGES: [(&str, &str, &str); 4] = [
    (".py", "PYTHON", "# Databricks notebook source"),
    (".sql", "SQL", "-- Databricks notebook source"),
    (".scala", "SCALA", "// Databricks notebook source"),
    (".r", "R", "# Databricks notebook source"),
];

/// The extension of a notebook's source.
pub(super) fn extension(language: &str) -> &'static str {
    LANGUAGES.iter().find(|(_, known, _)| *known == language).map_or("", |(extension, ..)| extension)
}

/// Decides what to store, and under which path.
pub(super) fn interpret(
    path: &str,
    format: &str,
    language: Option<&str>,
    bytes: Vec<u8>,
) -> Result<(String, Kind), Problem> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Problem::bad_request(format!(
            "File size imported is ({} bytes), exceeded max size ({MAX_FILE_BYTES} bytes)",
            bytes.len()
        )));
    }
    let lower = path.to_ascii_lowercase();
    let by_extension = LANGUAGES.iter().find(|(extension, ..)| lower.ends_with(extension));
    match format {
        "AUTO" | "" => {
            if lower.ends_with(".ipynb") {
                return Ok(notebook(path, ".ipynb", "PYTHON", bytes));
            }
            if let Some((extension, language, marker)) = by_extension
                && first_line(&bytes) == marker.as_bytes()
            {
                return Ok(notebook(path, extension, language, bytes));
            }
            Ok((path.to_owned(), Kind::File(bytes)))
        }
        "RAW" => Ok((path.to_owned(), Kind::File(bytes))),
        "JUPYTER" => Ok(notebook(path, ".ipynb", "PYTHON", bytes)),
        "SOURCE" => {
            let language = match language.filter(|language| !language.is_empty()) {
                Some(asked) => {
                    LANGUAGES.iter().find(|(_, known, _)| *known == asked).map(|(_, known, _)| *known)
                }
                None => by_extension.map(|(_, known, _)| *known),
            };
            let language = language.ok_or_else(|| {
                Problem::invalid_parameter(
                    "language is required and must be PYTHON, R, SCALA or SQL for format SOURCE.",
                )
            })?;
            Ok((path.to_owned(), Kind::Notebook { language, source: bytes }))
        }
        other => {
            Err(Problem::invalid_parameter(format!("Format '{other}' is not supported in this workspace.")))
        }
    }
}

fn notebook(path: &str, extension: &str, language: &'static str, source: Vec<u8>) -> (String, Kind) {
    let stem =
        path.len().checked_sub(extension.len()).filter(|at| path[*at..].eq_ignore_ascii_case(extension));
    let name = stem.map_or(path, |at| &path[..at]);
    (name.to_owned(), Kind::Notebook { language, source })
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}
