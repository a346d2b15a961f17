//! Reads the style of a company from one of its PowerPoint files.
//!
//! A file gives two things: a [`Style`], a theme that decks are drawn in, and [`Parts`], the master, layouts
//! and theme that exported files go on with. Files come from outside and may be hostile, so everything about
//! them is bounded before it is believed ([`Refused`] says what was refused and why):
//!
//! | file | what reads it |
//! |---|---|
//! | `archive` | the zip archive: sizes are judged as declared, then held to |
//! | `tree` | XML: depth and numbers of elements and attributes; no `DOCTYPE`, no entities; only known namespaces |
//! | `package` | which part is what; no macros; nothing outside of the file is followed |
//! | `media` | PNG and JPEG by their bytes |
//! | `sheet`, `background`, `color`, `preset` | masters and layouts |
//! | `source` | all of it: [`Template`] |
//! | `roles`, `families`, `contrast`, `chart`, `logos`, `style` | the theme |
//! | `clean`, `parts` | the parts for export, without what may not be passed on |
//! | `guest` | what slides take from them |
//! | `packed` | these parts as a file of their own |
//!
//! Bounds: 64 MB packed and unpacked, 4,096 parts, 24 MB of XML, 250,000 elements. The largest file that is read
//! takes less than 256 MB and, even in a debug build, less than 5 s of a core.

mod archive;
mod background;
mod chart;
mod clean;
mod color;
mod contrast;
mod families;
mod guest;
mod logos;
mod media;
mod package;
mod packed;
mod parts;
mod preset;
mod refused;
mod roles;
mod sheet;
mod source;
mod style;
mod tree;

pub use archive::{MAX_BYTES, MAX_ENTRIES, MAX_UNPACKED};
pub use parts::{LayoutPart, Parts, PlaceholderPart, TemplatePart};
pub use refused::Refused;
pub use source::{Template, read};
pub use style::Style;

use crate::id::ThemeId;

impl Template {
    /// What the file calls its theme; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A theme in the style of the file. The same file gives the same theme.
    pub fn style(&self, id: ThemeId, name: &str) -> Style {
        style::style(self, id, name)
    }

    /// The master, layouts, theme and pictures for exported files.
    pub fn parts(&self) -> Parts {
        parts::parts(self)
    }
}
