//! What slides of ours take from the master and layouts of a company when they stand on them.
//!
//! A slide doesn't show again what its layout shows: the ground, and logos. Backdrops it does, as they are drawn under
//! a veil there, and text is chosen for that. Colours refer to the company's slots where they are the same.

use super::background::{Background, Fills};
use super::logos::{Placed, is_backdrop, place};
use super::roles::layout_for;
use super::sheet::Sheet;
use super::source::Template;
use super::style::drawn;
use super::tree::Ns;
use crate::deck::Layout;
use crate::theme::{Color, Colors, Ground, PictureRole, Theme, ThemePicture};

impl Template {
    /// A theme whose colours are those of the slots that a slide's colours are looked up in. A slot that the file
    /// doesn't have gets a colour that no slide has.
    pub(in crate::pptx) fn slots(&self, theme: &Theme) -> Theme {
        let palette = self.palette();
        let none = Color { rgb: theme.colors.background.rgb.map(|channel| channel ^ 1) };
        let slot = |name| palette.role(name).unwrap_or(none);
        // A layout with an order of its own gives the names of grounds another meaning.
        let has_order =
            |sheet: &Sheet| sheet.root.path(&[(Ns::P, "clrMapOvr"), (Ns::A, "overrideClrMapping")]).is_some();
        let background = if self.layouts.iter().any(has_order) { none } else { slot("bg1") };
        let accents = ["accent1", "accent2", "accent3", "accent4", "accent5", "accent6"].map(slot);
        let colors = Colors {
            background,
            text: slot("tx1"),
            surface: slot("bg2"),
            muted: slot("tx2"),
            accent: accents[0],
            chart: accents,
            ..theme.colors.clone()
        };
        Theme { colors, ..theme.clone() }
    }

    /// The colour behind slides of a layout, if it is one colour.
    pub(in crate::pptx) fn ground(&self, layout: Layout) -> Option<Color> {
        let sheet = &self.layouts[layout_for(self, layout)];
        if drawn(self, Some(sheet)).any(is_backdrop) {
            return None;
        }
        let palette = sheet.palette(&self.palette());
        let fills = Fills { theme: &self.theme, relationships: &self.theme_relationships };
        let ground = Background::of(sheet, &palette, &fills)
            .or_else(|| Background::of(&self.master, &palette, &fills));
        match ground {
            Some(Background::Solid(color)) => Some(color),
            Some(_) => None,
            None => Some(palette.grounds()[0]),
        }
    }

    /// Whether slides of a layout show a logo of the theme without having it themselves.
    pub(in crate::pptx) fn shows(
        &self,
        layout: Layout,
        on: Ground,
        picture: &ThemePicture,
        theme: &Theme,
    ) -> bool {
        let sheet = &self.layouts[layout_for(self, layout)];
        let is_it = |one| match place(one, on, &mut theme.spacing.clone()) {
            Placed::At(bounds) | Placed::Moved(bounds) => bounds == picture.bounds,
            Placed::Left(_) => false,
        };
        picture.role == PictureRole::Logo && drawn(self, Some(sheet)).any(is_it)
    }
}
