//! From values to text.
//!
//! Types say with serde's `Serialize` how they look; this is where that goes, with one kind of output
//! and no errors to tell. The serializer of `serde_json` has others, of which a module used three, each
//! compiled for every type.

use std::fmt::{self, Write as _};

use serde::ser::{self, Serialize};

/// The text of a value. Keys have to be texts, as those of all our types are.
pub fn write<T: Serialize + ?Sized>(value: &T) -> String {
    let mut writer = Writer(String::new());
    // Only a type that makes up an error of its own has one, and none of ours does.
    match value.serialize(&mut writer) {
        Ok(()) => writer.0,
        Err(Unwritable) => String::new(),
    }
}

/// A type did not want to be written.
#[derive(Debug)]
pub struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this value has no text")
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Written = Result<(), Unwritable>;

struct Writer(String);

impl Writer {
    fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn text(&mut self, text: &str) {
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' => self.push("\\\""),
                '\\' => self.push("\\\\"),
                '\n' => self.push("\\n"),
                '\r' => self.push("\\r"),
                '\t' => self.push("\\t"),
                '\u{8}' => self.push("\\b"),
                '\u{c}' => self.push("\\f"),
                '\0'..='\x1f' => {
                    // Writing to a String does not fail.
                    let _ = write!(self.0, "\\u{:04x}", u32::from(character));
                }
                _ => self.0.push(character),
            }
        }
        self.0.push('"');
    }

    fn whole(&mut self, number: u64) {
        let _ = write!(self.0, "{number}");
    }

    /// A number with a fraction. Exact where 17 digits and the powers of ten that a number holds
    /// exactly are enough, and else in its last digit as near as they come; the deployer calculates with
    /// none, and hands on those of others.
    fn fraction(&mut self, number: f64) {
        if !number.is_finite() {
            return self.push("null");
        }
        if number.is_sign_negative() {
            self.0.push('-');
        }
        let size = number.abs();
        let (mut digits, mut power, mut exponent) = (size, 1.0, 0);
        while exponent >= -22 {
            digits = (size * power).round();
            #[expect(clippy::float_cmp, reason = "whether it is the same number, not about the same")]
            if digits < MANY && digits / power == size {
                break;
            }
            power *= 10.0;
            exponent -= 1;
        }
        if exponent < -22 {
            (digits, exponent) = (size, 0);
            while digits >= MANY {
                digits /= 10.0;
                exponent += 1;
            }
            while digits < MANY / 10.0 {
                digits *= 10.0;
                exponent -= 1;
            }
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is below 10^17")]
        let digits = digits as u64;
        if let Some(places) = usize::try_from(-exponent).ok().filter(|places| (1..=22).contains(places)) {
            let mut text = digits.to_string();
            while text.len() <= places {
                text.insert(0, '0');
            }
            text.insert(text.len() - places, '.');
            self.push(&text);
        } else {
            self.whole(digits);
            let _ = if exponent == 0 { write!(self.0, ".0") } else { write!(self.0, "e{exponent}") };
        }
    }
}

/// Ten to the power of 17.
const MANY: f64 = 1e17;

/// A list or an object under way.
struct Items<'w> {
    writer: &'w mut Writer,
    end: &'static str,
    first: bool,
}

impl<'w> Items<'w> {
    fn begun(writer: &'w mut Writer, begin: char, end: &'static str) -> Self {
        writer.0.push(begin);
        Items { writer, end, first: true }
    }

    /// An enum's variant that holds something: an object of one field.
    fn variant(writer: &'w mut Writer, variant: &str, begin: char, end: &'static str) -> Self {
        writer.0.push('{');
        writer.text(variant);
        writer.0.push(':');
        Self::begun(writer, begin, end)
    }

    fn next(&mut self) {
        if !self.first {
            self.writer.0.push(',');
        }
        self.first = false;
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.next();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Written {
        self.next();
        self.writer.text(key);
        self.writer.0.push(':');
        value.serialize(&mut *self.writer)
    }
}

macro_rules! whole_numbers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, number: $type) -> Written {
            self.whole(number.into());
            Ok(())
        }
    )*};
}

macro_rules! signed_numbers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, number: $type) -> Written {
            if number < 0 {
                self.0.push('-');
            }
            self.whole(number.unsigned_abs().into());
            Ok(())
        }
    )*};
}

