//! Writes paragraphs.

use std::fmt::Write as _;

use super::fonts::{Scripts, language};
use super::paragraph::{Marker, Paragraph, Sign};
use crate::display::{Align, DisplayList, LineEnd, Run};
use crate::pptx::markup::escaped;
use crate::pptx::paint::Paint;
use crate::pptx::part::{Part, emu, hundredths_of_a_point};
use crate::theme::Theme;
use crate::xml::escape;

/// Where lines break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breaks {
    /// Where the program breaks them.
    Free,
    /// Where ours do.
    Pinned,
}

/// Writes paragraphs of a part.
pub(crate) struct Writer<'a> {
    part: &'a mut Part,
    out: &'a mut String,
    paint: Paint,
    scripts: Scripts,
    theme: &'a Theme,
    is_title: bool,
    language: String,
}

impl<'a> Writer<'a> {
    /// What writes paragraphs of a slide in a language.
    pub(crate) fn new(
        list: &DisplayList,
        theme: &'a Theme,
        tag: Option<&str>,
        part: &'a mut Part,
        out: &'a mut String,
    ) -> Self {
        let paint = Paint::new(theme, list.background);
        let (scripts, language) = (Scripts::of(tag, list), language(tag));
        Self { part, out, paint, scripts, theme, is_title: false, language }
    }

    /// The paragraphs that follow are a title.
    pub(super) fn title(&mut self) {
        self.is_title = true;
    }

    /// Writes markup.
    pub(crate) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// The colours of the slide.
    pub(crate) fn paint(&self) -> &Paint {
        &self.paint
    }

    /// An id for a shape.
    pub(crate) fn shape_id(&mut self) -> u32 {
        self.part.shape_id()
    }

    /// Writes a paragraph; its lines are `line_height` × 1.2 × their size apart.
    pub(crate) fn paragraph(&mut self, paragraph: &Paragraph<'_>, line_height: f64, breaks: Breaks) {
        self.raw("<a:p>");
        self.properties(paragraph, line_height);
        let mut open: Option<(&Run, String)> = None;
        for (number, row) in paragraph.rows.iter().enumerate() {
            let is_last = number + 1 == paragraph.rows.len();
            for run in &row.runs {
                match &mut open {
                    Some((first, text)) if looks_alike(first, run) => text.push_str(&run.text),
                    _ => {
                        self.close(open.take());
                        open = Some((run, run.text.clone()));
                    }
                }
            }
            if is_last {
                continue;
            }
            match breaks {
                Breaks::Free if row.ends == LineEnd::Space => {
                    if let Some((_, text)) = &mut open {
                        text.push(' ');
                    }
                }
                Breaks::Free => {}
                // A space before a break would be a line of its own where there is no room for it.
                Breaks::Pinned => {
                    let last = open.as_ref().map(|(run, _)| *run);
                    if let Some((_, text)) = &mut open {
                        text.truncate(text.trim_end_matches(' ').len());
                    }
                    self.close(open.take());
                    if let Some(run) = last.or(row.runs.last().copied()) {
                        self.raw("<a:br>");
                        self.look(run, false);
                        self.raw("</a:br>");
                    }
                }
            }
        }
        self.close(open.take());
        if paragraph.is_blank() {
            let _ = write!(
                self.out,
                r#"<a:endParaRPr lang="{}" sz="{}" dirty="0"/>"#,
                self.language,
                hundredths_of_a_point(paragraph.size)
            );
        }
        self.raw("</a:p>");
    }

    /// Writes a paragraph without text, as high as a line of a size.
    pub(crate) fn empty(&mut self, size: f64) {
        let _ = write!(
            self.out,
            r#"<a:p><a:endParaRPr lang="{}" sz="{}" dirty="0"/></a:p>"#,
            self.language,
            hundredths_of_a_point(size)
        );
    }

