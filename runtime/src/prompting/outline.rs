//! The form for an outline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::guess::{MOST_SLIDES, tag_of};
use super::note::Note;
use super::reading::Reader;
use super::slide_layout::SlideLayout;

/// Slides of an outline; a longer one is cut.
pub const MAX_OUTLINE_SLIDES: usize = MOST_SLIDES;
/// Sources of a slide.
const MAX_SOURCES: usize = 8;
const MAX_TITLE: usize = 200;
const MAX_CONTENT: usize = 600;
const MAX_REPLY: usize = 1_200;

/// What a deck will tell, slide by slide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(default)]
pub struct Outline {
    /// Title of the deck.
    pub title: String,
    /// Language of the request, as in `en` or `de`.
    pub language: String,
    /// To the person: what the deck will tell, what is assumed or missing.
    pub reply: String,
    /// The slides, in order.
    pub slides: Vec<OutlineSlide>,
    /// What was changed when it was read.
    #[serde(skip)]
    #[schema(ignore)]
    pub notes: Vec<Note>,
}

/// A slide of an outline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(default)]
pub struct OutlineSlide {
    /// Its message as a sentence.
    pub title: String,
    /// Its layout.
    pub layout: SlideLayout,
    /// What stands on it, in one sentence.
    pub content: String,
    /// Ids of the sources it uses.
    pub sources: Vec<String>,
}

impl Outline {
    /// Reads an outline of a model, or of a person who changed one.
    ///
    /// # Errors
    /// When it has no slide that says anything. The text tells a model what to mend.
    pub fn read(value: Value) -> Result<Self, String> {
        let mut reader =
            Reader::new(&value, "an outline: {\"title\", \"language\", \"reply\", \"slides\": […]}")?;
        let mut outline = Self {
            title: reader.line("title", MAX_TITLE),
            language: reader.line("language", 35),
            reply: reader.text("reply", MAX_REPLY),
            slides: reader.list("slides", MAX_OUTLINE_SLIDES, "slides", |reader| OutlineSlide {
                title: reader.line("title", MAX_TITLE),
                layout: reader.layout(),
                content: reader.text("content", MAX_CONTENT),
                sources: reader.lines("sources", MAX_SOURCES, 16),
            }),
            notes: Vec::new(),
        };
        outline.slides.retain(|slide| !slide.title.is_empty() || !slide.content.is_empty());
        for slide in &mut outline.slides {
            if slide.title.is_empty() {
                slide.title.clone_from(&slide.content);
            }
        }
        if outline.slides.is_empty() {
            return Err("The outline has no slides. Give `slides` with a `title` each.".to_owned());
        }
        if outline.title.is_empty() {
            outline.title.clone_from(&outline.slides[0].title);
        }
        outline.language = tag_of(&outline.language).unwrap_or_default();
        outline.notes = reader.into_notes();
        Ok(outline)
    }
}
