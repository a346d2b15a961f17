//! A chart that is about to be written: its data, its place, and what is drawn of it.

use super::drawn::Drawn;
use super::format::Formats;
use super::look::{TextLook, words};
use crate::chart::{Chart, ChartKind};
use crate::display::{ChartFrame, DisplayList, Rect, Text};
use crate::layout::chart::lines;
use crate::layout::chart::numbers::Numbers;
use crate::number::Decimal;
use crate::pptx::workbook::Sheet;
use crate::theme::{Color, Theme};

/// The size of labels where none is drawn.
const LABEL: f64 = 14.0;

pub(super) struct View<'a> {
    pub(super) chart: &'a Chart,
    pub(super) frame: &'a ChartFrame,
    /// The chart's place on the slide.
    pub(super) bounds: Rect,
    pub(super) drawn: Drawn<'a>,
    pub(super) sheet: Sheet<'a>,
    pub(super) language: Option<&'a str>,
    /// The categories in the order in which they are drawn.
    pub(super) order: Vec<usize>,
    /// How values are written.
    pub(super) formats: Formats<'a>,
    /// The colours of the theme that words on filled shapes may have.
    pub(super) words: [Color; 2],
    /// What is behind the chart.
    pub(super) ground: Color,
    muted: Color,
}

impl<'a> View<'a> {
    pub(super) fn new(
        chart: &'a Chart,
        frame: &'a ChartFrame,
        list: &'a DisplayList,
        theme: &'a Theme,
        language: Option<&'a str>,
    ) -> Self {
        let values = || chart.series.iter().flat_map(|series| series.values.iter().flatten());
        let largest = values().map(|value| value.as_f64().abs()).fold(0.0, f64::max);
        let unit = chart.unit.as_deref();
        let decimals = frame.decimals;
        let order = order(chart, frame);
        Self {
            chart,
            frame,
            bounds: list.frame(&chart.id).map_or(frame.plot, |frame| frame.bounds),
            drawn: Drawn::new(chart, frame, list),
            sheet: Sheet::new(chart, &order),
            language,
            order,
            formats: Formats { language, unit, divisor: frame.divisor, decimals, largest },
            words: [theme.colors.text, theme.colors.background],
            ground: list.background,
            muted: theme.colors.muted,
        }
    }

    /// The points of a series in the order in which they are drawn, by their numbers in the deck.
    pub(super) fn points(&self, series: usize) -> Vec<usize> {
        if self.chart.kind == ChartKind::Scatter {
            (0..self.chart.series[series].values.len()).collect()
        } else {
            self.order.clone()
        }
    }

    pub(super) fn value(&self, series: usize, point: usize) -> Option<Decimal> {
        self.chart.series.get(series)?.values.get(point).copied().flatten()
    }

    /// The series in the order in which they are drawn: the one that the title talks about is over the others.
    pub(super) fn series(&self) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.chart.series.len()).collect();
        if self.chart.kind == ChartKind::Line
            && let Some(highlight) = &self.chart.highlight
        {
            all.sort_by_key(|series| self.chart.series[*series].id.as_str() == highlight);
        }
        all
    }

    pub(super) fn is_bar(&self) -> bool {
        matches!(self.chart.kind, ChartKind::Bar | ChartKind::StackedBar)
    }

    pub(super) fn is_stacked(&self) -> bool {
        matches!(self.chart.kind, ChartKind::StackedBar | ChartKind::Area)
    }

    /// Whether points are at the ends of the axis, as those of lines are; bars have room around them.
    pub(super) fn is_edge_to_edge(&self) -> bool {
        matches!(self.chart.kind, ChartKind::Line | ChartKind::Area) && self.order.len() > 1
    }

    /// Whether there are grid lines and numbers at them.
    pub(super) fn has_grid(&self) -> bool {
        !self.is_bar() || !self.frame.has_value_labels || self.is_stacked()
    }

    /// Where the data is: between the first point and the last, where they are at the ends.
    pub(super) fn plot(&self) -> Rect {
        if self.is_edge_to_edge() {
            self.frame.plot.inset(lines::side(self.frame.plot), 0.0)
        } else {
            self.frame.plot
        }
    }

    /// A place as parts of the chart's: x, y, width, height.
    pub(super) fn parts(&self, place: Rect) -> [f64; 4] {
        let (width, height) = (self.bounds.width.max(1.0), self.bounds.height.max(1.0));
        [
            (place.x - self.bounds.x) / width,
            (place.y - self.bounds.y) / height,
            place.width / width,
            place.height / height,
        ]
    }

    /// The text above the plot: what is counted.
    pub(super) fn title(&self) -> Option<&'a Text> {
        self.drawn.axis.iter().copied().find(|text| self.is_above(text))
    }

    fn is_above(&self, text: &Text) -> bool {
        text.bounds.bottom() <= self.frame.plot.y + 0.1
    }

    /// The texts left of the plot.
    pub(super) fn left(&self) -> impl Iterator<Item = &'a Text> {
        let all = self.drawn.axis.iter().copied();
        all.filter(|text| !self.is_above(text) && text.bounds.right() <= self.frame.plot.x + 0.1)
    }

    /// The texts under the plot.
    pub(super) fn under(&self) -> impl Iterator<Item = &'a Text> {
        let all = self.drawn.axis.iter().copied();
        all.filter(|text| text.bounds.y >= self.frame.plot.bottom() - 0.1)
    }

    /// How the labels of the axes look.
    pub(super) fn label(&self) -> TextLook {
        let all = self.drawn.axis.iter().chain(self.drawn.names.values());
        let found = all.copied().find_map(TextLook::of);
        found.unwrap_or(TextLook { size: LABEL, is_bold: false, color: self.muted })
    }

    /// From one label of a category to the next that is shown.
    pub(super) fn stride(&self) -> usize {
        let shown = if self.frame.is_horizontal { self.left().count() } else { self.under().count() };
        let named = |stride: &usize| {
            let points = self.order.iter().step_by(*stride);
            points.filter(|point| self.category(**point).is_some_and(|name| !name.trim().is_empty())).count()
        };
        (1..=self.order.len()).find(|stride| named(stride) <= shown).unwrap_or(1)
    }

    pub(super) fn category(&self, point: usize) -> Option<&'a str> {
        self.chart.categories.get(point).map(String::as_str)
    }

    /// How the numbers of a scatter chart's other axis are written.
    pub(super) fn x_formats(&self) -> Formats<'a> {
        let of = |series: &crate::chart::Series| {
            let known = series.x.iter().zip(&series.values).filter(|(_, value)| value.is_some());
            known.map(|(x, _)| x.as_f64()).collect::<Vec<_>>()
        };
        let all: Vec<f64> = self.chart.series.iter().flat_map(of).collect();
        let numbers = Numbers::new(&all, None);
        let largest = all.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        Formats {
            language: self.language,
            unit: None,
            divisor: numbers.divisor,
            decimals: numbers.decimals,
            largest,
        }
    }

    /// Whether the text at a value says its unit.
    pub(super) fn has_unit(&self, text: &Text) -> bool {
        let unit = self.chart.unit.as_deref().unwrap_or_default().trim();
        let first = unit.split(' ').next().unwrap_or_default();
        !first.is_empty() && words(text).contains(first)
    }
}

/// A pie leaves out parts without a value; here they come last, as one who fills them in expects to see them.
fn order(chart: &Chart, frame: &ChartFrame) -> Vec<usize> {
    let all = 0..chart.categories.len();
    let rest = all.filter(|category| !frame.order.contains(category));
    frame.order.iter().copied().chain(rest).collect()
}
