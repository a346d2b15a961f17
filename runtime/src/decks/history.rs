//! What changed between two states of a deck, in a few words: the name of a save point without one.

use std::collections::BTreeMap;

use tellr_slides::deck::{Deck, Slide};

/// What changed since `before`, as in `2 slides added, 1 changed`.
pub(super) fn what_changed(before: Option<&Deck>, now: &Deck) -> String {
    let Some(before) = before else {
        let count = now.slides.len();
        return format!("First save point, {count} {}", if count == 1 { "slide" } else { "slides" });
    };
    let old: BTreeMap<_, &Slide> = before.slides.iter().map(|slide| (&slide.id, slide)).collect();
    let new: BTreeMap<_, &Slide> = now.slides.iter().map(|slide| (&slide.id, slide)).collect();
    let added = new.keys().filter(|id| !old.contains_key(*id)).count();
    let removed = old.keys().filter(|id| !new.contains_key(*id)).count();
    let changed = new.iter().filter(|(id, slide)| old.get(*id).is_some_and(|old| old != *slide)).count();
    let in_both = |deck: &Deck| -> Vec<String> {
        let kept =
            deck.slides.iter().filter(|slide| old.contains_key(&slide.id) && new.contains_key(&slide.id));
        kept.map(|slide| slide.id.to_string()).collect()
    };
    let counted = [(added, "added"), (removed, "removed"), (changed, "changed")];
    let mut parts: Vec<String> = Vec::new();
    for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
        // The noun once, as people say it.
        let noun = match (parts.is_empty(), count) {
            (false, _) => "",
            (true, 1) => "slide ",
            (true, _) => "slides ",
        };
        parts.push(format!("{count} {noun}{what}"));
    }
    if in_both(before) != in_both(now) {
        parts.push("slides reordered".to_owned());
    }
    if before.theme != now.theme {
        parts.push(format!("theme set to {}", now.theme));
    }
    if before.title != now.title {
        parts.push("title changed".to_owned());
    }
    if before.language != now.language {
        parts.push("language changed".to_owned());
    }
    if parts.is_empty() {
        return "No changes".to_owned();
    }
    let mut text = parts.join(", ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deck(title: &str, theme: &str, slides: &[(&str, &str)]) -> Deck {
        let slides: Vec<_> = slides
            .iter()
            .map(|(id, notes)| json!({ "id": id, "layout": "chart", "blocks": [], "notes": notes }))
            .collect();
        serde_json::from_value(json!({ "format": 1, "title": title, "theme": theme, "slides": slides }))
            .expect("a deck")
    }

    #[test]
    fn a_save_point_is_named_by_what_changed() {
        let before = deck("A", "clear", &[("a", ""), ("b", ""), ("c", "")]);
        let named = |now: &Deck| what_changed(Some(&before), now);
        assert_eq!(what_changed(None, &before), "First save point, 3 slides");
        assert_eq!(named(&before), "No changes");
        assert_eq!(named(&deck("A", "clear", &[("a", "x"), ("b", ""), ("c", "")])), "1 slide changed");
        assert_eq!(
            named(&deck("A", "clear", &[("a", "x"), ("b", "y"), ("d", ""), ("e", "")])),
            "2 slides added, 1 removed, 2 changed"
        );
        assert_eq!(named(&deck("A", "clear", &[("b", ""), ("a", ""), ("c", "")])), "Slides reordered");
        assert_eq!(
            named(&deck("B", "ink", &[("a", ""), ("b", ""), ("c", "")])),
            "Theme set to ink, title changed"
        );
    }
}
