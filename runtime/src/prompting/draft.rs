//! The form for one slide. Empty texts and lists and the number 0 stand for what isn't there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tellr_slides::block::Meaning;
use tellr_slides::chart::ChartKind;
use tellr_slides::number::Decimal;

use super::note::{Note, NoteKind};
use super::reading::Reader;
use super::slide_layout::SlideLayout;

const MAX_TITLE: usize = 300;
const MAX_TEXT: usize = 1_500;
const MAX_ITEM: usize = 300;
const MAX_ITEMS: usize = 12;
const MAX_NAME: usize = 120;
const MAX_UNIT: usize = 24;
const MAX_NOTES: usize = 4_000;
const MAX_COLUMNS: usize = 4;
const MAX_DATA: usize = 2;
const MAX_METRICS: usize = 6;
const MAX_STEPS: usize = 8;
const MAX_VALUES: usize = 8;
const MAX_POINTS: usize = 60;
const MAX_OWN_ROWS: usize = 30;
const MAX_OWN_COLUMNS: usize = 10;

/// A slide as a model fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SlideDraft {
    /// How it is arranged.
    pub layout: SlideLayout,
    /// Its message as a sentence, at most 12 words.
    pub title: String,
    /// A line under the title.
    pub subtitle: String,
    /// One or two sentences.
    pub text: String,
    /// 3 to 5 points of at most 12 words.
    pub bullets: Vec<String>,
    /// For `two_columns` and `comparison`.
    pub columns: Vec<ColumnDraft>,
    /// At most 2.
    pub charts: Vec<ChartDraft>,
    /// At most 1.
    pub tables: Vec<TableDraft>,
    /// 2 to 4 large numbers.
    pub metrics: Vec<MetricDraft>,
    /// Of a process or timeline, at most 6.
    pub steps: Vec<StepDraft>,
    /// The words of a quotation.
    pub quote: String,
    /// Who said it.
    pub quote_by: String,
    /// What follows from it, in one sentence.
    pub takeaway: String,
    /// How the takeaway is meant.
    #[schemars(with = "MeaningName")]
    pub takeaway_meaning: Meaning,
    /// What the speaker says.
    pub notes: String,
    /// What was changed when it was read.
    #[serde(skip)]
    pub remarks: Vec<Note>,
}

/// A headed column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ColumnDraft {
    /// What heads it.
    pub heading: String,
    /// Its points.
    pub bullets: Vec<String>,
}

/// A chart: columns of a source, or, where there is none, numbers of the model's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChartDraft {
    /// How it is drawn.
    #[schemars(with = "KindName")]
    pub kind: ChartKind,
    /// Id of the source, as in `S1`; its cells are copied.
    pub source: String,
    /// Column of the categories; of a scatter the x values.
    pub categories: String,
    /// Columns of the values.
    pub values: Vec<String>,
    /// What is counted, as in `€` or `%`.
    pub unit: String,
    /// Category or column that the title talks about.
    pub highlight: String,
    /// Without a source: the categories.
    pub own_categories: Vec<String>,
    /// Without a source: the values.
    pub own_series: Vec<SeriesDraft>,
}

impl Default for ChartDraft {
    fn default() -> Self {
        Self {
            kind: ChartKind::Bar,
            source: String::new(),
            categories: String::new(),
            values: Vec::new(),
            unit: String::new(),
            highlight: String::new(),
            own_categories: Vec::new(),
            own_series: Vec::new(),
        }
    }
}

/// Values of a model's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SeriesDraft {
    /// What they are.
    pub name: String,
    /// One for each category.
    #[schemars(with = "Vec<f64>")]
    pub values: Vec<Option<Decimal>>,
}

/// A table: columns of a source, or rows of the model's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TableDraft {
    /// Id of the source, as in `S1`; its cells are copied.
    pub source: String,
    /// Its columns to show.
    pub columns: Vec<String>,
    /// Without a source: the headings.
    pub own_columns: Vec<String>,
    /// Without a source: the cells.
    pub own_rows: Vec<Vec<String>>,
}

/// A large number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricDraft {
    /// What it measures.
    pub label: String,
    /// The number, as it is in the data.
    pub value: Decimal,
    /// What is counted.
    pub unit: String,
    /// By how much it changed; 0 if unknown.
    pub change: Decimal,
    /// What the change is counted in.
    pub change_unit: String,
    /// Whether the change is welcome.
    #[schemars(with = "MeaningName")]
    pub meaning: Meaning,
}

impl Default for MetricDraft {
    fn default() -> Self {
        Self {
            label: String::new(),
            value: Decimal::ZERO,
            unit: String::new(),
            change: Decimal::ZERO,
            change_unit: String::new(),
            meaning: Meaning::Neutral,
        }
    }
}

/// A step of a process, or a date of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StepDraft {
    /// What it is called.
    pub title: String,
    /// When it is; empty in a process.
    pub when: String,
    /// More about it.
    pub text: String,
}

/// The names of [`ChartKind`], for the schema: without descriptions of each, which would cost tokens.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum KindName {
    Bar,
    StackedBar,
    Line,
    Area,
    Pie,
    Scatter,
}

/// The names of [`Meaning`], for the schema.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum MeaningName {
    Neutral,
    Positive,
    Negative,
    Warning,
}

