//! The properties of the file: its title, language and, only if it was given, its author. No dates, no
//! name of a machine or an account.

use std::fmt::Write as _;

use super::markup::{HEAD, escaped};
use crate::export::Export;

/// `docProps/core.xml`.
pub(super) fn core(export: &Export<'_>) -> String {
    let mut xml = format!(
        r#"{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title>"#,
        escaped(&export.deck.title)
    );
    for (tag, text) in [("creator", export.author), ("language", export.deck.language.as_deref())] {
        if let Some(text) = text {
            let _ = write!(xml, "<dc:{tag}>{}</dc:{tag}>", escaped(text));
        }
    }
    xml.push_str("</cp:coreProperties>");
    xml
}

/// `docProps/app.xml`.
pub(super) fn app(export: &Export<'_>) -> String {
    let slides = export.deck.slides.len();
    let notes = export.deck.slides.iter().filter(|slide| !slide.notes.is_empty()).count();
    format!(
        r#"{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Tellr</Application><PresentationFormat>Widescreen</PresentationFormat><Slides>{slides}</Slides><Notes>{notes}</Notes></Properties>"#
    )
}
