//! What Genie answered.

use serde_json::Value;

use super::wire::{Attachment, Chunk, ListedColumn, MOST_COLUMNS, MOST_ROWS, QueryAttachment, Statement};

/// The longest text of an answer, title, description or statement, in characters.
const LONGEST_TEXT: usize = 20_000;
/// The longest name of a column, in characters.
const LONGEST_NAME: usize = 255;
/// The most texts and suggested questions of an answer.
const MOST_TEXTS: usize = 10;

/// What Genie is doing with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenieStatus {
    /// It has it.
    Submitted,
    /// It reads the descriptions of the tables.
    FetchingMetadata,
    /// It chooses what is relevant.
    FilteringContext,
    /// It asks its model.
    AskingAi,
    /// It waits for the warehouse.
    PendingWarehouse,
    /// The query runs.
    ExecutingQuery,
    /// Something that this code doesn't know.
    Other,
}

impl GenieStatus {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "SUBMITTED" => Self::Submitted,
            "FETCHING_METADATA" => Self::FetchingMetadata,
            "FILTERING_CONTEXT" => Self::FilteringContext,
            "ASKING_AI" => Self::AskingAi,
            "PENDING_WAREHOUSE" => Self::PendingWarehouse,
            "EXECUTING_QUERY" => Self::ExecutingQuery,
            _ => Self::Other,
        }
    }

    /// Its name in the app's own events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::FetchingMetadata => "fetching_metadata",
            Self::FilteringContext => "filtering_context",
            Self::AskingAi => "asking_ai",
            Self::PendingWarehouse => "pending_warehouse",
            Self::ExecutingQuery => "executing_query",
            Self::Other => "working",
        }
    }
}

/// What Genie answered: a text, results, both, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its text; a question back is one too.
    pub text: String,
    /// The results of its queries, in its order.
    pub results: Vec<TableResult>,
    /// Questions that it suggests to ask next.
    pub suggestions: Vec<String>,
}

/// The result of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableResult {
    /// Its title; may be empty.
    pub title: String,
    /// What the query does, in words; may be empty.
    pub description: String,
    /// The statement; may be empty.
    pub sql: String,
    /// Its columns: at most 100.
    pub columns: Vec<Column>,
    /// Its rows, each with a value for each column: at most 1,000.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows the result has in the workspace.
    pub row_count: u64,
    /// Rows or columns are missing here.
    pub truncated: bool,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its SQL type, such as `DECIMAL`, `STRING` or `DATE`; empty if it is not told.
    pub type_name: String,
}

/// What the attachments say, apart from results.
pub(super) fn texts(attachments: &[Attachment]) -> Answer {
    let texts = attachments.iter().filter_map(|one| one.text.as_ref()?.content.as_deref());
    let texts: Vec<String> = texts.take(MOST_TEXTS).filter_map(shortened).collect();
    let suggestions =
        attachments.iter().filter_map(|one| one.suggested_questions.as_ref()?.questions.as_ref());
    let suggestions = suggestions.flatten().filter_map(|text| shortened(text)).take(MOST_TEXTS).collect();
    Answer { text: texts.join("\n\n"), results: Vec::new(), suggestions }
}

/// The result of `query`, whose rows are in `statement`.
pub(super) fn table(query: &QueryAttachment, statement: Statement) -> TableResult {
    let text = |text: &Option<String>| text.as_deref().and_then(shortened).unwrap_or_default();
    let manifest = statement.manifest.unwrap_or_default();
    let Chunk { data_array, data_typed_array, next_chunk_index } = statement.result.unwrap_or_default();
    let listed = manifest.schema.columns.unwrap_or_default();
    let has_all_columns = listed.len() <= MOST_COLUMNS;
    let columns: Vec<Column> =
        listed.into_iter().take(MOST_COLUMNS).enumerate().map(|(at, column)| column_of(at, column)).collect();
    let (mut rows, in_chunk): (Vec<Vec<Option<String>>>, u64) = match (data_array, data_typed_array) {
        (Some(rows), _) => (rows.first.into_iter().map(|row| row.0).collect(), rows.count),
        (None, Some(rows)) => (rows.first.into_iter().map(|row| row.values.0).collect(), rows.count),
        (None, None) => (Vec::new(), 0),
    };
    for row in &mut rows {
        row.resize(columns.len(), None);
    }
    let row_count = manifest.total_row_count.as_ref().and_then(count).unwrap_or(in_chunk).max(in_chunk);
    let has_all_rows = row_count <= rows.len() as u64
        && rows.len() <= MOST_ROWS
        && matches!(next_chunk_index, None | Some(Value::Null));
    let truncated = manifest.truncated.unwrap_or(false) || !has_all_rows || !has_all_columns;
    TableResult {
        title: text(&query.title),
        description: text(&query.description),
        sql: text(&query.query),
        columns,
        rows,
        row_count,
        truncated,
    }
}

fn column_of(at: usize, column: ListedColumn) -> Column {
    let ListedColumn { name, type_name, type_text } = column;
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| format!("column {}", at + 1));
    let cut = |text: String| text.chars().take(LONGEST_NAME).collect();
    Column { name: cut(name), type_name: type_name.or(type_text).map(cut).unwrap_or_default() }
}

/// A number, or a number as text.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The text, unless it is blank.
fn shortened(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(LONGEST_TEXT).collect())
}
