//! The statements on turns, their slides and their sources.

pub(super) mod choices;
pub(super) mod slides;
pub(super) mod sources;
pub(super) mod stages;
pub(super) mod turns;
