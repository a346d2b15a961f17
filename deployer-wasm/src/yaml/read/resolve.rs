//! What a plain scalar is, by the core schema of YAML 1.2.

use serde_json::{Number, Value};

use super::{Reader, Result, Rules};
use crate::json;

impl Reader<'_> {
    /// The value of the plain scalar `text`, which began at `start`.
    pub(super) fn resolve(&self, text: String, start: usize) -> Result<Value> {
        if is_null(&text) {
            return Ok(Value::Null);
        }
        if self.rules == Rules::Tolerant {
            return Ok(Value::String(text));
        }
        Ok(match &*text {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            word if is_not_finite(word) => {
                return Err(self.syntax_at(start, "a number that is not finite"));
            }
            word => match number(word) {
                Some(number) => Value::Number(number),
                None => Value::String(text),
            },
        })
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn is_not_finite(word: &str) -> bool {
    let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(word, ".nan" | ".NaN" | ".NAN")
}

/// The number that a plain scalar is. JSON's parser does the arithmetic: YAML's decimals differ from
/// JSON's only in what they leave out.
fn number(word: &str) -> Option<Number> {
    if let Some(digits) = word.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    if let Some(digits) = word.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Number::from);
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
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let point = if mantissa.contains('.') { "." } else { "" };
    let fraction = if point.is_empty() || !fraction.is_empty() { fraction } else { "0" };
    match json::parse(&format!("{sign}{whole}{point}{fraction}{exponent}")) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}
