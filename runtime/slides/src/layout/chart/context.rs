//! What the kinds of charts share.

use super::numbers::Numbers;
use crate::chart;
use crate::display::{ChartFrame, Rect};
use crate::layout::tone::{Tone, mix};
use crate::theme::{CHART_COLORS, Color};

/// What the kinds of charts share.
pub(super) struct Context<'a> {
    pub(super) chart: &'a chart::Chart,
    /// Values as doubles: a row for each series.
    pub(super) values: Vec<Vec<Option<f64>>>,
    pub(super) numbers: Numbers,
    pub(super) colors: Colors,
    /// The size of labels.
    pub(super) label: f64,
}

impl Context<'_> {
    pub(super) fn frame(&self, plot: Rect) -> ChartFrame {
        ChartFrame {
            plot,
            is_horizontal: false,
            values: None,
            x: None,
            has_value_labels: false,
            has_legend: false,
            order: (0..self.chart.categories.len()).collect(),
            decimals: self.numbers.decimals,
            divisor: self.numbers.divisor,
        }
    }
}

/// Who has which colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colors {
    pub(super) palette: [Color; CHART_COLORS],
    pub(super) accent: Color,
    /// Of what the title doesn't talk about, if it talks about something.
    pub(super) quiet: Color,
    pub(super) series: Option<usize>,
    pub(super) category: Option<usize>,
}

impl Colors {
    pub(super) fn new(chart: &chart::Chart, tone: Tone) -> Self {
        let highlight = chart.highlight.as_deref();
        let series = highlight.and_then(|name| chart.series.iter().position(|one| one.id.as_str() == name));
        let category = highlight.and_then(|name| chart.categories.iter().position(|one| one == name));
        // As faint as can be seen.
        let steps = [0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.2, 0.1];
        let quiet = steps
            .into_iter()
            .map(|part| mix(tone.muted, tone.background, part))
            .find(|color| color.contrast(tone.background) >= 3.0)
            .unwrap_or(tone.muted);
        Self {
            palette: tone.chart,
            accent: tone.accent,
            quiet,
            series,
            category: if series.is_some() { None } else { category },
        }
    }

    /// Of a series' value; none: of the series as a whole.
    pub(super) fn of(self, series: usize, category: Option<usize>) -> Color {
        match (self.series, self.category) {
            (Some(highlighted), _) if series == highlighted => self.accent,
            (None, Some(highlighted)) if category == Some(highlighted) => self.accent,
            (None, None) => self.palette[series % CHART_COLORS],
            _ => self.quiet,
        }
    }

    /// Of a part of a pie.
    pub(super) fn of_part(self, place: usize, category: usize) -> Color {
        match self.category {
            Some(highlighted) if category == highlighted => self.accent,
            Some(_) => self.quiet,
            None => self.palette[place % CHART_COLORS],
        }
    }

    /// Whether a series or category is what the title talks about.
    pub(super) fn is_highlighted(self, series: usize, category: usize) -> bool {
        self.series == Some(series) || self.category == Some(category)
    }
}

/// A colour for words on a filled shape.
pub(super) fn on(fill: Color, tone: Tone) -> Color {
    const WHITE: Color = Color { rgb: [255; 3] };
    const BLACK: Color = Color { rgb: [0; 3] };
    let dark = if tone.text.luminance() < tone.background.luminance() { tone.text } else { tone.background };
    // Of black and white, one has 4.5:1 to any colour; the theme's own dark is used where it has that.
    let dark = if dark.contrast(fill) >= 4.5 { dark } else { BLACK };
    if WHITE.contrast(fill) >= dark.contrast(fill) { WHITE } else { dark }
}
