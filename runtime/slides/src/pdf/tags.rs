//! The structure of a slide: what its blocks are to a reader who doesn't see them.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::page::Page;
use krilla::tagging::{BBox, Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind};

use super::place::Placement;
use super::roles::{self, Role};
use super::sheet::{Drawn, Inline, Link, Words};
use crate::alt;
use crate::block::{Block, List, Steps, StepsKind};
use crate::deck::Slide;
use crate::display::{Detail, DisplayList, Part, StepField};
use crate::export::Export;
use crate::id::BlockId;

/// What is drawn of an element, as parts of the structure.
#[derive(Debug, Default)]
pub(super) struct Content {
    paragraphs: Vec<Vec<Node>>,
    shape: Option<Identifier>,
}

/// Where a slide is.
pub(super) struct At {
    /// The number of its page, from 0.
    pub(super) page: usize,
    pub(super) place: Placement,
}

/// Puts a page's links onto it, and gives what is drawn with them.
pub(super) fn resolve(drawn: Vec<Drawn>, links: Vec<Link>, page: &mut Page<'_>) -> Vec<Content> {
    let mut annotations: Vec<Option<Identifier>> = links
        .into_iter()
        .map(|link| link.into_annotation().map(|annotation| page.add_tagged_annotation(annotation)))
        .collect();
    drawn
        .into_iter()
        .map(|drawn| Content {
            paragraphs: drawn
                .paragraphs
                .into_iter()
                .map(|paragraph| {
                    paragraph.into_iter().flat_map(|part| inline(part, &mut annotations)).collect()
                })
                .collect(),
            shape: drawn.shape,
        })
        .collect()
}

fn inline(part: Inline, annotations: &mut [Option<Identifier>]) -> Vec<Node> {
    match part {
        Inline::Words(words) => vec![said(words)],
        Inline::Link(number, words) => {
            let mut nodes: Vec<Node> = words.into_iter().map(said).collect();
            match annotations.get_mut(number).and_then(Option::take) {
                Some(annotation) => {
                    nodes.push(annotation.into());
                    vec![TagGroup::with_children(Tag::Link, nodes).into()]
                }
                None => nodes,
            }
        }
    }
}

/// Words, with what they say if the glyphs don't tell it.
pub(super) fn said(words: Words) -> Node {
    let content = Node::from(words.content);
    match words.actual {
        None => content,
        Some(text) => {
            let text = format!("{} ", alt::clean(&text));
            TagGroup::with_children(Tag::Span.with_actual_text(Some(text)), vec![content]).into()
        }
    }
}

/// The structure of a slide, block by block in the order in which they are drawn.
pub(super) fn slide(
    export: &Export<'_>,
    slide: &Slide,
    list: &DisplayList,
    roles: &[Role],
    drawn: Vec<Content>,
    at: &At,
) -> Vec<Node> {
    let mut order: Vec<Option<&BlockId>> = Vec::new();
    let mut of: BTreeMap<Option<&BlockId>, Parts> = BTreeMap::new();
    for ((element, role), content) in list.elements.iter().zip(roles).zip(drawn) {
        let block = element.of.as_ref().map(|place| &place.block);
        if matches!(role, Role::Decoration | Role::PageNumber) {
            continue;
        }
        if !order.contains(&block) {
            order.push(block);
        }
        let part = element.of.as_ref().and_then(|place| place.part);
        of.entry(block).or_default().0.push((part, content));
    }
    // Where the numbers come from is said after them.
    order.sort_by_key(Option::is_none);
    let blocks = roles::blocks(slide);
    let mut nodes = Vec::new();
    let mut is_titled = false;
    for id in order {
        let Some(mut parts) = of.remove(&id) else { continue };
        let block = id.and_then(|id| blocks.get(id));
        match block {
            Some(Block::Title(heading)) => {
                // The first one is the slide's; no level is left out.
                let level = if is_titled { 2 } else { 1 };
                let title = alt::clean(&heading.text.plain());
                let words: Vec<Node> = parts.all().into_iter().flatten().collect();
                if title.is_empty() {
                    push(&mut nodes, Tag::P, words);
                } else {
                    push(&mut nodes, Tag::Hn(level_of(level), Some(title)), words);
                    is_titled = true;
                }
            }
            Some(Block::Bullets(block)) => {
                nodes.extend(items(&mut parts, block, ListNumbering::Disc));
                push_paragraphs(&mut nodes, parts.all());
            }
            Some(Block::Numbered(block)) => {
                nodes.extend(items(&mut parts, block, ListNumbering::Decimal));
                push_paragraphs(&mut nodes, parts.all());
            }
            Some(Block::Steps(block)) => {
                nodes.extend(steps(&mut parts, block));
                push_paragraphs(&mut nodes, parts.all());
            }
            Some(Block::Table(block)) => {
                nodes.extend(table(&mut parts, &block.id, list));
                push_paragraphs(&mut nodes, parts.all());
            }
            Some(Block::Chart(block)) => {
                let words = alt::chart(block, export.deck.language.as_deref());
                nodes.extend(figure(&mut parts, &block.id, words, list, at));
            }
            Some(Block::Image(block)) => {
                let caption = parts.take(|part| part == Some(Part::Caption));
                let words = alt::clean(&block.alt);
                if !words.is_empty() {
                    nodes.extend(figure(&mut parts, &block.id, words, list, at));
                }
                push_paragraphs(&mut nodes, caption.into_iter().flat_map(|content| content.paragraphs));
                push_paragraphs(&mut nodes, parts.all());
            }
            Some(Block::Quote(_)) => {
                let mut quote = Vec::new();
                push_paragraphs(&mut quote, parts.all());
                push(&mut nodes, Tag::BlockQuote, quote);
            }
            _ => push_paragraphs(&mut nodes, parts.all()),
        }
    }
    nodes
}

