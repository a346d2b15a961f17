//! What a deck is about, from the words of the request.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;
use super::phrases as say;

/// Characters of a title at the most.
const LONGEST: usize = 70;

/// The title of a deck.
pub(crate) fn of(request: &str, language: Language) -> String {
    static ORDER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^\s*(?:please\s+|bitte\s+)?(?:(?:can|could) you\s+)?(?:(?:create|make|build|prepare|write|draft|generate|give me|i need|erstelle?n?|mache?|baue?|schreibe?|bereite)\s+)?(?:(?:mir|us|me|uns)\s+)?(?:(?:a|an|the|eine?n?|die|das|den)\s+)?(?:(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)[\s-]*(?:slides?|folien?)\s*:?\s+)?(?:(?:short|kurze|new|neue)\s+)?(?:(?:presentation|deck|slides?|präsentation|folien|slide deck)\s+)?(?:(?:for|für)\s+[^:,.]{3,40}:\s*)?(?:(?:about|on|of|for|über|zu[mr]?|mit|with)\s+(?:(?:den|die|das|dem|der)\s+)?)?",
        )
        .expect("a pattern of ours")
    });
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[\s,;–-]*(?:\b(?:in|with|on|mit|auf|using)\s+)?(?:\b(?:about|exactly|genau|etwa)\s+)?\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)[\s-]+(?:slides?|folien?|pages?|seiten?)\b.*$")
            .expect("a pattern of ours")
    });
    let line = request.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let sentence = line.split(['.', '!', '?', ';']).next().unwrap_or_default();
    let without_order = ORDER.replace(sentence, "");
    let without_count = COUNT.replace(&without_order, "");
    let mut words = without_count.trim().trim_end_matches([',', ':', '-']).to_owned();
    if words.chars().count() > LONGEST {
        let first = words.split(',').next().unwrap_or_default().to_owned();
        words = if first.chars().count() > LONGEST { cut(&first) } else { first };
    }
    if words.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return say::NEW_DECK.say(language, &[]);
    }
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// As many whole words as a title has room for.
fn cut(text: &str) -> String {
    let mut kept = String::new();
    for word in text.split_whitespace() {
        if kept.chars().count() + word.chars().count() + 1 > LONGEST {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    if kept.is_empty() { text.chars().take(LONGEST).collect() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::serving::rules::language::Language::{English, German};

    #[test]
    fn a_title_is_the_request_without_its_order() {
        for (request, title) in [
            (
                "Quarterly review of the sample sales data, 6 slides with charts",
                "Quarterly review of the sample sales data",
            ),
            ("Create a 5-slide presentation about customer churn", "Customer churn"),
            ("Make a deck on revenue by region. Keep it short.", "Revenue by region"),
            ("One slide: revenue by region", "Revenue by region"),
            ("Three slides for the board: how did revenue develop?", "How did revenue develop"),
            ("5 slides", "New presentation"),
            ("", "New presentation"),
        ] {
            assert_eq!(of(request, English), title);
        }
        for (request, title) in [
            ("Erstelle eine Präsentation über den Umsatz mit 6 Folien", "Umsatz"),
            ("Zwei Folien zum Umsatz je Produktlinie", "Umsatz je Produktlinie"),
            (
                "Quartalsbericht zu den Beispieldaten, 6 Folien mit Diagrammen",
                "Quartalsbericht zu den Beispieldaten",
            ),
        ] {
            assert_eq!(of(request, German), title);
        }
        assert!(of(&"word ".repeat(200), English).chars().count() <= 70);
    }
}
