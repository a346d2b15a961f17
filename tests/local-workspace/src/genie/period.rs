//! The months that a question is about.

/// A month, counted from the year zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(u32);

impl Month {
    /// The first month of the sample data.
    pub(super) const FIRST: Self = Self::of(2024, 10);
    /// The last one. What is `last` or `this` in a question is seen from its end.
    pub(super) const LAST: Self = Self::of(2026, 9);

    const fn of(year: u32, month: u32) -> Self {
        Self(year * 12 + month - 1)
    }

    pub(super) fn year(self) -> u32 {
        self.0 / 12
    }

    fn month(self) -> u32 {
        self.0 % 12 + 1
    }

    fn quarter(self) -> u32 {
        self.0 % 12 / 3 + 1
    }

    pub(super) fn plus(self, months: u32) -> Self {
        Self(self.0.saturating_add(months))
    }

    pub(super) fn minus(self, months: u32) -> Self {
        Self(self.0.saturating_sub(months))
    }

    /// `2026-03-01`.
    pub(super) fn date(self) -> String {
        format!("{}-{:02}-01", self.year(), self.month())
    }

    /// `2026-03`.
    pub(super) fn label(self) -> String {
        format!("{}-{:02}", self.year(), self.month())
    }

    /// `2026-Q1`.
    pub(super) fn quarter_label(self) -> String {
        format!("{}-Q{}", self.year(), self.quarter())
    }

    fn name(self, german: bool) -> String {
        let names = MONTHS[usize::try_from(self.month() - 1).unwrap_or(0)];
        let name = names[usize::from(german)];
        let mut letters = name.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        format!("{}{} {}", first.collect::<String>(), letters.as_str(), self.year())
    }
}

/// English and German name, then abbreviations.
const MONTHS: [[&str; 5]; 12] = [
    ["january", "januar", "jan", "jän", "jänner"],
    ["february", "februar", "feb", "feb", "febr"],
    ["march", "märz", "mar", "mär", "mrz"],
    ["april", "april", "apr", "apr", "apr"],
    ["may", "mai", "may", "mai", "mai"],
    ["june", "juni", "jun", "jun", "jun"],
    ["july", "juli", "jul", "jul", "jul"],
    ["august", "august", "aug", "aug", "aug"],
    ["september", "september", "sep", "sept", "sep"],
    ["october", "oktober", "oct", "okt", "okt"],
    ["november", "november", "nov", "nov", "nov"],
    ["december", "dezember", "dec", "dez", "dez"],
];

/// From the first to the last of these months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Month,
    pub(super) to: Month,
}

impl Period {
    pub(super) const ALL: Self = Self { from: Month::FIRST, to: Month::LAST };

    /// The part that there is data for.
    pub(super) fn with_data(self) -> Option<Self> {
        let part = Self { from: self.from.max(Month::FIRST), to: self.to.min(Month::LAST) };
        (part.from <= part.to).then_some(part)
    }

    pub(super) fn a_year_before(self) -> Self {
        Self { from: self.from.minus(12), to: self.to.minus(12) }
    }

    /// The whole quarters around it.
    pub(super) fn in_quarters(self) -> Self {
        let into = self.to.0 % 3;
        Self { from: self.from.minus(self.from.0 % 3), to: self.to.plus(2 - into) }
    }

    /// In words, such as `Q1 2026`.
    pub(super) fn name(self, german: bool) -> String {
        let length = self.to.0 - self.from.0 + 1;
        if length == 12 && self.from.month() == 1 {
            return self.from.year().to_string();
        }
        if length == 3 && self.from.0.is_multiple_of(3) {
            return format!("Q{} {}", self.from.quarter(), self.from.year());
        }
        if length == 1 {
            return self.from.name(german);
        }
        let to = if german { "bis" } else { "to" };
        format!("{} {to} {}", self.from.name(german), self.to.name(german))
    }
}

/// The words of a question, and which of them are understood already.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    pub(super) used: Vec<bool>,
}

impl Words {
    pub(super) fn new(words: Vec<String>) -> Self {
        let used = vec![false; words.len()];
        Self { words, used }
    }

    pub(super) fn at(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |index| self.at(index))
    }

    fn take(&mut self, from: usize, to: usize) {
        self.used[from..to].fill(true);
    }
}

fn is(word: &str, list: &[&str]) -> bool {
    list.contains(&word)
}

const YEAR: [&str; 7] = ["year", "years", "jahr", "jahre", "jahren", "jahres", "vorjahr"];
const QUARTER: [&str; 5] = ["quarter", "quarters", "quartal", "quartale", "quartalen"];
const MONTH: [&str; 5] = ["month", "months", "monat", "monate", "monaten"];
const COMPARE: [&str; 10] =
    ["vs", "versus", "compared", "over", "against", "than", "gegenüber", "zum", "vergleich", "vergleichen"];

