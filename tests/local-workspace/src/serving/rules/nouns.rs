//! What columns are called, in both languages.

use super::language::Language;

/// The names of measures and dimensions. Where several have the same name in one language, the first counts.
const NOUNS: &[(&str, &str)] = &[
    ("revenue", "Umsatz"),
    ("sales", "Umsatz"),
    ("turnover", "Umsatz"),
    ("units", "Absatz"),
    ("units sold", "Absatz"),
    ("quantity", "Absatz"),
    ("customers", "Kunden"),
    ("active customers", "aktive Kunden"),
    ("new customers", "Neukunden"),
    ("lost customers", "verlorene Kunden"),
    ("churned customers", "abgewanderte Kunden"),
    ("churned", "Abgewanderte"),
    ("churn", "Abwanderung"),
    ("churn rate", "Abwanderungsquote"),
    ("customers and churn", "Kunden und Abwanderung"),
    ("quarter", "Quartal"),
    ("month", "Monat"),
    ("year", "Jahr"),
    ("week", "Woche"),
    ("day", "Tag"),
    ("date", "Datum"),
    ("region", "Region"),
    ("country", "Land"),
    ("product", "Produkt"),
    ("product line", "Produktlinie"),
    ("segment", "Segment"),
    ("channel", "Kanal"),
    ("category", "Kategorie"),
    ("team", "Team"),
    ("target", "Ziel"),
    ("cost", "Kosten"),
    ("costs", "Kosten"),
    ("profit", "Gewinn"),
    ("margin", "Marge"),
    ("orders", "Bestellungen"),
    ("price", "Preis"),
    ("share", "Anteil"),
    ("growth", "Wachstum"),
    ("count", "Anzahl"),
    ("value", "Wert"),
];

/// The words of a column's name, in lower case: `revenueEUR` and `revenue_eur` are two.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for character in name.chars() {
        let starts = character.is_uppercase() && was_lower;
        if (starts || !(character.is_alphanumeric() || matches!(character, '€' | '$' | '%')))
            && !word.is_empty()
        {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() || matches!(character, '€' | '$' | '%') {
            word.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A name in this language; itself where it isn't known.
pub(crate) fn noun(name: &str, language: Language) -> String {
    translated(name, language).unwrap_or_else(|| name.to_owned())
}

/// A name in this language, if it is known in one of them.
pub(crate) fn translated(name: &str, language: Language) -> Option<String> {
    let lower = name.to_lowercase();
    NOUNS.iter().find(|(english, german)| *english == lower || german.to_lowercase() == lower).map(
        |(english, german)| {
            // A word that is already of the language stays: `sales` doesn't become `revenue`.
            match language {
                Language::English => (*english).to_owned(),
                Language::German => (*german).to_owned(),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{noun, words};
    use crate::serving::rules::language::Language;

    #[test]
    fn names_of_columns_become_words() {
        assert_eq!(words("revenue_eur"), ["revenue", "eur"]);
        assert_eq!(words("churnRate (%)"), ["churn", "rate", "%"]);
        assert_eq!(noun("product line", Language::German), "Produktlinie");
        assert_eq!(noun("Umsatz", Language::English), "revenue");
        assert_eq!(noun("sales", Language::English), "sales");
        assert_eq!(noun("net promoter score", Language::German), "net promoter score");
    }
}
