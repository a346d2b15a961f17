//! Genie's answers as they arrive, with a bound for each part.
//!
//! Values are texts, whatever their type: `"3.336E8"` is a number if its column's type says so. They are
//! passed on as they are; a value is read where its meaning is known.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

/// The most rows of a result.
pub(super) const MOST_ROWS: usize = 1_000;
/// The most columns of a result.
pub(super) const MOST_COLUMNS: usize = 100;

/// A page of spaces.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Spaces {
    pub(super) spaces: Vec<ListedSpace>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListedSpace {
    pub(super) space_id: Option<String>,
    /// An older name of the same.
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
}

/// The answer to a question that was sent: a new conversation with its message, or a message.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    pub(super) conversation_id: Option<String>,
    pub(super) message_id: Option<String>,
    pub(super) id: Option<String>,
    pub(super) conversation: Option<Named>,
    pub(super) message: Option<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) id: Option<String>,
}

/// A message that is worked on, or done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedMessage {
    pub(super) status: Option<String>,
    pub(super) attachments: Option<Vec<Attachment>>,
    pub(super) error: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Attachment {
    #[serde(rename = "attachment_id")]
    pub(super) named: Option<String>,
    /// An older name of the same; both may be there.
    pub(super) id: Option<String>,
    pub(super) text: Option<TextAttachment>,
    pub(super) query: Option<QueryAttachment>,
    pub(super) suggested_questions: Option<Suggested>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TextAttachment {
    pub(super) content: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct QueryAttachment {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) query: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Suggested {
    pub(super) questions: Option<Vec<String>>,
}

/// The result of a query.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct QueryResult {
    pub(super) statement_response: Statement,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Statement {
    pub(super) status: StatementStatus,
    pub(super) manifest: Option<Manifest>,
    pub(super) result: Option<Chunk>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StatementStatus {
    pub(super) state: Option<String>,
    pub(super) error: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    pub(super) schema: TableSchema,
    /// A number, or a number as text.
    pub(super) total_row_count: Option<Value>,
    pub(super) truncated: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TableSchema {
    pub(super) columns: Option<Vec<ListedColumn>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListedColumn {
    pub(super) name: Option<String>,
    pub(super) type_name: Option<String>,
    pub(super) type_text: Option<String>,
}

/// The first chunk of the rows; further chunks would have more than [`MOST_ROWS`].
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    pub(super) data_array: Option<Rows<Row>>,
    /// The older form of the same.
    pub(super) data_typed_array: Option<Rows<TypedRow>>,
    pub(super) next_chunk_index: Option<Value>,
}

/// The first rows, and how many there were.
pub(super) struct Rows<R> {
    pub(super) first: Vec<R>,
    pub(super) count: u64,
}

/// The first values of a row.
pub(super) struct Row(pub(super) Vec<Option<String>>);

#[derive(Deserialize)]
pub(super) struct TypedRow {
    pub(super) values: TypedValues,
}

pub(super) struct TypedValues(pub(super) Vec<Option<String>>);

/// A list of which only the first elements are kept.
struct First<T> {
    most: usize,
    of: std::marker::PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for First<T> {
    type Value = (Vec<T>, u64);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = Vec::new();
        let mut count = 0;
        while first.len() < self.most
            && let Some(element) = list.next_element()?
        {
            first.push(element);
            count += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok((first, count))
    }
}

fn first<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    most: usize,
    deserializer: D,
) -> Result<(Vec<T>, u64), D::Error> {
    deserializer.deserialize_seq(First { most, of: std::marker::PhantomData })
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (first, count) = first(MOST_ROWS, deserializer)?;
        Ok(Self { first, count })
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (values, _) = first::<Value, D>(MOST_COLUMNS, deserializer)?;
        Ok(Self(values.into_iter().map(text_of).collect()))
    }
}

impl<'de> Deserialize<'de> for TypedValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (values, _) = first::<Value, D>(MOST_COLUMNS, deserializer)?;
        Ok(Self(values.into_iter().map(|mut value| text_of(value["str"].take())).collect()))
    }
}

/// A value as text; `None` for none.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
