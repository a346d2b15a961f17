//! The names of fonts, and languages as PowerPoint writes them.

use crate::display::{DisplayList, Shape};

/// The fonts that texts name beside their own, for the scripts that it doesn't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scripts {
    /// For Chinese, Japanese and Korean.
    pub(crate) east_asian: &'static str,
    /// For scripts whose letters change their shape with their neighbours.
    pub(crate) complex: &'static str,
}

impl Scripts {
    /// Those of a deck's language; where it says nothing about them, those of a slide's letters.
    pub(crate) fn of(language: Option<&str>, list: &DisplayList) -> Self {
        let tag = language.unwrap_or_default().to_ascii_lowercase();
        let is_traditional = ["hant", "tw", "hk", "mo"].iter().any(|part| tag.split('-').any(|p| p == *part));
        let east_asian = match tag.split('-').next().unwrap_or_default() {
            "ja" => "Yu Gothic",
            "ko" => "Malgun Gothic",
            "zh" if is_traditional => "Microsoft JhengHei",
            "zh" => "Microsoft YaHei",
            _ => by_letters(list),
        };
        let complex = match tag.split('-').next().unwrap_or_default() {
            "th" => "Leelawadee UI",
            "hi" | "bn" | "ta" | "te" | "mr" | "gu" | "kn" | "ml" | "pa" => "Nirmala UI",
            _ => "Arial",
        };
        Self { east_asian, complex }
    }
}

fn by_letters(list: &DisplayList) -> &'static str {
    let runs = list.elements.iter().filter_map(|element| match &element.shape {
        Shape::Text(text) => Some(text),
        _ => None,
    });
    let letters = runs.flat_map(|text| &text.lines).flat_map(|line| &line.runs).filter(|run| run.is_foreign);
    for letter in letters.flat_map(|run| run.text.chars()) {
        match letter {
            '\u{3040}'..='\u{30ff}' => return "Yu Gothic",
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => return "Malgun Gothic",
            _ => {}
        }
    }
    "Microsoft YaHei"
}

/// A language as PowerPoint names it: with a country, for a tag without one. What isn't a tag is none, so it
/// can stand in an attribute.
pub(crate) fn language(tag: Option<&str>) -> String {
    let is_tag = |tag: &&str| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let tag = tag.filter(is_tag).filter(|tag| !tag.is_empty()).unwrap_or("en-US");
    let parts: Vec<&str> = tag.split('-').collect();
    let region = parts.iter().skip(1).find(|part| part.len() == 2);
    let first = parts[0].to_ascii_lowercase();
    if let Some(region) = region {
        return format!("{first}-{}", region.to_ascii_uppercase());
    }
    let is_traditional = parts.iter().any(|part| part.eq_ignore_ascii_case("hant"));
    let region = match first.as_str() {
        "en" => "US",
        "zh" if is_traditional => "TW",
        "zh" => "CN",
        "ja" => "JP",
        "ko" => "KR",
        "ar" => "SA",
        "he" => "IL",
        "fa" => "IR",
        "ur" => "PK",
        "hi" => "IN",
        "da" => "DK",
        "sv" => "SE",
        "nb" | "nn" | "no" => "NO",
        "cs" => "CZ",
        "el" => "GR",
        "uk" => "UA",
        "vi" => "VN",
        "sl" => "SI",
        "et" => "EE",
        "pt" => "BR",
        "de" | "fr" | "es" | "it" | "nl" | "pl" | "ru" | "fi" | "hu" | "ro" | "hr" | "sk" | "bg" | "tr"
        | "id" | "th" | "lt" | "lv" => return format!("{first}-{}", first.to_ascii_uppercase()),
        _ => return first,
    };
    format!("{first}-{region}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_countries() {
        for (tag, written) in [
            ("en", "en-US"),
            ("de", "de-DE"),
            ("pt-BR", "pt-BR"),
            ("zh-Hant-TW", "zh-TW"),
            ("zh-hant", "zh-TW"),
        ] {
            assert_eq!(language(Some(tag)), written);
        }
        for none in [None, Some(""), Some("en\"&<")] {
            assert_eq!(language(none), "en-US");
        }
    }
}
