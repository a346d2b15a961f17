//! `tellr-app deploy all`: an operation for each environment of a file, in each of several profiles.
//!
//! Problem: an organisation has the same app in several environments or workspaces, and updates all of them.
//!
//! Choice: every target is checked before the first request, so that a mistake in one stops all of them. If data
//! would be lost, it is shown for each target before anything is changed, and `--yes` is needed. Then at most
//! `--concurrency` targets run side by side; a failure of one doesn't stop the others. The last thing printed is a
//! report with a row for each target.
//!
//! Exit codes: 0 all succeeded, 1 one failed, 2 refused before anything was changed, 130 cancelled.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::Poll;
use std::time::Instant;

use clap::{Args, Subcommand};
use deployer::command_line::confirmation::loses;
use deployer::command_line::looking::columns;
use deployer::command_line::program::NATIVE;
use deployer::command_line::report;
use deployer::command_line::text::printable;
use deployer::config::resolve;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, ErrorClass, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change};
use serde::Serialize;
use serde_json::{Value, json};

use super::connection::{connected, found};
use super::flags::Program;
use super::native_host::NativeHost;
use super::printer::{Style, output_lost, print, print_error, print_result, style_of_stderr};
use super::setting_flags::{self, Create, Given, SettingFlags, Update};
use crate::workspace::sign_in::Found;

/// What can be done for several targets.
#[derive(Debug, Subcommand)]
pub enum AllOperation {
    /// An operation.
    #[command(flatten)]
    Change(AllChange),
    /// Show what an operation would do for each of them, without changing anything
    #[command(subcommand)]
    Plan(AllChange),
}

/// The operations that can be run for several targets.
#[derive(Debug, Subcommand)]
pub enum AllChange {
    /// Create the app in each environment of the file, and in each profile's workspace
    Create(Box<AllFlags<Create>>),
    /// Update the app in each environment of the file, and in each profile's workspace
    Update(Box<AllFlags<Update>>),
}

/// The flags of an operation for several targets.
#[derive(Debug, Args)]
pub struct AllFlags<O: setting_flags::Operation> {
    #[command(flatten)]
    several: Several,
    #[command(flatten)]
    settings: SettingFlags<O>,
    #[command(flatten)]
    program: Program,
}

/// The flags that don't depend on the operation.
#[derive(Debug, Args)]
pub(super) struct Several {
    /// A profile of ~/.databrickscfg. May be given several times: each is a target for each environment
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// How many targets run side by side
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    concurrency: u8,
    /// Confirm that data is deleted. Required with --reset-database; without it, what would be lost is shown
    #[arg(long, short)]
    yes: bool,
    /// Print events and the report as JSON lines
    #[arg(long)]
    json: bool,
}

/// What is run, and where.
struct Target {
    name: String,
    change: Change,
    found: Found,
}

/// The report on a target.
#[derive(Debug, Serialize)]
struct Row {
    target: String,
    app_name: String,
    workspace: String,
    /// `created`, `updated`, `planned`, `failed` or `cancelled`.
    outcome: &'static str,
    seconds: f64,
    /// What the operation returned, or the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<DeployError>,
}

/// What is done with a target. One type for all of it, so that what runs them side by side is compiled once.
type Work<'a> = Pin<Box<dyn Future<Output = Result<Outcome, DeployError>> + 'a>>;

/// What became of a target.
struct Outcome {
    /// `created`, `updated` or `planned`.
    word: &'static str,
    /// What the operation returned, or the plan.
    result: Value,
    /// The text of a plan.
    text: String,
}

/// Names settings in an error as the caller does.
type Naming<'a> = &'a dyn Fn(DeployError) -> DeployError;

/// What became of it, and the seconds that it took.
type Done = (Result<Outcome, DeployError>, f64);

impl AllOperation {
    fn change(&self) -> &AllChange {
        match self {
            Self::Change(change) | Self::Plan(change) => change,
        }
    }

