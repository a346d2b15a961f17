//! Texts and tables of PowerPoint files, read back from the files.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use proptest::prelude::*;
use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::display::{Detail, DisplayList, Element, LineEnd, Part, Shape, Text};
use tellr_slides::export::Export;
use tellr_slides::fonts::Fonts;
use tellr_slides::id::BlockId;
use tellr_slides::pptx::{self, Lines};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::{layout, read, theme};

use crate::generate;
use written::{TextShape, Written, links, parse, pixels};

mod mixed;
mod written;

const ALL: [Lines; 3] = [Lines::Editable, Lines::Exact, Lines::Google];

struct Laid {
    deck: Deck,
    lists: Vec<DisplayList>,
    fonts: Fonts,
}

impl Laid {
    fn new(deck: Deck) -> Self {
        let fonts = fonts();
        let theme = &theme::built_in()[0];
        let lists = layout::lay_out_all(&mut TextLayout::new(&fonts), theme, &deck);
        Self { deck, lists, fonts }
    }

    fn of(slides: Value, language: &str) -> Self {
        let deck =
            json!({ "format": 1, "title": "t", "language": language, "theme": "clear", "slides": slides });
        Self::new(read::from_value(deck).unwrap())
    }

    fn write(&self, lines: Lines) -> Vec<u8> {
        let (theme, pictures) = (&theme::built_in()[0], BTreeMap::new());
        let export = Export {
            deck: &self.deck,
            theme,
            slides: &self.lists,
            fonts: &self.fonts,
            pictures: &pictures,
            author: None,
        };
        pptx::write(&export, lines, None, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    fn written(&self, lines: Lines) -> Vec<Written> {
        let bytes = self.write(lines);
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut file = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        (1..=self.lists.len())
            .map(|number| {
                let slide = file(&format!("ppt/slides/slide{number}.xml"));
                let mut written = parse(&slide);
                written.links = links(&file(&format!("ppt/slides/_rels/slide{number}.xml.rels")));
                written
            })
            .collect()
    }
}

fn fonts() -> Fonts {
    static FONTS: std::sync::OnceLock<Fonts> = std::sync::OnceLock::new();
    FONTS.get_or_init(Fonts::bundled).clone()
}

/// The texts of a slide that a box or cell says: without those of charts, and without the page's number and
/// the numbers of lists, which PowerPoint counts.
fn texts<'a>(list: &'a DisplayList, deck: &Deck) -> Vec<(&'a Element, &'a Text)> {
    let mut before: Option<&Element> = None;
    let mut all = Vec::new();
    for element in &list.elements {
        let is_first = before.is_none_or(|before| before.of != element.of);
        before = Some(element);
        let Shape::Text(text) = &element.shape else { continue };
        let is_own = match &element.of {
            None => !drawn(text).chars().all(|c| c.is_ascii_digit()),
            Some(place) => {
                let frame = list.frames.iter().find(|frame| frame.block == place.block);
                let is_numbered = deck.block(&place.block).is_some_and(|block| block.kind() == "numbered");
                let is_number = is_numbered && is_first && is_in_list(element, text);
                !is_number && !frame.is_some_and(|frame| matches!(frame.detail, Some(Detail::Chart(_))))
            }
        };
        if is_own {
            all.push((element, text));
        }
    }
    all
}

/// Whether a text is an item of a list; those of an agenda are texts of their own.
fn is_in_list(element: &Element, text: &Text) -> bool {
    let part = element.of.as_ref().and_then(|place| place.part);
    matches!(part, Some(Part::Item { .. })) && text.line_height > 1.01
}

/// What a text says, letter by letter, without spaces, in no order: the letters of lines that mix
/// directions are in another order as they are seen.
fn letters(text: &str) -> Vec<char> {
    let mut all: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    all.sort_unstable();
    all
}

fn drawn(text: &Text) -> String {
    text.lines.iter().flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect()
}

fn said(one: &TextShape) -> String {
    one.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_written_once(deck in generate::decks()) {
        let laid = Laid::new(deck);
        for lines in ALL {
            for (written, list) in laid.written(lines).iter().zip(&laid.lists) {
                let cells = written.tables.iter().flat_map(|table| &table.rows).flat_map(|(_, cells)| cells);
                let number = written.boxes.iter().filter(|one| one.placeholder.as_deref() != Some("sldNum"));
                let mut there: Vec<Vec<char>> = number.chain(cells).map(|one| letters(&said(one))).collect();
                let mut lists: BTreeMap<&BlockId, String> = BTreeMap::new();
                for (element, text) in texts(list, &laid.deck) {
                    if let Some(place) = element.of.as_ref().filter(|_| is_in_list(element, text)) {
                        lists.entry(&place.block).or_default().push_str(&drawn(text));
                        continue;
                    }
                    let wanted = letters(&drawn(text));
                    let at = there.iter().position(|one| *one == wanted);
                    prop_assert!(at.is_some(), "{:?} is missing in {there:?}", drawn(text));
                    there.swap_remove(at.unwrap());
                }
                for list in lists.values() {
                    let wanted = letters(list);
                    let at = there.iter().position(|one| *one == wanted);
                    prop_assert!(at.is_some(), "the list {list:?} is missing in {there:?}");
                    there.swap_remove(at.unwrap());
                }
                // What is left is the page's number at most.
                there.retain(|one| !one.is_empty() && !one.iter().all(char::is_ascii_digit));
                prop_assert!(there.is_empty(), "{there:?} is written, but not drawn");
            }
        }
    }

    #[test]
    fn pinned_lines_end_where_ours_do(deck in generate::decks()) {
        let laid = Laid::new(deck);
        for lines in [Lines::Exact, Lines::Google] {
            for (written, list) in laid.written(lines).iter().zip(&laid.lists) {
                let cells = written.tables.iter().flat_map(|table| &table.rows).flat_map(|(_, cells)| cells);
                let paragraphs: Vec<Vec<Vec<char>>> = written
                    .boxes
                    .iter()
                    .chain(cells)
                    .flat_map(|one| &one.paragraphs)
                    .map(|paragraph| paragraph.text.split('\n').map(letters).collect())
                    .collect();
                for (_, text) in texts(list, &laid.deck) {
                    for lines in text.lines.split_inclusive(|line| line.ends == LineEnd::Paragraph) {
                        let wanted: Vec<Vec<char>> = lines
                            .iter()
                            .map(|line| letters(&line.runs.iter().map(|run| run.text.as_str()).collect::<String>()))
                            .collect();
                        let is_blank = wanted.iter().all(Vec::is_empty);
                        prop_assert!(is_blank || paragraphs.contains(&wanted), "{wanted:?} in {paragraphs:?}");
                    }
                }
                for one in written.boxes.iter().filter(|one| one.placeholder.as_deref() != Some("sldNum")) {
                    prop_assert_eq!(one.wrap.as_str(), if lines == Lines::Exact { "none" } else { "square" });
                }
            }
        }
    }

    #[test]
    fn the_same_deck_is_the_same_file(deck in generate::decks()) {
        let laid = Laid::new(deck);
        prop_assert_eq!(laid.write(Lines::Editable), laid.write(Lines::Editable));
    }
}

fn title_and(block: Value) -> Value {
    json!([{ "id": "s", "layout": "title_and_text", "blocks": [
        { "type": "title", "id": "t", "text": "EMEA grew **18 %**" }, block] }])
}

fn box_with<'a>(written: &'a Written, text: &str) -> &'a TextShape {
    let has = |one: &&TextShape| one.paragraphs.iter().any(|paragraph| paragraph.text.contains(text));
    written.boxes.iter().find(has).unwrap_or_else(|| panic!("{text:?} isn't in {:?}", written.boxes))
}

