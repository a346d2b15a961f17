//! Which elements form one text box.

use super::list::items;
use crate::block::Block;
use crate::deck::{Layout, Slide};
use crate::display::{Detail, DisplayList, Part, Shape, Slot};
use crate::id::BlockId;

/// A text box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextBox {
    /// Its elements, by their numbers in the display list, in order. It is written where the first of them is.
    pub(crate) elements: Vec<usize>,
    /// What it is on its slide.
    pub(crate) role: Role,
}

/// What a text box is on its slide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The slide's title.
    Title,
    /// The line under the title of a cover.
    Subtitle,
    /// Items of a list; numbered or not.
    List {
        /// Whether they have numbers.
        is_numbered: bool,
    },
    /// Any other text.
    Text,
}

/// The text boxes of a slide, by their first elements. Cells of tables, and texts of charts that are written as
/// such, are in none.
pub(crate) fn plan(slide: &Slide, list: &DisplayList) -> Vec<TextBox> {
    let blocks = slide.all_blocks();
    let mut boxes = Vec::new();
    let mut is_taken = vec![false; list.elements.len()];
    let mut has_title = false;
    for (at, element) in list.elements.iter().enumerate() {
        if is_taken[at] {
            continue;
        }
        let place = element.of.as_ref();
        let block = place.and_then(|place| blocks.iter().find(|block| *block.id() == place.block));
        if let (Some(Block::Bullets(_) | Block::Numbered(_)), Some(place)) = (block, place)
            && matches!(place.part, Some(Part::Item { .. }))
        {
            let is_numbered = matches!(block, Some(Block::Numbered(_)));
            if let Some(elements) = column(list, &place.block, at) {
                for element in &elements {
                    is_taken[*element] = true;
                }
                boxes.push(TextBox { elements, role: Role::List { is_numbered } });
                continue;
            }
        }
        if !matches!(element.shape, Shape::Text(_)) {
            continue;
        }
        let role = match place {
            Some(place) if is_within(list, &place.block, place.part) => continue,
            Some(place) if place.part == Some(Part::Text) => match slot(list, &place.block) {
                Some(Slot::Title) if !has_title => {
                    has_title = true;
                    Role::Title
                }
                Some(Slot::Subtitle) if slide.layout == Layout::Cover => Role::Subtitle,
                _ => Role::Text,
            },
            _ => Role::Text,
        };
        boxes.push(TextBox { elements: vec![at], role });
    }
    boxes
}

fn slot(list: &DisplayList, block: &BlockId) -> Option<Slot> {
    list.frames.iter().find(|frame| frame.block == *block).map(|frame| frame.slot)
}

/// Whether a part of a block is written as part of a table or chart.
fn is_within(list: &DisplayList, block: &BlockId, part: Option<Part>) -> bool {
    let frame = list.frames.iter().find(|frame| frame.block == *block);
    match frame.and_then(|frame| frame.detail.as_ref()) {
        Some(Detail::Table(_)) => matches!(part, Some(Part::Heading { .. } | Part::Cell { .. })),
        Some(Detail::Chart(_)) => true,
        None => false,
    }
}

/// The elements of a list's column that starts with an element, markers among them; none if the block is
/// drawn in another way (an agenda has its points in rows) or has no text there.
fn column(list: &DisplayList, block: &BlockId, from: usize) -> Option<Vec<usize>> {
    let items = items(list, block, from);
    let is_list = items.iter().flat_map(|item| &item.texts).all(|(_, text)| text.line_height > 1.01);
    let has_text = items.iter().any(|item| !item.texts.is_empty());
    if !is_list || !has_text {
        return None;
    }
    let mut end = f64::NEG_INFINITY;
    let mut elements = Vec::new();
    for item in items {
        if item.y < end {
            break;
        }
        end = item.y;
        elements.extend(item.elements);
    }
    Some(elements)
}
