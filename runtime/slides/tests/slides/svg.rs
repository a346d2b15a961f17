//! Pictures of slides.

use tellr_slides::fonts::Fonts;
use tellr_slides::layout::lay_out_all;
use tellr_slides::read::from_value;
use tellr_slides::svg;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::built_in;

use crate::layout::decks;

#[test]
fn hostile_text_is_shown_as_text() {
    let mut text = TextLayout::new(&Fonts::bundled());
    let themes = built_in();
    let mut seen = 0;
    for (name, deck) in decks().iter().take(120) {
        for list in lay_out_all(&mut text, &themes[0], deck) {
            let picture = svg::write(&list, &|_| Some("data:image/png;base64,\"><script>".to_owned()));
            for never in ["<script", " style=", "javascript:", "onload"] {
                assert!(!picture.contains(never), "{name}: {never}");
            }
            seen += usize::from(picture.contains("&lt;script&gt;"));
            // Each tag is closed, and no attribute has an unescaped quotation mark or bracket.
            assert_eq!(picture.matches('<').count(), picture.matches('>').count(), "{name}");
            assert_eq!(picture.matches('"').count() % 2, 0, "{name}");
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn pictures_on_one_page_have_their_own_clips() {
    let (_, gallery) = decks().remove(0);
    let mut text = TextLayout::new(&Fonts::bundled());
    let mut seen = std::collections::BTreeSet::new();
    for list in lay_out_all(&mut text, &built_in()[0], &gallery) {
        let picture = svg::write(&list, &|_| Some("data:image/png;base64,".to_owned()));
        for part in picture.split("<clipPath id=\"").skip(1) {
            let id = part.split('"').next().unwrap().to_owned();
            assert!(picture.contains(&format!("url(#{id})")), "{id}");
            assert!(seen.insert(id.clone()), "{id}");
        }
    }
    assert!(seen.len() > 1, "{seen:?}");
}

#[test]
fn every_font_can_be_unpacked() {
    let fonts = Fonts::bundled();
    assert!(fonts.files.len() > 60);
    for file in &fonts.files {
        // The two kinds of outlines that OpenType has.
        let kind = &file.opentype[..4];
        assert!(kind == [0, 1, 0, 0] || kind == b"OTTO", "{:?} {}", file.face, file.subset);
    }
}

/// The texts of a picture, in the order of its markup, each with its left or right edge.
fn texts(picture: &str) -> Vec<(&str, f64)> {
    let between = |text: &'_ str, start: &str, end: &str| -> std::ops::Range<usize> {
        let from = text.find(start).unwrap() + start.len();
        from..from + text[from..].find(end).unwrap()
    };
    let elements = picture.split("<text").skip(1);
    elements
        .map(|element| {
            let x = element[between(element, " x=\"", "\"")].parse().unwrap();
            (&element[between(element, ">", "</text>")], x)
        })
        .collect()
}

#[test]
fn runs_of_a_line_stand_in_the_order_in_which_they_are_read() {
    let paragraph = |id: &str, text: &str| serde_json::json!({ "type": "text", "id": id, "text": text });
    let deck = from_value(serde_json::json!({
        "format": 1, "title": "Order", "theme": "clear",
        "slides": [{ "id": "s", "layout": "title_and_text", "blocks": [
            paragraph("a", "مرحبا **بالعالم** 2026 في Tellr **for all** اليوم"),
            paragraph("b", "See **שלום עולם** 18 now"),
            paragraph("c", "From **left** to *right*"),
        ] }],
    }))
    .unwrap();
    let mut text = TextLayout::new(&Fonts::bundled());
    let list = lay_out_all(&mut text, &built_in()[0], &deck).remove(0);
    let picture = svg::write(&list, &|_| None);
    let texts = texts(&picture);
    // Spaces between runs have no elements.
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    let said = solid(&texts.iter().map(|(said, _)| *said).collect::<String>());
    for paragraph in
        ["مرحبا بالعالم 2026 في Tellr for all اليوم", "See שלום עולם 18 now", "From left to right"]
    {
        assert!(said.contains(&solid(paragraph)), "{said}");
    }
    // They stand where they stood: the first word of a line that is read from the right is the rightmost.
    let at = |word: &str| texts.iter().find(|(said, _)| said.contains(word)).unwrap().1;
    assert!(at("مرحبا") > at("بالعالم") && at("بالعالم") > at("اليوم"), "{texts:?}");
    assert!(at("Tellr") < at("for all"), "{texts:?}");
    assert!(at("From") < at("right"), "{texts:?}");
}
