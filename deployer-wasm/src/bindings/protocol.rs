//! The JSON exchanged between a kernel and the module, version 2.
//!
//! The module imports nothing: no clock, no randomness, no network. So the kernel drives it with five calls,
//! each of which takes one JSON object and returns one. Requests of the logic to the outside are returned by
//! `poll` as *commands* with ids; the kernel carries commands out concurrently and `resolve`s each when it is
//! done. `poll` passes the time, as time matters only there; randomness is passed once, as the seed of a
//! cryptographically secure generator.
//!
//! | call | takes | answers |
//! |---|---|---|
//! | `start` | [`Start`] | [`Accepted`] |
//! | `poll` | [`Poll`] | [`Turn`] |
//! | `resolve` | [`Resolve`] | [`Accepted`] |
//! | `cancel` | `{"protocol": 2}` | [`Accepted`] |
//! | `ask` | `{"protocol": 2, "question": "…", …}`, see [`super::question`] | the answer to the query |
//!
//! `start` starts one of the three operations, or `plan` with `plan_of`, `status`, `list` or `doctor`; the last
//! four send read-only requests and emit no events.
//!
//! How to drive a run: `start`; then, until `state` is not `running`: `poll`, show the events, start the
//! commands, wait until at least one pending command is done, `resolve` all that are done. A turn may have no
//! new commands while earlier ones are pending. Invalid arguments are not a protocol error: the first `poll`
//! answers `failed` with the catalogue's entry, of class `input`.
//!
//! Answers to commands, the `answer` of `resolve`:
//!
//! | command | `answer` |
//! |---|---|
//! | `request` | `{"response": {"status": 200, "headers": [["date", "…"]], "body": "…"}}`, refusals included, or `{"error": {"kind": "connection", "message": "…"}}` if there was none |
//! | `schema` | `{"row": null}`, `{"row": ["true", null, …]}` if the script returns one, or `{"error": {"kind": "database", "sqlstate": "42501", "message": "…"}}` |
//! | `probe` | as to `request`; `{"error": {"kind": "refused", …}}` where the kernel can't ask |
//! | `sleep` | `null` |
//!
//! An invalid call is answered with [`Refused`], and doesn't change the run. Any change that an older kernel
//! could misread gets a new version number, and `start` refuses other versions, so that a mixed installation
//! fails with a clear error.
//!
//! The arguments may hold a key, and answers may hold an app's files. Neither side may log these messages; of
//! a command with `sensitive`, not even parts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::command::{CommandRun, Printed};
use super::task::{Operation, Outcome, TaskKind};
use crate::config::SecretText;
use crate::error::{DeployError, ErrorClass, ErrorDetails};
use crate::events::DeployEvent;
use crate::host::{HostError, LakebaseTarget, Probe, SchemaError, WorkspaceRequest, WorkspaceResponse};
use crate::schema::{SchemaOperation, Script};

/// The protocol version of this module.
pub const PROTOCOL: u32 = 2;

/// Random bytes in [`Start::seed`].
pub const SEED_BYTES: usize = 32;

/// Starts a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// What to run.
    pub operation: Wanted,
    /// Only with [`Wanted::Plan`]: the operation to plan.
    #[serde(default)]
    pub plan_of: Option<Operation>,
    /// The operation's arguments, named as the functions' parameters are.
    pub arguments: Value,
    /// The text of a configuration file, if one was given.
    #[serde(default)]
    pub config_yaml: Option<String>,
    /// The variable `ENVIRONMENT`, if it is set.
    #[serde(default)]
    pub environment: Option<String>,
    /// [`SEED_BYTES`] bytes of the system's randomness in base64, fresh for each run: the
    /// encryption key is made of them.
    pub seed: SecretText,
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: i64,
    /// If the kernel is a command line. Turns then have [`Turn::printed`].
    #[serde(default)]
    pub command: Option<CommandRun>,
}

/// What to run. Those from `Plan` on send read-only requests, and emit no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Create an app and everything it needs.
    Create,
    /// Change the version or the settings, or empty the database.
    Update,
    /// Delete the app.
    Delete,
    /// What one of these would do; [`Start::plan_of`] says which. The result is a `Plan`.
    Plan,
    /// The status of an app. The result is a `Status`.
    Status,
    /// Deploy an earlier release again.
    Rollback,
    /// Give the app the data of a restore point.
    Restore,
    /// The releases of an app. The result is a `History`.
    History,
    /// The Tellr apps of the workspace; it takes no arguments. The result is an `AppList`.
    List,
    /// Whether all is there that a deployment needs; it takes the arguments of `create`. The result is a
    /// `Findings`.
    Doctor,
}

