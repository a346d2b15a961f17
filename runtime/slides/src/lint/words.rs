//! Counting words.

use crate::text::RichText;

/// Words, as people count them. What is written without spaces counts as one for two characters,
/// which is about what a word is in Chinese and Japanese.
pub(super) fn words(text: &RichText) -> usize {
    let of = |word: &str| {
        let dense =
            word.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')).count();
        if dense > 0 { dense.div_ceil(2) } else { usize::from(word.chars().any(char::is_alphanumeric)) }
    };
    text.plain().split_whitespace().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_people_do() {
        for (text, count) in [
            ("", 0),
            ("EMEA grew **18 %** – and *leads*", 5),
            ("[the plan](https://example.com/a-b-c)", 2),
            ("a\nb", 2),
            ("季度业绩回顾", 3),
            ("مرحبا بالعالم", 2),
        ] {
            assert_eq!(words(&RichText::new(text)), count, "{text}");
        }
    }
}
