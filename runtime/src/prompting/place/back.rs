//! A slide as a draft: what a model sees of a slide that it is to write anew.
//!
//! The data of charts and tables is given as sources `D1`, `D2`…, from which the new draft copies. A column's
//! unit is kept beside its name, so that it comes back as it was.

use std::collections::BTreeSet;

use tellr_slides::block::{Block, Metric, Step};
use tellr_slides::chart::{Chart, ChartKind, Series};
use tellr_slides::deck::Slide;
use tellr_slides::number::Decimal;
use tellr_slides::source::Source;
use tellr_slides::table::{self, Table};

use crate::prompting::draft::{ChartDraft, ColumnDraft, MetricDraft, SlideDraft, StepDraft, TableDraft};
use crate::prompting::source::{Cell, ColumnKind, Shown, SourceColumn, SourceTable};

impl SlideDraft {
    /// The draft that a slide would have been made of, and its data as `D1`, `D2`…
    pub fn of(slide: &Slide) -> (Self, Vec<SourceTable>) {
        let mut back = Back {
            draft: Self { layout: slide.layout.into(), notes: slide.notes.clone(), ..Self::default() },
            data: Vec::new(),
        };
        let subtitles = slide.blocks.iter().filter(|block| matches!(block, Block::Subtitle(_))).count();
        // As layout reads them: two subtitles of a comparison head its sides.
        let heads_sides = slide.layout == tellr_slides::deck::Layout::Comparison && subtitles > 1;
        back.blocks(&slide.blocks, heads_sides);
        (back.draft, back.data)
    }
}

struct Back {
    draft: SlideDraft,
    data: Vec<SourceTable>,
}

impl Back {
    fn blocks(&mut self, blocks: &[Block], heads_sides: bool) {
        for block in blocks {
            match block {
                Block::Subtitle(one) if heads_sides => {
                    let heading = one.text.as_str().to_owned();
                    self.draft.columns.push(ColumnDraft { heading, bullets: Vec::new() });
                }
                Block::Bullets(_) | Block::Numbered(_) | Block::Text(_)
                    if heads_sides && !self.draft.columns.is_empty() =>
                {
                    if let Some(column) = self.draft.columns.last_mut() {
                        column.bullets.extend(lines(block));
                    }
                }
                _ => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let draft = &mut self.draft;
        match block {
            Block::Title(one) if draft.title.is_empty() => {
                one.text.as_str().clone_into(&mut draft.title);
            }
            Block::Subtitle(one) if draft.subtitle.is_empty() => {
                one.text.as_str().clone_into(&mut draft.subtitle);
            }
            Block::Title(one) | Block::Subtitle(one) => append(&mut draft.text, one.text.as_str()),
            Block::Text(one) => append(&mut draft.text, one.text.as_str()),
            Block::Bullets(_) | Block::Numbered(_) => draft.bullets.extend(lines(block)),
            Block::Callout(one) if draft.takeaway.is_empty() => {
                one.text.as_str().clone_into(&mut draft.takeaway);
                draft.takeaway_meaning = one.meaning;
            }
            Block::Callout(one) => append(&mut draft.text, one.text.as_str()),
            Block::Quote(one) if draft.quote.is_empty() => {
                one.text.as_str().clone_into(&mut draft.quote);
                draft.quote_by = one.by.clone().unwrap_or_default();
            }
            Block::Quote(one) => append(&mut draft.text, one.text.as_str()),
            Block::Metric(one) => draft.metrics.push(metric(one)),
            Block::Steps(one) => draft.steps.extend(one.steps.iter().map(step)),
            Block::Chart(one) => self.chart(one),
            Block::Table(one) => self.table(one),
            Block::Columns(columns) => {
                let is_plain = |block: &Block| {
                    matches!(
                        block,
                        Block::Subtitle(_) | Block::Bullets(_) | Block::Numbered(_) | Block::Text(_)
                    )
                };
                if columns.columns.iter().all(|column| column.blocks.iter().all(is_plain)) {
                    draft.columns.extend(columns.columns.iter().map(|column| headed(&column.blocks)));
                } else {
                    for column in &columns.columns {
                        for block in &column.blocks {
                            self.block(block);
                        }
                    }
                }
            }
            // Images stay with the slide.
            Block::Image(_) | Block::Divider(_) => {}
        }
    }

    fn next(&self) -> String {
        format!("D{}", self.data.len() + 1)
    }

    fn table(&mut self, table: &Table) {
        let mut names = Names::default();
        let columns: Vec<SourceColumn> = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = table.rows.iter().filter_map(|row| row.get(index));
                let is_number = cells.clone().any(|cell| matches!(cell, table::Cell::Number(_)));
                SourceColumn {
                    name: names.unique(&column.title.plain(), "Column"),
                    kind: if is_number { ColumnKind::Number } else { ColumnKind::Text },
                    shown: Some(Shown {
                        title: column.title.plain(),
                        unit: column.unit.clone().unwrap_or_default(),
                    }),
                }
            })
            .collect();
        let cell = |cell: &table::Cell| match cell {
            table::Cell::Number(number) => Cell::Number(*number),
            table::Cell::Text(text) => Cell::Text(text.plain()),
            table::Cell::Empty => Cell::Empty,
        };
        let rows = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        self.draft.tables.push(TableDraft {
            source: self.next(),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            ..TableDraft::default()
        });
        self.add("table on this slide", columns, rows, table.source.clone());
    }

