//! The fonts in `runtime/slides/fonts`; its README says where they come from.

use crate::display::Face;
use crate::theme::Family;

/// A file of a font: a face's glyphs for some scripts.
pub(super) struct Bundled {
    pub(super) face: Face,
    /// Which characters it is for, as its packager calls them.
    pub(super) subset: &'static str,
    pub(super) woff2: &'static [u8],
}

macro_rules! face {
    ($family:ident, $name:literal, $subset:literal, $weight:literal, $style:literal, $is_bold:literal, $is_italic:literal) => {
        Bundled {
            face: Face { family: Family::$family, is_bold: $is_bold, is_italic: $is_italic },
            subset: $subset,
            woff2: include_bytes!(concat!(
                "../../fonts/",
                $name,
                "/",
                $name,
                "-",
                $subset,
                "-",
                $weight,
                "-",
                $style,
                ".woff2"
            )),
        }
    };
}

macro_rules! faces {
    ($family:ident, $name:literal, $subset:literal) => {
        [
            face!($family, $name, $subset, "400", "normal", false, false),
            face!($family, $name, $subset, "400", "italic", false, true),
            face!($family, $name, $subset, "700", "normal", true, false),
            face!($family, $name, $subset, "700", "italic", true, true),
        ]
    };
}

/// All files, by family and subset.
pub(super) static FILES: [[Bundled; 4]; 16] = [
    faces!(Carlito, "carlito", "latin"),
    faces!(Carlito, "carlito", "latin-ext"),
    faces!(Carlito, "carlito", "greek"),
    faces!(Carlito, "carlito", "cyrillic"),
    faces!(Arimo, "arimo", "latin"),
    faces!(Arimo, "arimo", "latin-ext"),
    faces!(Arimo, "arimo", "greek"),
    faces!(Arimo, "arimo", "cyrillic"),
    faces!(Gelasio, "gelasio", "latin"),
    faces!(Gelasio, "gelasio", "latin-ext"),
    faces!(Caladea, "caladea", "latin"),
    faces!(Caladea, "caladea", "latin-ext"),
    faces!(Tinos, "tinos", "latin"),
    faces!(Tinos, "tinos", "latin-ext"),
    faces!(Tinos, "tinos", "greek"),
    faces!(Tinos, "tinos", "cyrillic"),
];

/// Widths of what none of them has.
pub(super) const FOREIGN: &[u8] = include_bytes!("../../fonts/foreign.ttf");
