//! A deck as a model reads it: its slides with their ids, a line for each block.

use tellr_slides::block::{Block, StepsKind};
use tellr_slides::chart::{Chart, ChartKind};
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::id::SlideId;
use tellr_slides::table::{Cell, Table};

use super::slide_layout::SlideLayout;
use super::tags::{attribute, escaped};
use super::words;

/// Bytes of a deck in a prompt.
const MOST: usize = 32 * 1024;
/// Characters of a block, and of one that isn't selected in a long deck.
const BLOCK: [usize; 3] = [400, 160, 60];
/// Rows of tables and charts.
const ROWS: usize = 6;

/// The deck within its tag. A long one has its slides shortened, those that are selected at last.
pub(super) fn tagged(deck: &Deck, selection: &[SlideId]) -> String {
    let mut text = String::new();
    for detail in [[0, 0], [0, 1], [0, 2], [2, 2]] {
        text = written(deck, selection, detail);
        if text.len() <= MOST {
            return text;
        }
    }
    // Only the titles: a deck of 300 slides is listed whole.
    let mut titles = String::new();
    for (number, slide) in numbered(deck) {
        let title = words::cut(&title_of(slide), 60);
        titles.push_str(&head(slide, number, selection));
        titles.push_str("\ntitle: ");
        titles.push_str(&escaped(&title));
        titles.push_str("\n</slide>\n");
    }
    if titles.len() <= MOST * 2 {
        text = format!("{}\n{titles}</deck>", deck_head(deck));
    }
    text
}

fn numbered(deck: &Deck) -> impl Iterator<Item = (usize, &Slide)> {
    (1..).zip(&deck.slides)
}

fn deck_head(deck: &Deck) -> String {
    format!(
        "<deck title=\"{}\" language=\"{}\" theme=\"{}\">",
        attribute(&words::line(&deck.title, 200)),
        attribute(deck.language.as_deref().unwrap_or_default()),
        attribute(deck.theme.as_str())
    )
}

fn head(slide: &Slide, number: usize, selection: &[SlideId]) -> String {
    let selected = if selection.contains(&slide.id) { " selected=\"true\"" } else { "" };
    let layout = serde_json::to_value(slide.layout).ok();
    let layout = layout.as_ref().and_then(|name| name.as_str()).unwrap_or(SlideLayout::TitleAndText.name());
    format!(
        "<slide id=\"{}\" number=\"{number}\" layout=\"{layout}\"{selected}>",
        attribute(slide.id.as_str())
    )
}

fn written(deck: &Deck, selection: &[SlideId], [selected, others]: [usize; 2]) -> String {
    let mut text = deck_head(deck);
    for (number, slide) in numbered(deck) {
        let is_selected = selection.contains(&slide.id);
        let most = BLOCK[if is_selected { selected } else { others }];
        text.push('\n');
        text.push_str(&head(slide, number, selection));
        let blocks = slide.all_blocks();
        for block in
            blocks.into_iter().filter(|block| !matches!(block, Block::Columns(_) | Block::Divider(_)))
        {
            let line = words::line(&of_block(block), most);
            text.push('\n');
            text.push_str(&escaped(&line));
        }
        text.push_str("\n</slide>");
    }
    text.push_str("\n</deck>");
    text
}

/// The title of a slide; else its first text.
pub(super) fn title_of(slide: &Slide) -> String {
    let title = slide.blocks.iter().find_map(|block| match block {
        Block::Title(heading) => Some(heading.text.plain()),
        _ => None,
    });
    words::line(&title.or_else(|| slide.blocks.first().map(of_block)).unwrap_or_default(), 200)
}

fn of_block(block: &Block) -> String {
    let said = match block {
        Block::Title(one) | Block::Subtitle(one) => one.text.plain(),
        Block::Text(one) => one.text.plain(),
        Block::Callout(one) => one.text.plain(),
        Block::Bullets(list) | Block::Numbered(list) => {
            joined(list.items.iter().map(|item| item.text.plain()))
        }
        Block::Table(table) => of_table(table),
        Block::Chart(chart) => of_chart(chart),
        Block::Image(image) => image.alt.clone(),
        Block::Quote(quote) => {
            format!("{} – {}", quote.text.plain(), quote.by.as_deref().unwrap_or_default())
        }
        Block::Metric(metric) => {
            format!(
                "{}: {} {}",
                metric.label.plain(),
                metric.value,
                metric.unit.as_deref().unwrap_or_default()
            )
        }
        Block::Steps(steps) => {
            let kind = if steps.kind == StepsKind::Timeline { "timeline" } else { "process" };
            let all = steps.steps.iter().map(|step| match &step.when {
                Some(when) => format!("{when} {}", step.title.plain()),
                None => step.title.plain(),
            });
            format!("{kind}: {}", joined(all))
        }
        Block::Columns(_) | Block::Divider(_) => String::new(),
    };
    format!("{}: {said}", block.kind())
}

fn joined(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("; ")
}

fn of_table(table: &Table) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.plain(),
        Cell::Empty => "–".to_owned(),
    };
    let columns = table.columns.iter().map(|column| column.title.plain()).collect::<Vec<_>>().join(", ");
    let rows = table.rows.iter().take(ROWS).map(|row| row.iter().map(cell).collect::<Vec<_>>().join(", "));
    format!("columns {columns}; {} rows: {}", table.rows.len(), joined(rows))
}

fn of_chart(chart: &Chart) -> String {
    let names = chart.series.iter().map(|series| series.name.as_str()).collect::<Vec<_>>().join(", ");
    let value = |value: Option<tellr_slides::number::Decimal>| {
        value.map_or_else(|| "–".to_owned(), |value| value.to_string())
    };
    let kind = serde_json::to_value(chart.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("bar");
    let points = chart.series.iter().map(|series| series.values.len()).max().unwrap_or_default();
    let rows = (0..points.min(ROWS)).map(|at| {
        let values = chart.series.iter().map(|series| value(series.values.get(at).copied().flatten()));
        let values = values.collect::<Vec<_>>().join(", ");
        if chart.kind == ChartKind::Scatter {
            let x = chart.series.first().and_then(|series| series.x.get(at)).map(ToString::to_string);
            return format!("{}, {values}", x.unwrap_or_default());
        }
        format!("{}, {values}", chart.categories.get(at).map(String::as_str).unwrap_or_default())
    });
    let unit = chart.unit.as_deref().unwrap_or_default();
    format!("{kind} of {names} in {unit}; {points} points: {}", joined(rows))
}
