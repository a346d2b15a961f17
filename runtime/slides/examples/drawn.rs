//! Writes what is drawn of many slides, to be compared with what another build of the crate draws.
//!
//! usage: cargo run -p tellr-slides --example drawn
//!
//! Two lines of JSON for each slide of the generated decks, in one of the themes, and of the decks in
//! `tests/decks`, in all of them, among which is the style of a company, `tests/themes/acme.json`: `{"deck", "theme", "language", "number", "slide"}`, and its display list.

use std::io::{BufWriter, Write, stdout};

use serde_json::json;
use tellr_slides::deck::Deck;
use tellr_slides::fonts::Fonts;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::{Theme, built_in};
use tellr_slides::{layout, read};

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/slides/generate.rs"]
mod generate;

use generate::Chance;

/// How many decks are generated.
const DECKS: u64 = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = TextLayout::new(&Fonts::bundled());
    let mut out = BufWriter::new(stdout().lock());
    let mut themes = built_in();
    themes.push(serde_json::from_str(include_str!("../tests/themes/acme.json"))?);
    for (name, deck) in [
        ("gallery", read::from_json(include_str!("../tests/decks/gallery.json"))?),
        ("awkward", read::from_json(include_str!("../tests/decks/awkward.json"))?),
    ] {
        for theme in &themes {
            write_deck(&mut out, &mut text, name, theme, &deck)?;
        }
    }
    for (seed, theme) in (0..DECKS).zip(themes.iter().cycle()) {
        write_deck(&mut out, &mut text, &format!("seed {seed}"), theme, &Chance::new(seed).deck())?;
    }
    Ok(out.flush()?)
}

fn write_deck(
    out: &mut impl Write,
    text: &mut TextLayout,
    name: &str,
    theme: &Theme,
    deck: &Deck,
) -> Result<(), Box<dyn std::error::Error>> {
    let lists = layout::lay_out_all(text, theme, deck);
    for (number, (slide, list)) in (1..).zip(deck.slides.iter().zip(lists)) {
        let (theme, language) = (&theme.id, &deck.language);
        let line =
            json!({ "deck": name, "theme": theme, "language": language, "number": number, "slide": slide });
        writeln!(out, "{line}\n{}", serde_json::to_string(&list)?)?;
    }
    Ok(())
}
