//! The changes of a plan as text: a symbol and a word for each resource, so that no colour is needed.

use std::fmt::Write as _;

use crate::operations::{Action, FieldChange, FieldValue, Plan, Reason, ResourceChange};

use super::lines::line;

/// The longest text of a value on a line, in characters.
const WIDTH: usize = 100;

/// The changes of `plan`, or a sentence that there are none. What is lost comes first, as in the plan.
pub(super) fn changes(plan: &Plan) -> String {
    let mut text = String::from("\nChanges\n");
    for change in plan.changes.iter().filter(|change| change.is_made() || change.is_drifted()) {
        resource(&mut text, change);
    }
    let unchanged: Vec<String> = plan
        .changes
        .iter()
        .filter(|change| !change.is_made() && !change.is_drifted())
        .map(|change| format!("{} {}", change.resource.noun(), change.name))
        .collect();
    if !unchanged.is_empty() {
        line(&mut text, &format!("  =   unchanged  {}", unchanged.join(", ")));
    }
    line(&mut text, &format!("  {}", summary(plan)));
    text
}

fn resource(text: &mut String, change: &ResourceChange) {
    let (symbol, word) = symbol(change.action);
    line(text, &format!("  {symbol:<3} {word:<10} {} {}", change.resource.noun(), change.name));
    // The fields of what is created are its settings, which the generated files show as well.
    for field in &change.fields {
        if !matches!(field.reason, Reason::ServerDefault) {
            line(text, &format!("        {}", told(field)));
        }
    }
}

/// The sign and the word of an action.
fn symbol(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Create => ("+", "create"),
        Action::Update => ("~", "update"),
        Action::Recreate => ("-/+", "recreate"),
        Action::Adopt => ("~", "adopt"),
        Action::NoChange => ("=", "keep"),
        Action::Delete => ("-", "delete"),
    }
}

fn told(FieldChange { field, old, new, remote, reason }: &FieldChange) -> String {
    if let (Reason::Wanted | Reason::Drifted, Some(FieldValue::List(new)), Some(FieldValue::List(remote))) =
        (reason, new, remote)
        && let Some(difference) = difference(new, remote)
    {
        return format!("{field}: {difference}");
    }
    let (old, new, remote) = (value(old.as_ref()), value(new.as_ref()), value(remote.as_ref()));
    match reason {
        // A placeholder that already says so: "(known after the database is created)".
        Reason::Unknown if new.starts_with('(') => format!("{field}: {new}"),
        Reason::Unknown => format!("{field}: {new} (unknown)"),
        Reason::Managed => format!("{field}: {remote}, being changed by the platform to {new}"),
        Reason::ServerDefault => format!("{field}: {remote} (set by the platform, kept)"),
        Reason::Drifted if new == remote => {
            format!("{field}: {remote} is kept (drifted: {old} was applied)")
        }
        Reason::Drifted => format!("{field}: {remote} -> {new} (drifted: {old} was applied)"),
        Reason::Wanted if remote == "none" => format!("{field}: {new}"),
        Reason::Wanted => format!("{field}: {remote} -> {new}"),
    }
}

/// What is added to a list and what is removed from it; `None` if only their order differs.
fn difference(new: &[String], remote: &[String]) -> Option<String> {
    let without = |list: &[String], other: &[String], sign: &str| {
        let only = list.iter().filter(|entry| !other.contains(entry));
        only.map(|entry| format!("{sign}{entry}")).collect::<Vec<_>>()
    };
    let all = [without(new, remote, "+"), without(remote, new, "-")].concat();
    (!all.is_empty()).then(|| all.join(", "))
}

fn value(value: Option<&FieldValue>) -> String {
    let text = match value {
        None => return "none".to_owned(),
        Some(FieldValue::Text(text)) => text.clone(),
        Some(FieldValue::List(list)) => list.join(", "),
    };
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// How many resources are changed, in words.
fn summary(plan: &Plan) -> String {
    let count = |is: fn(Action) -> bool| plan.changes.iter().filter(|change| is(change.action)).count();
    let mut told = String::new();
    for (number, word) in [
        (count(|action| action == Action::Delete), "to delete"),
        (count(|action| action == Action::Recreate), "to recreate"),
        (count(|action| action == Action::Create), "to create"),
        (count(|action| matches!(action, Action::Update | Action::Adopt)), "to update"),
        (count(|action| action == Action::NoChange), "unchanged"),
    ] {
        if number > 0 {
            let separator = if told.is_empty() { "" } else { ", " };
            let _ = write!(told, "{separator}{number} {word}");
        }
    }
    if plan.empty { format!("No changes: {told}") } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: &str, [old, new, remote]: [Option<&str>; 3], reason: Reason) -> FieldChange {
        let [old, new, remote] = [old, new, remote].map(|text| text.map(FieldValue::from));
        FieldChange { field: field.into(), old, new, remote, reason }
    }

    #[test]
    fn of_a_list_the_difference_is_told() {
        let list =
            |entries: &[&str]| Some(FieldValue::List(entries.iter().map(ToString::to_string).collect()));
        let change = FieldChange {
            field: "user_api_scopes".into(),
            old: None,
            new: list(&["sql", "files.files", "iam.current-user:read"]),
            remote: list(&["sql", "genie", "files.files"]),
            reason: Reason::Wanted,
        };
        assert_eq!(told(&change), "user_api_scopes: +iam.current-user:read, -genie");
    }

    #[test]
    fn a_field_tells_what_it_is_what_it_becomes_and_why() {
        for (change, expected) in [
            (field("a", [None, Some("x"), None], Reason::Wanted), "a: x"),
            (field("a", [Some("w"), Some("x"), Some("w")], Reason::Wanted), "a: w -> x"),
            (
                field("a", [Some("x"), Some("x"), Some("y")], Reason::Drifted),
                "a: y -> x (drifted: x was applied)",
            ),
            (
                field("a", [Some("x"), Some("y"), Some("y")], Reason::Drifted),
                "a: y is kept (drifted: x was applied)",
            ),
            (field("a", [Some("x"), None, Some("y")], Reason::Wanted), "a: y -> none"),
            (field("a", [None, Some("latest"), None], Reason::Unknown), "a: latest (unknown)"),
        ] {
            assert_eq!(told(&change), expected);
        }
    }
}
