//! Sample slides, and the placeholders that they give.

use serde_json::{Value, json};

use super::super::design::Design;
use super::super::placeholder::{Look, NUMBER, Placeholder};
use crate::deck::{Deck, FORMAT, Layout};
use crate::display::{Align, DisplayList, Element, HEIGHT, Part, Rect, Shape, Text};
use crate::fonts::Fonts;
use crate::layout::lay_out;
use crate::text_layout::TextLayout;
use crate::theme::{Color, Theme};

/// What stands in a slot of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// A title of so many words, which are two lines of it.
    Title(usize),
    /// The line under a title.
    Subtitle,
    /// Text, tables, charts or pictures, whatever one puts there.
    Content,
    /// A list.
    List,
    /// Text.
    Text,
    /// A chart.
    Chart,
    /// A table.
    Table,
    /// An image.
    Picture,
    /// The heading of a side.
    Heading,
    /// A number with its label.
    Card,
    /// A quotation, and who said it.
    Quote,
}

use Slot::{Card, Chart, Content, Heading, List, Picture, Quote, Subtitle, Table, Text as Words, Title};

struct Sample {
    layout: Layout,
    name: &'static str,
    kind: Option<&'static str>,
    title: &'static [&'static str],
    slots: &'static [Slot],
}

const fn sample(
    layout: Layout,
    name: &'static str,
    kind: Option<&'static str>,
    title: &'static [&'static str],
    slots: &'static [Slot],
) -> Sample {
    Sample { layout, name, kind, title, slots }
}

/// Words that fill two lines of the titles of most slides.
const WIDE: usize = 24;
/// The same beside something, on fields of colour, and for one large sentence.
const NARROW: usize = 8;
const HALF: usize = 12;
const SENTENCE: usize = 14;

const MESSAGE: &[&str] = &["What this slide says, as a sentence"];

const SAMPLES: [Sample; 17] = [
    sample(Layout::Cover, "Cover", Some("title"), &["Title of the presentation"], &[Title(NARROW), Subtitle]),
    sample(
        Layout::Section,
        "Section",
        Some("secHead"),
        &["Title of the section"],
        &[Title(NARROW), Subtitle],
    ),
    sample(Layout::Agenda, "Agenda", None, &["What comes"], &[Title(NARROW), List]),
    sample(
        Layout::Statement,
        "Statement",
        None,
        &["One sentence that is the whole slide"],
        &[Title(SENTENCE)],
    ),
    sample(Layout::TitleAndText, "Title and text", Some("obj"), MESSAGE, &[Title(WIDE), Content]),
    sample(Layout::TwoColumns, "Two columns", Some("twoObj"), MESSAGE, &[Title(WIDE), Content, Content]),
    sample(Layout::ChartAndTakeaway, "Chart and takeaway", None, MESSAGE, &[Title(WIDE), Chart, Words]),
    sample(Layout::Chart, "Chart", None, MESSAGE, &[Title(WIDE), Chart]),
    sample(Layout::TwoCharts, "Two charts", None, MESSAGE, &[Title(WIDE), Chart, Chart]),
    sample(Layout::Metrics, "Metrics", None, MESSAGE, &[Title(WIDE), Card, Card, Card, Card]),
    sample(Layout::Table, "Table", None, MESSAGE, &[Title(WIDE), Table]),
    sample(
        Layout::Comparison,
        "Comparison",
        None,
        MESSAGE,
        &[Title(WIDE), Heading, Content, Heading, Content],
    ),
    sample(Layout::Steps, "Steps", None, MESSAGE, &[Title(WIDE), Content]),
    sample(Layout::Quote, "Quote", None, &[], &[Quote]),
    sample(Layout::ImageHalf, "Picture beside text", None, MESSAGE, &[Title(HALF), Content, Picture]),
    sample(Layout::ImageFull, "Full picture", None, MESSAGE, &[Title(WIDE), Picture]),
    sample(Layout::Closing, "Closing", None, &["The decision, or the next steps"], &[Title(NARROW), List]),
];

/// A title and nothing else.
const PLAIN: Sample = sample(Layout::TitleAndText, "Title only", Some("titleOnly"), MESSAGE, &[Title(WIDE)]);

