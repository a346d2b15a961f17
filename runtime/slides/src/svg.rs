//! Writes a display list as an SVG picture.
//!
//! Every text and attribute is escaped, and there are no `style` attributes, scripts or references
//! except to images and links: what the picture refers to is what the caller names and what a deck may link to.
//!
//! Each run of a line is an element at its own `x`, so the order of the elements doesn't matter to what is seen.
//! They are in the order in which they are read, for what takes text from the markup: copying, finding, reading aloud.

use crate::block::Fit;
use crate::display::{DisplayList, Element, Picture, Run, Shape, Stroke, Text, in_reading_order};
use crate::id::{BlockId, ImageId};
use crate::xml::escape;

#[cfg(feature = "export")]
pub(crate) mod data;
#[cfg(feature = "export")]
pub(crate) mod faces;
pub(crate) mod told;

use told::Told;

/// Writes a slide. `image` gives the address of an image's bytes, as in `data:image/png;base64,…`;
/// one without is left out, and its ground is seen.
pub fn write(list: &DisplayList, image: &dyn Fn(&ImageId) -> Option<String>) -> String {
    let image = |id: &ImageId| image(id).map(Source::Address);
    let mut text = write_in(list, &Surroundings { image: &image, told: &|_| None, head: "" });
    text.push('\n');
    text
}

/// Writes a slide as a file of its own, with its fonts and images in it, to be pasted elsewhere.
#[cfg(feature = "export")]
pub fn standalone(list: &DisplayList, export: &crate::export::Export<'_>) -> String {
    let numbered = (1..).zip(&export.deck.slides).find(|(_, slide)| slide.id == list.slide);
    let mut head = String::new();
    if let Some((number, slide)) = numbered {
        head.push_str("<title>");
        escape(&crate::alt::slide_title(slide, number, export.deck.language.as_deref()), &mut head);
        head.push_str("</title>");
    }
    head.push_str("<style>");
    head.push_str(&faces::css(export.fonts, &faces::used([list])));
    head.push_str("</style>");
    let image = |id: &ImageId| export.pictures.get(id).map(|file| Source::Address(data::of_picture(file)));
    let told = numbered.map(|(_, slide)| told::charts(slide, export)).unwrap_or_default();
    let told = |block: &BlockId| told.get(block).cloned();
    let mut text = write_in(list, &Surroundings { image: &image, told: &told, head: &head });
    text.push('\n');
    text
}

/// Where the bytes of an image are.
#[cfg_attr(not(feature = "export"), expect(dead_code, reason = "only files have elements for images"))]
pub(crate) enum Source {
    /// At an address, which may hold them.
    Address(String),
    /// In an element of the same page that is `width` × `height` large.
    Element {
        /// Its id.
        id: String,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
}

/// What a picture needs to know of where it stands.
pub(crate) struct Surroundings<'a> {
    /// Where images are.
    pub(crate) image: &'a dyn Fn(&ImageId) -> Option<Source>,
    /// How blocks are told; none: by their own texts.
    pub(crate) told: &'a dyn Fn(&BlockId) -> Option<Told>,
    /// Markup at the beginning of the picture.
    pub(crate) head: &'a str,
}

