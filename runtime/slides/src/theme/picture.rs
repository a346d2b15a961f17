//! Pictures that a theme puts on its slides.
//!
//! A backdrop lies behind everything, under a veil of the ground's colour, so that text stays readable
//! whatever the picture shows. A logo is kept clear of text: it stands in a band at the head or the foot
//! of the slide, or, on a cover or section, to the right of the text. A theme with a logo elsewhere is
//! refused, so that layout has nothing to decide.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Spacing;
use crate::id::ImageId;

/// A picture on slides of a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemePicture {
    /// Which image.
    pub image: ImageId,
    /// Where it is.
    pub bounds: Area,
    /// What it is for.
    pub role: PictureRole,
    /// The slides that it is on.
    #[schemars(length(min = 1, max = 3))]
    pub on: Vec<Ground>,
}

/// A rectangle on a slide of 1280 × 720, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its left edge.
    pub x: u16,
    /// Its upper edge.
    pub y: u16,
    /// Its width, greater than 0.
    #[schemars(range(min = 1))]
    pub width: u16,
    /// Its height, greater than 0.
    #[schemars(range(min = 1))]
    pub height: u16,
}

/// What a picture of a theme is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureRole {
    /// It fills its place, cut where it is larger, behind everything.
    Backdrop,
    /// It is seen whole, clear of text.
    Logo,
}

/// The kinds of slides that a theme tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Most slides.
    Content,
    /// Covers and last slides.
    Cover,
    /// The first slides of sections.
    Section,
}

/// The width of a slide.
pub(super) const WIDTH: u32 = 1280;
/// The height of a slide.
pub(super) const HEIGHT: u32 = 720;
/// Between a logo and text, at least.
const CLEAR: u32 = 8;
/// Where text of covers and sections starts, whatever the theme.
const PANEL_TOP: u32 = 88;
/// Where some layouts start their text, whatever the theme.
const CONTENT_TOP: u32 = 72;
/// Where the band at the foot of a slide begins, in which a logo may stand.
pub const FOOTER_BAND: u16 = 648;
/// Where the text of covers and sections ends at the latest.
const ASIDE: u32 = 760;

/// The height from the upper edge that a logo may take on some ground.
pub fn header_band(spacing: Spacing, ground: Ground) -> u16 {
    let text = match ground {
        Ground::Content => u32::from(spacing.margin_top).min(CONTENT_TOP),
        Ground::Cover | Ground::Section => PANEL_TOP,
    };
    u16::try_from(text.saturating_sub(CLEAR)).unwrap_or(0)
}

impl Area {
    pub(super) fn is_on_slide(self) -> bool {
        self.width > 0 && self.height > 0 && self.right() <= WIDTH && self.bottom() <= HEIGHT
    }

    fn right(self) -> u32 {
        u32::from(self.x) + u32::from(self.width)
    }

    fn bottom(self) -> u32 {
        u32::from(self.y) + u32::from(self.height)
    }

    /// Whether a logo here is clear of the text of some ground.
    pub fn is_clear(self, spacing: Spacing, ground: Ground) -> bool {
        let is_aside = ground != Ground::Content && u32::from(self.x) >= ASIDE;
        is_aside || self.y >= FOOTER_BAND || self.bottom() <= u32::from(header_band(spacing, ground))
    }
}
