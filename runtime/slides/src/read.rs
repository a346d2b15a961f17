//! JSON into a deck.
//!
//! In this order: the size, the JSON itself (whose nesting `serde_json` bounds), the format, the
//! types, and then [`crate::check`]. What is refused is refused whole, with the path of each problem.

use serde_json::Value;

use crate::block;
use crate::check;
use crate::deck::Deck;
use crate::limits::MAX_DECK_BYTES;
use crate::problem::Problem;
use crate::upgrade::{self, FormatError};

/// Why a deck can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is too large to be looked at.
    #[error("the deck is larger than {} MiB", MAX_DECK_BYTES / 1024 / 1024)]
    TooLarge,
    /// It isn't JSON.
    #[error("the deck isn't valid JSON: {0}")]
    Json(String),
    /// Its format can't be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Something in it is wrong. There is at least one problem.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

/// Reads a deck of this or an older format.
pub fn from_json(json: &str) -> Result<Deck, ReadError> {
    if json.len() > MAX_DECK_BYTES {
        return Err(ReadError::TooLarge);
    }
    let value = serde_json::from_str(json).map_err(|error| ReadError::Json(error.to_string()))?;
    from_value(value)
}

/// Reads a deck of this or an older format from JSON that is already taken apart.
pub fn from_value(mut value: Value) -> Result<Deck, ReadError> {
    upgrade::to_current(&mut value)?;
    let deck: Deck = serde_path_to_error::deserialize(&value).map_err(|error| {
        let path = error.path().to_string();
        ReadError::Invalid(vec![located(&value, path, error.inner().to_string())])
    })?;
    let problems = check::problems(&deck);
    if problems.is_empty() { Ok(deck) } else { Err(ReadError::Invalid(problems)) }
}

/// Finds the exact place of a problem. Types that are told apart by a field are read in two steps,
/// and serde reports a problem in the second at the place of the first.
fn located(deck: &Value, mut path: String, mut message: String) -> Problem {
    if path == "." {
        path.clear();
    }
    while let Some(found) = at(deck, &path).and_then(problem_in_block) {
        let (within, why) = found;
        message = why;
        if within == "." || within.is_empty() {
            break;
        }
        path = format!("{path}.{within}");
    }
    Problem { path, message }
}

fn problem_in_block(value: &Value) -> Option<(String, String)> {
    let mut fields = value.as_object()?.clone();
    let kind = fields.remove("type")?;
    block::problem_within(kind.as_str()?, Value::Object(fields))
}

/// The value at a path as in `slides[3].blocks[2]`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = path.replace('[', ".").replace(']', "").replace('.', "/");
    value.pointer(&format!("/{pointer}"))
}
