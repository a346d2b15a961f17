//! A look at JSON before it is taken apart.
//!
//! An object takes hundreds of bytes in memory, however short it is in JSON, so a text of 8 MiB could take a
//! gigabyte before anything in it is counted. One pass over the bytes finds what can't be a deck. It also sees
//! numbers as they are written: a reader of JSON hands on a double, from which it can't be told any more
//! whether it is what was written.

use crate::limits::MAX_POINTS;
use crate::number::{self, Decimal};

/// A shorter text costs little, and is refused later with the path of its problem.
const SMALL_BYTES: usize = 256 * 1024;
/// The bytes of the shortest object of a deck, `{"text":""}`, an item of a list.
const SHORTEST_OBJECT: usize = 11;
/// Entries of a list. The longest list of a deck is one of points; one that is a little too long is refused
/// later, with its path.
const MOST_ENTRIES: usize = 4 * MAX_POINTS;
/// `serde_json` goes no deeper: what follows is not taken apart.
const DEEPEST: usize = 128;

/// Why a text is refused; none if it may be taken apart. It need not be JSON.
pub(super) fn refusal(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let is_small = bytes.len() < SMALL_BYTES;
    // The entries of each open list; of an object, none are counted.
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut at, mut objects) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..].iter().take_while(|byte| is_of_number(**byte)).count();
                let number = &json[at..at + length];
                if is_changed(number) {
                    let shown: String = number.chars().take(40).collect();
                    return Some(format!("the number {shown} can't be kept as it is: {}", number::rule()));
                }
                at += length;
                continue;
            }
            b'{' | b'[' if open.len() == DEEPEST => break,
            b'{' => {
                objects += 1;
                open.push(None);
            }
            b'[' => open.push(Some(1)),
            b'}' | b']' => drop(open.pop()),
            b',' => {
                if let Some(Some(entries)) = open.last_mut() {
                    *entries += 1;
                    if !is_small && *entries > MOST_ENTRIES {
                        return Some(format!(
                            "a list has more than {MOST_ENTRIES} entries; no list of a deck has more than {MAX_POINTS}"
                        ));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    if !is_small && objects > bytes.len() / SHORTEST_OBJECT {
        return Some(format!("there are {objects} objects, more than a deck of this size can have"));
    }
    None
}

/// The place after a string that begins at a quotation mark.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')
}

/// Whether a number is another one as a double, and one that would be taken for a number of a deck.
fn is_changed(number: &str) -> bool {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = || mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0');
    // Trailing zeros don't count: 1.50 is 1.5.
    let significant =
        digits().zip(1..).filter(|(digit, _)| *digit != b'0').last().map_or(0, |(_, count)| count);
    let may_vanish = significant > 0 && (mantissa.len() < number.len() || number.len() > 300);
    if significant <= number::MAX_DIGITS && !may_vanish {
        return false;
    }
    let Ok(read) = number.parse::<f64>() else { return false };
    let is_taken = Decimal::try_from(read).is_ok();
    is_taken && (read == 0.0 || significant > number::MAX_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_would_be_changed_is_found() {
        for number in
            ["1e-400", "-1E-400", "0.1000000000000000055", "3.00000000000000001", "1.23456789012345678e-400"]
        {
            assert!(is_changed(number), "{number}");
        }
        assert!(is_changed(&format!("0.{}1", "0".repeat(400))));
        // What isn't a number of a deck is refused by its type, with its path.
        for number in [
            "0",
            "-0.0",
            "0e5",
            "0.000e-400",
            "1e-12",
            "1.50000000000000000000",
            "100000000000000000000e-10",
            "123456789012345",
            "0.30000000000000004",
            "1e999",
            "1e-300",
            "9007199254740993",
            "-",
            "1e",
            "..",
        ] {
            assert!(!is_changed(number), "{number}");
        }
        assert_eq!(refusal(r#"{"a": "1e-400", "b\"1e-400": [1.5, "\\"]}"#), None);
        assert!(refusal(r#"["\\", 1e-400]"#).is_some_and(|why| why.starts_with("the number 1e-400 can't")));
        for broken in ["", "\"", "\"\\", "]]}", "{\"a\": 1e", &"[".repeat(1_000)] {
            assert_eq!(refusal(broken), None, "{broken}");
        }
    }
}
