//! The types of blocks, each with its height and how it is drawn.

mod callout;
mod list;
mod metric;
mod picture;
mod quote;
mod steps;
mod table;

pub(super) use callout::Callout;
pub(super) use list::{Agenda, List};
pub(super) use metric::Metric;
pub(super) use picture::{Picture, show};
pub(super) use quote::Quote;
pub(super) use steps::Steps;
pub(super) use table::Table;

/// The lowest chart of which something can be read.
pub(super) const LEAST_CHART: f64 = 144.0;
