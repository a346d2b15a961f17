//! The last lines of an app's log, for the error of an app that didn't start.
//!
//! The platform's message about a failed deployment is often one sentence; the reason is in the log. The host
//! reads it if it can ([`Probe::AppLog`]). Otherwise there are no lines, and the error says where to find the
//! log.

use serde::Deserialize;

use crate::decode::decode_text;
use crate::engine::StepHandle;
use crate::host::{Host, Probe, Timestamp};

#[derive(Deserialize)]
struct Log {
    lines: Vec<String>,
}

/// The last lines of the log of the app `name`, oldest first, as they were written; of the deployment that was created
/// at `since`, if that is known.
pub(super) async fn last_lines<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    since: Option<Timestamp>,
) -> Vec<String> {
    let since_ms = since.map(Timestamp::as_millis);
    match step.probe(&Probe::AppLog { app: name.to_owned(), since_ms }).await {
        Ok(answer) if answer.status == 200 => read(&answer.body),
        _ => Vec::new(),
    }
}

fn read(body: &str) -> Vec<String> {
    decode_text::<Log>(body).map_or_else(|_| Vec::new(), |log| log.lines)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_no_log_has_no_lines() {
        for body in ["", "<html>", "{}", "[]", r#"{"lines": 7}"#, r#"{"lines": [7]}"#] {
            assert!(read(body).is_empty(), "{body}");
        }
        assert_eq!(read(r#"{"lines": ["a", ""]}"#), ["a", ""]);
    }
}