#[test]
fn titles_are_title_placeholders() {
    let laid = Laid::of(
        json!([{ "id": "s", "layout": "cover", "blocks": [
            { "type": "title", "id": "t", "text": "EMEA grew" },
            { "type": "subtitle", "id": "u", "text": "For the board" }] }]),
        "en",
    );
    for lines in ALL {
        let written = &laid.written(lines)[0];
        assert_eq!(box_with(written, "EMEA grew").placeholder.as_deref(), Some("title"));
        assert_eq!(box_with(written, "For the board").placeholder.as_deref(), Some("subTitle"));
    }
}

#[test]
fn a_paragraph_is_whole_and_hostile_text_is_text() {
    let words = "A & B <c> \"d\" 'e' ]]> &amp; <a:t> and so on ".repeat(6);
    let laid =
        Laid::of(title_and(json!({ "type": "text", "id": "x", "text": format!("{words}\nSecond.") })), "en");
    let written = &laid.written(Lines::Editable)[0];
    let one = box_with(written, "Second.");
    assert_eq!(one.paragraphs.len(), 2);
    assert_eq!(one.paragraphs[0].text, words.trim_end());
    let exact = &laid.written(Lines::Exact)[0];
    let lines: Vec<&str> = box_with(exact, "Second.").paragraphs[0].text.split('\n').collect();
    assert!(lines.len() > 1);
    assert!(lines.iter().all(|line| line.trim() == *line), "no space before a break: {lines:?}");
    assert_eq!(lines.join(" "), words.trim_end());
}

