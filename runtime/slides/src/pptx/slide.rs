//! A slide of the file: its elements in their order, each as what it is: a text, a table, a chart, an
//! image or a shape. Their order is that of the display list, which is also the order in which they are read.

mod names;
mod number;

use std::collections::BTreeSet;

use super::company::Company;
use super::design::{Design, design_of};
use super::layouts::{background, color_map};
use super::lines::Lines;
use super::markup::{HEAD, NAMESPACES, TREE};
use super::media::Media;
use super::package::Package;
use super::paint::Paint;
use super::part::Part;
use super::text::TextBox;
use super::{chart, notes, shapes, table, text};
use crate::alt;
use crate::block::Block;
use crate::chart::Chart;
use crate::deck::Slide;
use crate::display::{ChartFrame, Detail, DisplayList, Element, Frame, Part as Of, Shape};
use crate::export::Export;
use crate::table::Table;
use crate::theme::Theme;

/// The types of parts, as [`Package::add`] wants them.
const SLIDE: &str = "officedocument.presentationml.slide";
const NOTES: &str = "officedocument.presentationml.notesSlide";
const CHART: &str = "officedocument.drawingml.chart";

/// What writes slides, one after the other.
pub(super) struct Slides<'a> {
    export: &'a Export<'a>,
    lines: Lines,
    designs: &'a [Design],
    company: Option<&'a Company<'a>>,
    media: Media,
    charts: usize,
}

/// A slide that is being written.
struct Page<'a> {
    slide: &'a Slide,
    list: &'a DisplayList,
    paint: Paint,
    part: Part,
    xml: String,
}

impl<'a> Slides<'a> {
    /// For a deck, with the layouts of its file: ours, or a company's.
    pub(super) fn new(
        export: &'a Export<'a>,
        lines: Lines,
        designs: &'a [Design],
        company: Option<&'a Company<'a>>,
    ) -> Self {
        Self { export, lines, designs, company, media: Media::default(), charts: 0 }
    }

    /// Adds a slide, and all that it needs, to the package. `number` is its page's, from 1.
    pub(super) fn add(
        &mut self,
        slide: &'a Slide,
        list: &'a DisplayList,
        number: usize,
        package: &mut Package,
    ) {
        let theme = self.slots();
        let mut page = Page {
            slide,
            list,
            paint: Paint::new(theme, list.background),
            part: Part::new(),
            xml: String::new(),
        };
        let (at, shared) = design_of(self.designs, slide, list);
        let design = self.designs.get(at).filter(|_| self.company.is_none());
        let (target, shared, has_ground) = match self.company {
            None => {
                let has_ground = design.is_some_and(|design| design.background == list.background);
                (format!("../slideLayouts/slideLayout{}.xml", at + 1), shared, has_ground)
            }
            // Nothing of ours is on the company's layouts.
            Some(company) => {
                let has_ground = company.has_ground(slide.layout, list.background);
                (company.target(slide.layout), 0, has_ground)
            }
        };
        page.part.relate("slideLayout", &target);
        page.xml = format!("{HEAD}<p:sld {NAMESPACES}><p:cSld>");
        if !has_ground {
            page.xml.push_str(&background(list.background, &page.paint));
        }
        page.xml.push_str("<p:spTree>");
        page.xml.push_str(TREE);
        self.elements(&mut page, shared, number, design, package);
        page.xml.push_str("</p:spTree></p:cSld>");
        page.xml.push_str(&match self.company {
            None => color_map(theme, list.background),
            Some(_) => "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>".to_owned(),
        });
        page.xml.push_str("</p:sld>");
        if !slide.notes.is_empty() {
            let path = format!("notesSlides/notesSlide{number}.xml");
            page.part.relate("notesSlide", &format!("../{path}"));
            let (xml, part) = notes::write(&slide.notes, number, self.language());
            package.add(&format!("ppt/{path}"), NOTES, xml, &part);
        }
        package.add(&format!("ppt/slides/slide{number}.xml"), SLIDE, page.xml, &page.part);
    }

