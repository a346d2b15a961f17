//! What each element of a slide is to a reader: content, or decoration.

use std::collections::BTreeMap;

use crate::block::Block;
use crate::deck::Slide;
use crate::display::{Align, DisplayList, Element, Part, Place, Shape};
use crate::id::BlockId;

/// What an element is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing: it is only seen.
    Decoration,
    /// The number of the page, which a reader's program tells by itself.
    PageNumber,
    /// Words.
    Words,
    /// The dot or dash before an item.
    Dot,
    /// A part of a figure that isn't text.
    Figure,
}

/// The blocks of a slide by their ids.
pub(super) fn blocks(slide: &Slide) -> BTreeMap<&BlockId, &Block> {
    slide.all_blocks().into_iter().map(|block| (block.id(), block)).collect()
}

/// The roles of a slide's elements, in order.
pub(super) fn of(slide: &Slide, list: &DisplayList) -> Vec<Role> {
    let blocks = blocks(slide);
    let role = |(index, element): (usize, &Element)| {
        let role = match &element.of {
            None => of_slide(element),
            Some(place) => {
                blocks.get(&place.block).map_or(Role::Decoration, |block| of_block(block, place, element))
            }
        };
        // What marks an item comes before its words; lines between items come after them.
        let is_before_words = || {
            let rest = list.elements[index + 1..].iter().take_while(|next| next.of == element.of);
            rest.into_iter().any(|next| matches!(next.shape, Shape::Text(_)))
        };
        if role == Role::Dot && !is_before_words() { Role::Decoration } else { role }
    };
    list.elements.iter().enumerate().map(role).collect()
}

fn of_slide(element: &Element) -> Role {
    match &element.shape {
        Shape::Text(text) if text.align == Align::Right => Role::PageNumber,
        Shape::Text(_) => Role::Words,
        _ => Role::Decoration,
    }
}

fn of_block(block: &Block, place: &Place, element: &Element) -> Role {
    let is_text = matches!(element.shape, Shape::Text(_));
    match (block, place.part) {
        // A large quotation mark.
        (Block::Quote(_), None) => Role::Decoration,
        (Block::Chart(_), _) if !is_text => Role::Figure,
        (Block::Image(image), None) if !is_text && !image.alt.trim().is_empty() => Role::Figure,
        (Block::Bullets(_) | Block::Numbered(_), Some(Part::Item { .. }))
            if matches!(element.shape, Shape::Ellipse(_) | Shape::Line(_)) =>
        {
            Role::Dot
        }
        _ if is_text => Role::Words,
        _ => Role::Decoration,
    }
}
