//! JSON into decks: of the database, and of a request.

use axum::http::StatusCode;
use tellr_slides::deck::Deck;
use tellr_slides::problem::Problem;
use tellr_slides::read::{self, ReadError};

use crate::http::{ApiError, Rejection};

/// The deck of a row.
///
/// # Errors
/// 500 if it can't be read: only a newer version, or somebody at the database itself, writes such a deck.
pub fn deck_of(text: &str) -> Result<Deck, ApiError> {
    let value = serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "a deck in the database is no JSON");
        ApiError::Internal
    })?;
    read::from_value(value).map_err(|error| {
        tracing::error!(%error, "a deck in the database can't be read");
        ApiError::Internal
    })
}

/// The deck of a request.
///
/// # Errors
/// 422, with the place and the reason of each problem.
pub fn read_deck(json: &str) -> Result<Deck, Rejection> {
    read::from_json(json).map_err(|error| match error {
        ReadError::Invalid(problems) => invalid_deck("invalid_deck", "The deck was not saved", problems),
        ReadError::TooLarge => {
            Rejection::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", capital(&error.to_string()))
        }
        ReadError::Json(_) | ReadError::Format(_) => {
            let message = format!("The file is not a deck that can be read: {error}");
            Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_deck", message)
        }
    })
}

/// The refusal of a deck or patch with problems. The first is in the message as well.
pub fn invalid_deck(code: &'static str, outcome: &str, problems: Vec<Problem>) -> Rejection {
    let first = problems.first().map_or_else(String::new, ToString::to_string);
    let more = match problems.len() {
        0 | 1 => String::new(),
        2 => " (and 1 more problem)".to_owned(),
        count => format!(" (and {} more problems)", count - 1),
    };
    let message = format!("{outcome}: {first}{more}");
    Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
        .with_problems(problems.into_iter().map(|problem| (problem.path, problem.message)))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
