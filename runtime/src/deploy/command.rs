//! The command line of `tellr-app deploy`.
//!
//! Exit codes: 0 success, 1 failure (of `doctor`: something would stop a deployment; of `all`: one target failed), 2 refused before anything was changed (invalid input, or a data loss
//! that was not confirmed), 130 cancelled.
//!
//! Events go to standard output, errors and questions to standard error. With `--json` an error is the last
//! line of JSON on standard output.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use deployer::command_line::program::NATIVE;
use deployer::command_line::{ending, failure, looking, report};
use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change, SavedPlan};
use serde::Serialize;

use super::confirmation;
use super::connection::{connect, find};
use super::export;
use super::flags::{Connection, PlanFlags};
use super::introduction::Introduction;
use super::logs;
use super::native_host::NativeHost;
use super::open::open;
use super::operation::Operation;
use super::printer::{
    Style, output_lost, print, print_error, print_result, style_of_stderr, style_of_stdout,
};
use super::progress::Progress;
use super::wording;
use crate::http::listener;

/// Runs an operation and prints its events.
pub fn run(operation: Operation) -> ExitCode {
    let style = style_of_stdout(operation.is_json());
    let is_from_file = operation.is_from_file();
    // One thread: the logic is single-threaded, and most of the time is spent waiting for the workspace.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let mut success = ExitCode::SUCCESS;
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(perform(operation, style, &mut success));
            // Don't wait for a name server that doesn't answer.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::Unreachable {
            problem: format!("the process could not start its event loop: {error}"),
        }
        .into()),
    };
    let Err(error) = outcome else { return success };
    let code = ExitCode::from(failure::exit_code(&error));
    let error = wording::with_flags(error, is_from_file);
    // Where standard output is lost, the error is not lost with it.
    let is_printed = style == Style::Json && print_result(&style.error(&error, NATIVE)).is_ok();
    if !is_printed {
        print_error(&style_of_stderr().error(&error, NATIVE));
    }
    code
}

