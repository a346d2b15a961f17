//! Everything that the model says, in both languages.
//!
//! A phrase is a pair of templates. So each text that the model wrote can be found again by its template and
//! written in the other language: that is how it translates. What was not written by the model has no
//! template and stays as it is.
//!
//! Phrases fit one or many (`Cloud subscriptions`), as names are anything: English ones are in the past tense,
//! German headlines have participles (`gestiegen`), which need no article either.

use super::language::Language;
use super::{nouns, numbers};

/// A text in both languages. Placeholders are `{m}` for the name of a measure or dimension (`{d}` for one of those that are known), `{n}` for a
/// number with its unit, `{x}` for what has no language; a digit may follow.
#[derive(Debug)]
pub(crate) struct Phrase {
    english: &'static str,
    german: &'static str,
}

macro_rules! phrases {
    ($($name:ident = $english:literal, $german:literal;)*) => {
        $(pub(crate) const $name: Phrase = Phrase { english: $english, german: $german };)*
        const ALL: &[Phrase] = &[$($name,)*];
    };
}

phrases! {
    // Titles with numbers.
    GREW = "{m} grew {n} from {x} to {x2}", "{m} von {x} bis {x2} um {n} gestiegen";
    FELL = "{m} fell {n} from {x} to {x2}", "{m} von {x} bis {x2} um {n} gefallen";
    STEADY = "{m} stayed at {n} from {x} to {x2}", "{m} von {x} bis {x2} unverändert bei {n}";
    ROSE_TO = "{m} rose from {n} to {n2} by {x}", "{m} bis {x} von {n} auf {n2} gestiegen";
    DROPPED_TO = "{m} dropped from {n} to {n2} by {x}", "{m} bis {x} von {n} auf {n2} gesunken";
    LEADS_IN = "{x} led {m} in {x2} with {n}", "{m} in {x2}: {x} vorn mit {n}";
    WAS = "{m} stood at {n} in {x}", "{m}: {n} im Zeitraum {x}";
    LEADS = "{x} led {m} with {n}, {n2} of the total", "{m}: {x} vorn mit {n}, das sind {n2}";
    HIGHEST = "{x} had the highest {m}, {n}", "{m}: höchster Wert in {x} mit {n}";
    GREW_AND_LEADS = "{m} grew {n}, and {x} led", "{m} um {n} gestiegen, {x} vorn";
    FELL_AND_LEADS = "{m} fell {n}, and {x} led", "{m} um {n} gefallen, {x} vorn";
    ADDS = "{x} added {n} of {m}, {n2} of the total", "{m}: {x} mit {n}, das sind {n2}";
    GAP = "{x} finished {n} ahead of {x2} in {m}", "{m}: {x} mit {n} Vorsprung vor {x2}";
    BY = "{d} by {d2}", "{d} nach {d2}";
    IN_NUMBERS = "{m} by {m2} in numbers", "{m} nach {m2} in Zahlen";
    TOGETHER = "{x} led while {m} grew {n}", "{x} vorn, {m} um {n} gestiegen";
    TOGETHER_FELL = "{x} led while {m} fell {n}", "{x} vorn, {m} um {n} gefallen";
    // Charts, as an outline announces them.
    LINE_OF = "Line chart of {m} by {m2}", "Liniendiagramm: {m} nach {m2}";
    BARS_OF = "Bar chart of {m} by {m2}", "Balkendiagramm: {m} nach {m2}";
    PIE_OF = "Pie of {m} by {m2}", "Kreisdiagramm: {m} nach {m2}";
    TABLE_OF = "Table of {m} by {m2}", "Tabelle: {m} nach {m2}";
    LINE_AND_BARS = "Two charts of {m}: over time, and by {m2}", "Zwei Diagramme zu {m}: im Zeitverlauf und nach {m2}";
    NUMBERS_OF = "The key numbers as cards", "Die wichtigsten Zahlen auf Karten";
    FIRST_AND_LAST = "{x} and {x2} side by side", "{x} und {x2} im Vergleich";
    COVER_OF = "What the deck is about, and which data it uses", "Worum es geht und welche Daten verwendet werden";
    STEPS_OF = "What to do next, as a list", "Was als Nächstes zu tun ist, als Liste";
    AGENDA_OF = "The parts of the deck", "Die Teile der Präsentation";
    TEXT_OF = "Points in words, without numbers", "Punkte in Worten, ohne Zahlen";
    // Short proofs.
    FROM_TO = "From {n} to {n2}", "Von {n} auf {n2}";
    PEAK = "Highest in {x}: {n}", "Höchster Wert: {n} ({x})";
    LOW = "Lowest in {x}: {n}", "Niedrigster Wert: {n} ({x})";
    LAST_CHANGE = "{x} against {x2}: {n}", "{x} gegenüber {x2}: {n}";
    SECOND = "Next: {x} with {n}", "Dahinter: {x} mit {n}";
    LAST = "Last: {x} with {n}", "Schlusslicht: {x} mit {n}";
    TOTAL = "Total: {n}", "Summe: {n}";
    SHARE = "Share: {n}", "Anteil: {n}";
    VALUE = "{m}: {n}", "{m}: {n}";
    IN_PERIOD = "{d} in {x}", "{d} ({x})";
    OF_PART = "{m}, {x}", "{m}, {x}";
    // Takeaways.
    KEEP_UP = "The trend is up: plan with it, and check it monthly", "Der Trend zeigt nach oben: damit planen, monatlich prüfen";
    TURN_ROUND = "The trend is down: find the cause before the next quarter", "Der Trend zeigt nach unten: Ursache vor dem nächsten Quartal klären";
    WATCH = "No clear trend: watch the next periods", "Kein klarer Trend: die nächsten Zeiträume beobachten";
    WATCH_CLOSELY = "Find out what drives this, and follow it closely", "Klären, was dahintersteckt, und genau verfolgen";
    LEARN_FROM = "Learn from {x}, and find out what {x2} needs", "Von {x} lernen und klären, was {x2} braucht";
    // Closing.
    CLOSING = "Next: build on {x}, and strengthen {x2}", "Als Nächstes: {x} ausbauen, {x2} stärken";
    CLOSING_TREND = "Next: understand why {m} changed by {n}", "Als Nächstes: klären, warum sich {m} um {n} verändert hat";
    CLOSING_PLAIN = "Next: decide, name owners, set dates", "Als Nächstes: entscheiden, Zuständige benennen, Termine setzen";
    STEP_BUILD = "Build on what works in {x}", "Ausbauen, was in {x} funktioniert";
    STEP_HELP = "Agree on a plan for {x}", "Einen Plan für {x} vereinbaren";
    STEP_CHECK = "Check the numbers again after {x}", "Die Zahlen nach {x} erneut prüfen";
    STEP_OWNERS = "Name an owner and a date for each step", "Für jeden Schritt Zuständige und Termin benennen";
    STEP_DECIDE = "Decide on the proposal", "Über den Vorschlag entscheiden";
    STEP_DATA = "Add the data that is missing", "Fehlende Daten ergänzen";
    // Other titles and words.
    AGENDA = "What this deck covers", "Was diese Präsentation zeigt";
    HOW_NEXT = "We proceed in three steps", "Wir gehen in drei Schritten vor";
    STEP1 = "Agree on the goal", "Ziel vereinbaren";
    STEP2 = "Try it in one place", "An einer Stelle ausprobieren";
    STEP3 = "Roll out what works", "Ausrollen, was sich bewährt";
    STEP1_MORE = "One sentence that all can repeat", "Ein Satz, den alle wiedergeben können";
    STEP2_MORE = "Small, short, and with a number to reach", "Klein, kurz und mit einer Zielzahl";
    STEP3_MORE = "Region after region, with a review", "Region für Region, mit Rückblick";
    ANSWER_PLAIN = "The message in one sentence comes first", "Die Botschaft in einem Satz kommt zuerst";
    SITUATION = "This is the starting point", "Das ist die Ausgangslage";
    STRENGTHS = "This works well today", "Das funktioniert heute gut";
    CONCERNS = "This needs attention", "Das braucht Aufmerksamkeit";
    OPTIONS = "Two options can be compared", "Zwei Möglichkeiten stehen zur Wahl";
    LIMITS = "What these numbers don't tell", "Was diese Zahlen nicht sagen";
    BACKUP = "Questions and details to prepare", "Fragen und Details zur Vorbereitung";
    LIMIT1 = "They show what happened, not why", "Sie zeigen, was geschah, nicht warum";
    LIMIT2 = "They end with {x}", "Sie enden mit {x}";
    LIMIT3 = "Causes need a talk with the teams", "Ursachen klärt ein Gespräch mit den Teams";
    POINT1 = "Say what changed since last time", "Sagen, was sich seit dem letzten Mal geändert hat";
    POINT2 = "Name the most important reason", "Den wichtigsten Grund nennen";
    POINT3 = "Support it with a number from your data", "Mit einer Zahl aus den eigenen Daten belegen";
    SITUATION1 = "Where we stand today, in one sentence", "Wo wir heute stehen, in einem Satz";
    SITUATION2 = "How we came here", "Wie wir hierher gekommen sind";
    SITUATION3 = "What happens if nothing changes", "Was geschieht, wenn sich nichts ändert";
    STRENGTH1 = "What customers and teams praise", "Was Kunden und Teams loben";
    STRENGTH2 = "What stays as it is", "Was bleibt, wie es ist";
    STRENGTH3 = "What others can learn from it", "Was andere daraus lernen können";
    CONCERN1 = "What takes too long today", "Was heute zu lange dauert";
    CONCERN2 = "What costs more than it brings", "Was mehr kostet, als es bringt";
    CONCERN3 = "What was put off too long", "Was zu lange aufgeschoben wurde";
    OPTION_A = "Go on as planned", "Weiter wie geplant";
    OPTION_B = "Change course", "Kurs ändern";
    OPTION_A1 = "No new effort", "Kein neuer Aufwand";
    OPTION_A2 = "Known results", "Bekannte Ergebnisse";
    OPTION_B1 = "Effort at the start", "Aufwand am Anfang";
    OPTION_B2 = "Chance of better results", "Aussicht auf bessere Ergebnisse";
    ABOUT = "About {x}", "Zum Thema {x}";
    QUARTERLY = "Quarterly review of {x}", "Quartalsbericht: {x}";
    REVIEW_OF = "Review of {x}", "Bericht: {x}";
    NEW_DECK = "New presentation", "Neue Präsentation";
    FROM_DATA = "{x} · {x2} to {x3}", "{x} · {x2} bis {x3}";
    FOR_TALK = "Basis for the discussion", "Grundlage für die Diskussion";
    NOTES_SOURCE = "The numbers are from {x}.", "Die Zahlen stammen aus {x}.";
    NOTES_PLAIN = "No data was used for this slide.", "Für diese Folie wurden keine Daten verwendet.";
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

impl Phrase {
    /// The phrase with its placeholders filled. What is filled in is not searched for placeholders.
    pub(crate) fn say(&self, language: Language, parts: &[(&str, &str)]) -> String {
        let mut said = String::new();
        let mut rest = language.pick(self.english, self.german);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            said.push_str(before);
            said.push_str(parts.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
            rest = after;
        }
        said.push_str(rest);
        capital(&said)
    }

    /// The text in the other language, if it is this phrase.
    fn translated(&self, text: &str, to: Language) -> Option<String> {
        let (template, result) = to.pick((self.german, self.english), (self.english, self.german));
        // The first letter may have been made a capital one.
        let first = template.chars().next().filter(|first| *first != '{');
        let mut letters = text.chars();
        let text = match (first, letters.next()) {
            (Some(first), Some(letter)) if first.to_lowercase().eq(letter.to_lowercase()) => {
                format!("{first}{}", letters.as_str())
            }
            _ => text.to_owned(),
        };
        let found = parts(template, &text, to)?;
        let mut said = result.to_owned();
        for (name, value) in &found {
            said = said.replace(&format!("{{{name}}}"), value);
        }
        Some(capital(&said))
    }
}

/// What stands at the placeholders of a template, in the other language; `None` if the text isn't of it.
fn parts(template: &str, text: &str, to: Language) -> Option<Vec<(String, String)>> {
    let Some((before, after)) = template.split_once('{') else {
        return (template == text).then(Vec::new);
    };
    let text = text.strip_prefix(before)?;
    let (name, after) = after.split_once('}')?;
    let next = after.split('{').next().unwrap_or_default();
    // Each place where the text after the placeholder can begin, the nearest first.
    let ends = text.char_indices().skip(1).map(|(index, _)| index).chain([text.len()]);
    ends.filter(|end| *end > 0 && text[*end..].starts_with(next)).find_map(|end| {
        let value = &text[..end];
        let value = match name.as_bytes()[0] {
            b'm' => nouns::translated(value, to).unwrap_or_else(|| value.to_owned()),
            b'd' => nouns::translated(value, to)?,
            b'n' => signed(value, to)?,
            _ => super::periods::translated(value, to).unwrap_or_else(|| value.to_owned()),
        };
        let mut found = parts(after, &text[end..], to)?;
        found.push((name.to_owned(), value));
        Some(found)
    })
}

/// A number, or one with a plus before it.
fn signed(text: &str, to: Language) -> Option<String> {
    match text.strip_prefix('+') {
        Some(rest) => numbers::translated(rest, to).map(|number| format!("+{number}")),
        None => numbers::translated(text, to),
    }
}

/// A text in this language: by phrase, as a name, as a number. `None` where it isn't known.
pub(crate) fn translated(text: &str, to: Language) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || !text.chars().any(char::is_alphabetic) {
        return Some(numbers::translated(text, to).unwrap_or_else(|| text.to_owned()));
    }
    let other = to.pick(Language::German, Language::English);
    let exact = ALL.iter().filter(|phrase| !other.pick(phrase.english, phrase.german).contains('{'));
    let templates = ALL.iter().filter(|phrase| other.pick(phrase.english, phrase.german).contains('{'));
    // A template of placeholders and little else would fit much that isn't meant.
    let is_loose =
        |phrase: &&Phrase| std::ptr::eq(phrase.english, VALUE.english) || phrase.english == phrase.german;
    exact
        .chain(templates.clone().filter(|phrase| !is_loose(phrase)))
        .find_map(|phrase| phrase.translated(text, to))
        .or_else(|| nouns::translated(text, to).map(|noun| capital(&noun)))
        .or_else(|| numbers::translated(text, to))
        .or_else(|| loose(text, to))
}