    fn chart(&mut self, chart: &Chart) {
        let mut names = Names::default();
        let first = if chart.kind == ChartKind::Scatter { "x" } else { "Category" };
        let categories = names.unique(first, first);
        let unit = chart.unit.clone().unwrap_or_default();
        let values: Vec<String> =
            chart.series.iter().map(|series| names.unique(&series.name, "Series")).collect();
        let rows = if chart.kind == ChartKind::Scatter { points(&chart.series) } else { by_category(chart) };
        let kind = if chart.kind == ChartKind::Scatter { ColumnKind::Number } else { ColumnKind::Text };
        let mut columns = vec![SourceColumn { name: categories.clone(), kind, shown: None }];
        columns.extend(values.iter().zip(&chart.series).map(|(name, series)| SourceColumn {
            name: name.clone(),
            kind: ColumnKind::Number,
            shown: Some(Shown { title: series.name.clone(), unit: unit.clone() }),
        }));
        let highlight = chart.highlight.clone().unwrap_or_default();
        let of_series = chart.series.iter().position(|series| series.id.as_str() == highlight);
        self.draft.charts.push(ChartDraft {
            kind: chart.kind,
            source: self.next(),
            categories,
            highlight: of_series.map_or(highlight, |at| values[at].clone()),
            values,
            unit,
            ..ChartDraft::default()
        });
        self.add("chart on this slide", columns, rows, chart.source.clone());
    }

    fn add(&mut self, label: &str, columns: Vec<SourceColumn>, rows: Vec<Vec<Cell>>, named: Option<Source>) {
        let id = self.next();
        self.data.push(SourceTable { id, label: label.to_owned(), columns, rows, truncated: false, named });
    }
}

/// Names of columns, each once, as a draft names a column by it.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn unique(&mut self, name: &str, otherwise: &str) -> String {
        let base = if name.trim().is_empty() { otherwise } else { name.trim() };
        let mut name = base.to_owned();
        let mut number = 1;
        while !self.0.insert(name.to_lowercase()) {
            number += 1;
            name = format!("{base} {number}");
        }
        name
    }
}

fn by_category(chart: &Chart) -> Vec<Vec<Cell>> {
    let of = |value: Option<Decimal>| value.map_or(Cell::Empty, Cell::Number);
    let rows = chart.categories.iter().enumerate().map(|(at, category)| {
        let values = chart.series.iter().map(|series| of(series.values.get(at).copied().flatten()));
        [Cell::Text(category.clone())].into_iter().chain(values).collect()
    });
    rows.collect()
}

/// The points of a scatter chart: rows that are alike in x where all series are, else a row for each point.
fn points(series: &[Series]) -> Vec<Vec<Cell>> {
    let of = |value: Option<Decimal>| value.map_or(Cell::Empty, Cell::Number);
    let shared = series.windows(2).all(|two| two[0].x == two[1].x);
    let mut rows = Vec::new();
    if let (true, Some(first)) = (shared, series.first()) {
        for (at, x) in first.x.iter().enumerate() {
            let values = series.iter().map(|one| of(one.values.get(at).copied().flatten()));
            rows.push([Cell::Number(*x)].into_iter().chain(values).collect());
        }
        return rows;
    }
    for (index, one) in series.iter().enumerate() {
        for (x, value) in one.x.iter().zip(&one.values) {
            let mut row = vec![Cell::Empty; series.len() + 1];
            row[0] = Cell::Number(*x);
            row[index + 1] = of(*value);
            rows.push(row);
        }
    }
    rows
}

fn lines(block: &Block) -> Vec<String> {
    match block {
        Block::Bullets(list) | Block::Numbered(list) => {
            list.items.iter().map(|item| item.text.as_str().to_owned()).collect()
        }
        Block::Text(one) => vec![one.text.as_str().to_owned()],
        _ => Vec::new(),
    }
}

fn headed(blocks: &[Block]) -> ColumnDraft {
    let mut column = ColumnDraft::default();
    for block in blocks {
        match block {
            Block::Subtitle(one) if column.heading.is_empty() => {
                one.text.as_str().clone_into(&mut column.heading);
            }
            Block::Subtitle(one) => column.bullets.push(one.text.as_str().to_owned()),
            other => column.bullets.extend(lines(other)),
        }
    }
    column
}

fn metric(metric: &Metric) -> MetricDraft {
    let change = metric.change.as_ref();
    MetricDraft {
        label: metric.label.as_str().to_owned(),
        value: metric.value,
        unit: metric.unit.clone().unwrap_or_default(),
        change: change.map_or(Decimal::ZERO, |change| change.value),
        change_unit: change.and_then(|change| change.unit.clone()).unwrap_or_default(),
        meaning: change.map(|change| change.meaning).unwrap_or_default(),
    }
}

fn step(step: &Step) -> StepDraft {
    StepDraft {
        title: step.title.as_str().to_owned(),
        when: step.when.clone().unwrap_or_default(),
        text: step.text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default(),
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}
