//! An app's log: the last lines of the app, the build and the platform.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Lines kept for each app.
const LINES_KEPT: usize = 5000;
/// Longer lines are truncated.
const LONGEST_LINE: usize = 16 * 1024;

/// The source of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogSource {
    /// The app's own output.
    App,
    /// The platform.
    System,
    /// The installation of requirements.
    Build,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    /// The source.
    pub source: LogSource,
    /// Seconds since the Unix epoch, by the machine's clock, as processes use no other.
    pub timestamp: f64,
    /// The line.
    pub message: String,
}

/// The log of one app; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs {
    lines: Arc<Mutex<VecDeque<LogLine>>>,
    /// The total number of lines. Changed under the lock of `lines`.
    written: watch::Sender<u64>,
}

impl Logs {
    pub(super) fn add(&self, source: LogSource, message: impl Into<String>) {
        let mut message = message.into();
        if message.len() > LONGEST_LINE {
            message.truncate(message.floor_char_boundary(LONGEST_LINE));
        }
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let mut lines = self.lines.lock();
        lines.push_back(LogLine { source, timestamp, message });
        if lines.len() > LINES_KEPT {
            lines.pop_front();
        }
        self.written.send_modify(|written| *written += 1);
    }

    /// Notified of the total number of lines, whenever there is a new one.
    pub(super) fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// The lines after the first `seen`, at most the last `most`, and the total number of lines.
    pub(super) fn after(&self, seen: u64, most: usize) -> (Vec<LogLine>, u64) {
        let lines = self.lines.lock();
        let written = *self.written.borrow();
        let fresh = usize::try_from(written.saturating_sub(seen)).unwrap_or(usize::MAX);
        let skipped = lines.len().saturating_sub(fresh.min(most));
        (lines.iter().skip(skipped).cloned().collect(), written)
    }

    pub(super) fn all(&self) -> Vec<LogLine> {
        self.lines.lock().iter().cloned().collect()
    }

    /// The last lines of one source, oldest first.
    pub(super) fn last(&self, source: LogSource, count: usize) -> Vec<String> {
        let lines = self.lines.lock();
        let mut last: Vec<String> = lines
            .iter()
            .rev()
            .filter(|line| line.source == source)
            .take(count)
            .map(|line| line.message.clone())
            .collect();
        last.reverse();
        last
    }

    /// Adds all lines of a stream, until it ends.
    pub(super) fn follow(
        &self,
        source: LogSource,
        stream: impl AsyncRead + Unpin + Send + 'static,
    ) -> JoinHandle<()> {
        let logs = self.clone();
        tokio::spawn(async move {
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            // An error equals the end: nothing writes there any more.
            while let Ok(1..) = reader.read_until(b'\n', &mut line).await {
                logs.add(source, String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LINES_KEPT, LogSource, Logs};

    #[tokio::test]
    async fn lines_that_are_no_text_are_kept_as_well_as_can_be() {
        let logs = Logs::default();
        logs.follow(LogSource::App, &b"one\n\xff two\r\nthree"[..]).await.expect("a reader");
        assert_eq!(logs.last(LogSource::App, 5), ["one", "\u{fffd} two", "three"]);
    }

    #[test]
    fn old_lines_make_room() {
        let logs = Logs::default();
        for number in 0..=LINES_KEPT {
            logs.add(LogSource::App, number.to_string());
        }
        assert_eq!(logs.all().len(), LINES_KEPT);
        assert_eq!(logs.all()[0].message, "1");
    }

    #[test]
    fn a_reader_gets_what_it_has_not_seen() {
        let logs = Logs::default();
        let said = |(lines, written): (Vec<super::LogLine>, u64)| {
            (lines.into_iter().map(|line| line.message).collect::<Vec<_>>(), written)
        };
        for number in 0..4 {
            logs.add(LogSource::App, number.to_string());
        }
        assert_eq!(said(logs.after(0, 2)), (vec!["2".to_owned(), "3".to_owned()], 4));
        logs.add(LogSource::App, "4");
        assert_eq!(said(logs.after(4, 10)), (vec!["4".to_owned()], 5));
        assert_eq!(said(logs.after(5, 10)), (vec![], 5));
    }
}
