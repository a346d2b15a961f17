//! A module and the native deployer compared: the same requests at the same times, and the same shown to users.
//!
//! Both get the same seed, and make their random bytes of it with the same generator. So everything is compared as it
//! is, keys and ids included. The time at which something is shown isn't: a module hands events over at the end of
//! a turn.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::scenario::Starts;

/// What both are compared by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Each request with its time and process, in order; none where it was given up at once.
    pub sent: Vec<Option<String>>,
    /// What each process showed, in order, by process.
    pub told: Vec<(usize, String)>,
}

/// Runs `run` with `starts` and, if they are of a module, also natively; the first outcome, and the first
/// difference.
pub fn compared<T>(
    starts: &mut Starts,
    mut run: impl FnMut(&mut Starts) -> (T, Trace),
) -> (T, Option<String>) {
    let (outcome, module) = run(starts);
    let Some(natives) = starts.natives() else { return (outcome, None) };
    let (_, native) = run(natives);
    (outcome, difference(module, native))
}

/// The first difference.
fn difference(module: Trace, native: Trace) -> Option<String> {
    if module == native {
        return None;
    }
    let (module, native) = (lines(module), lines(native));
    let number = (0..module.len().max(native.len())).find(|line| module.get(*line) != native.get(*line))?;
    let [module, native] = [module, native].map(|lines| lines.get(number).map(|line| readable(line)));
    let shared = match (&module, &native) {
        (Some(module), Some(native)) => {
            module.chars().zip(native.chars()).take_while(|(one, other)| one == other).count()
        }
        _ => 0,
    };
    let [module, native] = [module, native].map(|line| match line {
        Some(line) => {
            let from = shared.saturating_sub(BEFORE);
            let head: String = line.chars().take(if from > 0 { HEAD } else { 0 }).collect();
            let part: String = line.chars().skip(from).take(BEFORE + AFTER).collect();
            if head.is_empty() { part } else { format!("{head}… {part}") }
        }
        None => "nothing more".to_owned(),
    });
    Some(format!("the module and the native deployer differ at {number}: `{module}`, natively `{native}`"))
}

/// How many characters of a line are shown: of its beginning, before the first difference, and from there on.
const HEAD: usize = 60;
const BEFORE: usize = 60;
const AFTER: usize = 140;

/// The requests, then what was shown: one process after the other, as those that wait at the same time may show
/// something in any order.
fn lines(mut trace: Trace) -> Vec<String> {
    trace.told.sort_by_key(|(process, _)| *process);
    let told = trace.told.into_iter().map(|(process, text)| format!("{process} shows {text}"));
    trace.sent.into_iter().flatten().chain(told).collect()
}

/// A line with the text of an uploaded file.
fn readable(line: &str) -> String {
    let Some((head, request)) = line.split_once(" {") else { return line.to_owned() };
    let Ok(mut request) = serde_json::from_str::<Value>(&format!("{{{request}")) else {
        return line.to_owned();
    };
    if let Some(content) = request["body"]["content"].as_str()
        && let Some(text) = STANDARD.decode(content).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    {
        request["body"]["content"] = text.into();
    }
    format!("{head} {request}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(sent: &[&str], told: &[(usize, &str)]) -> Trace {
        Trace {
            sent: sent.iter().map(|line| Some((*line).to_owned())).collect(),
            told: told.iter().map(|(process, text)| (*process, (*text).to_owned())).collect(),
        }
    }

    #[test]
    fn the_first_difference_is_told() {
        let module = trace(&["a", "b"], &[(0, "x"), (1, "y")]);
        assert_eq!(difference(module.clone(), trace(&["a", "b"], &[(1, "y"), (0, "x")])), None);
        for (native, wanted) in [
            (trace(&["a", "c"], &[]), "at 1: `b`, natively `c`"),
            (trace(&["a"], &[(0, "x")]), "at 1: `b`, natively `0 shows x`"),
            (trace(&["a", "b"], &[(0, "x")]), "at 3: `1 shows y`, natively `nothing more`"),
        ] {
            let found = difference(module.clone(), native).unwrap_or_default();
            assert!(found.ends_with(wanted), "{found}");
        }
    }

    #[test]
    fn a_difference_in_an_uploaded_file_can_be_read() {
        let upload = |text: &str| {
            let content = STANDARD.encode(format!("{}{text}", "-".repeat(500)));
            trace(&[&format!("7 0 {}", serde_json::json!({"body": {"content": content, "path": "/f"}}))], &[])
        };
        let found = difference(upload("left"), upload("right")).unwrap_or_default();
        assert!(found.contains("-left\"") && found.contains("-right\""), "{found}");
        assert!(found.contains("`7 0 {") && found.len() < 700, "{found}");
    }
}
