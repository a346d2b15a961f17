//! What of a deck isn't in a file as it was meant, for the person who exports: a line for each slide.

use tellr_slides::display::{DisplayList, Loss};
use tellr_slides::export::Export;
use tellr_slides::pdf;

use super::format::Format;

/// Slides that are told one by one; of more, only the number is.
const MOST: usize = 20;

/// The warnings about a file of this format.
pub(super) fn of(export: &Export<'_>, format: Format) -> Vec<String> {
    if format == Format::Deck {
        return Vec::new();
    }
    let mut warnings: Vec<String> =
        (1..).zip(export.slides).filter_map(|(number, list)| of_slide(number, list)).collect();
    if let Format::Pdf(_) = format {
        let slides: Vec<String> = pdf::slides_without_glyphs(export).iter().map(usize::to_string).collect();
        if !slides.is_empty() {
            let (many, rest) =
                if slides.len() > MOST { (&slides[..MOST], ", …") } else { (&slides[..], "") };
            warnings.insert(
                0,
                format!(
                    "Slide {}{rest}: text in a script that a PDF of Tellr can't draw is shown as bars. PowerPoint and HTML \
                     files show it",
                    many.join(", ")
                ),
            );
        }
    }
    if warnings.len() > MOST {
        let more = warnings.len() - MOST;
        warnings.truncate(MOST);
        warnings.push(format!("On {more} more slides something isn't shown"));
    }
    warnings
}

fn of_slide(number: usize, list: &DisplayList) -> Option<String> {
    let (mut left, mut hidden, mut cut) = (0_u64, 0_u64, 0_u64);
    for mark in &list.marks {
        match mark.what {
            Loss::Left { count } => left += u64::from(count),
            Loss::Hidden => hidden += 1,
            Loss::Cut => cut += 1,
            Loss::Smaller { .. } => {}
        }
    }
    let several = |count: u64, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let parts: Vec<String> = [
        several(hidden, "part isn't shown", "parts aren't shown"),
        several(left, "row, column or item is left out", "rows, columns or items are left out"),
        several(cut, "text ends early, with “…”", "texts end early, with “…”"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("Slide {number} is too full: {}", parts.join(", ")))
}
