//! From text to values.

use std::fmt;

use serde_json::{Map, Number, Value};

/// How deep values may be nested, as for serde's parser.
const DEPTH_LIMIT: usize = 128;

/// Where a text stopped being JSON. Says nothing of what stands there, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// In bytes from the beginning.
    pub at: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no JSON from byte {} on", self.at)
    }
}

/// Reads a text that holds one value.
///
/// Fractions are exact up to 15 digits and powers of ten up to 22, and may differ in their last digit
/// beyond that; the deployer calculates with none.
///
/// # Errors
/// With the place where it stops being JSON.
pub fn parse(text: &str) -> Result<Value, NotJson> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let value = parser.value().filter(|_| {
        parser.blanks();
        parser.at == text.len()
    });
    value.ok_or(NotJson { at: parser.at })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        // No text of JSON holds a zero.
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Steps over `byte`, if it comes next after blanks.
    fn skip(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        rest.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self) -> Option<Value> {
        self.blanks();
        match self.peek() {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' | b'{' if self.depth == DEPTH_LIMIT => None,
            b'[' => {
                let mut items = Vec::new();
                self.collection(b']', |parser| {
                    items.push(parser.value()?);
                    Some(())
                })?;
                Some(Value::Array(items))
            }
            b'{' => {
                let mut fields = Map::new();
                self.collection(b'}', |parser| {
                    parser.blanks();
                    let key = parser.string()?;
                    let value = if parser.skip(b':') { parser.value()? } else { return None };
                    fields.insert(key, value);
                    Some(())
                })?;
                Some(Value::Object(fields))
            }
            _ => self.number().map(Value::Number),
        }
    }

    /// Reads what stands between the bracket that comes next and `end`.
    fn collection(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        if !self.skip(end) {
            loop {
                item(self)?;
                if self.skip(end) {
                    break;
                }
                if !self.skip(b',') {
                    return None;
                }
            }
        }
        self.depth -= 1;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != b'"' {
            return None;
        }
        self.at += 1;
        let mut string = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            // Quotes and backslashes never stand inside a longer character.
            string.push_str(self.text.get(start..self.at)?);
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Some(string);
                }
                b'\\' => {
                    self.at += 1;
                    string.push(self.escape()?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escaped = self.peek();
        self.at += 1;
        Some(match escaped {
            b'"' | b'\\' | b'/' => char::from(escaped),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                // The first half of a pair.
                self.word("\\u", Value::Null)?;
                let second = self.hex().filter(|second| (0xdc00..0xe000).contains(second))?;
                char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number * 16 + char::from(self.peek()).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }

    /// The digits that come next; none where there is none.
    fn digits(&mut self) -> Option<&str> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|digits| !digits.is_empty())
    }

    fn number(&mut self) -> Option<Number> {
        let negative = self.peek() == b'-';
        self.at += usize::from(negative);
        let start = self.at;
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        let (mut digits, mut exponent) = (whole.to_owned(), 0_i32);
        if self.peek() == b'.' {
            self.at += 1;
            let fraction = self.digits()?;
            digits.push_str(fraction);
            exponent = -i32::try_from(fraction.len()).ok()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            let sign = if self.peek() == b'-' { -1 } else { 1 };
            self.at += usize::from(matches!(self.peek(), b'-' | b'+'));
            exponent = exponent.saturating_add(sign * self.digits()?.parse().unwrap_or(i32::MAX / 2));
        } else if self.at - start == digits.len() {
            // A whole number, where it fits.
            let number = digits.parse::<u64>().ok();
            match number {
                Some(number) if !negative => return Some(number.into()),
                Some(number @ 1..=0x8000_0000_0000_0000) => {
                    return Some(0_i64.wrapping_sub_unsigned(number).into());
                }
                _ => {}
            }
        }
        let number = fraction(&digits, exponent);
        Number::from_f64(if negative { -number } else { number })
    }
}

/// `digits` times ten to the power of `exponent`.
fn fraction(digits: &str, exponent: i32) -> f64 {
    let mut mantissa = 0.0;
    for digit in digits.bytes() {
        mantissa = mantissa * 10.0 + f64::from(digit - b'0');
    }
    let steps = exponent.unsigned_abs().min(700);
    let mut power = 1.0;
    // Powers that a number can hold; the rest one by one, for numbers near its ends.
    for _ in 0..steps.min(300) {
        power *= 10.0;
    }
    let mut number = if exponent < 0 { mantissa / power } else { mantissa * power };
    for _ in 300..steps {
        number = if exponent < 0 { number / 10.0 } else { number * 10.0 };
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_each_kind() {
        for text in [
            "null",
            " true ",
            "false",
            "0",
            "-0",
            "-7",
            "18446744073709551615",
            "-9223372036854775808",
            "18446744073709551616",
            "0.1",
            "1.5e3",
            "1E-2",
            "3.141592653589793",
            "0.30000000000000004",
            r#""""#,
            r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀""#,
            "[]",
            "[ 1 , [ 2 ] ]",
            "{}",
            r#"{"a": {"b": [null]}, "a": 1}"#,
        ] {
            let theirs: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse(text), Ok(theirs), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, at) in [
            ("", 0),
            ("nul", 0),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("{\"a\" 1}", 5),
            ("{a: 1}", 1),
            ("01", 2),
            ("1.", 2),
            ("1e", 2),
            ("- 1", 1),
            ("\"a", 2),
            ("\"\n\"", 1),
            ("\"\\x\"", 3),
            ("\"\\ud83d\"", 7),
            ("1 2", 2),
            ("1e999", 5),
        ] {
            assert_eq!(parse(text), Err(NotJson { at }), "{text:?}");
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
        }
        assert!(parse(&"[".repeat(1_000_000)).is_err());
        let deep = format!("{}{}", "[".repeat(DEPTH_LIMIT - 1), "]".repeat(DEPTH_LIMIT - 1));
        assert!(parse(&deep).is_ok() && serde_json::from_str::<Value>(&deep).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(0x7e11),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn the_same_is_read_as_by_serde(text in "[\\[\\]{}:,\"\\\\a0-9.eE+ truefalsn-]{0,24}") {
            prop_assert_eq!(parse(&text).ok(), serde_json::from_str::<Value>(&text).ok(), "{}", text);
        }

        #[test]
        fn what_serde_writes_is_read(texts in proptest::collection::vec("\\PC{0,12}|[\\x00-\\x1f\"\\\\]{0,6}", 0..4), numbers in proptest::collection::vec(any::<i64>(), 0..4)) {
            let value = json!({"texts": texts, "numbers": numbers, "nested": {"a": [true, null]}});
            prop_assert_eq!(parse(&value.to_string()), Ok(value));
        }
    }
}
