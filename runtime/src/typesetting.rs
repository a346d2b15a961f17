//! The text engine of this process, with the fonts that come with the program.
//!
//! Fonts are unpacked once, when a slide is laid out for the first time. An engine isn't shared between threads,
//! so each thread that lays slides out has its own; the fonts are the same bytes for all.

use std::cell::RefCell;
use std::sync::OnceLock;

use tellr_slides::fonts::Fonts;
use tellr_slides::text_layout::TextLayout;

static FONTS: OnceLock<Fonts> = OnceLock::new();

thread_local! {
    static TEXT: RefCell<TextLayout> = RefCell::new(TextLayout::new(fonts()));
}

/// The fonts.
pub fn fonts() -> &'static Fonts {
    FONTS.get_or_init(Fonts::bundled)
}

/// Works with this thread's text engine. Keeps a processor busy, so not on a thread that answers requests.
pub fn with_text<T>(work: impl FnOnce(&mut TextLayout) -> T) -> T {
    TEXT.with_borrow_mut(work)
}