/// Whether a word means the previous one.
fn is_last(word: &str) -> bool {
    is(word, &["last", "previous", "past", "prior"])
        || ["letzte", "vergangene", "vorige"].iter().any(|start| word.starts_with(start))
}

fn is_this(word: &str) -> bool {
    is(word, &["this", "current"])
        || ["diese", "aktuelle", "laufende"].iter().any(|start| word.starts_with(start))
}

/// Takes a comparison with the year before out of the words.
pub(super) fn takes_year_over_year(words: &mut Words) -> bool {
    for at in 0..words.words.len() {
        let word = words.at(at);
        if word == "yoy" || word.starts_with("vorjahresvergleich") {
            words.take(at, at + 1);
            return true;
        }
        let compared = (1..=3).any(|back| is(words.before(at, back), &COMPARE));
        let year = word.starts_with("vorjahr")
            || (is(word, &YEAR) && (is_last(words.before(at, 1)) || words.before(at, 1) == "over"));
        if year && compared {
            words.take(at.saturating_sub(usize::from(!word.starts_with("vorjahr"))), at + 1);
            if words.before(at, 1) == "over" && is(words.before(at, 2), &YEAR) {
                words.take(at - 2, at + 1);
            }
            return true;
        }
    }
    false
}

/// Takes the period out of the words, if one is named.
pub(super) fn take(words: &mut Words) -> Option<Period> {
    relative(words).or_else(|| named(words))
}

fn relative(words: &mut Words) -> Option<Period> {
    let last = Month::LAST;
    for at in 0..words.words.len() {
        if words.used[at] {
            continue;
        }
        let word = words.at(at).to_owned();
        let this_year = Period { from: Month::of(last.year(), 1), to: last };
        if word == "ytd" || word == "jahresbeginn" || (word == "date" && words.before(at, 2) == "year") {
            words.take(at.saturating_sub(if word == "date" { 2 } else { 0 }), at + 1);
            return Some(this_year);
        }
        if word.starts_with("vorjahr") {
            words.take(at, at + 1);
            return Some(Period { from: Month::of(last.year() - 1, 1), to: Month::of(last.year() - 1, 12) });
        }
        let (this, previous) = (is_this(&word), is_last(&word));
        if !this && !previous {
            continue;
        }
        let count = super::words::number(words.at(at + 1)).filter(|_| previous);
        let unit_at = at + 1 + usize::from(count.is_some());
        let unit = words.at(unit_at);
        let count = u32::try_from(count.unwrap_or(1)).unwrap_or(1);
        let (in_month, in_quarter) = (is(unit, &MONTH), is(unit, &QUARTER));
        let period = if in_month {
            Period { from: last.minus(count - 1), to: last }
        } else if in_quarter {
            Period { from: last.minus(3 * count - 1), to: last }
        } else if is(unit, &YEAR) && this {
            Period { from: Month::of(last.year(), 1), to: Month::of(last.year(), 12) }
        } else if is(unit, &YEAR) && count == 1 {
            Period { from: Month::of(last.year() - 1, 1), to: Month::of(last.year() - 1, 12) }
        } else if is(unit, &YEAR) {
            Period { from: last.minus(12 * count - 1), to: last }
        } else {
            continue;
        };
        words.take(at, unit_at + 1);
        return Some(period);
    }
    None
}

/// A year or a part of one: its first month within the year, and its length.
#[derive(Clone, Copy)]
struct Part {
    month: u32,
    length: u32,
}

fn ordinal(word: &str) -> Option<u32> {
    const ORDINALS: [[&str; 3]; 4] = [
        ["first", "1st", "erst"],
        ["second", "2nd", "zweit"],
        ["third", "3rd", "dritt"],
        ["fourth", "4th", "viert"],
    ];
    let found = ORDINALS.iter().position(|[word_1, word_2, stem]| {
        word == *word_1 || word == *word_2 || (word.starts_with(stem) && word.len() <= stem.len() + 2)
    });
    let number = found.or_else(|| ["1", "2", "3", "4"].iter().position(|digit| *digit == word));
    number.and_then(|at| u32::try_from(at).ok())
}

