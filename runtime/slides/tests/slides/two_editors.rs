//! Two editors of one deck: what is acknowledged isn't lost.
//!
//! The store here is a model of the one in SQL that is to come: a patch is applied on the version
//! that it was made for, or refused with the current one.

use serde_json::json;
use tellr_slides::block::Block;
use tellr_slides::deck::Deck;
use tellr_slides::patch::{Patch, apply};
use tellr_slides::read::from_value;

use crate::generate::Chance;

#[derive(Clone)]
struct Stored {
    version: u64,
    deck: Deck,
}

impl Stored {
    /// Applies a patch that was made for a version. Refused with the current state if that is another.
    fn save(&mut self, expected: Option<u64>, patch: &Patch) -> Result<Self, Box<Self>> {
        if expected.is_some_and(|expected| expected != self.version) {
            return Err(Box::new(self.clone()));
        }
        let (deck, _) = apply(&self.deck, patch).map_err(|_| Box::new(self.clone()))?;
        *self = Self { version: self.version + 1, deck };
        Ok(self.clone())
    }
}

/// An editor: what it last saw, and how many words it has written.
struct Editor {
    name: char,
    seen: Stored,
    written: usize,
}

impl Editor {
    fn word(&self) -> String {
        format!("{}{}", self.name, self.written)
    }

    /// Writes its next word at the end of the text that it sees.
    fn patch(&self) -> Patch {
        let text = text(&self.seen.deck) + " " + &self.word();
        serde_json::from_value(json!({ "op": "set_field", "block": "t", "field": { "text": text } })).unwrap()
    }
}

fn text(deck: &Deck) -> String {
    match deck.block(&"t".to_owned().try_into().unwrap()) {
        Some(Block::Text(block)) => block.text.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn start() -> Stored {
    let slide = json!({ "id": "s", "layout": "title_and_text", "blocks": [{ "type": "text", "id": "t", "text": "" }] });
    let deck = json!({ "format": 1, "title": "", "theme": "clear", "slides": [slide] });
    Stored { version: 1, deck: from_value(deck).unwrap() }
}

/// Lets two editors look and write in a random order. Gives the words that were acknowledged, in
/// that order, and those in the deck at the end.
fn interleave(seed: u64, checks_version: bool) -> (Vec<String>, Vec<String>) {
    let mut chance = Chance::new(seed);
    let mut stored = start();
    let mut editors = ['a', 'b'].map(|name| Editor { name, seen: stored.clone(), written: 0 });
    let mut acknowledged = Vec::new();
    for _ in 0..12 {
        let editor = &mut editors[chance.below(2)];
        if chance.one_in(3) {
            editor.seen = stored.clone();
            continue;
        }
        match stored.save(checks_version.then_some(editor.seen.version), &editor.patch()) {
            Ok(now) => {
                acknowledged.push(editor.word());
                editor.written += 1;
                // The answer may be late: the editor then goes on from what it saw before.
                if !chance.one_in(4) {
                    editor.seen = now;
                }
            }
            Err(current) => editor.seen = *current,
        }
    }
    assert_eq!(stored.version, 1 + acknowledged.len() as u64);
    (acknowledged, text(&stored.deck).split_whitespace().map(str::to_owned).collect())
}

#[test]
fn no_update_is_lost_in_ten_thousand_interleavings() {
    for seed in 0..10_000 {
        let (acknowledged, kept) = interleave(seed, true);
        assert_eq!(acknowledged, kept, "seed {seed}");
    }
}

#[test]
fn without_the_version_updates_would_be_lost() {
    let lost = (0..100).filter(|seed| {
        let (acknowledged, kept) = interleave(*seed, false);
        acknowledged != kept
    });
    assert!(lost.count() > 50);
}

#[test]
fn an_undo_does_not_undo_what_another_editor_wrote() {
    let mut stored = start();
    let seen = stored.version;
    let mine = Editor { name: 'a', seen: stored.clone(), written: 0 }.patch();
    let (_, undo) = apply(&stored.deck, &mine).unwrap();
    stored.save(Some(seen), &mine).ok().unwrap();
    let theirs = Editor { name: 'b', seen: stored.clone(), written: 0 }.patch();
    stored.save(Some(seen + 1), &theirs).ok().unwrap();

    let current = stored.save(Some(seen + 1), &undo).err().unwrap();
    assert_eq!(current.version, seen + 2);
    assert_eq!(text(&stored.deck), " a0 b0");
}