fn level_of(level: u16) -> NonZeroU16 {
    NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN)
}

/// What is drawn of a block, in order.
#[derive(Default)]
struct Parts(Vec<(Option<Part>, Content)>);

impl Parts {
    fn take(&mut self, is: impl Fn(Option<Part>) -> bool) -> Vec<Content> {
        let (taken, rest) = std::mem::take(&mut self.0).into_iter().partition(|(part, _)| is(*part));
        self.0 = rest;
        let taken: Vec<(Option<Part>, Content)> = taken;
        taken.into_iter().map(|(_, content)| content).collect()
    }

    /// The paragraphs that are left, and what else is.
    fn all(&mut self) -> Vec<Vec<Node>> {
        let all = self.take(|_| true);
        all.into_iter()
            .flat_map(|content| {
                let shape = content.shape.map(|shape| vec![Node::from(shape)]);
                shape.into_iter().chain(content.paragraphs)
            })
            .collect()
    }
}

/// Adds a group, unless nothing is in it.
fn push(nodes: &mut Vec<Node>, tag: impl Into<TagKind>, children: Vec<Node>) {
    if !children.is_empty() {
        nodes.push(TagGroup::with_children(tag, children).into());
    }
}

/// Adds paragraphs.
pub(super) fn push_paragraphs(nodes: &mut Vec<Node>, paragraphs: impl IntoIterator<Item = Vec<Node>>) {
    for paragraph in paragraphs {
        push(nodes, Tag::P, paragraph);
    }
}

/// A figure: a chart or an image, with words in its place.
fn figure(parts: &mut Parts, id: &BlockId, words: String, list: &DisplayList, at: &At) -> Option<Node> {
    let children: Vec<Node> = parts
        .take(|_| true)
        .into_iter()
        .flat_map(|content| {
            let shape = content.shape.map(Node::from);
            shape.into_iter().chain(content.paragraphs.into_iter().flatten())
        })
        .collect();
    if children.is_empty() {
        return None;
    }
    let bounds = list.frame(id).and_then(|frame| at.place.rect(frame.bounds));
    let bounds = bounds.map(|rect| BBox::new(at.page, rect));
    Some(TagGroup::with_children(Tag::Figure(Some(words)).with_bbox(bounds), children).into())
}

