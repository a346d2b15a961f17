//! What is wrong with a deck, and where.

use std::fmt;

use crate::limits::MAX_PROBLEMS;

/// One thing that is wrong with a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as in `slides[3].blocks[2].rows[7]`; empty for the deck as a whole.
    pub path: String,
    /// What, in words for people.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// A place in a deck. It is only written out when something is wrong there.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The deck.
    Root,
    /// A field of what stands at another place.
    Key(&'a Self, &'static str),
    /// An item of the list at another place, counted from 0.
    Index(&'a Self, usize),
}

impl Place<'_> {
    /// A field at this place.
    pub fn key(&self, name: &'static str) -> Place<'_> {
        Place::Key(self, name)
    }

    /// An item of the list at this place.
    pub fn index(&self, index: usize) -> Place<'_> {
        Place::Index(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, name) => f.write_str(name),
            Self::Key(parent, name) => write!(f, "{parent}.{name}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The problems found so far, at most [`MAX_PROBLEMS`].
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes one.
    pub fn add(&mut self, place: &Place<'_>, message: impl Into<String>) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(Problem { path: place.to_string(), message: message.into() });
        }
    }

    /// What was found, in the order of the deck.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
