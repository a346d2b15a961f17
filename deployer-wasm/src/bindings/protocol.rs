//! The JSON that crosses between a kernel and the module, version 2.
//!
//! The module imports nothing: no clock, no randomness, no network. So the kernel drives it by
//! six calls, each of which takes one JSON object and answers one. Whatever the logic wants from
//! outside comes back from `poll` as a *command* with an id; the kernel carries commands out side
//! by side and `resolve`s each when it is done. The clock is part of `poll`, as time matters
//! only there; randomness comes once, as the seed of a stream of key quality.
//!
//! | call | takes | answers |
//! |---|---|---|
//! | `start` | [`Start`] | [`Accepted`] |
//! | `poll` | [`Poll`] | [`Turn`] |
//! | `resolve` | [`Resolve`] | [`Accepted`] |
//! | `cancel` | `{"protocol": 2}` | [`Accepted`] |
//! | `ask` | `{"protocol": 2, "question": "…", …}`, see [`super::question`] | what was asked for |
//!
//! `start` begins one of the three operations, or `plan` with `plan_of`, or `status`; those two send
//! only requests that read, and tell no events.
//!
//! How to drive a run: `start`; then, until `state` is not `running`: `poll`, show the events,
//! begin the commands, wait until at least one of those under way is done, `resolve` all that
//! are. A turn may be empty while commands are under way. Wrong arguments are no fault of the
//! protocol: the first `poll` answers `failed` with the catalogue's entry, of class `input`.
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
//! A call that doesn't fit is answered with [`Refused`], and leaves the run as it is. Any change
//! that an older kernel could misread gets a new number, and `start` refuses other numbers, so
//! that the halves of a mixed installation tell so instead of guessing.
//!
//! The arguments may hold a key, and answers may hold an app's files. Neither side may log what
//! crosses here; of a command with `sensitive`, not even parts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::task::{Operation, Outcome};
use crate::config::SecretText;
use crate::error::{DeployError, ErrorClass, Told};
use crate::events::DeployEvent;
use crate::host::{HostError, LakebaseTarget, Probe, SchemaError, WorkspaceRequest, WorkspaceResponse};
use crate::schema::{SchemaOperation, Script};

/// The version that this module speaks.
pub const PROTOCOL: u32 = 2;

/// Random bytes in [`Start::seed`].
pub const SEED_BYTES: usize = 32;

/// Begins a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// What to do.
    pub operation: Wanted,
    /// With [`Wanted::Plan`], and only there: the operation to plan.
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
}

/// What a run may be for. The last two send only requests that read, and tell no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// From nothing to a running app.
    Create,
    /// Another version, other settings, or an empty database.
    Update,
    /// Away with the app.
    Delete,
    /// What one of these would do; [`Start::plan_of`] says which. The result is a `Plan`.
    Plan,
    /// How things stand. The result is a `Status`.
    Status,
}

/// Lets the run go on as far as it can.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: i64,
    /// Milliseconds since any fixed moment, by a clock that nobody can set back, where there is one.
    pub elapsed_ms: Option<u64>,
}

/// Says what came of a command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The command's id.
    pub id: u64,
    /// What came of it.
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
    /// False where it came too late to matter: the command was withdrawn meanwhile.
    pub accepted: bool,
}

/// The answer to `poll`.
#[derive(Debug, Serialize)]
pub struct Turn {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Where the run stands.
    pub state: RunState,
    /// What happened since the last turn, in order.
    pub events: Vec<DeployEvent>,
    /// What the run wants now.
    pub commands: Vec<Issued>,
    /// Commands of earlier turns whose outcome no longer matters: sleeps may be ended, requests
    /// may be let go. Resolving them does no harm.
    pub withdrawn: Vec<u64>,
    /// With [`RunState::Finished`]: the operation's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    /// With [`RunState::Failed`]: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<DeployError>,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It waits for commands.
    Running,
    /// It ended well, and `poll` must not be called again.
    Finished,
    /// It ended with an error, and `poll` must not be called again.
    Failed,
}

/// A command and the id to resolve it by.
#[derive(Debug, Serialize)]
pub struct Issued {
    /// Unique within a run.
    pub id: u64,
    /// What is wanted.
    #[serde(flatten)]
    pub command: Command,
}

/// What the logic wants from outside.
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
        /// Where.
        at: LakebaseTarget,
        /// What it is, for a host that renders statements itself or passes it on.
        operation: SchemaOperation,
        /// The statements.
        script: Script,
    },
    /// Ask the app itself, or a package index.
    Probe {
        /// What to ask.
        probe: Probe,
    },
    /// Wait.
    Sleep {
        /// How long.
        duration_ms: u64,
    },
}

/// What came of [`Command::Request`] or [`Command::Probe`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestAnswer {
    /// The workspace answered.
    Response(WorkspaceResponse),
    /// It didn't.
    Error(HostError),
}

/// What came of [`Command::Schema`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaAnswer {
    /// The script ran; the row that it returned, if it returns one.
    Row(Option<Vec<Option<String>>>),
    /// It didn't run.
    Error(SchemaError),
}

/// The answer to a call that doesn't fit.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// `PROTOCOL_MISMATCH` or `PROTOCOL_FAULT`, in the catalogue's shape.
    pub refused: DeployError,
}

/// What was wrong with a call.
///
/// Not in the catalogue, as these are no failures of a deployment: somebody's installation, or
/// the code that drives the module, is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The kernel speaks another version.
    Mismatch {
        /// The version it speaks, if it said so.
        spoken: Option<u64>,
    },
    /// The call isn't of the protocol's shape, or comes at the wrong time. Says which and how,
    /// and never repeats what was handed over.
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
        Told {
            code: code.to_owned(),
            class: ErrorClass::Deployment,
            message,
            cause,
            remedy: remedy.to_owned(),
            docs: "ARCHITECTURE.md".to_owned(),
            step: None,
            log: Vec::new(),
            refused: None,
        }
        .into()
    }
}
