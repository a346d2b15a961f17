//! Older formats, brought to the one that this version writes.
//!
//! Format 1 is the first, so there is no older one yet. A new format adds one function to
//! [`UPGRADES`] and a sample of the old one to the tests; nothing else reads old decks.

use serde_json::Value;

use crate::deck::FORMAT;

/// Rewrites a deck of one format as the next; the number itself is changed by [`to_current`].
pub type Upgrade = fn(&mut Value);

/// The upgrades: the first makes a deck of format 2 from one of format 1, and so on.
pub const UPGRADES: &[Upgrade] = &[];

// Each older format has its upgrade.
const _: () = assert!(UPGRADES.len() + 1 == FORMAT as usize);

/// Why a format can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The number is missing or no whole number from 1.
    #[error("format: a deck starts with its format number, `\"format\": {FORMAT}`")]
    Unknown,
    /// A newer version wrote it.
    #[error(
        "format: this deck has format {0}, and this version of Tellr reads formats up to {FORMAT}; update Tellr to open it"
    )]
    Newer(u64),
}

/// Brings a deck to the current format.
pub fn to_current(deck: &mut Value) -> Result<(), FormatError> {
    through(deck, UPGRADES)
}

fn through(deck: &mut Value, upgrades: &[Upgrade]) -> Result<(), FormatError> {
    let current = upgrades.len() as u64 + 1;
    let format = deck.get("format").and_then(Value::as_u64).filter(|format| *format > 0);
    let format = format.ok_or(FormatError::Unknown)?;
    if format > current {
        return Err(FormatError::Newer(format));
    }
    for (upgrade, from) in upgrades.iter().zip(1..).skip_while(|(_, from)| *from < format) {
        upgrade(deck);
        deck["format"] = Value::from(from + 1_u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TWO: &[Upgrade] = &[
        |deck| deck["name"] = deck["title"].take(),
        |deck| deck["name"] = Value::from(format!("{} (3)", deck["name"].as_str().unwrap())),
    ];

    #[test]
    fn upgrades_run_from_the_decks_own_format_on() {
        let mut deck = json!({ "format": 1, "title": "a" });
        through(&mut deck, TWO).unwrap();
        assert_eq!(deck, json!({ "format": 3, "title": null, "name": "a (3)" }));

        let mut deck = json!({ "format": 2, "name": "b" });
        through(&mut deck, TWO).unwrap();
        assert_eq!(deck, json!({ "format": 3, "name": "b (3)" }));

        let mut deck = json!({ "format": 3, "name": "c" });
        through(&mut deck, TWO).unwrap();
        assert_eq!(deck, json!({ "format": 3, "name": "c" }));
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let mut deck = json!({ "format": 2, "surprise": [1] });
        let error = to_current(&mut deck).unwrap_err();
        assert_eq!(
            error.to_string(),
            "format: this deck has format 2, and this version of Tellr reads formats up to 1; update Tellr to open it"
        );
        assert_eq!(deck, json!({ "format": 2, "surprise": [1] }));
    }

    #[test]
    fn what_has_no_format_is_refused() {
        for mut deck in [
            json!({}),
            json!({ "format": 0 }),
            json!({ "format": "1" }),
            json!({ "format": 1.5 }),
            json!([]),
            json!(null),
        ] {
            assert_eq!(to_current(&mut deck), Err(FormatError::Unknown), "{deck}");
        }
    }
}
