//! Numbers as people write them in a language, and their units.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;

/// A space that doesn't break, between a number and its unit.
const SPACE: char = '\u{a0}';

/// What a column counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A currency, in ones, thousands (3) or millions (6).
    Money { symbol: &'static str, exponent: i32 },
    /// Percent, as 3.1 for 3.1 %.
    Percent,
    /// Percent, as 0.031 for 3.1 %.
    Fraction,
    /// Counted things, in English and German.
    Count(&'static str, &'static str),
    /// Unknown.
    Plain,
}

impl Unit {
    /// From the words of a column's name, and the largest value in it.
    pub(crate) fn of(words: &[String], largest: f64) -> Self {
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let exponent = if has(&["mio", "million", "millions", "meur", "musd", "m€"]) {
            6
        } else if has(&["keur", "teur", "kusd", "tsd", "thousand", "k€"]) {
            3
        } else {
            0
        };
        let symbol = [
            (&["eur", "euro", "euros", "€", "keur", "teur", "meur", "k€", "m€"][..], "€"),
            (&["usd", "dollar", "dollars", "$", "kusd", "musd"][..], "$"),
            (&["gbp", "£"][..], "£"),
            (&["chf"][..], "CHF"),
        ]
        .into_iter()
        .find_map(|(names, symbol)| has(names).then_some(symbol));
        if let Some(symbol) = symbol {
            return Self::Money { symbol, exponent };
        }
        if has(&["pct", "percent", "percentage", "prozent", "%"]) {
            return Self::Percent;
        }
        if has(&["rate", "ratio", "share", "quote", "anteil", "abwanderungsquote"]) {
            return if largest <= 1.0 { Self::Fraction } else { Self::Percent };
        }
        if has(&["units", "quantity", "qty", "pieces", "stück", "stueck", "absatz"]) {
            return Self::Count("units", "Stück");
        }
        if has(&["customers", "customer", "kunden", "churned", "neukunden", "churn", "abwanderung"]) {
            return Self::Count("customers", "Kunden");
        }
        if has(&["orders", "bestellungen"]) {
            return Self::Count("orders", "Bestellungen");
        }
        Self::Plain
    }

    /// As a draft names it; empty if unknown.
    pub(crate) fn name(&self, language: Language) -> String {
        match self {
            Self::Money { symbol, exponent } => match exponent {
                6 => format!("{symbol} {}", language.pick("M", "Mio.")),
                3 => format!("{symbol} {}", language.pick("k", "Tsd.")),
                _ => (*symbol).to_owned(),
            },
            Self::Percent => "%".to_owned(),
            Self::Count(english, german) => language.pick(*english, *german).to_owned(),
            Self::Fraction | Self::Plain => String::new(),
        }
    }

    /// Whether values can be added up.
    pub(crate) fn adds_up(&self) -> bool {
        !matches!(self, Self::Percent | Self::Fraction)
    }

    /// A value with its unit, as in `€ 3.4 M` and `3,4 Mio. €`.
    pub(crate) fn write(&self, value: f64, language: Language) -> String {
        match self {
            Self::Money { symbol, exponent } => money(value * 10_f64.powi(*exponent), symbol, language),
            Self::Percent => percent(value, language),
            Self::Fraction => percent(value * 100.0, language),
            Self::Count(..) | Self::Plain if value.abs() >= 1e6 => {
                let scaled = decimal(value / 1e6, 1, language);
                format!("{scaled}{SPACE}{}", language.pick("M", "Mio."))
            }
            Self::Count(..) | Self::Plain => decimal(value, usize::from(value.fract() != 0.0), language),
        }
    }
}

fn money(value: f64, symbol: &str, language: Language) -> String {
    let (scaled, decimals, scale) = match value.abs() {
        size if size >= 999_500_000.0 => (value / 1e9, 1, language.pick("B", "Mrd.")),
        size if size >= 999_500.0 => (value / 1e6, 1, language.pick("M", "Mio.")),
        size if size >= 10_000.0 => (value / 1e3, 0, language.pick("k", "Tsd.")),
        _ => (value, if value.fract() == 0.0 { 0 } else { 2 }, ""),
    };
    let number = decimal(scaled, decimals, language);
    let number = if scale.is_empty() { number } else { format!("{number}{SPACE}{scale}") };
    language.pick(format!("{symbol}{SPACE}{number}"), format!("{number}{SPACE}{symbol}"))
}

