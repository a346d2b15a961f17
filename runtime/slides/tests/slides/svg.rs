//! Pictures of slides.

use tellr_slides::fonts::Fonts;
use tellr_slides::layout::lay_out_all;
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
