//! The sizes of text on a slide. All text of a kind has the same, so they step together.

/// Sizes of body text, from the largest. The first is for little text, the second is usual, and the
/// third for much.
pub(super) const BODY: [f64; 3] = [24.0, 20.0, 16.0];
/// Sizes of tables, in the same way.
pub(super) const TABLE: [f64; 3] = [20.0, 16.0, 14.0];
/// Labels of charts, and captions.
pub(super) const LABEL: f64 = 14.0;
/// The footer.
pub(super) const FOOTER: f64 = 12.0;

/// The sizes of a slide's text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    pub(super) body: f64,
    pub(super) table: f64,
    /// Whether long lists are in two columns.
    pub(super) splits_lists: bool,
}

impl Sizes {
    /// The usual ones.
    pub(super) const USUAL: Self = Self { body: BODY[1], table: TABLE[1], splits_lists: false };
    /// For little text.
    pub(super) const LEAD: Self = Self { body: BODY[0], table: TABLE[0], splits_lists: false };

    /// One size less than the body.
    pub(super) fn small(self) -> f64 {
        if self.body > 20.0 {
            20.0
        } else if self.body > 16.0 {
            16.0
        } else {
            14.0
        }
    }
}
