//! Writes a deck as one HTML file that needs no network.
//!
//! Each slide is an SVG picture whose text is text, so it can be selected, searched and read aloud. The parts of
//! our fonts that are used are in the file, each once, and so is each image. Scripts that no font of ours has are
//! drawn in the reader's fonts, as wide as they were measured.
//!
//! Without its script the file is a page with the slides under each other. With it, one slide is seen at a time:
//! `player.js` says which keys do what. It prints one slide a page.
//!
//! # Safe to open
//!
//! A content security policy in the file allows its one script and its one style sheet, named by their hashes, and
//! fonts and images from the file itself; no request is ever made. All that comes from the deck is escaped.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::alt;
use crate::block::Block;
use crate::deck::Slide;
use crate::display::{DisplayList, Shape};
use crate::export::{Export, ExportError, Progress, tell};
use crate::id::{BlockId, ImageId};
use crate::svg::told::{Told, charts};
use crate::svg::{self, Source, Surroundings, data, faces};
use crate::words::Words;
use crate::xml::escape;

const SCRIPT: &str = include_str!("html/player.js");
const STYLE: &str = include_str!("html/player.css");

/// Writes a deck.
pub fn write(export: &Export<'_>, progress: Progress<'_>) -> Result<Vec<u8>, ExportError> {
    let language = export.deck.language.as_deref();
    let words = Words::of(language);
    let title = alt::deck_title(export.deck);
    let mut page = Markup(String::new());
    page.raw("<!doctype html>\n<html");
    page.attribute("lang", language.unwrap_or("en"));
    page.raw(">\n<head>\n<meta charset=\"utf-8\">\n");
    let style = format!("{STYLE}{}", faces::css(export.fonts, &faces::used(export.slides)));
    page.raw("<meta http-equiv=\"Content-Security-Policy\"");
    page.attribute("content", &policy(&style));
    page.raw(">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    if let Some(author) = export.author.map(alt::clean).filter(|author| !author.is_empty()) {
        page.raw("<meta name=\"author\"");
        page.attribute("content", &author);
        page.raw(">\n");
    }
    page.element("title", "", &title);
    page.raw("\n<style>");
    page.raw(&style);
    page.raw("</style>\n</head>\n<body>\n");
    page.element("h1", " class=\"unseen\"", &title);
    let pictures = page.pictures(export);
    page.raw("<main>\n");
    for (number, (slide, list)) in (1..).zip(export.deck.slides.iter().zip(export.slides)) {
        page.slide(export, slide, list, number, &pictures);
        tell(progress, number)?;
    }
    page.raw("</main>\n");
    page.controls(words, export.slides.len());
    page.raw("<script>");
    page.raw(SCRIPT);
    page.raw("</script>\n</body>\n</html>\n");
    Ok(page.0.into_bytes())
}

/// What the file may do: run its script, use its style sheet, and show what is in it.
fn policy(style: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; font-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(style)
    )
}

struct Markup(String);

impl Markup {
    fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.text(value);
        self.raw("\"");
    }

    /// An element with a text; `attributes` is markup.
    fn element(&mut self, name: &str, attributes: &str, text: &str) {
        self.raw(&format!("<{name}{attributes}>"));
        self.text(text);
        self.raw(&format!("</{name}>"));
    }

    /// Writes the images that are shown, once each; gives what refers to them.
    fn pictures(&mut self, export: &Export<'_>) -> BTreeMap<ImageId, (String, u32, u32)> {
        let mut pictures = BTreeMap::new();
        for element in export.slides.iter().flat_map(|list| &list.elements) {
            if let Shape::Image(picture) = &element.shape
                && let Some(file) = export.pictures.get(&picture.image)
            {
                let next = pictures.len() + 1;
                pictures
                    .entry(picture.image.clone())
                    .or_insert_with(|| (format!("picture-{next}"), file.width, file.height));
            }
        }
        if pictures.is_empty() {
            return pictures;
        }
        self.raw("<svg class=\"unseen\" aria-hidden=\"true\"><defs>");
        for (image, (id, width, height)) in &pictures {
            let Some(file) = export.pictures.get(image) else { continue };
            self.raw(&format!("<image id=\"{id}\" width=\"{width}\" height=\"{height}\""));
            // The size that was told is the size it is drawn at.
            self.raw(" preserveAspectRatio=\"none\"");
            self.attribute("href", &data::of_picture(file));
            self.raw("/>");
        }
        self.raw("</defs></svg>\n");
        pictures
    }

    fn slide(
        &mut self,
        export: &Export<'_>,
        slide: &Slide,
        list: &DisplayList,
        number: usize,
        pictures: &BTreeMap<ImageId, (String, u32, u32)>,
    ) {
        let language = export.deck.language.as_deref();
        let words = Words::of(language);
        self.raw(&format!("<section class=\"slide\" id=\"slide-{number}\""));
        self.attribute("aria-label", &format!("{} {number} / {}", words.slide, export.slides.len()));
        self.raw(">\n");
        self.element("h2", " class=\"unseen\"", &alt::slide_title(slide, number, language));
        let mut told = charts(slide, export);
        // The heading says it.
        let title = slide.all_blocks().into_iter().find(|block| matches!(block, Block::Title(_)));
        if let Some(title) = title.filter(|_| alt::own_title(slide).is_some()) {
            told.insert(title.id().clone(), Told::Elsewhere);
        }
        let image = |id: &ImageId| {
            let (id, width, height) = pictures.get(id)?;
            Some(Source::Element { id: id.clone(), width: *width, height: *height })
        };
        let told = |block: &BlockId| told.get(block).cloned();
        self.raw(&svg::write_in(list, &Surroundings { image: &image, told: &told, head: "" }));
        if !slide.notes.trim().is_empty() {
            self.raw("\n<div class=\"notes\">");
            self.element("h3", "", words.notes);
            for paragraph in slide.notes.lines().filter(|line| !line.trim().is_empty()) {
                self.element("p", " dir=\"auto\"", paragraph);
            }
            self.raw("</div>");
        }
        self.raw("\n</section>\n");
    }

    fn controls(&mut self, words: &Words, slides: usize) {
        if slides == 0 {
            return;
        }
        self.raw("<nav class=\"controls\">");
        let buttons = [
            ("previous", words.previous, "\u{2190}"),
            ("next", words.next, "\u{2192}"),
            ("overview", words.overview, "O"),
            ("notes", words.notes, "N"),
            ("full", words.full_screen, "F"),
        ];
        for (index, (name, label, sign)) in buttons.into_iter().enumerate() {
            if index == 1 {
                self.raw("<output id=\"place\" aria-live=\"polite\"></output>");
            }
            self.raw(&format!("<button type=\"button\" id=\"{name}\""));
            self.attribute("aria-label", label);
            self.attribute("title", label);
            self.raw(">");
            self.text(sign);
            self.raw("</button>");
        }
        self.raw("</nav>\n");
    }
}
