//! Rules of a theme that types can't express.

use super::picture::PictureRole;
use super::{Theme, Typefaces};
use crate::limits::{MAX_LINE, MAX_TEXT, MAX_THEME_PICTURES};
use crate::problem::{Place, Problem, Problems};

/// The widest distance, and the step of distances.
const MOST: u16 = 160;
const STEP: u16 = 8;

impl Theme {
    /// What is wrong with the theme; nothing if decks may be drawn in it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        let root = Place::Root;
        let length = self.name.chars().count();
        if self.name.trim().is_empty() || length > MAX_LINE || self.name.chars().any(char::is_control) {
            problems.add(&root.key("name"), format!("a name has 1–{MAX_LINE} characters, in one line"));
        }
        if self.guidance.chars().count() > MAX_TEXT {
            problems.add(&root.key("guidance"), format!("guidance has at most {MAX_TEXT} characters"));
        }
        for faint in self.too_faint() {
            let message =
                format!("{} has a contrast of {:.2}; it needs {}", faint.pair, faint.contrast, faint.needed);
            problems.add(&root.key("colors"), message);
        }
        self.spacing(&root.key("spacing"), &mut problems);
        if let Some(typefaces) = &self.typefaces {
            let place = root.key("typefaces");
            for (key, name) in [("heading", &typefaces.heading), ("body", &typefaces.body)] {
                if !Typefaces::is_name(name) {
                    problems.add(&place.key(key), "this can't be the name of a font");
                }
            }
        }
        self.pictures(&root.key("pictures"), &mut problems);
        problems.into_vec()
    }

    fn spacing(&self, place: &Place<'_>, problems: &mut Problems) {
        let spacing = &self.spacing;
        for (key, length) in [
            ("margin_side", spacing.margin_side),
            ("margin_top", spacing.margin_top),
            ("margin_bottom", spacing.margin_bottom),
            ("block_gap", spacing.block_gap),
            ("group_gap", spacing.group_gap),
        ] {
            if length == 0 || length > MOST || !length.is_multiple_of(STEP) {
                problems.add(&place.key(key), format!("a distance is a multiple of {STEP} up to {MOST}"));
            }
        }
    }

    fn pictures(&self, place: &Place<'_>, problems: &mut Problems) {
        if self.pictures.len() > MAX_THEME_PICTURES {
            problems.add(place, format!("a theme has at most {MAX_THEME_PICTURES} pictures"));
        }
        for (index, picture) in self.pictures.iter().enumerate() {
            let place = place.index(index);
            if !picture.bounds.is_on_slide() {
                problems.add(&place.key("bounds"), "a picture lies within the slide, and has a size");
            }
            let is_doubled = (1..picture.on.len()).any(|n| picture.on[..n].contains(&picture.on[n]));
            if picture.on.is_empty() || is_doubled {
                problems.add(&place.key("on"), "a picture is on one kind of slides or more, each named once");
            }
            let is_clear = |ground| picture.bounds.is_clear(self.spacing, ground);
            if picture.role == PictureRole::Logo && !picture.on.iter().all(|ground| is_clear(*ground)) {
                problems.add(
                    &place.key("bounds"),
                    "a logo stands above or below the text, or beside it on a cover",
                );
            }
        }
    }
}
