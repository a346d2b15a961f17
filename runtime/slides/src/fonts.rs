//! The fonts that slides are measured and drawn in.
//!
//! They come with the program, so that a slide is the same on every machine; the system's fonts are
//! never looked at. A face is in several files, one a group of scripts, as a browser loads them.

use std::sync::Arc;

use crate::display::Face;

mod bundled;

/// A file of a font.
#[derive(Debug, Clone)]
pub struct FontFile {
    /// The face that it belongs to; none: it has only widths, for what no face has.
    pub face: Option<Face>,
    /// Which characters it is for, as in `latin-ext`.
    pub subset: &'static str,
    /// The font as it is distributed; empty for widths alone.
    pub woff2: &'static [u8],
    /// The font as OpenType tables, to be measured and embedded.
    pub opentype: Arc<Vec<u8>>,
}

/// The fonts of all families.
#[derive(Debug, Clone)]
pub struct Fonts {
    /// The files. A face's come in the order in which they are asked for a character.
    pub files: Vec<FontFile>,
}

impl Fonts {
    /// The fonts that come with the program. Unpacking them takes some 100 ms, so keep them.
    ///
    /// # Panics
    /// Never: the tests unpack each of them.
    pub fn bundled() -> Self {
        let mut files: Vec<FontFile> = bundled::FILES
            .iter()
            .flatten()
            .map(|file| FontFile {
                face: Some(file.face),
                subset: file.subset,
                woff2: file.woff2,
                opentype: Arc::new(
                    wuff::decompress_woff2(file.woff2).expect("a font of ours can be unpacked"),
                ),
            })
            .collect();
        files.push(FontFile {
            face: None,
            subset: "foreign",
            woff2: &[],
            opentype: Arc::new(bundled::FOREIGN.to_vec()),
        });
        Self { files }
    }
}
