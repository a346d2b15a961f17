//! What becomes of uploaded bytes: a file or a notebook.
//!
//! `AUTO` turns a source file that begins with the notebook marker into a notebook and strips the
//! extension from its name, which surprises everybody who uploads one by accident; a deployer has
//! to know it, so it is done here too.

use super::Kind;
use crate::problem::Problem;

/// Extension, language, and first line of an exported notebook.
const LANGUAGES: [(&str, &str, &str); 4] = [
    ("py", "PYTHON", "# Databricks notebook source"),
    ("sql", "SQL", "-- Databricks notebook source"),
    ("scala", "SCALA", "// Databricks notebook source"),
    ("r", "R", "# Databricks notebook source"),
];

const JUPYTER: &str = "ipynb";

/// The extension of a notebook's source.
pub(super) fn extension(language: &str) -> &'static str {
    LANGUAGES.iter().find(|(_, known, _)| *known == language).map_or("", |(extension, ..)| extension)
}

/// What is uploaded.
pub(super) struct Upload<'a> {
    pub(super) path: &'a str,
    pub(super) format: &'a str,
    pub(super) language: Option<&'a str>,
    pub(super) bytes: Vec<u8>,
}

/// Decides what to store, and under which path; more than `limit` bytes are refused.
pub(super) fn interpret(upload: Upload<'_>, limit: usize) -> Result<(String, Kind), Problem> {
    let Upload { path, format, language, bytes } = upload;
    if bytes.len() > limit {
        return Err(Problem::bad_request(format!(
            "File size imported is ({} bytes), exceeded max size ({limit} bytes)",
            bytes.len()
        )));
    }
    let (stem, extension) = split(path);
    let known = LANGUAGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(extension));
    let is_jupyter = extension.eq_ignore_ascii_case(JUPYTER);
    match format {
        "AUTO" | "" => {
            if is_jupyter {
                return Ok(notebook(stem, "PYTHON", bytes));
            }
            match known {
                Some((_, language, marker)) if first_line(&bytes) == marker.as_bytes() => {
                    Ok(notebook(stem, language, bytes))
                }
                _ => Ok((path.to_owned(), Kind::File(bytes))),
            }
        }
        "RAW" => Ok((path.to_owned(), Kind::File(bytes))),
        "JUPYTER" => Ok(notebook(if is_jupyter { stem } else { path }, "PYTHON", bytes)),
        "SOURCE" => {
            let language = match language.filter(|language| !language.is_empty()) {
                Some(asked) => LANGUAGES.iter().find(|(_, language, _)| *language == asked),
                None => known,
            };
            let (_, language, _) = language.ok_or_else(|| {
                Problem::invalid_parameter(
                    "language is required and must be PYTHON, R, SCALA or SQL for format SOURCE.",
                )
            })?;
            Ok(notebook(path, language, bytes))
        }
        other => {
            Err(Problem::invalid_parameter(format!("Format '{other}' is not supported in this workspace.")))
        }
    }
}

fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => (stem, extension),
        _ => (path, ""),
    }
}

fn notebook(path: &str, language: &'static str, source: Vec<u8>) -> (String, Kind) {
    (path.to_owned(), Kind::Notebook { language, source })
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}
