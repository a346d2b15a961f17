//! The command line of `tellr-app deploy`.
//!
//! Exit codes: 0 success, 1 failure, 2 refused before anything was changed (invalid input, or a data loss
//! that was not confirmed), 130 cancelled.
//!
//! Events go to standard output, errors and questions to standard error. With `--json` an error is the last
//! line of JSON on standard output.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, ErrorClass, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change};
use deployer::steps::restore_point::RestorePoint;
use serde::Serialize;

use super::browser;
use super::confirmation;
use super::flags::{ChangeFlags, Connection, StatusFlags};
use super::introduction::Introduction;
use super::native_host::NativeHost;
use super::oauth::{self, SignIn};
use super::printer::{Style, print, print_error};
use super::progress::Progress;
use super::report;
use super::sign_in::{self, SelectionArguments};
use super::wording;
use super::workspace::{self, ClientError, Workspace};

/// The deployer's operations.
#[derive(Debug, Subcommand)]
pub enum Operation {
    /// One of the three operations.
    #[command(flatten)]
    Change(ChangeFlags),
    /// Show what an operation would do, without changing anything
    #[command(subcommand)]
    Plan(ChangeFlags),
    /// Show the status of an app: what is deployed, the last run, the run in progress
    Status(Box<StatusFlags>),
}

/// Runs an operation and prints its events.
pub fn run(operation: Operation) -> ExitCode {
    let style = Style::for_stdout(operation.connection().json);
    let is_from_file = operation.is_from_file();
    // One thread: the logic is single-threaded, and most of the time is spent waiting for the workspace.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(perform(operation, style));
            // Don't wait for a name server that doesn't answer.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::Unreachable {
            problem: format!("the process could not start its event loop: {error}"),
        }
        .into()),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    let code = match error.class {
        ErrorClass::Input => ExitCode::from(2),
        ErrorClass::Deployment if error.is("CANCELLED") => ExitCode::from(130),
        ErrorClass::Deployment => ExitCode::FAILURE,
    };
    let error = wording::with_flags(error, is_from_file);
    match style {
        Style::Json => print(&style.error(&error)),
        Style::Lines { .. } => print_error(&Style::for_stderr().error(&error)),
    }
    code
}

impl Operation {
    fn connection(&self) -> &Connection {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.connection(),
            Self::Status(flags) => flags.connection(),
        }
    }

    fn is_from_file(&self) -> bool {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.is_from_file(),
            Self::Status(flags) => flags.is_from_file(),
        }
    }
}

async fn perform(operation: Operation, style: Style) -> Result<(), DeployError> {
    match operation {
        Operation::Change(flags) => {
            let yes = flags.is_confirmed();
            let (connection, change) = flags.read()?;
            confirmation::can_be_asked(&change, yes)?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal();
            let work = async {
                confirmation::confirm(&session.host, &change, yes, &cancellation).await?;
                carry_out(&session, &change, style, &cancellation).await
            };
            session.told(work).await
        }
        Operation::Plan(flags) => {
            let (connection, change) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal();
            let looking = operations::plan(&session.host, &change, &cancellation);
            let plan = session.told(Box::pin(looking)).await?;
            tell(style, &plan, report::plan(&plan).trim_end());
            Ok(())
        }
        Operation::Status(flags) => {
            let (connection, config) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal();
            let looking = operations::status(&session.host, &config, &cancellation);
            let status = session.told(Box::pin(looking)).await?;
            tell(style, &status, report::status(&status).trim_end());
            Ok(())
        }
    }
}

async fn carry_out<E: FnMut(DeployEvent)>(
    session: &Session<E>,
    change: &Change,
    style: Style,
    cancellation: &Cancellation,
) -> Result<(), DeployError> {
    let Session { host, progress, .. } = session;
    match change {
        Change::Create(config) => {
            let result = Box::pin(operations::create(host, config, cancellation)).await?;
            progress.clear();
            tell(style, &result, &format!("Tellr is running: {}", result.url));
        }
        Change::Update(config) => {
            let result = Box::pin(operations::update(host, config, cancellation)).await?;
            let sentence = format!("Tellr is updated: {}", result.url);
            progress.clear();
            tell(style, &result, &with_restore_point(sentence, result.restore_point.as_ref()));
        }
        Change::Delete(config) => {
            let result = Box::pin(operations::delete(host, config, cancellation)).await?;
            let sentence = format!("The app `{}` is deleted", result.app_name);
            progress.clear();
            tell(style, &result, &with_restore_point(sentence, result.restore_point.as_ref()));
        }
    }
    Ok(())
}

fn tell(style: Style, result: &impl Serialize, sentence: &str) {
    print(&style.result(result, sentence));
}

fn with_restore_point(sentence: String, point: Option<&RestorePoint>) -> String {
    match point {
        Some(point) => format!(
            "{sentence}\nPrevious data is kept in the branch `{}` until {}",
            point.branch, point.expires_at
        ),
        None => sentence,
    }
}

/// A workspace, and the output of the work in it.
struct Session<E> {
    host: NativeHost<E>,
    introduction: Arc<Introduction>,
    progress: Progress,
}

impl Session<()> {
    async fn begin(
        connection: &Connection,
        style: Style,
    ) -> Result<Session<impl FnMut(DeployEvent) + use<>>, DeployError> {
        let asked = SelectionArguments { host: connection.host.clone(), profile: connection.profile.clone() };
        let found = sign_in::find(&asked, |name| std::env::var(name).ok())?;
        let unreachable = |error: ClientError| Failure::Unreachable { problem: error.to_string() };
        let http = workspace::client().map_err(unreachable)?;
        let (id, profile) = (found.workspace_id.clone(), found.profile.clone());
        let introduction = Arc::new(Introduction::new(style, &found.host, profile));
        let progress = Progress::new(style, Arc::clone(&introduction));
        let workspace = if connection.sign_in {
            signed_in(http, &found.host).await
        } else {
            found.credential().map(|credential| Workspace::new(http, credential)).map_err(DeployError::from)
        };
        let workspace = workspace.inspect_err(|_| introduction.workspace())?;
        let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
        let told = progress.clone();
        let tell = move |event: DeployEvent| told.event(&event);
        let introduced = Arc::clone(&introduction);
        let host = NativeHost::of(workspace.with_id(id), roots.as_deref(), tell)
            .identifying(move |who| introduced.person(who));
        Ok(Session { host, introduction, progress })
    }
}

impl<E> Session<E> {
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

/// The workspace at `host`, as the user who signs in in the browser. Messages go to standard error, or to
/// another place that doesn't mix with the events.
async fn signed_in(http: reqwest::Client, host: &str) -> Result<Workspace, DeployError> {
    let sign_in = SignIn::new(http.clone(), host.to_owned(), None);
    let begun = sign_in.begin().await.map_err(oauth::failure)?;
    eprintln!("Sign in to {host} in a browser on this machine:\n\n  {}\n", begun.address);
    // Kept until the sign-in is complete.
    let _opened = browser::open(&begun.address);
    begun.finished().await.map_err(oauth::failure)?;
    Ok(Workspace::of_person(http, sign_in))
}

/// Ctrl-C, or SIGTERM, stops at the next safe point; a second one ends the process immediately.
fn cancelled_by_signal() -> Cancellation {
    let cancellation = Cancellation::new();
    let handle = cancellation.clone();
    tokio::spawn(async move {
        if crate::listener::asked_to_stop().await.is_ok() {
            eprintln!("Stopping at the next safe point. Press Ctrl-C again to stop immediately");
            handle.cancel();
            if crate::listener::asked_to_stop().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    cancellation
}
