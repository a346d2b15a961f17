//! What a person is told about an answer that was changed.

/// A sentence for a person about what was changed, left out or not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The sentence.
    pub text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A text was shortened, or moved to the speaker notes.
    Shortened,
    /// Something was left out.
    LeftOut,
    /// Something became something else, such as a pie that became bars.
    Changed,
    /// A number isn't in the data.
    NotFromData,
}

/// Notes of one slide or answer; more than this many tell a person nothing.
const MOST: usize = 20;

/// Adds a note, once, as long as there is room.
pub(super) fn add(notes: &mut Vec<Note>, kind: NoteKind, text: impl Into<String>) {
    let note = Note { kind, text: text.into() };
    if notes.len() < MOST && !notes.contains(&note) {
        notes.push(note);
    }
}
