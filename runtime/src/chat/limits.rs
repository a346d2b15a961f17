//! How much is too much, for one request and for one person.

use std::time::Duration;

/// Limits on requests. The defaults suit decks of usual length several times over.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Slides that one request may write.
    pub slides: usize,
    /// Rounds with the model while data is gathered.
    pub rounds: usize,
    /// Questions to Genie.
    pub questions: usize,
    /// Calls of the model.
    pub calls: i32,
    /// Tokens of a request, read and written.
    pub tokens: i64,
    /// Tokens of a person within 24 hours.
    pub tokens_of_a_day: i64,
    /// Tokens that one answer may have.
    pub tokens_of_an_answer: u32,
    /// How long Genie may take for a question.
    pub genie: Duration,
    /// How often a turn waits for an endpoint or a sign-in before it is given up.
    pub waits: i32,
    /// The longest wait within an attempt; for a longer one the job gives up its place.
    pub patience: Duration,
    /// How many slides are written at once.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slides: 40,
            rounds: 6,
            questions: 12,
            calls: 150,
            tokens: 1_500_000,
            tokens_of_a_day: 10_000_000,
            tokens_of_an_answer: 4_000,
            genie: Duration::from_mins(5),
            waits: 30,
            patience: Duration::from_secs(5),
            at_once: 3,
        }
    }
}
