//! Writes a deck as a file: `export DECK.json OUT.{pptx,pdf,html} [editable|exact|google|notes]`. Images are files
//! `IMAGE_ID.png` or `.jpg` beside the deck.

#![expect(clippy::disallowed_methods, reason = "an example reads, writes and measures")]

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use tellr_slides::block::Block;
use tellr_slides::export::{Export, PictureFile, PictureKind};
use tellr_slides::fonts::Fonts;
use tellr_slides::pptx::Lines;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{html, layout, pdf, pptx, read, theme};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, more @ ..] = arguments.as_slice() else {
        return Err("usage: export DECK.json OUT.{pptx,pdf,html} [editable|exact|google|notes]".into());
    };
    let option = more.first().map_or("", String::as_str);
    let deck = read::from_json(&std::fs::read_to_string(from)?)?;
    let mut themes = theme::built_in();
    let at = themes.iter().position(|theme| theme.id == deck.theme).unwrap_or(0);
    let theme = themes.swap_remove(at);
    let fonts = Fonts::bundled();
    let slides = layout::lay_out_all(&mut TextLayout::new(&fonts), &theme, &deck);
    let folder = Path::new(from).parent().unwrap_or(Path::new("."));
    let mut pictures = BTreeMap::new();
    for block in deck.slides.iter().flat_map(|slide| slide.all_blocks()) {
        if let Block::Image(image) = block {
            for (ending, kind) in [("png", PictureKind::Png), ("jpg", PictureKind::Jpeg)] {
                if let Ok(bytes) = std::fs::read(folder.join(format!("{}.{ending}", image.image))) {
                    // The size stands at a fixed place in a PNG; of a JPEG this example assumes one.
                    let side = |at: usize| {
                        bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
                    };
                    let (width, height) = match kind {
                        PictureKind::Png => (side(16).unwrap_or(1), side(20).unwrap_or(1)),
                        PictureKind::Jpeg => (1600, 1200),
                    };
                    let file = PictureFile { kind, bytes: Arc::new(bytes), width, height };
                    pictures.insert(image.image.clone(), file);
                }
            }
        }
    }
    let export = Export {
        deck: &deck,
        theme: &theme,
        slides: &slides,
        fonts: &fonts,
        pictures: &pictures,
        author: None,
    };
    let progress = &mut |_| ControlFlow::Continue(());
    let begun = std::time::Instant::now();
    let bytes = match Path::new(to).extension().and_then(|ending| ending.to_str()) {
        Some("pptx") => {
            let lines = match option {
                "exact" => Lines::Exact,
                "google" => Lines::Google,
                _ => Lines::Editable,
            };
            pptx::write(&export, lines, None, progress)?
        }
        Some("pdf") => {
            let pages = if option == "notes" { pdf::Pages::WithNotes } else { pdf::Pages::Slides };
            pdf::write(&export, pages, progress)?
        }
        _ => html::write(&export, progress)?,
    };
    eprintln!(
        "{} slides, {} bytes, {:.1} ms",
        slides.len(),
        bytes.len(),
        begun.elapsed().as_secs_f64() * 1e3
    );
    Ok(std::fs::write(to, bytes)?)
}
