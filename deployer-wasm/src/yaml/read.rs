//! From text to values.
//!
//! A recursive descent over the text: blocks by their columns ([`Reader::block`]), flow collections
//! by their brackets, scalars in a file of their own. Read is what people write into such files and
//! what programs write for them; left out are keys that are collections over several lines, and
//! directives other than by passing them over. What is left out is refused, never misread: the tests
//! compare with a second implementation.

mod flow;
mod resolve;
mod scalar;

use serde_json::{Map, Value};

use crate::json;

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
        /// From 1, in characters.
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

type Result<T> = std::result::Result<T, Problem>;

/// Reads one document that means what it shows. Plain scalars have the types of YAML 1.2's core
/// schema.
///
/// # Errors
/// Besides what is no YAML: references, a second document, a key that stands twice, a number that
/// is not finite, absurdly deep nesting.
pub fn read(text: &str) -> Result<Value> {
    Reader::new(text, Rules::Strict).document()
}

/// Reads the first document, whatever oddities it has. All scalars but the empty ones are texts, as
/// they were written: `8000` and `1.0` as well. Aliases are written out, tags passed over, and of a
/// key that stands twice the last counts.
///
/// # Errors
/// What is no YAML, and what grows beyond all measure when its aliases are written out.
pub fn read_texts(text: &str) -> Result<Value> {
    Reader::new(text, Rules::Tolerant).document()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Strict,
    Tolerant,
}