/// Performs it; `code` is the exit code if nothing fails.
async fn perform(operation: Operation, style: Style, code: &mut ExitCode) -> Result<(), DeployError> {
    match operation {
        Operation::Change(flags) => {
            let yes = flags.is_confirmed();
            let (connection, mut change, saved) = flags.read()?;
            confirmation::can_be_asked(&change, yes)?;
            let session = Session::begin(&connection, style).await?;
            if let Some(saved) = &saved {
                saved.check_given(&change, &session.address)?;
                saved.followed_by(&mut change);
            }
            let cancellation = cancelled_by_signal(Stopping::AtASafePoint);
            let work = async {
                Box::pin(before_run(&session, &change, saved.as_ref(), yes, style, &cancellation)).await?;
                carry_out(&session, &change, style, &cancellation).await
            };
            session.told(work).await
        }
        Operation::Plan(PlanFlags { change: flags, out }) => {
            let (connection, change, saved) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            if let Some(saved) = &saved {
                saved.check_given(&change, &session.address)?;
            }
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::plan(&session.host, &change, &cancellation);
            let plan = session.told(Box::pin(looking)).await?;
            if let Some(saved) = saved {
                saved.check(&plan)?;
            }
            if let Some(path) = out {
                let text = SavedPlan::of(&plan, &change, &session.address)?.text();
                save(&path, &text)?;
            }
            tell(style, &plan, report::plan(&plan).trim_end())
        }
        Operation::Status(flags) => {
            let (connection, config) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::status(&session.host, &config, &cancellation);
            let status = session.told(Box::pin(looking)).await?;
            tell(style, &status, report::status(&status).trim_end())
        }
        Operation::History(flags) => {
            let (connection, config) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::history(&session.host, &config, &cancellation);
            let history = session.told(Box::pin(looking)).await?;
            tell(style, &history, report::history(&history, NATIVE).trim_end())
        }
        Operation::All(operation) => {
            let cancellation = cancelled_by_signal(Stopping::AtASafePoint);
            let is_from_file = operation.is_from_file();
            let named = |error| wording::with_flags(error, is_from_file);
            *code = Box::pin(operation.run(style, &named, &cancellation)).await?.into();
            Ok(())
        }
        Operation::Init(flags) => flags.run(),
        // The program prints them itself, as it knows all of its words.
        Operation::Completions { .. } => Ok(()),
        Operation::Export(export) => {
            let (connection, config, folder) = export.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::bundle(&session.host, &config, &cancellation);
            let bundle = session.told(Box::pin(looking)).await?;
            export::write(&folder, &bundle)?;
            tell(style, &export::result(&folder, &bundle), &export::told(&folder, &bundle))
        }
        Operation::Logs(flags) => logs::run(*flags, style).await,
        Operation::Open(flags) => open(*flags, style).await,
        Operation::List(flags) => {
            let session = Session::begin(&flags.connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::list(&session.host, &cancellation);
            let list = session.told(Box::pin(looking)).await?;
            tell(style, &list, looking::list(&list).trim_end())
        }
        Operation::Doctor(flags) => {
            let is_from_file = flags.is_from_file();
            let (connection, config) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::findings(&session.host, &config, &cancellation);
            let found = session.told(Box::pin(looking)).await?;
            let told = wording::in_text(looking::findings(&found).trim_end(), is_from_file);
            tell(style, &found, &told)?;
            if !found.ok {
                *code = ExitCode::FAILURE;
            }
            Ok(())
        }
    }
}

/// Shows the plan, checks it against a saved one, and asks where something is lost. As JSON, nothing is printed:
/// a program that reads it can ask for the plan itself.
async fn before_run(
    session: &Session,
    change: &Change,
    saved: Option<&SavedPlan>,
    yes: bool,
    style: Style,
    cancellation: &Cancellation,
) -> Result<(), DeployError> {
    let asks = confirmation::is_asked(change, yes);
    if saved.is_none() && !asks && style == Style::Json {
        return Ok(());
    }
    let plan = match Box::pin(operations::plan(&session.host, change, cancellation)).await {
        // The run meets the same refusal, and reports it with its events.
        Err(_) if saved.is_none() && !asks => return Ok(()),
        plan => plan?,
    };
    if let Some(saved) = saved {
        saved.check(&plan)?;
    }
    session.introduction.workspace();
    if asks {
        confirmation::confirm(&plan, cancellation).await
    } else {
        if style != Style::Json {
            print(&report::before_run(&plan));
        }
        Ok(())
    }
}

/// Writes a plan to a file.
fn save(path: &Path, text: &str) -> Result<(), DeployError> {
    std::fs::write(path, text).map_err(|error| {
        Failure::InvalidValue {
            key: "out".into(),
            given: path.display().to_string(),
            expected: format!("a file that can be written ({error})"),
        }
        .into()
    })
}

async fn carry_out(
    session: &Session,
    change: &Change,
    style: Style,
    cancellation: &Cancellation,
) -> Result<(), DeployError> {
    let Session { host, progress, .. } = session;
    match change {
        Change::Create(config) => {
            let result = Box::pin(operations::create(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &ending::created(&result))
        }
        Change::Update(config) => {
            let result = Box::pin(operations::update(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &ending::updated(&result))
        }
        Change::Delete(config) => {
            let result = Box::pin(operations::delete(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &ending::deleted(&result))
        }
        Change::Rollback(config) => {
            let result = Box::pin(operations::rollback(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &ending::rolled_back(&result))
        }
        Change::Restore(config) => {
            let result = Box::pin(operations::restore(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &ending::restored(&result, NATIVE))
        }
    }
}

/// Prints the result.
///
/// # Errors
/// If it is lost: a script must not take an empty file for a result.
fn tell(style: Style, result: &impl Serialize, sentence: &str) -> Result<(), DeployError> {
    print_result(&style.result(result, sentence)).map_err(|error| output_lost(&error))
}

/// A workspace, and the output of the work in it.
struct Session {
    host: NativeHost,
    /// The workspace's address.
    address: String,
    introduction: Arc<Introduction>,
    progress: Progress,
}

impl Session {
    async fn begin(connection: &Connection, style: Style) -> Result<Self, DeployError> {
        let found = find(connection)?;
        let introduction = Arc::new(Introduction::new(style, &found.host, found.profile.clone()));
        let progress = Progress::new(style, Arc::clone(&introduction));
        let address = found.host.clone();
        let workspace = connect(connection, found).await.inspect_err(|_| introduction.workspace())?;
        let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
        let told = progress.clone();
        let tell = move |event: DeployEvent| told.event(&event);
        let introduced = Arc::clone(&introduction);
        let host =
            NativeHost::of(workspace, roots.as_deref(), tell).identifying(move |who| introduced.person(who));
        Ok(Self { host, address, introduction, progress })
    }

    /// Runs the work, and shows progress meanwhile.
    async fn told<T>(&self, work: impl Future<Output = Result<T, DeployError>>) -> Result<T, DeployError> {
        let telling = self.progress.clone().tell();
        let outcome = tokio::select! {
            outcome = work => outcome,
            never = telling => match never {},
        };
        self.progress.clear();
        self.introduction.workspace();
        outcome
    }
}

/// Where an operation stops when it is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopping {
    /// It may be changing something.
    AtASafePoint,
    /// It changes nothing.
    Now,
}

/// Ctrl-C, or SIGTERM, stops the operation; a second one ends the process immediately.
fn cancelled_by_signal(stopping: Stopping) -> Cancellation {
    let cancellation = Cancellation::new();
    let handle = cancellation.clone();
    tokio::spawn(async move {
        if listener::asked_to_stop().await.is_ok() {
            eprint!("{}", ending::stopping(stopping == Stopping::AtASafePoint));
            handle.cancel();
            if listener::asked_to_stop().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    cancellation
}