/// The task that is started.
pub(super) fn task_kind(wanted: Wanted, plan_of: Option<Operation>) -> Result<TaskKind, Fault> {
    match (wanted, plan_of) {
        (Wanted::Create, None) => Ok(TaskKind::Run(Operation::Create)),
        (Wanted::Update, None) => Ok(TaskKind::Run(Operation::Update)),
        (Wanted::Delete, None) => Ok(TaskKind::Run(Operation::Delete)),
        (Wanted::Plan, Some(operation)) => Ok(TaskKind::Plan(operation)),
        (Wanted::Rollback, None) => Ok(TaskKind::Run(Operation::Rollback)),
        (Wanted::Restore, None) => Ok(TaskKind::Run(Operation::Restore)),
        (Wanted::Status, None) => Ok(TaskKind::Status),
        (Wanted::History, None) => Ok(TaskKind::History),
        (Wanted::List, None) => Ok(TaskKind::List),
        (Wanted::Doctor, None) => Ok(TaskKind::Doctor),
        _ => {
            let problem = "`plan_of` is only allowed with the operation `plan`".to_owned();
            Err(Fault::Call { call: "start", problem })
        }
    }
}

/// Continues the run as far as possible.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: i64,
    /// Milliseconds since any fixed moment, by a monotonic clock, where available.
    pub elapsed_ms: Option<u64>,
}

/// Passes the outcome of a command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The command's id.
    pub id: u64,
    /// The outcome.
    #[serde(default)]
    pub answer: Value,
}

/// Asks the run to stop at its next safe point.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// [`PROTOCOL`].
    pub protocol: u32,
}

/// The answer to `start`, `resolve` and `cancel`.
#[derive(Debug, Serialize)]
pub struct Accepted {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// False if the command was withdrawn in the meantime.
    pub accepted: bool,
}

/// The answer to `poll`.
#[derive(Debug, Serialize)]
pub struct Turn {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The state of the run.
    pub state: RunState,
    /// What happened since the last turn, in order.
    pub events: Vec<DeployEvent>,
    /// The new commands of this turn.
    pub commands: Vec<Issued>,
    /// Commands of earlier turns whose outcome no longer matters: the kernel may end sleeps and abandon
    /// requests. Resolving them is harmless.
    pub withdrawn: Vec<u64>,
    /// With [`RunState::Finished`]: the operation's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    /// With [`RunState::Failed`]: the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<DeployError>,
    /// With [`Start::command`]: what to print.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<Printed>,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It waits for commands.
    Running,
    /// It succeeded, and `poll` must not be called again.
    Finished,
    /// It failed, and `poll` must not be called again.
    Failed,
}

/// A command and the id to resolve it by.
#[derive(Debug, Serialize)]
pub struct Issued {
    /// Unique within a run.
    pub id: u64,
    /// What to do.
    #[serde(flatten)]
    pub command: Command,
}

/// What the logic asks of the kernel.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Command {
    /// Send this to the workspace, with the kernel's own credential.
    Request {
        /// What to send.
        request: WorkspaceRequest,
    },
    /// Mint a credential for the target, connect with verified TLS, and run the script.
    Schema {
        /// Which database.
        at: LakebaseTarget,
        /// The operation, for a host that renders statements itself or forwards it.
        operation: SchemaOperation,
        /// The statements.
        script: Script,
    },
    /// Query the app itself, or a package index.
    Probe {
        /// The query.
        probe: Probe,
    },
    /// Wait.
    Sleep {
        /// How long.
        duration_ms: u64,
    },
}

/// The outcome of [`Command::Request`] or [`Command::Probe`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestAnswer {
    /// The workspace answered.
    Response(WorkspaceResponse),
    /// It didn't answer.
    Error(HostError),
}

/// The outcome of [`Command::Schema`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaAnswer {
    /// The script ran; the row that it returned, if any.
    Row(Option<Vec<Option<String>>>),
    /// It failed.
    Error(SchemaError),
}

/// The answer to an invalid call.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// `PROTOCOL_MISMATCH` or `PROTOCOL_FAULT`, in the catalogue's shape.
    pub refused: DeployError,
}

/// What was wrong with a call.
///
/// Not in the catalogue, as this is not a failure of a deployment: the installation, or the code that drives
/// the module, is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The kernel uses another version.
    Mismatch {
        /// The kernel's version, if it was given.
        spoken: Option<u64>,
    },
    /// The call doesn't have the protocol's shape, or comes at the wrong time. The message says which, and
    /// never repeats the input.
    Call {
        /// The call.
        call: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl From<Fault> for DeployError {
    fn from(fault: Fault) -> Self {
        let (code, message, cause, remedy) = match fault {
            Fault::Mismatch { spoken } => (
                "PROTOCOL_MISMATCH",
                "The package's Python code and its deployer module have different versions".to_owned(),
                match spoken {
                    Some(spoken) => format!(
                        "The Python code uses protocol version {spoken}, the module version {PROTOCOL}"
                    ),
                    None => format!(
                        "The Python code names no protocol version; the module uses version {PROTOCOL}"
                    ),
                },
                "Reinstall the package `tellr` and restart Python, so that no older module stays loaded",
            ),
            Fault::Call { call, problem } => (
                "PROTOCOL_FAULT",
                format!("The deployer's module rejected the call `{call}`"),
                problem,
                "This is a bug in the code that calls the module; please report it with this text",
            ),
        };
        ErrorDetails {
            code: code.to_owned(),
            class: ErrorClass::Deployment,
            message,
            cause,
            remedy: remedy.to_owned(),
            docs: "ARCHITECTURE.md".to_owned(),
            reason: None,
            step: None,
            log: Vec::new(),
            refused: None,
        }
        .into()
    }
}
