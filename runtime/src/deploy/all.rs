//! `tellr-app deploy all`: an operation for each environment of a file, in each of several profiles.
//!
//! Problem: an organisation has the same app in several workspaces or environments, and updates all of them.
//!
//! Choice: every target is checked before the first request, so that a mistake in one stops all of them. Then at
//! most `--concurrency` run side by side; a failure of one doesn't stop the others. A table at the end has each
//! target's result. The exit code is 0 if all succeeded, 1 if one failed, 2 if nothing was started, and 130 if
//! it was cancelled.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use deployer::command_line::events;
use deployer::command_line::text::printable;
use deployer::config::resolve;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::json;

use super::native_host::NativeHost;
use super::printer::{Style, print, print_result};
use super::setting_flags::{self, Create, SettingFlags, Update};
use crate::workspace::sign_in::{self, Found, SelectionArguments};
use crate::workspace::{self, ClientError, Workspace};

/// The operations that can be run for several targets.
#[derive(Debug, Subcommand)]
pub enum AllOperation {
    /// Create the app in each environment of the file, or in each profile's workspace
    Create(Box<AllFlags<Create>>),
    /// Update the app in each environment of the file, or in each profile's workspace
    Update(Box<AllFlags<Update>>),
}

/// The flags of an operation for several targets.
#[derive(Debug, Args)]
pub struct AllFlags<O: setting_flags::Operation> {
    /// A profile of ~/.databrickscfg; may be given several times
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// How many run side by side
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    concurrency: u8,
    /// Confirm that data is deleted, which is not asked for several apps
    #[arg(long, short)]
    yes: bool,
    /// Print events and results as JSON lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingFlags<O>,
}

/// What is run, and where.
struct Target {
    name: String,
    change: Change,
    found: Found,
}

/// The row of a target.
#[derive(Debug, Serialize)]
struct Row {
    target: String,
    /// `created`, `updated`, `failed` or `cancelled`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<DeployError>,
}

impl AllOperation {
    /// Whether JSON lines are printed.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Create(flags) => flags.json,
            Self::Update(flags) => flags.json,
        }
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        match self {
            Self::Create(flags) => flags.settings.is_from_file(),
            Self::Update(flags) => flags.settings.is_from_file(),
        }
    }

    /// Runs it for all targets, and prints the report.
    ///
    /// # Errors
    /// If nothing was started; or the first error of a target, after the report was printed.
    pub(super) async fn run(self, style: Style, cancellation: &Cancellation) -> Result<Ended, DeployError> {
        let (concurrency, targets) = match self {
            Self::Create(flags) => (
                flags.concurrency,
                flags.targets(|settings| Ok(Change::Create(Box::new(settings.resolve(resolve::create)?))))?,
            ),
            Self::Update(flags) => (
                flags.concurrency,
                flags.targets(|settings| Ok(Change::Update(Box::new(settings.resolve(resolve::update)?))))?,
            ),
        };
        let width = targets.iter().map(|target| target.name.chars().count()).max().unwrap_or_default();
        let names: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
        let running = targets.into_iter().map(|target| target.run(style, width, cancellation));
        let mut rows: Vec<Row> = stream::iter(running).buffer_unordered(concurrency.into()).collect().await;
        rows.sort_by_key(|row| names.iter().position(|name| *name == row.target));
        let ended = Ended::of(&rows);
        let text = style.result(&json!({"targets": rows}), table(&rows).trim_end());
        print_result(&text)
            .map_err(|error| Failure::Unreachable { problem: format!("The report is lost: {error}") })?;
        Ok(ended)
    }
}

/// How all of them ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All succeeded.
    Well,
    /// One failed.
    Failed,
    /// None failed, and one was cancelled.
    Cancelled,
}

impl Ended {
    fn of(rows: &[Row]) -> Self {
        let has = |result: &str| rows.iter().any(|row| row.result == result);
        match (has("failed"), has("cancelled")) {
            (true, _) => Self::Failed,
            (_, true) => Self::Cancelled,
            _ => Self::Well,
        }
    }

    /// The exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Failed => 1,
            Self::Cancelled => 130,
        }
    }
}

