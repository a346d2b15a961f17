//! Periods of time, as data and people write them.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;

static QUARTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)q([1-4])\b").expect("a pattern of ours"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"20\d\d").expect("a pattern of ours"));

const MONTHS: [(&str, &str); 12] = [
    ("January", "Januar"),
    ("February", "Februar"),
    ("March", "März"),
    ("April", "April"),
    ("May", "Mai"),
    ("June", "Juni"),
    ("July", "Juli"),
    ("August", "August"),
    ("September", "September"),
    ("October", "Oktober"),
    ("November", "November"),
    ("December", "Dezember"),
];

/// The index of a month that is written out, or by its first three letters.
fn month_word(word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    MONTHS.iter().position(|(english, german)| {
        [*english, *german].into_iter().any(|name| {
            let name = name.to_lowercase();
            lower == name || name.chars().take(3).eq(lower.chars())
        })
    })
}

fn month_in(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).find_map(month_word)
}

fn year_in(text: &str) -> Option<&str> {
    YEAR.find(text).map(|found| found.as_str())
}

fn quarter_in(text: &str) -> Option<String> {
    QUARTER.captures(text).map(|found| found[1].to_owned())
}

/// The parts of `2025-03` and `2025-03-14`: year, month from 0, and day.
fn of_date(cell: &str) -> Option<(&str, usize, Option<&str>)> {
    let mut parts = cell.split(['-', 'T', ' ']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next());
    let is_digits =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let month: usize =
        if is_digits(year, 4) && is_digits(month, 2) { month.parse().ok()? } else { return None };
    let day = day.filter(|day| is_digits(day, 2));
    (1..=12).contains(&month).then(|| (year, month - 1, day))
}

/// The period that words name, as a person writes it: `March`, `Q3`, `2025`.
pub(crate) fn named(words: &str) -> Option<String> {
    let month = words
        .split(|c: char| !c.is_alphabetic())
        // `may` is mostly no month, and short names are mostly no months either.
        .find(|word| word.len() > 3 && month_word(word).is_some() || *word == "May" || *word == "Mai");
    let found = month.map(str::to_owned).or_else(|| quarter_in(words).map(|number| format!("Q{number}")));
    let found = found.or_else(|| year_in(words).map(str::to_owned))?;
    let mut characters = found.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect())
}

/// Whether a cell such as `2025-03` or `Mar 2025` is the period that the words name.
pub(crate) fn is_named(cell: &str, words: &str) -> bool {
    if let (Some(one), Some(other)) = (year_in(cell), year_in(words))
        && one != other
    {
        return false;
    }
    if let Some(wanted) = quarter_in(words) {
        return quarter_in(cell) == Some(wanted);
    }
    let month_of_cell = of_date(cell).map(|(_, month, _)| month).or_else(|| month_in(cell));
    match month_in(words) {
        Some(wanted) => month_of_cell == Some(wanted),
        None => year_in(words).is_some() && year_in(cell) == year_in(words),
    }
}

/// A cell as a text says it: `March 2025` for `2025-03`, `Q1 2025` for `2025-Q1`. Others stay.
pub(crate) fn said(cell: &str, language: Language) -> String {
    if let Some((year, month, day)) = of_date(cell) {
        let (english, german) = MONTHS[month];
        return match day {
            None | Some("01") => format!("{} {year}", language.pick(english, german)),
            Some(day) => language.pick(format!("{english} {day}, {year}"), format!("{day}. {german} {year}")),
        };
    }
    match (cell.len(), year_in(cell), quarter_in(cell)) {
        (6 | 7, Some(year), Some(quarter)) if cell.starts_with(year) => format!("Q{quarter} {year}"),
        _ => cell.to_owned(),
    }
}

/// A text with the name of a month and a year, in the other language.
pub(crate) fn translated(text: &str, to: Language) -> Option<String> {
    let (month, year) = text.split_once(' ')?;
    let of = |(english, german): &(&str, &str)| *to.pick(german, english) == month;
    let (english, german) = MONTHS.iter().find(|names| of(names))?;
    (year_in(year) == Some(year)).then(|| format!("{} {year}", to.pick(*english, *german)))
}

#[cfg(test)]
mod tests {
    use super::{is_named, named, said, translated};
    use crate::serving::rules::language::Language::{English, German};

    #[test]
    fn periods_are_found_in_cells() {
        for (cell, words, is) in [
            ("2025-03", "March", true),
            ("2025-03-01", "März 2025", true),
            ("2024-03", "March 2025", false),
            ("Mar 2025", "March", true),
            ("2025-04", "March", false),
            ("Q3 2025", "Q3", true),
            ("2025-Q3", "q3 2025", true),
            ("2025Q3", "Q3", true),
            ("2025", "2025", true),
            ("EMEA", "March", false),
        ] {
            assert_eq!(is_named(cell, words), is, "{cell} {words}");
        }
        for (words, period) in [
            ("use the numbers of march", Some("March")),
            ("die Zahlen von Q3", Some("Q3")),
            ("what we may do", None),
        ] {
            assert_eq!(named(words).as_deref(), period);
        }
    }

    #[test]
    fn cells_are_said_in_the_decks_language() {
        for (cell, english, german) in [
            ("2025-03", "March 2025", "März 2025"),
            ("2025-03-01", "March 2025", "März 2025"),
            ("2025-03-14", "March 14, 2025", "14. März 2025"),
            ("2025-Q1", "Q1 2025", "Q1 2025"),
            ("Q1 2025", "Q1 2025", "Q1 2025"),
            ("2025-13", "2025-13", "2025-13"),
        ] {
            assert_eq!((said(cell, English).as_str(), said(cell, German).as_str()), (english, german));
        }
        assert_eq!(translated("March 2025", German).as_deref(), Some("März 2025"));
        assert_eq!(translated("März 2025", English).as_deref(), Some("March 2025"));
        assert_eq!(translated("EMEA 2025", German), None);
    }
}
