//! A table as CSV (RFC 4180), with a heading line.

use crate::prompting::source::SourceTable;

/// The first rows of a table, at most so many rows and bytes, and how many these are.
pub(super) fn written(source: &SourceTable, most_rows: usize, most_bytes: usize) -> (String, usize) {
    let mut csv = source.columns.iter().map(|column| field(&column.name)).collect::<Vec<_>>().join(",");
    csv.push('\n');
    let mut rows = 0;
    for row in source.rows.iter().take(most_rows) {
        let line = row.iter().map(|cell| field(&cell.text())).collect::<Vec<_>>().join(",");
        if csv.len() + line.len() + 1 > most_bytes {
            break;
        }
        csv.push_str(&line);
        csv.push('\n');
        rows += 1;
    }
    (csv, rows)
}

fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
