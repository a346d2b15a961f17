//! The list of an app's releases, read as the JSON that it is: what may never be lost, and what must be true of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Whether the app of a release ran after its deployment.
fn is_up(release: &Value) -> bool {
    matches!(release["state"].as_str(), Some("healthy" | "unchecked"))
}

fn all(list: &Value) -> &[Value] {
    list["releases"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str::<Value>(text).ok().filter(|list| list["releases"].is_array())
}

/// The app that a list is of.
pub fn app(list: &str) -> String {
    parsed(list).and_then(|list| list["app_name"].as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is lost when the list `before` is replaced by `after`.
pub fn lost(before: &str, after: &str) -> Vec<String> {
    let (Some(before), Some(after)) = (parsed(before), parsed(after)) else {
        return vec!["a list of releases can't be read".to_owned()];
    };
    if before["app_name"] != after["app_name"] {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for release in all(&before) {
        let number = &release["number"];
        let Some(now) = all(&after).iter().find(|now| now["number"] == *number) else {
            problems.push(format!("the release {number} was lost"));
            continue;
        };
        // An app that moves to a folder brings its own history: there may be that of a deleted app of its name, or of a
        // run that died before it deployed the app from there. What the app itself ran is checked at the end.
        if now["run"] != release["run"] {
            continue;
        }
        for fixed in ["run", "operation", "by", "at", "package", "version", "settings", "app", "returned_to"]
        {
            if now[fixed] != release[fixed] {
                problems.push(format!("`{fixed}` of the release {number} was changed"));
            }
        }
        if is_up(release) && !is_up(now) {
            problems.push(format!("the release {number}, which ran, is now {}", now["state"]));
        }
    }
    if before["next"].as_u64() > after["next"].as_u64() {
        problems.push("the number of the next release went back".to_owned());
    }
    problems
}

/// The numbers and runs of the releases that ran.
pub fn ran(list: &str) -> Vec<(u64, String)> {
    let Some(list) = parsed(list) else { return Vec::new() };
    let up = all(&list).iter().filter(|release| is_up(release));
    up.map(|release| {
        (
            release["number"].as_u64().unwrap_or_default(),
            release["run"].as_str().unwrap_or_default().to_owned(),
        )
    })
    .collect()
}

/// What isn't as it must be in the list `text` of an app that runs the deployment `active`.
pub fn problems(text: &str, active: Option<&str>) -> Vec<String> {
    let Some(list) = parsed(text) else { return vec!["the list of releases can't be read".to_owned()] };
    let mut problems = Vec::new();
    let numbers: Vec<u64> = all(&list).iter().filter_map(|release| release["number"].as_u64()).collect();
    if numbers.len() != all(&list).len() || !numbers.is_sorted_by(|one, other| one < other) {
        problems.push(format!("the releases have the numbers {numbers:?}"));
    }
    if list["next"].as_u64() <= numbers.last().copied() {
        problems.push(format!("the next release gets the number {}", list["next"]));
    }
    let runs: BTreeSet<&str> = all(&list).iter().filter_map(|release| release["run"].as_str()).collect();
    if runs.len() != numbers.len() {
        problems.push("a run has made two releases".to_owned());
    }
    let last = all(&list).iter().rev().find(|release| is_up(release));
    let Some(last) = last else {
        problems.push("no release is recorded to have run".to_owned());
        return problems;
    };
    if list["current"] != last["number"] {
        problems.push(format!("the present release is {}, and {} ran last", list["current"], last["number"]));
    }
    if last["deployment_id"].as_str() != active {
        problems.push(format!("the deployment {active:?} runs, and {} is recorded", last["deployment_id"]));
    }
    problems
}

/// Whether the present release of a list has the version and the settings of the release `number`, or its files: a later
/// run may have come to the same ones by other settings, and then a rollback changes nothing. Grants, tags and the folder
/// are no part of a release, though the settings of its run are recorded with them.
pub fn is_same(text: &str, number: &str) -> bool {
    let (Some(list), Some(current)) = (parsed(text), current(text)) else { return false };
    let Ok(number) = number.parse::<u64>() else { return false };
    let target = all(&list).iter().find(|release| release["number"].as_u64() == Some(number));
    let settings = |release: &Value| {
        let settings = release["settings"].as_object().into_iter().flatten();
        let beside = ["share_with", "tags", "app_file_workspace_path"];
        let of_release = settings.filter(|(name, _)| !beside.contains(&name.as_str()));
        of_release.map(|(name, value)| (name.clone(), value.clone())).collect::<BTreeMap<_, _>>()
    };
    let files = |release: &Value| {
        let files = release["files"].as_array().into_iter().flatten();
        files.map(|file| (file["name"].to_string(), file["sha256"].to_string())).collect::<BTreeSet<_>>()
    };
    target.is_some_and(|target| {
        ["version", "package"].iter().all(|it| target[it] == current[it])
            && (settings(target) == settings(&current) || files(target) == files(&current))
    })
}

/// The present release of a list.
pub fn current(text: &str) -> Option<Value> {
    let list = parsed(text)?;
    all(&list).iter().find(|release| release["number"] == list["current"]).cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(states: &[&str]) -> String {
        let releases: Vec<Value> = (1..)
            .zip(states)
            .map(|(number, state)| {
                json!({"number": number, "run": format!("r{number}"), "state": state, "deployment_id": number.to_string()})
            })
            .collect();
        let (next, current) = (releases.len() + 1, states.iter().rposition(|state| *state == "healthy"));
        json!({"app_name": "a", "next": next, "current": current.map(|at| at + 1), "releases": releases})
            .to_string()
    }

    #[test]
    fn a_release_may_be_added_and_end() {
        assert!(
            lost(&list(&["healthy", "deploying"]), &list(&["healthy", "failed", "deploying"])).is_empty()
        );
        assert!(problems(&list(&["healthy", "failed"]), Some("1")).is_empty());
    }

    #[test]
    fn a_release_that_is_lost_is_found() {
        assert_eq!(lost(&list(&["healthy", "healthy"]), &list(&["healthy"])).len(), 2);
        assert_eq!(lost(&list(&["healthy"]), &list(&["failed"])).len(), 1);
        assert_eq!(problems(&list(&["healthy", "healthy"]), Some("1")).len(), 1);
    }
}
