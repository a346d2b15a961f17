//! The two languages that the model writes.

/// English or German.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

const GERMAN: &[&str] = &[
    "der",
    "die",
    "das",
    "und",
    "mit",
    "für",
    "von",
    "zu",
    "zum",
    "zur",
    "den",
    "dem",
    "ein",
    "eine",
    "einen",
    "auf",
    "nach",
    "über",
    "unsere",
    "unser",
    "folie",
    "folien",
    "erstelle",
    "mache",
    "bitte",
    "ist",
    "nicht",
    "umsatz",
    "quartal",
    "monat",
    "kunden",
    "bei",
    "füge",
    "lösche",
    "verschiebe",
    "ersetze",
    "kürzer",
    "deutsch",
    "im",
    "nächsten",
    "nächste",
    "daten",
    "tabelle",
    "diagramm",
    "diagrammen",
    "aus",
    "gestiegen",
    "gefallen",
    "führt",
    "quartalsbericht",
    "präsentation",
    "übersicht",
];
const ENGLISH: &[&str] = &[
    "the",
    "and",
    "with",
    "for",
    "of",
    "to",
    "a",
    "an",
    "in",
    "on",
    "by",
    "our",
    "slide",
    "slides",
    "make",
    "create",
    "please",
    "is",
    "not",
    "revenue",
    "quarter",
    "month",
    "customers",
    "add",
    "delete",
    "move",
    "turn",
    "into",
    "after",
    "use",
    "review",
    "overview",
    "from",
    "grew",
    "fell",
    "leads",
    "next",
    "steps",
    "data",
];

impl Language {
    /// From a language tag such as `de-CH`; English unless it is German.
    pub(crate) fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// The language of a text; `None` if it has no word that tells.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let (mut german, mut english) = (0, 0);
        for word in lower.split(|c: char| !c.is_alphanumeric()) {
            german += usize::from(GERMAN.contains(&word)) + usize::from(word.contains(['ä', 'ö', 'ü', 'ß']));
            english += usize::from(ENGLISH.contains(&word));
        }
        match german.cmp(&english) {
            std::cmp::Ordering::Greater => Some(Self::German),
            std::cmp::Ordering::Less => Some(Self::English),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The tag in a deck.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// One of two texts.
    pub(crate) fn pick<T>(self, english: T, german: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_language_is_told_by_its_small_words() {
        for (text, language) in [
            ("Quarterly review of the sample sales data, 6 slides", Some(Language::English)),
            ("Quartalsbericht zu den Beispieldaten mit 6 Folien", Some(Language::German)),
            ("Erstelle eine Übersicht", Some(Language::German)),
            ("Q1 2025", None),
        ] {
            assert_eq!(Language::of_text(text), language, "{text}");
        }
    }
}