/// Where the body of slides ends.
const BODY_BOTTOM: f64 = 640.0;

pub(super) fn designs(theme: &Theme, fonts: &Fonts) -> Vec<Design> {
    let mut text = TextLayout::new(fonts);
    let mut shown = |sample: &Sample, lines: usize| {
        let deck = deck(sample, lines)?;
        deck.slides.first().map(|slide| lay_out(&mut text, theme, &deck, slide, 1))
    };
    let mut design = |sample: &Sample| {
        let (long, short) = (shown(sample, 2)?, shown(sample, 1)?);
        Some(design(sample, &long, &short, theme.colors.surface))
    };
    let mut designs: Vec<Design> = SAMPLES.iter().filter_map(&mut design).collect();
    designs.extend(design(&PLAIN).map(|plain| Design { layout: None, decoration: Vec::new(), ..plain }));
    designs
}

/// A deck of one slide, whose title has one or two lines. It can always be read; a test wants all layouts.
fn deck(sample: &Sample, lines: usize) -> Option<Deck> {
    let blocks: Vec<Value> =
        sample.slots.iter().enumerate().map(|(index, slot)| block(*slot, index, lines)).collect();
    let slide = json!({ "id": "sample", "layout": sample.layout, "blocks": blocks });
    let deck = json!({ "format": FORMAT, "title": "", "theme": "sample", "slides": [slide] });
    serde_json::from_value(deck).ok()
}

/// A block for a slot. What takes all the room that there is, as a chart does, shows how much that is.
fn block(slot: Slot, index: usize, lines: usize) -> Value {
    let id = id(index);
    match slot {
        Title(words) => {
            let words = if lines > 1 { words } else { 1 };
            json!({ "type": "title", "id": id, "text": vec!["Title"; words].join(" ") })
        }
        Subtitle | Heading => json!({ "type": "subtitle", "id": id, "text": "Text" }),
        List => {
            json!({ "type": "numbered", "id": id, "items": [{ "text": "A" }, { "text": "B" }, { "text": "C" }] })
        }
        Content | Words | Chart | Table => json!({
            "type": "chart", "id": id, "kind": "bar", "categories": ["A"],
            "series": [{ "id": "a", "name": "A", "values": [1] }]
        }),
        Picture => json!({ "type": "image", "id": id, "image": "sample" }),
        Card => json!({ "type": "metric", "id": id, "value": 1, "label": "Text" }),
        Quote => json!({ "type": "quote", "id": id, "text": vec!["words"; 20].join(" "), "by": "Name" }),
    }
}

fn id(index: usize) -> String {
    format!("b{index}")
}

fn design(sample: &Sample, long: &DisplayList, short: &DisplayList, surface: Color) -> Design {
    let number = long.elements.iter().find_map(|element| match &element.shape {
        Shape::Text(text) if element.of.is_none() && text.align == Align::Right => Some(text.clone()),
        _ => None,
    });
    // What moves with the title is the slide's.
    let same = long
        .elements
        .iter()
        .zip(&short.elements)
        // Pictures of the theme are on the slides, as are all that lies over them.
        .take_while(|(one, two)| {
            one.of.is_none() && one == two && !matches!(one.shape, Shape::Text(_) | Shape::Image(_))
        });
    let mut decoration: Vec<Element> = same.map(|(one, _)| one.clone()).collect();
    let scrim = long.elements.iter().find_map(|element| match &element.shape {
        Shape::Rect(rect) if rect.opacity < 1.0 => Some(rect.clone()),
        _ => None,
    });
    let mut floor = HEIGHT;
    if let Some(scrim) = scrim {
        // A picture that a person puts in would cover it, so the picture ends where it begins.
        floor = scrim.bounds.y;
        let shape = Shape::Rect(crate::display::RectShape { opacity: 1.0, ..scrim });
        decoration.push(Element { of: None, shape });
    }
    let mut placeholders = Vec::new();
    for (index, slot) in sample.slots.iter().enumerate() {
        placeholders.extend(of_slot(*slot, sample, index, long, floor, surface));
    }
    // Their numbers: a title has none, the page's number is fixed.
    let untitled = placeholders.iter_mut().filter(|one| one.kind != Some("title"));
    for (index, placeholder) in (1..).zip(untitled) {
        placeholder.index = Some(if index < NUMBER { index } else { index + 1 });
    }
    if let Some(number) = &number {
        let place = Placeholder::new(Some("sldNum"), "Slide number", &[], number.bounds);
        placeholders.push(Placeholder { index: Some(NUMBER), ..place.looking(Look::of(number, false)) });
    }
    Design {
        layout: Some(sample.layout),
        name: sample.name,
        kind: sample.kind,
        background: long.background,
        decoration,
        number,
        placeholders,
    }
}

