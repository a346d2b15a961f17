//! Numbers that a model wrote itself: metrics, and charts and tables without a source.

use tellr_slides::block::{Change, Metric};
use tellr_slides::chart::{Chart, ChartKind, Series};
use tellr_slides::id::SeriesId;
use tellr_slides::number::Decimal;
use tellr_slides::source::Source;
use tellr_slides::table::{Cell, Table, TableColumn};
use tellr_slides::text::RichText;

use super::make::{Make, NAME};
use super::named::{highlighted, source_of, unit};
use super::truth::{self, Origin, OwnRow};
use crate::prompting::draft::{ChartDraft, MetricDraft, TableDraft};
use crate::prompting::note::{self, NoteKind};
use crate::prompting::{numbers, words};

impl Make<'_> {
    pub(super) fn metric(&mut self, draft: &MetricDraft) -> Metric {
        let id = self.ids.block("metric");
        let change = (draft.change != Decimal::ZERO).then(|| Change {
            value: draft.change,
            unit: unit(&draft.change_unit),
            meaning: draft.meaning,
        });
        let mut origins = vec![self.truth.of_number(draft.value, &draft.unit)];
        if let Some(change) = &change {
            origins.push(self.truth.of_number(change.value, &draft.change_unit));
        }
        let number = format!("{} {}", draft.value, draft.unit);
        let kept = self.kept_source(&id);
        let source = self.named(&origins, kept, number.trim());
        Metric {
            id,
            value: draft.value,
            unit: unit(&draft.unit),
            label: words::rich_within(&draft.label, NAME),
            change,
            source,
        }
    }

    /// What numbers of a model's own name as their source: that of the data if all are known, else a mark.
    /// Where the person gave them, what stood there before.
    fn named(&mut self, origins: &[Origin], kept: Option<Source>, what: &str) -> Option<Source> {
        if origins.contains(&Origin::Unknown) {
            let text = format!("Not from the data, so check it: {what}");
            note::add(&mut self.notes, NoteKind::NotFromData, text);
            return Some(truth::mark(self.placing.language));
        }
        let data = origins.iter().find_map(|origin| match origin {
            Origin::Data(source) => source.clone(),
            _ => None,
        });
        data.or(kept.filter(|source| !truth::is_mark(source)))
    }

    fn kept_source(&self, id: &tellr_slides::id::BlockId) -> Option<Source> {
        let blocks = self.placing.kept?.all_blocks();
        blocks.into_iter().find(|block| block.id() == id).and_then(source_of).cloned()
    }

    pub(super) fn own_chart(&mut self, draft: &ChartDraft) -> Chart {
        let mut series: Vec<Series> = draft
            .own_series
            .iter()
            .enumerate()
            .filter_map(|(index, own)| {
                let name = if own.name.is_empty() && draft.own_series.len() > 1 {
                    (index + 1).to_string()
                } else {
                    words::line(&own.name, NAME)
                };
                let id = SeriesId::try_from(format!("s{}", index + 1)).ok()?;
                Some(Series { id, name, values: own.values.clone(), x: Vec::new() })
            })
            .collect();
        let mut kind = draft.kind;
        let mut categories: Vec<String> =
            draft.own_categories.iter().map(|category| words::line(category, NAME)).collect();
        if kind == ChartKind::Scatter {
            // The categories are the x values if they are numbers.
            let x: Vec<Decimal> =
                categories.iter().filter_map(|category| numbers::parsed(category)).collect();
            if x.len() == categories.len() && !x.is_empty() {
                for one in &mut series {
                    one.values.truncate(x.len());
                    one.x = x[..one.values.len()].to_vec();
                }
                categories.clear();
            } else {
                kind = ChartKind::Bar;
                note::add(
                    &mut self.notes,
                    NoteKind::Changed,
                    "A scatter chart without two rows of numbers became bars",
                );
            }
        }
        if kind != ChartKind::Scatter {
            let length = series.iter().map(|one| one.values.len()).max().unwrap_or_default();
            for at in categories.len()..length {
                categories.push((at + 1).to_string());
            }
            for one in &mut series {
                one.values.resize(categories.len(), None);
            }
        }
        let rows: Vec<OwnRow> = series
            .iter()
            .flat_map(|one| {
                let names = |at: usize| categories.get(at).cloned().into_iter().collect();
                let row = move |(at, value): (usize, &Option<Decimal>)| {
                    let numbers = value.iter().chain(one.x.get(at)).copied().collect();
                    value.is_some().then(|| OwnRow { names: names(at), numbers })
                };
                one.values.iter().enumerate().filter_map(row).collect::<Vec<_>>()
            })
            .collect();
        let origins = [self.truth.of_rows(&rows, &draft.unit)];
        let source = self.named(&origins, None, "the numbers of a chart");
        let highlight = highlighted(&draft.highlight, &categories, &series);
        let id = self.ids.block("chart");
        Chart { id, kind, categories, series, unit: unit(&draft.unit), axis: None, highlight, source }
    }

    pub(super) fn own_table(&mut self, draft: &TableDraft) -> Option<Table> {
        let width = draft.own_rows.iter().map(Vec::len).chain([draft.own_columns.len()]).max()?.min(10);
        if width == 0 {
            return None;
        }
        let mut columns = Vec::new();
        let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); draft.own_rows.len()];
        let mut origins = Vec::new();
        let mut rows: Vec<OwnRow> = draft.own_rows.iter().map(|_| OwnRow::default()).collect();
        for column in 0..width {
            let texts: Vec<&str> =
                draft.own_rows.iter().map(|row| row.get(column).map_or("", String::as_str)).collect();
            let title = draft.own_columns.get(column).map_or("", String::as_str);
            let (title, counted) = crate::prompting::source::shown_name(title);
            // A column of plain numbers holds numbers; others, as in `12 %`, are shown as they are written.
            let is_empty = |text: &str| text.is_empty() || matches!(text, "-" | "–" | "—" | "n/a");
            let number = |text: &str| {
                let is_plain =
                    text.chars().all(|c| c.is_ascii_digit() || " .,'’+-\u{2212}\u{202f}".contains(c));
                numbers::parsed(text).filter(|_| is_plain)
            };
            let filled = texts.iter().filter(|text| !is_empty(text)).count();
            let is_number = filled > 0 && texts.iter().all(|text| is_empty(text) || number(text).is_some());
            for ((row, own), text) in cells.iter_mut().zip(&mut rows).zip(&texts) {
                row.push(match number(text) {
                    _ if is_empty(text) => Cell::Empty,
                    Some(number) if is_number => {
                        // Years and counts of a few say nothing about data.
                        let is_year = (1900.0..=2100.0).contains(&number.as_f64());
                        if is_year {
                            own.names.push((*text).to_owned());
                        } else {
                            own.numbers.push(number);
                        }
                        Cell::Number(number)
                    }
                    _ => {
                        let claims = numbers::written_in(text);
                        origins.extend(
                            claims
                                .iter()
                                .filter(|one| one.is_percent || one.is_money)
                                .map(|one| self.truth.origin(one)),
                        );
                        own.names.push((*text).to_owned());
                        Cell::Text(words::rich_within(text, 160))
                    }
                });
            }
            columns.push(TableColumn { title: RichText::from_plain(&title), unit: unit(&counted) });
        }
        if rows.iter().any(|row| !row.numbers.is_empty()) {
            origins.push(self.truth.of_rows(&rows, ""));
        }
        let source = self.named(&origins, None, "the numbers of a table");
        Some(Table { id: self.ids.block("table"), columns, rows: cells, source })
    }
}
