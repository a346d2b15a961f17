//! A plan, a status and a history as text.

use std::fmt::Write as _;

use crate::engine::journal::{RunRecord, RunStatus};
use crate::engine::releases::ReleaseState;
use crate::error::shortened;
use crate::operations::{History, Plan, Status};

mod changes;
mod lines;

use lines::{line, list, row};

/// The text of a plan.
#[must_use]
pub fn plan(plan: &Plan) -> String {
    let (operation, app) = (plan.operation.as_str(), &plan.app_name);
    let mut text = format!("Plan: `{operation}` the app `{app}`. Nothing has been changed\n");
    // What is lost comes first.
    list(&mut text, "\nLost\n", &plan.lost);
    list(&mut text, "\nKept, or recoverable\n", &plan.recoverable);
    text.push_str(&changes::changes(plan));
    list(&mut text, "\nNotes\n", &plan.notes);
    text.push_str("\nSteps\n");
    for step in &plan.steps {
        let after = match step.waits_for.as_slice() {
            [] => String::new(),
            steps => format!("  (after {})", steps.join(", ")),
        };
        line(&mut text, &format!("  {:<13} {}{after}", step.step, step.title));
    }
    for file in &plan.files {
        let _ = writeln!(text, "\n{}", file.name);
        for content in file.content.lines() {
            line(&mut text, &format!("  | {content}"));
        }
    }
    text
}

/// The text of a plan before its operation runs: what is lost first, then what changes.
#[must_use]
pub fn before_run(plan: &Plan) -> String {
    let (operation, app) = (plan.operation.as_str(), &plan.app_name);
    let mut text = format!("\n`{operation}` of the app `{app}`\n");
    list(&mut text, "\nLost\n", &plan.lost);
    list(&mut text, "\nKept, or recoverable\n", &plan.recoverable);
    text.push_str(&changes::changes(plan));
    text
}

/// The text of a status.
#[must_use]
pub fn status(status: &Status) -> String {
    let mut text = match &status.app {
        None => format!("There is no app `{}`\n", status.app_name),
        Some(app) => {
            let state = app.state.as_deref().unwrap_or("not deployed");
            let mut text = String::new();
            line(
                &mut text,
                &format!("The app `{}` is {state}, its compute is {}", status.app_name, app.compute),
            );
            row(&mut text, "Says", app.message.as_deref());
            row(&mut text, "Address", app.url.as_deref());
            row(&mut text, "Created by", app.creator.as_deref().map(shortened).as_deref());
            row(&mut text, "Size", app.compute_size.as_deref());
            row(&mut text, "Instances", app.instances.as_deref());
            row(&mut text, "Telemetry", app.telemetry.as_deref());
            text
        }
    };
    let package = status.app_package.as_deref().map(|package| match &status.app_version {
        Some(version) => format!("{package} {version}"),
        None => package.to_owned(),
    });
    let database = status.lakebase_name.as_deref().map(|name| {
        let kind = status.lakebase_type.as_deref().map(|kind| format!(", {kind}")).unwrap_or_default();
        let schema = status.schema_name.as_deref().map(|name| format!(", schema {name}")).unwrap_or_default();
        format!("{name}{kind}{schema}")
    });
    let label = if status.deployed { "Deployed" } else { "Not deployed" };
    row(&mut text, label, package.as_deref());
    row(&mut text, "Database", database.as_deref());
    let services = &status.services;
    row(&mut text, "Endpoint", services.serving_endpoint.as_deref());
    let spaces = Some(services.genie_spaces.join(", ")).filter(|spaces| !spaces.is_empty());
    row(&mut text, "Genie spaces", spaces.as_deref());
    row(&mut text, "Warehouse", services.sql_warehouse.as_deref());
    let shared = status.shared_with.iter().map(|to| format!("{} ({})", shortened(&to.name), to.level));
    let shared = Some(shared.collect::<Vec<_>>().join(", ")).filter(|shared| !shared.is_empty());
    row(&mut text, "Shared with", shared.as_deref());
    row(&mut text, "Files", status.app_file_workspace_path.as_deref());
    row(&mut text, "Last run", status.last_run.as_ref().map(last_run).as_deref());
    let lock = status.lock.as_ref();
    let at_work = lock
        .map(|lock| (shortened(&lock.holder), &lock.operation, lock.since))
        .map(|(holder, operation, since)| format!("{holder} has been running `{operation}` since {since}"));
    row(&mut text, "In progress", at_work.as_deref());
    list(&mut text, "\nNot shown\n", &status.unread);
    if status.can_resume {
        text.push_str("\nThe last run did not finish; run it again to resume it\n");
    }
    text
}

