//! A deck with one block of each type.

use serde_json::{Value, json};

/// As JSON, to be changed and read.
pub(crate) fn deck() -> Value {
    let source = json!({ "label": "Finance, Q3 close", "url": "https://example.com/q3" });
    json!({
        "format": 1,
        "title": "Quarterly review",
        "language": "en",
        "theme": "clear",
        "slides": [
            { "id": "cover", "layout": "cover", "blocks": [
                { "type": "title", "id": "t1", "text": "EMEA grew **18 %**" },
                { "type": "subtitle", "id": "t2", "text": "For the board, *4 October*" },
            ]},
            { "id": "text", "layout": "two_columns", "notes": "Slowly.", "sources": [source], "blocks": [
                { "type": "columns", "id": "c1", "columns": [
                    { "width": 6, "blocks": [
                        { "type": "bullets", "id": "b1", "items": [{ "text": "One" }, { "text": "Two", "level": 2 }] },
                        { "type": "divider", "id": "d1" },
                        { "type": "numbered", "id": "b2", "items": [{ "text": "[Plan](https://example.com)" }] },
                    ]},
                    { "width": 6, "blocks": [
                        { "type": "text", "id": "x1", "text": "First.\nSecond." },
                        { "type": "quote", "id": "q1", "text": "It works", "by": "Ada" },
                        { "type": "callout", "id": "k1", "text": "Decide today", "meaning": "warning" },
                    ]},
                ]},
            ]},
            { "id": "data", "layout": "table", "blocks": [
                { "type": "table", "id": "tb", "columns": [{ "title": "Region" }, { "title": "Sales", "unit": "€" }],
                  "rows": [["EMEA", 3.4], ["APAC", null]], "source": source },
                { "type": "chart", "id": "ch", "kind": "bar", "categories": ["Q1", "Q2"], "unit": "€",
                  "series": [{ "id": "s1", "name": "EMEA", "values": [1, null] }], "axis": { "min": 0 },
                  "highlight": "s1", "source": source },
                { "type": "chart", "id": "sc", "kind": "scatter",
                  "series": [{ "id": "s1", "name": "Shops", "values": [1, 2], "x": [-0.5, 3] }] },
                { "type": "metric", "id": "m1", "value": 18, "unit": "%", "label": "Growth",
                  "change": { "value": -2, "unit": "pp", "meaning": "negative" }, "source": source },
                { "type": "image", "id": "i1", "image": "logo", "alt": "Our logo", "fit": "cover" },
                { "type": "steps", "id": "st", "kind": "timeline", "steps": [{ "title": "Pilot", "when": "May" }] },
            ]},
        ],
    })
}
