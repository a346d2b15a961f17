//! Durations, lists and quoted reasons, as parts of a sentence.

use std::time::Duration;

/// A duration as text: `5 min 20 s`, `45 s`; from two hours `3 h 5 min`, from two days `6 days 5 h`.
#[must_use]
pub fn spell(duration: Duration) -> String {
    const HOUR: u64 = 60 * 60;
    const DAY: u64 = 24 * HOUR;
    let secs = duration.as_secs();
    let (unit, part, [units, parts]) = match secs {
        secs if secs >= 2 * DAY => (DAY, HOUR, [" days", " h"]),
        secs if secs >= 2 * HOUR => (HOUR, 60, [" h", " min"]),
        secs if secs >= 60 => (60, 1, [" min", " s"]),
        secs => return format!("{secs} s"),
    };
    match (secs / unit, secs % unit / part) {
        (whole, 0) => format!("{whole}{units}"),
        (whole, rest) => format!("{whole}{units} {rest}{parts}"),
    }
}

/// The first line of a long message and its last ones: an installer's output ends with what failed.
pub(super) fn ends(message: &str) -> String {
    const LAST: usize = 4;
    let lines: Vec<&str> = message.lines().filter(|line| !line.trim().is_empty()).collect();
    match lines.as_slice() {
        [first, rest @ ..] if rest.len() > LAST + 1 => {
            format!("{first}\n…\n{}", rest[rest.len() - LAST..].join("\n"))
        }
        _ => message.to_owned(),
    }
}

/// The maximum length of a shown name. The platform's user names are mail addresses.
const LONGEST_NAME: usize = 64;

/// A name that others chose, such as a user's, shortened for display.
#[must_use]
pub fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// `a`, `b` and `c`, each in backticks.
pub(super) fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// The platform's own message as a cause, or `otherwise` if there is none.
pub(super) fn said(problem: &str, otherwise: &str) -> String {
    said_by("The workspace", problem, otherwise)
}

/// The message of `speaker` as a cause, or `otherwise` if there is none.
pub(super) fn said_by(speaker: &str, problem: &str, otherwise: &str) -> String {
    match problem.trim() {
        "" => otherwise.to_owned(),
        problem => format!("{speaker} says: {problem}"),
    }
}

/// A message of the platform with the id by which its support finds the request.
pub(super) fn with_request(problem: &str, request: &str) -> String {
    match (problem.trim(), request) {
        (problem, "") => problem.to_owned(),
        ("", request) => format!("request id {request}"),
        (problem, request) => format!("{problem} (request id {request})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_between_characters() {
        assert_eq!(shortened("ada@example.com"), "ada@example.com");
        assert_eq!(shortened(&"é".repeat(300)).chars().count(), LONGEST_NAME + 1);
    }

    #[test]
    fn durations_are_spelled_in_minutes() {
        assert_eq!(spell(Duration::from_secs(320)), "5 min 20 s");
        assert_eq!(spell(Duration::from_secs(45)), "45 s");
        assert_eq!(spell(Duration::from_mins(20)), "20 min");
    }
}
