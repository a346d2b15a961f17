//! A page that is drawn on. What is drawn belongs to marked content, which the tags then refer to.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::geom::{Quadrilateral, Rect as PageRect};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use url::Url;

use super::faces::Faces;
use super::images::Images;
use super::place::Placement;
use super::roles::Role;
use super::shapes;
use crate::alt;
use crate::display::{DisplayList, LineEnd, Rect, RectShape, Run, Shape, Text, TextLine, in_reading_order};

/// A line under a link: its distance from the baseline and its width, in sizes of the font.
const UNDERLINE: [f64; 2] = [0.11, 0.05];
/// What of a line a link's area covers, above and below the baseline, in sizes of the font.
const LINK: [f64; 2] = [0.8, 0.25];

/// A part of a paragraph.
#[derive(Debug, Clone)]
pub(super) enum Inline {
    /// Words.
    Words(Words),
    /// Words that are a link, the number of one of the page's links.
    Link(usize, Vec<Words>),
}

/// Words of one line.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) content: Identifier,
    /// What they say, where that can't be told from the glyphs alone.
    pub(super) actual: Option<String>,
}

/// What is drawn of an element, for the tags.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawn {
    /// Of a text: its paragraphs.
    pub(super) paragraphs: Vec<Vec<Inline>>,
    /// Of another shape; absent if it is decoration, or belongs to the one before it.
    pub(super) shape: Option<Identifier>,
}

/// A link on a page.
pub(super) struct Link {
    address: String,
    words: String,
    areas: Vec<Quadrilateral>,
}

impl Link {
    /// As it goes onto the page; none if it has no area.
    pub(super) fn into_annotation(self) -> Option<Annotation> {
        if self.areas.is_empty() {
            return None;
        }
        let words = alt::clean(&self.words);
        let description = match words.as_str() {
            "" => self.address.clone(),
            words if words == self.address => words.to_owned(),
            words => format!("{words} ({})", self.address),
        };
        let target = Target::Action(Action::from(LinkAction::new(self.address)));
        let annotation = LinkAnnotation::new_with_quad_points(self.areas, target);
        Some(Annotation::new_link(annotation, Some(description)))
    }
}

/// The marked content that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    None,
    Decoration,
    Figure,
}

/// A page that is drawn on.
pub(super) struct Sheet<'s, 'f, 'a> {
    surface: Surface<'s>,
    pub(super) faces: &'f mut Faces<'a>,
    place: Placement,
    open: Open,
    links: Vec<Link>,
}

impl<'s, 'f, 'a> Sheet<'s, 'f, 'a> {
    /// Starts a page; what is drawn has its coordinates in pixels from a place.
    pub(super) fn new(mut surface: Surface<'s>, faces: &'f mut Faces<'a>, place: Placement) -> Self {
        surface.push_transform(&place.transform());
        Self { surface, faces, place, open: Open::None, links: Vec::new() }
    }

    /// Goes on in other coordinates.
    pub(super) fn move_to(&mut self, place: Placement) {
        self.close();
        self.surface.pop();
        self.surface.push_transform(&place.transform());
        self.place = place;
    }

    /// Ends the page; gives its links.
    pub(super) fn finish(mut self) -> Vec<Link> {
        self.close();
        self.surface.pop();
        self.surface.finish();
        self.links
    }

    /// Draws a slide; gives what is drawn of each element.
    pub(super) fn slide(&mut self, list: &DisplayList, roles: &[Role], images: &Images) -> Vec<Drawn> {
        let all = Rect::new(0.0, 0.0, list.width, list.height);
        self.decoration(&Shape::Rect(RectShape {
            bounds: all,
            radius: 0.0,
            fill: Some(list.background),
            stroke: None,
            opacity: 1.0,
        }));
        let mut drawn = Vec::with_capacity(list.elements.len());
        let mut before = None;
        for (element, role) in list.elements.iter().zip(roles) {
            // Parts of different figures aren't one content.
            let block = element.of.as_ref().map(|place| &place.block);
            if self.open == Open::Figure && block != before {
                self.close();
            }
            before = block;
            drawn.push(match (&element.shape, role) {
                (Shape::Text(text), Role::Words) => Drawn { paragraphs: self.paragraphs(text), shape: None },
                (Shape::Text(text), role) => {
                    let is_number = *role == Role::PageNumber;
                    self.artifact(if is_number { ArtifactType::PageNumber } else { ArtifactType::Layout });
                    for line in &text.lines {
                        self.line(line);
                    }
                    self.close();
                    Drawn::default()
                }
                (shape, Role::Figure) => {
                    let mut is_new = None;
                    if self.open != Open::Figure {
                        self.close();
                        is_new = Some(self.surface.start_tagged(ContentTag::Other));
                        self.open = Open::Figure;
                    }
                    self.shape(shape, images);
                    Drawn { paragraphs: Vec::new(), shape: is_new }
                }
                (shape, Role::Dot) => {
                    self.close();
                    let dot = self.surface.start_tagged(ContentTag::Other);
                    self.shape(shape, images);
                    self.surface.end_tagged();
                    Drawn { paragraphs: Vec::new(), shape: Some(dot) }
                }
                (shape, _) => {
                    self.decorate();
                    self.shape(shape, images);
                    Drawn::default()
                }
            });
        }
        drawn
    }

