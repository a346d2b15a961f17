//! An app's log: what it wrote, what the build wrote, what the platform did. The last lines only.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::task::JoinHandle;

/// Lines kept for each app.
const LINES_KEPT: usize = 5000;
/// A longer line is cut here.
const LONGEST_LINE: usize = 16 * 1024;

/// Who wrote a line.
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
    /// Who wrote it.
    pub source: LogSource,
    /// Seconds since the Unix epoch, by the machine's clock: processes know no other.
    pub timestamp: f64,
    /// The line.
    pub message: String,
}

/// The log of one app; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs(Arc<Mutex<VecDeque<LogLine>>>);

impl Logs {
    pub(super) fn add(&self, source: LogSource, message: impl Into<String>) {
        let mut message = message.into();
        if message.len() > LONGEST_LINE {
            message.truncate(message.floor_char_boundary(LONGEST_LINE));
        }
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let mut lines = self.0.lock();
        lines.push_back(LogLine { source, timestamp, message });
        if lines.len() > LINES_KEPT {
            lines.pop_front();
        }
    }

    pub(super) fn all(&self) -> Vec<LogLine> {
        self.0.lock().iter().cloned().collect()
    }

    /// The last lines of one source, oldest first.
    pub(super) fn last(&self, source: LogSource, count: usize) -> Vec<String> {
        let lines = self.0.lock();
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

    /// Adds everything that a stream says, until it ends.
    pub(super) fn follow(
        &self,
        source: LogSource,
        stream: impl AsyncRead + Unpin + Send + 'static,
    ) -> JoinHandle<()> {
        let logs = self.clone();
        tokio::spawn(async move {
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            // An error means the same as the end: nobody writes there any more.
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
}
