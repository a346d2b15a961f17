//! What a change in words wants, in English and German.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;
use super::prompt::slides_asked;

/// A change that the rules know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// As many slides.
    Count(usize),
    /// Another language.
    Translate(Language),
    TableToChart,
    ChartToTable,
    /// A slide about this, after the one with this number (0: at the start).
    Add {
        about: String,
        after: Option<usize>,
    },
    /// Other data, named by these words.
    NewNumbers(String),
    Shorter,
    MoreVisual,
    /// A new title.
    Title(String),
    /// A theme's id.
    Theme(&'static str),
    /// Slides by number; `usize::MAX` is the last one.
    Delete(Vec<usize>),
    /// A slide, to stand after another (0: at the start; `usize::MAX`: at the end).
    Move {
        slide: usize,
        after: usize,
    },
}

macro_rules! patterns {
    ($($name:ident = $pattern:literal;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern of ours"));)*
    };
}

patterns! {
    DELETE = r"(?i)\b(?:delete|remove|drop|lösche?n?|entferne?n?|streiche?n?)\s+(?:the\s+|die\s+)?(?:(?:slides?|folien?)\s+(\d{1,2}(?:\s*(?:,|and|und|&)\s*\d{1,2})*)|(last|letzte)n?\s+(?:slide|folie))";
    MOVE = r"(?i)\b(?:move|put|verschiebe?n?|setze?n?)\s+(?:the\s+|die\s+)?(?:slide|folie)\s+(\d{1,2})\s+(?:(after|before|hinter|nach|vor|to position|an position|auf position|to|an stelle|auf)\s+(?:the\s+)?(?:slide\s+|folie\s+)?(\d{1,2})|((?:to\s+)?the\s+end|ans\s+ende|to\s+the\s+back)|((?:to\s+)?the\s+(?:start|beginning|front)|an\s+den\s+anfang|nach\s+vorne?))";
    ADD = r"(?i)\b(?:add|insert|append|füge?n?|ergänze?n?)\b.*?\b(?:slide|folie)\b\s*(?:(?:on|about|for|with|of|über|zu[mr]?|mit|für)\s+)?(.*)$";
    AFTER = r"(?i)\s*,?\s*\b(?:after|behind|following|nach|hinter)\s+(?:the\s+)?(?:slide\s+|folie\s+)?(\d{1,2})\b|\s*\b(at the end|am ende|ans ende)\b|\s*\b(at the start|at the beginning|am anfang)\b";
    NUMBERS = r"(?i)\b(?:numbers?|figures|data|values|zahlen|daten|werte)\s+(?:of|for|from|in|von|vom|für|aus|des)\s+(.+?)(?:\s+(?:instead|stattdessen|verwenden|nehmen))?[.!]?$";
    TITLE = r"(?i)\b(?:title|titel|call it|nenne? (?:es|sie))\b[^\x22“„'‘]*?(?:\bto\b|\bas\b|\bauf\b|\bin\b|\bzu\b|:|\bit\b|\bes\b|\bsie\b)?\s*[\x22“„'‘](.+?)[\x22”“'’](?:\s|[.!]|$)";
    TITLE_PLAIN = r"(?i)\b(?:(?:change|set|rename)\b.*\btitle\b.*?\bto|(?:ändere?|setze?)\b.*\btitel\b.*?\b(?:in|auf|zu))\s+(.+?)[.!]?$";
    TO_CHART = r"(?i)(?:\btable\b.*\b(?:chart|graph|diagram)|\btabelle\b.*(?:diagramm|grafik))";
    TO_TABLE = r"(?i)(?:\b(?:chart|graph|diagram)\b.*\b(?:into|to|as)\b.*\btable\b|(?:diagramm|grafik)\b.*\btabelle)";
    SHORTER = r"(?i)\b(?:shorter|shorten|more concise|less text|fewer words|kürzer|kürze|kürzen|knapper|weniger text)\b";
    VISUAL = r"(?i)\b(?:more visual|visual(?:ize|ise)?|visueller|anschaulicher|bildlicher|mehr bilder|less boring)\b";
    GERMAN = r"(?i)\b(?:(?:to|into|in) german|auf deutsch|ins deutsche)\b";
    ENGLISH = r"(?i)\b(?:(?:to|into|in) english|auf englisch|ins englische)\b";
    TARGET = r"(?i)\b(?:slides?|folien?)\s+(\d{1,2}(?:\s*(?:,|and|und|&)\s*\d{1,2})*)";
    THEME = r"(?i)\b(?:theme|design|look|dark|light|dunkel|dunkles|dunkler|hell|helles|heller|stil)\b";
}

/// All changes that the words ask for, in the order in which they are to be made.
pub(crate) fn intents(words: &str) -> Vec<Intent> {
    let words = words.trim();
    let mut found = Vec::new();
    if let Some(captured) = DELETE.captures(words) {
        let slides = captured.get(1).map_or_else(|| vec![usize::MAX], |list| numbers(list.as_str()));
        found.push(Intent::Delete(slides));
    }
    if let Some(captured) = MOVE.captures(words) {
        found.extend(movement(&captured));
    }
    let adds = ADD.captures(words).map(|captured| add(captured.get(1).map_or("", |part| part.as_str())));
    match adds {
        Some(add) => found.push(add),
        None => found.extend(
            slides_asked(words).filter(|_| !words.to_lowercase().contains("first")).map(Intent::Count),
        ),
    }
    let title = TITLE.captures(words).or_else(|| TITLE_PLAIN.captures(words));
    if let Some(title) = title {
        found.push(Intent::Title(title[1].trim().to_owned()));
    }
    if GERMAN.is_match(words) {
        found.push(Intent::Translate(Language::German));
    } else if ENGLISH.is_match(words) {
        found.push(Intent::Translate(Language::English));
    }
    if TO_TABLE.is_match(words) && !starts_with_table(words) {
        found.push(Intent::ChartToTable);
    } else if TO_CHART.is_match(words) {
        found.push(Intent::TableToChart);
    }
    if let Some(captured) = NUMBERS.captures(words)
        && !found.iter().any(|intent| matches!(intent, Intent::Add { .. }))
    {
        found.push(Intent::NewNumbers(captured[1].trim().to_owned()));
    }
    if SHORTER.is_match(words) {
        found.push(Intent::Shorter);
    }
    if VISUAL.is_match(words) {
        found.push(Intent::MoreVisual);
    }
    found.extend(theme(words).map(Intent::Theme));
    found
}

/// Whether the table is what is there, rather than what is wanted.
fn starts_with_table(words: &str) -> bool {
    let lower = words.to_lowercase();
    let place = |names: &[&str]| names.iter().filter_map(|name| lower.find(name)).min();
    place(&["table", "tabelle"]) < place(&["chart", "graph", "diagra", "grafik"])
}

fn movement(captured: &regex::Captures<'_>) -> Option<Intent> {
    let slide = captured[1].parse().ok()?;
    if captured.get(4).is_some() {
        return Some(Intent::Move { slide, after: usize::MAX });
    }
    if captured.get(5).is_some() {
        return Some(Intent::Move { slide, after: 0 });
    }
    let place: usize = captured.get(3)?.as_str().parse().ok()?;
    let after = match captured[2].to_lowercase().as_str() {
        "after" | "hinter" | "nach" => place,
        "before" | "vor" => place.saturating_sub(1),
        // To a position: what stood there moves on, unless the slide comes from before it.
        _ if slide < place => place,
        _ => place.saturating_sub(1),
    };
    Some(Intent::Move { slide, after })
}

fn add(rest: &str) -> Intent {
    let place = AFTER.captures(rest);
    let after = place.as_ref().and_then(|captured| match (captured.get(1), captured.get(3)) {
        (Some(number), _) => number.as_str().parse().ok(),
        (None, Some(_)) => Some(0),
        (None, None) => None,
    });
    let about = AFTER.replace(rest, "");
    let about = about.trim().trim_end_matches(['.', '!']).trim();
    let about = about.strip_suffix(" hinzu").or_else(|| about.strip_suffix(" ein")).unwrap_or(about);
    Intent::Add { about: about.trim_matches(['"', '“', '„', '”']).to_owned(), after }
}

fn theme(words: &str) -> Option<&'static str> {
    const THEMES: [&str; 5] = ["clear", "ink", "paper", "signal", "lakehouse"];
    if !THEME.is_match(words) {
        return None;
    }
    let lower = words.to_lowercase();
    let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|other| other == word);
    THEMES.into_iter().find(|name| has(name)).or_else(|| {
        let dark = ["dark", "dunkel", "dunkles", "dunkler"].into_iter().any(has);
        let light = ["light", "hell", "helles", "heller"].into_iter().any(has);
        if dark { Some("ink") } else { light.then_some("clear") }
    })
}

