//! Text that ends early.

use super::{Shaped, TextLayout};
use crate::text::Span;

impl TextLayout {
    /// The beginning of a paragraph, with `…`, that takes at most so many lines (at least one).
    pub fn cut(&mut self, shaped: &Shaped, width: f64, size: f64, lines: usize) -> Shaped {
        let lines = lines.max(1);
        let broken = shaped.lines(width, size);
        let kept: Vec<usize> =
            broken.iter().take(lines).flat_map(|line| line.starts.iter().copied()).collect();
        // Where the text may end: before a cluster. The first attempt leaves room for the mark;
        // wherever that isn't enough, one more cluster goes, and twice as many the next time.
        let mut end = kept.len();
        let mut step = 1;
        loop {
            end = end.saturating_sub(step);
            step *= 2;
            let bytes = kept.get(end).copied().unwrap_or(0);
            let cut = self.shape(ending(&shaped.spans, bytes, shaped), shaped.style);
            if end == 0 || cut.count(width, size) <= lines {
                return cut;
            }
        }
    }

    /// The whole paragraph with `…` after it, if that takes at most so many lines; else as [`TextLayout::cut`].
    pub fn marked(&mut self, shaped: &Shaped, width: f64, size: f64, lines: usize) -> Shaped {
        let all = self.shape(ending(&shaped.spans, shaped.text.len(), shaped), shaped.style);
        if all.count(width, size) <= lines { all } else { self.cut(shaped, width, size, lines) }
    }
}

/// The runs up to a byte of the shaped text, and the mark.
fn ending(spans: &[Span], bytes: usize, shaped: &Shaped) -> Vec<Span> {
    let mut left = shaped.text[..bytes].trim_end().len();
    let mut kept = Vec::new();
    for span in spans {
        let text: String = span.text.chars().filter_map(super::measurable).collect();
        let take = left.min(text.len());
        kept.push(Span { text: text[..take].to_owned(), ..span.clone() });
        left -= take;
        if left == 0 {
            break;
        }
    }
    match kept.last_mut() {
        Some(last) => last.text.push('…'),
        None => kept.push(Span { text: "…".to_owned(), ..Span::default() }),
    }
    kept
}
