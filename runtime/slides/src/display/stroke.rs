//! How outlines are drawn, and the defaults of shapes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::theme::Color;

/// How a line is drawn. Its ends are flat, its joins round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// Its width.
    pub width: f64,
    /// Lengths of dashes and gaps in turn; absent: it is solid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dash: Vec<f64>,
}

pub(super) fn one() -> f64 {
    1.0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference; no finding where a pointer is shorter"
)]
#[expect(clippy::float_cmp, reason = "the default is exactly 1")]
pub(super) fn is_one(number: &f64) -> bool {
    *number == 1.0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference; no finding where a pointer is shorter"
)]
pub(super) fn is_zero(number: &f64) -> bool {
    *number == 0.0
}
