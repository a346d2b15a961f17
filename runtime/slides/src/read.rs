//! JSON into a deck.
//!
//! In this order: the size, the shape (see `shape`), the JSON itself (no field twice; its nesting is bounded by `serde_json`), the format, the
//! types, and then [`crate::check`]. What is refused is refused whole, with the path of each problem.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::block;
use crate::check;
use crate::deck::Deck;
use crate::limits::MAX_DECK_BYTES;
use crate::problem::Problem;
use crate::upgrade::{self, FormatError};

mod json;
mod shape;

use json::Json;

/// Why a deck can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is too large to be looked at.
    #[error("the deck is larger than {} MiB", MAX_DECK_BYTES / 1024 / 1024)]
    TooLarge,
    /// It isn't JSON, or an object in it has a field twice.
    #[error("the JSON can't be read: {0}")]
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
    from_value(parsed(json)?)
}

/// Reads a deck of this or an older format from JSON that is already taken apart.
pub fn from_value(mut value: Value) -> Result<Deck, ReadError> {
    upgrade::to_current(&mut value)?;
    let deck: Deck = typed(&value)?;
    let problems = check::problems(&deck);
    if problems.is_empty() { Ok(deck) } else { Err(ReadError::Invalid(problems)) }
}

/// Takes JSON apart, if it isn't too large to be a deck or a part of one.
pub(crate) fn parsed(json: &str) -> Result<Value, ReadError> {
    if json.len() > MAX_DECK_BYTES {
        return Err(ReadError::TooLarge);
    }
    if let Some(message) = shape::refusal(json) {
        return Err(ReadError::Invalid(vec![Problem { path: String::new(), message }]));
    }
    let read = serde_json::from_str::<Json>(json).map_err(|error| ReadError::Json(error.to_string()))?;
    Ok(read.0)
}

/// Reads a type of this crate's, strictly.
pub(crate) fn typed<T: Serialize + DeserializeOwned>(value: &Value) -> Result<T, ReadError> {
    let read: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        ReadError::Invalid(vec![located(value, path, error.inner().to_string())])
    })?;
    let meant = serde_json::to_value(&read).map_err(|error| ReadError::Json(error.to_string()))?;
    match list_for_object(value, &meant) {
        None => Ok(read),
        Some(path) => Err(ReadError::Invalid(vec![Problem {
            path: path.trim_start_matches('.').to_owned(),
            message: "an object with named fields is needed here, not a list".to_owned(),
        }])),
    }
}

/// Where a list stands for an object. Serde takes one as the fields' values in order, which the
/// schema doesn't allow and which would change its meaning with the order of our source code.
fn list_for_object(written: &Value, meant: &Value) -> Option<String> {
    match (written, meant) {
        (Value::Object(written), Value::Object(meant)) => meant.iter().find_map(|(name, meant)| {
            let within = list_for_object(written.get(name)?, meant)?;
            Some(format!(".{name}{within}"))
        }),
        (Value::Array(written), Value::Array(meant)) => {
            let both = written.iter().zip(meant).enumerate();
            both.into_iter().find_map(|(index, (written, meant))| {
                Some(format!("[{index}]{}", list_for_object(written, meant)?))
            })
        }
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        _ => None,
    }
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
        path = if path.is_empty() { within } else { format!("{path}.{within}") };
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
    if path.is_empty() {
        return Some(value);
    }
    let pointer = path.replace('[', ".").replace(']', "").replace('.', "/");
    value.pointer(&format!("/{pointer}"))
}
