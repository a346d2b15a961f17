//! PowerPoint files as packages: all that they refer to is there, and nothing is in them that shouldn't be.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::export::{Export, ExportError, PictureFile, PictureKind};
use tellr_slides::fonts::Fonts;
use tellr_slides::id::ImageId;
use tellr_slides::layout::lay_out_all;
use tellr_slides::pptx::{Lines, write};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::built_in;

use crate::generate::Chance;

thread_local! {
    /// Unpacking fonts takes longer than writing a deck.
    static TEXT: RefCell<(Fonts, TextLayout)> = {
        let fonts = Fonts::bundled();
        let text = TextLayout::new(&fonts);
        RefCell::new((fonts, text))
    };
}

/// The parts of a file, by path.
pub(crate) type Parts = BTreeMap<String, Vec<u8>>;

/// Images of the sample decks.
fn pictures() -> BTreeMap<ImageId, PictureFile> {
    let of = |id: &str, kind, bytes: &[u8], width, height| {
        let bytes = Arc::new(bytes.to_vec());
        (ImageId::try_from(id.to_owned()).unwrap(), PictureFile { kind, bytes, width, height })
    };
    BTreeMap::from([
        of("wide", PictureKind::Png, b"a wide picture", 400, 100),
        of("twin", PictureKind::Png, b"a wide picture", 400, 100),
        of("tall", PictureKind::Jpeg, b"a tall picture", 100, 400),
        of("logo", PictureKind::Png, b"a logo", 64, 64),
    ])
}

fn bytes_of(deck: &Deck, author: Option<&str>, stop_after: usize) -> Result<Vec<u8>, ExportError> {
    TEXT.with_borrow_mut(|(fonts, text)| {
        let theme = built_in().into_iter().find(|theme| theme.id == deck.theme).unwrap();
        let slides = lay_out_all(text, &theme, deck);
        let pictures = pictures();
        let export = Export { deck, theme: &theme, slides: &slides, fonts, pictures: &pictures, author };
        let progress =
            &mut |done| if done < stop_after { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        write(&export, Lines::Editable, None, progress)
    })
}

pub(crate) fn parts_of(bytes: Vec<u8>) -> Parts {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Parts::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let path = file.name().unwrap().into_owned();
        assert_eq!(parts.insert(path.clone(), content), None, "{path} is there twice");
    }
    parts
}

fn exported(deck: &Deck) -> Parts {
    parts_of(bytes_of(deck, None, usize::MAX).unwrap())
}

/// A deck as it may come from anywhere: not checked.
fn deck(slides: Value) -> Deck {
    let json = json!({ "format": 1, "title": "Deck", "theme": "clear", "slides": slides });
    serde_json::from_value(json).unwrap()
}

pub(crate) fn text<'a>(parts: &'a Parts, path: &str) -> &'a str {
    std::str::from_utf8(parts.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
}

/// The elements of a name, each with its attributes, in their order.
pub(crate) fn elements(xml: &str, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().unwrap();
        depth += i32::from(matches!(event, Event::Start(_))) - i32::from(matches!(event, Event::End(_)));
        match event {
            Event::Eof => {
                assert_eq!(depth, 0, "an element isn't closed");
                return found;
            }
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                let attributes: BTreeMap<String, String> = attributes.collect();
                if tag.name().as_ref() == name {
                    found.push(attributes);
                }
            }
            _ => {}
        }
    }
}

/// The path that a target leads to from a part.
pub(crate) fn resolved(part: &str, target: &str) -> String {
    let mut path: Vec<&str> = part.split('/').collect();
    path.pop();
    for step in target.split('/') {
        if step == ".." {
            path.pop().unwrap();
        } else {
            path.push(step);
        }
    }
    path.join("/")
}

/// The relationships of a part.
pub(crate) fn relationships(parts: &Parts, part: &str) -> Vec<BTreeMap<String, String>> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = format!("{folder}/_rels/{name}.rels");
    let path = path.trim_start_matches('/');
    if parts.contains_key(path) { elements(text(parts, path), "Relationship") } else { Vec::new() }
}

