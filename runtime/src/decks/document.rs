//! A deck as it is kept, passed on without taking it apart.

use serde::Serialize;
use serde_json::value::RawValue;
use tellr_slides::deck::{Deck, FORMAT};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::kept::deck_of;
use crate::http::ApiError;

/// A deck of the current format, as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Document(Box<RawValue>);

impl Document {
    /// The deck of a row. One of an older format is upgraded.
    ///
    /// # Errors
    /// 500 if it can't be read.
    pub fn kept(text: String, format: i32) -> Result<Self, ApiError> {
        if u32::try_from(format).is_ok_and(|format| format == FORMAT) {
            let raw = RawValue::from_string(text).map_err(|_| ApiError::Internal)?;
            return Ok(Self(raw));
        }
        Self::of(&deck_of(&text)?)
    }

    /// A deck.
    ///
    /// # Errors
    /// None for a deck that was checked.
    pub fn of(deck: &Deck) -> Result<Self, ApiError> {
        Ok(Self(serde_json::value::to_raw_value(deck).map_err(|_| ApiError::Internal)?))
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

// In the API's document the deck's own schema stands under this name.
impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name("Deck").into()
    }
}

impl ToSchema for Document {
    fn name() -> std::borrow::Cow<'static, str> {
        "Document".into()
    }
}

/// A slide in the API's document, where its own schema stands under this name.
#[derive(Clone, Copy, Debug)]
pub struct SlideDocument;

impl PartialSchema for SlideDocument {
    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name("Slide").into()
    }
}

impl ToSchema for SlideDocument {
    fn name() -> std::borrow::Cow<'static, str> {
        "SlideDocument".into()
    }
}

/// A patch in the API's document, where its own schema stands under this name.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatchDocument;

impl PartialSchema for PatchDocument {
    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name("Patch").into()
    }
}

impl ToSchema for PatchDocument {
    fn name() -> std::borrow::Cow<'static, str> {
        "PatchDocument".into()
    }
}
