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

use deployer::engine::Cancellation;
use deployer::error::{DeployError, ErrorClass, ErrorDetails, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change};
use deployer::steps::restore_point::RestorePoint;
use serde::Serialize;

use super::confirmation;
use super::flags::Connection;
use super::introduction::Introduction;
use super::native_host::NativeHost;
use super::operation::Operation;
use super::printer::{Style, print_error, print_result};
use super::progress::Progress;
use super::report;
use super::wording;
use crate::http::listener;
use crate::workspace::oauth::{self, SignIn};
use crate::workspace::sign_in::{self, SelectionArguments};
use crate::workspace::{self, ClientError, Workspace, browser};

/// The documentation of errors that only this interface has.
const DOCS: &str = "README.md#configuration";

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
    // Where standard output is lost, the error is not lost with it.
    let is_printed = style == Style::Json && print_result(&style.error(&error)).is_ok();
    if !is_printed {
        print_error(&Style::for_stderr().error(&error));
    }
    code
}

async fn perform(operation: Operation, style: Style) -> Result<(), DeployError> {
    match operation {
        Operation::Change(flags) => {
            let yes = flags.is_confirmed();
            let (connection, change) = flags.read()?;
            confirmation::can_be_asked(&change, yes)?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::AtASafePoint);
            let work = async {
                confirmation::confirm(&session.host, &change, yes, &cancellation).await?;
                carry_out(&session, &change, style, &cancellation).await
            };
            session.told(work).await
        }
        Operation::Plan(flags) => {
            let (connection, change) = flags.read()?;
            let session = Session::begin(&connection, style).await?;
            let cancellation = cancelled_by_signal(Stopping::Now);
            let looking = operations::plan(&session.host, &change, &cancellation);
            let plan = session.told(Box::pin(looking)).await?;
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
            tell(style, &result, &format!("Tellr is running: {}", result.url))
        }
        Change::Update(config) => {
            let result = Box::pin(operations::update(host, config, cancellation)).await?;
            let sentence = format!("Tellr is updated: {}", result.url);
            progress.clear();
            tell(style, &result, &with_restore_point(sentence, result.restore_point.as_ref()))
        }
        Change::Delete(config) => {
            let result = Box::pin(operations::delete(host, config, cancellation)).await?;
            let sentence = format!("The app `{}` is deleted", result.app_name);
            progress.clear();
            tell(style, &result, &with_restore_point(sentence, result.restore_point.as_ref()))
        }
    }
}

/// Prints the result.
///
/// # Errors
/// If it is lost: a script must not take an empty file for a result.
fn tell(style: Style, result: &impl Serialize, sentence: &str) -> Result<(), DeployError> {
    print_result(&style.result(result, sentence)).map_err(|error| {
        ErrorDetails {
            code: "OUTPUT_LOST".to_owned(),
            class: ErrorClass::Deployment,
            message: "The result couldn't be written to standard output".to_owned(),
            cause: error.to_string(),
            remedy:
                "Free space, or write it elsewhere. The operation itself has finished; `tellr-app deploy \
                     status` shows the state"
                    .to_owned(),
            docs: DOCS.to_owned(),
            step: None,
            log: Vec::new(),
            refused: None,
        }
        .into()
    })
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
            let at = if stopping == Stopping::AtASafePoint { " at the next safe point" } else { "" };
            eprintln!("Stopping{at}. Press Ctrl-C again to stop immediately");
            handle.cancel();
            if listener::asked_to_stop().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    cancellation
}
