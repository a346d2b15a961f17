//! Charts. Each kind is a file; what they share is here: the colours, the numbers and the axis.

use crate::chart::{self, ChartKind};
use crate::display::{Align, Detail, Place, Rect};
use crate::layout::canvas::{Canvas, Setting};
use crate::layout::sizes::LABEL;
use crate::number::Decimal;

mod axis;
mod bars;
mod context;
mod legend;
pub(crate) mod lines;
pub(crate) mod numbers;
mod pie;
mod scale;
mod scatter;

use context::{Colors, Context};
use numbers::Numbers;

/// A chart as wide as this has larger labels.
const WIDE: f64 = 700.0;

/// A chart that is about to be placed.
pub(super) struct Chart<'a> {
    chart: &'a chart::Chart,
}

impl<'a> Chart<'a> {
    pub(super) fn new(_: &mut Canvas<'_>, chart: &'a chart::Chart) -> Self {
        Self { chart }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, bounds: Rect) {
        let chart = self.chart;
        let values: Vec<Vec<Option<f64>>> = chart
            .series
            .iter()
            .map(|series| series.values.iter().map(|value| value.map(Decimal::as_f64)).collect())
            .collect();
        let all: Vec<f64> = values.iter().flatten().flatten().copied().collect();
        let has_parts = chart.kind != ChartKind::Pie || all.iter().any(|value| *value > 0.0);
        if all.is_empty() || !has_parts {
            return empty(canvas, chart, bounds);
        }
        let context = Context {
            chart,
            numbers: Numbers::new(&all, chart.unit.as_deref()),
            colors: Colors::new(chart, canvas.tone),
            label: if bounds.width >= WIDE && bounds.height >= 320.0 { 16.0 } else { LABEL },
            values,
        };
        let frame = match chart.kind {
            ChartKind::Bar | ChartKind::StackedBar => bars::draw(canvas, &context, bounds),
            ChartKind::Line => lines::draw(canvas, &context, bounds),
            ChartKind::Area => lines::draw_areas(canvas, &context, bounds),
            ChartKind::Pie => pie::draw(canvas, &context, bounds),
            ChartKind::Scatter => scatter::draw(canvas, &context, bounds),
        };
        canvas.detail(&chart.id, Detail::Chart(frame));
    }
}

/// A chart without a value: its place, so that it can be filled.
fn empty(canvas: &mut Canvas<'_>, chart: &chart::Chart, bounds: Rect) {
    let of = Place::whole(&chart.id);
    let tone = canvas.tone;
    canvas.fill(Some(&of), bounds, tone.surface, 0.0);
    let setting = Setting::label(LABEL, Align::Center);
    let y = bounds.y + (bounds.height - setting.pitch()) / 2.0;
    let (text, style) = (canvas.locale.no_value, canvas.body(tone.muted));
    canvas.label(Some(&of), text, style, Rect::new(bounds.x, y, bounds.width, setting.pitch()), setting);
}

/// Categories that are named as having no value; more are many.
const MOST_GAPS: usize = 4;

/// What a chart has no value for, as its footer says it.
pub(super) fn gaps(chart: &chart::Chart) -> Vec<String> {
    let mut gaps = Vec::new();
    for series in &chart.series {
        for (category, value) in chart.categories.iter().zip(&series.values) {
            if value.is_some() {
                continue;
            }
            if gaps.len() == MOST_GAPS {
                gaps.push("…".to_owned());
                return gaps;
            }
            let one = chart.series.len() == 1 || series.name.is_empty();
            gaps.push(if one { category.clone() } else { format!("{category} ({})", series.name) });
        }
    }
    gaps
}
