//! What is read, what is refused, and in which words.

use proptest::prelude::*;
use serde_json::{Value, json};
use tellr_slides::limits;
use tellr_slides::read::{ReadError, from_json, from_value};

use crate::generate::decks;
use crate::sample;

/// The sample with one value changed, by its JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut deck = sample::deck();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match deck.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("nothing can be put into {other}"),
    }
    deck
}

fn refusal(deck: Value) -> String {
    from_value(deck).unwrap_err().to_string()
}

#[test]
fn the_sample_is_read_and_written_unchanged() {
    let deck = from_value(sample::deck()).unwrap();
    let written = serde_json::to_string(&deck).unwrap();
    assert_eq!(from_json(&written).unwrap(), deck);
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap()["slides"][2], {
        let mut slide = sample::deck()["slides"][2].take();
        slide["blocks"][1]["series"][0]["values"] = json!([1, null]);
        slide
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_problem_is_told_with_its_path() {
    for (pointer, value, expected) in [
        (
            "/slides/2/blocks/0/rows/1",
            json!(["APAC"]),
            "slides[2].blocks[0].rows[1]: a row has one cell for each column: 2, not 1",
        ),
        (
            "/slides/2/blocks/0/rows/1/1",
            json!(0.300_000_000_000_000_04),
            "slides[2].blocks[0].rows[1][1]: a cell is a text, `null`, or a number of at most 15 significant digits",
        ),
        (
            "/slides/2/blocks/0/rows/1/0",
            json!("[x](javascript:alert)"),
            "slides[2].blocks[0].rows[1][0]: a link starts with `https://`, `http://` or `mailto:`",
        ),
        (
            "/slides/2/blocks/0/source/url",
            json!("data:text/html,x"),
            "slides[2].blocks[0].source.url: a link starts with `https://`, `http://` or `mailto:`",
        ),
        (
            "/slides/2/blocks/1/series/0/values",
            json!([1]),
            "slides[2].blocks[1].series[0].values: a series has one value for each category: 2, not 1",
        ),
        (
            "/slides/2/blocks/1/series/0/values/0",
            json!("1"),
            "slides[2].blocks[1].series[0].values[0]: invalid type: string \"1\", expected a number",
        ),
        (
            "/slides/2/blocks/1/axis",
            json!({ "min": 3, "max": 2.5 }),
            "slides[2].blocks[1].axis: the axis starts at 3 and must end above it, not at 2.5",
        ),
        (
            "/slides/2/blocks/1/axis",
            json!([0, 1]),
            "slides[2].blocks[1].axis: an object with named fields is needed here, not a list",
        ),
        (
            "/slides/0/blocks/0",
            json!(["divider", "x"]),
            "slides[0].blocks[0]: an object with named fields is needed here, not a list",
        ),
        (
            "/slides/2/blocks/1/kind",
            json!("pie3d"),
            "slides[2].blocks[1].kind: unknown variant `pie3d`, expected one of `bar`, `stacked_bar`, `line`, `area`, `pie`, `scatter`",
        ),
        (
            "/slides/2/blocks/1/kind",
            json!("scatter"),
            "slides[2].blocks[1].categories: a scatter chart has no categories; its series have `x`\nslides[2].blocks[1].series[0].x: each value has its `x`: 2, not 0",
        ),
        (
            "/slides/2/blocks/2/series/0/x",
            json!([1]),
            "slides[2].blocks[2].series[0].x: each value has its `x`: 2, not 1",
        ),
        (
            "/slides/2/blocks/4/alt",
            json!("a\u{0}b"),
            "slides[2].blocks[4].alt: a line has no line breaks or control characters",
        ),
        (
            "/slides/1/blocks/0/columns/1/blocks/1/by",
            json!(""),
            "slides[1].blocks[0].columns[1].blocks[1].by: leave it out rather than empty",
        ),
        (
            "/slides/1/blocks/0/columns/1/blocks/1/by",
            json!(7),
            "slides[1].blocks[0].columns[1].blocks[1].by: invalid type: integer `7`, expected a string",
        ),
        (
            "/slides/1/blocks/0/columns/1/blocks/1/id",
            json!("t1"),
            "slides[1].blocks[0].columns[1].blocks[1].id: another block already has the id `t1`",
        ),
        (
            "/slides/1/blocks/0/columns/0/blocks/0/items/1/level",
            json!(3),
            "slides[1].blocks[0].columns[0].blocks[0].items[1].level: a list has the levels 1–2",
        ),
        (
            "/slides/1/blocks/0/columns/0/width",
            json!(7),
            "slides[1].blocks[0].columns: the columns are 13 wide together; at most 12 is possible",
        ),
        ("/slides/1/id", json!("cover"), "slides[1].id: another slide already has the id `cover`"),
        ("/slides/1/id", json!("a/b"), "slides[1].id: an id has 1–64 letters, digits, `-` or `_`"),
        (
            "/slides/0/blocks/0/text",
            json!("x".repeat(5_001)),
            "slides[0].blocks[0].text: at most 5000 characters are possible; here are 5001",
        ),
        (
            "/slides/0/blocks/0/type",
            json!("script"),
            "slides[0].blocks[0].type: unknown variant `script`, expected one of `title`, `subtitle`, `text`, `bullets`, `numbered`, `table`, `chart`, `image`, `quote`, `metric`, `steps`, `callout`, `columns`, `divider`",
        ),
        (
            "/slides/0/blocks/0/html",
            json!("<b>"),
            "slides[0].blocks[0].html: unknown field `html`, expected `id` or `text`",
        ),
        (
            "/slides/0/style",
            json!("x"),
            "slides[0].style: unknown field `style`, expected one of `id`, `layout`, `blocks`, `notes`, `sources`",
        ),
        ("/language", json!("English!"), "language: a language is a tag such as `en` or `pt-BR`"),
        (
            "/format",
            json!(2),
            "format: this deck has format 2, and this version of Tellr reads formats up to 1; update Tellr to open it",
        ),
    ] {
        assert_eq!(refusal(with(pointer, value)), expected);
    }
}

#[test]
fn columns_stand_in_no_columns() {
    let inner = json!({ "type": "columns", "id": "inner", "columns": [{ "width": 6, "blocks": [] }, { "width": 6, "blocks": [] }] });
    assert_eq!(
        refusal(with("/slides/1/blocks/0/columns/0/blocks/1", inner)),
        "slides[1].blocks[0].columns[0].blocks[1]: columns can't stand inside columns"
    );
}

#[test]
fn every_list_has_its_limit() {
    let slide = |index: usize| json!({ "id": format!("x{index}"), "layout": "cover", "blocks": [] });
    let divider = |index: usize| json!({ "type": "divider", "id": format!("y{index}") });
    let many = |count: usize, one: &dyn Fn(usize) -> Value| (0..count).map(one).collect::<Value>();
    for (pointer, value, expected) in [
        (
            "/slides",
            many(limits::MAX_SLIDES + 1, &slide),
            "slides: at most 300 slides are possible; here are 301",
        ),
        (
            "/slides/0/blocks",
            many(limits::MAX_BLOCKS + 1, &divider),
            "slides[0].blocks: at most 40 blocks are possible; here are 41",
        ),
        (
            "/slides/1/blocks/0/columns/0/blocks/0/items",
            many(101, &|_| json!({ "text": "" })),
            "slides[1].blocks[0].columns[0].blocks[0].items: 1–100 items are possible; here are 101",
        ),
        (
            "/slides/2/blocks/0/rows",
            many(501, &|_| json!([1, 2])),
            "slides[2].blocks[0].rows: at most 500 rows are possible; here are 501",
        ),
        (
            "/slides/2/blocks/1/series",
            many(21, &|i| json!({ "id": format!("{i}"), "name": "", "values": [1, 2] })),
            "slides[2].blocks[1].series: 1–20 series are possible; here are 21",
        ),
        (
            "/slides/2/blocks/5/steps",
            json!([]),
            "slides[2].blocks[5].steps: 1–20 steps are possible; here are 0",
        ),
        (
            "/slides/1/notes",
            json!("x".repeat(20_001)),
            "slides[1].notes: at most 20000 characters are possible; here are 20001",
        ),
    ] {
        assert_eq!(refusal(with(pointer, value)), expected);
    }
}

#[test]
fn all_problems_are_told_up_to_a_limit() {
    let mut deck = sample::deck();
    for slide in deck["slides"].as_array_mut().unwrap() {
        slide["notes"] = json!("\u{7}");
    }
    assert_eq!(refusal(deck).lines().count(), 3);
    let blocks: Vec<_> = (0..40).map(|_| json!({ "type": "divider", "id": "same" })).collect();
    assert_eq!(refusal(with("/slides/0/blocks", json!(blocks))).lines().count(), limits::MAX_PROBLEMS);
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    let deck = sample::deck().to_string().replacen("\"notes\":", "\"notes\":\"Lost?\",\"notes\":", 1);
    let refused = from_json(&deck).unwrap_err().to_string();
    assert!(
        refused.starts_with("the JSON can't be read: an object has the field `notes` twice at line 1"),
        "{refused}"
    );
}

#[test]
fn hostile_json_is_refused_before_it_costs_much() {
    assert_eq!(from_json(&" ".repeat(limits::MAX_DECK_BYTES + 1)), Err(ReadError::TooLarge));
    for json in
        [&*"[".repeat(100_000), &"{\"a\":".repeat(100_000), "", "{", "{\"format\":1e999}", "\u{feff}{}"]
    {
        assert!(matches!(from_json(json), Err(ReadError::Json(_))));
    }
    // Nested as deep as JSON may be.
    let mut block = json!({ "type": "divider", "id": "x" });
    for index in 0..20 {
        block = json!({ "type": "columns", "id": format!("c{index}"), "columns": [{ "width": 6, "blocks": [block] }, { "width": 6, "blocks": [] }] });
    }
    assert!(refusal(with("/slides/0/blocks", json!([block]))).contains("columns can't stand inside columns"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_deck_is_read_as_it_was_written(deck in decks()) {
        let written = serde_json::to_string(&deck).unwrap();
        let read = from_json(&written).unwrap();
        prop_assert_eq!(&read, &deck);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
    }
}

/// A deck whose slides have these blocks, with as many slides as a MiB holds: enough for it to be a large one.
fn large(block: impl Fn(usize) -> Value) -> String {
    let mut id = 0;
    let mut slides = Vec::new();
    let mut bytes = 0;
    while slides.len() < limits::MAX_SLIDES {
        let blocks: Vec<Value> = std::iter::repeat_with(|| {
            id += 1;
            block(id)
        })
        .take(limits::MAX_BLOCKS)
        .collect();
        let slide = json!({ "id": format!("s{}", slides.len()), "layout": "table", "blocks": blocks });
        bytes += slide.to_string().len() + 1;
        if bytes > 1024 * 1024 {
            break;
        }
        slides.push(slide);
    }
    json!({ "format": 1, "title": "", "theme": "clear", "slides": slides }).to_string()
}

#[test]
fn a_large_deck_of_the_shortest_parts_is_read() {
    let item = json!({ "text": "" });
    let items = vec![item; limits::MAX_ITEMS];
    let column = json!({ "width": 3, "blocks": [] });
    for deck in [
        large(|id| json!({ "type": "bullets", "id": format!("b{id}"), "items": items })),
        large(|id| json!({ "type": "columns", "id": format!("b{id}"), "columns": vec![&column; 4] })),
        large(|id| json!({ "type": "divider", "id": format!("{id}") })),
        large(
            |id| json!({ "type": "table", "id": format!("b{id}"), "columns": [{ "title": "" }], "rows": vec![[7]; limits::MAX_ROWS] }),
        ),
        large(|id| {
            let values = vec![7; limits::MAX_POINTS];
            let series = json!({ "id": "s", "name": "", "values": values, "x": values });
            json!({ "type": "chart", "id": format!("b{id}"), "kind": "scatter", "series": [series] })
        }),
    ] {
        if let Err(error) = from_json(&deck) {
            panic!("{} bytes: {error}", deck.len());
        }
    }
}

#[test]
fn what_no_deck_can_be_is_refused_before_it_is_taken_apart() {
    let around = |slides: &str| format!(r#"{{"format":1,"title":"","theme":"clear","slides":[{slides}]}}"#);
    let blocks = format!(r#"{{"blocks":[{}]}}"#, vec![r#"{"":0}"#; 1_000].join(","));
    for (json, expected) in [
        (around(&vec![r#"{"":0}"#; 1_150_000].join(",")), "a list has more than 4000 entries"),
        (around(&vec![blocks.as_str(); 300].join(",")), "objects, more than a deck of this size can have"),
        (around(&vec!["[0]"; 1_000_000].join(",")), "a list has more than 4000 entries"),
    ] {
        let error = from_json(&json).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    // A list that is only a little too long is named.
    let slide = |id: usize| json!({ "id": format!("s{id}"), "layout": "cover", "blocks": [] }).to_string();
    let error = from_json(&around(&(0..301).map(slide).collect::<Vec<_>>().join(","))).unwrap_err();
    assert_eq!(error.to_string(), "slides: at most 300 slides are possible; here are 301");
}

#[test]
fn a_number_that_would_become_another_is_refused() {
    for number in ["1e-400", "0.1000000000000000055"] {
        let deck = with("/slides/2/blocks/0/rows/1/1", json!(4_321)).to_string().replace("4321", number);
        let error = from_json(&deck).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("the number {number} can't be kept as it is: a number has")),
            "{error}"
        );
    }
}
