//! Tables of cells that are copied.

use tellr_slides::table::{self, Table, TableColumn};
use tellr_slides::text::RichText;

use super::make::Make;
use crate::prompting::draft::TableDraft;
use crate::prompting::note::{self, NoteKind};
use crate::prompting::source::{Cell, SourceTable};
use crate::prompting::words;

/// More never fit a slide.
const MOST_ROWS: usize = 30;
const MOST_COLUMNS: usize = 8;
/// Characters of a cell.
const CELL: usize = 160;

impl Make<'_> {
    pub(super) fn table(&mut self, draft: &TableDraft) -> Option<Table> {
        match self.source(&draft.source, !draft.own_rows.is_empty()) {
            Some(source) => self.copied_table(draft, source),
            None if draft.own_rows.is_empty() => None,
            None => self.own_table(draft),
        }
    }

    fn copied_table(&mut self, draft: &TableDraft, source: &SourceTable) -> Option<Table> {
        let mut columns: Vec<usize> = Vec::new();
        for name in &draft.columns {
            match source.column(name) {
                Some(column) if !columns.contains(&column) => columns.push(column),
                Some(_) => {}
                None => self.no_column(name, source),
            }
        }
        if columns.is_empty() {
            columns = (0..source.columns.len()).collect();
        }
        if columns.len() > MOST_COLUMNS {
            let text = format!("A table shows the first {MOST_COLUMNS} of {} columns", columns.len());
            note::add(&mut self.notes, NoteKind::LeftOut, text);
            columns.truncate(MOST_COLUMNS);
        }
        if columns.is_empty() {
            return None;
        }
        if source.rows.len() > MOST_ROWS {
            let text = format!("A table shows the first {MOST_ROWS} of {} rows", source.rows.len());
            note::add(&mut self.notes, NoteKind::LeftOut, text);
        }
        let titles = columns
            .iter()
            .map(|column| {
                let (title, unit) = source.shown(*column);
                TableColumn {
                    title: RichText::from_plain(&words::line(&title, CELL)),
                    unit: super::named::unit(&unit),
                }
            })
            .collect();
        let numeric: Vec<bool> = columns.iter().map(|column| source.is_numeric(*column)).collect();
        let cell = |row: &Vec<Cell>, (column, is_numeric): (&usize, &bool)| match row.get(*column) {
            None | Some(Cell::Empty) => table::Cell::Empty,
            Some(Cell::Number(number)) => table::Cell::Number(*number),
            Some(cell @ Cell::Text(text)) => match cell.number().filter(|_| *is_numeric) {
                Some(number) => table::Cell::Number(number),
                None => table::Cell::Text(RichText::from_plain(&words::line(text, CELL))),
            },
        };
        let rows = source.rows.iter().take(MOST_ROWS);
        let rows = rows.map(|row| columns.iter().zip(&numeric).map(|at| cell(row, at)).collect()).collect();
        Some(Table { id: self.ids.block("table"), columns: titles, rows, source: source.named.clone() })
    }
}
