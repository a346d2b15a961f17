//! How a deck's language writes numbers, and the few words that layout adds.

/// The conventions of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Locale {
    /// Between the whole number and its fraction.
    point: &'static str,
    /// Between thousands.
    group: &'static str,
    /// For thousands, millions, billions and trillions.
    scales: [&'static str; 4],
    /// Before the sources in the footer.
    pub(super) source: &'static str,
    /// Before what has no value, in the footer.
    pub(super) no_value: &'static str,
    /// Before the number of a table's rows that aren't shown.
    pub(super) more_rows: &'static str,
}

/// How a number is shortened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Thousand,
    Million,
    Billion,
    Trillion,
}

const ENGLISH: Locale = Locale {
    point: ".",
    group: ",",
    scales: ["k", "M", "bn", "tn"],
    source: "Source",
    no_value: "No value",
    more_rows: "More rows",
};

impl Locale {
    /// Of a language tag; English where it isn't known.
    pub(crate) fn of(language: Option<&str>) -> Self {
        let tag = language.unwrap_or_default().to_ascii_lowercase();
        let comma = Self { point: ",", group: ".", ..ENGLISH };
        match tag.split('-').next().unwrap_or_default() {
            "de" if tag == "de-ch" => Self { point: ".", group: "’", ..Self::of(Some("de")) },
            "de" => Self {
                scales: ["Tsd.", "Mio.", "Mrd.", "Bio."],
                source: "Quelle",
                no_value: "Kein Wert",
                more_rows: "Weitere Zeilen",
                ..comma
            },
            "fr" => Self {
                group: " ",
                source: "Source",
                no_value: "Sans valeur",
                more_rows: "Autres lignes",
                ..comma
            },
            "es" => Self { source: "Fuente", no_value: "Sin valor", more_rows: "Más filas", ..comma },
            "it" => Self { source: "Fonte", no_value: "Nessun valore", more_rows: "Altre righe", ..comma },
            "pt" => Self { source: "Fonte", no_value: "Sem valor", more_rows: "Mais linhas", ..comma },
            "nl" => Self { source: "Bron", no_value: "Geen waarde", more_rows: "Meer rijen", ..comma },
            "pl" | "cs" | "ru" | "uk" | "sv" | "nb" | "fi" | "bg" | "sk" | "hu" => {
                Self { group: " ", ..comma }
            }
            "da" | "el" | "tr" | "id" | "ro" | "hr" | "sl" => comma,
            _ => ENGLISH,
        }
    }

    /// What follows a shortened number.
    pub(crate) fn scale(self, scale: Scale) -> &'static str {
        let [thousand, million, billion, trillion] = self.scales;
        match scale {
            Scale::Thousand => thousand,
            Scale::Million => million,
            Scale::Billion => billion,
            Scale::Trillion => trillion,
        }
    }

    /// A number with so many digits after the point, with a real minus and groups of thousands.
    pub(super) fn number(self, number: f64, decimals: u8) -> String {
        let text = format!("{:.*}", usize::from(decimals), number.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let mut written = String::new();
        if number < 0.0 && !is_zero {
            written.push('\u{2212}');
        }
        // Four digits are read without help.
        let groups = if whole.len() > 4 { whole.len() } else { 0 };
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && groups > 0 && (groups - index) % 3 == 0 {
                written.push_str(self.group);
            }
            written.push(digit);
        }
        if !fraction.is_empty() {
            written.push_str(self.point);
            written.push_str(fraction);
        }
        written
    }
}

/// A number and its unit: a currency before it, all else after it.
pub(super) fn with_unit(number: &str, unit: Option<&str>) -> String {
    match unit.map(str::trim).filter(|unit| !unit.is_empty()) {
        None => number.to_owned(),
        // As in `€ M`: the currency before the number, the rest after it.
        Some(unit) if unit.split_once(' ').is_some_and(|(first, _)| is_currency(first)) => {
            let (currency, rest) = unit.split_once(' ').unwrap_or((unit, ""));
            format!("{} {}", with_unit(number, Some(currency)), rest.trim())
        }
        Some(unit) if is_currency(unit) => {
            let (sign, number) =
                number.strip_prefix('\u{2212}').map_or(("", number), |number| ("\u{2212}", number));
            let space = if unit.chars().count() > 1 || unit == "€" { " " } else { "" };
            format!("{sign}{unit}{space}{number}")
        }
        Some(unit) => format!("{number} {unit}"),
    }
}

/// Whether a unit stands before its number.
pub(crate) fn is_currency(unit: &str) -> bool {
    const CODES: [&str; 12] =
        ["EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "SEK", "NOK", "DKK"];
    const SYMBOLS: [char; 6] = ['€', '$', '£', '¥', '₹', '₩'];
    // `US$` is a currency. `M€` is millions of one, and stands where other units do.
    let is_multiple =
        unit.strip_suffix(SYMBOLS).is_some_and(|rest| matches!(rest, "k" | "K" | "m" | "M" | "B"));
    CODES.contains(&unit) || (!is_multiple && unit.chars().count() <= 3 && unit.contains(SYMBOLS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_their_language() {
        for (language, number, decimals, text) in [
            ("en", 1234.5, 1, "1234.5"),
            ("en", 12_345.5, 1, "12,345.5"),
            ("de", 1_234_567.0, 0, "1.234.567"),
            ("fr-FR", -12_345.67, 2, "\u{2212}12 345,67"),
            ("de-CH", 12_345.5, 1, "12’345.5"),
            ("ja", -0.04, 1, "0.0"),
        ] {
            assert_eq!(Locale::of(Some(language)).number(number, decimals), text);
        }
    }

    #[test]
    fn a_currency_stands_before_its_number() {
        assert_eq!(with_unit("3.4 M", Some("€")), "€ 3.4 M");
        assert_eq!(with_unit("\u{2212}3", Some("$")), "\u{2212}$3");
        assert_eq!(with_unit("12", Some("%")), "12 %");
        assert_eq!(with_unit("7.95", Some("€ M")), "€ 7.95 M");
        assert_eq!(with_unit("12", Some("US$")), "US$ 12");
        assert_eq!(with_unit("12", Some("M€")), "12 M€");
        assert_eq!(with_unit("12", Some("k$")), "12 k$");
        assert_eq!(with_unit("12", None), "12");
    }
}
