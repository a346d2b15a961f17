//! Lengths of lists, and the size of the whole.

use std::io::{Error, Write};

use crate::deck::Deck;
use crate::problem::{Place, Problems};

/// Notes when a list is too short or too long.
pub(super) fn count(
    length: usize,
    min: usize,
    max: usize,
    of: &str,
    place: &Place<'_>,
    problems: &mut Problems,
) {
    if length < min || length > max {
        let range = if min == 0 { format!("at most {max}") } else { format!("{min}–{max}") };
        problems.add(place, format!("{range} {of} are possible; here are {length}"));
    }
}

/// Whether a deck as JSON has at most so many bytes: what is kept can be read again.
pub(super) fn fits(deck: &Deck, bytes: usize) -> bool {
    serde_json::to_writer(Room(bytes), deck).is_ok()
}

/// Takes bytes and keeps none, until there is no more room.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| Error::other("no more room"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
