//! The layouts that a model may choose from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tellr_slides::deck::Layout;
use utoipa::ToSchema;

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

/// Parts of names that are near a layout, the more exact ones first.
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
