//! The form for an outline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tellr_slides::deck::Layout;
use utoipa::ToSchema;

use super::note::Note;
use super::reading::Reader;

/// Slides of an outline; a longer one is cut.
pub const MAX_OUTLINE_SLIDES: usize = 40;
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

/// The layouts that are offered to a model: all but those for images, as it has none to place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum SlideLayout {
    Cover,
    Section,
    Agenda,
    Statement,
    #[default]
    TitleAndText,
    TwoColumns,
    ChartAndTakeaway,
    Chart,
    TwoCharts,
    Metrics,
    Table,
    Comparison,
    Steps,
    Quote,
    Closing,
}

impl SlideLayout {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Cover,
        Self::Section,
        Self::Agenda,
        Self::Statement,
        Self::TitleAndText,
        Self::TwoColumns,
        Self::ChartAndTakeaway,
        Self::Chart,
        Self::TwoCharts,
        Self::Metrics,
        Self::Table,
        Self::Comparison,
        Self::Steps,
        Self::Quote,
        Self::Closing,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::Section => "section",
            Self::Agenda => "agenda",
            Self::Statement => "statement",
            Self::TitleAndText => "title_and_text",
            Self::TwoColumns => "two_columns",
            Self::ChartAndTakeaway => "chart_and_takeaway",
            Self::Chart => "chart",
            Self::TwoCharts => "two_charts",
            Self::Metrics => "metrics",
            Self::Table => "table",
            Self::Comparison => "comparison",
            Self::Steps => "steps",
            Self::Quote => "quote",
            Self::Closing => "closing",
        }
    }

    /// The layout of a name as a model may write it: exact, or the nearest that is meant.
    pub(super) fn named(name: &str) -> (Self, bool) {
        let name: String =
            name.trim().to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        if let Some(exact) = Self::ALL.into_iter().find(|layout| layout.name() == name) {
            return (exact, true);
        }
        const HINTS: [(&str, SlideLayout); 24] = [
            ("two_chart", SlideLayout::TwoCharts),
            ("takeaway", SlideLayout::ChartAndTakeaway),
            ("chart", SlideLayout::Chart),
            ("graph", SlideLayout::Chart),
            ("cover", SlideLayout::Cover),
            ("title_slide", SlideLayout::Cover),
            ("section", SlideLayout::Section),
            ("agenda", SlideLayout::Agenda),
            ("statement", SlideLayout::Statement),
            ("column", SlideLayout::TwoColumns),
            ("metric", SlideLayout::Metrics),
            ("kpi", SlideLayout::Metrics),
            ("number", SlideLayout::Metrics),
            ("table", SlideLayout::Table),
            ("compar", SlideLayout::Comparison),
            ("versus", SlideLayout::Comparison),
            ("step", SlideLayout::Steps),
            ("timeline", SlideLayout::Steps),
            ("process", SlideLayout::Steps),
            ("quote", SlideLayout::Quote),
            ("closing", SlideLayout::Closing),
            ("thank", SlideLayout::Closing),
            ("end", SlideLayout::Closing),
            ("text", SlideLayout::TitleAndText),
        ];
        let near = HINTS.into_iter().find(|(hint, _)| name.contains(hint));
        (near.map_or(Self::TitleAndText, |(_, layout)| layout), false)
    }
}

impl From<SlideLayout> for Layout {
    fn from(layout: SlideLayout) -> Self {
        match layout {
            SlideLayout::Cover => Self::Cover,
            SlideLayout::Section => Self::Section,
            SlideLayout::Agenda => Self::Agenda,
            SlideLayout::Statement => Self::Statement,
            SlideLayout::TitleAndText => Self::TitleAndText,
            SlideLayout::TwoColumns => Self::TwoColumns,
            SlideLayout::ChartAndTakeaway => Self::ChartAndTakeaway,
            SlideLayout::Chart => Self::Chart,
            SlideLayout::TwoCharts => Self::TwoCharts,
            SlideLayout::Metrics => Self::Metrics,
            SlideLayout::Table => Self::Table,
            SlideLayout::Comparison => Self::Comparison,
            SlideLayout::Steps => Self::Steps,
            SlideLayout::Quote => Self::Quote,
            SlideLayout::Closing => Self::Closing,
        }
    }
}

impl From<Layout> for SlideLayout {
    fn from(layout: Layout) -> Self {
        Self::ALL.into_iter().find(|one| Layout::from(*one) == layout).unwrap_or_default()
    }
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
        outline.language = super::guess::tag_of(&outline.language).unwrap_or_default();
        outline.notes = reader.into_notes();
        Ok(outline)
    }
}