    /// Whether JSON lines are printed.
    pub(super) fn is_json(&self) -> bool {
        match self.change() {
            AllChange::Create(flags) => flags.several.json,
            AllChange::Update(flags) => flags.several.json,
        }
    }

    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        match self.change() {
            AllChange::Create(flags) => flags.settings.is_from_file(),
            AllChange::Update(flags) => flags.settings.is_from_file(),
        }
    }

    /// Runs it for all targets, and prints the report with errors as they are `named` here. Returns the exit code.
    ///
    /// # Errors
    /// If nothing was changed, or the report is lost.
    pub(super) async fn run(
        self,
        style: Style,
        named: Naming<'_>,
        cancellation: &Cancellation,
    ) -> Result<u8, DeployError> {
        let is_plan = matches!(self, Self::Plan(_));
        let (several, targets) = match self {
            Self::Change(AllChange::Create(flags)) | Self::Plan(AllChange::Create(flags)) => {
                flags.targets(|given| Ok(Change::Create(Box::new(given.resolve(resolve::create)?))))
            }
            Self::Change(AllChange::Update(flags)) | Self::Plan(AllChange::Update(flags)) => {
                flags.targets(|given| Ok(Change::Update(Box::new(given.resolve(resolve::update)?))))
            }
        }?;
        let done = if is_plan {
            plan(&targets, &several, style, cancellation).await
        } else {
            if targets.iter().any(|target| loses(&target.change)) {
                show_losses(&targets, &several, style, named, cancellation).await?;
            }
            let width = targets.iter().map(|target| target.name.chars().count()).max().unwrap_or_default();
            each(targets.iter().map(|target| target.carry_out(style, width, cancellation)), &several).await
        };
        let rows: Vec<Row> = targets.iter().zip(done).map(|(target, done)| target.row(done, named)).collect();
        let text = style.result(&json!({"targets": rows}), table(&rows, style).trim_end());
        print_result(&text).map_err(|error| output_lost(&error))?;
        Ok(exit_code(&rows))
    }
}

impl<O: setting_flags::Operation> AllFlags<O> {
    fn targets(
        self,
        read: fn(Given) -> Result<Change, DeployError>,
    ) -> Result<(Several, Vec<Target>), DeployError> {
        let mut given = self.settings.given();
        self.program.pack_into(&mut given)?;
        let targets = targets(&self.several, given, read)?;
        Ok((self.several, targets))
    }
}

/// The targets: each environment in each profile's workspace. Sends nothing.
///
/// # Errors
/// If the settings, the workspace or the credential of one is not usable, or two are the same app.
fn targets(
    several: &Several,
    given: Given,
    read: fn(Given) -> Result<Change, DeployError>,
) -> Result<Vec<Target>, DeployError> {
    let or_one = |all: Vec<String>| {
        if all.is_empty() { vec![None] } else { all.into_iter().map(Some).collect() }
    };
    let environments: Vec<Option<String>> = or_one(given.environments()?);
    let mut targets: Vec<Target> = Vec::new();
    for profile in or_one(several.profiles.clone()) {
        for environment in &environments {
            let mut settings = given.clone();
            if let Some(environment) = environment {
                settings.set_environment(environment);
            }
            let change = read(settings)?;
            let name = match (environment, &profile) {
                (Some(environment), Some(profile)) => format!("{environment}@{profile}"),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => change.app_name().to_owned(),
            };
            let found = found(None, profile.clone())?;
            if let Some(problem) = found.problem() {
                let problem = format!("Target `{name}`: {problem}");
                let mut error = DeployError::from(Failure::NotSignedIn { problem });
                // Nothing was sent yet.
                error.class = ErrorClass::Input;
                return Err(error);
            }
            let target = Target { name, change, found };
            if let Some((other, key, given)) = targets.iter().find_map(|other| target.shares(other)) {
                let noun = if key == "app_name" { "app" } else { "value" };
                let (there, name) = (&target.found.host, &target.name);
                let expected = format!("another {noun} for `{name}` than for `{other}` in {there}");
                return Err(Failure::InvalidValue { key: key.to_owned(), given, expected }.into());
            }
            targets.push(target);
        }
    }
    Ok(targets)
}

impl Target {
    /// What two targets in one workspace can't share: the other one's name, the key and the value.
    fn shares<'o>(&self, other: &'o Self) -> Option<(&'o str, &'static str, String)> {
        if !self.found.host.eq_ignore_ascii_case(&other.found.host) {
            return None;
        }
        let places = |change: &Change| {
            let (lakebase, schema, folder) = match change {
                Change::Create(config) => {
                    (&config.lakebase_name, &config.schema_name, &config.workspace_path)
                }
                Change::Update(config) => {
                    (&config.lakebase_name, &config.schema_name, &config.workspace_path)
                }
                Change::Delete(_) | Change::Rollback(_) | Change::Restore(_) => return None,
            };
            Some((lakebase.to_string(), schema.to_string(), folder.as_ref().map(ToString::to_string)))
        };
        let name = other.name.as_str();
        if self.change.app_name() == other.change.app_name() {
            return Some((name, "app_name", self.change.app_name().to_owned()));
        }
        let ((lakebase, schema, folder), (lakebase_there, schema_there, folder_there)) =
            places(&self.change).zip(places(&other.change))?;
        if (&lakebase, &schema) == (&lakebase_there, &schema_there) {
            return Some((name, "schema_name", schema));
        }
        folder
            .filter(|folder| Some(folder) == folder_there.as_ref())
            .map(|folder| (name, "app_file_workspace_path", folder))
    }
}

