//! How a deck looks, as data: colours, fonts, spacing, and guidance for who writes it.
//!
//! A deck names its theme by id. Five come with the app ([`built_in`]); others are made from
//! slide styles, and are held to the same rules ([`Theme::problems`]).
//!
//! A theme has two families at most, one for headings and one for the rest, so a deck can't have
//! more. They are drawn in free fonts with the same widths as the ones that PowerPoint has, so
//! that lines break alike at the recipient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::ThemeId;
use crate::limits::{MAX_LINE, MAX_TEXT, MAX_THEME_PICTURES};

mod built_in;
mod check;
mod color;
mod picture;
mod typeface;

pub use built_in::built_in;
pub use color::Color;
pub use picture::{Area, FOOTER_BAND, Ground, PictureRole, ThemePicture, header_band};
pub use typeface::Typefaces;

/// Colours of a chart palette.
pub const CHART_COLORS: usize = 6;

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its id.
    pub id: ThemeId,
    /// What it is called.
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub name: String,
    /// The colours of most slides.
    pub colors: Colors,
    /// The colours of a cover.
    pub cover: Panel,
    /// The colours of a section's first slide.
    pub section: Panel,
    /// The families.
    pub fonts: Fonts,
    /// Distances.
    pub spacing: Spacing,
    /// What its covers and sections are decorated with.
    #[serde(default)]
    pub motif: Motif,
    /// The fonts that files for other programs name; absent: those as wide as the families.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typefaces: Option<Typefaces>,
    /// Pictures on its slides, such as a logo, in the order in which they are painted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_THEME_PICTURES))]
    pub pictures: Vec<ThemePicture>,
    /// How to write for this theme; for the model.
    #[schemars(length(max = MAX_TEXT))]
    pub guidance: String,
}

/// The colours of most slides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Colors {
    /// Behind everything.
    pub background: Color,
    /// Behind cards, callouts and table headings.
    pub surface: Color,
    /// Text.
    pub text: Color,
    /// Text that is less important.
    pub muted: Color,
    /// What stands out, and links.
    pub accent: Color,
    /// Text on the accent.
    pub on_accent: Color,
    /// Lines of tables and dividers.
    pub line: Color,
    /// Good news.
    pub positive: Color,
    /// Bad news.
    pub negative: Color,
    /// What is to be watched.
    pub warning: Color,
    /// Series of a chart, in order.
    pub chart: [Color; CHART_COLORS],
}

/// The colours of a slide that is a field of colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Behind everything.
    pub background: Color,
    /// Text.
    pub text: Color,
    /// Text that is less important.
    pub muted: Color,
}

/// The families of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fonts {
    /// Of titles.
    pub heading: Family,
    /// Of all else.
    pub body: Family,
}

/// A family of fonts that a deck is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// As wide as Calibri.
    Carlito,
    /// As wide as Arial.
    Arimo,
    /// As wide as Georgia.
    Gelasio,
    /// As wide as Cambria.
    Caladea,
    /// As wide as Times New Roman.
    Tinos,
}

impl Family {
    /// The family as it is drawn here.
    pub fn name(self) -> &'static str {
        match self {
            Self::Carlito => "Carlito",
            Self::Arimo => "Arimo",
            Self::Gelasio => "Gelasio",
            Self::Caladea => "Caladea",
            Self::Tinos => "Tinos",
        }
    }

    /// The family of the same widths that a PowerPoint file names.
    pub fn twin(self) -> &'static str {
        match self {
            Self::Carlito => "Calibri",
            Self::Arimo => "Arial",
            Self::Gelasio => "Georgia",
            Self::Caladea => "Cambria",
            Self::Tinos => "Times New Roman",
        }
    }
}

/// What a theme's fields of colour are decorated with. Drawn by layout, in the theme's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Motif {
    /// Nothing.
    #[default]
    None,
    /// Rings around a corner.
    Arcs,
    /// Bars that grow.
    Bars,
    /// A field with fine lines.
    Rules,
    /// Tiles of quarter circles.
    Tiles,
    /// Hills behind each other.
    Layers,
}

/// Distances on a slide of 1280 × 720, in pixels; multiples of 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spacing {
    /// Left and right of everything.
    pub margin_side: u16,
    /// Above everything.
    pub margin_top: u16,
    /// Below everything.
    pub margin_bottom: u16,
    /// Between blocks.
    pub block_gap: u16,
    /// Between groups of blocks.
    pub group_gap: u16,
}

/// Two colours that are too much alike for their use.
#[derive(Debug, Clone, PartialEq)]
pub struct TooFaint {
    /// What they are, as in `muted on surface`.
    pub pair: String,
    /// Their contrast.
    pub contrast: f64,
    /// The contrast that their use needs.
    pub needed: f64,
}

impl Theme {
    /// The pairs of colours that are used together and can't be read well.
    ///
    /// Text needs 7:1, other words 4.5:1, and parts of charts 3:1, on each ground that they stand on.
    pub fn too_faint(&self) -> Vec<TooFaint> {
        let c = &self.colors;
        let mut pairs = vec![("on_accent on accent".to_owned(), c.on_accent, c.accent, 4.5)];
        for (ground, background) in [("background", c.background), ("surface", c.surface)] {
            let words = [
                ("text", c.text, 7.0),
                ("muted", c.muted, 4.5),
                ("accent", c.accent, 4.5),
                ("positive", c.positive, 4.5),
                ("negative", c.negative, 4.5),
                ("warning", c.warning, 4.5),
            ];
            pairs.extend(
                words.map(|(name, color, needed)| (format!("{name} on {ground}"), color, background, needed)),
            );
            pairs.extend(
                (0..)
                    .zip(c.chart)
                    .map(|(n, color)| (format!("chart[{n}] on {ground}"), color, background, 3.0)),
            );
        }
        for (name, panel) in [("cover", &self.cover), ("section", &self.section)] {
            pairs.push((format!("text on {name}"), panel.text, panel.background, 7.0));
            pairs.push((format!("muted on {name}"), panel.muted, panel.background, 4.5));
        }
        let faint = |(pair, color, ground, needed): (String, Color, Color, f64)| {
            let contrast = color.contrast(ground);
            (contrast < needed).then_some(TooFaint { pair, contrast, needed })
        };
        pairs.into_iter().filter_map(faint).collect()
    }
}
