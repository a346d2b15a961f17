//! Writes a deck as a PDF.
//!
//! # From the display list
//!
//! A page is drawn from the glyphs that layout measured, so its lines are those of the page in the app. Nothing
//! is shaped or broken again, except the notes, which no display list has.
//!
//! # Accessible
//!
//! The file is tagged as PDF/UA-1 asks for: headings, paragraphs, lists, tables with header cells, figures with
//! a text in their place, links. What is only decoration is marked as such. `krilla` checks the file against its
//! rules, and a violation is an error of ours. A bookmark leads to each slide.
//!
//! # Text that no font of ours has
//!
//! Chinese, Arabic or emoji come in no font of the app, and a PDF/UA file may not refer to the reader's fonts. Such
//! text is looked up in our other families first (Greek in a serif font is then drawn in Tinos), and common signs such
//! as arrows and check marks are drawn as shapes. What is left can be selected, searched and read aloud, and is drawn
//! as a pale bar as long as the text, so that it is seen that something is there. [`slides_without_glyphs`] says on which slides, for a message to the person
//! who exports; the PowerPoint and HTML files show these texts in the reader's fonts.

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{Node, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use crate::alt;
use crate::display::{HEIGHT, WIDTH};
use crate::export::{Export, ExportError, Progress, tell};

mod faces;
mod images;
mod notes;
mod place;
mod roles;
mod shapes;
mod sheet;
mod symbols;
mod tags;

use faces::Faces;
pub use faces::slides_without_glyphs;
use images::Images;
use place::{POINTS, Placement, point};
use sheet::Sheet;

/// What a PDF has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pages {
    /// A page for each slide.
    #[default]
    Slides,
    /// A page for each slide with its notes under it, and more pages where notes are long.
    WithNotes,
}

/// Writes a deck. A deck without slides becomes an empty page.
pub fn write(export: &Export<'_>, pages: Pages, progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    let mut images = Images::of(export);
    loop {
        let mut writer = Writer {
            export,
            document: Document::new_with(settings()?),
            faces: Faces::new(export),
            images: &images,
            outline: Outline::new(),
            sections: Vec::new(),
            pages: 0,
        };
        for number in 0..export.slides.len() {
            writer.slide(number, pages)?;
            tell(progress, number + 1)?;
        }
        match writer.finish() {
            Ok(bytes) => return Ok(bytes),
            // An image whose bytes turn out to be damaged is left out, as one that isn't there.
            Err(KrillaError::Image(image, ..)) if images.remove(&image) => {}
            Err(error) => return Err(unwritable(&error.to_string())),
        }
    }
}

fn settings() -> Result<SerializeSettings, ExportError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| unwritable("the PDF's version and PDF/UA-1 exclude each other"))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn unwritable(reason: &str) -> ExportError {
    ExportError::Unwritable { file: "PDF", reason: reason.to_owned() }
}

struct Writer<'a> {
    export: &'a Export<'a>,
    document: Document,
    faces: Faces<'a>,
    images: &'a Images,
    outline: Outline,
    sections: Vec<Node>,
    /// Pages so far.
    pages: usize,
}

impl Writer<'_> {
    fn slide(&mut self, number: usize, pages: Pages) -> Result<(), ExportError> {
        let export = self.export;
        let (Some(list), Some(slide)) = (export.slides.get(number), export.deck.slides.get(number)) else {
            return Err(unwritable("there is a drawing without a slide"));
        };
        let title = alt::slide_title(slide, number + 1, export.deck.language.as_deref());
        let destination = XyzDestination::new(self.pages, Point::from_xy(0.0, 0.0));
        self.outline.push_child(OutlineNode::new(title, destination));
        let (size, place) = match pages {
            Pages::Slides => ([WIDTH * POINTS, HEIGHT * POINTS], Placement::SLIDE),
            Pages::WithNotes => (notes::PAGE, notes::slide_place()),
        };
        let mut section = TagGroup::new(Tag::Section);
        let mut page = self.document.start_page_with(page_settings(size)?);
        let roles = roles::of(slide, list);
        let mut sheet = Sheet::new(page.surface(), &mut self.faces, place);
        let drawn = sheet.slide(list, &roles, self.images);
        let mut notes = notes::Notes::new(export, slide, number);
        let first = match pages {
            Pages::Slides => Vec::new(),
            Pages::WithNotes => notes.below_slide(&mut sheet),
        };
        let links = sheet.finish();
        let drawn = tags::resolve(drawn, links, &mut page);
        page.finish();
        let at = tags::At { page: self.pages, place };
        for node in tags::slide(export, slide, list, &roles, drawn, &at) {
            section.push(node);
        }
        self.pages += 1;
        for paragraph in first {
            section.push(paragraph);
        }
        while pages == Pages::WithNotes && notes.has_more() {
            let mut page = self.document.start_page_with(page_settings(size)?);
            let mut sheet = Sheet::new(page.surface(), &mut self.faces, Placement::PAGE);
            for paragraph in notes.next_page(&mut sheet) {
                section.push(paragraph);
            }
            drop(sheet.finish());
            page.finish();
            self.pages += 1;
        }
        if !section.children.is_empty() {
            self.sections.push(section.into());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, KrillaError> {
        let export = self.export;
        let language = export.deck.language.as_deref();
        let title = alt::deck_title(export.deck);
        if self.pages == 0 {
            let start = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
            self.outline.push_child(OutlineNode::new(title.clone(), start));
        }
        let mut metadata = Metadata::new().title(title).language(language.unwrap_or("en").to_owned());
        if let Some(author) = export.author.map(alt::clean).filter(|author| !author.is_empty()) {
            metadata = metadata.authors(vec![author]);
        }
        let mut tree = TagTree::new().with_lang(Some(language.unwrap_or("en").to_owned()));
        for section in self.sections {
            tree.push(section);
        }
        self.document.set_metadata(metadata);
        self.document.set_outline(self.outline);
        self.document.set_tag_tree(tree);
        self.document.finish()
    }
}

fn page_settings([width, height]: [f64; 2]) -> Result<PageSettings, ExportError> {
    PageSettings::from_wh(point(width), point(height)).ok_or_else(|| unwritable("a page has no size"))
}