/// Refuses a package in which something is missing, not meant, or not XML.
fn check(parts: &Parts) {
    let types = text(parts, "[Content_Types].xml");
    let defaults: BTreeSet<String> =
        elements(types, "Default").iter().map(|one| one["Extension"].clone()).collect();
    let overrides = elements(types, "Override");
    let named: BTreeSet<String> =
        overrides.iter().map(|one| one["PartName"].trim_start_matches('/').to_owned()).collect();
    assert_eq!(named.len(), overrides.len(), "a part has two types");
    for path in &named {
        assert!(parts.contains_key(path), "{path} has a type and isn't there");
    }
    let mut reached = BTreeSet::from(["[Content_Types].xml".to_owned(), "_rels/.rels".to_owned()]);
    let mut waiting = vec![String::new()];
    while let Some(part) = waiting.pop() {
        let own = relationships(parts, &part);
        let ids: BTreeSet<&String> = own.iter().map(|one| &one["Id"]).collect();
        assert_eq!(ids.len(), own.len(), "{part} has two relationships of one id");
        if !own.is_empty() {
            let (folder, name) = part.rsplit_once('/').unwrap_or(("", &part));
            reached.insert(format!("{folder}/_rels/{name}.rels").trim_start_matches('/').to_owned());
        }
        let xml = if part.rsplit_once('.').is_some_and(|(_, ending)| ending == "xml") {
            text(parts, &part)
        } else {
            ""
        };
        for (_, id) in
            xml.match_indices(" r:id=\"").chain(xml.match_indices(" r:embed=\"")).map(|(at, key)| {
                let rest = &xml[at + key.len()..];
                (at, rest[..rest.find('"').unwrap()].to_owned())
            })
        {
            assert!(ids.contains(&id), "{part} refers to {id}");
        }
        for one in &own {
            if one.get("TargetMode").is_some_and(|mode| mode == "External") {
                continue;
            }
            let target = resolved(&part, &one["Target"]);
            assert!(parts.contains_key(&target), "{part} refers to {target}");
            if reached.insert(target.clone()) {
                waiting.push(target);
            }
        }
    }
    for (path, content) in parts {
        assert!(reached.contains(path), "nothing refers to {path}");
        let ending = path.rsplit_once('.').unwrap().1;
        let is_markup = matches!(ending, "xml" | "rels");
        // What is XML has a type of its own; `application/xml` says nothing.
        let has_type = named.contains(path) || (defaults.contains(ending) && ending != "xml");
        assert!(has_type || path == "[Content_Types].xml", "{path} has no type");
        if is_markup {
            let xml = std::str::from_utf8(content).unwrap();
            let is_allowed = |c: char| !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
            assert!(xml.chars().all(is_allowed), "{path} has a character that XML can't have");
            // This reads all of it.
            let ids = elements(xml, "p:cNvPr");
            let unique: BTreeSet<&String> = ids.iter().map(|one| &one["id"]).collect();
            assert_eq!(unique.len(), ids.len(), "{path} has two shapes of one id");
        }
    }
}

#[test]
fn all_that_a_file_refers_to_is_there() {
    for (name, deck) in crate::layout::decks().into_iter().take(24) {
        eprintln!("{name}");
        check(&exported(&deck));
    }
    check(&exported(&deck(json!([]))));
}

#[test]
fn every_theme_makes_a_sound_file() {
    let gallery: Value = serde_json::from_str(include_str!("../decks/gallery.json")).unwrap();
    for theme in built_in() {
        let mut gallery = gallery.clone();
        gallery["theme"] = json!(theme.id);
        let parts = exported(&serde_json::from_value(gallery).unwrap());
        check(&parts);
        let is_dark = theme.colors.background.luminance() < 0.5;
        let map = &elements(text(&parts, "ppt/slideMasters/slideMaster1.xml"), "p:clrMap")[0];
        assert_eq!(map["bg1"], if is_dark { "dk1" } else { "lt1" });
    }
}

#[test]
fn the_same_deck_gives_the_same_bytes() {
    let deck = Chance::new(3).deck();
    assert_eq!(bytes_of(&deck, None, usize::MAX).unwrap(), bytes_of(&deck, None, usize::MAX).unwrap());
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "A & B <c> \"d\" 'e' ]]> \u{b}\u{0}\u{ffff}</a:t> &amp;";
    let mut deck = deck(json!([
        { "id": "s", "layout": "title_and_text", "notes": hostile, "blocks": [
            { "type": "title", "id": "t", "text": hostile },
            { "type": "image", "id": "i", "image": "wide", "alt": hostile },
            { "type": "chart", "id": "c", "kind": "bar", "categories": [hostile],
              "series": [{ "id": "s", "name": hostile, "values": [1] }], "unit": hostile },
        ]},
    ]));
    deck.title = hostile.to_owned();
    deck.language = Some("en\"&<".to_owned());
    let parts = parts_of(bytes_of(&deck, Some(hostile), usize::MAX).unwrap());
    check(&parts);
    let said = "A & B <c> \"d\" 'e' ]]> </a:t> &amp;";
    let alt = &elements(text(&parts, "ppt/slides/slide1.xml"), "p:cNvPr");
    assert!(alt.iter().any(|one| one.get("descr").is_some_and(|alt| alt == said)), "{alt:?}");
    let core = text(&parts, "docProps/core.xml");
    assert_eq!(core.matches("A &amp; B &lt;c&gt;").count(), 2, "{core}");
    assert!(text(&parts, "ppt/notesSlides/notesSlide1.xml").contains("A &amp; B &lt;c&gt;"));
}

