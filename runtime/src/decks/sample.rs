//! The decks that a session can begin with.

use tellr_slides::deck::Deck;

const SAMPLE: &str = include_str!("sample.json");
const BLANK: &str = include_str!("blank.json");

/// The deck that explains itself.
///
/// # Panics
/// Never: a test reads it.
pub fn sample() -> Deck {
    tellr_slides::read::from_json(SAMPLE).expect("the sample deck can be read")
}

/// A deck with an empty cover.
///
/// # Panics
/// Never: a test reads it.
pub fn blank() -> Deck {
    tellr_slides::read::from_json(BLANK).expect("the blank deck can be read")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tellr_slides::lint;

    use super::*;

    #[test]
    fn the_sample_deck_is_valid_and_nothing_in_it_could_be_better() {
        let deck = sample();
        assert_eq!(lint::findings(&deck), []);
        assert!((6..=8).contains(&deck.slides.len()));
        let layouts: BTreeSet<String> =
            deck.slides.iter().map(|slide| format!("{:?}", slide.layout)).collect();
        assert!(layouts.len() >= 7, "{layouts:?}");
        assert!(deck.slides.iter().all(|slide| !slide.notes.is_empty()), "each slide has notes");
    }

    #[test]
    fn the_blank_deck_is_valid() {
        assert_eq!(blank().slides.len(), 1);
    }
}
