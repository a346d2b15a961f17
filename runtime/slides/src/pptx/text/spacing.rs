//! What `LibreOffice` adds within a line that mixes scripts.
//!
//! Between Chinese, Japanese or Korean and any other script it leaves a fifth of a line, and a file has no
//! word to keep it from that. Its scripts are coarse: all of ASCII but the space is Latin, so a comma after
//! a Chinese letter is a border. A space belongs to the script before it, and is taken from that script's font:
//! after Hebrew or Arabic it is as wide as Arial's, where ours is that of the text's own font.
//!
//! A box that has room for both keeps its lines in each program. `PowerPoint` adds nothing, and there
//! the box is a little wider than its lines.

use super::paragraph::Row;
use crate::display::Run;

/// A fifth of a line, in sizes of the font, for a line as high as those of usual Latin fonts.
const BORDER: f64 = 0.25;
/// How wide a space of the fonts for other scripts is, in sizes.
const COMPLEX_SPACE: f64 = 0.278;

/// A script, as coarsely as `LibreOffice` tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    /// Chinese, Japanese and Korean.
    EastAsian,
    /// Those whose letters change their shape with their neighbours, or that are read from right to left.
    Complex,
}

/// The script of a letter; none if it belongs to that of the letter before.
fn script(letter: char) -> Option<Script> {
    match letter {
        ' ' | '\u{a0}' | '\u{2000}'..='\u{206f}' => None,
        '\u{590}'..='\u{10ff}'
        | '\u{1780}'..='\u{18af}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}' => Some(Script::Complex),
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' => Some(Script::EastAsian),
        _ => Some(Script::Latin),
    }
}

/// How much wider a line is there than the sum of its letters.
pub(super) fn added(row: &Row<'_>) -> f64 {
    let mut before = None;
    let mut added = 0.0;
    for run in &row.runs {
        for (at, letter) in run.text.char_indices() {
            match script(letter) {
                None if before == Some(Script::Complex) && letter == ' ' => {
                    added += (COMPLEX_SPACE * run.size - advance(run, at)).max(0.0);
                }
                None => {}
                now => {
                    if is_border(before, now) {
                        added += BORDER * run.size;
                    }
                    before = now;
                }
            }
        }
    }
    added
}

fn is_border(before: Option<Script>, now: Option<Script>) -> bool {
    before.is_some() && before != now && [before, now].contains(&Some(Script::EastAsian))
}

/// How wide what stands at a byte of a run is; a run without glyphs has letters of equal widths.
fn advance(run: &Run, at: usize) -> f64 {
    if run.glyphs.is_empty() {
        return run.width / count(&run.text);
    }
    run.glyphs.iter().filter(|glyph| glyph.bytes.start == at).map(|glyph| glyph.advance).sum()
}

#[expect(clippy::cast_precision_loss, reason = "the letters of a line")]
fn count(text: &str) -> f64 {
    text.chars().count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{Face, LineEnd};
    use crate::theme::{Color, Family};

    fn run(text: &str) -> Run {
        Run {
            text: text.to_owned(),
            x: 0.0,
            width: 2.0 * count(text),
            font: Face { family: Family::Carlito, is_bold: false, is_italic: false },
            size: 20.0,
            color: Color { rgb: [0; 3] },
            link: None,
            is_rtl: false,
            is_foreign: false,
            glyphs: Vec::new(),
        }
    }

    fn added_to(texts: &[&str]) -> f64 {
        let runs: Vec<Run> = texts.iter().map(|text| run(text)).collect();
        added(&Row { runs: runs.iter().collect(), baseline: 0.0, width: 0.0, ends: LineEnd::Paragraph })
    }

    #[test]
    fn each_border_of_chinese_and_another_script_takes_a_fifth_of_a_line() {
        for (texts, borders) in [
            (&["目录"][..], 0.0),
            (&["Two words, 12 %"], 0.0),
            (&["目录，需要。"], 0.0),
            (&["目录,需要"], 2.0),
            (&["目录", ",", "需要"], 2.0),
            (&["降低了12%,自从"], 2.0),
            (&["文字 with"], 1.0),
            (&["דוח 目录"], 1.0),
            (&["한국어 문장"], 0.0),
        ] {
            let spaces = if texts[0].starts_with('ד') { 0.278 * 20.0 - 2.0 } else { 0.0 };
            assert!((added_to(texts) - borders * 5.0 - spaces).abs() < 1e-9, "{texts:?}");
        }
    }

    #[test]
    fn a_space_after_hebrew_or_arabic_is_that_of_the_font_for_them() {
        let more = COMPLEX_SPACE * 20.0 - 2.0;
        assert!((added_to(&["כל מבקר שלישי"]) - 2.0 * more).abs() < 1e-9);
        assert!((added_to(&["كل", " ", "زائر"]) - more).abs() < 1e-9);
        assert!(added_to(&["12 %", " ", "כל"]).abs() < 1e-9);
    }
}
