//! Rules that find the cause of a failure in what the platform, the database or the app wrote.
//!
//! A refusal's status says little, and a failed deployment's message is often one sentence while the reason is in
//! the app's log. [`bodies`] and [`log_tails`] are tables of texts that are known to mean something, each with its
//! cause and what to do. A rule changes the cause, the remedy and the link of an error; its code and its message
//! stay, so that programs can go on matching on them. What fits no rule stays as it was written.
//!
//! A text is untrusted: names that users chose are in it, and it may be long. So a rule's phrase is several words
//! that the platform writes around a name, matched within one line, and only the end of a long text is read.

mod bodies;
mod log_tails;
mod rule;
#[cfg(test)]
mod tests;

use bodies::BODIES;
use log_tails::LOG_TAILS;
pub(super) use rule::Rule;

use super::outside::plain;

/// How much of a text is read, in bytes from its end; an installer's output ends with what failed.
const READ_BYTES: usize = 16 * 1024;

/// What an error was raised from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Evidence<'a> {
    /// A refusal, or what came instead of an answer.
    Body {
        /// `error_code`; may be empty.
        code: &'a str,
        /// The message.
        text: &'a str,
    },
    /// A deployment's message, or what the app or the database reports, and the last lines of the app's log,
    /// oldest first.
    LogTail {
        /// The message. It is about this deployment, so it counts more than the log.
        text: &'a str,
        /// The log. It may hold lines of an earlier deployment.
        lines: &'a [String],
    },
}

/// The rule that fits, if one does.
///
/// In a log a rule of a later line is preferred: earlier lines may be about something that was tried again, or
/// about an earlier deployment. Within a line, the table's order decides.
pub(super) fn find(evidence: Evidence<'_>) -> Option<&'static Rule> {
    match evidence {
        Evidence::Body { code, text } => {
            let lines = lines_of(text);
            let named = BODIES.iter().find(|rule| !code.is_empty() && rule.codes.contains(&code));
            // A code of a whole class says less than a text that is known.
            BODIES.iter().find(|rule| lines.iter().any(|line| rule.fits(line))).or(named)
        }
        Evidence::LogTail { text, lines } => {
            let mut tail: Vec<String> = lines.iter().flat_map(|line| lines_of(&plain(line))).collect();
            tail.extend(lines_of(text));
            let last = |general: bool| {
                tail.iter().rev().find_map(|line| {
                    LOG_TAILS.iter().find(|rule| rule.is_general == general && rule.fits(line))
                })
            };
            last(false).or_else(|| last(true))
        }
    }
}

/// The lines of the end of a text, in lower case.
fn lines_of(text: &str) -> Vec<String> {
    let from = (text.len().saturating_sub(READ_BYTES)..=text.len()).find(|at| text.is_char_boundary(*at));
    let text = &text[from.unwrap_or(text.len())..];
    text.lines().map(|line| line.trim().to_ascii_lowercase()).filter(|line| !line.is_empty()).collect()
}

/// The names of the rules over refusals.
#[cfg(test)]
pub(crate) fn body_reasons() -> Vec<&'static str> {
    BODIES.iter().map(|rule| rule.code).collect()
}
