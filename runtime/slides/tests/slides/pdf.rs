//! Decks as PDF files.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::json;
use tellr_slides::deck::Deck;
use tellr_slides::export::{Export, ExportError, PictureFile, PictureKind};
use tellr_slides::fonts::Fonts;
use tellr_slides::id::ImageId;
use tellr_slides::layout::lay_out_all;
use tellr_slides::pdf::{Pages, slides_without_glyphs, write};
use tellr_slides::read::from_value;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::built_in;

use crate::layout::decks;

/// What is needed to write decks.
pub(crate) struct Press {
    fonts: Fonts,
    text: TextLayout,
    pub(crate) pictures: BTreeMap<ImageId, PictureFile>,
    pub(crate) author: Option<&'static str>,
}

impl Press {
    pub(crate) fn new() -> Self {
        let fonts = Fonts::bundled();
        let text = TextLayout::new(&fonts);
        Self { fonts, text, pictures: BTreeMap::new(), author: None }
    }

    /// Lays out a deck and gives it to a writer.
    pub(crate) fn with<T>(&mut self, deck: &Deck, use_it: impl FnOnce(&Export<'_>) -> T) -> T {
        let theme = built_in().remove(0);
        let slides = lay_out_all(&mut self.text, &theme, deck);
        use_it(&Export {
            deck,
            theme: &theme,
            slides: &slides,
            fonts: &self.fonts,
            pictures: &self.pictures,
            author: self.author,
        })
    }

    fn pdf(&mut self, deck: &Deck, pages: Pages) -> Vec<u8> {
        self.with(deck, |export| write(export, pages, &mut |_| ControlFlow::Continue(()))).unwrap()
    }
}

/// A deck of slides.
pub(crate) fn deck(title: &str, slides: serde_json::Value) -> Deck {
    from_value(json!({ "format": 1, "title": title, "language": "en", "theme": "clear", "slides": slides }))
        .unwrap()
}

/// A picture of 2 × 1 pixels.
pub(crate) fn png() -> PictureFile {
    const BYTES: &[u8] = &[
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 0x02,
        0, 0, 0, 0x01, 0x08, 0, 0, 0, 0, 0xd1, 0x49, 0x20, 0x56, 0, 0, 0, 0x0b, 0x49, 0x44, 0x41, 0x54, 0x78,
        0x9c, 0x63, 0x60, 0xf8, 0x0f, 0, 0x01, 0x02, 0x01, 0, 0x42, 0xbe, 0xbc, 0x68, 0, 0, 0, 0, 0x49, 0x45,
        0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
    ];
    PictureFile { kind: PictureKind::Png, bytes: Arc::new(BYTES.to_vec()), width: 2, height: 1 }
}

fn count(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

fn pages(bytes: &[u8]) -> usize {
    count(bytes, "/Type/Page/")
}

#[test]
fn every_deck_is_written_as_an_accessible_file() {
    let mut press = Press::new();
    press.pictures.insert(ImageId::try_from("logo".to_owned()).unwrap(), png());
    for (number, (name, deck)) in decks().iter().enumerate() {
        // A violation of PDF/UA-1 would be an error.
        let bytes = press.pdf(deck, Pages::Slides);
        assert_eq!(pages(&bytes), deck.slides.len().max(1), "{name}");
        assert_eq!(count(&bytes, "<pdfuaid:part>1</pdfuaid:part>"), 1, "{name}");
        if number % 20 < 2 {
            assert!(pages(&press.pdf(deck, Pages::WithNotes)) >= deck.slides.len(), "{name}");
        }
    }
}

#[test]
fn the_same_deck_is_the_same_file() {
    let (mut one, mut other) = (Press::new(), Press::new());
    for (name, deck) in decks().iter().take(20) {
        for pages in [Pages::Slides, Pages::WithNotes] {
            let first = one.pdf(deck, pages);
            assert!(first == other.pdf(deck, pages), "{name}");
            assert_eq!(count(&first, "CreationDate") + count(&first, "ModDate"), 0, "{name}");
        }
    }
}

#[test]
fn a_reader_who_sees_nothing_is_told_what_is_there() {
    let deck = from_value(crate::sample::deck()).unwrap();
    let bytes = Press::new().pdf(&deck, Pages::Slides);
    for (tag, times) in [
        ("/S/H1/", 1),
        ("/S/L/", 3),
        ("/S/LI/", 3),
        ("/S/Table/", 1),
        ("/S/THead/", 1),
        ("/S/TH/", 2),
        ("/S/TD/", 4),
        ("/S/BlockQuote/", 1),
        ("/S/Figure/", 2),
        ("/S/Link/", 1),
        ("/Alt(Scatter chart. Shops: -0.5 1, 3 2)", 1),
        ("/Contents(Plan (https://example.com/))", 1),
        ("/URI(https://example.com/)", 1),
        ("/T(EMEA grew 18 %)", 1),
        ("/Lang(en)", 2),
    ] {
        assert_eq!(count(&bytes, tag), times, "{tag}");
    }
}

#[test]
fn each_slide_has_a_bookmark() {
    let title = |text: &str| json!([{ "type": "title", "id": format!("t{}", text.len()), "text": text }]);
    let slides = json!([
        { "id": "a", "layout": "cover", "blocks": title("First") },
        { "id": "b", "layout": "title_and_text", "blocks": [] },
        { "id": "c", "layout": "title_and_text", "blocks": title("*Third*") },
    ]);
    let bytes = Press::new().pdf(&deck("", slides), Pages::Slides);
    assert_eq!(count(&bytes, "/Title(Slide 2)"), 1);
    assert_eq!(count(&bytes, "/Title(Third)"), 1);
    // The name of the file, too.
    assert_eq!(count(&bytes, "/Title(First)"), 2);
}

#[test]
fn hostile_text_is_text() {
    let text = "<script>&\u{feff}\u{0}\u{b}) /JS (\u{e000}\u{fffe}\u{202e}x";
    let slides = json!([{ "id": "a", "layout": "title_and_text", "notes": text, "blocks": [
        { "type": "title", "id": "t", "text": text },
        { "type": "text", "id": "p", "text": format!("{text} [x](javascript:alert\\(1\\)) [y](https://例え.jp/ä)") },
    ]}]);
    // What a deck may not have is taken out as a deck is read; here it is put in by hand.
    let mut hostile = deck("ok", json!([]));
    hostile.title = text.to_owned();
    hostile.slides = serde_json::from_value(slides).unwrap();
    let mut press = Press::new();
    press.author = Some("<x> & \u{1}Ada");
    let bytes = press.pdf(&hostile, Pages::WithNotes);
    assert_eq!(count(&bytes, "<script>"), 0, "in the metadata");
    assert_eq!(count(&bytes, "javascript:"), 0);
    assert_eq!(count(&bytes, "/JavaScript"), 0);
    assert_eq!(count(&bytes, "&lt;x&gt; &amp; Ada"), 1);
    assert_eq!(count(&bytes, "/URI(https://xn--r8jz45g.jp/%C3%A4)"), 1);
}

#[test]
fn images_are_shown_and_damaged_ones_left_out() {
    let image = json!({ "type": "image", "id": "i", "image": "logo", "alt": "Our logo" });
    let deck = deck("Images", json!([{ "id": "a", "layout": "image_half", "blocks": [image] }]));
    let id = ImageId::try_from("logo".to_owned()).unwrap();
    let mut press = Press::new();
    let without = press.pdf(&deck, Pages::Slides);
    assert_eq!(count(&without, "/Subtype/Image"), 0);
    press.pictures.insert(id.clone(), png());
    let with = press.pdf(&deck, Pages::Slides);
    assert_eq!(count(&with, "/Subtype/Image"), 1);
    assert_eq!(count(&with, "/Alt(Our logo)"), 1);
    let mut damaged = png().bytes.to_vec();
    damaged[45] ^= 0xff;
    damaged.truncate(50);
    press.pictures.insert(id, PictureFile { bytes: Arc::new(damaged), ..png() });
    assert_eq!(count(&press.pdf(&deck, Pages::Slides), "/Subtype/Image"), 0);
}

#[test]
fn long_notes_take_more_pages() {
    let slide = |notes: &str| json!([{ "id": "a", "layout": "cover", "blocks": [], "notes": notes }]);
    let mut press = Press::new();
    let mut written = |notes: &str, kind| pages(&press.pdf(&deck("Notes", slide(notes)), kind));
    let long = "All work and no play makes Jack a dull boy.\n".repeat(400);
    assert_eq!(written("", Pages::WithNotes), 1);
    assert_eq!(written("Short.", Pages::WithNotes), 1);
    assert_eq!(written(&long, Pages::Slides), 1);
    // 400 lines of 22.6 points, of which some 620 points hold 30.
    let many = written(&long, Pages::WithNotes);
    assert!((11..=18).contains(&many), "{many}");
}

#[test]
fn slides_that_a_pdf_cant_show_whole_are_known() {
    let text = |id: &str, text: &str| json!({ "id": id, "layout": "statement", "blocks": [{ "type": "title", "id": format!("t{id}"), "text": text }] });
    let slides = json!([
        text("a", "Plain"),
        text("b", "增长"),
        text("c", "Ελληνικά"),
        text("d", "Launch 🚀"),
        text("e", "≤ 5 → ✓")
    ]);
    let found = Press::new().with(&deck("x", slides), slides_without_glyphs);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn an_export_can_be_stopped() {
    let (_, gallery) = decks().remove(0);
    let mut told = Vec::new();
    let result = Press::new().with(&gallery, |export| {
        write(export, Pages::Slides, &mut |slides| {
            told.push(slides);
            if slides == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    assert!(matches!(result, Err(ExportError::Stopped)));
    assert_eq!(told, [1, 2, 3]);
}
