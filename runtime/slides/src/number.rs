//! Decimal numbers that are the same after any way through JSON.
//!
//! A page, a database and a model each read a JSON number as a double. A decimal of at most 15
//! significant digits comes back from a double unchanged; one with more may not, and is refused
//! rather than changed; so is a number that would be one of these only after rounding, when a deck or patch is read
//! ([`crate::read`]). There is no NaN, no infinity and no negative zero. A whole number is written
//! without a fraction, as JavaScript writes it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// The most significant digits of a number.
pub const MAX_DIGITS: usize = 15;
/// The largest number, and as a negative the smallest.
pub const MAX_NUMBER: f64 = 999_999_999_999_999.0;
/// The number closest to zero that isn't zero.
pub const MIN_STEP: f64 = 1e-12;

/// A decimal number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Decimal(f64);

// Never NaN.
impl Eq for Decimal {}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0.0);

    /// The number as a double.
    pub fn as_f64(self) -> f64 {
        self.0
    }

    /// A computed number, rounded to the digits that a deck keeps: 0.1 + 0.2 is 0.3.
    ///
    /// # Errors
    /// When it isn't finite or too large.
    pub fn rounded(number: f64) -> Result<Self, String> {
        if number.is_finite() && number.abs() < MIN_STEP {
            return Ok(Self::ZERO);
        }
        let rounded = format!("{number:.*e}", MAX_DIGITS - 1);
        rounded.parse::<f64>().map_err(|_| rule()).and_then(Self::try_from)
    }
}

impl TryFrom<f64> for Decimal {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if number == 0.0 {
            return Ok(Self::ZERO);
        }
        let is_in_range = number.abs() >= MIN_STEP && number.abs() <= MAX_NUMBER;
        // Also false for NaN.
        if is_in_range && digits(number) <= MAX_DIGITS { Ok(Self(number)) } else { Err(rule()) }
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self(f64::from(number))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number up to `MAX_NUMBER` fits")]
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(Number)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Decimal, E> {
        Decimal::try_from(number).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Decimal, E> {
        self.visit_f64(whole(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Decimal, E> {
        let size = whole(number.unsigned_abs());
        self.visit_f64(if number < 0 { -size } else { size })
    }
}

#[expect(clippy::cast_precision_loss, reason = "what a double can't hold is above `MAX_NUMBER`, and refused")]
fn whole(number: u64) -> f64 {
    number as f64
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER })
    }
}

/// The significant digits of the shortest decimal that is this double.
fn digits(number: f64) -> usize {
    let text = format!("{number:e}");
    text.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count()
}

/// The rule in words.
pub(crate) fn rule() -> String {
    format!("a number has at most {MAX_DIGITS} significant digits and lies between ±1e-12 and ±1e15")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Decimal, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_written_as_it_was_read() {
        for json in ["0", "3", "-3", "0.1", "123456789012345", "-0.00123456789012345", "3.4", "1e-12"] {
            assert_eq!(serde_json::to_string(&read(json).unwrap()).unwrap(), json);
        }
        assert_eq!(serde_json::to_string(&read("5.0").unwrap()).unwrap(), "5");
        assert_eq!(serde_json::to_string(&read("-0.0").unwrap()).unwrap(), "0");
    }

    #[test]
    fn what_a_double_would_change_is_refused() {
        for json in
            ["9007199254740993", "0.30000000000000004", "1e15", "-1e300", "1e-13", "NaN", "\"3\"", "1e999"]
        {
            assert!(read(json).is_err(), "{json}");
        }
        assert!(Decimal::try_from(f64::NAN).is_err());
        assert!(Decimal::try_from(f64::INFINITY).is_err());
    }

    #[test]
    fn a_computed_number_is_rounded() {
        assert_eq!(Decimal::rounded(0.1 + 0.2).unwrap(), Decimal::try_from(0.3).unwrap());
        assert_eq!(Decimal::rounded(1e-300).unwrap(), Decimal::ZERO);
        assert!(Decimal::rounded(f64::NAN).is_err());
        assert!(Decimal::rounded(1e200).is_err());
    }
}
