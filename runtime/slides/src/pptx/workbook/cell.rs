//! Cells, and how formulas name them.

use crate::number::Decimal;

/// The name of the sheet, which needs no quotes in a formula.
pub(super) const SHEET: &str = "Data";

/// What a cell contains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(Decimal),
}

/// The letters of a column, as in `A`, `Z`, `AA`.
pub(super) fn letters(column: usize) -> String {
    const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(LETTERS[(rest - 1) % 26]));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