    /// Draws a shape that is only seen.
    pub(super) fn decoration(&mut self, shape: &Shape) {
        self.decorate();
        shapes::draw(&mut self.surface, shape);
    }

    /// Draws a line of text that a reader's program knows by itself.
    pub(super) fn page_furniture(&mut self, line: &TextLine, kind: ArtifactType) {
        self.artifact(kind);
        self.line(line);
        self.close();
    }

    /// Draws text; gives its paragraphs.
    pub(super) fn paragraphs(&mut self, text: &Text) -> Vec<Vec<Inline>> {
        self.close();
        let mut paragraphs = vec![Vec::new()];
        // The link that the line before ended with.
        let mut open_link: Option<usize> = None;
        for line in &text.lines {
            self.tagged_line(line, &mut paragraphs, &mut open_link);
            if line.ends == LineEnd::Paragraph {
                paragraphs.push(Vec::new());
                open_link = None;
            }
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs
    }

    fn tagged_line(
        &mut self,
        line: &TextLine,
        paragraphs: &mut [Vec<Inline>],
        open_link: &mut Option<usize>,
    ) {
        let Some(paragraph) = paragraphs.last_mut() else { return };
        let runs = in_reading_order(line);
        let count = runs.len();
        let mut start = 0;
        while start < count {
            let link = &runs[start].link;
            let end = start + runs[start..].iter().take_while(|run| run.link == *link).count();
            let content = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            for run in &runs[start..end] {
                self.run(run, line.baseline);
            }
            if end == count && line.ends == LineEnd::Space {
                let last = runs[count - 1];
                let x = if line.is_rtl { line.x } else { line.x + line.width };
                self.faces.draw_space(&mut self.surface, last, x, line.baseline);
            }
            self.surface.end_tagged();
            let content = Words { content, actual: actual(&runs[start..end]) };
            match link.as_deref().and_then(address) {
                None => {
                    paragraph.push(Inline::Words(content));
                    *open_link = None;
                }
                Some(address) => {
                    // A link goes on from one line to the next.
                    let known = open_link.filter(|number| self.links[*number].address == address);
                    let number = known.unwrap_or_else(|| {
                        self.links.push(Link { address, words: String::new(), areas: Vec::new() });
                        self.links.len() - 1
                    });
                    match paragraph.last_mut() {
                        Some(Inline::Link(last, contents)) if *last == number => contents.push(content),
                        _ => paragraph.push(Inline::Link(number, vec![content])),
                    }
                    for run in &runs[start..end] {
                        let area = self.link_area(run, line.baseline);
                        let link = &mut self.links[number];
                        link.words.push_str(&run.text);
                        link.areas.extend(area.map(Quadrilateral::from));
                    }
                    if end == count && line.ends == LineEnd::Space {
                        self.links[number].words.push(' ');
                    }
                    *open_link = Some(number);
                }
            }
            start = end;
        }
    }

    fn link_area(&self, run: &Run, baseline: f64) -> Option<PageRect> {
        let top = baseline - LINK[0] * run.size;
        self.place.rect(Rect::new(run.x, top, run.width, (LINK[0] + LINK[1]) * run.size))
    }

    fn line(&mut self, line: &TextLine) {
        for run in in_reading_order(line) {
            self.run(run, line.baseline);
        }
    }

    fn run(&mut self, run: &Run, baseline: f64) {
        self.faces.draw(&mut self.surface, run, run.x, baseline);
        if run.link.is_some() && !run.text.trim().is_empty() {
            let [distance, width] = UNDERLINE.map(|part| part * run.size);
            let bounds = Rect::new(run.x, baseline + distance - width / 2.0, run.width, width);
            shapes::fill(&mut self.surface, bounds, 0.0, run.color, 1.0);
        }
    }

    fn shape(&mut self, shape: &Shape, images: &Images) {
        match shape {
            Shape::Image(picture) => images.draw(&mut self.surface, picture),
            shape => shapes::draw(&mut self.surface, shape),
        }
    }

    fn decorate(&mut self) {
        if self.open != Open::Decoration {
            self.artifact(ArtifactType::Layout);
        }
    }

    fn artifact(&mut self, kind: ArtifactType) {
        self.close();
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        self.open = Open::Decoration;
    }

    fn close(&mut self) {
        if self.open != Open::None {
            self.surface.end_tagged();
            self.open = Open::None;
        }
    }
}

/// What runs say, if some of it is drawn in glyphs that stand for many characters.
fn actual(runs: &[&Run]) -> Option<String> {
    let is_foreign = runs.iter().any(|run| run.is_foreign);
    is_foreign.then(|| runs.iter().map(|run| run.text.as_str()).collect())
}

/// An address as it may stand in a PDF: without characters beyond ASCII.
fn address(link: &str) -> Option<String> {
    Url::parse(link).ok().map(String::from)
}
