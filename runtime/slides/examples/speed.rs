//! Measures layout: of a slide, and of a deck of 50.
//!
//! usage: cargo run --release -p tellr-slides --example speed
//!
//! Prints milliseconds: the median of many runs, of the sample deck's slides and of the slowest one.

#![expect(clippy::disallowed_methods, reason = "an example measures time")]

use std::time::Instant;

use tellr_slides::deck::Deck;
use tellr_slides::fonts::Fonts;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{layout, read, theme};

const RUNS: usize = 40;
const SLIDES: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut text = TextLayout::new(&Fonts::bundled());
    println!("  unpacking the fonts    {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let theme = theme::built_in().remove(0);
    let gallery = read::from_json(include_str!("../tests/decks/gallery.json"))?;
    let awkward = read::from_json(include_str!("../tests/decks/awkward.json"))?;

    let (slowest, name) = measure_slides(&mut text, &theme, &gallery);
    let fifty = Deck { slides: gallery.slides.iter().cycle().take(SLIDES).cloned().collect(), ..gallery };
    let deck = median(|| drop(layout::lay_out_all(&mut text, &theme, &fifty)));
    println!("  layout of a slide      {:.2} ms, the slowest ({name}) {slowest:.2} ms", deck / 50.0);
    println!("  layout of 50 slides    {deck:.1} ms");
    let (slowest, name) = measure_slides(&mut text, &theme, &awkward);
    println!("  the most awkward slide {slowest:.2} ms ({name})");
    let lists = layout::lay_out_all(&mut text, &theme, &fifty);
    let bytes: usize =
        lists.iter().map(|list| serde_json::to_string(list).map_or(0, |json| json.len())).sum();
    println!("  a display list as JSON {} bytes on average", bytes / SLIDES);
    Ok(())
}

fn measure_slides(text: &mut TextLayout, theme: &theme::Theme, deck: &Deck) -> (f64, String) {
    let mut slowest = (0.0, String::new());
    for slide in &deck.slides {
        let took = median(|| drop(layout::lay_out(text, theme, deck, slide, 1)));
        if took > slowest.0 {
            slowest = (took, slide.id.to_string());
        }
    }
    slowest
}

/// The median of many runs, in milliseconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut took: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[RUNS / 2]
}
