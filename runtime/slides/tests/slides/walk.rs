//! Patches by chance: for what a deck holds, and now and then for what it doesn't.

use serde_json::{Value, json};
use tellr_slides::block::Block;
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::patch::Patch;

use crate::generate::Chance;

impl Chance {
    /// A patch; most can be applied to the deck.
    pub(crate) fn patch(&mut self, deck: &Deck) -> Patch {
        let json = if deck.slides.is_empty() || (deck.slides.len() < 6 && self.one_in(12)) {
            let after = deck.slides.last().map(|slide| slide.id.to_string());
            json!({ "op": "insert_slide", "slide": self.slide(), "after": after })
        } else {
            match self.below(4) {
                0 => self.patch_of_deck(deck),
                1 => self.patch_of_slide(deck),
                _ => self.patch_of_block(deck),
            }
        };
        serde_json::from_value(json).expect("a generated patch is one")
    }

    fn patch_of_deck(&mut self, deck: &Deck) -> Value {
        match self.below(4) {
            0 => json!({ "op": "set_title", "title": self.text() }),
            1 => json!({ "op": "set_theme", "theme": self.pick(&["clear", "ink"]) }),
            2 => json!({ "op": "set_language", "language": self.pick(&[Some("de"), Some("?"), None]) }),
            _ => {
                json!({ "op": "move_slide", "slide": self.slide_of(deck), "after": self.slide_or_none(deck) })
            }
        }
    }

    fn patch_of_slide(&mut self, deck: &Deck) -> Value {
        let slide = self.slide_of(deck);
        match self.below(6) {
            0 => json!({ "op": "remove_slide", "slide": slide }),
            1 => {
                let mut new = self.slide();
                new["id"] = json!(slide);
                json!({ "op": "replace_slide", "slide": new })
            }
            2 => json!({ "op": "set_layout", "slide": slide, "layout": self.pick(&["cover", "table"]) }),
            3 => json!({ "op": "set_notes", "slide": slide, "notes": self.text() }),
            4 => json!({ "op": "set_sources", "slide": slide, "sources": [{ "label": self.text() }] }),
            _ => {
                let (into, after) = self.place_in(deck);
                json!({ "op": "insert_block", "block": self.block(true), "into": into, "after": after })
            }
        }
    }

    fn patch_of_block(&mut self, deck: &Deck) -> Value {
        let blocks: Vec<&Block> = deck.slides.iter().flat_map(Slide::all_blocks).collect();
        if blocks.is_empty() {
            return self.patch_of_slide(deck);
        }
        let block = *self.pick(&blocks);
        let id = block.id().to_string();
        match (self.below(5), block) {
            (0, _) | (1, Block::Columns(_)) => json!({ "op": "remove_block", "block": id }),
            (1, _) => {
                let (into, after) = self.place_in(deck);
                json!({ "op": "move_block", "block": id, "into": into, "after": after })
            }
            (2, _) => {
                let mut new = self.block(false);
                new["id"] = json!(id);
                json!({ "op": "set_block", "block": new })
            }
            (_, Block::Table(table)) => {
                let (row, column) = (self.below(table.rows.len() + 1), self.below(table.columns.len()));
                json!({ "op": "set_cell", "block": id, "row": row, "column": column, "cell": self.cell() })
            }
            (3, Block::Chart(chart)) => {
                let kind = serde_json::to_value(chart.kind).unwrap();
                let (name, points) = (chart.series[0].id.to_string(), chart.series[0].values.len());
                json!({ "op": "set_series", "block": id, "series": self.series(&name, kind.as_str().unwrap(), points) })
            }
            _ => json!({ "op": "set_field", "block": id, "field": self.field() }),
        }
    }

    fn field(&mut self) -> Value {
        match self.below(9) {
            0..3 => json!({ "text": self.text() }),
            3 => json!({ "value": self.number() }),
            4 => json!({ "unit": self.pick(&[Some("€"), None]) }),
            5 => json!({ "items": [{ "text": self.text() }] }),
            6 => json!({ "chart_kind": self.pick(&["bar", "line", "scatter", "pie"]) }),
            7 => json!({ "caption": self.text() }),
            _ => json!({ "meaning": "positive" }),
        }
    }

    fn slide_of(&mut self, deck: &Deck) -> String {
        let slide = self.pick(&deck.slides).id.to_string();
        if self.one_in(20) { "gone".to_owned() } else { slide }
    }

    fn slide_or_none(&mut self, deck: &Deck) -> Option<String> {
        (!self.one_in(4)).then(|| self.slide_of(deck))
    }

    /// A list of blocks, and a block of it or its beginning.
    fn place_in(&mut self, deck: &Deck) -> (Value, Option<String>) {
        let slide = self.pick(&deck.slides).clone();
        let columns = slide.blocks.iter().find_map(|block| match block {
            Block::Columns(columns) => Some(columns),
            _ => None,
        });
        let (into, blocks) = match columns {
            Some(columns) if self.one_in(2) => {
                let index = self.below(columns.columns.len());
                (json!({ "column": { "block": columns.id, "index": index } }), &columns.columns[index].blocks)
            }
            _ => (json!({ "slide": slide.id }), &slide.blocks),
        };
        let after = (!blocks.is_empty() && !self.one_in(3)).then(|| self.pick(blocks).id().to_string());
        (into, after)
    }
}