/// The text of a history; `program` is the command that goes back to a release.
#[must_use]
pub fn history(history: &History, program: &str) -> String {
    let mut text = String::new();
    if history.releases.is_empty() {
        line(&mut text, &format!("No release of the app `{}` is recorded yet", history.app_name));
    } else {
        line(&mut text, &format!("Releases of the app `{}`, the newest first", history.app_name));
        text.push('\n');
    }
    for release in &history.releases {
        let mark = if history.current == Some(release.number) { '*' } else { ' ' };
        let version = release.version.as_deref().unwrap_or("newest");
        let state = match release.state {
            ReleaseState::Deploying => "did not end",
            ReleaseState::Healthy => "healthy",
            ReleaseState::Unchecked => "runs, not asked",
            ReleaseState::Failed => "failed",
        };
        let by = shortened(&release.by);
        let again = release.returned_to.map(|number| format!(" to release {number}")).unwrap_or_default();
        line(
            &mut text,
            &format!(
                "{mark} {:>3}  {:<16}  {} {version}  {}{again} by {by} at {}",
                release.number, state, release.package, release.operation, release.at
            ),
        );
        let problem = release.problem.as_deref().filter(|_| release.state == ReleaseState::Failed);
        for more in problem.into_iter().flat_map(str::lines) {
            line(&mut text, &format!("       {more}"));
        }
        if let Some(number) = release.put_back {
            line(&mut text, &format!("       Release {number} was put back"));
        }
    }
    if !history.restore_points.is_empty() {
        text.push_str("\nBranches of the database that data can be restored from, the newest first\n");
    }
    for kept in &history.restore_points {
        let mark = if kept.in_use { '*' } else { ' ' };
        let until = match kept.expires_at {
            Some(at) => format!("until {at}"),
            None => "until it is deleted".to_owned(),
        };
        let of = match (kept.in_use, kept.is_own) {
            (true, _) => "used by the app, kept",
            (false, true) => "kept",
            (false, false) => "made of another branch than the app's, kept",
        };
        line(&mut text, &format!("{mark} {:<28}  {of} {until}", kept.id));
    }
    list(&mut text, "\nNot shown\n", &history.unread);
    if let Some(previous) = history.previous {
        let app = &history.app_name;
        text.push('\n');
        line(&mut text, &format!("`{program} rollback {app}` goes back to release {previous}"));
    }
    text
}

fn last_run(run: &RunRecord) -> String {
    let ended = match run.status {
        RunStatus::Running => "has not ended",
        RunStatus::Finished => "finished",
        RunStatus::Failed => "failed",
        RunStatus::Cancelled => "was cancelled",
    };
    let wheel = run.wheel.as_deref().map(|wheel| format!(", with the wheel {wheel}")).unwrap_or_default();
    let by = shortened(&run.by);
    format!("`{}` by {by} at {}{wheel}: {ended}", run.operation, run.started_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{AppState, AttachedServices, SharedWith};

    #[test]
    fn nothing_of_a_status_controls_the_terminal() {
        let hostile = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}";
        let text = status(&Status {
            app_name: "tellr".into(),
            app_file_workspace_path: Some(hostile.into()),
            app: Some(AppState {
                url: Some(hostile.into()),
                creator: Some(hostile.into()),
                compute: hostile.into(),
                compute_size: Some(hostile.into()),
                instances: Some(hostile.into()),
                telemetry: Some(hostile.into()),
                state: Some(hostile.into()),
                message: Some(hostile.into()),
            }),
            lakebase_name: Some(hostile.into()),
            lakebase_type: None,
            schema_name: Some(hostile.into()),
            services: AttachedServices {
                serving_endpoint: Some(hostile.into()),
                genie_spaces: vec![hostile.into()],
                sql_warehouse: Some(hostile.into()),
            },
            shared_with: vec![SharedWith {
                name: hostile.into(),
                kind: "user".into(),
                level: hostile.into(),
            }],
            app_package: Some(hostile.into()),
            app_version: Some(hostile.into()),
            last_run: None,
            lock: None,
            deployed: true,
            unread: vec![hostile.into()],
            can_resume: false,
        });
        assert!(text.contains("red"), "{text}");
        assert!(text.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{text:?}");
    }
}
