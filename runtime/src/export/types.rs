//! Exports as they are asked for and answered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The longest name of an author, in characters.
pub const LONGEST_AUTHOR: usize = 100;

/// `POST /api/export/{format}`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The deck's session.
    pub session_id: Uuid,
    /// Of a PowerPoint file: how its texts break into lines (default: editable).
    #[serde(default)]
    pub lines: Option<LinesWanted>,
    /// Of a PDF: whether the speaker notes stand under each slide (default: no).
    #[serde(default)]
    pub notes: Option<bool>,
    /// The name of the author in the file's properties (default: none; nothing names who exported it).
    #[serde(default)]
    pub author: Option<String>,
}

/// How the texts of a PowerPoint file break into lines.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinesWanted {
    /// Paragraphs are whole, and reflow when they are edited.
    Editable,
    /// Each line ends where it does on the page.
    Exact,
}

/// The answer to `POST /api/export/{format}`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ExportAccepted {
    /// The job that writes the file; its result is an `ExportedFile`.
    pub job_id: Uuid,
}

/// A file that is ready, as the result of its job.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct ExportedFile {
    /// For `GET /api/export/files/{file_id}`.
    pub file_id: Uuid,
    /// Its name, as in `Quarterly review.pptx`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// The number of slides in it.
    pub slides: i32,
    /// The deck's version that it holds.
    pub version: i64,
    /// Until when it is kept, RFC 3339.
    pub expires_at: String,
    /// What of the deck isn't in it as it was meant, for the person: texts that are cut, rows that are left out.
    #[serde(default)]
    pub warnings: Vec<String>,
}
