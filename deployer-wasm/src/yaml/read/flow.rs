//! Collections in brackets.

use serde_json::{Map, Value};

use super::scalar::fold;
use super::{Reader, Result};

impl Reader<'_> {
    /// Reads the list or the map whose bracket comes next.
    pub(super) fn flow(&mut self) -> Result<Value> {
        self.nested(|reader| {
            let is_list = reader.peek() == b'[';
            reader.at += 1;
            if is_list { reader.flow_list() } else { reader.flow_map() }
        })
    }

    fn flow_list(&mut self) -> Result<Value> {
        let mut items = Vec::new();
        loop {
            self.flow_token()?;
            if self.peek() == b']' {
                self.at += 1;
                return Ok(Value::Array(items));
            }
            let start = self.at;
            let item = self.flow_value()?;
            self.flow_token()?;
            if self.peek() == b':' {
                // An entry of a map that has no others.
                self.at += 1;
                let mut entries = Map::new();
                let key = self.key(item, &entries, start)?;
                self.flow_token()?;
                let value = self.flow_value()?;
                entries.insert(key, value);
                items.push(Value::Object(entries));
            } else {
                items.push(item);
            }
            self.flow_comma(b']')?;
        }
    }

    fn flow_map(&mut self) -> Result<Value> {
        let mut entries = Map::new();
        loop {
            self.flow_token()?;
            if self.peek() == b'}' {
                self.at += 1;
                return Ok(Value::Object(entries));
            }
            if self.peek() == b'?' && self.ends_token(1) {
                self.at += 1;
                self.flow_token()?;
            }
            let start = self.at;
            if self.text[start..].starts_with("<<:") && self.rules == super::Rules::Strict {
                return Err(super::Problem::Reference { line: self.line_of(start) });
            }
            let key = match self.peek() {
                b'"' | b'\'' | b'[' | b'{' | b'*' | b'&' | b'!' => self.flow_value()?,
                _ => Value::String(self.flow_plain()?),
            };
            let key = self.key(key, &entries, start)?;
            self.flow_token()?;
            let mut value = Value::Null;
            if self.peek() == b':' {
                self.at += 1;
                self.flow_token()?;
                value = self.flow_value()?;
            }
            entries.insert(key, value);
            self.flow_comma(b'}')?;
        }
    }

    /// A value; empty where another one or the end comes next.
    fn flow_value(&mut self) -> Result<Value> {
        let mut anchor = None;
        while matches!(self.peek(), b'&' | b'!') {
            self.refuse_reference()?;
            let is_anchor = self.peek() == b'&';
            self.at += 1;
            let name = self.name();
            anchor = if is_anchor { Some(name) } else { anchor };
            self.flow_token()?;
        }
        let start = self.at;
        let value = match self.peek() {
            b'[' | b'{' => self.flow()?,
            b'*' => self.alias()?,
            b'"' | b'\'' => Value::String(self.quoted()?),
            b',' | b']' | b'}' | b':' if self.peek() != b':' || self.flow_ends_token(1) => Value::Null,
            _ => {
                let text = self.flow_plain()?;
                self.resolve(text, start)?
            }
        };
        self.count(1)?;
        if let Some(name) = anchor {
            self.anchors.push((name, value.clone()));
        }
        Ok(value)
    }

    /// A plain scalar, which may go on in further lines.
    fn flow_plain(&mut self) -> Result<String> {
        let start = self.at;
        if matches!(self.peek(), b'@' | b'`' | b'%' | b'|' | b'>' | b'#') || self.is_dash() {
            return Err(self.syntax("a text that begins like this needs quotes"));
        }
        let mut text = self.plain_line(true).to_owned();
        loop {
            let end = self.at;
            let (blank, ends) = self.line_ends();
            let is_over = match self.peek() {
                0 | b',' | b'[' | b']' | b'{' | b'}' => true,
                b':' => self.flow_ends_token(1),
                b'#' => blank || self.column() == 0,
                _ => self.is_marker(),
            };
            if ends == 0 || is_over {
                self.at = end;
                break;
            }
            fold(&mut text, ends);
            text.push_str(self.plain_line(true));
        }
        if text.is_empty() && self.at == start {
            return Err(self.syntax("here a value was expected"));
        }
        Ok(text)
    }

    fn flow_comma(&mut self, end: u8) -> Result<()> {
        self.flow_token()?;
        match self.peek() {
            b',' => {
                self.at += 1;
                Ok(())
            }
            byte if byte == end => Ok(()),
            0 => Err(self.syntax(format!("the file ends, and a `{}` is missing", char::from(end)))),
            _ => Err(self.syntax(format!("here a comma or `{}` was expected", char::from(end)))),
        }
    }

    /// Steps to what comes next; a tab may stand before it, and the file must not end.
    fn flow_token(&mut self) -> Result<()> {
        loop {
            let blank = self.skip_blanks();
            match self.peek() {
                b'\n' | b'\r' => self.at += 1,
                b'#' if blank || self.column() == 0 => self.rest_of_line(),
                b'-' | b'.' if self.is_marker() => {
                    return Err(self.syntax("a bracket is still open here"));
                }
                0 => return Err(self.syntax("the file ends, and a bracket is still open")),
                _ => return Ok(()),
            }
        }
    }

    pub(super) fn flow_ends_token(&self, ahead: usize) -> bool {
        self.ends_token(ahead) || matches!(self.peek_at(ahead), b',' | b'[' | b']' | b'{' | b'}')
    }
}
