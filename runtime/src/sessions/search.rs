//! What a person types, as a search.

use crate::http::Rejection;

/// The longest text to search for.
const LONGEST: usize = 200;
/// The most words that are looked for.
const MOST_WORDS: usize = 12;

/// A search over titles and slides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// The text itself, to be found in titles: also where words aren't separated by spaces.
    pub(super) text: Option<String>,
    /// Its words in PostgreSQL's query language, each as a beginning; `None` without a word.
    pub(super) words: Option<String>,
}

impl Search {
    /// Of a query; everything without a text.
    pub(super) fn read(text: Option<&str>) -> Result<Self, Rejection> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(Self::default());
        };
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(Rejection::invalid(format!(
                "`q`: search for at most {LONGEST} characters on one line"
            )));
        }
        // Letters and digits only, so nothing of it has a meaning in the query language.
        let words =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(MOST_WORDS);
        let words: Vec<String> = words.map(|word| format!("{word}:*")).collect();
        let words = (!words.is_empty()).then(|| words.join(" & "));
        Ok(Self { text: Some(text.to_owned()), words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_by_their_beginnings() {
        let search = Search::read(Some("  EMEA grow! & (sales | 'x':*)")).expect("a search");
        assert_eq!(search.words.as_deref(), Some("EMEA:* & grow:* & sales:* & x:*"));
        assert_eq!(search.text.as_deref(), Some("EMEA grow! & (sales | 'x':*)"));
        assert_eq!(Search::read(Some("§ %")).expect("a search").words, None);
        assert_eq!(Search::read(Some("  ")).expect("a search"), Search::default());
        assert!(Search::read(Some(&"x".repeat(201))).is_err());
        assert!(Search::read(Some("a\u{0}b")).is_err());
    }
}
