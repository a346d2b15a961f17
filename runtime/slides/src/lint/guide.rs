//! The thresholds of Tellr's guide to how a deck looks and reads.

/// Words of a slide's body.
pub const MAX_BODY_WORDS: usize = 40;
/// Words of a title.
pub const MAX_TITLE_WORDS: usize = 12;
/// Items of a list.
pub const MAX_LIST_ITEMS: usize = 5;
/// Words of an item of a list.
pub const MAX_ITEM_WORDS: usize = 12;
/// Parts of a pie.
pub const MAX_PIE_PARTS: usize = 6;
/// Lines of a line chart.
pub const MAX_LINES: usize = 5;
/// Steps of a process.
pub const MAX_PROCESS_STEPS: usize = 5;
/// Steps of a timeline.
pub const MAX_TIMELINE_STEPS: usize = 6;
