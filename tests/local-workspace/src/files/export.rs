//! Exports files, notebooks and folders.
//!
//! A notebook can be exported in every format except `RAW`, a file only unchanged, a folder only as an
//! archive.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::notebook::{Language, cells, to_jupyter, to_model};
use super::{Kind, MAX_FILE_BYTES, Node};
use crate::pages;
use crate::problem::Problem;

/// A format of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Auto,
    Dbc,
    Html,
    Jupyter,
    Raw,
    RMarkdown,
    Source,
}

impl Format {
    /// Parses the format's name; the default is `SOURCE`.
    pub(super) fn parse(name: &str) -> Result<Self, Problem> {
        Ok(match name {
            "" | "SOURCE" => Self::Source,
            "AUTO" => Self::Auto,
            "DBC" => Self::Dbc,
            "HTML" => Self::Html,
            "JUPYTER" => Self::Jupyter,
            "RAW" => Self::Raw,
            "R_MARKDOWN" => Self::RMarkdown,
            other => return Err(Problem::invalid_parameter(format!("Unknown export format: {other}."))),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "AUTO",
            Self::Dbc => "DBC",
            Self::Html => "HTML",
            Self::Jupyter => "JUPYTER",
            Self::Raw => "RAW",
            Self::RMarkdown => "R_MARKDOWN",
            Self::Source => "SOURCE",
        }
    }

    fn does_not_fit(self, what: &str) -> Problem {
        Problem::bad_request(format!("Export format {} is not supported for {what}.", self.name()))
    }
}

/// Bytes, and their type.
pub(super) struct Exported {
    pub(super) bytes: Vec<u8>,
    pub(super) file_type: &'static str,
}

fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Exports one file or notebook.
pub(super) fn object(path: &str, node: &Node, format: Format) -> Result<Exported, Problem> {
    match &node.kind {
        Kind::Directory => Err(format.does_not_fit("directories")),
        Kind::File(bytes) => match format {
            Format::Auto | Format::Source | Format::Raw => {
                Ok(Exported { bytes: bytes.clone(), file_type: "file" })
            }
            other => Err(other.does_not_fit("files")),
        },
        Kind::Notebook { language, source } => notebook(name(path), node.id, language, source, format),
    }
}

fn notebook(name: &str, id: u64, language: &str, source: &[u8], format: Format) -> Result<Exported, Problem> {
    let language = Language::named(language)
        .ok_or_else(|| Problem::internal(format!("A notebook is in the unknown language {language}.")))?;
    let text = String::from_utf8_lossy(source);
    let model = || to_model(language, id, name, &cells(language, &text));
    let (bytes, file_type) = match format {
        Format::Auto | Format::Source => (with_marker(language, source), language.extension),
        Format::Jupyter => {
            let cells = cells(language, &text);
            refuse_larger(json_size(&cells))?;
            (json_bytes(&to_jupyter(language, name, &cells)), "ipynb")
        }
        Format::Html => {
            let cells = cells(language, &text);
            // The cells are in it twice: as text, and in the model, in base64.
            let as_text: usize = cells.iter().map(String::len).sum();
            refuse_larger(json_size(&cells) / 3 * 4 + as_text)?;
            (html(name, &cells, &to_model(language, id, name, &cells))?.into_bytes(), "html")
        }
        Format::Dbc => {
            let entry = format!("{name}.{}", language.name.to_lowercase());
            (archive([(entry, json_bytes(&model()))])?, "dbc")
        }
        Format::RMarkdown if language.name == "R" => {
            let cells = cells(language, &text);
            let chunk = |cell: &String| match cell.strip_prefix("%md") {
                Some(words) => words.trim_start_matches(['\n', ' ']).to_owned(),
                None => format!("```{{r}}\n{cell}\n```"),
            };
            (cells.iter().map(chunk).collect::<Vec<_>>().join("\n\n").into_bytes(), "Rmd")
        }
        Format::RMarkdown | Format::Raw => {
            return Err(format.does_not_fit(&format!("{} notebooks", language.name)));
        }
    };
    limited(bytes).map(|bytes| Exported { bytes, file_type })
}

/// Source that starts like the source of a notebook.
fn with_marker(language: &Language, source: &[u8]) -> Vec<u8> {
    let marker = language.marker();
    if source.starts_with(marker.as_bytes()) {
        return source.to_vec();
    }
    [marker.as_bytes(), b"\n", source].concat()
}

/// Exports a folder; `below` is everything in it, by the path relative to it.
pub(super) fn directory(path: &str, below: &[(String, Node)], format: Format) -> Result<Exported, Problem> {
    let mut entries = Vec::new();
    for (inner, node) in below {
        let at = format!("{}/{inner}", name(path));
        match (&node.kind, format) {
            (Kind::Directory, _) | (Kind::File(_), Format::Source | Format::Dbc) => {}
            (Kind::File(bytes), _) => entries.push((at, bytes.clone())),
            (Kind::Notebook { language, source }, Format::Dbc) => {
                let text = String::from_utf8_lossy(source);
                let Some(language) = Language::named(language) else { continue };
                let model = to_model(language, node.id, name(inner), &cells(language, &text));
                entries.push((format!("{at}.{}", language.name.to_lowercase()), json_bytes(&model)));
            }
            (Kind::Notebook { language, source }, _) => {
                let Some(language) = Language::named(language) else { continue };
                entries.push((format!("{at}.{}", language.extension), with_marker(language, source)));
            }
        }
    }
    let file_type = match format {
        Format::Dbc => "dbc",
        Format::Auto | Format::Source => "zip",
        other => return Err(other.does_not_fit("directories")),
    };
    limited(archive(entries)?).map(|bytes| Exported { bytes, file_type })
}

fn limited(bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    refuse_larger(bytes.len())?;
    Ok(bytes)
}

/// Refuses an export of `bytes`, which may be a lower bound that is known before the content is built.
fn refuse_larger(bytes: usize) -> Result<(), Problem> {
    if bytes <= MAX_FILE_BYTES {
        return Ok(());
    }
    Err(Problem::new(
        axum::http::StatusCode::BAD_REQUEST,
        "MAX_NOTEBOOK_SIZE_EXCEEDED",
        format!("The exported content is ({bytes} bytes), exceeded max size ({MAX_FILE_BYTES} bytes)"),
    ))
}

/// A lower bound for the size of cells as JSON.
fn json_size(cells: &[String]) -> usize {
    // The names of a cell's fields.
    const LEAST_CELL_BYTES: usize = 40;
    cells.iter().map(|cell| cell.len() + LEAST_CELL_BYTES).sum()
}

fn json_bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn archive(entries: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Vec<u8>, Problem> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let write = || {
        for (path, bytes) in entries {
            zip.start_file(path, SimpleFileOptions::default())?;
            zip.write_all(&bytes)?;
        }
        zip.finish().map(Cursor::into_inner)
    };
    write().map_err(|error: zip::result::ZipError| {
        Problem::internal(format!("local workspace: the archive could not be written: {error}"))
    })
}

/// An HTML page with the notebook's data in the platform's format. There, a script from the platform's
/// servers renders it; this page renders the cells itself.
fn html(name: &str, cells: &[String], model: &Value) -> Result<String, Problem> {
    let encoded = pages::percent_encode(&model.to_string());
    refuse_larger(encoded.len() / 3 * 4)?;
    let encoded = BASE64.encode(encoded);
    let name = pages::escape(name);
    let cells: Vec<String> = cells.iter().map(|cell| pages::escape(cell)).collect();
    let shown = cells.join("</pre>\n<pre>");
    Ok(format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"databricks-html-version\" content=\"1\">\n\
         <title>{name} - Databricks</title>\n<meta charset=\"utf-8\">\n</head>\n<body>\n<pre>{shown}</pre>\n\
         <script>var __DATABRICKS_NOTEBOOK_MODEL = '{encoded}';</script>\n</body>\n</html>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound is known from the cells alone, and is never above the size that is built.
    #[test]
    fn a_notebook_that_would_be_too_large_is_refused_before_it_is_built() {
        let language = Language::named("PYTHON").expect("a language");
        for source in ["", "print('ü')\n", "# COMMAND ----------\n", "# MAGIC %md\n# COMMAND ----------\n"] {
            let cells = cells(language, &source.repeat(100));
            let as_text: usize = cells.iter().map(String::len).sum();
            let jupyter = json_bytes(&to_jupyter(language, "n", &cells)).len();
            assert!(json_size(&cells) <= jupyter, "{source}: {jupyter}");
            let page = html("n", &cells, &to_model(language, 1, "n", &cells)).expect("small").len();
            assert!(json_size(&cells) / 3 * 4 + as_text <= page, "{source}: {page}");
        }
        let separators = "# COMMAND ----------\n".repeat(MAX_FILE_BYTES / 21);
        assert!(json_size(&cells(language, &separators)) > MAX_FILE_BYTES);
        for format in [Format::Html, Format::Jupyter] {
            assert!(notebook("n", 1, "PYTHON", separators.as_bytes(), format).is_err());
        }
    }
}
