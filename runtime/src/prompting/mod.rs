//! What a model is asked, and what becomes of its answers.
//!
//! Problem: a model's answer is text from outside. It may be wrong in form, too long, hostile, or state
//! numbers that are in no data. A deck must be valid, fit its slides, and tell true numbers.
//!
//! Choice: the model fills small flat forms ([`Outline`], [`SlideDraft`], [`Changes`]) whose JSON Schemas
//! ([`schema_of`]) come from the Rust types. They are read leniently in form and strictly in bounds, and this
//! module makes the slide: it copies the cells of charts and tables from the data that was found
//! ([`SourceTable`]), compares the other numbers with it, and shortens until nothing is cut. The model never
//! writes a slide, a patch or markup.
//!
//! Trade-off: the form offers less than a slide can hold (no images, no second level of a list). A slide that
//! is rewritten keeps its images; the rest of what the form can't say is lost, and can be undone.
//!
//! Nothing here has a network, database, clock or randomness: the same arguments give the same result.
//!
//! | module | content |
//! |---|---|
//! | `ask`, `text_of_deck` | prompts: the system text from templates, the user text in tags |
//! | `change` | the form for changes, and the plan that is made of it |
//! | `place` | a draft becomes a slide, and a slide a draft |
//! | `draft`, `outline` | the forms for a slide and for an outline |
//! | `source`, `numbers` | data that was found; numbers as people write them |
//! | `reading`, `schema` | reading forms leniently; their JSON Schemas |
//! | `guess` | the language and the number of slides that a request asks for |
//! | `words`, `note`, `tags` | cleaning, shortening and escaping texts; what a person is told about it |
//! | `slide_layout` | the layouts that a model may choose from |

mod ask;
mod change;
mod draft;
mod guess;
mod note;
mod numbers;
mod outline;
mod place;
mod reading;
mod schema;
mod slide_layout;
mod source;
mod tags;
mod text_of_deck;
mod words;

pub use ask::{
    Guidance, Prompt, SlideAsk, SpaceBrief, ToolSpec, changes, gather, history, outline, slide, tool_answer,
    tool_error, tool_result,
};
pub use change::{Action, At, Changes, Edit, Planned, ThemeChoice};
pub use draft::{ChartDraft, ColumnDraft, MetricDraft, SeriesDraft, SlideDraft, StepDraft, TableDraft};
pub use guess::{language_of, wanted_slides};
pub use note::{Note, NoteKind};
pub use outline::{MAX_OUTLINE_SLIDES, Outline, OutlineSlide};
pub use place::Placing;
pub use schema::schema_of;
pub use slide_layout::SlideLayout;
pub use source::{Cell, ColumnKind, Shown, SourceColumn, SourceTable};

#[cfg(test)]
mod tests;
