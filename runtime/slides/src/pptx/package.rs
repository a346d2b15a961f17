//! The package of a PowerPoint file: a zip file of parts, their relationships and types.
//!
//! Parts are written in the order in which they are added, after the list of their types, all with the first date
//! that a zip file can hold, so the same parts give the same bytes.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::markup::{HEAD, escaped};
use super::part::Part;
use crate::export::ExportError;

/// The types of parts that go by the ending of their name.
const DEFAULTS: [(&str, &str); 5] = [
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
];

/// What a part holds.
enum Content {
    Text(String),
    Bytes(Vec<u8>),
    Markup(Vec<u8>),
    Shared(Arc<Vec<u8>>),
}

struct Entry {
    /// Its path in the zip file, without a slash in front.
    path: String,
    content: Content,
    /// Its type; none: it goes by its ending.
    kind: Option<&'static str>,
}

/// A file that is being put together.
#[derive(Default)]
pub(super) struct Package {
    entries: Vec<Entry>,
}

impl Package {
    /// Adds a part of XML and what it refers to. `kind` is what its type has between
    /// `application/vnd.openxmlformats-` and `+xml`.
    pub(super) fn add(&mut self, path: &str, kind: &'static str, xml: String, part: &Part) {
        self.entries.push(Entry { path: path.to_owned(), content: Content::Text(xml), kind: Some(kind) });
        self.relate(path, part);
    }

    /// Adds a part as bytes, with what it refers to. `kind` as for [`Self::add`]; none: its type goes by its ending.
    pub(super) fn add_bytes(&mut self, path: &str, kind: Option<&'static str>, bytes: Vec<u8>, part: &Part) {
        let content = match kind {
            Some(_) => Content::Markup(bytes),
            None => Content::Bytes(bytes),
        };
        self.entries.push(Entry { path: path.to_owned(), content, kind });
        self.relate(path, part);
    }

    /// Adds a file within the file, whose type goes by its ending.
    pub(super) fn embed(&mut self, path: &str, bytes: Vec<u8>) {
        self.entries.push(Entry { path: path.to_owned(), content: Content::Bytes(bytes), kind: None });
    }

    /// Adds an image, whose type goes by its ending.
    pub(super) fn share(&mut self, path: &str, bytes: Arc<Vec<u8>>) {
        self.entries.push(Entry { path: path.to_owned(), content: Content::Shared(bytes), kind: None });
    }

    fn relate(&mut self, path: &str, part: &Part) {
        if part.relationships().is_empty() {
            return;
        }
        let mut xml = format!(
            r#"{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#
        );
        for one in part.relationships() {
            let mode = if one.is_external { r#" TargetMode="External""# } else { "" };
            let _ = write!(
                xml,
                r#"<Relationship Id="{}" Type="{}" Target="{}"{mode}/>"#,
                one.id,
                relationship_type(one.kind),
                escaped(&one.target)
            );
        }
        xml.push_str("</Relationships>");
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let path = format!("{folder}{}_rels/{name}.rels", if folder.is_empty() { "" } else { "/" });
        self.entries.push(Entry { path, content: Content::Text(xml), kind: None });
    }

    fn types(&self) -> String {
        let mut xml =
            format!(r#"{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#);
        for (ending, kind) in DEFAULTS {
            let _ = write!(xml, r#"<Default Extension="{ending}" ContentType="{kind}"/>"#);
        }
        for entry in &self.entries {
            if let Some(kind) = entry.kind {
                let path = &entry.path;
                let _ = write!(
                    xml,
                    r#"<Override PartName="/{path}" ContentType="application/vnd.openxmlformats-{kind}+xml"/>"#
                );
            }
        }
        xml.push_str("</Types>");
        xml
    }

    /// The file; `root` is what the package itself refers to.
    pub(super) fn finish(mut self, root: &Part) -> Result<Vec<u8>, ExportError> {
        self.relate("", root);
        // By convention the types come first and then what the package refers to; some readers look there only.
        if let Some(root) = self.entries.pop() {
            self.entries.insert(0, root);
        }
        let types = self.types();
        self.entries.insert(
            0,
            Entry { path: "[Content_Types].xml".to_owned(), content: Content::Text(types), kind: None },
        );
        self.zip()
            .map_err(|error| ExportError::Unwritable { file: "PowerPoint file", reason: error.to_string() })
    }

    fn zip(self) -> zip::result::ZipResult<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // The first date that there is; otherwise the clock's would be taken.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        for entry in self.entries {
            let (bytes, method): (&[u8], CompressionMethod) = match &entry.content {
                Content::Text(text) => (text.as_bytes(), CompressionMethod::Deflated),
                Content::Markup(bytes) => (bytes, CompressionMethod::Deflated),
                // These are compressed already.
                Content::Bytes(bytes) => (bytes, CompressionMethod::Stored),
                Content::Shared(bytes) => (bytes, CompressionMethod::Stored),
            };
            zip.start_file(entry.path.as_str(), options.compression_method(method).large_file(false))?;
            zip.write_all(bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    }
}

fn relationship_type(kind: &str) -> String {
    if kind == "core-properties" {
        return format!("http://schemas.openxmlformats.org/package/2006/relationships/metadata/{kind}");
    }
    format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}")
}
