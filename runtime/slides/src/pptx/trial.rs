//! A stand-in for the package until it is there: slides with their texts, tables and rectangles, nothing else.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use super::part::{Part, emu};
use super::{Lines, table, text};
use crate::block::Block;
use crate::display::{Detail, Shape};
use crate::export::{Export, ExportError};
use crate::xml::escape;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const NS: &str = r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main""#;
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
const TREE: &str = r#"<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>"#;

pub(super) fn write(export: &Export<'_>, lines: Lines) -> Result<Vec<u8>, ExportError> {
    let failed = |error: zip::result::ZipError| ExportError::Unwritable { file: "PowerPoint file", reason: error.to_string() };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut files: Vec<(String, String)> = Vec::new();
    let mut types = String::new();
    let mut ids = String::new();
    let mut rels = String::new();
    for (number, (slide, list)) in export.deck.slides.iter().zip(export.slides).enumerate() {
        let number = number + 1;
        let mut part = Part::new();
        part.relate("slideLayout", "../slideLayouts/slideLayout1.xml");
        let mut out = format!(
            r#"{HEAD}<p:sld {NS}><p:cSld><p:bg><p:bgPr><a:solidFill><a:srgbClr val="{}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>{TREE}"#,
            text::hex(list.background)
        );
        let boxes = text::plan(slide, list);
        let taken: Vec<usize> = boxes.iter().flat_map(|text| text.elements.clone()).collect();
        let language = export.deck.language.as_deref();
        let mut tables = Vec::new();
        for (at, element) in list.elements.iter().enumerate() {
            if let Some(text) = boxes.iter().find(|text| text.elements[0] == at) {
                text::write(text, list, slide, export.theme, lines, language, &mut part, &mut out);
                continue;
            }
            if taken.contains(&at) {
                continue;
            }
            if let Some(place) = &element.of
                && let Some(frame) = list.frames.iter().find(|frame| frame.block == place.block)
                && let Some(Detail::Table(_)) = frame.detail
            {
                if let Some(Block::Table(block)) = export.deck.block(&place.block)
                    && !tables.contains(&place.block)
                {
                    tables.push(place.block.clone());
                    table::write(block, frame, list, export.theme, lines, language, &mut part, &mut out);
                }
                continue;
            }
            if let Shape::Rect(shape) = &element.shape
                && let Some(fill) = shape.fill
            {
                let b = shape.bounds;
                let id = part.shape_id();
                let _ = write!(
                    out,
                    r#"<p:sp><p:nvSpPr><p:cNvPr id="{id}" name="Shape {id}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{}" y="{}"/><a:ext cx="{}" cy="{}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{}"><a:alpha val="{:.0}"/></a:srgbClr></a:solidFill></p:spPr></p:sp>"#,
                    emu(b.x), emu(b.y), emu(b.width), emu(b.height), text::hex(fill), shape.opacity * 1e5
                );
            }
        }
        out.push_str("</p:spTree></p:cSld></p:sld>");
        files.push((format!("ppt/slides/slide{number}.xml"), out));
        let mut one = String::new();
        for relation in part.relationships() {
            let mut target = String::new();
            escape(&relation.target, &mut target);
            let mode = if relation.is_external { r#" TargetMode="External""# } else { "" };
            let _ = write!(one, r#"<Relationship Id="{}" Type="{REL}{}" Target="{target}"{mode}/>"#, relation.id, relation.kind);
        }
        files.push((format!("ppt/slides/_rels/slide{number}.xml.rels"), relations(&one)));
        let _ = write!(types, r#"<Override PartName="/ppt/slides/slide{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.slide+xml"/>"#);
        let _ = write!(ids, r#"<p:sldId id="{}" r:id="rId{}"/>"#, 255 + number, 10 + number);
        let _ = write!(rels, r#"<Relationship Id="rId{}" Type="{REL}slide" Target="slides/slide{number}.xml"/>"#, 10 + number);
    }
    let kind = "application/vnd.openxmlformats-officedocument.presentationml";
    files.push(("[Content_Types].xml".into(), format!(r#"{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/ppt/presentation.xml" ContentType="{kind}.presentation.main+xml"/><Override PartName="/ppt/slideMasters/slideMaster1.xml" ContentType="{kind}.slideMaster+xml"/><Override PartName="/ppt/slideLayouts/slideLayout1.xml" ContentType="{kind}.slideLayout+xml"/><Override PartName="/ppt/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>{types}</Types>"#)));
    files.push(("_rels/.rels".into(), relations(&format!(r#"<Relationship Id="rId1" Type="{REL}officeDocument" Target="ppt/presentation.xml"/>"#))));
    files.push(("ppt/presentation.xml".into(), format!(r#"{HEAD}<p:presentation {NS}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>"#)));
    files.push(("ppt/_rels/presentation.xml.rels".into(), relations(&format!(r#"<Relationship Id="rId1" Type="{REL}slideMaster" Target="slideMasters/slideMaster1.xml"/><Relationship Id="rId2" Type="{REL}theme" Target="theme/theme1.xml"/>{rels}"#))));
    let place = |kind: &str, name: &str| format!(r#"<p:sp><p:nvSpPr><p:cNvPr id="2" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="609600" y="457200"/><a:ext cx="10972800" cy="838200"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>"#);
    let (title, sub) = (place(r#"type="title""#, "Title"), place(r#"type="subTitle" idx="1""#, "Subtitle").replace(r#"id="2""#, r#"id="3""#));
    files.push(("ppt/slideMasters/slideMaster1.xml".into(), format!(r#"{HEAD}<p:sldMaster {NS}><p:cSld><p:spTree>{TREE}{title}</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>"#)));
    files.push(("ppt/slideMasters/_rels/slideMaster1.xml.rels".into(), relations(&format!(r#"<Relationship Id="rId1" Type="{REL}slideLayout" Target="../slideLayouts/slideLayout1.xml"/><Relationship Id="rId2" Type="{REL}theme" Target="../theme/theme1.xml"/>"#))));
    files.push(("ppt/slideLayouts/slideLayout1.xml".into(), format!(r#"{HEAD}<p:sldLayout {NS}><p:cSld><p:spTree>{TREE}{title}{sub}</p:spTree></p:cSld></p:sldLayout>"#)));
    files.push(("ppt/slideLayouts/_rels/slideLayout1.xml.rels".into(), relations(&format!(r#"<Relationship Id="rId1" Type="{REL}slideMaster" Target="../slideMasters/slideMaster1.xml"/>"#))));
    let color = |name: &str, value: &str| format!(r#"<a:{name}><a:srgbClr val="{value}"/></a:{name}>"#);
    let colors: String = [("dk1", "000000"), ("lt1", "FFFFFF"), ("dk2", "222222"), ("lt2", "EEEEEE"), ("accent1", "1F5FD6"), ("accent2", "1F5FD6"), ("accent3", "1F5FD6"), ("accent4", "1F5FD6"), ("accent5", "1F5FD6"), ("accent6", "1F5FD6"), ("hlink", "1F5FD6"), ("folHlink", "1F5FD6")].iter().map(|(n, v)| color(n, v)).collect();
    let fill = r#"<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>"#;
    let line = format!(r#"<a:ln w="6350">{fill}</a:ln>"#);
    let font = r#"<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>"#;
    files.push(("ppt/theme/theme1.xml".into(), format!(r#"{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="t"><a:themeElements><a:clrScheme name="c">{colors}</a:clrScheme><a:fontScheme name="f"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name="m"><a:fillStyleLst>{fill}{fill}{fill}</a:fillStyleLst><a:lnStyleLst>{line}{line}{line}</a:lnStyleLst><a:effectStyleLst><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle></a:effectStyleLst><a:bgFillStyleLst>{fill}{fill}{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"#)));
    for (name, text) in files {
        zip.start_file(name, options).map_err(failed)?;
        let _ = zip.write_all(text.as_bytes());
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

fn relations(inner: &str) -> String {
    format!(r#"{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>"#)
}
