//! Tells new lines of a log from those that were read before.
//!
//! A stream that is opened again begins with the recent lines, without a mark where the new ones begin. Lines have
//! no number either, and several may have the same time. So each line is counted: a line that the new stream has
//! sent more often than all streams before is new. What is older than all lines that are remembered counts as
//! read.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::workspace::LogLine;

/// How many lines are remembered: more than a stream sends again.
const REMEMBERED: usize = 10_000;

/// How often a line came.
#[derive(Default)]
struct Count {
    /// In all streams; lines that were sent again count once.
    all: u32,
    /// In the present stream.
    here: u32,
    /// Its entries in the order of lines.
    remembered: u32,
}

/// The lines that were read.
#[derive(Default)]
pub(super) struct LinesRead {
    counts: HashMap<u64, Count>,
    order: VecDeque<(u64, f64)>,
    /// The time of the newest line that was forgotten.
    forgotten: Option<f64>,
    is_again: bool,
}

impl LinesRead {
    /// The stream was opened again.
    pub(super) fn again(&mut self) {
        self.is_again = true;
        self.counts.values_mut().for_each(|count| count.here = 0);
    }

    /// Whether this line is new; it counts as read from then on.
    pub(super) fn is_new(&mut self, line: &LogLine) -> bool {
        let mut hasher = DefaultHasher::new();
        (line.timestamp.to_bits(), &line.source, &line.message).hash(&mut hasher);
        let key = hasher.finish();
        let is_known = self.counts.contains_key(&key);
        if !is_known && self.is_again && self.forgotten.is_some_and(|time| line.timestamp <= time) {
            return false;
        }
        let count = self.counts.entry(key).or_default();
        count.here += 1;
        if count.here <= count.all {
            return false;
        }
        count.all = count.here;
        count.remembered += 1;
        self.order.push_back((key, line.timestamp));
        if self.order.len() > REMEMBERED
            && let Some((oldest, time)) = self.order.pop_front()
        {
            self.forgotten = Some(self.forgotten.map_or(time, |forgotten| forgotten.max(time)));
            if let Entry::Occupied(mut count) = self.counts.entry(oldest) {
                count.get_mut().remembered -= 1;
                if count.get().remembered == 0 {
                    count.remove();
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(timestamp: f64, message: &str) -> LogLine {
        LogLine { source: "APP".into(), timestamp, message: message.into() }
    }

    fn read(lines: &mut LinesRead, stream: &[(f64, &str)]) -> Vec<String> {
        let all = stream.iter().map(|(time, text)| line(*time, text));
        all.filter(|line| lines.is_new(line)).map(|line| line.message).collect()
    }

    #[test]
    fn lines_that_are_sent_again_are_not_new() {
        let mut lines = LinesRead::default();
        // The same line twice at the same time is two lines.
        let first = [(1.0, "a"), (1.0, "a"), (2.0, "b")];
        assert_eq!(read(&mut lines, &first), ["a", "a", "b"]);
        lines.again();
        let second = [(1.0, "a"), (1.0, "a"), (1.0, "a"), (2.0, "b"), (2.0, "c"), (1.5, "late")];
        assert_eq!(read(&mut lines, &second), ["a", "c", "late"]);
        lines.again();
        assert_eq!(read(&mut lines, &second), Vec::<String>::new());
    }

    #[test]
    fn what_is_older_than_all_that_is_remembered_was_read() {
        let mut lines = LinesRead::default();
        for number in 0..REMEMBERED + 10 {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let time = number as f64;
            assert!(lines.is_new(&line(time, &number.to_string())));
        }
        assert!(lines.counts.len() <= REMEMBERED);
        lines.again();
        assert!(!lines.is_new(&line(3.0, "3")));
        assert!(!lines.is_new(&line(100.0, "100")));
        assert!(lines.is_new(&line(1e9, "new")));
    }
}
