//! The parts of a style as a PowerPoint file without slides, to be kept in place of what was uploaded.
//!
//! It has only what [`Parts`] has, so nothing that was hidden in an upload is kept, and reading it again gives the
//! same parts.

use super::super::markup::{HEAD, NAMESPACES};
use super::super::package::Package;
use super::super::part::{Part, emu};
use super::parts::{Parts, TemplatePart};
use crate::display::{HEIGHT, WIDTH};
use crate::export::ExportError;

impl Parts {
    /// The parts as a file, which [`super::read`] takes.
    ///
    /// # Errors
    /// If the parts are too many for a zip file.
    pub fn to_file(&self) -> Result<Vec<u8>, ExportError> {
        let mut package = Package::default();
        let mut part = Part::new();
        let master = part.relate("slideMaster", relative(Self::MASTER));
        part.relate("theme", relative(Self::THEME));
        let (id, width, height) = (Self::MASTER_ID, emu(WIDTH), emu(HEIGHT));
        let xml = format!(
            r#"{HEAD}<p:presentation {NAMESPACES}><p:sldMasterIdLst><p:sldMasterId id="{id}" r:id="{master}"/></p:sldMasterIdLst><p:sldSz cx="{width}" cy="{height}"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>"#
        );
        package.add("ppt/presentation.xml", "officedocument.presentationml.presentation.main", xml, &part);
        self.add_to(&mut package);
        let mut root = Part::new();
        root.relate("officeDocument", "ppt/presentation.xml");
        package.finish(&root)
    }

    /// Adds all parts to a file.
    pub(in crate::pptx) fn add_to(&self, package: &mut Package) {
        for TemplatePart { path, content_type, bytes, relationships } in &self.parts {
            let kind = content_type
                .strip_prefix("application/vnd.openxmlformats-")
                .and_then(|kind| kind.strip_suffix("+xml"));
            let path = path.trim_start_matches('/');
            package.add_bytes(path, kind, bytes.clone(), &Part::with(relationships));
        }
    }
}

/// A path as the presentation has it.
fn relative(path: &str) -> &str {
    path.strip_prefix("/ppt/").unwrap_or(path)
}
