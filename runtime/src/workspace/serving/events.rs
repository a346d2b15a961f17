//! Server-sent events, as the HTML standard describes them, from bytes that arrive in any pieces.
//!
//! Only `data` is kept: completions use no event names, ids or retry times.

/// The largest event, in bytes. A chunk of a completion has some hundred.
const LARGEST_EVENT: usize = 1 << 20;

/// An event is larger than a reader accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {LARGEST_EVENT} bytes")]
pub(super) struct TooLarge;

/// Splits a stream into the data of its events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The line that is not complete yet.
    line: Vec<u8>,
    /// The lines of data of the event that is not complete yet, each with its line feed.
    data: String,
    /// The byte before was a carriage return, so a line feed belongs to it.
    after_return: bool,
    /// Something was read, so a byte order mark would be text.
    began: bool,
}

impl Events {
    /// Adds bytes; returns the data of each event that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLarge> {
        let mut complete = Vec::new();
        for &byte in bytes {
            let belongs_to_return = std::mem::take(&mut self.after_return) && byte == b'\n';
            if belongs_to_return {
                continue;
            }
            match byte {
                b'\n' => complete.extend(self.end_line()),
                b'\r' => {
                    self.after_return = true;
                    complete.extend(self.end_line());
                }
                _ if self.line.len() + self.data.len() >= LARGEST_EVENT => return Err(TooLarge),
                _ => self.line.push(byte),
            }
        }
        Ok(complete)
    }

    /// The data of an event that has no empty line after it. The standard drops it; an endpoint that
    /// closes the connection after its last event means it.
    pub(super) fn end(mut self) -> Option<String> {
        let completed = if self.line.is_empty() { None } else { self.end_line() };
        completed.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let line = if self.began { &line } else { line.strip_prefix('\u{feff}').unwrap_or(&line) };
        self.began = true;
        if line.is_empty() {
            return self.end_event();
        }
        // A line that begins with a colon is a comment, such as `: ping`.
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            self.data.push_str(value.strip_prefix(' ').unwrap_or(value));
            self.data.push('\n');
        }
        None
    }

    fn end_event(&mut self) -> Option<String> {
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        Some(data)
    }
}