#[test]
fn a_file_names_no_one_and_no_time_unless_told_to() {
    let deck = deck(json!([{ "id": "s", "layout": "cover", "blocks": [] }]));
    let core = |author| {
        let parts = parts_of(bytes_of(&deck, author, usize::MAX).unwrap());
        text(&parts, "docProps/core.xml").to_owned()
    };
    let nameless = core(None);
    for word in ["creator", "lastModifiedBy", "dcterms:created", "dcterms:modified"] {
        assert!(!nameless.contains(word), "{nameless}");
    }
    assert!(core(Some("Ada")).contains("<dc:creator>Ada</dc:creator>"));
    let bytes = bytes_of(&deck, None, usize::MAX).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..zip.len() {
        assert_eq!(zip.by_index(index).unwrap().last_modified(), Some(zip::DateTime::default()));
    }
}

#[test]
fn an_image_is_stored_once_and_cropped_where_it_is_shown() {
    let image = |id: &str, image: &str, fit: &str| json!({ "type": "image", "id": id, "image": image, "alt": "A ship", "fit": fit });
    let slide = |id: &str, blocks: Value| json!({ "id": id, "layout": "image_half", "blocks": blocks });
    let parts = exported(&deck(json!([
        slide("one", json!([image("a", "wide", "cover")])),
        slide("two", json!([image("b", "twin", "contain")])),
        slide("three", json!([image("c", "missing", "cover")])),
        slide("four", json!([image("d", "tall", "cover")])),
    ])));
    check(&parts);
    let media: Vec<&String> = parts.keys().filter(|path| path.starts_with("ppt/media/")).collect();
    assert_eq!(media, ["ppt/media/image1.png", "ppt/media/image2.jpeg"]);
    let slide = |number: usize| text(&parts, &format!("ppt/slides/slide{number}.xml"));
    // 4:1 in a place of 640 × 720: 8/9 of a quarter of its width is seen.
    let crop = &elements(slide(1), "a:srcRect")[0];
    assert_eq!((crop["l"].as_str(), crop["r"].as_str(), crop["t"].as_str()), ("38889", "38889", "0"));
    assert!(elements(slide(2), "a:srcRect").is_empty());
    // 640 × 160 in the middle of the same place.
    assert!(slide(2).contains(r#"<a:off x="6096000" y="2667000"/><a:ext cx="6096000" cy="1524000"/>"#));
    let names = |number| {
        let shapes = elements(slide(number), "p:cNvPr");
        shapes.into_iter().map(|shape| shape["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(1), ["", "Picture: A ship"]);
    assert_eq!(names(2), ["", "Picture: background", "Picture: A ship"]);
    assert_eq!(names(3), ["", "Picture: background"]);
    assert!(elements(slide(3), "p:pic").is_empty());
}

#[test]
fn the_number_of_a_page_counts() {
    let gallery = include_str!("../decks/gallery.json");
    let parts = exported(&serde_json::from_str(gallery).unwrap());
    let slide = |number: usize| text(&parts, &format!("ppt/slides/slide{number}.xml"));
    let fields = |number| elements(slide(number), "a:fld").len();
    // A cover has none.
    assert_eq!((fields(1), fields(2), fields(3)), (0, 1, 1));
    assert!(slide(3).contains(r#"<p:ph type="sldNum" idx="12"/>"#));
    assert!(slide(3).contains("<a:t>3</a:t></a:fld>"));
}

#[test]
fn notes_are_paragraphs_of_the_speaker() {
    let parts = exported(&deck(json!([
        { "id": "one", "layout": "cover", "blocks": [] },
        { "id": "two", "layout": "cover", "notes": "Slowly.\r\n\nمرحبا", "blocks": [] },
    ])));
    check(&parts);
    assert!(!parts.contains_key("ppt/notesSlides/notesSlide1.xml"));
    let notes = text(&parts, "ppt/notesSlides/notesSlide2.xml");
    assert_eq!(elements(notes, "a:p").len(), 3);
    assert!(notes.contains("<a:t>Slowly.</a:t>"), "{notes}");
    assert_eq!(elements(notes, "a:pPr")[0]["rtl"], "1");
    let targets: Vec<String> = relationships(&parts, "ppt/notesSlides/notesSlide2.xml")
        .iter()
        .map(|one| one["Target"].clone())
        .collect();
    assert_eq!(targets, ["../notesMasters/notesMaster1.xml", "../slides/slide2.xml"]);
}

#[test]
fn there_is_a_layout_for_each_of_a_decks_and_a_plain_one() {
    let parts = exported(&serde_json::from_str(include_str!("../decks/gallery.json")).unwrap());
    let layouts: Vec<&str> = parts
        .keys()
        .filter(|path| path.starts_with("ppt/slideLayouts/slideLayout"))
        .map(|path| text(&parts, path))
        .collect();
    let names: BTreeSet<String> =
        layouts.iter().map(|layout| elements(layout, "p:cSld")[0]["name"].clone()).collect();
    assert_eq!(names.len(), 18);
    for layout in layouts {
        let name = &elements(layout, "p:cSld")[0]["name"];
        let placeholders = elements(layout, "p:ph");
        assert!(placeholders.iter().any(|one| one.get("type").is_none_or(|kind| kind != "sldNum")), "{name}");
        let numbers: Vec<&String> = placeholders.iter().filter_map(|one| one.get("idx")).collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "{name}");
    }
}

#[test]
fn decoration_that_all_slides_of_a_layout_have_is_on_the_layout() {
    let chart = json!({ "type": "chart", "id": "c", "kind": "bar", "categories": ["A"],
        "series": [{ "id": "s", "name": "S", "values": [1] }] });
    let title = json!({ "type": "title", "id": "t", "text": "Title" });
    let parts = exported(&deck(json!([
        { "id": "one", "layout": "cover", "blocks": [title] },
        { "id": "two", "layout": "cover", "blocks": [title, chart] },
    ])));
    let layout = text(&parts, "ppt/slideLayouts/slideLayout1.xml");
    assert_eq!(elements(layout, "a:custGeom").len(), 5);
    assert_eq!(elements(layout, "adec:decorative").len(), 6, "the rings and their group");
    let slide = |number: usize| text(&parts, &format!("ppt/slides/slide{number}.xml"));
    assert!(elements(slide(1), "a:custGeom").is_empty());
    let layout_of = |number: usize| {
        let own = relationships(&parts, &format!("ppt/slides/slide{number}.xml"));
        resolved("ppt/slides/", &own[0]["Target"])
    };
    assert_eq!(layout_of(1), "ppt/slideLayouts/slideLayout1.xml");
    // A chart needs the room of the rings.
    let other = text(&parts, &layout_of(2));
    assert!(elements(other, "a:custGeom").is_empty());
    assert_eq!(elements(slide(2), "p:bg").len(), 1);
    // Its background is its layout's.
    assert!(elements(layout, "p:bg").len() == 1 && elements(slide(1), "p:bg").is_empty());
}

#[test]
fn an_export_can_be_stopped() {
    let deck = deck(json!([
        { "id": "one", "layout": "cover", "blocks": [] },
        { "id": "two", "layout": "cover", "blocks": [] },
    ]));
    assert!(matches!(bytes_of(&deck, None, 1), Err(ExportError::Stopped)));
}

#[test]
fn links_can_be_read_on_fields_of_colour() {
    let title = json!({ "type": "title", "id": "t", "text": "[Plan](https://example.com)" });
    let parts = exported(&deck(json!([
        { "id": "one", "layout": "cover", "blocks": [title] },
        { "id": "two", "layout": "title_and_text", "blocks": [title] },
    ])));
    let slide = |number: usize| text(&parts, &format!("ppt/slides/slide{number}.xml"));
    // Programs give links the theme's colour, whatever their runs say. On the dark cover that is white.
    assert_eq!(elements(slide(1), "a:overrideClrMapping")[0]["hlink"], "lt1");
    assert!(elements(slide(2), "a:overrideClrMapping").is_empty());
}
