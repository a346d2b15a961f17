//! Where a number comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_LINE, MAX_URL};

/// A source, as a footer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is, as in "Finance, Q3 close, 4 October 2026".
    #[schemars(length(min = 1, max = MAX_LINE))]
    pub label: String,
    /// Where it can be looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = MAX_URL), regex(pattern = r"^([Hh][Tt][Tt][Pp][Ss]?://|[Mm][Aa][Ii][Ll][Tt][Oo]:)"))]
    pub url: Option<String>,
}
