//! Identifiers of what a deck is made of.
//!
//! They are made by the caller, stay with their slide, block or series for its life, and are unique
//! in the deck (a series: in its chart), so that a change names what it changes and hits nothing
//! else. Letters, digits, `-` and `_`: safe in a path, an attribute and a file name.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_ID;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(id: String) -> Result<Self, String> {
                if is_id(&id) { Ok(Self(id)) } else { Err(rule()) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": format!("^[A-Za-z0-9_-]{{1,{MAX_ID}}}$") })
            }
        }
    )*};
}

ids! {
    /// The id of a slide.
    SlideId,
    /// The id of a block.
    BlockId,
    /// The id of a series of a chart.
    SeriesId,
    /// The name of a theme, as in `clear`.
    ThemeId,
    /// The id of an image that the app keeps.
    ImageId,
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn rule() -> String {
    format!("an id has 1–{MAX_ID} letters, digits, `-` or `_`")
}
