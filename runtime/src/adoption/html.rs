//! The texts of a slide that is kept as HTML, for a deck that has no markup.
//!
//! Not a parser of HTML: it finds tags, leaves out what isn't shown as text (scripts, styles, drawings), and breaks
//! lines where a browser would. Whatever it is given, its output is plain text and no longer than the input.

/// What a slide says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SlideText {
    /// The text of its first heading; empty if it has none.
    pub(super) title: String,
    /// The other lines, from top to bottom.
    pub(super) lines: Vec<String>,
}

/// Elements whose content isn't shown as text.
const SKIPPED: [&str; 8] = ["script", "style", "svg", "canvas", "template", "noscript", "head", "title"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "br",
    "hr",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
];
const HEADINGS: [&str; 3] = ["h1", "h2", "h3"];
const CELLS: [&str; 2] = ["td", "th"];

/// Whether a text is HTML rather than something that a person wrote.
pub(super) fn is_html(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('<')
        && ["<div", "<section", "<!DOCTYPE", "<html", "<style"].iter().any(|tag| text.contains(tag))
}

/// The texts of a slide.
pub(super) fn texts(html: &str) -> SlideText {
    let mut found = SlideText::default();
    let mut line = String::new();
    let mut in_heading = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        append(&mut line, &rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let tag = match Tag::at(rest) {
            Found::Tag(tag) => tag,
            Found::Text => {
                line.push('<');
                rest = &rest[1..];
                continue;
            }
            Found::Unclosed => break,
        };
        rest = &rest[tag.length..];
        let name = tag.name.as_str();
        if !tag.closes && SKIPPED.contains(&name) {
            rest = after_element(rest, name);
        } else if HEADINGS.contains(&name) {
            found.end(&mut line, in_heading);
            in_heading = !tag.closes;
        } else if BLOCKS.contains(&name) && !in_heading {
            found.end(&mut line, false);
        } else if BLOCKS.contains(&name) {
            line.push(' ');
        } else if CELLS.contains(&name) && !tag.closes && !line.trim().is_empty() {
            line.push_str(" | ");
        }
    }
    append(&mut line, rest);
    found.end(&mut line, in_heading);
    found
}

impl SlideText {
    /// Keeps a line, and begins the next one.
    fn end(&mut self, line: &mut String, is_heading: bool) {
        let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.clear();
        if text.is_empty() {
            return;
        }
        if is_heading && self.title.is_empty() {
            self.title = text;
        } else {
            self.lines.push(text);
        }
    }
}

/// A tag.
struct Tag {
    name: String,
    closes: bool,
    /// Its bytes.
    length: usize,
}

/// What stands at a `<`.
enum Found {
    Tag(Tag),
    /// A character of the text.
    Text,
    /// A tag that has no end, and so none that follows has: the rest is text, and isn't searched again.
    Unclosed,
}

impl Tag {
    /// What a text begins with.
    fn at(text: &str) -> Found {
        let inner = text.strip_prefix('<').unwrap_or(text);
        let (inner, closes) = match inner.strip_prefix('/') {
            Some(inner) => (inner, true),
            None => (inner.strip_prefix('!').unwrap_or(inner), false),
        };
        let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Found::Text;
        }
        // A `>` within quotes doesn't end the tag.
        let mut quote = None;
        for (at, character) in text.char_indices() {
            match (quote, character) {
                (None, '>') => {
                    return Found::Tag(Self { name: name.to_ascii_lowercase(), closes, length: at + 1 });
                }
                (None, '"' | '\'') => quote = Some(character),
                (Some(open), character) if open == character => quote = None,
                _ => {}
            }
        }
        Found::Unclosed
    }
}

/// What follows the end of an element.
fn after_element<'t>(text: &'t str, name: &str) -> &'t str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return rest.split_once('>').map_or("", |(_, after)| after);
        }
    }
    ""
}

/// Appends a text with its character references resolved.
fn append(line: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        line.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| &rest[1..end]);
        if let Some((name, character)) = reference.and_then(|name| Some((name, character(name)?))) {
            line.push(character);
            rest = &rest[name.len() + 2..];
        } else {
            line.push('&');
            rest = &rest[1..];
        }
    }
    line.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "euro" => '€',
        "rarr" => '→',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slide_has_a_title_and_lines() {
        let html = r#"<style>.a > b { color: red }</style>
            <div class="slide" title="a > b"><h1>Sales <br>grew</h1><p>By&nbsp;8&#37; &amp; more</p>
            <ul><li>North</li><li>South <b>first</b></li></ul><table><tr><td>Q1</td><td>5</td></tr></table>
            <canvas id="x">no chart</canvas><script>if (a < b) { draw("</p>") }</script><!-- <p>not this</p> --></div>"#;
        let found = texts(html);
        assert_eq!(found.title, "Sales grew");
        assert_eq!(found.lines, ["By 8% & more", "North", "South first", "Q1 | 5"]);
    }

    #[test]
    fn hostile_texts_are_text() {
        for (html, lines) in [
            ("a < b", vec!["a < b"]),
            ("<", vec!["<"]),
            ("<div", vec!["<div"]),
            ("<script>x", vec![]),
            ("&#0; &#xD800; &nothing; &", vec!["&#0; &#xD800; &nothing; &"]),
            ("<p title='>'>é</p>ü", vec!["é", "ü"]),
            ("<<p>>x</p>", vec!["<", ">x"]),
            ("&lt;script&gt;", vec!["<script>"]),
        ] {
            assert_eq!(texts(html).lines, lines, "{html}");
        }
        assert!(texts(&"<".repeat(10_000)).lines.len() <= 1);
    }
}
