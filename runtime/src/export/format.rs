//! The formats that a deck is written in.

use sha2::{Digest as _, Sha256};
use tellr_slides::pdf::Pages;
use tellr_slides::pptx::Lines;

/// A format with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A PowerPoint file.
    Pptx(Lines),
    /// A PDF.
    Pdf(Pages),
    /// A page that needs no network.
    Html,
    /// The deck itself, with its images.
    Deck,
}

impl Format {
    /// A name for each format and option, as jobs and recipes have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pptx(Lines::Editable) => "pptx",
            Self::Pptx(Lines::Exact) => "pptx-exact",
            Self::Pptx(Lines::Google) => "pptx-google",
            Self::Pdf(Pages::Slides) => "pdf",
            Self::Pdf(Pages::WithNotes) => "pdf-notes",
            Self::Html => "html",
            Self::Deck => "json",
        }
    }

    /// The format of a [`Format::key`].
    pub fn named(key: &str) -> Option<Self> {
        let all = [
            Self::Pptx(Lines::Editable),
            Self::Pptx(Lines::Exact),
            Self::Pptx(Lines::Google),
            Self::Pdf(Pages::Slides),
            Self::Pdf(Pages::WithNotes),
            Self::Html,
            Self::Deck,
        ];
        all.into_iter().find(|format| format.key() == key)
    }

    /// What the name of its files ends in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pptx(_) => "pptx",
            Self::Pdf(_) => "pdf",
            Self::Html => "html",
            Self::Deck => "json",
        }
    }

    /// The media type of its files.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pptx(_) => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Pdf(_) => "application/pdf",
            Self::Html => "text/html; charset=utf-8",
            Self::Deck => "application/json",
        }
    }

    /// A hash of all that decides what a file of a deck's version is like: the same recipe and version give the
    /// same bytes.
    pub fn recipe(self, author: Option<&str>) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in
            [self.key(), crate::VERSION, crate::COMMIT.unwrap_or_default(), author.unwrap_or_default()]
        {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().into()
    }
}
