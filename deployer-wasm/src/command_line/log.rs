//! The log of an app, and messages about reading it.

use serde_json::json;

use super::style::Style;
use crate::error::plain_line;
use crate::timestamp::Timestamp;

/// A line, as an app's URL sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Seconds since 1970-01-01 UTC.
    pub timestamp: f64,
    /// `APP` or `SYSTEM`.
    pub source: String,
    /// What was written.
    pub message: String,
}

impl Line {
    /// The text. What an app writes may contain terminal codes.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        let (source, message) = (plain_line(&self.source), plain_line(&self.message));
        let time = moment(self.timestamp);
        match style {
            Style::Json => {
                format!("{}\n", json!({"timestamp": time, "source": source, "message": message}))
            }
            Style::Lines { .. } => format!("{time} {source:<6} {message}\n"),
        }
    }
}

/// Seconds since 1970-01-01 UTC as a moment. A number that is no time is the beginning.
fn moment(seconds: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range saturates")]
    let millis = (seconds * 1000.0).round() as i64;
    Timestamp::from_millis(millis)
}

/// The log can't be read at the moment, and is tried again.
#[must_use]
pub fn waiting(problem: &str) -> String {
    format!("Waiting for the app's log: {}\n", plain_line(problem))
}

/// There is nothing more to follow.
#[must_use]
pub fn ended(compute: &str) -> String {
    format!("The app's compute is {}; there are no more lines\n", plain_line(compute))
}

/// The app's URL answered with another status than a stream.
#[must_use]
pub fn answered(status: u16) -> String {
    format!("Its URL answered with status {status}")
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_time_is_written_as_a_moment() {
        assert_eq!(moment(1_795_446_000.5).to_string(), "2026-11-23T15:00:00.5Z");
        assert_eq!(moment(f64::NAN).to_string(), "1970-01-01T00:00:00Z");
        assert!(!moment(f64::INFINITY).to_string().is_empty());
    }
}
