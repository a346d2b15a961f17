//! What shapes are called in PowerPoint's list of them.

use crate::block::Block;
use crate::chart::{Chart, ChartKind};
use crate::deck::Slide;
use crate::display::{Element, Part, Shape};

/// The name of a shape that isn't text.
pub(super) fn shape(slide: &Slide, element: &Element) -> String {
    let Some(of) = &element.of else { return "Decoration".to_owned() };
    let block = slide.all_blocks().into_iter().find(|block| *block.id() == of.block);
    let is_line = matches!(element.shape, Shape::Line(_));
    // What makes words on an image readable lets the image show.
    let is_scrim = matches!(&element.shape, Shape::Rect(rect) if rect.opacity < 1.0);
    match (block, of.part) {
        (_, Some(Part::Step { index, .. })) => format!("Step {}: shape", index + 1),
        (_, Some(Part::Item { index })) => format!("Item {}: shape", index + 1),
        (Some(Block::Metric(_)), None) => "Card".to_owned(),
        (Some(Block::Callout(_)), _) => "Callout: background".to_owned(),
        (Some(Block::Image(_)), _) if is_scrim => "Caption: background".to_owned(),
        (Some(Block::Image(_)), _) => "Picture: background".to_owned(),
        (Some(Block::Quote(_)), _) => "Quote: line".to_owned(),
        (Some(Block::Chart(_)), _) => "Chart: shape".to_owned(),
        (Some(Block::Steps(_)), _) => "Steps: line".to_owned(),
        _ if is_line => "Line".to_owned(),
        _ => "Shape".to_owned(),
    }
}

/// The name of a chart.
pub(super) fn chart(chart: &Chart) -> String {
    let series: Vec<&str> = chart.series.iter().map(|series| series.name.as_str()).collect();
    format!("{}: {}", kind(chart.kind), series.join(", "))
}

fn kind(kind: ChartKind) -> &'static str {
    match kind {
        ChartKind::Bar => "Bar chart",
        ChartKind::StackedBar => "Stacked bar chart",
        ChartKind::Line => "Line chart",
        ChartKind::Area => "Area chart",
        ChartKind::Pie => "Pie chart",
        ChartKind::Scatter => "Scatter chart",
    }
}
