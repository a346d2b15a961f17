//! How much a deck may hold.
//!
//! Generous for people, small enough that a hostile deck costs little to read, keep and lay out.
//! Lengths of text are in Unicode code points, as JSON Schema counts them.

/// Bytes of a deck as JSON.
pub const MAX_DECK_BYTES: usize = 8 * 1024 * 1024;
/// Slides of a deck.
pub const MAX_SLIDES: usize = 300;
/// Blocks of a slide, or of one column of a `columns` block.
pub const MAX_BLOCKS: usize = 40;
/// Columns of a `columns` block.
pub const MAX_COLUMNS: usize = 4;
/// How deep `columns` blocks nest: none stands inside another.
pub const MAX_NESTING: usize = 1;
/// Characters of a rich text.
pub const MAX_TEXT: usize = 5_000;
/// Characters of a plain line: a title of a deck or column, a name, a unit, a caption.
pub const MAX_LINE: usize = 300;
/// Characters of a slide's speaker notes.
pub const MAX_NOTES: usize = 20_000;
/// Characters of an id of a slide, block, series, theme or image.
pub const MAX_ID: usize = 64;
/// Characters of a language tag.
pub const MAX_LANGUAGE: usize = 35;
/// Characters of a link.
pub const MAX_URL: usize = 2_048;
/// Items of a list.
pub const MAX_ITEMS: usize = 100;
/// Levels of a list.
pub const MAX_LEVEL: u8 = 2;
/// Columns of a table.
pub const MAX_TABLE_COLUMNS: usize = 30;
/// Rows of a table.
pub const MAX_ROWS: usize = 500;
/// Series of a chart.
pub const MAX_SERIES: usize = 20;
/// Points of a series, and categories of a chart.
pub const MAX_POINTS: usize = 1_000;
/// Steps of a process or timeline.
pub const MAX_STEPS: usize = 20;
/// Sources of a slide.
pub const MAX_SOURCES: usize = 20;
/// Pictures of a theme.
pub const MAX_THEME_PICTURES: usize = 8;
/// Characters of the name of a font.
pub const MAX_TYPEFACE: usize = 60;
/// Problems listed for one deck; more are not looked for.
pub const MAX_PROBLEMS: usize = 20;
