//! Cleaning and shortening texts from outside. All lengths are in characters, and a cut is at a word.

use tellr_slides::text::{RichText, Span};

/// Whether a character says nothing, can't be kept, or changes how its neighbours are read: control
/// characters, marks that turn the direction of text, invisible tags, non-characters.
fn is_unwanted(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
            | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// So much of a text is looked at, however long it is.
const MOST_READ: usize = 20_000;

/// One line without control characters, its spaces single.
pub(super) fn line(text: &str, most: usize) -> String {
    let mut cleaned = String::new();
    for character in text.chars().take(MOST_READ) {
        // Between a number and its unit, spaces that don't break stay so.
        let holds_together = matches!(character, '\u{a0}' | '\u{202f}');
        if holds_together && !cleaned.is_empty() && !cleaned.ends_with(char::is_whitespace) {
            cleaned.push(character);
        } else if character.is_whitespace() || character.is_control() {
            if !cleaned.is_empty() && !cleaned.ends_with(char::is_whitespace) {
                cleaned.push(' ');
            }
        } else if !is_unwanted(character) {
            cleaned.push(character);
        }
    }
    cut(cleaned.trim_end(), most)
}

/// Lines without control characters, at most one empty line between two.
pub(super) fn text(text: &str, most: usize) -> String {
    let looked_at: String = text.chars().take(MOST_READ).collect();
    let mut lines: Vec<String> = Vec::new();
    for one in looked_at.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").split('\n') {
        let one = line(one, usize::MAX);
        if !one.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(one);
        }
    }
    cut(lines.join("\n").trim_end(), most)
}

/// A text of at most so many characters, cut at a word, with `…` where something is missing.
pub(super) fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let start = text.char_indices().nth(most.saturating_sub(1)).map_or(end, |(at, _)| at);
    let kept = &text[..start];
    // A word that is longer than what is left is cut within.
    let at_word = kept.rfind(char::is_whitespace).filter(|at| *at * 2 >= kept.len()).unwrap_or(kept.len());
    let kept = kept[..at_word].trim_end_matches(|c: char| c.is_whitespace() || ",;:–-".contains(c));
    format!("{kept}…")
}

/// Markup that keeps bold, italic and links that may be followed; everything else is shown as it is written.
pub(super) fn rich(text: &str) -> RichText {
    of_spans(RichText::new(text).spans())
}

/// The same as [`rich`] in at most so many characters that are shown.
pub(super) fn rich_within(text: &str, most: usize) -> RichText {
    shortened(&rich(text), most)
}

/// A text of at most so many characters that are shown, cut at a word.
pub(super) fn shortened(text: &RichText, most: usize) -> RichText {
    let plain = text.plain();
    if plain.chars().count() <= most {
        return text.clone();
    }
    let kept = cut(&plain, most);
    let mut left = kept.chars().count().saturating_sub(1);
    let mut spans = Vec::new();
    for mut span in text.spans() {
        let count = span.text.chars().count();
        if count > left {
            span.text = span.text.chars().take(left).collect();
        }
        left -= count.min(left);
        if !span.text.is_empty() {
            spans.push(span);
        }
        if left == 0 {
            break;
        }
    }
    spans.push(Span { text: "…".to_owned(), ..Span::default() });
    of_spans(spans)
}

/// The markup of runs; without their looks where the markup can't say them.
pub(super) fn of_spans(spans: Vec<Span>) -> RichText {
    let plain: String = spans.iter().map(|span| span.text.as_str()).collect();
    let mut markup = String::new();
    for span in &spans {
        let text = RichText::from_plain(&span.text);
        let marker = match (span.bold, span.italic) {
            (true, true) => "***",
            (true, false) => "**",
            (false, true) => "*",
            (false, false) => "",
        };
        let core = text.as_str().trim();
        let (before, after) = if core.is_empty() {
            ("", "")
        } else {
            let start = text.as_str().find(core).unwrap_or(0);
            (&text.as_str()[..start], &text.as_str()[start + core.len()..])
        };
        let looked = if core.is_empty() {
            text.as_str().to_owned()
        } else {
            format!("{before}{marker}{core}{marker}{after}")
        };
        match &span.link {
            Some(link) if !core.is_empty() => markup.extend(["[", &looked, "](", link, ")"]),
            _ => markup.push_str(&looked),
        }
    }
    let rich = RichText::new(markup);
    let may_stand = rich.links().iter().all(|link| tellr_slides::link::refusal(link).is_none());
    if may_stand && rich.plain() == plain { rich } else { RichText::from_plain(&plain) }
}

/// An item of a list without the dot or number that it may have been written with.
pub(super) fn item(text: &str) -> &str {
    let text = text.trim_start();
    for mark in ["- ", "* ", "• ", "– ", "— ", "· ", "▪ ", "◦ "] {
        if let Some(rest) = text.strip_prefix(mark) {
            return rest.trim_start();
        }
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(rest) = text[digits..].strip_prefix(". ").or_else(|| text[digits..].strip_prefix(") "))
        && !rest.is_empty()
    {
        return rest.trim_start();
    }
    text
}

/// A title without the marks of a heading, or bold throughout, which titles are anyway.
pub(super) fn heading(text: &str) -> &str {
    let text = text.trim().trim_start_matches('#').trim_start();
    let inner = text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    inner.filter(|inner| !inner.contains('*')).unwrap_or(text)
}

/// A name for comparison: small letters and digits only.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn spaces_are_single_and_those_between_a_number_and_its_unit_do_not_break() {
        assert_eq!(line("  EMEA \t grew\n18\u{a0}% ", 100), "EMEA grew 18\u{a0}%");
        assert_eq!(line("\u{a0}a \u{a0}b\u{a0} c", 100), "a b\u{a0}c");
    }
}