/// `Revenue: € 3.4 M`, `Revenue in Q4 2025`, `Revenue, EMEA`.
fn loose(text: &str, to: Language) -> Option<String> {
    [": ", " in ", ", "].into_iter().find_map(|separator| {
        let (name, rest) = text.split_once(separator)?;
        let name = nouns::translated(name, to)?;
        let rest = numbers::translated(rest, to)
            .or_else(|| super::periods::translated(rest, to))
            .unwrap_or_else(|| rest.to_owned());
        Some(format!("{}{separator}{rest}", capital(&name)))
    })
}

#[cfg(test)]
mod tests {
    use super::{ALL, GREW, LEADS, translated};
    use crate::serving::rules::language::Language::{English, German};
    use crate::serving::rules::numbers::{Unit, percent};

    #[test]
    fn what_was_said_in_one_language_is_found_again_in_the_other() {
        let (n, g) = (percent(18.0, English), percent(18.0, German));
        let english = GREW.say(English, &[("m", "revenue"), ("n", &n), ("x", "Q1 2025"), ("x2", "Q4 2025")]);
        assert_eq!(english.replace('\u{a0}', " "), "Revenue grew 18 % from Q1 2025 to Q4 2025");
        let german = GREW.say(German, &[("m", "Umsatz"), ("n", &g), ("x", "Q1 2025"), ("x2", "Q4 2025")]);
        assert_eq!(german.replace('\u{a0}', " "), "Umsatz von Q1 2025 bis Q4 2025 um 18 % gestiegen");
        assert_eq!(translated(&english, German).as_ref(), Some(&german));
        assert_eq!(translated(&german, English).as_ref(), Some(&english));
        let unit = Unit::Money { symbol: "€", exponent: 0 };
        let said = |language| {
            let (n, n2) = (unit.write(3_400_000.0, language), percent(38.0, language));
            let m = crate::serving::rules::nouns::noun("revenue", language);
            LEADS.say(language, &[("x", "EMEA"), ("m", &m), ("n", &n), ("n2", &n2)])
        };
        assert_eq!(translated(&said(English), German), Some(said(German)));
        assert_eq!(translated(&said(German), English), Some(said(English)));
    }

    #[test]
    fn phrases_have_the_same_placeholders_in_both_languages() {
        let names = regex::Regex::new(r"\{[dmnx]\d?\}").expect("a pattern");
        for phrase in ALL {
            let of = |text: &'static str| {
                let mut found: Vec<&str> = names.find_iter(text).map(|found| found.as_str()).collect();
                found.sort_unstable();
                found
            };
            assert_eq!(of(phrase.english), of(phrase.german), "{}", phrase.english);
        }
    }

    #[test]
    fn unknown_text_is_not_translated() {
        assert_eq!(translated("The quick brown fox", German), None);
        assert_eq!(translated("Product line", German).as_deref(), Some("Produktlinie"));
        assert_eq!(translated("Revenue in March 2025", German).as_deref(), Some("Umsatz (März 2025)"));
    }
}