impl SlideDraft {
    /// Reads a draft of a model.
    ///
    /// # Errors
    /// When it has neither a title nor content. The text tells a model what to mend.
    pub fn read(value: Value) -> Result<Self, String> {
        let mut reader = Reader::new(&value, "a slide: {\"layout\", \"title\", …}")?;
        let mut draft = Self {
            layout: reader.layout(),
            title: reader.line("title", MAX_TITLE),
            subtitle: reader.line("subtitle", MAX_TITLE),
            text: reader.text("text", MAX_TEXT),
            bullets: reader.lines("bullets", MAX_ITEMS, MAX_ITEM),
            columns: reader.list("columns", MAX_COLUMNS, "columns", |reader| ColumnDraft {
                heading: reader.line("heading", MAX_NAME),
                bullets: reader.lines("bullets", MAX_ITEMS, MAX_ITEM),
            }),
            charts: reader.list("charts", MAX_DATA, "charts", chart),
            tables: reader.list("tables", MAX_DATA, "tables", |reader| TableDraft {
                source: reader.line("source", MAX_NAME),
                columns: reader.lines("columns", MAX_OWN_COLUMNS, MAX_NAME),
                own_columns: reader.lines("own_columns", MAX_OWN_COLUMNS, MAX_NAME),
                own_rows: reader.rows("own_rows", [MAX_OWN_ROWS, MAX_OWN_COLUMNS], MAX_ITEM),
            }),
            metrics: reader.list("metrics", MAX_METRICS, "metrics", metric).into_iter().flatten().collect(),
            steps: reader.list("steps", MAX_STEPS, "steps", |reader| StepDraft {
                title: reader.line("title", MAX_NAME),
                when: reader.line("when", MAX_NAME),
                text: reader.line("text", MAX_ITEM),
            }),
            quote: reader.text("quote", MAX_TEXT),
            quote_by: reader.line("quote_by", MAX_NAME),
            takeaway: reader.text("takeaway", MAX_TEXT),
            takeaway_meaning: meaning(&reader.word("takeaway_meaning")),
            notes: reader.text("notes", MAX_NOTES),
            remarks: Vec::new(),
        };
        draft.columns.retain(|column| !column.heading.is_empty() || !column.bullets.is_empty());
        draft.charts.retain(|chart| !chart.source.is_empty() || !chart.own_series.is_empty());
        draft.tables.retain(|table| !table.source.is_empty() || !table.own_rows.is_empty());
        draft.steps.retain(|step| !step.title.is_empty() || !step.text.is_empty());
        if draft.is_empty() {
            return Err("The slide has neither a title nor content. Give at least a `title`.".to_owned());
        }
        draft.remarks = reader.into_notes();
        Ok(draft)
    }

    /// Whether nothing would stand on the slide.
    fn is_empty(&self) -> bool {
        let texts = [&self.title, &self.subtitle, &self.text, &self.quote, &self.takeaway];
        let lists = [
            self.bullets.is_empty(),
            self.columns.is_empty(),
            self.charts.is_empty(),
            self.tables.is_empty(),
            self.metrics.is_empty(),
            self.steps.is_empty(),
        ];
        texts.iter().all(|text| text.is_empty()) && lists.iter().all(|is_empty| *is_empty)
    }
}

fn chart(reader: &mut Reader<'_>) -> ChartDraft {
    let word = reader.word("kind");
    let (kind, is_exact) = kind(&word);
    if !is_exact && !word.is_empty() {
        reader.note(NoteKind::Changed, format!("The chart kind “{word}” isn't known; another one was taken"));
    }
    ChartDraft {
        kind,
        source: reader.line("source", MAX_NAME),
        categories: reader.line("categories", MAX_NAME),
        values: reader.lines("values", MAX_VALUES, MAX_NAME),
        unit: reader.line("unit", MAX_UNIT),
        highlight: reader.line("highlight", MAX_NAME),
        own_categories: reader.lines("own_categories", MAX_POINTS, MAX_NAME),
        own_series: reader.list("own_series", MAX_VALUES, "own_series", |reader| SeriesDraft {
            name: reader.line("name", MAX_NAME),
            values: reader.numbers("values", MAX_POINTS),
        }),
    }
}

/// A metric without a number is none.
fn metric(reader: &mut Reader<'_>) -> Option<MetricDraft> {
    let label = reader.line("label", MAX_NAME);
    let Some(value) = reader.number("value") else {
        reader.note(NoteKind::LeftOut, format!("The figure “{label}” has no number and was left out"));
        return None;
    };
    Some(MetricDraft {
        label,
        value,
        unit: reader.line("unit", MAX_UNIT),
        change: reader.number("change").unwrap_or(Decimal::ZERO),
        change_unit: reader.line("change_unit", MAX_UNIT),
        meaning: meaning(&reader.word("meaning")),
    })
}

fn meaning(word: &str) -> Meaning {
    match word {
        "positive" | "good" | "success" => Meaning::Positive,
        "negative" | "bad" | "danger" | "error" => Meaning::Negative,
        "warning" | "caution" | "risk" => Meaning::Warning,
        _ => Meaning::Neutral,
    }
}

/// The kind of a name, and whether it is exact.
fn kind(word: &str) -> (ChartKind, bool) {
    match word {
        "bar" => (ChartKind::Bar, true),
        "stacked_bar" => (ChartKind::StackedBar, true),
        "line" => (ChartKind::Line, true),
        "area" => (ChartKind::Area, true),
        "pie" => (ChartKind::Pie, true),
        "scatter" => (ChartKind::Scatter, true),
        _ if word.contains("stack") => (ChartKind::StackedBar, false),
        _ if word.contains("line") || word.contains("trend") => (ChartKind::Line, false),
        _ if word.contains("area") => (ChartKind::Area, false),
        _ if word.contains("pie") || word.contains("donut") || word.contains("doughnut") => {
            (ChartKind::Pie, false)
        }
        _ if word.contains("scatter") || word.contains("bubble") => (ChartKind::Scatter, false),
        _ => (ChartKind::Bar, false),
    }
}
