//! What the speaker says, and the master of its pages.

use std::fmt::Write as _;

use super::markup::{HEAD, NAMESPACES, TREE, escaped};
use super::part::Part;

/// The picture of the slide and the text under it, on a page of 6,858,000 × 9,144,000 EMU.
const PICTURE: &str = r#"<a:xfrm><a:off x="685800" y="685800"/><a:ext cx="5486400" cy="3086100"/></a:xfrm>"#;
const TEXT: &str = r#"<a:xfrm><a:off x="685800" y="4114800"/><a:ext cx="5486400" cy="4343400"/></a:xfrm>"#;

/// Writes the master of notes.
pub(super) fn master() -> (String, Part) {
    let mut part = Part::new();
    part.relate("theme", "../theme/theme2.xml");
    let (picture, text) = (part.shape_id(), part.shape_id());
    let mut xml = format!(
        r#"{HEAD}<p:notesMaster {NAMESPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>{TREE}"#
    );
    let _ = write!(
        xml,
        r#"<p:sp><p:nvSpPr><p:cNvPr id="{picture}" name="Slide"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg" idx="2"/></p:nvPr></p:nvSpPr><p:spPr>{PICTURE}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln w="9525"><a:solidFill><a:srgbClr val="808080"/></a:solidFill></a:ln></p:spPr></p:sp><p:sp><p:nvSpPr><p:cNvPr id="{text}" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="3"/></p:nvPr></p:nvSpPr><p:spPr>{TEXT}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr vert="horz" lIns="0" tIns="0" rIns="0" bIns="0"/><a:lstStyle/><a:p><a:r><a:rPr lang="en-US"/><a:t>Notes</a:t></a:r></a:p></p:txBody></p:sp>"#
    );
    xml.push_str(r#"</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:notesStyle><a:lvl1pPr marL="0" algn="l"><a:spcBef><a:spcPts val="600"/></a:spcBef><a:defRPr sz="1200"><a:solidFill><a:srgbClr val="000000"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr></p:notesStyle></p:notesMaster>"#);
    (xml, part)
}

/// Writes the notes of a slide, one paragraph a line.
pub(super) fn write(notes: &str, slide: usize, language: Option<&str>) -> (String, Part) {
    let mut part = Part::new();
    part.relate("notesMaster", "../notesMasters/notesMaster1.xml");
    part.relate("slide", &format!("../slides/slide{slide}.xml"));
    let (picture, text) = (part.shape_id(), part.shape_id());
    let language = language.map(|tag| format!(r#" lang="{}""#, escaped(tag))).unwrap_or_default();
    let mut xml = format!(
        r#"{HEAD}<p:notes {NAMESPACES}><p:cSld><p:spTree>{TREE}<p:sp><p:nvSpPr><p:cNvPr id="{picture}" name="Slide"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp><p:sp><p:nvSpPr><p:cNvPr id="{text}" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>"#
    );
    for line in notes.split('\n') {
        let line = line.trim_end_matches('\r');
        let direction = if is_rtl(line) { r#"<a:pPr algn="r" rtl="1"/>"# } else { "" };
        if line.is_empty() {
            let _ = write!(xml, "<a:p><a:endParaRPr{language}/></a:p>");
        } else {
            let _ = write!(
                xml,
                "<a:p>{direction}<a:r><a:rPr{language}/><a:t>{}</a:t></a:r></a:p>",
                escaped(line)
            );
        }
    }
    xml.push_str(
        "</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>",
    );
    (xml, part)
}

/// Whether a paragraph is read from right to left: its first letter is Hebrew, Arabic or a relative of these.
fn is_rtl(text: &str) -> bool {
    let first = text.chars().find(|character| character.is_alphabetic());
    first.is_some_and(
        |letter| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'),
    )
}