impl<O: setting_flags::Operation> AllFlags<O> {
    /// Checks each target: its settings, its workspace, its credential.
    fn targets(
        self,
        read: impl Fn(SettingFlags<O>) -> Result<Change, DeployError>,
    ) -> Result<Vec<Target>, DeployError> {
        let environments = self.settings.environments()?;
        let environments: Vec<Option<String>> =
            if environments.is_empty() { vec![None] } else { environments.into_iter().map(Some).collect() };
        let profiles: Vec<Option<String>> = if self.profiles.is_empty() {
            vec![None]
        } else {
            self.profiles.iter().cloned().map(Some).collect()
        };
        let mut targets = Vec::new();
        for profile in &profiles {
            for environment in &environments {
                let mut settings = self.settings.clone();
                if let Some(environment) = environment {
                    settings.set_environment(environment);
                }
                let change = read(settings)?;
                let loses = deployer::command_line::confirmation::loses(&change);
                if loses && !self.yes {
                    let (operation, app) =
                        (change.operation().as_str().to_owned(), change.app_name().to_owned());
                    return Err(Failure::ConfirmationNeeded { operation, app }.into());
                }
                let asked = SelectionArguments { host: None, profile: profile.clone() };
                let found = sign_in::find(&asked, |name| std::env::var(name).ok())?;
                let name = match (environment, profile) {
                    (Some(environment), Some(profile)) => format!("{environment}@{profile}"),
                    (Some(environment), None) => environment.clone(),
                    (None, Some(profile)) => profile.clone(),
                    (None, None) => change.app_name().to_owned(),
                };
                targets.push(Target { name, change, found });
            }
        }
        Ok(targets)
    }
}

impl Target {
    async fn run(self, style: Style, width: usize, cancellation: &Cancellation) -> Row {
        let began = Instant::now();
        let name = self.name.clone();
        let outcome = Box::pin(self.change(style, width, cancellation)).await;
        let seconds = began.elapsed().as_secs_f64();
        let (result, url, error) = match outcome {
            Ok((result, url)) => (result, Some(url), None),
            Err(error) if error.is("CANCELLED") => ("cancelled", None, Some(error)),
            Err(error) => ("failed", None, Some(error)),
        };
        Row { target: name, result, url, seconds, error }
    }

    async fn change(
        self,
        style: Style,
        width: usize,
        cancellation: &Cancellation,
    ) -> Result<(&'static str, String), DeployError> {
        let Self { name, change, found } = self;
        let unreachable = |error: ClientError| Failure::Unreachable { problem: error.to_string() };
        let http = workspace::client().map_err(unreachable)?;
        let id = found.workspace_id.clone();
        let workspace = Workspace::new(http, found.credential()?).with_id(id);
        let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
        let tell = move |event: DeployEvent| print(&line(style, &name, width, &event));
        let host = NativeHost::of(workspace, roots.as_deref(), tell);
        match change {
            Change::Create(config) => {
                let result = Box::pin(operations::create(&host, &config, cancellation)).await?;
                Ok(("created", result.url))
            }
            Change::Update(config) => {
                let result = Box::pin(operations::update(&host, &config, cancellation)).await?;
                Ok(("updated", result.url))
            }
            Change::Delete(config) => {
                let result = Box::pin(operations::delete(&host, &config, cancellation)).await?;
                Ok(("deleted", result.app_name))
            }
        }
    }
}

/// An event's line, after the name of its target.
fn line(style: Style, name: &str, width: usize, event: &DeployEvent) -> String {
    match style {
        Style::Json => format!("{}\n", json!({"type": "event", "target": name, "event": event})),
        Style::Lines { colour } => match events::line(event, colour) {
            line if line.is_empty() => line,
            line => format!("{:<width$} {line}", printable(name)),
        },
    }
}

/// The report.
fn table(rows: &[Row]) -> String {
    let name_of = |row: &Row| printable(&row.target);
    let width = rows.iter().map(|row| name_of(row).chars().count()).max().unwrap_or_default().max(6);
    let mut text =
        format!("{:<width$}  {:<9}  {:>7}  {}\n", "TARGET", "RESULT", "SECONDS", "ADDRESS OR ERROR");
    for row in rows {
        let said = match (&row.url, &row.error) {
            (Some(url), _) => url.clone(),
            (None, Some(error)) => format!("{}: {}", error.code, error.message),
            (None, None) => String::new(),
        };
        let said = printable(&said);
        let _ = writeln!(text, "{:<width$}  {:<9}  {:>7.1}  {said}", name_of(row), row.result, row.seconds);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(target: &str, result: &'static str, error: Option<DeployError>) -> Row {
        let url = error.is_none().then(|| "https://x.example".to_owned());
        Row { target: target.to_owned(), result, url, seconds: 61.25, error }
    }

    #[test]
    fn the_report_has_a_row_for_each_target() {
        let rows = [
            row("production", "updated", None),
            row("staging", "failed", Some(Failure::AppNotFound { app: "x\u{1b}[2J".into() }.into())),
        ];
        let text = table(&rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "TARGET      RESULT     SECONDS  ADDRESS OR ERROR");
        assert_eq!(lines[1], "production  updated       61.2  https://x.example");
        assert!(
            lines[2].starts_with("staging     failed        61.2  APP_NOT_FOUND: ")
                && !lines[2].contains('\u{1b}')
        );
        assert_eq!((Ended::of(&rows).code(), Ended::of(&rows[..1]).code()), (1, 0));
        assert_eq!(
            Ended::of(&[row("a", "cancelled", Some(Failure::AppNotFound { app: "a".into() }.into()))]).code(),
            130
        );
    }
}
