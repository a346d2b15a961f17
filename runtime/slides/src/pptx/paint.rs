//! Colours, as slots of the theme where they are one of its.
//!
//! A shape that refers to a slot follows when a person chooses other colours for the file, as a shape
//! made in PowerPoint does. On a slide that is a field of colour, only accents do: its text is white because
//! of that field, not because the theme's background is white.

use std::fmt::Write as _;

use crate::display::Stroke;
use crate::theme::{Color, Theme};

use super::part::emu;

/// The slots of a PowerPoint theme.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    /// `dk1`, `lt1`, `dk2`, `lt2`.
    pub(super) grounds: [Color; 4],
    /// `accent1` to `accent6`.
    pub(super) accents: [Color; 6],
    /// Of links, and of links that were followed.
    pub(super) links: [Color; 2],
    /// Whether text is light on dark, so that the two pairs of grounds change places.
    pub(super) is_dark: bool,
}

impl Slots {
    /// Of a theme. The first accent is the theme's own; the others are those of its charts.
    pub(super) fn of(theme: &Theme) -> Self {
        let c = &theme.colors;
        let is_dark = c.background.luminance() < c.text.luminance();
        let grounds = if is_dark {
            [c.background, c.text, c.surface, c.muted]
        } else {
            [c.text, c.background, c.muted, c.surface]
        };
        let [_, two, three, four, five, six] = c.chart;
        Self {
            grounds,
            accents: [c.accent, two, three, four, five, six],
            links: [c.accent, c.muted],
            is_dark,
        }
    }

    /// Which slots are the background and the text, as attributes.
    pub(super) fn map(&self) -> String {
        self.map_with("hlink", "folHlink")
    }

    /// The same for a slide on whose background links couldn't be read in their own colour, which programs give them
    /// whatever the run says: they have the colour of a ground there. None: they can be read.
    pub(super) fn map_for(&self, background: Color) -> Option<String> {
        /// What words need.
        const READABLE: f64 = 4.5;
        if self.links.iter().all(|link| link.contrast(background) >= READABLE) {
            return None;
        }
        let [dark, light, ..] = self.grounds.map(|ground| ground.contrast(background));
        let slot = if dark > light { "dk1" } else { "lt1" };
        Some(self.map_with(slot, slot))
    }

    fn map_with(&self, link: &str, followed: &str) -> String {
        let [background, text, second, muted] =
            if self.is_dark { ["dk1", "lt1", "dk2", "lt2"] } else { ["lt1", "dk1", "lt2", "dk2"] };
        format!(
            r#"bg1="{background}" tx1="{text}" bg2="{second}" tx2="{muted}" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="{link}" folHlink="{followed}""#
        )
    }
}

/// What writes the colours of a slide.
#[derive(Debug, Clone)]
pub(super) struct Paint {
    names: Vec<(Color, &'static str)>,
}

impl Paint {
    /// For a slide with a background.
    pub(super) fn new(theme: &Theme, background: Color) -> Self {
        const ACCENTS: [&str; 6] = ["accent1", "accent2", "accent3", "accent4", "accent5", "accent6"];
        let c = &theme.colors;
        let mut names = vec![(c.accent, ACCENTS[0])];
        if background == c.background {
            names.extend([(c.background, "bg1"), (c.text, "tx1"), (c.surface, "bg2"), (c.muted, "tx2")]);
        }
        names.extend(Slots::of(theme).accents.into_iter().zip(ACCENTS).skip(1));
        Self { names }
    }

    /// A colour; `opacity` is from 0 (not seen) to 1.
    pub(super) fn color(&self, color: Color, opacity: f64) -> String {
        let alpha = if opacity < 1.0 {
            format!(r#"<a:alpha val="{:.0}"/>"#, opacity.max(0.0) * 100_000.0)
        } else {
            String::new()
        };
        match self.names.iter().find(|(one, _)| *one == color) {
            Some((_, name)) => format!(r#"<a:schemeClr val="{name}">{alpha}</a:schemeClr>"#),
            None => format!(r#"<a:srgbClr val="{}">{alpha}</a:srgbClr>"#, hex(color)),
        }
    }

    /// A filling, or none.
    pub(super) fn fill(&self, color: Option<Color>, opacity: f64) -> String {
        color.map_or_else(
            || "<a:noFill/>".to_owned(),
            |color| format!("<a:solidFill>{}</a:solidFill>", self.color(color, opacity)),
        )
    }

    /// An outline, or none.
    pub(super) fn outline(&self, stroke: Option<&Stroke>, opacity: f64) -> String {
        let Some(stroke) = stroke.filter(|stroke| stroke.width > 0.0) else {
            return "<a:ln><a:noFill/></a:ln>".to_owned();
        };
        let mut dash = String::new();
        if !stroke.dash.is_empty() {
            dash.push_str("<a:custDash>");
            // Dashes and gaps are counted in widths of the line, and an odd list repeats with the roles changed.
            let repeats = 1 + stroke.dash.len() % 2;
            let all: Vec<f64> = stroke.dash.repeat(repeats);
            for pair in all.chunks_exact(2) {
                let part = |length: f64| (length / stroke.width * 100_000.0).max(1_000.0);
                let _ = write!(dash, r#"<a:ds d="{:.0}" sp="{:.0}"/>"#, part(pair[0]), part(pair[1]));
            }
            dash.push_str("</a:custDash>");
        }
        format!(
            r#"<a:ln w="{}" cap="flat">{}{dash}<a:round/></a:ln>"#,
            emu(stroke.width).clamp(0, 20_116_800),
            self.fill(Some(stroke.color), opacity)
        )
    }
}

/// A colour as six digits.
pub(super) fn hex(color: Color) -> String {
    let [red, green, blue] = color.rgb;
    format!("{red:02X}{green:02X}{blue:02X}")
}