fn numbers(list: &str) -> Vec<usize> {
    list.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// The numbers of the slides that the words name.
pub(crate) fn targets(words: &str) -> Vec<usize> {
    TARGET.captures_iter(words).flat_map(|captured| numbers(&captured[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::{Intent, intents, targets};
    use crate::serving::rules::language::Language;

    fn add(about: &str, after: Option<usize>) -> Intent {
        Intent::Add { about: about.to_owned(), after }
    }

    #[test]
    fn changes_are_understood_in_both_languages() {
        for (words, wanted) in [
            ("Make it 5 slides", vec![Intent::Count(5)]),
            ("Kürze auf 4 Folien", vec![Intent::Count(4), Intent::Shorter]),
            ("Translate to German", vec![Intent::Translate(Language::German)]),
            ("bitte auf Deutsch", vec![Intent::Translate(Language::German)]),
            ("auf Englisch", vec![Intent::Translate(Language::English)]),
            ("Turn the table into a chart", vec![Intent::TableToChart]),
            ("Mach aus der Tabelle ein Diagramm", vec![Intent::TableToChart]),
            ("turn the chart into a table", vec![Intent::ChartToTable]),
            ("Add a slide on churn after 3", vec![add("churn", Some(3))]),
            ("Füge eine Folie zu Abwanderung nach Folie 2 ein", vec![add("Abwanderung", Some(2))]),
            ("add a slide about risks", vec![add("risks", None)]),
            ("Use the numbers of March", vec![Intent::NewNumbers("March".to_owned())]),
            ("Nimm die Zahlen von März", vec![Intent::NewNumbers("März".to_owned())]),
            ("shorter", vec![Intent::Shorter]),
            ("kürzer bitte", vec![Intent::Shorter]),
            ("more visual", vec![Intent::MoreVisual]),
            ("Change the title to \"A strong year\"", vec![Intent::Title("A strong year".to_owned())]),
            ("change the title to A strong year", vec![Intent::Title("A strong year".to_owned())]),
            ("Ändere den Titel in „Ein starkes Jahr“", vec![Intent::Title("Ein starkes Jahr".to_owned())]),
            ("Use the dark theme", vec![Intent::Theme("ink")]),
            ("theme: paper", vec![Intent::Theme("paper")]),
            ("delete slide 4", vec![Intent::Delete(vec![4])]),
            ("Lösche die Folien 2 und 3", vec![Intent::Delete(vec![2, 3])]),
            ("remove the last slide", vec![Intent::Delete(vec![usize::MAX])]),
            ("move slide 2 to the end", vec![Intent::Move { slide: 2, after: usize::MAX }]),
            ("move slide 5 before slide 2", vec![Intent::Move { slide: 5, after: 1 }]),
            ("Verschiebe Folie 4 an den Anfang", vec![Intent::Move { slide: 4, after: 0 }]),
            ("mention that the price went up", vec![]),
        ] {
            assert_eq!(intents(words), wanted, "{words}");
        }
        assert_eq!(targets("make slides 2 and 4 shorter"), [2, 4]);
    }
}
