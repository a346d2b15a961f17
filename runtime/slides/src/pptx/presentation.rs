//! The presentation: its slides in order, their size, and how programs show it at first.

use std::fmt::Write as _;

use super::markup::{HEAD, NAMESPACES, escaped};
use super::master::FIRST_LAYOUT;
use super::part::{Part, emu};
use crate::display::{HEIGHT, WIDTH};

/// The first id that a slide may have.
const FIRST_SLIDE: u32 = 256;

/// `ppt/presentation.xml`.
pub(super) fn write(slides: usize, language: Option<&str>) -> (String, Part) {
    let mut part = Part::new();
    let master = part.relate("slideMaster", "slideMasters/slideMaster1.xml");
    let notes = part.relate("notesMaster", "notesMasters/notesMaster1.xml");
    let mut xml = format!(
        r#"{HEAD}<p:presentation {NAMESPACES} saveSubsetFonts="1" autoCompressPictures="0"><p:sldMasterIdLst><p:sldMasterId id="{}" r:id="{master}"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="{notes}"/></p:notesMasterIdLst>"#,
        FIRST_LAYOUT - 1
    );
    if slides > 0 {
        xml.push_str("<p:sldIdLst>");
        for (id, number) in (FIRST_SLIDE..).zip(1..=slides) {
            let slide = part.relate("slide", &format!("slides/slide{number}.xml"));
            let _ = write!(xml, r#"<p:sldId id="{id}" r:id="{slide}"/>"#);
        }
        xml.push_str("</p:sldIdLst>");
    }
    for (kind, target) in [
        ("presProps", "presProps.xml"),
        ("viewProps", "viewProps.xml"),
        ("theme", "theme/theme1.xml"),
        ("tableStyles", "tableStyles.xml"),
    ] {
        part.relate(kind, target);
    }
    let language = language.map(|tag| format!(r#" lang="{}""#, escaped(tag))).unwrap_or_default();
    let _ = write!(
        xml,
        r#"<p:sldSz cx="{}" cy="{}"/><p:notesSz cx="6858000" cy="9144000"/><p:defaultTextStyle><a:defPPr><a:defRPr{language}/></a:defPPr></p:defaultTextStyle></p:presentation>"#,
        emu(WIDTH),
        emu(HEIGHT)
    );
    (xml, part)
}

/// `ppt/presProps.xml`.
pub(super) fn properties() -> String {
    format!("{HEAD}<p:presentationPr {NAMESPACES}/>")
}

/// `ppt/viewProps.xml`.
pub(super) fn view() -> String {
    format!("{HEAD}<p:viewPr {NAMESPACES}/>")
}

/// `ppt/tableStyles.xml`: none of our own. The default is the one that PowerPoint gives new tables.
pub(super) fn table_styles() -> String {
    format!(
        r#"{HEAD}<a:tblStyleLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" def="{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}"/>"#
    )
}
