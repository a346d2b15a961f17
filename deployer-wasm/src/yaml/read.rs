//! From text to values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};
use serde_json::{Map, Number, Value};

/// How deep values may be nested. A configuration needs four.
pub(super) const DEPTH_LIMIT: usize = 32;
/// How many values a file may have, aliases written out. An `app.yaml` has dozens.
const SIZE_LIMIT: usize = 20_000;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is no YAML, or not what is read here.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// For people.
        problem: String,
    },
    /// It has an anchor, an alias, a tag or a merge key.
    Reference {
        /// From 1.
        line: usize,
    },
}

/// Reads one document that means what it shows. Plain scalars have the types of YAML 1.2's core
/// schema.
///
/// # Errors
/// Besides what is no YAML: references, a second document, a key that stands twice, a number that
/// is not finite, absurdly deep nesting.
pub fn read(text: &str) -> Result<Value, Problem> {
    Reader { rules: Rules::Strict, ..Reader::new(text) }.document()
}

/// Reads the first document, whatever oddities it has. All scalars but the empty ones are texts, as
/// they were written: `8000` and `1.0` as well. Aliases are written out, tags passed over, and of a
/// key that stands twice the last counts.
///
/// # Errors
/// What is no YAML, and what grows beyond all measure when its aliases are written out.
pub fn read_texts(text: &str) -> Result<Value, Problem> {
    Reader { rules: Rules::Tolerant, ..Reader::new(text) }.document()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Strict,
    Tolerant,
}

/// A collection that is not complete yet.
struct Open {
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Value>),
    /// The entries, and the key that waits for its value.
    Map(Map<String, Value>, Option<String>),
}

#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

struct Reader<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    rules: Rules,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Value>,
    /// How many values there are.
    size: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            events: Parser::new_from_str(text),
            rules: Rules::Strict,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            size: 0,
        }
    }

    fn document(mut self) -> Result<Value, Problem> {
        let mut document = None;
        while let Some(event) = self.events.next() {
            let (event, span) = event.map_err(|error| self.refused(&error))?;
            let at = Place { line: span.start.line(), column: span.start.col() + 1 };
            if let Some(complete) = self.take(event, at, document.is_some())? {
                if self.rules == Rules::Tolerant {
                    return Ok(complete);
                }
                document = Some(complete);
            }
        }
        Ok(document.unwrap_or_default())
    }

    /// Takes an event; answers the document when it is complete.
    fn take(&mut self, event: Event<'_>, at: Place, complete: bool) -> Result<Option<Value>, Problem> {
        match event {
            Event::DocumentStart(_) if complete => {
                Err(at.syntax("a second document begins here, and only one is read"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_reference(anchor != 0 || tag.is_some(), at)?;
                if self.rules == Rules::Strict && style == ScalarStyle::Plain && text == "<<" && self.is_key()
                {
                    return Err(Problem::Reference { line: at.line });
                }
                let value = match (style, self.rules) {
                    (ScalarStyle::Plain, Rules::Strict) => resolve(text, at)?,
                    (ScalarStyle::Plain, Rules::Tolerant) if is_null(&text) => Value::Null,
                    _ => Value::String(text.into_owned()),
                };
                self.complete(value, anchor, at)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Items::List(Vec::new()), anchor, tag.is_some(), at)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Items::Map(Map::new(), None), anchor, tag.is_some(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { anchor, items }) => {
                    let value = match items {
                        Items::List(list) => Value::Array(list),
                        Items::Map(map, _) => Value::Object(map),
                    };
                    self.complete(value, anchor, at)
                }
                None => Ok(None),
            },
            Event::Alias(anchor) => {
                self.refuse_reference(true, at)?;
                let value = self.anchors.get(&anchor).cloned().unwrap_or_default();
                self.count(size_of(&value), at)?;
                self.complete(value, 0, at)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(None),
        }
    }

    fn begin(
        &mut self,
        items: Items,
        anchor: usize,
        tagged: bool,
        at: Place,
    ) -> Result<Option<Value>, Problem> {
        self.refuse_reference(anchor != 0 || tagged, at)?;
        if self.open.len() == DEPTH_LIMIT {
            return Err(at.too_deep());
        }
        self.open.push(Open { anchor, items });
        Ok(None)
    }

    /// Puts a value where it belongs; answers it if it belongs nowhere, being the document.
    fn complete(&mut self, value: Value, anchor: usize, at: Place) -> Result<Option<Value>, Problem> {
        self.count(1, at)?;
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.items) {
            None => return Ok(Some(value)),
            Some(Items::List(list)) => list.push(value),
            Some(Items::Map(map, waiting @ None)) => {
                let key = match value {
                    Value::String(key) => key,
                    // A number or `true` as a key is unknown, and is told as it was written.
                    other => other.to_string(),
                };
                if self.rules == Rules::Strict && map.contains_key(&key) {
                    return Err(at.syntax(format!("the key `{}` stands here twice", key.escape_debug())));
                }
                *waiting = Some(key);
            }
            Some(Items::Map(map, waiting)) => {
                map.insert(waiting.take().unwrap_or_default(), value);
            }
        }
        Ok(None)
    }

    /// What the parser refused, where it can be told better than in its words.
    fn refused(&self, error: &ScanError) -> Problem {
        let at = Place { line: error.marker().line(), column: error.marker().col() + 1 };
        match error.info() {
            "recursion limit exceeded" => at.too_deep(),
            info if info.ends_with("unknown anchor") => Problem::Reference { line: at.line },
            // It tells where the value begins that the tab stands in, which may be lines above.
            info if info.contains("tab") => tab(self.text, at.line).unwrap_or(at).syntax(info),
            info => at.syntax(info),
        }
    }

    /// Whether what comes next is a key.
    fn is_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { items: Items::Map(_, None), .. }))
    }

    fn refuse_reference(&self, is_one: bool, at: Place) -> Result<(), Problem> {
        if is_one && self.rules == Rules::Strict {
            return Err(Problem::Reference { line: at.line });
        }
        Ok(())
    }

    fn count(&mut self, values: usize, at: Place) -> Result<(), Problem> {
        self.size += values;
        if self.size > SIZE_LIMIT {
            return Err(at.syntax(format!("there are more than {SIZE_LIMIT} values")));
        }
        Ok(())
    }
}

