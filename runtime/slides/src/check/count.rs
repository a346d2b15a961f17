//! Lengths of lists.

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
