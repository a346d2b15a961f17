//! Measures the writers of files: a deck of 30 slides with 10 charts.
//!
//! usage: cargo run --release -p tellr-slides --features export --example writers
//!
//! Prints milliseconds on one core, the median of many runs, and the size of the file.

#![expect(clippy::disallowed_methods, reason = "an example measures time")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Instant;

use tellr_slides::block::Block;
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::export::{Export, ExportError};
use tellr_slides::fonts::Fonts;
use tellr_slides::pptx::Lines;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{html, layout, pdf, pptx, read, svg, theme};

const RUNS: usize = 20;
const SLIDES: usize = 30;
const CHARTS: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let gallery = read::from_json(include_str!("../tests/decks/gallery.json"))?;
    let has_chart = |slide: &&Slide| slide.all_blocks().iter().any(|block| matches!(block, Block::Chart(_)));
    let charts = gallery.slides.iter().filter(has_chart).cycle().take(CHARTS);
    let others = gallery.slides.iter().filter(|slide| !has_chart(slide)).cycle().take(SLIDES - CHARTS);
    let deck = Deck { slides: charts.chain(others).cloned().collect(), ..gallery.clone() };
    let theme = theme::built_in().remove(0);
    let fonts = Fonts::bundled();
    let slides = layout::lay_out_all(&mut TextLayout::new(&fonts), &theme, &deck);
    let pictures = BTreeMap::new();
    let export = Export {
        deck: &deck,
        theme: &theme,
        slides: &slides,
        fonts: &fonts,
        pictures: &pictures,
        author: None,
    };
    let mut on = |_: usize| ControlFlow::Continue(());
    measure("PowerPoint", || pptx::write(&export, Lines::Editable, None, &mut on));
    measure("PDF", || pdf::write(&export, pdf::Pages::Slides, &mut on));
    measure("PDF with notes", || pdf::write(&export, pdf::Pages::WithNotes, &mut on));
    measure("HTML", || html::write(&export, &mut on));
    measure("SVG of a slide", || Ok(svg::standalone(&slides[0], &export).into_bytes()));
    Ok(())
}

fn measure(name: &str, mut write: impl FnMut() -> Result<Vec<u8>, ExportError>) {
    let mut size = 0;
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        match write() {
            Ok(bytes) => size = bytes.len(),
            Err(error) => return println!("  {name:<16} {error}"),
        }
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    println!("  {name:<16} {:.1} ms, {size} bytes", took[RUNS / 2]);
}