/// Room around the text on a card.
const PADDING: f64 = 28.0;
/// From the number of an item to its text.
const NUMBERS: f64 = 40.0;

/// The placeholders of a slot. They have no bullets where our layout puts none.
fn of_slot(
    slot: Slot,
    sample: &Sample,
    index: usize,
    list: &DisplayList,
    floor: f64,
    surface: Color,
) -> Vec<Placeholder> {
    let id = id(index);
    let Some(frame) = list.frames.iter().find(|frame| frame.block.as_str() == id) else { return Vec::new() };
    // The last one: of an item, its number comes before its text.
    let text = |part: Part| -> Option<&Text> {
        list.elements.iter().rev().find_map(|element| {
            let of = element.of.as_ref()?;
            match &element.shape {
                Shape::Text(text) if of.block == frame.block && of.part == Some(part) => Some(text),
                _ => None,
            }
        })
    };
    let look = |part: Part| text(part).and_then(|text| Look::of(text, false));
    let heading = |part: Part| text(part).and_then(|text| Look::of(text, true));
    let one = Placeholder::new;
    let bounds = frame.bounds;
    let placeholder = match slot {
        Title(_) => one(Some("title"), "Title", sample.title, bounds).looking(heading(Part::Text)),
        Subtitle => {
            one(Some("subTitle"), "Subtitle", &["For whom, and when"], bounds).looking(look(Part::Text))
        }
        Content => {
            let content = one(None, "Content", &["Text, a table, a chart or a picture"], bounds);
            if sample.layout == Layout::Comparison {
                content.on(surface, [PADDING, 0.0, PADDING, PADDING])
            } else {
                content
            }
        }
        List => {
            let to_the_end = Rect { height: BODY_BOTTOM - bounds.y, ..bounds };
            let look = look(Part::Item { index: 0 });
            let look = look.map(|look| Look { numbers: Some(NUMBERS), ..look });
            one(Some("body"), "Text", &["One point a line"], to_the_end).looking(look)
        }
        Words => one(Some("body"), "Text", &["What follows from it"], bounds),
        Chart => one(Some("chart"), "Chart", &["Chart"], bounds),
        Table => one(Some("tbl"), "Table", &["Table"], bounds),
        Picture => {
            let height = bounds.height.min(floor - bounds.y);
            one(Some("pic"), "Picture", &["Picture"], Rect { height, ..bounds })
        }
        Heading => {
            // Down to what it heads.
            let end = list.frames.get(index + 1).map_or(bounds.bottom(), |next| next.bounds.y);
            one(Some("body"), "Heading", &["Heading"], Rect { height: end - bounds.y, ..bounds })
                .looking(look(Part::Text))
                .on(surface, [PADDING, PADDING, PADDING, 0.0])
        }
        Card => {
            let looks = [heading(Part::Value), look(Part::Label)].into_iter().flatten();
            let inner = bounds.inset(PADDING, PADDING);
            one(Some("body"), "Card", &["00", "What it measures"], inner)
                .looking(looks)
                .on(surface, [PADDING; 4])
        }
        Quote => return said(text(Part::Text), text(Part::By)),
    };
    vec![placeholder]
}

/// A quotation, and who said it.
fn said(words: Option<&Text>, by: Option<&Text>) -> Vec<Placeholder> {
    let one = |text: &Text, name, prompts, is_heading| {
        Placeholder::new(Some("body"), name, prompts, text.bounds).looking(Look::of(text, is_heading))
    };
    let words = words.map(|text| one(text, "Quote", &["What was said"], true));
    let by = by.map(|text| one(text, "Name", &["Who said it"], false));
    words.into_iter().chain(by).collect()
}
