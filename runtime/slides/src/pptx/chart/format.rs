//! Number formats: how PowerPoint writes a chart's numbers as we do.
//!
//! The workbook keeps the values as they are; a format divides them (a comma for each thousand) and adds the word and the unit
//! (`0.0,,"\ M"`). Formats are written as in English, whatever the language: programs write the
//! decimal point and the groups of thousands as their reader's machine does. LibreOffice does so only where a
//! format names no language, so formats of decks in other languages name theirs.

use std::fmt::Write as _;

use crate::display::AxisScale;
use crate::layout::locale::{Locale, Scale, is_currency};

/// Excel takes no longer format.
const LONGEST: usize = 250;
/// Smaller numbers would be a row of zeros.
const SMALLEST: f64 = 1e-6;
/// Thousands are set apart from here on: four digits are read without help.
const GROUPED: f64 = 1e4;
const MINUS: char = '\u{2212}';

/// How a chart writes its numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Formats<'a> {
    pub(super) language: Option<&'a str>,
    pub(super) unit: Option<&'a str>,
    pub(super) divisor: f64,
    pub(super) decimals: u8,
    /// The largest number without its sign.
    pub(super) largest: f64,
}

impl Formats<'_> {
    /// Of numbers at grid lines.
    pub(super) fn at_grid(self, scale: AxisScale) -> String {
        let one = self.with_decimals(digits(scale.min, scale.step, self.divisor));
        let far = scale.min.abs().max(scale.max.abs());
        // A format has room for one condition, so there is none on both sides of 0.
        let (from, above) = if scale.min < 0.0 {
            return one.sections(false, far);
        } else if let Some(next) = self.next().filter(|next| far >= *next) {
            // `1 M`, not `1000 k`.
            let is_enough = |decimals: &u8| from(scale, next).all(|value| is_round(value / next, *decimals));
            let decimals = (0..8).find(is_enough).unwrap_or(8);
            (next, Self { divisor: next, ..self }.with_decimals(decimals))
        } else if far >= GROUPED * self.divisor {
            (GROUPED * self.divisor, one)
        } else {
            return one.sections(false, far);
        };
        let [above, below] = [above.one(false, false, far), one.one(false, false, 0.0)];
        let language = self.tag();
        format!("[>={from}]{language}{above};[=0]{language}{};{language}{below}", one.zero(false))
    }

    /// What numbers that are too long with this divisor are divided by.
    fn next(self) -> Option<f64> {
        [1e6, 1e9, 1e12].into_iter().find(|next| *next > self.divisor && self.divisor > 1.0)
    }

    /// Of a number without its unit, which an axis says.
    pub(super) fn short(self) -> String {
        self.sections(false, self.largest)
    }

    /// Of a number with its unit.
    pub(super) fn full(self) -> String {
        let format = self.sections(true, self.largest);
        if format.len() > LONGEST { self.short() } else { format }
    }

    fn with_decimals(self, decimals: u8) -> Self {
        Self { decimals, ..self }
    }

    /// Above, below and at 0: a real minus, and 0 without the word for thousands.
    fn sections(self, has_unit: bool, far: f64) -> String {
        let language = self.tag();
        let [above, below] = [false, true].map(|is_negative| self.one(has_unit, is_negative, far));
        format!("{language}{above};{language}{below};{language}{}", self.zero(has_unit))
    }

    fn zero(self, has_unit: bool) -> String {
        Self { divisor: 1.0, ..self }.one(has_unit, false, 0.0)
    }

    fn one(self, has_unit: bool, is_negative: bool, far: f64) -> String {
        let mut before = if is_negative { MINUS.to_string() } else { String::new() };
        let mut after = match self.scale() {
            Some((scale, _)) => format!(" {}", Locale::of(self.language).scale(scale)),
            None => String::new(),
        };
        let unit = self.unit.unwrap_or_default().trim();
        if matches!(unit, "%" | "percent") {
            after.push_str(" %");
        } else if has_unit && !unit.is_empty() {
            // As in `€ M`: the currency before the number, the rest after it.
            match unit.split_once(' ').filter(|(first, _)| is_currency(first)) {
                _ if !is_currency(unit) => {
                    let _ = write!(after, " {unit}");
                }
                Some((first, rest)) => {
                    before.push_str(&currency(first));
                    let _ = write!(after, " {}", rest.trim());
                }
                None => before.push_str(&currency(unit)),
            }
        }
        format!("{}{}{}", literal(&before), self.number(true, far), literal(&after))
    }

    /// The digits alone.
    fn number(self, is_divided: bool, far: f64) -> String {
        if self.largest > 0.0 && self.largest / self.divisor < SMALLEST && is_divided && far > 0.0 {
            return "0.0E+00".to_owned();
        }
        let mut format = if far >= GROUPED * self.divisor { "#,##0" } else { "0" }.to_owned();
        if self.decimals > 0 {
            format.push('.');
            format.push_str(&"0".repeat(usize::from(self.decimals)));
        }
        if let Some((_, commas)) = self.scale().filter(|_| is_divided) {
            format.push_str(&",".repeat(commas));
        }
        format
    }

    /// The word for what numbers are divided by, and the commas that divide by it.
    fn scale(self) -> Option<(Scale, usize)> {
        let scales = [
            (1e12, Scale::Trillion, 4),
            (1e9, Scale::Billion, 3),
            (1e6, Scale::Million, 2),
            (1e3, Scale::Thousand, 1),
        ];
        let found = scales.into_iter().find(|(divisor, ..)| self.divisor >= *divisor);
        found.map(|(_, scale, commas)| (scale, commas))
    }

    fn tag(self) -> &'static str {
        tag(self.language)
    }
}

