//! Numbers as people and models write them, and whether one is a number of the data.

use tellr_slides::number::Decimal;

/// A number in a text, with what stands around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    /// The number as it is written, without its scale.
    pub(super) value: f64,
    /// Digits after the point.
    pub(super) decimals: usize,
    /// What it is multiplied by: 1e6 for `M`.
    pub(super) scale: f64,
    /// Whether `%` follows.
    pub(super) is_percent: bool,
    /// Whether a currency stands beside it.
    pub(super) is_money: bool,
    /// The number and its digits after the point as another language reads it: `1.402` and `1,402` are each a
    /// fraction in one and thousands in another.
    pub(super) other: Option<(f64, usize)>,
    /// How it stands in the text.
    pub(super) text: String,
}

/// Scales by the word after a number or in a unit, in small letters without dots.
const SCALES: [(&str, f64); 34] = [
    ("k", 1e3),
    ("tsd", 1e3),
    ("thousand", 1e3),
    ("thousands", 1e3),
    ("tausend", 1e3),
    ("mille", 1e3),
    ("mil", 1e3),
    ("m", 1e6),
    ("mn", 1e6),
    ("mm", 1e6),
    ("mio", 1e6),
    ("mill", 1e6),
    ("million", 1e6),
    ("millions", 1e6),
    ("millionen", 1e6),
    ("milionen", 1e6),
    ("millones", 1e6),
    ("milioni", 1e6),
    ("milhões", 1e6),
    ("miljoen", 1e6),
    ("bn", 1e9),
    ("b", 1e9),
    ("billion", 1e9),
    ("billions", 1e9),
    ("mrd", 1e9),
    ("md", 1e9),
    ("milliarde", 1e9),
    ("milliarden", 1e9),
    ("milliard", 1e9),
    ("milliards", 1e9),
    ("miliardi", 1e9),
    ("miljard", 1e9),
    ("tn", 1e12),
    ("trillion", 1e12),
];

/// The scale of a word.
pub(super) fn scale_of(word: &str) -> Option<f64> {
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    SCALES.iter().find(|(name, _)| *name == word).map(|(_, scale)| *scale)
}

const CURRENCIES: [char; 6] = ['€', '$', '£', '¥', '₹', '₩'];

/// The number that a whole text is, as in `3.336E8`, `1,234.5`, `1.234,5`, `12 %`, `€ 3.4 M`.
pub(super) fn parsed(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    let plain = text.replace('\u{2212}', "-");
    if plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && let Ok(number) = plain.parse::<f64>()
    {
        return Decimal::rounded(number).ok();
    }
    let all = written_in(text);
    let [one] = &all[..] else { return None };
    // What stands around it is a unit at most: `2024-Q4`, `Q4 2024` and `10-K` are names.
    let (before, after) = text.split_once(&one.text)?;
    let around = || before.chars().chain(after.chars());
    let is_name = after.starts_with(['-', '/', ':', '_']) || around().any(|c| c.is_ascii_digit());
    if is_name || around().filter(|c| c.is_alphabetic()).count() > 3 {
        return None;
    }
    Decimal::rounded(one.value * one.scale).ok()
}

/// The numbers in a text.
pub(super) fn written_in(text: &str) -> Vec<Written> {
    let chars: Vec<char> = text.chars().take(20_000).collect();
    let mut all = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let is_start = chars[at].is_ascii_digit()
            && (at == 0 || !chars[at - 1].is_alphanumeric() && chars[at - 1] != '_');
        if !is_start {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && is_within(&chars, at) {
            at += 1;
        }
        let digits: String = chars[start..at].iter().collect();
        let is_word = chars.get(at).is_some_and(|c| c.is_alphabetic()) && {
            let word: String = chars[at..].iter().take_while(|c| c.is_alphanumeric()).collect();
            scale_of(&word).is_none()
        };
        let Some((value, decimals)) = read(&digits) else { continue };
        let other = other_reading(&digits, value, decimals);
        // `3D`, `2nd`.
        if is_word {
            continue;
        }
        let is_negative = start > 0
            && matches!(chars[start - 1], '-' | '\u{2212}')
            && (start == 1 || !chars[start - 2].is_alphanumeric());
        let mut after = at;
        while chars.get(after).is_some_and(|c| c.is_whitespace() && *c != '\n') {
            after += 1;
        }
        let word: String = chars[after..].iter().take_while(|c| c.is_alphabetic()).collect();
        let scale = scale_of(&word);
        let mut end = at;
        if scale.is_some() {
            end = after + word.chars().count();
            after = end;
            while chars.get(after).is_some_and(|c| *c == '.' || c.is_whitespace() && *c != '\n') {
                after += 1;
            }
        }
        let is_percent = chars.get(after) == Some(&'%') || matches!(&word[..], "percent" | "Prozent");
        let is_money = |c: Option<&char>| c.is_some_and(|c| CURRENCIES.contains(c));
        let before = (0..start).rev().map(|index| &chars[index]).find(|c| !c.is_whitespace() && **c != '-');
        let follows: String = chars[after..].iter().take(3).collect();
        let is_money = is_money(before)
            || is_money(chars.get(after))
            || ["EUR", "USD", "GBP", "CHF"].contains(&follows.as_str());
        let sign = if is_negative { -1.0 } else { 1.0 };
        all.push(Written {
            value: sign * value,
            decimals,
            other: other.map(|(value, decimals)| (sign * value, decimals)),
            scale: scale.unwrap_or(1.0),
            is_percent,
            is_money,
            text: chars[start..end].iter().collect(),
        });
    }
    all
}

