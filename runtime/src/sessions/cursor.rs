//! Where a page of a list ends.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::http::Rejection;

/// The last session of a page: the next page has those that were used before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) used_at: OffsetDateTime,
    pub(super) id: Uuid,
}

impl Cursor {
    /// As in a query: microseconds since 1970, which is what the database keeps, and the id.
    pub(super) fn to_text(self) -> String {
        let micros = self.used_at.unix_timestamp_nanos() / 1000;
        format!("{micros}_{}", self.id.simple())
    }

    /// Of a query.
    pub(super) fn read(text: &str) -> Result<Self, Rejection> {
        let parts = text.split_once('_').and_then(|(micros, id)| {
            let nanos = i128::from(micros.parse::<u64>().ok()?).checked_mul(1000)?;
            // All dates that this accepts are dates of PostgreSQL's too.
            let used_at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
            Some(Self { used_at, id: id.parse().ok()? })
        });
        parts.ok_or_else(|| {
            Rejection::unreadable(
                "`before` is not the `next` of a page. Leave it out to begin with the first page",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_a_query() {
        let used_at = OffsetDateTime::from_unix_timestamp_nanos(1_764_360_000_123_456_000).expect("a time");
        let cursor = Cursor { used_at, id: Uuid::from_u128(7) };
        assert_eq!(Cursor::read(&cursor.to_text()).expect("a cursor"), cursor);
        for bad in [
            "",
            "_",
            "1_",
            "1_x",
            "-1_00000000000000000000000000000007",
            "x_00000000000000000000000000000007",
            "9223372036854775807_00000000000000000000000000000007",
        ] {
            assert!(Cursor::read(bad).is_err(), "{bad}");
        }
    }
}
