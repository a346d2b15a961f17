//! Imports uploaded bytes as a file or a notebook.
//!
//! `AUTO` converts a source file that starts with the notebook marker to a notebook and strips the
//! extension from its name, often unexpectedly for users; a deployer has to handle it, so it is implemented
//! here too.

use super::Kind;
use super::notebook::{Language, from_jupyter, source};
use crate::problem::Problem;

const JUPYTER: &str = "ipynb";

/// The extension of a notebook's source.
pub(super) fn extension(language: &str) -> &'static str {
    Language::named(language).map_or("", |language| language.extension)
}

/// The uploaded content.
pub(super) struct Upload<'a> {
    pub(super) path: &'a str,
    pub(super) format: &'a str,
    pub(super) language: Option<&'a str>,
    pub(super) bytes: Vec<u8>,
}

/// Determines what to store, and under which path; refuses more than `limit` bytes.
pub(super) fn interpret(upload: Upload<'_>, limit: usize) -> Result<(String, Kind), Problem> {
    let Upload { path, format, language, bytes } = upload;
    if bytes.len() > limit {
        return Err(Problem::bad_request(format!(
            "File size imported is ({} bytes), exceeded max size ({limit} bytes)",
            bytes.len()
        )));
    }
    let (stem, extension) = split(path);
    let known = Language::of_extension(extension);
    let is_jupyter = extension.eq_ignore_ascii_case(JUPYTER);
    match format {
        "AUTO" | "" => {
            if is_jupyter {
                return jupyter(stem, &bytes);
            }
            match known {
                Some(language) if first_line(&bytes) == language.marker().as_bytes() => {
                    Ok(notebook(stem, language, bytes))
                }
                _ => Ok((path.to_owned(), Kind::File(bytes))),
            }
        }
        "RAW" => Ok((path.to_owned(), Kind::File(bytes))),
        "JUPYTER" => jupyter(if is_jupyter { stem } else { path }, &bytes),
        "SOURCE" => {
            let language = match language.filter(|language| !language.is_empty()) {
                Some(asked) => Language::named(asked).filter(|language| language.name == asked),
                None => known,
            };
            let language = language.ok_or_else(|| {
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

fn notebook(path: &str, language: &Language, source: Vec<u8>) -> (String, Kind) {
    (path.to_owned(), Kind::Notebook { language: language.name, source })
}

/// A notebook from a Jupyter file; like every other it is stored as source, without its outputs.
fn jupyter(path: &str, bytes: &[u8]) -> Result<(String, Kind), Problem> {
    let (language, cells) = from_jupyter(bytes)?;
    Ok(notebook(path, language, source(language, &cells).into_bytes()))
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}
