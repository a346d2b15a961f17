//! Reads text into values, with the library and within the limits.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize as _;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess as _, Visitor,
};

use super::{
    DEPTH_LIMIT, NODE_LIMIT, Node, Place, Problem, SIZE_LIMIT_BYTES, Scalar, ScalarKind, TEXT_LIMIT_BYTES,
};

/// The key whose value is merged into the mapping that it stands in.
const MERGE: &str = "<<";

/// Reads a text that holds one document; an empty text is [`Node::Null`].
///
/// # Errors
/// Invalid YAML, ambiguous input and exceeded limits; with the position.
pub fn parse(text: &str) -> Result<Node, Problem> {
    if text.len() > SIZE_LIMIT_BYTES {
        return Err(Problem::TooLarge { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_unreadable_characters(text)?;
    refuse_deep_flow(text)?;
    let limits = Limits::default();
    let syntax = |error: serde_yaml::Error| limits.problem(text, &error);

    let mut documents = serde_yaml::Deserializer::from_str(text);
    let mut node = match documents.next() {
        Some(first) => Typed { limits: &limits, depth: 0 }.deserialize(first).map_err(syntax)?,
        None => return Ok(Node::Null),
    };
    // A line `---` at the end starts an empty second document.
    for other in documents {
        NoSecond.deserialize(other).map_err(syntax)?;
    }
    if let Some(again) = serde_yaml::Deserializer::from_str(text).next() {
        Sourced { node: &mut node, text }.deserialize(again).map_err(syntax)?;
    }
    merge(node).map_err(|problem| Problem::Syntax { place: None, problem })
}

fn refuse_unreadable_characters(text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        // UTF-16 read as UTF-8 has a NUL byte beside every letter.
        let found = if text.matches('\0').count() > text.len() / 4 {
            "UTF-16"
        } else {
            "not text: it contains a NUL character"
        };
        return Err(Problem::Encoding { found });
    }
    // The replacement character for undecodable bytes.
    if text.contains('\u{fffd}') {
        return Err(Problem::Encoding { found: "text in another encoding" });
    }
    Ok(())
}

/// Refuses a line with more nested brackets than any value may have: the library's running time is quadratic
/// in the number of open brackets.
fn refuse_deep_flow(text: &str) -> Result<(), Problem> {
    // Brackets in strings are counted as well, so that no second parser is needed; hence the generous limit.
    const OPEN_LIMIT: usize = 1000;

    let mut open = 0_usize;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > OPEN_LIMIT {
            let before = &text[..index];
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            let place = Place {
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
            };
            let problem = format!("More than {OPEN_LIMIT} brackets are open here");
            return Err(Problem::Syntax { place: Some(place), problem });
        }
    }
    Ok(())
}

/// The counts so far, and why reading was stopped here rather than by the library.
#[derive(Default)]
struct Limits {
    nodes: Cell<usize>,
    bytes: Cell<usize>,
    refusal: RefCell<Option<String>>,
}

impl Limits {
    fn refuse<E: serde::de::Error>(&self, problem: impl Into<String>) -> E {
        let problem = problem.into();
        let error = E::custom(&problem);
        *self.refusal.borrow_mut() = Some(problem);
        error
    }

    fn count<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.nodes.set(self.nodes.get() + 1);
        self.bytes.set(self.bytes.get() + bytes);
        if self.nodes.get() > NODE_LIMIT {
            return Err(self.refuse(format!("There are more than {NODE_LIMIT} values")));
        }
        if self.bytes.get() > TEXT_LIMIT_BYTES {
            return Err(self.refuse(format!("All texts together have more than {TEXT_LIMIT_BYTES} bytes")));
        }
        Ok(())
    }

    fn problem(&self, text: &str, error: &serde_yaml::Error) -> Problem {
        let place =
            error.location().map(|location| Place { line: location.line(), column: location.column() });
        let problem = match self.refusal.borrow_mut().take() {
            Some(refusal) => refusal,
            None => advice(text, place).map_or_else(|| parser_says(error), str::to_owned),
        };
        Problem::Syntax { place, problem }
    }
}

/// The library's message, without the position, which is reported beside it.
fn parser_says(error: &serde_yaml::Error) -> String {
    let words = error.to_string();
    let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    match words.split_once(", expected ") {
        // Serde's words for what is expected are written here.
        Some((found, expected)) if found.starts_with("invalid type") => format!("Expected {expected}"),
        _ => format!("The YAML parser says: {words}"),
    }
}

/// Better messages than the library's for common mistakes.
fn advice(text: &str, place: Option<Place>) -> Option<&'static str> {
    let place = place?;
    let line = text.lines().nth(place.line - 1)?;
    let indentation: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    let found = line.chars().nth(place.column - 1);
    match found {
        _ if indentation.contains('\t') => Some("Indentation must use spaces, not tabs"),
        Some('\t') => Some("A tab is not allowed here; use spaces"),
        Some('@' | '`' | '%') => Some("Text that begins with `@`, `%` or a backtick needs quotes around it"),
        _ => None,
    }
}

/// A value with its type, without the source text of numbers.
#[derive(Clone, Copy)]
struct Typed<'a> {
    limits: &'a Limits,
    depth: usize,
}

