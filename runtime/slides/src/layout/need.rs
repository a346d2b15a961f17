//! How high a block is, and its texts as paragraphs.

use crate::text::{RichText, Span};
use crate::text_layout::{Shaped, Style, TextLayout};

/// How high a block is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// With everything in it.
    pub(super) natural: f64,
    /// With which it is still of use; less is no place for it.
    pub(super) least: f64,
    /// With more air in it, where there is room.
    pub(super) most: f64,
    /// Whether it takes what room there is: a chart, an image.
    pub(super) is_flexible: bool,
}

impl Need {
    pub(super) fn fixed(natural: f64, least: f64) -> Self {
        Self { natural, least: least.min(natural), most: natural, is_flexible: false }
    }

    /// With so much height where there is room.
    pub(super) fn up_to(self, most: f64) -> Self {
        Self { most: most.max(self.natural), ..self }
    }

    pub(super) fn flexible(least: f64) -> Self {
        Self { natural: least, least, most: least, is_flexible: true }
    }
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &mut TextLayout, rich: &RichText, style: Style) -> Vec<Shaped> {
    let mut all: Vec<Vec<Span>> = vec![Vec::new()];
    for span in rich.spans() {
        for (number, line) in span.text.split('\n').enumerate() {
            if number > 0 {
                all.push(Vec::new());
            }
            if let Some(last) = all.last_mut()
                && !line.is_empty()
            {
                last.push(Span { text: line.to_owned(), ..span.clone() });
            }
        }
    }
    all.into_iter().map(|spans| text.shape(spans, style)).collect()
}

/// A text as one paragraph; its line breaks are spaces.
pub(super) fn one_line(text: &mut TextLayout, rich: &RichText, style: Style) -> Shaped {
    let spans =
        rich.spans().into_iter().map(|span| Span { text: span.text.replace('\n', " "), ..span }).collect();
    text.shape(spans, style)
}