/// Where a value stands, which says what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On a line of its own, or behind a dash: a block collection may begin here.
    Block,
    /// Behind a key.
    BehindKey,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    rules: Rules,
    depth: usize,
    anchors: Vec<(&'a str, Value)>,
    /// How many values there are.
    size: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, rules: Rules) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { text, at: 0, rules, depth: 0, anchors: Vec::new(), size: 0 }
    }

    fn document(mut self) -> Result<Value> {
        self.next_token()?;
        while self.peek() == b'%' && self.column() == 0 {
            self.rest_of_line();
            self.next_token()?;
        }
        if self.marker("---") {
            self.at += 3;
        }
        let value = self.block(None, Place::Block)?;
        self.next_token()?;
        if self.marker("...") {
            self.rest_of_line();
            self.next_token()?;
        }
        if self.at == self.text.len() || self.rules == Rules::Tolerant {
            return Ok(value);
        }
        Err(self.syntax(if self.marker("---") {
            "a second document begins here, and only one is read"
        } else {
            "this is neither indented like what stands above nor a key of its own"
        }))
    }

    /// Reads the value that comes next, if it is indented deeper than `parent`; else it is empty.
    fn block(&mut self, parent: Option<usize>, place: Place) -> Result<Value> {
        self.nested(|reader| reader.value(parent, place))
    }

    fn value(&mut self, parent: Option<usize>, place: Place) -> Result<Value> {
        let line = self.line_start();
        self.next_token()?;
        let (mut anchor, mut place, behind_key) = (None, place, place == Place::BehindKey);
        // What stands before a value.
        while matches!(self.peek(), b'&' | b'!') && self.is_inside(parent) {
            self.refuse_reference()?;
            let is_anchor = self.peek() == b'&';
            self.at += 1;
            let name = self.name();
            anchor = if is_anchor { Some(name) } else { anchor };
            self.next_token()?;
        }
        if self.line_start() != line {
            place = Place::Block;
        }
        let column = self.column();
        // A list may stand on the column of the key that it belongs to.
        let list_of_key = behind_key && place == Place::Block && parent == Some(column) && self.is_dash();
        let value = if list_of_key || self.is_inside(parent) {
            self.content(parent, place, column)?
        } else {
            Value::Null
        };
        self.count(1)?;
        if let Some(name) = anchor {
            self.anchors.push((name, value.clone()));
        }
        Ok(value)
    }

    fn content(&mut self, parent: Option<usize>, place: Place, column: usize) -> Result<Value> {
        if self.is_dash() {
            return match place {
                Place::Block => self.list(column),
                Place::BehindKey => Err(self.syntax("a list begins on a line of its own")),
            };
        }
        if matches!(self.peek(), b'|' | b'>') {
            return self.block_scalar(parent).map(Value::String);
        }
        let start = self.at;
        if self.peek() == b'?' && self.ends_token(1) || self.key_end()?.is_some() {
            self.at = start;
            return match place {
                Place::Block => self.map(column),
                Place::BehindKey => Err(self.syntax("a key can't stand behind another one on its line")),
            };
        }
        self.at = start;
        let value = match self.peek() {
            b'[' | b'{' => self.flow()?,
            b'*' => self.alias()?,
            b'"' | b'\'' => self.quoted().map(Value::String)?,
            _ => {
                let text = self.plain_lines(parent)?;
                self.resolve(text, start)?
            }
        };
        self.end_of_line()?;
        Ok(value)
    }

    /// The items that begin with a dash on `column`.
    fn list(&mut self, column: usize) -> Result<Value> {
        let mut items = Vec::new();
        while self.is_dash() && self.column() == column {
            self.at += 1;
            items.push(self.block(Some(column), Place::Block)?);
            self.next_token()?;
        }
        self.refuse_between(column)?;
        Ok(Value::Array(items))
    }

    /// The entries whose keys begin on `column`.
    fn map(&mut self, column: usize) -> Result<Value> {
        let mut entries = Map::new();
        while self.column() == column && self.at < self.text.len() && !self.is_marker() {
            let start = self.at;
            let key = if self.peek() == b'?' && self.ends_token(1) {
                self.at += 1;
                let key = self.block(Some(column), Place::Block)?;
                self.next_token()?;
                if !(self.peek() == b':' && self.column() == column && self.ends_token(1)) {
                    let key = self.key(key, &entries, start)?;
                    entries.insert(key, Value::Null);
                    continue;
                }
                key
            } else {
                let Some(key) = self.key_end()? else {
                    return Err(self.syntax_at(start, "this is no key: there is no `:` behind it"));
                };
                key
            };
            // Past the colon.
            self.at += 1;
            let key = self.key(key, &entries, start)?;
            let value = self.block(Some(column), Place::BehindKey)?;
            entries.insert(key, value);
            self.next_token()?;
        }
        self.refuse_between(column)?;
        Ok(Value::Object(entries))
    }

    /// Reads a key on this line up to its colon; none if what comes next is no key.
    fn key_end(&mut self) -> Result<Option<Value>> {
        let (start, line) = (self.at, self.line_start());
        let key = match self.peek() {
            b'"' | b'\'' => Value::String(self.quoted()?),
            b'[' | b'{' => self.flow()?,
            b'*' if !self.ends_token(1) => {
                // Told where it stands, whether or not it is a key.
                self.refuse_reference()?;
                self.alias()?
            }
            _ => {
                let text = self.plain_line(false).to_owned();
                if text == "<<" && self.rules == Rules::Strict {
                    return Err(Problem::Reference { line: self.line_of(start) });
                }
                // As it was written: a number as a key is unknown, and is told like that.
                Value::String(text)
            }
        };
        self.skip_blanks();
        let found = self.peek() == b':' && self.ends_token(1) && self.line_start() == line;
        Ok(found.then_some(key))
    }

    /// The text of a key that begins at `start`.
    fn key(&self, key: Value, entries: &Map<String, Value>, start: usize) -> Result<String> {
        let key = match key {
            Value::String(key) => key,
            other => json::write(&other),
        };
        if self.rules == Rules::Strict && entries.contains_key(&key) {
            return Err(
                self.syntax_at(start, format!("the key `{}` stands here twice", key.escape_default()))
            );
        }
        Ok(key)
    }

    fn alias(&mut self) -> Result<Value> {
        self.refuse_reference()?;
        let start = self.at;
        self.at += 1;
        let name = self.name();
        // Of several the last one above.
        let Some((_, value)) = self.anchors.iter().rev().find(|(known, _)| *known == name).cloned() else {
            return Err(self.syntax_at(start, "nothing above has this anchor"));
        };
        self.count(size_of(&value))?;
        Ok(value)
    }

    /// The name of an anchor, or what is left of a tag.
    fn name(&mut self) -> &'a str {
        let start = self.at;
        while !matches!(self.peek(), 0 | b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}') {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        // The document itself counts as well.
        if self.depth > DEPTH_LIMIT {
            return Err(self.syntax(format!("values are nested more than {DEPTH_LIMIT} deep")));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn count(&mut self, values: usize) -> Result<()> {
        self.size += values;
        if self.size > SIZE_LIMIT {
            return Err(self.syntax(format!("there are more than {SIZE_LIMIT} values")));
        }
        Ok(())
    }

    fn refuse_reference(&self) -> Result<()> {
        match self.rules {
            Rules::Strict => Err(Problem::Reference { line: self.line_of(self.at) }),
            Rules::Tolerant => Ok(()),
        }
    }

    /// Refuses a line that belongs neither to the collection on `column` nor to one around it.
    fn refuse_between(&self, column: usize) -> Result<()> {
        if self.at < self.text.len() && self.column() > column {
            return Err(self.syntax("this is indented deeper than what it could belong to"));
        }
        Ok(())
    }

    /// Refuses more on a line behind a value that is complete.
    fn end_of_line(&mut self) -> Result<()> {
        let blank = self.skip_blanks();
        match self.peek() {
            0 | b'\n' | b'\r' => Ok(()),
            b'#' if blank => Ok(()),
            _ => Err(self.syntax("this can't stand behind a value that is complete")),
        }
    }

    /// Steps to what comes next, over blanks, comments and lines' ends.
    fn next_token(&mut self) -> Result<()> {
        loop {
            let start = self.at;
            self.skip_blanks();
            match self.peek() {
                b'\n' | b'\r' => self.at += 1,
                b'#' if start != self.at || self.at == self.line_start() => self.rest_of_line(),
                0 => return Ok(()),
                _ if self.text[self.line_start()..self.at].contains('\t')
                    && self.text[self.line_start()..self.at].trim().is_empty() =>
                {
                    self.at = self.line_start() + self.text[self.line_start()..].find('\t').unwrap_or(0);
                    return Err(self.syntax("a tab can't indent; take blanks"));
                }
                _ => return Ok(()),
            }
        }
    }

    /// Whether what comes next belongs to what stands on the column `parent`.
    fn is_inside(&self, parent: Option<usize>) -> bool {
        self.at < self.text.len() && !self.is_marker() && parent.is_none_or(|parent| self.column() > parent)
    }

    fn is_dash(&self) -> bool {
        self.peek() == b'-' && self.ends_token(1)
    }

    fn is_marker(&self) -> bool {
        self.marker("---") || self.marker("...")
    }

    fn marker(&self, marker: &str) -> bool {
        self.column() == 0 && self.text[self.at..].starts_with(marker) && self.ends_token(3)
    }

    /// Whether a token ends before the byte `ahead` of here, outside of flow collections.
    fn ends_token(&self, ahead: usize) -> bool {
        matches!(self.peek_at(ahead), 0 | b' ' | b'\t' | b'\n' | b'\r')
    }

    fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte `ahead` of here; 0 at the end, which stands in no text that is read.
    fn peek_at(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Whether there were any.
    fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
        self.at > start
    }

    fn rest_of_line(&mut self) {
        while !matches!(self.peek(), 0 | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    fn column(&self) -> usize {
        self.at - self.line_start()
    }

    /// Of the byte `at`, from 1.
    fn line_of(&self, at: usize) -> usize {
        // Either kind of end, and both together as one.
        self.text[..at].replace("\r\n", "\n").matches(['\n', '\r']).count() + 1
    }

    fn syntax(&self, problem: impl Into<String>) -> Problem {
        self.syntax_at(self.at, problem)
    }

    fn syntax_at(&self, at: usize, problem: impl Into<String>) -> Problem {
        let line_start = self.text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        Problem::Syntax {
            line: self.line_of(at),
            column: self.text[line_start..at].chars().count() + 1,
            problem: problem.into(),
        }
    }
}

fn size_of(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(size_of).sum::<usize>() + 1,
        Value::Object(map) => map.values().map(size_of).sum::<usize>() + 1,
        _ => 1,
    }
}
