//! Lays decks out, and writes what is drawn of them as JSON: the reference that exported files are compared with.
//!
//! usage: cargo run -p tellr-slides --example lists -- OUT DECK.json...
//!
//! Writes `OUT/DECK.json` for each deck, a list of display lists in the deck's own theme, or
//! `{"refused": "why"}` for a deck that can't be read.

#![expect(clippy::disallowed_methods, reason = "an example reads and writes files")]

use std::path::Path;

use serde_json::json;
use tellr_slides::fonts::Fonts;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{layout, read, theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: lists OUT DECK.json...")?;
    std::fs::create_dir_all(&out)?;
    let mut text = TextLayout::new(&Fonts::bundled());
    let themes = theme::built_in();
    for path in arguments {
        let path = Path::new(&path);
        let answer = match read::from_json(&std::fs::read_to_string(path)?) {
            Ok(deck) => {
                let own = themes.iter().find(|theme| theme.id == deck.theme).or(themes.first());
                let theme = own.ok_or("there is no theme")?;
                serde_json::to_value(layout::lay_out_all(&mut text, theme, &deck))?
            }
            Err(problem) => json!({ "refused": problem.to_string() }),
        };
        let name = path.file_name().ok_or("a deck is a file")?;
        std::fs::write(Path::new(&out).join(name), serde_json::to_vec(&answer)?)?;
    }
    Ok(())
}