/// Works on the targets, a few at a time; the results are in their order.
async fn each<'a>(work: impl Iterator<Item = Work<'a>>, several: &Several) -> Vec<Done> {
    let mut waiting: VecDeque<(usize, Work<'_>)> = work.enumerate().collect();
    let mut done: Vec<Option<Done>> = waiting.iter().map(|_| None).collect();
    let mut running = Vec::new();
    poll_fn(|context| {
        loop {
            while running.len() < usize::from(several.concurrency)
                && let Some((place, work)) = waiting.pop_front()
            {
                running.push((place, Instant::now(), work));
            }
            let before = running.len();
            running.retain_mut(|(place, began, work)| match work.as_mut().poll(context) {
                Poll::Ready(outcome) => {
                    done[*place] = Some((outcome, began.elapsed().as_secs_f64()));
                    false
                }
                Poll::Pending => true,
            });
            if running.is_empty() && waiting.is_empty() {
                return Poll::Ready(());
            }
            if running.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Plans each target, and prints the plans.
async fn plan(targets: &[Target], several: &Several, style: Style, cancellation: &Cancellation) -> Vec<Done> {
    let plans = each(targets.iter().map(|target| target.plan(cancellation)), several).await;
    for (target, (plan, _)) in targets.iter().zip(&plans) {
        if let (Ok(plan), Style::Lines { .. }) = (plan, style) {
            print(&(target.heading() + &plan.text));
        }
    }
    plans
}

/// Shows what each target loses and changes.
///
/// # Errors
/// `NOT_CONFIRMED` without `--yes`.
async fn show_losses(
    targets: &[Target],
    several: &Several,
    style: Style,
    named: Naming<'_>,
    cancellation: &Cancellation,
) -> Result<(), DeployError> {
    // A program that is certain can ask for the plan itself.
    if several.yes && style == Style::Json {
        return Ok(());
    }
    let plans = each(targets.iter().map(|target| target.plan(cancellation)), several).await;
    for (target, (plan, _)) in targets.iter().zip(plans) {
        let text = match plan {
            Ok(plan) => plan.text,
            // The run meets the same refusal, and reports it.
            Err(_) if several.yes => continue,
            Err(error) => style_of_stderr().error(&named(error), NATIVE),
        };
        let text = target.heading() + &text;
        if several.yes { print(&text) } else { print_error(&text) }
    }
    let Some(first) = targets.first().filter(|_| !several.yes) else { return Ok(()) };
    let (operation, app) = (first.change.operation().as_str().to_owned(), first.change.app_name().to_owned());
    let message = format!("`{operation}` of {} apps is not confirmed", targets.len());
    let mut error = DeployError::from(Failure::ConfirmationNeeded { operation, app });
    if targets.len() > 1 {
        error.message = message;
    }
    "It deletes data; what each app would lose is listed above".clone_into(&mut error.cause);
    "To delete it, add `--yes`. Nothing has been changed".clone_into(&mut error.remedy);
    Err(error)
}

impl Target {
    fn host(&self, events: impl FnMut(DeployEvent) + Send + 'static) -> Result<NativeHost, DeployError> {
        let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
        Ok(NativeHost::of(connected(self.found.clone())?, roots.as_deref(), events))
    }

    /// Does `work`, which stops with its `own` cancellation, as a step that fails stops the other steps of its run by
    /// it; `all` stops it too.
    async fn stoppable(
        &self,
        all: &Cancellation,
        own: &Cancellation,
        mut work: Work<'_>,
    ) -> Result<Outcome, DeployError> {
        if all.reason().is_some() {
            let app = self.change.app_name().to_owned();
            return Err(Failure::Cancelled { app, stands: Vec::new() }.into());
        }
        tokio::select! {
            outcome = &mut work => return outcome,
            () = all.stopped() => own.cancel(),
        }
        work.await
    }

    fn plan<'a>(&'a self, all: &'a Cancellation) -> Work<'a> {
        Box::pin(async {
            let (host, own) = (self.host(|_| {})?, Cancellation::new());
            let work = async {
                let plan = Box::pin(operations::plan(&host, &self.change, &own)).await?;
                Ok(Outcome { word: "planned", result: json!(plan), text: report::before_run(&plan) })
            };
            self.stoppable(all, &own, Box::pin(work)).await
        })
    }

    /// Carries it out.
    fn carry_out<'a>(&'a self, style: Style, width: usize, all: &'a Cancellation) -> Work<'a> {
        Box::pin(async move {
            let (name, own) = (self.name.clone(), Cancellation::new());
            let host = self.host(move |event| print(&line(style, &name, width, &event)))?;
            let work = async {
                let (word, result) = match &self.change {
                    Change::Create(config) => {
                        ("created", json!(Box::pin(operations::create(&host, config, &own)).await?))
                    }
                    Change::Update(config) => {
                        ("updated", json!(Box::pin(operations::update(&host, config, &own)).await?))
                    }
                    Change::Delete(_) | Change::Rollback(_) | Change::Restore(_) => {
                        unreachable!("`all` has no such operation")
                    }
                };
                Ok(Outcome { word, result, text: String::new() })
            };
            self.stoppable(all, &own, Box::pin(work)).await
        })
    }

    /// Where it is, above what is said about it.
    fn heading(&self) -> String {
        format!("\n{} in {}\n", printable(&self.name), printable(&self.found.host))
    }

    fn row(&self, (done, seconds): Done, named: Naming<'_>) -> Row {
        let (outcome, result, error) = match done {
            Ok(outcome) => (outcome.word, Some(outcome.result), None),
            Err(error) => {
                let outcome = if error.is("CANCELLED") { "cancelled" } else { "failed" };
                (outcome, None, Some(named(error)))
            }
        };
        let (app_name, workspace) = (self.change.app_name().to_owned(), self.found.host.clone());
        Row { target: self.name.clone(), app_name, workspace, outcome, seconds, result, error }
    }
}

fn exit_code(rows: &[Row]) -> u8 {
    let has = |outcome: &str| rows.iter().any(|row| row.outcome == outcome);
    match (has("failed"), has("cancelled")) {
        (_, true) => 130,
        (true, false) => 1,
        (false, false) => 0,
    }
}

/// The line of an event, after the name of its target.
fn line(style: Style, name: &str, width: usize, event: &DeployEvent) -> String {
    match style {
        Style::Json => format!("{}\n", json!({"type": "event", "target": name, "event": event})),
        Style::Lines { .. } => match style.event(event) {
            line if line.is_empty() => line,
            line => format!("{:<width$} {line}", printable(name)),
        },
    }
}

/// The report: a row for each target, then the errors.
fn table(rows: &[Row], style: Style) -> String {
    let head = ["TARGET", "APP", "OUTCOME", "SECONDS", "ADDRESS, CHANGES OR ERROR"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let said = match (&row.result, &row.error) {
            (_, Some(error)) => error.code.clone(),
            (Some(plan), None) if row.outcome == "planned" => changes(plan),
            (result, None) => {
                result.as_ref().and_then(|result| result["url"].as_str()).unwrap_or_default().to_owned()
            }
        };
        let seconds = format!("{:.1}", row.seconds);
        let all = [row.target.clone(), row.app_name.clone(), row.outcome.to_owned(), seconds, said];
        cells.push(all.map(|cell| printable(&cell)).to_vec());
    }
    let mut text = columns(&cells);
    for row in rows.iter().filter(|row| row.outcome == "failed") {
        if let Some(error) = &row.error {
            text.extend(["\n", &printable(&row.target), style.error(error, NATIVE).as_str()]);
        }
    }
    text
}

/// How much a plan changes.
fn changes(plan: &Value) -> String {
    let is_made = |change: &&Value| change["action"] != "no_change";
    match plan["changes"].as_array().map_or(0, |changes| changes.iter().filter(is_made).count()) {
        _ if plan["empty"] == true => "no changes".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(target: &str, outcome: &'static str, error: Option<DeployError>) -> Row {
        let result = error.is_none().then(|| json!({"url": "https://x.example"}));
        let (target, app_name) = (target.to_owned(), "tellr".to_owned());
        Row { target, app_name, workspace: String::new(), outcome, seconds: 61.26, result, error }
    }

    #[test]
    fn the_report_has_a_row_for_each_target_and_then_the_errors() {
        let failed = || DeployError::from(Failure::AppNotFound { app: "x\u{1b}[2J".into() });
        let rows = [row("production", "updated", None), row("staging\u{1b}", "failed", Some(failed()))];
        let text = table(&rows, Style::Lines { colour: false });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "TARGET      APP    OUTCOME  SECONDS  ADDRESS, CHANGES OR ERROR");
        assert_eq!(lines[1], "production  tellr  updated  61.3     https://x.example");
        assert_eq!(lines[2], "staging     tellr  failed   61.3     APP_NOT_FOUND");
        assert_eq!(lines[4].trim_end(), "staging");
        assert!(lines[5].starts_with("Error: ") && !text.contains('\u{1b}'), "{text}");
        assert_eq!((exit_code(&rows), exit_code(&rows[..1])), (1, 0));
        for beside in [row("b", "updated", None), row("b", "failed", Some(failed()))] {
            assert_eq!(exit_code(&[row("a", "cancelled", Some(failed())), beside]), 130);
        }
    }
}
