//! A colour of a theme.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// An opaque sRGB colour, written as in `#1F5FD6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

impl Color {
    /// Red, green and blue as amounts of light, from 0 to 1.
    pub fn linear(self) -> [f64; 3] {
        self.rgb.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// How bright it is, from 0 to 1 (WCAG's relative luminance).
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast to another colour, from 1 (the same brightness) to 21 (black and white), as WCAG has it.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }
}

impl TryFrom<String> for Color {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let rule = || "a colour is `#` and six hexadecimal digits, as in `#1F5FD6`".to_owned();
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(rule)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(rule());
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| rule())?.to_be_bytes();
        Ok(Self { rgb: [red, green, blue] })
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb;
        write!(f, "#{red:02X}{green:02X}{blue:02X}")
    }
}

impl JsonSchema for Color {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^#[0-9A-Fa-f]{6}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        Color::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((color("#FFFFFF").contrast(color("#000000")) - 21.0).abs() < 1e-9);
        assert!((color("#777777").contrast(color("#FFFFFF")) - 4.478).abs() < 1e-3);
        assert!((color("#123456").contrast(color("#123456")) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(color("#1f5fd6").to_string(), "#1F5FD6");
        for text in ["", "#", "#FFF", "1F5FD6", "#1F5FD6FF", "#+1F5FD", "red", "#é1234", "url(x)"] {
            assert!(Color::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
