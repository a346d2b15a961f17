//! Reads the JSON of a form: lenient in form, strict in bounds.
//!
//! A field that is missing or `null` is empty, a number may be a string, a single value may stand for a list,
//! and fields that aren't known are ignored. What is too long or too many is cut, with a note.

use serde_json::Value;
use tellr_slides::number::Decimal;

use super::note::{self, Note, NoteKind};
use super::numbers;
use super::slide_layout::SlideLayout;
use super::words;

/// A value that stands for nothing.
const NOTHING: Value = Value::Null;

/// Reads the fields of one object.
pub(super) struct Reader<'a> {
    value: &'a Value,
    notes: Vec<Note>,
}

impl<'a> Reader<'a> {
    /// Of a whole answer. It may stand in a list of one, or under a single name as in `{"slide": {…}}`.
    pub(super) fn new(value: &'a Value, wanted: &str) -> Result<Self, String> {
        let value = match value {
            Value::Array(list) if list.len() == 1 => &list[0],
            Value::Object(fields) if fields.len() == 1 => match fields.values().next() {
                Some(inner @ Value::Object(_)) => inner,
                _ => value,
            },
            _ => value,
        };
        if value.is_object() {
            Ok(Self { value, notes: Vec::new() })
        } else {
            Err(format!("The answer isn't a JSON object. Answer with {wanted} and nothing else."))
        }
    }

    fn within(value: &'a Value) -> Self {
        Self { value, notes: Vec::new() }
    }

    fn field(&self, name: &str) -> &'a Value {
        self.value.get(name).unwrap_or(&NOTHING)
    }

    /// A text of one line.
    pub(super) fn line(&mut self, name: &str, most: usize) -> String {
        let text = text_of(self.field(name));
        let cleaned = words::line(&text, most);
        self.note_cut(&text, &cleaned, most, name);
        cleaned
    }

    /// A text of several lines.
    pub(super) fn text(&mut self, name: &str, most: usize) -> String {
        let text = text_of(self.field(name));
        let cleaned = words::text(&text, most);
        self.note_cut(&text, &cleaned, most, name);
        cleaned
    }

    fn note_cut(&mut self, text: &str, cleaned: &str, most: usize, name: &str) {
        if cleaned.ends_with('…') && !text.trim_end().ends_with('…') {
            let text = format!("A text (`{name}`) was longer than {most} characters and was shortened");
            note::add(&mut self.notes, NoteKind::Shortened, text);
        }
    }

    /// Texts of one line each; empty ones are left out.
    pub(super) fn lines(&mut self, name: &str, most: usize, characters: usize) -> Vec<String> {
        let values = listed(self.field(name));
        let mut lines: Vec<String> = values
            .iter()
            .take(most.saturating_mul(4))
            .map(|value| words::line(&text_of(value), characters))
            .filter(|line| !line.is_empty())
            .collect();
        if lines.len() > most {
            self.note_many(name, most);
            lines.truncate(most);
        }
        lines
    }

    /// Rows of cells; a cell may be empty.
    pub(super) fn rows(&mut self, name: &str, most: [usize; 2], characters: usize) -> Vec<Vec<String>> {
        let values = listed(self.field(name));
        if values.len() > most[0] {
            self.note_many(name, most[0]);
        }
        let cell = |value: &Value| words::line(&text_of(value), characters);
        let row = |value: &Value| match value {
            Value::Array(cells) => cells.iter().take(most[1]).map(cell).collect(),
            other => vec![cell(other)],
        };
        values.iter().take(most[0]).map(row).collect()
    }

    /// A number; none if there is none.
    pub(super) fn number(&self, name: &str) -> Option<Decimal> {
        number_of(self.field(name))
    }

    /// Numbers; 0 where there is none, as the place of each has a meaning. The flag says whether one was missing.
    pub(super) fn numbers(&mut self, name: &str, most: usize) -> Vec<Option<Decimal>> {
        let values = listed(self.field(name));
        if values.len() > most {
            self.note_many(name, most);
        }
        values.iter().take(most).map(number_of).collect()
    }

    /// Objects.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        what: &str,
        mut read: impl FnMut(&mut Reader<'a>) -> T,
    ) -> Vec<T> {
        let values = listed(self.field(name));
        if values.len() > most {
            self.note_many(what, most);
        }
        let mut all = Vec::new();
        for value in values.iter().take(most) {
            let mut inner = Reader::within(value);
            all.push(read(&mut inner));
            for one in inner.notes {
                note::add(&mut self.notes, one.kind, one.text);
            }
        }
        all
    }

    fn note_many(&mut self, what: &str, most: usize) {
        let text = format!("There were more than {most} `{what}`; the first {most} were taken");
        note::add(&mut self.notes, NoteKind::LeftOut, text);
    }

    /// The layout.
    pub(super) fn layout(&mut self) -> SlideLayout {
        let name = text_of(self.field("layout"));
        let (layout, is_exact) = SlideLayout::named(&name);
        if !is_exact && !name.trim().is_empty() {
            let text =
                format!("The layout “{}” isn't known; `{}` was taken", words::line(&name, 40), layout.name());
            note::add(&mut self.notes, NoteKind::Changed, text);
        }
        layout
    }

    /// A word out of a few, compared without case, spaces and hyphens.
    pub(super) fn word(&self, name: &str) -> String {
        let text = text_of(self.field(name));
        text.trim().to_lowercase().replace([' ', '-'], "_").chars().take(40).collect()
    }

    /// Adds a note.
    pub(super) fn note(&mut self, kind: NoteKind, text: impl Into<String>) {
        note::add(&mut self.notes, kind, text);
    }

    /// What was noted.
    pub(super) fn into_notes(self) -> Vec<Note> {
        self.notes
    }
}

/// A list; a value that isn't one is a list of one, and nothing is an empty one.
fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        Value::String(text) if text.trim().is_empty() => &[],
        one => std::slice::from_ref(one),
    }
}

/// What a value says as text. Of an object, the first of its texts that usually holds what is meant.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Array(list) => {
            let texts: Vec<&str> = list.iter().take(50).filter_map(Value::as_str).collect();
            texts.join("\n")
        }
        Value::Object(fields) => {
            let known = ["text", "content", "title", "label", "name", "value"];
            known.iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default().to_owned()
        }
        Value::Null => String::new(),
    }
}

fn number_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.as_f64().and_then(|number| Decimal::rounded(number).ok()),
        Value::String(text) => numbers::parsed(text),
        _ => None,
    }
}
