//! The command line of `tellr-app deploy`.
//!
//! Exit codes: 0 done, 1 failed, 2 the input was refused and nothing was sent, 130 cancelled.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, ErrorClass, Failure};
use deployer::events::DeployEvent;
use deployer::operations::{self, Change};
use deployer::steps::restore_point::RestorePoint;
use serde::Serialize;

use super::browser;
use super::flags::{ChangeFlags, Connection, StatusFlags};
use super::native_host::NativeHost;
use super::oauth::{self, SignIn};
use super::printer::{Style, print};
use super::report;
use super::sign_in::{self, Asked};
use super::workspace::{self, ClientError, Workspace};

/// The deployer's operations.
#[derive(Debug, Subcommand)]
pub enum Operation {
    /// One of the three, for real.
    #[command(flatten)]
    Change(ChangeFlags),
    /// Say what an operation would do; nothing is changed
    #[command(subcommand)]
    Plan(ChangeFlags),
    /// Say how things stand with an app: what is deployed, the last run, who is at work
    Status(Box<StatusFlags>),
}

/// Runs an operation and prints what happens.
pub fn run(operation: Operation) -> ExitCode {
    let style = Style::for_stdout(operation.connection().json);
    // One thread: the logic is single-threaded, and the waits are the workspace's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(perform(operation, style)),
        Err(error) => Err(Failure::Unreachable {
            problem: format!("the process could not start its event loop: {error}"),
        }
        .into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print(&style.error(&error));
            match error.class {
                ErrorClass::Input => ExitCode::from(2),
                ErrorClass::Deployment if error.is("CANCELLED") => ExitCode::from(130),
                ErrorClass::Deployment => ExitCode::FAILURE,
            }
        }
    }
}

impl Operation {
    fn connection(&self) -> &Connection {
        match self {
            Self::Change(flags) | Self::Plan(flags) => flags.connection(),
            Self::Status(flags) => flags.connection(),
        }
    }
}

async fn perform(operation: Operation, style: Style) -> Result<(), DeployError> {
    match operation {
        Operation::Change(flags) => {
            let (connection, change) = flags.read()?;
            let host = host(&connection, style).await?;
            carry_out(&host, &change, style).await
        }
        Operation::Plan(flags) => {
            let (connection, change) = flags.read()?;
            let host = host(&connection, style).await?;
            let plan = Box::pin(operations::plan(&host, &change, &cancelled_by_signal())).await?;
            tell(style, &plan, report::plan(&plan).trim_end());
            Ok(())
        }
        Operation::Status(flags) => {
            let (connection, config) = flags.read()?;
            let host = host(&connection, style).await?;
            let status = Box::pin(operations::status(&host, &config, &cancelled_by_signal())).await?;
            tell(style, &status, report::status(&status).trim_end());
            Ok(())
        }
    }
}

async fn carry_out<E: FnMut(DeployEvent)>(
    host: &NativeHost<E>,
    change: &Change,
    style: Style,
) -> Result<(), DeployError> {
    let cancellation = cancelled_by_signal();
    match change {
        Change::Create(config) => {
            let result = Box::pin(operations::create(host, config, &cancellation)).await?;
            tell(style, &result, &format!("Tellr is running: {}", result.url));
        }
        Change::Update(config) => {
            let result = Box::pin(operations::update(host, config, &cancellation)).await?;
            let sentence = format!("Tellr is updated: {}", result.url);
            tell(style, &result, &with_restore_point(sentence, result.restore_point.as_ref()));
        }
        Change::Delete(config) => {
            let result = Box::pin(operations::delete(host, config, &cancellation)).await?;
            let sentence = format!("The app `{}` is deleted", result.app_name);
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
            "{sentence}\nThe data of before is in the branch `{}` until {}",
            point.branch, point.expires_at
        ),
        None => sentence,
    }
}

async fn host(
    connection: &Connection,
    style: Style,
) -> Result<NativeHost<impl FnMut(DeployEvent) + use<>>, DeployError> {
    let asked = Asked { host: connection.host.clone(), profile: connection.profile.clone() };
    let found = sign_in::find(&asked, |name| std::env::var(name).ok())?;
    let unreachable = |error: ClientError| Failure::Unreachable { problem: error.to_string() };
    let http = workspace::client().map_err(unreachable)?;
    let workspace = if connection.sign_in {
        signed_in(http, &found.host).await?
    } else {
        Workspace::new(http, found.credential()?)
    };
    if let Style::Lines { .. } = style {
        print(&format!("Workspace {}\n", workspace.host()));
    }
    let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
    Ok(NativeHost::of(workspace, roots.as_deref(), move |event| print(&style.event(&event))))
}

/// The workspace at `host`, as whoever now signs in in the browser. What is said meanwhile goes where it
/// is in nobody's way who reads the events.
async fn signed_in(http: reqwest::Client, host: &str) -> Result<Workspace, DeployError> {
    let sign_in = SignIn::new(http.clone(), host.to_owned(), None);
    let begun = sign_in.begin().await.map_err(oauth::failure)?;
    eprintln!("Sign in to {host} in a browser on this machine:\n\n  {}\n", begun.address);
    browser::open(&begun.address);
    begun.finished().await.map_err(oauth::failure)?;
    Ok(Workspace::of_person(http, sign_in))
}

/// Ctrl-C, or SIGTERM, stops at the next safe point; a second one ends the process at once.
fn cancelled_by_signal() -> Cancellation {
    let cancellation = Cancellation::new();
    let handle = cancellation.clone();
    tokio::spawn(async move {
        if crate::listener::asked_to_stop().await.is_ok() {
            eprintln!("Stopping at the next safe point; once more to stop at once");
            handle.cancel();
            if crate::listener::asked_to_stop().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    cancellation
}