/// Whether a number goes on here: a digit, or a point, comma, apostrophe or thin space between digits.
fn is_within(chars: &[char], at: usize) -> bool {
    let is_digit = |index: usize| chars.get(index).is_some_and(char::is_ascii_digit);
    let is_group = |index: usize| {
        is_digit(index + 1) && is_digit(index + 2) && is_digit(index + 3) && !is_digit(index + 4)
    };
    match chars[at] {
        c if c.is_ascii_digit() => true,
        '.' | ',' => is_digit(at + 1),
        '\'' | '’' | '\u{202f}' | '\u{a0}' => is_group(at),
        _ => false,
    }
}

/// A number of digits, points and commas. The last of two different signs is the decimal one; a single one
/// that stands before three digits groups thousands, unless a 0 stands before it.
fn read(digits: &str) -> Option<(f64, usize)> {
    let clean: String = digits.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let count = |sign: char| clean.matches(sign).count();
    let last = clean.rfind(['.', ',']);
    let decimal = match (count('.'), count(','), last) {
        (_, _, None) => None,
        (points, commas, Some(at)) if points > 0 && commas > 0 => {
            let sign = clean[at..].chars().next()?;
            (count(sign) == 1).then_some(at)
        }
        (points, commas, Some(_)) if points + commas > 1 => {
            // Groups have three digits; what hasn't is a date or a version.
            if clean.split(['.', ',']).skip(1).any(|group| group.len() != 3) {
                return None;
            }
            None
        }
        (_, commas, Some(at)) => {
            let groups = clean.len() - at == 4 && !clean.starts_with('0') && at <= 3;
            // `1.234` is read as English writes it, unless a comma says otherwise.
            if groups && commas == 1 { None } else { Some(at) }
        }
    };
    let whole: String =
        clean[..decimal.unwrap_or(clean.len())].chars().filter(char::is_ascii_digit).collect();
    let fraction: String =
        decimal.map(|at| clean[at + 1..].chars().filter(char::is_ascii_digit).collect()).unwrap_or_default();
    let value = format!("{whole}.{fraction}0").parse::<f64>().ok()?;
    Some((value, fraction.len()))
}

/// How another language reads a number with one point or comma before three digits.
fn other_reading(digits: &str, value: f64, decimals: usize) -> Option<(f64, usize)> {
    let (whole, fraction) = digits.split_once(['.', ','])?;
    let is_group = fraction.len() == 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_group || whole.len() > 3 || whole.starts_with('0') {
        return None;
    }
    Some(if decimals == 3 { (value * 1000.0, 0) } else { (value / 1000.0, 3) })
}

/// Digits after the point of a number as it is written.
pub(super) fn decimals_of(number: Decimal) -> usize {
    let text = number.to_string();
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// The scale that a unit says, as `€ M` or `Tsd.` do.
pub(super) fn scale_of_unit(unit: &str) -> f64 {
    let words = unit.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.filter_map(scale_of).next_back().unwrap_or(1.0)
}

/// Whether a number as it is written is a number of the data: exactly, or rounded to the digits that are
/// written, in its scale. A percentage may be a part of 1 in the data. A rounded number has two digits at
/// least, as one digit is near to anything.
pub(super) fn says(written: &Written, cell: f64) -> bool {
    let shown = written.value;
    if (shown * written.scale - cell).abs() <= 1e-9 * cell.abs().max(1e-12) {
        return true;
    }
    let digits = format!("{:.*}", written.decimals, shown.abs());
    let significant = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let rounds_to = |value: f64| {
        let half = 0.5 * 10_f64.powi(-i32::try_from(written.decimals).unwrap_or(12));
        (value - shown).abs() <= half * (1.0 + 1e-9)
    };
    if written.is_percent && rounds_to(cell * 100.0) && cell.abs() <= 10.0 {
        return true;
    }
    significant >= 2 && rounds_to(cell / written.scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_its_unit_is_a_number_and_a_period_is_a_name() {
        for (text, number) in [
            ("3.336E8", 3.336e8),
            ("1.234,5", 1_234.5),
            ("12 %", 12.0),
            ("€ 3.4 M", 3.4e6),
            ("\u{2212}3", -3.0),
        ] {
            assert_eq!(parsed(text).map(Decimal::as_f64), Some(number), "{text}");
        }
        for name in ["2024-Q4", "Q4 2024", "2024 H1", "FY2024", "10-K", "2024-10", "24/7", "Studio 54 West"] {
            assert_eq!(parsed(name), None, "{name}");
        }
    }
}
