//! Makes a style from a PowerPoint file, to be looked at: `style FILE.pptx OUT [DECK.json...]`.
//!
//! Prints what was changed or left out. Writes `OUT/theme.json`, the decks drawn in the style as
//! `OUT/DECK-NUMBER.svg` with `OUT/fonts.css`, and `OUT/parts.pptx`: the master and layouts as exports go on with
//! them, with an empty slide for each layout.

#![expect(clippy::disallowed_methods, reason = "an example reads and writes files")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;

use tellr_slides::export::PictureKind;
use tellr_slides::fonts::Fonts;
use tellr_slides::id::ThemeId;
use tellr_slides::pptx::template::{self, Parts};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{layout, read, svg};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, out, decks @ ..] = arguments.as_slice() else {
        return Err("usage: style FILE.pptx OUT [DECK.json...]".into());
    };
    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    let bytes = std::fs::read(from)?;
    let begun = std::time::Instant::now();
    let template = template::read(&bytes)?;
    let style = template.style(ThemeId::try_from("style-1".to_owned())?, template.name());
    let parts = template.parts();
    eprintln!("{template:?}, {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    for note in &style.notes {
        println!("- {note}");
    }
    for problem in style.theme.problems() {
        println!("PROBLEM {problem}");
    }
    std::fs::write(out.join("theme.json"), serde_json::to_string_pretty(&style.theme)?)?;
    std::fs::write(out.join("parts.pptx"), presentation(&parts)?)?;
    let files: BTreeMap<_, _> = style.pictures.iter().map(|(id, file)| (id.clone(), file)).collect();
    let image = |id: &tellr_slides::id::ImageId| {
        let file = files.get(id)?;
        let kind = if file.kind == PictureKind::Png { "png" } else { "jpeg" };
        Some(format!("data:image/{kind};base64,{}", base64(&file.bytes)))
    };
    let fonts = Fonts::bundled();
    let mut css = String::new();
    for (number, file) in fonts.files.iter().enumerate().rev() {
        let Some(face) = file.face else { continue };
        std::fs::write(out.join(format!("font-{number}.woff2")), file.woff2)?;
        let weight = if face.is_bold { 700 } else { 400 };
        let slant = if face.is_italic { "italic" } else { "normal" };
        let family = face.family.name();
        writeln!(
            css,
            "@font-face{{font-family:{family};font-weight:{weight};font-style:{slant};src:url(font-{number}.woff2)}}"
        )?;
    }
    std::fs::write(out.join("fonts.css"), css)?;
    let mut text = TextLayout::new(&fonts);
    for path in decks {
        let deck = read::from_json(&std::fs::read_to_string(path)?)?;
        let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        for (number, list) in (1..).zip(layout::lay_out_all(&mut text, &style.theme, &deck)) {
            std::fs::write(out.join(format!("{name}-{number:02}.svg")), svg::write(&list, &image))?;
        }
    }
    Ok(())
}

/// A file with the parts and an empty slide for each layout.
fn presentation(parts: &Parts) -> Result<Vec<u8>, Box<dyn Error>> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const NAMESPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
        xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const KIND: &str = "application/vnd.openxmlformats-officedocument.presentationml";
    let relate = |list: &[(String, &str, String)]| {
        let mut xml = format!("<Relationships xmlns=\"{PACKAGE}/relationships\">");
        for (id, kind, target) in list {
            let _ = write!(xml, "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
        }
        xml + "</Relationships>"
    };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    );
    let mut related = vec![("rId1".to_owned(), "slideMaster", Parts::MASTER.to_owned())];
    let mut slides = String::new();
    for part in &parts.parts {
        let _ = write!(types, "<Override PartName=\"{}\" ContentType=\"{}\"/>", part.path, part.content_type);
        files.push((part.path.clone(), part.bytes.clone()));
        if !part.relationships.is_empty() {
            let (folder, file) = part.path.rsplit_once('/').ok_or("a path")?;
            files.push((format!("{folder}/_rels/{file}.rels"), relate(&part.relationships).into_bytes()));
        }
    }
    for (number, layout) in (1..).zip(&parts.layouts) {
        let path = format!("/ppt/slides/slide{number}.xml");
        let mut shapes = String::new();
        for (shape, place) in (2..).zip(&layout.placeholders) {
            let kind = if place.kind == "obj" { String::new() } else { format!(" type=\"{}\"", place.kind) };
            let _ = write!(
                shapes,
                "<p:sp><p:nvSpPr><p:cNvPr id=\"{shape}\" name=\"x{shape}\"/><p:cNvSpPr/><p:nvPr><p:ph{kind} idx=\"{}\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>Sample text</a:t></a:r></a:p></p:txBody></p:sp>",
                place.index
            );
        }
        let slide = format!(
            "<p:sld {NAMESPACES}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>"
        );
        files.push((path.clone(), slide.into_bytes()));
        let to = layout.path.replace("/ppt/", "../");
        files.push((
            format!("/ppt/slides/_rels/slide{number}.xml.rels"),
            relate(&[("rId1".to_owned(), "slideLayout", to)]).into_bytes(),
        ));
        let _ = write!(types, "<Override PartName=\"{path}\" ContentType=\"{KIND}.slide+xml\"/>");
        let _ = write!(slides, "<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 255 + number, 1 + number);
        related.push((format!("rId{}", 1 + number), "slide", path));
    }
    let _ = write!(
        types,
        "<Override PartName=\"/ppt/presentation.xml\" ContentType=\"{KIND}.presentation.main+xml\"/></Types>"
    );
    let main = format!(
        "<p:presentation {NAMESPACES}><p:sldMasterIdLst><p:sldMasterId id=\"{}\" r:id=\"rId1\"/></p:sldMasterIdLst><p:sldIdLst>{slides}</p:sldIdLst><p:sldSz cx=\"12192000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>",
        Parts::MASTER_ID
    );
    files.push(("/ppt/presentation.xml".to_owned(), main.into_bytes()));
    files.push(("/ppt/_rels/presentation.xml.rels".to_owned(), relate(&related).into_bytes()));
    files.push((
        "/_rels/.rels".to_owned(),
        relate(&[("rId1".to_owned(), "officeDocument", "ppt/presentation.xml".to_owned())]).into_bytes(),
    ));
    files.insert(0, ("/[Content_Types].xml".to_owned(), types.into_bytes()));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(path.trim_start_matches('/'), SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Bytes in base 64.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for digit in 0..4 {
            let used = digit <= three.len();
            text.push(if used { char::from(DIGITS[number >> (18 - 6 * digit) & 63]) } else { '=' });
        }
    }
    text
}