/// A currency before its number, with the space that we write.
fn currency(unit: &str) -> String {
    let space = if unit.chars().count() > 1 || unit == "€" { " " } else { "" };
    format!("{unit}{space}")
}

/// Text in a format. It can't have a quote, and programs disagree about a quote after a backslash; a unit of inches has
/// the sign that is meant.
fn literal(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\u{2033}")) }
}

/// The digits after the point that the numbers at grid lines need: their steps, and where they start.
fn digits(min: f64, step: f64, divisor: f64) -> u8 {
    let round = |number: f64| (0..8).find(|decimals| is_round(number / divisor, *decimals)).unwrap_or(8);
    let first = min / step;
    let starts_at_step = (first - first.round()).abs() < 1e-6;
    if starts_at_step { round(step) } else { round(step).max(round(min)) }
}

/// The numbers at grid lines from a number on.
fn from(scale: AxisScale, from: f64) -> impl Iterator<Item = f64> {
    let values = (0..64_u8).map(move |number| scale.min + f64::from(number) * scale.step);
    values.filter(move |value| *value >= from * (1.0 - 1e-9) && *value <= scale.max + scale.step * 1e-9)
}

/// Whether a number is the same with so many digits after the point.
fn is_round(number: f64, decimals: u8) -> bool {
    let mut scaled = number;
    for _ in 0..decimals {
        scaled *= 10.0;
    }
    (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-3)
}

/// The language of a format; none for English.
fn tag(language: Option<&str>) -> &'static str {
    let language = language.unwrap_or_default().to_ascii_lowercase();
    match language.split('-').next().unwrap_or_default() {
        "de" if language == "de-ch" => "[$-807]",
        "de" => "[$-407]",
        "fr" => "[$-40C]",
        "es" => "[$-C0A]",
        "it" => "[$-410]",
        "pt" if language == "pt-pt" => "[$-816]",
        "pt" => "[$-416]",
        "nl" => "[$-413]",
        "pl" => "[$-415]",
        "cs" => "[$-405]",
        "ru" => "[$-419]",
        "uk" => "[$-422]",
        "sv" => "[$-41D]",
        "nb" => "[$-414]",
        "fi" => "[$-40B]",
        "bg" => "[$-402]",
        "sk" => "[$-41B]",
        "hu" => "[$-40E]",
        "da" => "[$-406]",
        "el" => "[$-408]",
        "tr" => "[$-41F]",
        "id" => "[$-421]",
        "ro" => "[$-418]",
        "hr" => "[$-41A]",
        "sl" => "[$-424]",
        _ => "",
    }
}