/// Writes a slide for its surroundings.
pub(crate) fn write_in(list: &DisplayList, around: &Surroundings<'_>) -> String {
    let mut svg = Svg { text: String::new(), slide: list.slide.to_string(), clips: 0 };
    let (width, height) = (list.width, list.height);
    svg.raw(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">"#
    ));
    svg.raw(around.head);
    svg.raw(&format!(r#"<rect width="{width}" height="{height}" fill="{}"/>"#, list.background));
    let mut open: Option<(&BlockId, Told)> = None;
    for element in &list.elements {
        let block = element.of.as_ref().map(|place| &place.block);
        if open.as_ref().is_some_and(|(open, _)| Some(*open) != block) {
            svg.raw("</g>");
            open = None;
        }
        if open.is_none()
            && let Some(block) = block
            && let Some(told) = (around.told)(block)
        {
            svg.group(&told);
            open = Some((block, told));
        }
        svg.element(element, around.image);
    }
    if open.is_some() {
        svg.raw("</g>");
    }
    svg.raw("</svg>");
    svg.text
}

struct Svg {
    text: String,
    /// The slide's id, for ids that are unique where a page has several pictures.
    slide: String,
    /// Clipping paths so far, for the same.
    clips: usize,
}

impl Svg {
    fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    fn attribute(&mut self, name: &str, value: impl std::fmt::Display) {
        self.raw(&format!(" {name}=\""));
        escape(&value.to_string(), &mut self.text);
        self.raw("\"");
    }

    fn element(&mut self, element: &Element, image: &dyn Fn(&ImageId) -> Option<Source>) {
        match &element.shape {
            Shape::Rect(shape) => {
                self.raw("<rect");
                self.rect(shape.bounds.x, shape.bounds.y, shape.bounds.width, shape.bounds.height);
                if shape.radius > 0.0 {
                    self.attribute("rx", shape.radius);
                }
                self.paint(shape.fill.map(|fill| fill.to_string()), shape.stroke.as_ref(), shape.opacity);
                self.raw("/>");
            }
            Shape::Ellipse(shape) => {
                self.raw("<ellipse");
                self.attribute("cx", shape.bounds.center_x());
                self.attribute("cy", shape.bounds.center_y());
                self.attribute("rx", shape.bounds.width / 2.0);
                self.attribute("ry", shape.bounds.height / 2.0);
                self.paint(shape.fill.map(|fill| fill.to_string()), shape.stroke.as_ref(), shape.opacity);
                self.raw("/>");
            }
            Shape::Line(line) => {
                self.raw("<line");
                for (name, value) in
                    ["x1", "y1", "x2", "y2"].into_iter().zip(line.from.iter().chain(&line.to))
                {
                    self.attribute(name, value);
                }
                self.paint(None, Some(&line.stroke), 1.0);
                self.raw("/>");
            }
            Shape::Path(shape) => {
                self.raw("<path");
                self.attribute("d", shape.path.to_svg());
                self.paint(shape.fill.map(|fill| fill.to_string()), shape.stroke.as_ref(), shape.opacity);
                self.raw("/>");
            }
            Shape::Image(picture) => self.picture(picture, image),
            Shape::Text(text) => self.text(text),
        }
    }

    /// Opens a group that is told otherwise than by its texts.
    fn group(&mut self, told: &Told) {
        match told {
            Told::As(words) => {
                self.raw("<g role=\"img\"");
                self.attribute("aria-label", words);
                self.raw(">");
            }
            Told::Elsewhere => self.raw("<g aria-hidden=\"true\">"),
        }
    }

    fn picture(&mut self, picture: &Picture, image: &dyn Fn(&ImageId) -> Option<Source>) {
        let Some(source) = image(&picture.image) else { return };
        let bounds = picture.bounds;
        self.clips += 1;
        let clip = format!("clip-{}-{}", self.slide, self.clips);
        self.raw("<clipPath");
        self.attribute("id", &clip);
        self.raw("><rect");
        self.rect(bounds.x, bounds.y, bounds.width, bounds.height);
        self.attribute("rx", picture.radius);
        self.raw("/></clipPath>");
        // The clip is in the slide's coordinates, so it is outside of what has its own.
        self.raw("<g");
        self.attribute("clip-path", format!("url(#{clip})"));
        if picture.alt.is_empty() {
            self.attribute("aria-hidden", "true");
            self.raw(">");
        } else {
            self.attribute("role", "img");
            self.raw("><title>");
            escape(&picture.alt, &mut self.text);
            self.raw("</title>");
        }
        let fit = match picture.fit {
            Fit::Contain => "xMidYMid meet",
            Fit::Cover => "xMidYMid slice",
        };
        match source {
            Source::Address(address) => {
                self.raw("<image");
                self.rect(bounds.x, bounds.y, bounds.width, bounds.height);
                self.attribute("preserveAspectRatio", fit);
                self.attribute("href", address);
                self.raw("/>");
            }
            Source::Element { id, width, height } => {
                self.raw("<svg");
                self.rect(bounds.x, bounds.y, bounds.width, bounds.height);
                self.attribute("viewBox", format!("0 0 {width} {height}"));
                self.attribute("preserveAspectRatio", fit);
                self.raw("><use");
                self.attribute("href", format!("#{id}"));
                self.raw("/></svg>");
            }
        }
        self.raw("</g>");
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64) {
        for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
            self.attribute(name, value);
        }
    }

    fn paint(&mut self, fill: Option<String>, stroke: Option<&Stroke>, opacity: f64) {
        self.attribute("fill", fill.as_deref().unwrap_or("none"));
        if let Some(stroke) = stroke {
            self.attribute("stroke", stroke.color);
            self.attribute("stroke-width", stroke.width);
            self.attribute("stroke-linejoin", "round");
            if !stroke.dash.is_empty() {
                let dash: Vec<String> = stroke.dash.iter().map(ToString::to_string).collect();
                self.attribute("stroke-dasharray", dash.join(" "));
            }
        }
        if opacity < 1.0 {
            self.attribute("opacity", opacity);
        }
    }

    fn text(&mut self, text: &Text) {
        for line in &text.lines {
            for run in in_reading_order(line).into_iter().filter(|run| !run.text.trim().is_empty()) {
                self.run(run, line.baseline);
            }
        }
    }

    fn run(&mut self, run: &Run, baseline: f64) {
        if let Some(link) = &run.link {
            self.raw("<a");
            self.attribute("href", link);
            self.raw(" target=\"_blank\" rel=\"noopener noreferrer\">");
        }
        self.raw("<text");
        // The left edge, whichever way the run is read.
        self.attribute("x", if run.is_rtl { run.x + run.width } else { run.x });
        self.attribute("y", baseline);
        self.attribute("font-family", format!("{}, {}", run.font.family.name(), FALLBACK));
        self.attribute("font-size", run.size);
        if run.font.is_bold {
            self.attribute("font-weight", 700);
        }
        if run.font.is_italic {
            self.attribute("font-style", "italic");
        }
        self.attribute("fill", run.color);
        self.attribute("textLength", run.width);
        self.attribute("lengthAdjust", if run.is_foreign { "spacingAndGlyphs" } else { "spacing" });
        if run.is_rtl {
            self.attribute("direction", "rtl");
        }
        if run.link.is_some() {
            self.attribute("text-decoration", "underline");
        }
        self.attribute("xml:space", "preserve");
        self.raw(">");
        escape(&run.text, &mut self.text);
        self.raw("</text>");
        if run.link.is_some() {
            self.raw("</a>");
        }
    }
}

/// What draws the scripts that no font of ours has.
const FALLBACK: &str = "sans-serif";
