//! The display list as JSON.

use serde_json::{Value, json};
use tellr_slides::display::{DisplayList, Shape, display_schema};

fn sample() -> Value {
    let bounds = json!({ "x": 64.0, "y": 48.0, "width": 1152.0, "height": 88.0 });
    let stroke = json!({ "color": "#1F5FD6", "width": 3.0, "dash": [4.0, 2.0] });
    json!({
        "slide": "s1", "width": 1280.0, "height": 720.0, "background": "#FFFFFF",
        "frames": [
            { "block": "t1", "slot": "title", "bounds": bounds },
            { "block": "tb", "slot": "body", "bounds": bounds,
              "detail": { "kind": "table", "columns": [576.0, 576.0], "rows": [44.0, 44.0], "size": 16.0 } },
            { "block": "ch", "slot": "left", "bounds": bounds, "detail": {
                "kind": "chart", "plot": bounds, "is_horizontal": false, "values": { "min": 0.0, "max": 4.0, "step": 1.0 },
                "has_value_labels": true, "has_legend": false, "order": [0, 1], "decimals": 1, "divisor": 1000.0 } },
        ],
        "elements": [
            { "type": "rect", "bounds": bounds, "fill": "#F3F6FA", "radius": 8.0, "opacity": 0.5 },
            { "of": { "block": "t1", "part": { "kind": "text" } }, "type": "text", "bounds": bounds, "size": 32.0,
              "line_height": 0.95, "align": "left", "is_cut": false, "lines": [{
                "baseline": 77.18, "x": 64.0, "width": 211.4, "ends": "paragraph", "runs": [{
                    "text": "EMEA grew 18 %", "x": 64.0, "width": 211.4,
                    "font": { "family": "carlito", "is_bold": true }, "size": 32.0, "color": "#0B1F3A",
                    "link": "https://example.com" }] }] },
            { "of": { "block": "ch", "part": { "kind": "data", "series": 0 } }, "type": "path",
              "path": "M 0 0 L 8.25 0 C 1 2 3 4 5 6 Z", "stroke": stroke },
            { "of": { "block": "ch", "part": { "kind": "axis" } }, "type": "line", "from": [0.0, 1.0], "to": [2.0, 3.0], "stroke": stroke },
            { "of": { "block": "st", "part": { "kind": "step", "index": 1, "field": "when" } }, "type": "ellipse",
              "bounds": bounds, "fill": "#1F5FD6" },
            { "of": { "block": "im" }, "type": "image", "image": "logo", "bounds": bounds, "fit": "cover", "alt": "Logo" },
        ],
        "marks": [
            { "of": { "block": "t1", "part": { "kind": "text" } }, "what": "cut" },
            { "of": { "block": "tb" }, "what": "left", "count": 3 },
            { "of": { "block": "x1" }, "what": "smaller", "size": 16 },
        ],
    })
}

#[test]
fn a_display_list_is_written_as_it_was_read() {
    let list: DisplayList = serde_json::from_value(sample()).unwrap();
    assert!(matches!(list.elements[1].shape, Shape::Text(_)));
    assert_eq!(serde_json::to_value(&list).unwrap(), sample());
}

#[test]
fn what_is_written_fits_the_schema() {
    let validator = jsonschema::validator_for(display_schema().as_value()).unwrap();
    assert!(validator.is_valid(&sample()), "{:?}", validator.iter_errors(&sample()).collect::<Vec<_>>());
    for (pointer, value) in [
        ("/elements/0/type", json!("script")),
        ("/elements/0/fill", json!("url(x)")),
        ("/elements/2/path", json!("<script>")),
        ("/frames/0/slot", json!("nowhere")),
        ("/marks/0/what", json!("gone")),
    ] {
        let mut list = sample();
        *list.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&list), "{pointer}");
        assert!(serde_json::from_value::<DisplayList>(list).is_err(), "{pointer}");
    }
}
