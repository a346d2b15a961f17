//! What a prompt asks for, taken from its tags.

use std::sync::LazyLock;

use regex::Regex;

use super::gather;
use super::language::Language;
use super::table::Table;
use super::tags::{element, elements};

/// A prompt with tags.
#[derive(Clone, Debug)]
pub(crate) struct Prompt<'a> {
    text: &'a str,
    /// What the person asked for.
    pub(crate) request: String,
    /// The tables in `<sources>`.
    pub(crate) sources: Vec<Table>,
}

impl<'a> Prompt<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        let request = element(text, "request").map(|element| element.text()).unwrap_or_default();
        let mut sources = tables(text, "sources");
        // Answers come in any order.
        sources.sort_by_key(|table| gather::rank(&request, table.subject()));
        for table in &mut sources {
            table.stress(&request);
        }
        Self { text, request, sources }
    }

    /// The text of an element; empty without it.
    pub(crate) fn text_of(&self, name: &str) -> String {
        element(self.text, name).map(|element| element.text()).unwrap_or_default()
    }

    /// An attribute of an element.
    pub(crate) fn attribute(&self, name: &str, attribute: &str) -> Option<String> {
        element(self.text, name)?.attribute(attribute)
    }

    /// The data that stands on the slide already.
    pub(crate) fn own_data(&self) -> Vec<Table> {
        tables(self.text, "data")
    }

    /// The slides of `<deck>`.
    pub(crate) fn slides(&self) -> Vec<SlideBrief> {
        let Some(deck) = element(self.text, "deck") else { return Vec::new() };
        elements(deck.raw, "slide")
            .into_iter()
            .map(|slide| {
                let lines: Vec<String> = slide.text().lines().map(str::to_owned).collect();
                SlideBrief {
                    id: slide.attribute("id").unwrap_or_default(),
                    layout: slide.attribute("layout").unwrap_or_default(),
                    is_selected: slide.attribute("selected").is_some_and(|value| value == "true"),
                    lines,
                }
            })
            .collect()
    }

    /// The language that the deck is to have.
    pub(crate) fn language(&self) -> Language {
        self.attribute("wanted", "language")
            .map(|tag| Language::of_tag(&tag))
            .or_else(|| Language::of_text(&self.request))
            .unwrap_or(Language::English)
    }
}

fn tables(text: &str, within: &str) -> Vec<Table> {
    let Some(outer) = element(text, within) else { return Vec::new() };
    elements(outer.raw, "source").iter().filter_map(Table::read).collect()
}

/// A slide of the deck, as the prompt shows it.
#[derive(Clone, Debug)]
pub(crate) struct SlideBrief {
    pub(crate) id: String,
    pub(crate) layout: String,
    pub(crate) is_selected: bool,
    /// A block a line: `kind: text`.
    pub(crate) lines: Vec<String>,
}

impl SlideBrief {
    /// The title; empty without one.
    pub(crate) fn title(&self) -> &str {
        self.lines.iter().find_map(|line| line.strip_prefix("title:")).map(str::trim).unwrap_or_default()
    }

    /// Whether it has a block of this kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.lines.iter().any(|line| {
            line.trim_start()
                .strip_prefix(kind)
                .is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()) || rest.is_empty())
        })
    }

    /// Whether it opens or ends the deck.
    pub(crate) fn is_frame(&self) -> bool {
        matches!(self.layout.as_str(), "cover" | "closing")
    }
}

/// How many slides a request asks for.
pub(crate) fn slides_asked(request: &str) -> Option<usize> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)[\s-]+(?:slides?|folien?|pages?|seiten?)\b")
            .expect("a pattern of ours")
    });
    let captured = COUNT.captures(request)?;
    let after = request[captured.get(0)?.end()..].trim_start().to_lowercase();
    // One slide for each is not one slide.
    if ["per ", "pro ", "je ", "for each", "für je"].iter().any(|word| after.starts_with(word)) {
        return None;
    }
    number_word(&captured[1].to_lowercase()).filter(|count| *count > 0)
}

/// A number in digits or as a word.
pub(crate) fn number_word(word: &str) -> Option<usize> {
    const ENGLISH: [&str; 10] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    const GERMAN: [&str; 10] =
        ["eine", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"];
    let named = |list: &[&str]| list.iter().position(|known| *known == word).map(|index| index + 1);
    word.parse().ok().or_else(|| named(&ENGLISH)).or_else(|| named(&GERMAN))
}

#[cfg(test)]
mod tests {
    use super::{Prompt, slides_asked};

    #[test]
    fn counts_of_slides_are_read_in_both_languages() {
        for (request, count) in [
            ("Quarterly review, 6 slides with charts", Some(6)),
            ("make it five slides", Some(5)),
            ("auf 4 Folien", Some(4)),
            ("a 3-slide summary", Some(3)),
            ("add a slide on churn after 3", None),
            ("delete slide 4", None),
            ("One slide per region plus a summary", None),
        ] {
            assert_eq!(slides_asked(request), count, "{request}");
        }
    }

    #[test]
    fn slides_of_a_deck_are_read_with_their_blocks() {
        let text = "<request>x &amp; y</request><deck title=\"T\"><slide id=\"s1\" number=\"1\" layout=\"cover\">\
                    title: Hello</slide>\n<slide id=\"s2\" number=\"2\" layout=\"table\" selected=\"true\">title: Numbers\n\
                    table: region, revenue\nEMEA, 3</slide></deck>";
        let prompt = Prompt::read(text);
        let slides = prompt.slides();
        assert_eq!(prompt.request, "x & y");
        assert_eq!((slides[0].title(), slides[0].is_frame()), ("Hello", true));
        assert!(slides[1].is_selected && slides[1].has("table") && !slides[1].has("tab"));
    }
}