fn named(words: &mut Words) -> Option<Period> {
    let mut years = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    let mut first_at = None;
    for at in 0..words.words.len() {
        if words.used[at] {
            continue;
        }
        let word = words.at(at).to_owned();
        let year = word.parse().ok().filter(|year: &u32| word.len() == 4 && (1990..2100).contains(year));
        let part = if let Some(number) = ordinal(&word) {
            let unit = words.at(at + 1);
            let half = is(unit, &["half", "halbjahr", "halbjahres", "hälfte"]);
            if !(is(unit, &QUARTER) || unit == "quartals" || half && number < 2) {
                continue;
            }
            words.take(at, at + 2);
            let length = if half { 6 } else { 3 };
            Some(Part { month: number * length + 1, length })
        } else if let Some(number) = word.strip_prefix(['q', 'h']).and_then(|digit| digit.parse::<u32>().ok())
        {
            let (length, most) = if word.starts_with('q') { (3, 4) } else { (6, 2) };
            (1..=most).contains(&number).then_some(Part { month: (number - 1) * length + 1, length })
        } else {
            let found = MONTHS.iter().position(|names| names.contains(&word.as_str()));
            // `may` is a month where a month can stand.
            let may = word != "may"
                || is(words.before(at, 1), &["in", "of", "for", "from", "to", "since", "until", "and", "by"])
                || words.at(at + 1).starts_with("20");
            found
                .filter(|_| may)
                .and_then(|at| u32::try_from(at + 1).ok())
                .map(|month| Part { month, length: 1 })
        };
        years.extend(year);
        parts.extend(part);
        if year.is_some() || part.is_some() {
            words.take(at, at + 1);
            first_at.get_or_insert(at);
        }
    }
    let first_at = first_at?;
    years.sort_unstable();
    let mut period = match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => {
            let latest = |part: &Part| {
                let ends = Month::of(Month::LAST.year(), part.month + part.length - 1);
                if ends <= Month::LAST { Month::LAST.year() } else { Month::LAST.year() - 1 }
            };
            let end_year = years.last().copied().unwrap_or_else(|| latest(last));
            let mut from_year = years.first().copied().unwrap_or(end_year);
            if from_year == end_year && first.month > last.month {
                from_year -= 1;
            }
            Period {
                from: Month::of(from_year, first.month),
                to: Month::of(end_year, last.month + last.length - 1),
            }
        }
        _ => Period { from: Month::of(*years.first()?, 1), to: Month::of(*years.last()?, 12) },
    };
    let since = (1..=2).any(|back| is(words.before(first_at, back), &["since", "seit", "ab"]));
    if since {
        period.to = Month::LAST;
    }
    Some(period)
}

#[cfg(test)]
mod tests {
    use super::{Words, take, takes_year_over_year};
    use crate::genie::words::split;

    fn period(text: &str) -> String {
        let mut words = Words::new(split(text));
        take(&mut words)
            .map_or_else(String::new, |period| format!("{}..{}", period.from.label(), period.to.label()))
    }

    #[test]
    fn periods_are_understood_in_english_and_german() {
        for (text, expected) in [
            ("Revenue by quarter", ""),
            ("Revenue by month in 2026", "2026-01..2026-12"),
            ("Revenue by region in March 2026", "2026-03..2026-03"),
            ("Umsatz nach Region im März", "2026-03..2026-03"),
            ("revenue in December", "2025-12..2025-12"),
            ("revenue last quarter", "2026-07..2026-09"),
            ("Umsatz im letzten Quartal", "2026-07..2026-09"),
            ("Umsatz der letzten drei Monate", "2026-07..2026-09"),
            ("revenue of the last 4 quarters", "2025-10..2026-09"),
            ("revenue last year", "2025-01..2025-12"),
            ("Umsatz im Vorjahr", "2025-01..2025-12"),
            ("revenue this year", "2026-01..2026-12"),
            ("revenue year to date", "2026-01..2026-09"),
            ("revenue in Q1 2026", "2026-01..2026-03"),
            ("revenue 2026-Q1", "2026-01..2026-03"),
            ("revenue in Q4", "2025-10..2025-12"),
            ("Umsatz im dritten Quartal 2025", "2025-07..2025-09"),
            ("Umsatz im 1. Quartal 2026", "2026-01..2026-03"),
            ("revenue in the first half of 2026", "2026-01..2026-06"),
            ("revenue H2 2025", "2025-07..2025-12"),
            ("from January to March 2026", "2026-01..2026-03"),
            ("from November to February", "2025-11..2026-02"),
            ("revenue since March 2026", "2026-03..2026-09"),
            ("Umsatz seit 2026", "2026-01..2026-09"),
            ("revenue 2025 and 2026", "2025-01..2026-12"),
            ("may I see the revenue", ""),
            ("revenue in May", "2026-05..2026-05"),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comparison_with_the_year_before_is_no_period() {
        for text in [
            "revenue by quarter compared to last year",
            "revenue growth year over year",
            "Umsatz nach Quartal gegenüber dem Vorjahr",
            "Umsatz nach Monat im Vorjahresvergleich",
        ] {
            let mut words = Words::new(split(text));
            assert!(takes_year_over_year(&mut words), "{text}");
            assert_eq!(take(&mut words), None, "{text}");
        }
        assert!(!takes_year_over_year(&mut Words::new(split("revenue by month last year"))));
    }
}