impl Typed<'_> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_LIMIT {
            return Err(self.limits.refuse(format!("Values are nested more than {DEPTH_LIMIT} deep")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn scalar<E: serde::de::Error>(self, text: &str, kind: ScalarKind) -> Result<Node, E> {
        self.limits.count(text.len())?;
        Ok(Node::Scalar(Scalar { text: text.to_owned(), kind }))
    }
}

impl<'de> DeserializeSeed<'de> for Typed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        self.limits.count(0)?;
        Ok(Node::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Node, E> {
        self.scalar(if flag { "true" } else { "false" }, ScalarKind::Flag)
    }

    // The source text of a number is read in the second pass.
    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Node, E> {
        self.scalar("", ScalarKind::Number)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Node, E> {
        self.scalar("", ScalarKind::Number)
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<Node, E> {
        self.scalar("", ScalarKind::Number)
    }

    fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<Node, E> {
        self.scalar("", ScalarKind::Number)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Node, E> {
        self.scalar("", ScalarKind::Number)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node, E> {
        self.scalar(text, ScalarKind::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        self.limits.count(0)?;
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        self.limits.count(0)?;
        let inner = self.inner()?;
        let (mut map, seen) = (Vec::new(), RefCell::new(HashSet::new()));
        while let Some(key) = entries.next_key_seed(Key { limits: self.limits, seen: &seen })? {
            map.push((key, entries.next_value_seed(inner)?));
        }
        Ok(Node::Map(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Node, A::Error> {
        let (_, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant::<IgnoredAny>()?;
        Err(self
            .limits
            .refuse("Custom tags (`!…`) are not supported; put quotes around text that begins with `!`"))
    }
}

/// A key as it was written: a number as a key is reported as an unknown key.
struct Key<'a> {
    limits: &'a Limits,
    seen: &'a RefCell<HashSet<String>>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        // The type is requested too, because only the value's own visitor reports an error with its position.
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a single text; put quotes around text that begins with a bracket, such as `\"{{ name }}\"`")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        self.limits.count(key.len())?;
        if !self.seen.borrow_mut().insert(key.to_owned()) {
            let key: String = key.chars().take(120).flat_map(char::escape_default).collect();
            return Err(self.limits.refuse(format!("The key `{key}` appears twice")));
        }
        Ok(key.to_owned())
    }
}

/// Refuses any further document.
struct NoSecond;

impl<'de> DeserializeSeed<'de> for NoSecond {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for NoSecond {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the file: a second document begins here, and only one is supported")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The second pass: adds the source text of each scalar.
struct Sourced<'a, 't> {
    node: &'a mut Node,
    text: &'t str,
}

impl<'de> DeserializeSeed<'de> for Sourced<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.node {
            Node::Null => IgnoredAny::deserialize(deserializer).map(|_| ()),
            Node::Scalar(_) => deserializer.deserialize_str(self),
            Node::List(_) => deserializer.deserialize_seq(self),
            Node::Map(_) => deserializer.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Sourced<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value that was read before")
    }

    /// A plain or quoted scalar on one line, which the library borrows from the text itself.
    fn visit_borrowed_str<E: serde::de::Error>(self, source: &'de str) -> Result<(), E> {
        if let Node::Scalar(scalar) = self.node {
            let at = (source.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
            let before = at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
            let quoted = matches!(before, Some(b'"' | b'\''));
            if scalar.kind == ScalarKind::Text && !quoted && is_octal_to_others(source) {
                scalar.kind = ScalarKind::Number;
            }
            source.clone_into(&mut scalar.text);
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, source: &str) -> Result<(), E> {
        if let Node::Scalar(scalar) = self.node {
            source.clone_into(&mut scalar.text);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if let Node::List(list) = self.node {
            for node in list {
                items.next_element_seed(Sourced { node, text: self.text })?.ok_or_else(changed)?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        if let Node::Map(map) = self.node {
            for (_, node) in map {
                entries.next_key::<IgnoredAny>()?.ok_or_else(changed)?;
                entries.next_value_seed(Sourced { node, text: self.text })?;
            }
        }
        Ok(())
    }
}

fn changed<E: serde::de::Error>() -> E {
    E::custom("the text reads differently the second time")
}

/// `012`: a text here, but the number ten for YAML 1.1 parsers.
fn is_octal_to_others(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Applies merge keys, innermost first.
fn merge(node: Node) -> Result<Node, String> {
    match node {
        Node::List(items) => Ok(Node::List(items.into_iter().map(merge).collect::<Result<_, _>>()?)),
        Node::Map(entries) => {
            let (mut own, mut merged) = (Vec::with_capacity(entries.len()), Vec::new());
            for (key, value) in entries {
                let value = merge(value)?;
                match value {
                    value if key != MERGE => own.push((key, value)),
                    Node::Map(entries) => merged.push(entries),
                    Node::List(items) => {
                        for item in items {
                            match item {
                                Node::Map(entries) => merged.push(entries),
                                _ => return Err(not_merged()),
                            }
                        }
                    }
                    Node::Null | Node::Scalar(_) => return Err(not_merged()),
                }
            }
            let mut seen: HashSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
            for (key, value) in merged.into_iter().flatten() {
                if seen.insert(key.clone()) {
                    own.push((key, value));
                }
            }
            Ok(Node::Map(own))
        }
        other => Ok(other),
    }
}

fn not_merged() -> String {
    format!("`{MERGE}` takes a mapping, or a list of mappings")
}