impl Place {
    fn syntax(self, problem: impl Into<String>) -> Problem {
        Problem::Syntax { line: self.line, column: self.column, problem: problem.into() }
    }

    fn too_deep(self) -> Problem {
        self.syntax(format!("values are nested more than {DEPTH_LIMIT} deep"))
    }
}

/// The first tab in the indentation of a line, from the line `first` on.
fn tab(text: &str, first: usize) -> Option<Place> {
    text.lines().enumerate().skip(first.saturating_sub(1)).find_map(|(index, line)| {
        let rest = line.trim_start_matches(' ');
        rest.starts_with('\t').then(|| Place { line: index + 1, column: line.len() - rest.len() + 1 })
    })
}

fn size_of(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(size_of).sum::<usize>() + 1,
        Value::Object(map) => map.values().map(size_of).sum::<usize>() + 1,
        _ => 1,
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// What a plain scalar is, by the core schema.
fn resolve(text: Cow<'_, str>, at: Place) -> Result<Value, Problem> {
    Ok(match &*text {
        text if is_null(text) => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        word if is_not_finite(word) => return Err(at.syntax("a number that is not finite")),
        word => match number(word) {
            Some(number) => Value::Number(number),
            None => Value::String(text.into_owned()),
        },
    })
}

fn is_not_finite(word: &str) -> bool {
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(word, ".nan" | ".NaN" | ".NAN")
}

/// The number that a plain scalar is. JSON's parser does the arithmetic: YAML's decimals differ from
/// JSON's only in what they leave out.
fn number(word: &str) -> Option<Number> {
    if let Some(digits) = word.strip_prefix("0x") {
        return Some(u64::from_str_radix(digits, 16).ok()?.into());
    }
    if let Some(digits) = word.strip_prefix("0o") {
        return Some(u64::from_str_radix(digits, 8).ok()?.into());
    }
    let (sign, unsigned) = match word.strip_prefix(['-', '+']) {
        Some(unsigned) => (if word.starts_with('-') { "-" } else { "" }, unsigned),
        None => ("", word),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !exponent.is_empty() && !ends_in_digit(exponent) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let point = if mantissa.contains('.') { "." } else { "" };
    let fraction = if point.is_empty() || !fraction.is_empty() { fraction } else { "0" };
    serde_json::from_str(&format!("{sign}{whole}{point}{fraction}{exponent}")).ok()
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit())
}