/// Percent, with one digit after the point below ten.
pub(crate) fn percent(value: f64, language: Language) -> String {
    let decimals = usize::from(value.abs() < 9.95 && (value * 10.0).round() % 10.0 != 0.0);
    format!("{}{SPACE}%", decimal(value, decimals, language))
}

/// A number with its digits in groups from five digits on, and a real minus.
pub(crate) fn decimal(value: f64, decimals: usize, language: Language) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let mut written = String::new();
    if value < 0.0 && !is_zero {
        written.push('\u{2212}');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index) % 3 == 0 {
            written.push(language.pick(',', '.'));
        }
        written.push(digit);
    }
    if !fraction.is_empty() {
        written.push(language.pick('.', ','));
        written.push_str(fraction);
    }
    written
}

static GERMAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?<sign>[−-]?)(?<number>[\d.]+(?:,\d+)?)(?:\s(?<scale>Tsd\.|Mio\.|Mrd\.))?(?:\s(?<after>€|\$|£|CHF|%))?$")
        .expect("a pattern of ours")
});
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?<before>(?:€|\$|£|CHF)\s)?(?<sign>[−-]?)(?<number>[\d,]+(?:\.\d+)?)(?:\s(?<scale>[kMB]))?(?:\s(?<after>%))?$")
        .expect("a pattern of ours")
});

/// A number written by this module, in the other language; `None` if it isn't one.
pub(crate) fn translated(text: &str, to: Language) -> Option<String> {
    let found = to.pick(&*GERMAN, &*ENGLISH).captures(text)?;
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str().trim());
    let swapped: String = part("number")
        .chars()
        .map(|character| match character {
            '.' => ',',
            ',' => '.',
            other => other,
        })
        .collect();
    let scales = [("k", "Tsd."), ("M", "Mio."), ("B", "Mrd.")];
    let scale = scales
        .iter()
        .find(|(english, german)| [*english, *german].contains(&part("scale")))
        .map_or("", |(english, german)| to.pick(*english, *german));
    let number =
        [swapped.as_str(), scale].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
    let number = format!("{}{}", part("sign"), number.join("\u{a0}"));
    Some(match (to, part("before"), part("after")) {
        (_, _, "%") => format!("{number}{SPACE}%"),
        (Language::German, "", _) | (Language::English, _, "") => number,
        (Language::German, currency, _) => format!("{number}{SPACE}{currency}"),
        (Language::English, _, currency) => format!("{currency}{SPACE}{number}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Unit, percent, translated};
    use crate::serving::rules::language::Language::{English, German};
    use crate::serving::rules::nouns::words;

    fn plain(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn units_come_from_the_names_of_columns() {
        let unit = |name: &str, largest: f64| Unit::of(&words(name), largest);
        assert_eq!(unit("revenue_eur", 9.0), Unit::Money { symbol: "€", exponent: 0 });
        assert_eq!(unit("Umsatz (TEUR)", 9.0), Unit::Money { symbol: "€", exponent: 3 });
        assert_eq!(unit("churn_rate", 0.04), Unit::Fraction);
        assert_eq!(unit("churn_rate_pct", 3.1), Unit::Percent);
        assert_eq!(unit("units", 3.0), Unit::Count("units", "Stück"));
        assert_eq!(unit("revenue", 3.0), Unit::Plain);
    }

    #[test]
    fn values_are_written_as_in_their_language_and_translated() {
        let euro = Unit::Money { symbol: "€", exponent: 0 };
        let count = Unit::Count("units", "Stück");
        for (english, german) in [
            (euro.write(3_412_345.0, English), euro.write(3_412_345.0, German)),
            (euro.write(12_345.0, English), euro.write(12_345.0, German)),
            (count.write(-12_345.0, English), count.write(-12_345.0, German)),
            (percent(3.12, English), percent(3.12, German)),
            (percent(18.2, English), percent(18.2, German)),
        ] {
            assert_eq!(translated(&english, German).as_ref(), Some(&german));
            assert_eq!(translated(&german, English).as_ref(), Some(&english));
        }
        assert_eq!(plain(&euro.write(3_412_345.0, English)), "€ 3.4 M");
        assert_eq!(plain(&euro.write(3_412_345.0, German)), "3,4 Mio. €");
        assert_eq!(plain(&euro.write(999_900.0, English)), "€ 1.0 M");
        assert_eq!(plain(&percent(5.0, English)), "5 %");
        assert_eq!(translated("Q1 2025", German), None);
    }
}
