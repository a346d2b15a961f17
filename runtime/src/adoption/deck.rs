//! A deck from the texts of an original's deck.

use serde::Deserialize;
use tellr_slides::block::{Block, Heading, Paragraphs};
use tellr_slides::check;
use tellr_slides::deck::{Deck, Layout, Slide};
use tellr_slides::id::{BlockId, SlideId};
use tellr_slides::limits::{MAX_LINE, MAX_SLIDES, MAX_TEXT};
use tellr_slides::text::RichText;

use super::html::{self, SlideText};
use crate::decks;

/// The part of an original's `deck_json` that is read.
#[derive(Debug, Default, Deserialize)]
struct Kept {
    #[serde(default)]
    slides: Vec<KeptSlide>,
}

#[derive(Debug, Deserialize)]
struct KeptSlide {
    #[serde(default)]
    html: String,
}

/// A deck of this title with the texts of `deck_json`; the blank deck's cover, if there are none.
pub(super) fn deck(title: &str, deck_json: Option<&str>) -> Deck {
    let blank = decks::blank();
    let title = match line(title) {
        title if title.is_empty() => "Untitled".to_owned(),
        title => title,
    };
    let kept: Kept = deck_json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let slides: Vec<Slide> = kept
        .slides
        .iter()
        .take(MAX_SLIDES)
        .enumerate()
        .filter_map(|(index, slide)| slide_of(index + 1, html::texts(&slide.html)))
        .collect();
    let deck = Deck { title: title.clone(), slides, ..decks::blank() };
    if deck.slides.is_empty() || !check::problems(&deck).is_empty() {
        return Deck { title, ..blank };
    }
    deck
}

fn slide_of(number: usize, text: SlideText) -> Option<Slide> {
    let id = |name: &str| BlockId::try_from(format!("slide-{number}-{name}")).ok();
    let mut lines = text.lines.into_iter();
    // A slide without a heading begins with what it says first.
    let title = if text.title.is_empty() { lines.next() } else { Some(text.title) };
    let title = RichText::from_plain(&line(&title.unwrap_or_else(|| format!("Slide {number}"))));
    let mut blocks = vec![Block::Title(Heading { id: id("title")?, text: title })];
    let body = body(&lines.collect::<Vec<_>>());
    if !body.as_str().is_empty() {
        blocks.push(Block::Text(Paragraphs { id: id("text")?, text: body }));
    }
    let id = SlideId::try_from(format!("slide-{number}")).ok()?;
    Some(Slide { id, layout: Layout::TitleAndText, blocks, notes: String::new(), sources: Vec::new() })
}

/// Lines as paragraphs, as many as fit.
fn body(lines: &[String]) -> RichText {
    let mut markup = String::new();
    let mut length = 0;
    for line in lines {
        let line = RichText::from_plain(&writable(line));
        let more = line.as_str().chars().count() + usize::from(length > 0);
        if length + more > MAX_TEXT {
            break;
        }
        if length > 0 {
            markup.push('\n');
        }
        markup.push_str(line.as_str());
        length += more;
    }
    RichText::new(markup)
}

/// A text as one line of at most [`MAX_LINE`] characters.
pub(super) fn line(text: &str) -> String {
    cut(writable(text).split_whitespace().collect::<Vec<_>>().join(" ").as_str(), MAX_LINE)
}

/// A text without what can't be kept or shown.
pub(super) fn writable(text: &str) -> String {
    text.chars()
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// The first characters of a text.
pub(super) fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn slides_become_titles_and_paragraphs() {
        let kept = json!({"title": "x", "slides": [
            {"html": "<div class='slide'><h2>One</h2><p>First *line*</p><p>Second</p></div>"},
            {"html": "<div>Only text</div>"},
            {"html": "<canvas></canvas>"},
        ]});
        let deck = deck("Plan\n2026", Some(&kept.to_string()));
        assert_eq!(deck.title, "Plan 2026");
        assert_eq!(check::problems(&deck), []);
        let titles: Vec<String> = deck
            .slides
            .iter()
            .map(|slide| match &slide.blocks[0] {
                Block::Title(heading) => heading.text.plain(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(titles, ["One", "Only text", "Slide 3"]);
        assert!(
            matches!(&deck.slides[0].blocks[1], Block::Text(text) if text.text.plain() == "First *line*\nSecond")
        );
    }

    #[test]
    fn whatever_is_kept_a_valid_deck_comes_of_it() {
        let long = format!("<h1>{}</h1><p>{}</p>", "t".repeat(9_000), "p*".repeat(90_000));
        for kept in [
            None,
            Some("not JSON".to_owned()),
            Some("[]".to_owned()),
            Some(json!({"slides": [{}]}).to_string()),
            Some(json!({"slides": vec![json!({"html": long}); 400]}).to_string()),
        ] {
            let deck = deck("\u{0}\u{1}", kept.as_deref());
            assert_eq!(check::problems(&deck), []);
            assert_eq!(deck.title, "Untitled");
            assert!((1..=MAX_SLIDES).contains(&deck.slides.len()));
        }
    }
}