    fn properties(&mut self, paragraph: &Paragraph<'_>, line_height: f64) {
        let (indent, hanging, level) = match &paragraph.marker {
            Some(marker) => (emu(marker.indent), -emu(marker.hanging), marker.level),
            None => (0, 0, 0),
        };
        let _ = write!(self.out, r#"<a:pPr marL="{indent}" indent="{hanging}""#);
        if level > 0 {
            let _ = write!(self.out, r#" lvl="{level}""#);
        }
        let align = match paragraph.align {
            Align::Center => "ctr",
            Align::Right => "r",
            Align::Left => "l",
        };
        let rtl = u8::from(paragraph.is_rtl);
        let _ = write!(
            self.out,
            r#" algn="{align}" rtl="{rtl}"><a:lnSpc><a:spcPct val="{}"/></a:lnSpc>"#,
            thousandths(line_height)
        );
        let _ = write!(
            self.out,
            r#"<a:spcBef><a:spcPts val="{}"/></a:spcBef><a:spcAft><a:spcPts val="0"/></a:spcAft>"#,
            points(paragraph.gap)
        );
        match paragraph.marker.as_ref().filter(|_| !paragraph.is_blank()) {
            Some(marker) => self.marker(marker),
            None => self.raw("<a:buNone/>"),
        }
        self.raw("</a:pPr>");
    }

    fn marker(&mut self, marker: &Marker) {
        if let Some(color) = marker.color {
            let _ = write!(self.out, "<a:buClr>{}</a:buClr>", self.paint.color(color, 1.0));
        }
        self.raw(r#"<a:buSzPct val="100000"/>"#);
        let _ = match marker.sign {
            Sign::Dot(dot) => {
                write!(self.out, r#"<a:buFont typeface="Arial"/><a:buChar char="{dot}"/>"#)
            }
            Sign::Number(1) => write!(self.out, r#"<a:buFontTx/><a:buAutoNum type="arabicPeriod"/>"#),
            Sign::Number(start) => {
                write!(self.out, r#"<a:buFontTx/><a:buAutoNum type="arabicPeriod" startAt="{start}"/>"#)
            }
            Sign::Letter => write!(self.out, r#"<a:buFontTx/><a:buAutoNum type="alphaLcPeriod"/>"#),
        };
    }

    fn close(&mut self, open: Option<(&Run, String)>) {
        let Some((run, text)) = open else { return };
        if text.is_empty() {
            return;
        }
        self.raw("<a:r>");
        self.look(run, true);
        self.raw("<a:t>");
        escape(&text, self.out);
        self.raw("</a:t></a:r>");
    }

    /// Writes how a run looks, and where it leads to. A break isn't a link: `LibreOffice` drops one that is.
    fn look(&mut self, run: &Run, is_linked: bool) {
        let flag = |is: bool| u8::from(is);
        let link = run.link.as_ref().filter(|_| is_linked);
        let _ = write!(
            self.out,
            r#"<a:rPr lang="{}" sz="{}" b="{}" i="{}""#,
            self.language,
            hundredths_of_a_point(run.size),
            flag(run.font.is_bold),
            flag(run.font.is_italic)
        );
        if link.is_some() {
            self.raw(r#" u="sng""#);
        }
        let _ = write!(
            self.out,
            r#" dirty="0">{}<a:latin typeface="{}"/><a:ea typeface="{}"/><a:cs typeface="{}"/>"#,
            self.paint.fill(Some(run.color), 1.0),
            escaped(self.theme.typeface(run.font.family, self.is_title)),
            self.scripts.east_asian,
            self.scripts.complex
        );
        if let Some(link) = link {
            // Without the extension, PowerPoint draws each link in the theme's colour of links.
            let id = self.part.link(link);
            let _ = write!(
                self.out,
                r#"<a:hlinkClick r:id="{id}"><a:extLst><a:ext uri="{{A12FA001-AC4F-418D-AE19-62706E023703}}"><ahyp:hlinkClr xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor" val="tx"/></a:ext></a:extLst></a:hlinkClick>"#
            );
        }
        self.raw("</a:rPr>");
    }
}

/// Whether two runs can be one; where they go is the program's matter.
fn looks_alike(one: &Run, other: &Run) -> bool {
    one.font == other.font
        && one.color == other.color
        && one.link == other.link
        && (one.size - other.size).abs() < 0.001
}

/// A part of a whole in thousandths of a per cent.
#[expect(clippy::cast_possible_truncation, reason = "a small factor")]
fn thousandths(part: f64) -> i64 {
    (part * 100_000.0).round().clamp(1_000.0, 1_000_000.0) as i64
}

/// A distance in hundredths of a point; unlike a size of text it may be 0.
#[expect(clippy::cast_possible_truncation, reason = "a length on a slide")]
fn points(pixels: f64) -> i64 {
    (pixels * 75.0).round().clamp(0.0, 158_400.0) as i64
}
