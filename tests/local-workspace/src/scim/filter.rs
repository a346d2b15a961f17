//! SCIM's filter language (RFC 7644, 3.4.2.2), as far as the platform supports it.
//!
//! `eq ne co sw ew pr`, `and or not ()`, and `attribute[filter]` for the paths of a PATCH. The platform has
//! no `gt ge lt le`. Names and text are compared case-insensitively, as SCIM requires by default. A filter
//! is untrusted input: its length and its depth are limited.

use serde_json::Value;

use super::problem::ScimProblem;

const MAX_BYTES: usize = 4096;
const MAX_DEPTH: usize = 20;

/// A condition on a resource.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    Compare(Path, Operator, Value),
    Present(Path),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    /// One of the attribute's values satisfies the whole filter.
    Within(Path, Box<Filter>),
}

/// The comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
}

/// An attribute, and possibly one within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl Path {
    /// Parses `attribute` or `attribute.inner`, with or without the URN of a schema before it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let name = match text.strip_prefix("urn:") {
            Some(urn) => urn.rsplit(':').next()?,
            None => text,
        };
        let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
        let is_name = |part: &String| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c))
        };
        (parts.len() <= 2 && parts.iter().all(is_name)).then_some(Self(parts))
    }

    /// The names, outermost first.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    /// The attribute's values, with lists flattened.
    pub(super) fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        let mut at = each(resource);
        for name in &self.0 {
            at = at.into_iter().filter_map(|value| member(value, name)).flat_map(each).collect();
        }
        at.retain(|value| !value.is_null());
        at
    }
}

/// The member of an object, ignoring case.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    }
}

/// The compared part of a complex value: its `value`.
fn simple(value: &Value) -> &Value {
    member(value, "value").unwrap_or(value)
}

/// The compared form: text in lower case, numbers and ids alike.
pub(super) fn text(value: &Value) -> String {
    match simple(value) {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    }
}

impl Filter {
    /// Parses a filter.
    pub(super) fn parse(text: &str) -> Result<Self, ScimProblem> {
        if text.len() > MAX_BYTES {
            return Err(ScimProblem::filter(format!("The filter is longer than {MAX_BYTES} bytes.")));
        }
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let filter = parser.any_of(0)?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(unexpected(token)),
        }
    }

    /// Whether the resource satisfies it.
    pub(super) fn matches(&self, resource: &Value) -> bool {
        match self {
            Self::And(a, b) => a.matches(resource) && b.matches(resource),
            Self::Or(a, b) => a.matches(resource) || b.matches(resource),
            Self::Not(inner) => !inner.matches(resource),
            Self::Present(path) => path.values(resource).iter().any(|value| **value != ""),
            Self::Within(path, inner) => path.values(resource).iter().any(|value| inner.matches(value)),
            Self::Compare(path, operator, wanted) => {
                let wanted = text(wanted);
                let values = path.values(resource);
                let any =
                    |holds: fn(&str, &str) -> bool| values.iter().any(|value| holds(&text(value), &wanted));
                match operator {
                    Operator::Equal => any(|value, wanted| value == wanted),
                    Operator::NotEqual => !any(|value, wanted| value == wanted),
                    Operator::Contains => any(|value, wanted| value.contains(wanted)),
                    Operator::StartsWith => any(|value, wanted| value.starts_with(wanted)),
                    Operator::EndsWith => any(|value, wanted| value.ends_with(wanted)),
                }
            }
        }
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Mark(char),
    Word(String),
    Text(String),
}

fn unexpected(token: &Token) -> ScimProblem {
    let shown = match token {
        Token::Mark(mark) => mark.to_string(),
        Token::Word(word) => word.clone(),
        Token::Text(text) => format!("\"{text}\""),
    };
    ScimProblem::filter(format!("The filter is not valid: {shown} is not expected there."))
}

