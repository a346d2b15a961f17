//! The foot of a slide: where its numbers come from, and its page's number.

use super::canvas::{Canvas, Setting};
use super::decor;
use super::grid::{FOOTER_BASELINE, GUTTER, Grid};
use super::sizes::FOOTER;
use crate::block::Block;
use crate::deck::{Layout, Slide};
use crate::display::{Align, Rect};
use crate::source::Source;
use crate::text_layout::first_baseline;

/// Room for a page's number that makes room for a logo.
const PAGE: f64 = 40.0;

pub(super) fn draw(canvas: &mut Canvas<'_>, grid: Grid, slide: &Slide, number: usize) {
    let setting = Setting::label(FOOTER, Align::Left);
    let y = FOOTER_BASELINE - first_baseline(FOOTER, setting.line_height);
    let style = canvas.body(canvas.tone.muted);
    let has_image = slide.blocks.iter().any(|block| matches!(block, Block::Image(_)));
    let is_half = slide.layout == Layout::ImageHalf && has_image;
    let is_full = slide.layout == Layout::ImageFull && has_image;
    let columns = if is_half { 5 } else { 10 };
    let is_panel = matches!(slide.layout, Layout::Cover | Layout::Section | Layout::Closing);
    let has_number = !(is_panel || is_half || is_full);
    let at = |from, columns| {
        let (x, width) = grid.columns(from, columns);
        Rect::new(x, y, width, setting.pitch())
    };
    let last = at(11, 1);
    let page = decor::clear_of_logos(canvas.theme, slide.layout, last, Some(PAGE));
    let text = words(canvas, slide);
    if !text.is_empty() {
        let mut line = decor::clear_of_logos(canvas.theme, slide.layout, at(0, columns), None);
        if has_number && page != last {
            line.width = line.width.min((page.x - GUTTER - line.x).max(0.0));
        }
        canvas.label(None, &text, style, line, setting);
    }
    if has_number {
        let setting = Setting { align: Align::Right, ..setting };
        canvas.label(None, &number.to_string(), style, page, setting);
    }
}

/// The sources, each once, and what a chart has no value for.
pub(super) fn words(canvas: &Canvas<'_>, slide: &Slide) -> String {
    let mut labels: Vec<&str> = Vec::new();
    let mut gaps: Vec<String> = Vec::new();
    let own = slide.sources.iter();
    for source in own.chain(slide.all_blocks().into_iter().filter_map(source_of)) {
        let label = source.label.trim();
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    for block in slide.all_blocks() {
        if let Block::Chart(chart) = block {
            gaps.extend(super::chart::gaps(chart));
        }
    }
    let mut text = String::new();
    if !labels.is_empty() {
        text = format!("{}: {}", canvas.locale.source, labels.join(" · "));
    }
    if !gaps.is_empty() {
        let dot = if text.is_empty() { "" } else { ". " };
        text = format!("{text}{dot}{}: {}", canvas.locale.no_value, gaps.join(", "));
    }
    text
}

fn source_of(block: &Block) -> Option<&Source> {
    match block {
        Block::Table(table) => table.source.as_ref(),
        Block::Chart(chart) => chart.source.as_ref(),
        Block::Metric(metric) => metric.source.as_ref(),
        _ => None,
    }
}
