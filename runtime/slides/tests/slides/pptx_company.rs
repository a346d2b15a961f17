//! Decks as PowerPoint files on a company's master.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;

use tellr_slides::export::Export;
use tellr_slides::fonts::Fonts;
use tellr_slides::id::ThemeId;
use tellr_slides::layout::lay_out_all;
use tellr_slides::pptx::template::{Template, read};
use tellr_slides::pptx::{Lines, write};
use tellr_slides::text_layout::TextLayout;

use crate::template_sample::{Sample, relationships};

/// A deck of a cover and a slide in the style of a file, on its master.
fn written(template: &Template) -> BTreeMap<String, String> {
    let id = ThemeId::try_from("style-1".to_owned()).expect("an id");
    let style = template.style(id, "Acme");
    let deck = tellr_slides::read::from_json(
        r#"{ "format": 1, "title": "T", "theme": "style-1", "slides": [
            { "id": "a", "layout": "cover", "blocks": [{ "type": "title", "id": "t", "text": "Acme" }] },
            { "id": "b", "layout": "title_and_text", "blocks": [
                { "type": "title", "id": "u", "text": "Growth" }, { "type": "text", "id": "x", "text": "Words" }] },
            { "id": "c", "layout": "section", "blocks": [{ "type": "title", "id": "v", "text": "Next" }] }] }"#,
    )
    .expect("a deck");
    let fonts = Fonts::bundled();
    let mut text = TextLayout::new(&fonts);
    let slides = lay_out_all(&mut text, &style.theme, &deck);
    let pictures = style.pictures.into_iter().collect();
    let export = Export {
        deck: &deck,
        theme: &style.theme,
        slides: &slides,
        fonts: &fonts,
        pictures: &pictures,
        author: None,
    };
    let go_on = &mut |_| ControlFlow::Continue(());
    let file = write(&export, Lines::Editable, Some(template), go_on).expect("a file");
    parts(&file)
}

/// The parts of a file as text.
fn parts(file: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).expect("a zip file");
    let mut parts = BTreeMap::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("bytes");
        let path = part.name().expect("a name").into_owned();
        parts.insert(path, String::from_utf8_lossy(&bytes).into_owned());
    }
    parts
}

#[test]
fn slides_stand_on_the_layouts_of_the_company() {
    let template = read(&Sample::ordinary().zip()).expect("a template");
    let parts = written(&template);
    let (cover, content) = (&parts["ppt/slides/slide1.xml"], &parts["ppt/slides/slide2.xml"]);
    let layout = |number| &parts[&format!("ppt/slides/_rels/slide{number}.xml.rels")];
    assert!(layout(1).contains("slideLayouts/slideLayout1.xml") && layout(2).contains("slideLayout2.xml"));
    assert!(parts["ppt/slideLayouts/slideLayout1.xml"].contains("Title Slide"));
    assert!(parts["ppt/theme/theme1.xml"].contains("Acme"));
    // The layouts show the ground and the logo; the slides don't show them again.
    assert!(!cover.contains("<p:bg>") && !content.contains("<p:bg>"), "{cover}");
    assert!(!cover.contains("<p:pic>") && !content.contains("<p:pic>"));
    assert_eq!(parts.keys().filter(|path| path.starts_with("ppt/media/")).count(), 1);
    // The names are the company's: Segoe UI for titles, Arial for the rest.
    assert!(
        content.contains(r#"typeface="Segoe UI""#) && content.contains(r#"typeface="Arial""#),
        "{content}"
    );
}

#[test]
fn a_picture_behind_slides_is_drawn_under_a_veil() {
    const LAYOUT: &str = "ppt/slideLayouts/slideLayout3.xml";
    let mut sample = Sample::ordinary().with(
        LAYOUT,
        "<a:solidFill><a:srgbClr val=\"0B1F3A\"/></a:solidFill>",
        "<a:blipFill><a:blip r:embed=\"rId9\"/><a:stretch><a:fillRect/></a:stretch></a:blipFill>",
    );
    sample.set(
        "ppt/slideLayouts/_rels/slideLayout3.xml.rels",
        &relationships(&[
            ("rId1", "slideMaster", "../slideMasters/slideMaster1.xml"),
            ("rId9", "image", "../media/image1.png"),
        ]),
    );
    let parts = written(&read(&sample.zip()).expect("a template"));
    let section = &parts["ppt/slides/slide3.xml"];
    assert_eq!(section.matches("<p:pic>").count(), 1, "{section}");
    let (picture, veil) = (section.find("<p:pic>"), section.find("<a:alpha"));
    assert!(picture < veil, "{section}");
}

#[test]
fn a_style_that_is_kept_as_a_file_is_the_same_again() {
    let template = read(&Sample::ordinary().zip()).expect("a template");
    let file = template.parts().to_file().expect("a file");
    let again = read(&file).expect("it is read again");
    assert_eq!(written(&again), written(&template));
    assert_eq!(again.parts().to_file().expect("a file"), file);
}
