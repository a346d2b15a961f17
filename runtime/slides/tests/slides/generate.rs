//! Decks by chance: valid ones, with every type of block and text that is awkward on purpose.

use proptest::prelude::Rng;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Map, Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::read;

/// Decks of up to six slides.
pub(crate) fn decks() -> impl Strategy<Value = Deck> {
    any::<u64>().no_shrink().prop_map(|seed| Chance::new(seed).deck())
}

const TEXTS: [&str; 9] = [
    "EMEA grew **18 %** and now *leads*",
    "See [the plan](https://example.com/a?b=c#d)",
    "<script>alert(1)</script> & &amp;",
    "one\ntwo",
    "مرحبا 你好 👩‍👩‍👧 é",
    r"5 \* 3 ** [x",
    "",
    "\"quoted\" \\ back",
    "a",
];

const LAYOUTS: [&str; 17] = [
    "cover",
    "section",
    "agenda",
    "statement",
    "title_and_text",
    "two_columns",
    "chart_and_takeaway",
    "chart",
    "two_charts",
    "metrics",
    "table",
    "comparison",
    "steps",
    "quote",
    "image_half",
    "image_full",
    "closing",
];

/// Makes parts of decks, the same ones for the same seed.
pub(crate) struct Chance {
    rng: TestRng,
    next_id: usize,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self { rng: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes), next_id: 0 }
    }

    /// A number from 0, below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u64() % end as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len());
        &from[index]
    }

    /// An id that this source of chance has not given before.
    pub(crate) fn id(&mut self) -> String {
        self.next_id += 1;
        format!("n{}", self.next_id)
    }

    pub(crate) fn deck(&mut self) -> Deck {
        let slides: Vec<Value> = (0..self.below(7)).map(|_| self.slide()).collect();
        let mut deck = json!({ "format": 1, "title": self.text().replace('\n', " "), "theme": "clear", "slides": slides });
        if self.one_in(2) {
            deck["language"] = json!(self.pick(&["en", "pt-BR", "zh-Hant-TW"]));
        }
        read::from_value(deck).expect("a generated deck is valid")
    }

    pub(crate) fn slide(&mut self) -> Value {
        let blocks: Vec<Value> = (0..self.below(5)).map(|_| self.block(true)).collect();
        let layout = *self.pick(&LAYOUTS);
        let mut slide = json!({ "id": self.id(), "layout": layout, "blocks": blocks });
        if self.one_in(2) {
            slide["notes"] = json!(self.text());
        }
        if self.one_in(3) {
            slide["sources"] = json!([self.source()]);
        }
        slide
    }

    pub(crate) fn block(&mut self, may_have_columns: bool) -> Value {
        let kinds = [
            "title", "subtitle", "text", "bullets", "numbered", "table", "chart", "image", "quote", "metric",
            "steps", "callout", "divider", "columns",
        ];
        let kind = kinds[self.below(kinds.len() - usize::from(!may_have_columns))];
        let mut block = self.fields(kind);
        block.insert("type".to_owned(), json!(kind));
        block.insert("id".to_owned(), json!(self.id()));
        Value::Object(block)
    }

    fn fields(&mut self, kind: &str) -> Map<String, Value> {
        let fields = match kind {
            "title" | "subtitle" | "text" => json!({ "text": self.text() }),
            "bullets" | "numbered" => json!({ "items": self.items() }),
            "table" => self.table(),
            "chart" => self.chart(),
            "image" => {
                json!({ "image": "logo", "alt": self.text().replace('\n', " "), "caption": self.text() })
            }
            "quote" => json!({ "text": self.text(), "by": "Ada" }),
            "metric" => {
                json!({ "value": self.number(), "label": self.text(), "change": { "value": self.number() } })
            }
            "steps" => {
                json!({ "kind": "process", "steps": [{ "title": self.text() }, { "title": "b", "text": self.text() }] })
            }
            "callout" => json!({ "text": self.text(), "meaning": self.pick(&["neutral", "warning"]) }),
            "columns" => {
                let blocks: Vec<Value> = (0..self.below(3)).map(|_| self.block(false)).collect();
                json!({ "columns": [{ "width": 7, "blocks": blocks }, { "width": 5, "blocks": [self.block(false)] }] })
            }
            _ => json!({}),
        };
        fields.as_object().unwrap().clone()
    }

    fn items(&mut self) -> Value {
        (0..=self.below(4)).map(|_| json!({ "text": self.text(), "level": 1 + self.below(2) })).collect()
    }

    fn table(&mut self) -> Value {
        let columns = 1 + self.below(4);
        let titles: Vec<Value> = (0..columns).map(|_| json!({ "title": self.text() })).collect();
        let rows: Vec<Vec<Value>> =
            (0..self.below(5)).map(|_| (0..columns).map(|_| self.cell()).collect()).collect();
        json!({ "columns": titles, "rows": rows, "source": self.source() })
    }

    pub(crate) fn cell(&mut self) -> Value {
        match self.below(3) {
            0 => json!(self.text()),
            1 => self.number(),
            _ => Value::Null,
        }
    }

    fn chart(&mut self) -> Value {
        let kind = *self.pick(&["bar", "stacked_bar", "line", "area", "pie", "scatter"]);
        let points = self.below(8);
        let series: Vec<Value> = (0..if kind == "pie" { 1 } else { 1 + self.below(3) })
            .map(|index| self.series(&format!("s{index}"), kind, points))
            .collect();
        let categories: Vec<String> = if kind == "scatter" {
            Vec::new()
        } else {
            (0..points).map(|index| format!("c{index}")).collect()
        };
        json!({ "kind": kind, "categories": categories, "series": series, "highlight": self.pick(&["s0", "gone"]), "axis": { "min": self.pick(&[0.0, 0.5]), "max": 1.5 } })
    }

    /// A series that fits a chart of a kind and number of points.
    pub(crate) fn series(&mut self, id: &str, kind: &str, points: usize) -> Value {
        let value = |chance: &mut Self| match kind {
            _ if chance.one_in(5) => Value::Null,
            "pie" => json!(chance.below(100)),
            _ => chance.number(),
        };
        let values: Vec<Value> = (0..points).map(|_| value(self)).collect();
        let mut series = json!({ "id": id, "name": self.text().replace('\n', " "), "values": values });
        if kind == "scatter" {
            series["x"] = (0..points).map(|_| self.number()).collect();
        }
        series
    }

    pub(crate) fn number(&mut self) -> Value {
        let texts = ["0", "-1", "3.4", "0.1", "123456789012345", "-0.000123456789", "1e-12", "999999.5"];
        let text = *self.pick(&texts);
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn text(&mut self) -> String {
        (*self.pick(&TEXTS)).to_owned()
    }

    fn source(&mut self) -> Value {
        json!({ "label": "Finance", "url": self.pick(&["https://example.com", "mailto:ada@example.com"]) })
    }
}
