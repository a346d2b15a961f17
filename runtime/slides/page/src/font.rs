//! The fonts that the page handed over.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use tellr_slides::display::Face;
use tellr_slides::fonts::{FontFile, Fonts};
use tellr_slides::theme::Family;

/// The subsets, in the order in which they are asked for a character.
const SUBSETS: [&str; 4] = ["latin", "latin-ext", "greek", "cyrillic"];
/// Widths of what none of the fonts has.
const FOREIGN: &[u8] = include_bytes!("../../fonts/foreign.ttf");

/// The files so far.
#[derive(Default)]
pub(crate) struct PageFonts {
    files: Vec<(usize, FontFile)>,
}

impl PageFonts {
    pub(crate) fn add(
        &mut self,
        family: &str,
        is_bold: bool,
        is_italic: bool,
        subset: &str,
        woff2: &[u8],
    ) -> Result<(), String> {
        let name: StrDeserializer<'_, Error> = family.into_deserializer();
        let family = Family::deserialize(name).map_err(|error| error.to_string())?;
        let place = SUBSETS.iter().position(|one| *one == subset);
        let place = place.ok_or_else(|| format!("there is no subset `{subset}`"))?;
        let opentype = wuff::decompress_woff2(woff2)
            .map_err(|_| format!("the font `{}` can't be read", family.name()))?;
        let file = FontFile {
            face: Some(Face { family, is_bold, is_italic }),
            subset: SUBSETS[place],
            woff2: &[],
            opentype: Arc::new(opentype),
        };
        self.files.push((place, file));
        Ok(())
    }

    /// All files in the order in which they are asked, the estimated widths last. The order in which
    /// they were added has no effect.
    pub(crate) fn fonts(&self) -> Fonts {
        let mut files = self.files.clone();
        files.sort_by_key(|(place, file)| (*place, file.face));
        let mut files: Vec<FontFile> = files.into_iter().map(|(_, file)| file).collect();
        files.push(FontFile {
            face: None,
            subset: "foreign",
            woff2: &[],
            opentype: Arc::new(FOREIGN.to_vec()),
        });
        Fonts { files }
    }
}