    /// The theme with the colours of the file's slots.
    fn slots(&self) -> &'a Theme {
        self.company.map_or(self.export.theme, |company| &company.slots)
    }

    /// Whether the company's layout shows an element already.
    fn is_on_layout(&self, slide: &Slide, element: &Element) -> bool {
        self.company.is_some_and(|company| company.shows(slide.layout, element, self.export.theme))
    }

    fn language(&self) -> Option<&'a str> {
        self.export.deck.language.as_deref()
    }

    fn elements(
        &mut self,
        page: &mut Page<'a>,
        from: usize,
        number: usize,
        design: Option<&Design>,
        package: &mut Package,
    ) {
        let list = page.list;
        let boxes = text::plan(page.slide, list);
        let page_number = number::find(list, number);
        let mut written = BTreeSet::new();
        let mut index = from;
        while let Some(element) = list.elements.get(index) {
            let at = index;
            index += 1;
            if written.contains(&at) || self.is_on_layout(page.slide, element) {
                continue;
            }
            if page_number == Some(at) {
                number::write(
                    element,
                    number,
                    design,
                    self.language(),
                    &page.paint,
                    &mut page.part,
                    &mut page.xml,
                );
                continue;
            }
            if let Some(native) = native(page.slide, list, element) {
                written
                    .extend((at..list.elements.len()).filter(|other| native.covers(&list.elements[*other])));
                self.native(page, native, package);
                continue;
            }
            if let Some(text) = boxes.iter().find(|text| text.elements.contains(&at)) {
                written.extend(&text.elements);
                self.text(page, text);
                continue;
            }
            if element.of.is_none() && !matches!(element.shape, Shape::Text(_) | Shape::Image(_)) {
                let rest = &list.elements[at..];
                let taken = |at: usize| boxes.iter().any(|text| text.elements.contains(&at));
                let run = rest.iter().zip(at..).take_while(|(other, at)| {
                    other.of.is_none()
                        && !matches!(other.shape, Shape::Text(_) | Shape::Image(_))
                        && !taken(*at)
                        && !self.is_on_layout(page.slide, other)
                });
                let run = run.count();
                if run > 1 {
                    shapes::group(&rest[..run], "Decoration", &page.paint, &mut page.part, &mut page.xml);
                    index = at + run;
                    continue;
                }
            }
            self.shape(page, at, element, package);
        }
    }

    fn native(&mut self, page: &mut Page<'a>, native: Native<'a>, package: &mut Package) {
        let theme = self.export.theme;
        match native {
            Native::Table(table, frame) => {
                let (lines, language, theme) = (self.lines, self.language(), self.slots());
                table::write(table, frame, page.list, theme, lines, language, &mut page.part, &mut page.xml);
            }
            Native::Chart(chart, frame, inner) => {
                self.charts += 1;
                let number = self.charts;
                let parts = chart::parts(chart, inner, page.list, theme, self.language());
                let mut part = Part::new();
                part.relate("package", &format!("../embeddings/workbook{number}.xlsx"));
                package.add(&format!("ppt/charts/chart{number}.xml"), CHART, parts.xml, &part);
                package.embed(&format!("ppt/embeddings/workbook{number}.xlsx"), parts.workbook);
                let relationship = page.part.relate("chart", &format!("../charts/chart{number}.xml"));
                let (name, alt) = (names::chart(chart), alt::chart(chart, self.language()));
                let shape = page.part.shape_id();
                page.xml.push_str(&chart::frame(&name, &alt, frame.bounds, &relationship, shape));
            }
        }
    }

    fn text(&self, page: &mut Page<'a>, text: &TextBox) {
        let theme = self.slots();
        let (lines, language) = (self.lines, self.language());
        text::write(text, page.list, page.slide, theme, lines, language, &mut page.part, &mut page.xml);
    }

    fn shape(&mut self, page: &mut Page<'a>, at: usize, element: &Element, package: &mut Package) {
        if let Shape::Image(picture) = &element.shape {
            if let Some(file) = self.export.pictures.get(&picture.image) {
                let target = self.media.target(&picture.image, file, package);
                let relationship = page.part.relate("image", &target);
                shapes::picture(picture, file, &relationship, &mut page.part, &mut page.xml);
            }
            return;
        }
        // What stands in for an image until it is there would only be in the way behind it.
        if let Some(Element { shape: Shape::Image(next), of }) = page.list.elements.get(at + 1)
            && *of == element.of
            && shapes::bounds(&element.shape) == Some(next.bounds)
            && self.export.pictures.get(&next.image).is_some_and(|file| shapes::hides_its_place(next, file))
        {
            return;
        }
        let name = names::shape(page.slide, element);
        shapes::write(&element.shape, &name, &page.paint, &mut page.part, &mut page.xml);
    }
}

/// A block that a PowerPoint file has a kind of its own for.
enum Native<'a> {
    Table(&'a Table, &'a Frame),
    Chart(&'a Chart, &'a Frame, &'a ChartFrame),
}

impl Native<'_> {
    /// Whether an element is part of it. What a table says under its rows isn't.
    fn covers(&self, element: &Element) -> bool {
        let Some(of) = &element.of else { return false };
        match self {
            Self::Table(table, _) => {
                let is_cell = matches!(of.part, Some(Of::Heading { .. } | Of::Cell { .. }));
                of.block == table.id && (is_cell || !matches!(element.shape, Shape::Text(_)))
            }
            Self::Chart(chart, ..) => of.block == chart.id,
        }
    }
}

/// The table or chart that an element is part of.
fn native<'a>(slide: &'a Slide, list: &'a DisplayList, element: &Element) -> Option<Native<'a>> {
    let frame = list.frame(&element.of.as_ref()?.block)?;
    let block = slide.all_blocks().into_iter().find(|block| *block.id() == frame.block)?;
    let native = match (block, &frame.detail) {
        (Block::Table(table), Some(Detail::Table(_))) => Native::Table(table, frame),
        (Block::Chart(chart), Some(Detail::Chart(inner))) => Native::Chart(chart, frame, inner),
        _ => return None,
    };
    native.covers(element).then_some(native)
}
