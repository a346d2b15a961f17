//! Texts, links and sources.

use crate::limits::{MAX_LINE, MAX_TEXT};
use crate::link;
use crate::problem::{Place, Problems};
use crate::source::Source;
use crate::text::RichText;

/// A text of several lines.
pub(super) fn text_of(text: &str, max: usize, place: &Place<'_>, problems: &mut Problems) {
    length(text, max, place, problems);
    if text.chars().any(|c| is_unwritable(c) && !matches!(c, '\n' | '\t')) {
        problems.add(place, "control characters can't be shown");
    }
}

/// A rich text, with its links.
pub(super) fn rich(text: &RichText, place: &Place<'_>, problems: &mut Problems) {
    text_of(text.as_str(), MAX_TEXT, place, problems);
    for link in text.links() {
        if let Some(why) = link::refusal(&link) {
            problems.add(place, why);
        }
    }
}

/// A text of one line.
pub(super) fn line(text: &str, place: &Place<'_>, problems: &mut Problems) {
    length(text, MAX_LINE, place, problems);
    if text.chars().any(is_unwritable) {
        problems.add(place, "a line has no line breaks or control characters");
    }
}

/// A text of one line that, where it is there, says something.
pub(super) fn named(text: Option<&String>, place: &Place<'_>, problems: &mut Problems) {
    if let Some(text) = text {
        line(text, place, problems);
        if text.is_empty() {
            problems.add(place, "leave it out rather than empty");
        }
    }
}

pub(super) fn source(source: &Source, place: &Place<'_>, problems: &mut Problems) {
    named(Some(&source.label), &place.key("label"), problems);
    if let Some(why) = source.url.as_deref().and_then(link::refusal) {
        problems.add(&place.key("url"), why);
    }
}

fn length(text: &str, max: usize, place: &Place<'_>, problems: &mut Problems) {
    let length = text.chars().count();
    if length > max {
        problems.add(place, format!("at most {max} characters are possible; here are {length}"));
    }
}

/// Whether a character can't be kept by PostgreSQL (NUL) or written into a PowerPoint file (the
/// others, which XML doesn't allow).
fn is_unwritable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}')
}
