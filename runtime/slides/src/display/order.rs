//! The order in which the runs of a line are read.
//!
//! A display list has them from left to right as they are seen. Files have text as it is read, so that it can be
//! copied, searched and read aloud; programs order it, or each run is placed by its `x`. This undoes the
//! reordering for the levels that occur in practice: text of the line's direction, text of the other one in it, and
//! numbers in that. Deeper levels would need the levels of the bidirectional algorithm, which a display list doesn't
//! have.

use super::text::{Run, TextLine};

/// The runs of a line in the order in which they are read.
pub(crate) fn in_reading_order(line: &TextLine) -> Vec<&Run> {
    let TextLine { runs, is_rtl, .. } = line;
    let mut ordered: Vec<&Run> = runs.iter().collect();
    if *is_rtl {
        ordered.reverse();
        reverse_groups(&mut ordered, |runs, at| !runs[at].is_rtl);
    } else if runs.iter().any(|run| run.is_rtl) {
        let is_embedded: Vec<bool> = (0..runs.len()).map(|at| is_embedded(runs, at)).collect();
        let mut start = 0;
        while start < runs.len() {
            let length = is_embedded[start..].iter().take_while(|is| **is).count();
            let group = &mut ordered[start..start + length];
            group.reverse();
            reverse_groups(group, |runs, at| !runs[at].is_rtl);
            start += length.max(1);
        }
    }
    ordered
}

/// Reverses each longest row of runs for which something is true.
fn reverse_groups(runs: &mut [&Run], is: fn(&[&Run], usize) -> bool) {
    let mut start = 0;
    while start < runs.len() {
        let length = (start..runs.len()).take_while(|at| is(runs, *at)).count();
        runs[start..start + length].reverse();
        start += length.max(1);
    }
}

/// Whether a run of a paragraph that is read from left to right belongs to a part that isn't: it is read
/// the other way, or is a number after such a run. The spaces around a number belong to the run
/// that it follows, which tells it from a number that is followed by such a run.
fn is_embedded(runs: &[Run], at: usize) -> bool {
    let run = &runs[at];
    if run.is_rtl {
        return true;
    }
    let is_number = run.text.chars().any(|c| c.is_ascii_digit())
        && !run.text.chars().any(|c| c.is_alphabetic() || c.is_whitespace());
    is_number && runs[at + 1..].iter().find(|run| run.is_rtl || !is_plain(run)).is_some_and(|run| run.is_rtl)
}

fn is_plain(run: &Run) -> bool {
    !run.text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{Face, LineEnd};
    use crate::theme::{Color, Family};

    fn run(text: &str, is_rtl: bool) -> Run {
        Run {
            text: text.to_owned(),
            x: 0.0,
            width: 0.0,
            font: Face { family: Family::Carlito, is_bold: false, is_italic: false },
            size: 20.0,
            color: Color { rgb: [0; 3] },
            link: None,
            is_rtl,
            is_foreign: false,
            glyphs: Vec::new(),
        }
    }

    fn read(runs: &[(&str, bool)], is_rtl: bool) -> String {
        let runs = runs.iter().map(|(text, is_rtl)| run(text, *is_rtl)).collect();
        let line = TextLine { baseline: 0.0, x: 0.0, width: 0.0, ends: LineEnd::Paragraph, is_rtl, runs };
        in_reading_order(&line).into_iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn runs_are_read_in_the_paragraphs_direction() {
        assert_eq!(read(&[("one ", false), ("two", false)], false), "one two");
        assert_eq!(read(&[("ג", true), ("18", false), ("א ", true)], true), "א 18ג");
        assert_eq!(read(&[(" ב", true), ("A", false), (" B", false), ("א ", true)], true), "א A B ב");
    }

    #[test]
    fn text_from_right_to_left_within_other_text_keeps_its_numbers() {
        assert_eq!(
            read(&[("see ", false), ("18", false), ("א ", true), (" now", false)], false),
            "see א 18 now"
        );
        assert_eq!(read(&[("18 ", false), ("א", true)], false), "18 א");
        assert_eq!(read(&[("ב ", true), ("א", true), (" end", false)], false), "אב  end");
    }
}