fn tokens(text: &str) -> Result<Vec<Token>, ScimProblem> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | '[' | ']' => {
                found.push(Token::Mark(first));
                1
            }
            '"' | '\'' => {
                let (text, length) = quoted(rest, first)
                    .ok_or_else(|| ScimProblem::filter("The filter is not valid: a text does not end."))?;
                found.push(Token::Text(text));
                length
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || "()[]\"'".contains(c);
                let length = rest.find(is_end).unwrap_or(rest.len());
                found.push(Token::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// The quoted text that starts here, and its length in bytes.
fn quoted(from: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = from.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => text.push(characters.next()?.1),
            end if end == quote => return Some((text, at + 1)),
            other => text.push(other),
        }
    }
    None
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<&'a Token, ScimProblem> {
        let token =
            self.peek().ok_or_else(|| ScimProblem::filter("The filter is not valid: it is not complete."))?;
        self.at += 1;
        Ok(token)
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: char) -> Result<(), ScimProblem> {
        match self.next()? {
            Token::Mark(found) if *found == mark => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    fn any_of(&mut self, depth: usize) -> Result<Filter, ScimProblem> {
        let mut filter = self.all_of(depth)?;
        while self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all_of(depth)?));
        }
        Ok(filter)
    }

    fn all_of(&mut self, depth: usize) -> Result<Filter, ScimProblem> {
        let mut filter = self.one(depth)?;
        while self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(depth)?));
        }
        Ok(filter)
    }

    fn one(&mut self, depth: usize) -> Result<Filter, ScimProblem> {
        if depth >= MAX_DEPTH {
            return Err(ScimProblem::filter(format!("The filter is nested more than {MAX_DEPTH} deep.")));
        }
        if self.takes_word("not") {
            self.expect('(')?;
            let inner = self.any_of(depth + 1)?;
            self.expect(')')?;
            return Ok(Filter::Not(Box::new(inner)));
        }
        match self.next()? {
            Token::Mark('(') => {
                let inner = self.any_of(depth + 1)?;
                self.expect(')')?;
                Ok(inner)
            }
            Token::Word(word) => {
                let path = Path::parse(word)
                    .ok_or_else(|| ScimProblem::filter(format!("{word} is not an attribute.")))?;
                if self.peek() == Some(&Token::Mark('[')) {
                    self.at += 1;
                    let inner = self.any_of(depth + 1)?;
                    self.expect(']')?;
                    return Ok(Filter::Within(path, Box::new(inner)));
                }
                self.comparison(path)
            }
            other => Err(unexpected(other)),
        }
    }

    fn comparison(&mut self, path: Path) -> Result<Filter, ScimProblem> {
        let token = self.next()?;
        let Token::Word(word) = token else {
            return Err(unexpected(token));
        };
        let operator = match word.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present(path)),
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "co" => Operator::Contains,
            "sw" => Operator::StartsWith,
            "ew" => Operator::EndsWith,
            _ => return Err(ScimProblem::filter(format!("Filter operator {word} is not supported."))),
        };
        let value = match self.next()? {
            Token::Text(text) => Value::String(text.clone()),
            Token::Word(word) => serde_json::from_str(word)
                .map_err(|_| ScimProblem::filter(format!("The filter is not valid: {word} needs quotes.")))?,
            other @ Token::Mark(_) => return Err(unexpected(other)),
        };
        Ok(Filter::Compare(path, operator, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Filter, MAX_BYTES, MAX_DEPTH};

    fn ada() -> Value {
        json!({
            "id": "42",
            "userName": "Ada@example.com",
            "displayName": "Ada \"A\" Admin",
            "active": true,
            "name": {"givenName": "Ada", "familyName": "Admin"},
            "emails": [{"type": "work", "value": "ada@example.com"}, {"type": "home", "value": "a@b.org"}],
            "externalId": "",
        })
    }

    fn holds(filter: &str) -> bool {
        Filter::parse(filter).unwrap_or_else(|problem| panic!("{filter}: {problem:?}")).matches(&ada())
    }

    #[test]
    fn comparisons_disregard_case_and_look_into_lists() {
        for filter in [
            r#"userName eq "ada@EXAMPLE.com""#,
            "USERNAME Eq 'ada@example.com'",
            r#"displayName co "\"a\"""#,
            r#"displayName sw "ADA""#,
            r#"name.familyName ew "min""#,
            r#"emails co "b.org""#,
            r#"emails.type eq "home""#,
            r#"emails[type eq "home" and value sw "a@"]"#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada""#,
            "active eq true",
            "id eq 42",
            r#"id ne "43""#,
            r#"nickName ne "x""#,
            "emails pr",
            "not(nickName pr)",
            "not (externalId pr)",
        ] {
            assert!(holds(filter), "{filter}");
        }
        for filter in [
            r#"userName eq "ada""#,
            r#"emails ne "a@b.org""#,
            r#"emails[type eq "work" and value sw "a@"]"#,
            "active eq false",
            r#"nickName co """#,
        ] {
            assert!(!holds(filter), "{filter}");
        }
    }

    #[test]
    fn and_binds_tighter_than_or_and_brackets_tighter_than_both() {
        assert!(holds("active eq true or active eq false and id eq 1"));
        assert!(!holds("(active eq true or active eq false) and id eq 1"));
        assert!(holds("not (active eq false or id eq 1) and id eq 42"));
        assert!(!holds("not (active eq true) or id eq 1"));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for broken in [
            "",
            "   ",
            "userName",
            "userName eq",
            "userName eq ada",
            r#"userName eq "ada"#,
            r#"userName eq "ada\"#,
            r#"userName gt "a""#,
            r#"userName eq "a" and"#,
            r#"userName eq "a" userName eq "b""#,
            r#"(userName eq "a""#,
            r#"userName eq "a")"#,
            r#"not userName eq "a""#,
            r#"emails[type eq "a""#,
            r#""userName" eq "a""#,
            r#"a.b.c eq "a""#,
            r#"a..b eq "a""#,
            "userName eq ()",
            "\u{0}",
        ] {
            assert!(Filter::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn length_and_depth_are_bounded() {
        let nested = |depth: usize| format!("{}id pr{}", "(".repeat(depth), ")".repeat(depth));
        assert!(Filter::parse(&nested(MAX_DEPTH - 1)).is_ok());
        assert!(Filter::parse(&nested(MAX_DEPTH)).is_err());
        let long = |text: usize| format!("id eq \"{}\"", "x".repeat(text));
        assert!(Filter::parse(&long(MAX_BYTES - 8)).is_ok());
        assert!(Filter::parse(&long(MAX_BYTES - 7)).is_err());
        let wide = "id pr or ".repeat(400) + "id pr";
        assert!(Filter::parse(&wide).expect("a wide filter").matches(&ada()));
    }
}
