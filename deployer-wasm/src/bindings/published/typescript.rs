//! `pkg/types.d.ts`.

use expect_test::expect_file;
use ts_rs::{Config, TS};

use crate::config::{
    AppName, CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, SchemaName, SecretText,
    StatusArguments, UpdateArguments, WheelArgument,
};
use crate::engine::StepReport;
use crate::engine::journal::{RunRecord, RunStatus};
use crate::engine::lock::Lease;
use crate::engine::releases::{Release, ReleaseState, ReleasedFile, Tables};
use crate::error::{ErrorClass, ErrorDetails, RefusedInput};
use crate::events::{DeployEvent, EventKind, PlannedStep, StepState};
use crate::host::{
    CredentialTarget, HostError, HostErrorKind, LakebaseTarget, Method, Probe, SchemaError, SchemaErrorKind,
    Timestamp, WorkspaceRequest, WorkspaceResponse,
};
use crate::operations::{
    Action, AppList, AppState, AttachedServices, Cost, CreateResult, DeleteResult, FieldChange, FieldValue,
    Finding, Findings, Fixer, Health, History, KeptBranch, ListedApp, Loss, Operation, Plan, PlannedFile,
    PromisedRestorePoint, Reason, ResourceChange, ResourceKind, RestoreResult, RollbackResult, Severity,
    SharedWith, Status, UpdateResult,
};
use crate::schema::{SchemaOperation, SchemaOutcome, SchemaState, TableEstimate};
use crate::steps::restore_point::RestorePoint;

const HEAD: &str = "\
// Generated from the deployer's Rust types; a test says when it is stale.
// UPDATE_EXPECT=1 cargo test -p deployer-wasm published
";

/// The declaration of `T` with its documentation.
fn declared<T: TS + 'static>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(config))
}

#[test]
fn the_typescript_types_are_up_to_date() {
    // A JSON number is a `number`; none of these comes near 2⁵³.
    let config = &Config::new().with_large_int("number");
    let all = [
        declared::<Operation>(config),
        declared::<CreateArguments>(config),
        declared::<UpdateArguments>(config),
        declared::<DeleteArguments>(config),
        declared::<StatusArguments>(config),
        declared::<RollbackArguments>(config),
        declared::<RestoreArguments>(config),
        declared::<WheelArgument>(config),
        declared::<SecretText>(config),
        declared::<CreateResult>(config),
        declared::<UpdateResult>(config),
        declared::<DeleteResult>(config),
        declared::<RollbackResult>(config),
        declared::<RestoreResult>(config),
        declared::<AttachedServices>(config),
        declared::<Plan>(config),
        declared::<PlannedFile>(config),
        declared::<ResourceChange>(config),
        declared::<ResourceKind>(config),
        declared::<Action>(config),
        declared::<FieldChange>(config),
        declared::<FieldValue>(config),
        declared::<Reason>(config),
        declared::<Loss>(config),
        declared::<PromisedRestorePoint>(config),
        declared::<Status>(config),
        declared::<AppState>(config),
        declared::<History>(config),
        declared::<Release>(config),
        declared::<ReleaseState>(config),
        declared::<ReleasedFile>(config),
        declared::<Tables>(config),
        declared::<KeptBranch>(config),
        declared::<SharedWith>(config),
        declared::<AppList>(config),
        declared::<ListedApp>(config),
        declared::<Health>(config),
        declared::<Cost>(config),
        declared::<Findings>(config),
        declared::<Finding>(config),
        declared::<Severity>(config),
        declared::<Fixer>(config),
        declared::<RunRecord>(config),
        declared::<Lease>(config),
        declared::<RunStatus>(config),
        declared::<StepReport>(config),
        declared::<RestorePoint>(config),
        declared::<DeployEvent>(config),
        declared::<EventKind>(config),
        declared::<StepState>(config),
        declared::<PlannedStep>(config),
        declared::<ErrorDetails>(config),
        declared::<ErrorClass>(config),
        declared::<RefusedInput>(config),
        declared::<Timestamp>(config),
        declared::<Method>(config),
        declared::<WorkspaceRequest>(config),
        declared::<WorkspaceResponse>(config),
        declared::<HostError>(config),
        declared::<HostErrorKind>(config),
        declared::<Probe>(config),
        declared::<LakebaseTarget>(config),
        declared::<CredentialTarget>(config),
        declared::<AppName>(config),
        declared::<SchemaName>(config),
        declared::<SchemaOperation>(config),
        declared::<SchemaOutcome>(config),
        declared::<SchemaState>(config),
        declared::<TableEstimate>(config),
        declared::<SchemaError>(config),
        declared::<SchemaErrorKind>(config),
    ];
    let text = format!("{HEAD}\n{}", all.join("\n"));
    let text: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    expect_file!["../../../../pkg/types.d.ts"].assert_eq(&text);
}
