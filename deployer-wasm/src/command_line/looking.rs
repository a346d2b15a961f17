//! The list of apps, and findings, as text.

use std::fmt::Write as _;

use super::text::{number, printable};
use crate::error::shortened;
use crate::operations::{AppList, Cost, Finding, Findings, Fixer, Health, ListedApp, Severity};

/// The text of the list of apps.
#[must_use]
pub fn list(list: &AppList) -> String {
    let all = list.apps_in_workspace;
    if list.apps.is_empty() {
        return format!("None of the {all} apps that you can see in this workspace is Tellr\n");
    }
    let head = ["APP", "VERSION", "HEALTH", "DRIFT", "LAST RUN", "DATABASE", "DBU/H", "CU"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(list.apps.iter().map(|app| row(app).to_vec()));
    let mut text = columns(&rows);
    for app in &list.apps {
        let problems = app.problem.iter().chain(&app.unread);
        for problem in problems {
            let _ = writeln!(text, "\n{}: {}", printable(&app.app_name), printable(problem));
        }
    }
    text
}

/// Rows of equally many cells as text, in columns.
pub fn columns(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    let count = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default())
        .collect();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

fn row(app: &ListedApp) -> [String; 8] {
    let dash = || "-".to_owned();
    let version = app.runs.as_ref().or(app.app_version.as_ref());
    let drift = match app.drift {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    };
    let run = app.last_run.as_ref().map(|run| {
        let day = run.started_at.to_string();
        format!("{} {} by {}", run.operation, day.get(..10).unwrap_or(&day), shortened(&run.by))
    });
    let database = app.lakebase_name.as_ref().map(|name| match &app.schema_name {
        Some(schema) => format!("{name}/{schema}"),
        None => name.clone(),
    });
    let Cost { app_dbu_per_hour, database_min_cu, database_max_cu } = app.cost;
    let units = match (database_min_cu, database_max_cu) {
        (Some(min), Some(max)) if (max - min).abs() > f64::EPSILON => {
            format!("{}–{}", number(min), number(max))
        }
        (Some(units), _) => number(units),
        (None, _) => "unknown".to_owned(),
    };
    [
        app.app_name.clone(),
        version.cloned().unwrap_or_else(dash),
        health(app.health).to_owned(),
        drift.to_owned(),
        run.unwrap_or_else(dash),
        database.unwrap_or_else(dash),
        app_dbu_per_hour.map_or_else(|| "unknown".to_owned(), number),
        units,
    ]
    .map(|cell| printable(&cell))
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Unchecked => "running, not checked",
        Health::Changing => "changing",
        Health::Stopped => "stopped",
        Health::NotDeployed => "not deployed",
        Health::Unhealthy => "unhealthy",
    }
}

/// The text of findings.
#[must_use]
pub fn findings(found: &Findings) -> String {
    let count = |severity| found.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let operation = found.operation.as_str();
    let verdict = match (errors, warnings) {
        (0, 0) => "Checks passed".to_owned(),
        (0, warnings) => format!("Checks passed, with {}", counted(warnings, "warning")),
        (errors, 0) => format!("{} would stop the deployment", counted(errors, "error")),
        (errors, warnings) => {
            format!(
                "{} would stop the deployment; {}",
                counted(errors, "error"),
                counted(warnings, "warning")
            )
        }
    };
    let mut text = format!("`{operation}` of the app `{}`: {verdict}\n\n", printable(&found.app_name));
    for finding in &found.findings {
        text.push_str(&one(finding));
    }
    text
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn one(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Error => '✗',
        Severity::Warning => '!',
        Severity::Ok => '✓',
    };
    let mut text = format!("{mark} {:<16}  {}\n", printable(&finding.check), printable(&finding.message));
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {:<16}  {name:<9} {}", "", printable(value));
    };
    if let Some(cause) = finding.cause.as_deref().filter(|cause| !cause.is_empty()) {
        row("Why:", cause);
    }
    if let Some(how) = &finding.how {
        row("What now:", how);
    }
    if let Some(who) = finding.who.filter(|who| *who != Fixer::NoAction) {
        row("Who:", who.words());
    }
    text
}