impl<'w> ser::Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Items<'w>;
    type SerializeTuple = Items<'w>;
    type SerializeTupleStruct = Items<'w>;
    type SerializeTupleVariant = Items<'w>;
    type SerializeMap = Items<'w>;
    type SerializeStruct = Items<'w>;
    type SerializeStructVariant = Items<'w>;

    whole_numbers!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    signed_numbers!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);

    fn serialize_f32(self, number: f32) -> Written {
        self.fraction(number.into());
        Ok(())
    }

    fn serialize_f64(self, number: f64) -> Written {
        self.fraction(number);
        Ok(())
    }

    fn serialize_bool(self, flag: bool) -> Written {
        self.push(if flag { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, character: char) -> Written {
        self.text(character.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Written {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Written {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Written {
        self.push("null");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let mut object = Items::begun(self, '{', "}");
        object.field(variant, value)?;
        ser::SerializeMap::end(object)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'w>, Unwritable> {
        Ok(Items::begun(self, '[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'w>, Unwritable> {
        Ok(Items::begun(self, '[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'w>, Unwritable> {
        Ok(Items::begun(self, '[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'w>, Unwritable> {
        Ok(Items::variant(self, variant, '[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'w>, Unwritable> {
        Ok(Items::begun(self, '{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'w>, Unwritable> {
        Ok(Items::begun(self, '{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'w>, Unwritable> {
        Ok(Items::variant(self, variant, '{', "}}"))
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Items<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                self.item(value)
            }

            fn end(self) -> Written {
                self.writer.push(self.end);
                Ok(())
            }
        }
    )*};
}
lists!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! structs {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Items<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
                self.field(key, value)
            }

            fn end(self) -> Written {
                self.writer.push(self.end);
                Ok(())
            }
        }
    )*};
}
structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.writer.0.push(':');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Written {
        self.writer.push(self.end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::{Value, json};

    use super::*;

    #[derive(serde::Serialize)]
    enum Shape {
        Unit,
        New(u8),
        Tuple(i8, char),
        Struct { a: Option<()>, b: &'static [u8] },
    }

    #[test]
    fn every_shape_is_written_as_by_serde() {
        let shapes =
            [Shape::Unit, Shape::New(255), Shape::Tuple(-128, '"'), Shape::Struct { a: None, b: &[1, 2] }];
        assert_eq!(write(&shapes), serde_json::to_string(&shapes).unwrap());
        let numbers = (u64::MAX, i64::MIN, 0_i64, Some("x"), ());
        assert_eq!(write(&numbers), serde_json::to_string(&numbers).unwrap());
        assert_eq!(write(&[f64::NAN, f64::INFINITY]), "[null,null]");
    }

    #[test]
    fn a_fraction_is_read_again_as_what_it_was() {
        for text in [
            "0.0",
            "-0.5",
            "1.0",
            "4.35",
            "0.1",
            "0.30000000000000004",
            "1e22",
            "1.5e-7",
            "9007199254740993.0",
        ] {
            let number: f64 = text.parse().unwrap();
            let again: f64 = write(&number).parse().unwrap();
            assert_eq!(again.to_bits(), number.to_bits(), "{text} was written as {}", write(&number));
            assert!(write(&number).contains(['.', 'e']), "{text}: a fraction stays one");
        }
        assert_eq!(write(&[1.5, 0.05, -100.0, 12.25]), "[1.5,0.05,-100.0,12.25]");
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(0x7e11),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn values_are_written_as_by_serde(texts in proptest::collection::vec("\\PC{0,12}|[\\x00-\\x1f\"\\\\]{0,6}", 0..4), numbers in proptest::collection::vec(any::<i64>(), 0..4)) {
            let value = json!({"texts": texts, "numbers": numbers, "nested": {"a": [true, null, {}]}, "key\n": []});
            prop_assert_eq!(write(&value), value.to_string());
        }

        #[test]
        fn fractions_come_back_to_their_last_digit(number in any::<f64>().prop_filter("JSON has no others", |number| number.is_finite())) {
            let again: f64 = write(&number).parse().unwrap();
            prop_assert!((again - number).abs() <= number.abs() * 1e-14, "{number} as {}", write(&number));
        }

        #[test]
        fn short_fractions_come_back_exactly(digits in -999_999_999_999_999_i64..999_999_999_999_999, places in 0_u8..15) {
            let number: f64 = format!("{digits}e-{places}").parse().unwrap();
            let Value::Number(again) = super::super::parse(&write(&number)).unwrap() else { unreachable!() };
            prop_assert_eq!(again.as_f64(), Some(number));
        }
    }
}
