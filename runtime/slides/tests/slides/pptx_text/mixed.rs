//! Boxes of texts that mix Chinese with other scripts: `LibreOffice` adds space where they meet.

use proptest::prelude::*;
use serde_json::json;
use tellr_slides::display::{Shape, Text, WIDTH};
use tellr_slides::pptx::Lines;

use super::{Laid, box_with, drawn, letters, said};

const PIECES: [&str; 7] = ["目录", "需要第二个班次", ",", " 12 % ", "plan", "。", "新しい倉庫"];
/// Left free at the edge of a slide.
const EDGE: f64 = 16.0;

fn is_east_asian(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// How wide the widest line of a text is in `LibreOffice`.
fn widest(text: &Text) -> f64 {
    let widths = text.lines.iter().map(|line| {
        let said: Vec<char> =
            line.runs.iter().flat_map(|run| run.text.chars()).filter(|c| *c != ' ').collect();
        let borders = said.windows(2).filter(|pair| is_east_asian(pair[0]) != is_east_asian(pair[1]));
        borders.fold(line.width, |width, _| width + 0.2 * 1.2 * text.size)
    });
    widths.fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn boxes_with_our_breaks_hold_the_space_between_scripts(
        title in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..24),
        words in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..90),
        layout in prop::sample::select(&["cover", "title_and_text", "section"][..]),
    ) {
        let second = if layout == "title_and_text" { "text" } else { "subtitle" };
        let laid = Laid::of(
            json!([{ "id": "s", "layout": layout, "blocks": [
                { "type": "title", "id": "t", "text": title.concat() },
                { "type": second, "id": "x", "text": words.concat() }] }]),
            "zh",
        );
        for lines in [Lines::Editable, Lines::Exact] {
            let written = &laid.written(lines)[0];
            for element in &laid.lists[0].elements {
                let Shape::Text(text) = &element.shape else { continue };
                let wanted = letters(&drawn(text));
                let Some(one) = written.boxes.iter().find(|one| letters(&said(one)) == wanted) else { continue };
                let [x, _, width, _] = one.place;
                prop_assert!(x >= 0.0 && x + width <= WIDTH);
                let is_pinned = one.paragraphs.iter().any(|paragraph| paragraph.text.contains('\n'));
                if !is_pinned {
                    continue;
                }
                let has_more = x + width < WIDTH - EDGE - 0.1;
                prop_assert!(width >= widest(text) || !has_more, "{width}, not {}: {text:?}", widest(text));
                prop_assert!(width >= widest(text) || one.wrap == "none", "{one:?}");
            }
        }
    }
}

#[test]
fn a_title_of_chinese_and_ascii_has_room_on_its_cover() {
    let title = "春季目录,需要第二个班次,比计划的多";
    let laid = Laid::of(
        json!([{ "id": "s", "layout": "cover", "blocks": [{ "type": "title", "id": "t", "text": title }] }]),
        "zh",
    );
    let text = laid.lists[0].elements.iter().find_map(|element| match &element.shape {
        Shape::Text(text) if drawn(text) == title => Some(text),
        _ => None,
    });
    let text = text.unwrap();
    assert!(text.lines.len() > 1 && widest(text) > text.bounds.width, "{text:?}");
    for lines in [Lines::Editable, Lines::Exact] {
        let written = &laid.written(lines)[0];
        let one = box_with(written, "春季目录");
        assert_eq!(
            one.paragraphs[0].text.matches('\n').count(),
            if lines == Lines::Exact { text.lines.len() - 1 } else { 0 }
        );
        assert!(one.place[2] > widest(text), "{one:?}");
    }
}