/// The items of a list; those of the second level are a list in the item before them.
fn items(parts: &mut Parts, list: &List, numbering: ListNumbering) -> Option<Node> {
    let mut all = TagGroup::new(Tag::L(numbering));
    // The item of the first level that is open: its label and its body.
    let mut open: Option<(Label, Vec<Node>)> = None;
    let mut inner: Vec<Node> = Vec::new();
    let inner_numbering =
        if numbering == ListNumbering::Decimal { ListNumbering::LowerAlpha } else { numbering };
    for (index, item) in list.items.iter().enumerate() {
        let contents = parts.take(|part| part == Some(Part::Item { index }));
        let (label, body) = label_and_body(contents);
        if label.0.is_empty() && body.is_empty() {
            continue;
        }
        if item.level > 1 && open.is_some() {
            push_item(&mut inner, label, body);
            continue;
        }
        close(&mut all, open.take(), &mut inner, inner_numbering);
        open = Some((label, body));
    }
    close(&mut all, open, &mut inner, inner_numbering);
    (!all.children.is_empty()).then(|| all.into())
}

fn close(
    all: &mut TagGroup,
    open: Option<(Label, Vec<Node>)>,
    inner: &mut Vec<Node>,
    numbering: ListNumbering,
) {
    let Some((label, mut body)) = open else { return };
    push(&mut body, Tag::L(numbering), std::mem::take(inner));
    push_item(&mut all.children, label, body);
}

fn push_item(items: &mut Vec<Node>, (label, is_dot): Label, body: Vec<Node>) {
    let label_tag = Tag::Lbl.with_actual_text(is_dot.then(|| "• ".to_owned()));
    let mut item = Vec::new();
    push(&mut item, label_tag, label);
    push(&mut item, Tag::LBody, body);
    push(items, Tag::LI, item);
}

/// The marker of an item, and whether it is a dot.
type Label = (Vec<Node>, bool);

/// The marker of an item, and its words: the last of its texts.
fn label_and_body(mut contents: Vec<Content>) -> (Label, Vec<Node>) {
    let last = contents.iter().rposition(|content| !content.paragraphs.is_empty());
    let body = last.map(|last| contents.remove(last)).unwrap_or_default();
    let is_dot = contents.iter().any(|content| content.shape.is_some());
    let label = contents.into_iter().flat_map(|content| {
        content.shape.map(Node::from).into_iter().chain(content.paragraphs.into_iter().flatten())
    });
    ((label.collect(), is_dot), body.paragraphs.into_iter().flatten().collect())
}

fn steps(parts: &mut Parts, steps: &Steps) -> Option<Node> {
    let numbering = match steps.kind {
        StepsKind::Process => ListNumbering::Decimal,
        StepsKind::Timeline => ListNumbering::None,
    };
    let mut all = Vec::new();
    for index in 0..steps.steps.len() {
        let label = parts.take(|part| part == Some(Part::Step { index, field: None }));
        let label = label.into_iter().flat_map(|content| content.paragraphs).flatten().collect();
        let mut body = Vec::new();
        for field in [StepField::When, StepField::Title, StepField::Text] {
            let field = parts.take(|part| part == Some(Part::Step { index, field: Some(field) }));
            push_paragraphs(&mut body, field.into_iter().flat_map(|content| content.paragraphs));
        }
        push_item(&mut all, (label, false), body);
    }
    (!all.is_empty()).then(|| TagGroup::with_children(Tag::L(numbering), all).into())
}

/// A table with the rows and columns that are shown. A cell without a text is there too.
fn table(parts: &mut Parts, id: &BlockId, list: &DisplayList) -> Option<Node> {
    let Some(Detail::Table(frame)) = &list.frame(id)?.detail else { return None };
    let columns = frame.columns.len();
    let mut cell = |part: Part, tag: TagKind| {
        let contents = parts.take(|of| of == Some(part));
        let mut children = Vec::new();
        push_paragraphs(&mut children, contents.into_iter().flat_map(|content| content.paragraphs));
        Node::from(TagGroup::with_children(tag, children))
    };
    let headings =
        (0..columns).map(|column| cell(Part::Heading { column }, Tag::TH(TableHeaderScope::Column).into()));
    let headings = TagGroup::with_children(Tag::TR, headings.collect());
    let mut rows = Vec::new();
    for row in 0..frame.rows.len().saturating_sub(1) {
        let cells = (0..columns).map(|column| cell(Part::Cell { row, column }, Tag::TD.into()));
        rows.push(TagGroup::with_children(Tag::TR, cells.collect()).into());
    }
    let mut all = vec![TagGroup::with_children(Tag::THead, vec![headings.into()]).into()];
    push(&mut all, Tag::TBody, rows);
    Some(TagGroup::with_children(Tag::Table, all).into())
}