#[test]
fn lists_have_levels_and_markers() {
    let items = json!([{ "text": "One" }, { "text": "Deeper", "level": 2 }, { "text": "Two" }, { "text": "" }, { "text": "Four" }]);
    let written = |kind: &str| {
        let laid = Laid::of(title_and(json!({ "type": kind, "id": "l", "items": items })), "en");
        let one = box_with(&laid.written(Lines::Editable)[0], "Deeper").clone();
        let text = |one: &str| {
            let texts = laid.lists[0].elements.iter().filter_map(|element| match &element.shape {
                Shape::Text(text) if drawn(text) == one => Some(text.bounds.x),
                _ => None,
            });
            texts.collect::<Vec<_>>()[0]
        };
        // The text stands where it is drawn.
        for paragraph in &one.paragraphs {
            let left = one.place[0] + pixels(&paragraph.properties, "marL");
            assert!((left - text(&paragraph.text)).abs() < 0.01, "{paragraph:?}");
        }
        one.paragraphs
            .iter()
            .map(|paragraph| {
                let level = paragraph.properties.get("lvl").map_or("0", String::as_str);
                format!("{} {level} {}", paragraph.bullet.as_deref().unwrap(), paragraph.text)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(written("bullets"), ["• 0 One", "– 1 Deeper", "• 0 Two", "• 0 Four"]);
    assert_eq!(
        written("numbered"),
        ["arabicPeriod 0 One", "alphaLcPeriod 1 Deeper", "arabicPeriod 0 Two", "arabicPeriod 4 0 Four"]
    );
}

#[test]
fn text_from_right_to_left_is_written_as_it_is_read() {
    let words = "ثلاثة موزعين جدد في بلدان الشمال (Nordics) يفسرون 18 من النمو";
    let mixed = "English with עברית 123 inside";
    let items = json!([{ "text": words }, { "text": mixed }, { "text": "نص **غامق** و 2026 هنا" }]);
    let laid = Laid::of(title_and(json!({ "type": "bullets", "id": "l", "items": items })), "ar");
    let one = box_with(&laid.written(Lines::Editable)[0], "English").clone();
    let said: Vec<&str> = one.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    assert_eq!(said, [words, mixed, "نص غامق و 2026 هنا"]);
    let flags: Vec<[&str; 2]> = one
        .paragraphs
        .iter()
        .map(|paragraph| [paragraph.properties["rtl"].as_str(), paragraph.properties["algn"].as_str()])
        .collect();
    assert_eq!(flags, [["1", "r"], ["0", "l"], ["1", "r"]]);
    assert_eq!(one.paragraphs[0].runs[0]["lang"], "ar-SA");
}

#[test]
fn runs_name_fonts_for_all_scripts_and_links_lead_somewhere() {
    let text = "See [the *plan*](https://example.com/a?b=c&d=e) 你好";
    for (language, font) in [
        ("ja", "Yu Gothic"),
        ("zh-CN", "Microsoft YaHei"),
        ("ko", "Malgun Gothic"),
        ("en", "Microsoft YaHei"),
    ] {
        let laid = Laid::of(title_and(json!({ "type": "text", "id": "x", "text": text })), language);
        let written = &laid.written(Lines::Editable)[0];
        let paragraph = &box_with(written, "See").paragraphs[0];
        for run in &paragraph.runs {
            assert_eq!([&run["a:latin"], &run["a:ea"], &run["a:cs"]], ["Calibri", font, "Arial"]);
        }
        assert_eq!(paragraph.links.iter().map(|(text, _)| text.as_str()).collect::<String>(), "the plan");
        for (_, id) in &paragraph.links {
            assert_eq!(written.links[id], "https://example.com/a?b=c&d=e");
        }
    }
}

#[test]
fn a_table_has_the_measures_and_texts_that_are_drawn() {
    let rows: Vec<Value> = (0..60).map(|row| json!([format!("Region {row} & more"), row * 10000])).collect();
    let slides = json!([{ "id": "s", "layout": "table", "blocks": [
        { "type": "table", "id": "tb", "columns": [{ "title": "Region" }, { "title": "Sales", "unit": "€" }], "rows": rows }] }]);
    let laid = Laid::of(slides, "en");
    let frame = laid.lists[0].frames.iter().find(|frame| frame.detail.is_some()).unwrap();
    let Some(Detail::Table(measures)) = &frame.detail else { panic!() };
    for lines in ALL {
        let written = &laid.written(lines)[0];
        let [table] = &written.tables[..] else { panic!("{:?}", written.tables) };
        assert!(table.is_first_a_header);
        let near = |one: &[f64], other: &[f64]| {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() < 0.01)
        };
        assert!(near(&table.columns, &measures.columns));
        assert!(near(&table.rows.iter().map(|row| row.0).collect::<Vec<_>>(), &measures.rows));
        let texts: Vec<String> = table.rows[2].1.iter().map(said).collect();
        assert_eq!(texts, ["Region 1 & more", "10,000"]);
        let align: Vec<&str> =
            table.rows[2].1.iter().map(|cell| cell.paragraphs[0].properties["algn"].as_str()).collect();
        assert_eq!(align, ["l", "r"]);
        // What says that there are more isn't a cell.
        box_with(written, "More rows");
    }
}

#[test]
fn boxes_stand_where_texts_are_drawn() {
    let words = "Three new distributors in the Nordics explain two thirds of the growth. ".repeat(4);
    let laid = Laid::of(title_and(json!({ "type": "text", "id": "x", "text": words })), "en");
    let bounds = laid.lists[0]
        .elements
        .iter()
        .find_map(|element| match &element.shape {
            Shape::Text(text) if drawn(text).starts_with("Three") => Some(text.bounds),
            _ => None,
        })
        .unwrap();
    for lines in ALL {
        let [x, y, width, height] = box_with(&laid.written(lines)[0], "Three").place;
        assert!((x - bounds.x).abs() < 0.01 && (y - bounds.y).abs() < 0.02, "{x} {y}");
        assert!(height + 0.1 >= bounds.height);
        assert!((width / bounds.width - 1.0).abs() < 0.2, "{width}");
    }
}
