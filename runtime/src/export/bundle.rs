//! The deck itself as a file, with its images, so that it can be imported elsewhere and nothing is lost.
//!
//! `{"tellr": 1, "deck": {…}, "images": {"<id>": {"type": "image/png", "data": "<base64>"}}}`

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tellr_slides::deck::Deck;
use tellr_slides::export::{PictureFile, PictureKind};
use tellr_slides::id::ImageId;

/// The format of the file.
pub const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    tellr: u32,
    deck: &'a Deck,
    images: BTreeMap<&'a str, ImageText>,
}

#[derive(Serialize)]
struct ImageText {
    r#type: &'static str,
    data: String,
}

/// The file of a deck.
///
/// # Errors
/// None for a deck that was checked.
pub fn write(deck: &Deck, pictures: &BTreeMap<ImageId, PictureFile>) -> Result<Vec<u8>, serde_json::Error> {
    let image = |file: &PictureFile| ImageText {
        r#type: match file.kind {
            PictureKind::Png => "image/png",
            PictureKind::Jpeg => "image/jpeg",
        },
        data: STANDARD.encode(file.bytes.as_slice()),
    };
    let images = pictures.iter().map(|(id, file)| (id.as_str(), image(file))).collect();
    let mut text = serde_json::to_vec(&Written { tellr: FORMAT, deck, images })?;
    text.push(b'\n');
    Ok(text)
}

/// A file as it is imported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format of the file.
    pub tellr: u32,
    /// The deck.
    pub deck: Box<RawValue>,
    /// Its images, by the names that the deck has for them.
    #[serde(default)]
    pub images: BTreeMap<String, BundledImage>,
}

/// An image in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledImage {
    /// Its media type.
    pub r#type: String,
    /// Its bytes in base64.
    pub data: String,
}

impl BundledImage {
    /// Its bytes.
    ///
    /// # Errors
    /// If it isn't base64.
    pub fn bytes(&self) -> Result<Vec<u8>, base64::DecodeError> {
        STANDARD.decode(&self.data)
    }
}
