//! Draws decks as SVG pictures, to be looked at.
//!
//! usage: cargo run -p tellr-slides --example pictures -- [--boxes | --own-theme] OUT DECK.json...
//!
//! Writes `OUT/DECK-THEME-NUMBER.svg` for each slide of each deck in each theme that comes with the
//! app, and `OUT/fonts.css`, which a page needs to show them in their fonts. With `--boxes`, text that none
//! of our fonts has is drawn as boxes: a machine's own fonts then make no difference.
//!
//! With `--own-theme`, each deck is drawn in its own theme only, as `OUT/DECK-NUMBER.svg`, and a line of JSON is
//! printed for each slide: `{"deck", "number", "findings": [{"rule", "block", "message"}]}`; for a deck that isn't
//! valid, `{"deck", "invalid"}`.

#![expect(clippy::disallowed_methods, reason = "an example reads and writes files")]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use tellr_slides::deck::Deck;
use tellr_slides::display::{DisplayList, Element, Rect, RectShape, Shape};
use tellr_slides::fonts::Fonts;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::Theme;
use tellr_slides::{layout, lint, read, svg, theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let has_boxes = arguments.next_if(|argument| argument == "--boxes").is_some();
    let is_own_theme = arguments.next_if(|argument| argument == "--own-theme").is_some();
    let out = arguments.next().ok_or("usage: pictures [--boxes | --own-theme] OUT DECK.json...")?;
    std::fs::create_dir_all(&out)?;
    let fonts = Fonts::bundled();
    let mut css = String::new();
    // The last rule is asked first, as the first file is here.
    for (number, file) in fonts.files.iter().enumerate().rev() {
        let Some(face) = file.face else { continue };
        let name = format!("font-{number}.woff2");
        std::fs::write(Path::new(&out).join(&name), file.woff2)?;
        let weight = if face.is_bold { 700 } else { 400 };
        let style = if face.is_italic { "italic" } else { "normal" };
        let family = face.family.name();
        writeln!(
            css,
            "@font-face{{font-family:{family};font-weight:{weight};font-style:{style};src:url({name})}}"
        )?;
    }
    std::fs::write(Path::new(&out).join("fonts.css"), css)?;
    let mut text = TextLayout::new(&fonts);
    for path in arguments {
        let deck = read::from_json(&std::fs::read_to_string(&path)?);
        let name = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if is_own_theme {
            match deck {
                Ok(deck) => draw(&mut text, Path::new(&out), &name, &deck)?,
                Err(problem) => println!("{}", json!({ "deck": name, "invalid": problem.to_string() })),
            }
            continue;
        }
        let deck = deck?;
        for theme in theme::built_in() {
            let lists = layout::lay_out_all(&mut text, &theme, &deck);
            for (index, list) in lists.into_iter().enumerate() {
                let list = if has_boxes { with_boxes(list) } else { list };
                let file = format!("{name}-{}-{:02}.svg", theme.id, index + 1);
                std::fs::write(Path::new(&out).join(file), svg::write(&list, &|_| Some(picture())))?;
                if theme.id.as_str() == "clear" {
                    for mark in &list.marks {
                        println!("{name} {}: {}", index + 1, serde_json::to_string(mark)?);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Draws a deck in its own theme, and prints what is found about each of its slides.
fn draw(
    text: &mut TextLayout,
    out: &Path,
    name: &str,
    deck: &Deck,
) -> Result<(), Box<dyn std::error::Error>> {
    let theme = own_theme(deck).ok_or("there is no theme")?;
    let lists = layout::lay_out_all(text, &theme, deck);
    for (number, (slide, list)) in (1..).zip(deck.slides.iter().zip(lists)) {
        let found = lint::of_slide(slide).into_iter().chain(lint::of_drawing(slide, &list));
        let findings: Vec<_> = found
            .map(|one| {
                json!({ "rule": format!("{:?}", one.rule), "block": one.block, "message": one.message })
            })
            .collect();
        println!("{}", json!({ "deck": name, "number": number, "findings": findings }));
        std::fs::write(out.join(format!("{name}-{number:02}.svg")), svg::write(&list, &|_| Some(picture())))?;
    }
    Ok(())
}

/// The theme of a deck; the first one if the app doesn't have it.
fn own_theme(deck: &Deck) -> Option<Theme> {
    let mut themes = theme::built_in();
    let at = themes.iter().position(|theme| theme.id == deck.theme).unwrap_or_default();
    (at < themes.len()).then(|| themes.swap_remove(at))
}

/// The list with a box in place of each run that none of our fonts has.
fn with_boxes(mut list: DisplayList) -> DisplayList {
    let mut elements = Vec::new();
    for mut element in list.elements {
        let mut boxes = Vec::new();
        if let Shape::Text(text) = &mut element.shape {
            for line in &mut text.lines {
                for run in line.runs.extract_if(.., |run| run.is_foreign) {
                    let bounds = Rect::new(run.x, line.baseline - run.size * 0.75, run.width, run.size * 0.9);
                    let shape =
                        RectShape { bounds, radius: 0.0, fill: Some(run.color), stroke: None, opacity: 0.5 };
                    boxes.push(Element { of: element.of.clone(), shape: Shape::Rect(shape) });
                }
            }
        }
        elements.push(element);
        elements.append(&mut boxes);
    }
    list.elements = elements;
    list
}

/// A picture in place of those that an app keeps: a sky with hills.
fn picture() -> String {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 800 600' preserveAspectRatio='xMidYMid slice' width='800' height='600'>\
        <rect width='800' height='600' fill='%23b9d3e6'/><circle cx='600' cy='150' r='60' fill='%23fff3d6'/>\
        <path d='M0 400 Q200 250 400 380 T800 320 V600 H0Z' fill='%237a9e8a'/>\
        <path d='M0 480 Q250 380 500 470 T800 430 V600 H0Z' fill='%23476b5a'/></svg>";
    format!("data:image/svg+xml,{}", svg.replace('<', "%3C").replace('>', "%3E").replace(' ', "%20"))
}
