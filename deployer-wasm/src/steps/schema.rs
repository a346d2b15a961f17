//! The schema: look at it, set it up for the app, empty it, drop it.

use std::time::Duration;

use serde_json::json;

use super::lakebase::{DATABASE, Lakebase};
use super::restore_point::RestorePoint;
use crate::config::SchemaName;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::{Host, SchemaError, SchemaErrorKind};
use crate::schema::{SchemaOperation, SchemaOutcome, SchemaState};

/// A database that scaled to zero wakes within a second; a network that hiccups takes longer.
const CONNECTING: Duration = Duration::from_mins(1);
/// The platform makes the app's role some moments after the database was attached.
const ROLE: Duration = Duration::from_mins(1);
const UNDEFINED_OBJECT: &str = "42704";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Looks at the schema, for the app's `role` where it is known.
///
/// # Errors
/// Why the database can't be looked at.
pub async fn inspect<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    role: Option<String>,
) -> Result<Done<SchemaState>, StepError> {
    let operation = SchemaOperation::Inspect { schema: schema.clone(), role };
    match run(&step, lakebase, schema, operation).await? {
        SchemaOutcome::Inspected(state) => {
            let message = if state.exists {
                format!("the schema `{schema}` is there, with {} tables", state.tables)
            } else {
                format!("there is no schema `{schema}` yet")
            };
            Ok(Done::unchanged(state, message))
        }
        SchemaOutcome::Done => Err(Failure::SchemaFailed {
            schema: schema.to_string(),
            sqlstate: String::new(),
            problem: "The look at it brought nothing".into(),
        }
        .into()),
    }
}

/// Creates the schema if need be and gives `role` what the app needs in it. `seen` is what an
/// earlier look found.
///
/// # Errors
/// Why it can't be set up.
pub async fn set_up<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    role: &str,
    seen: Option<SchemaState>,
) -> Result<Done<()>, StepError> {
    if seen.is_some_and(|seen| seen.exists && seen.role_granted) {
        return Ok(Done::unchanged((), format!("the schema `{schema}` is ready for the app")));
    }
    let detail = json!({"schema": schema.as_str(), "role": role});
    step.intend(detail.clone()).await?;
    let operation = SchemaOperation::SetUp { schema: schema.clone(), role: role.to_owned() };
    run(&step, lakebase, schema, operation).await?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("set up the schema `{schema}` for the app")))
}

/// Drops the schema with all it holds and sets it up anew, in one transaction.
///
/// # Errors
/// Why it can't be; the data is then untouched.
pub async fn reset<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    role: &str,
    way_back: Option<&RestorePoint>,
) -> Result<Done<()>, StepError> {
    let detail = json!({"schema": schema.as_str(), "reset": true});
    step.intend(detail.clone()).await?;
    let operation = SchemaOperation::Reset { schema: schema.clone(), role: role.to_owned() };
    run(&step, lakebase, schema, operation).await?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("emptied the schema `{schema}`{}", told(way_back))))
}

/// Drops the schema with all it holds.
///
/// # Errors
/// Why it can't be.
pub async fn drop<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    way_back: Option<&RestorePoint>,
) -> Result<Done<()>, StepError> {
    let detail = json!({"schema": schema.as_str(), "drop": true});
    step.intend(detail.clone()).await?;
    run(&step, lakebase, schema, SchemaOperation::Drop { schema: schema.clone() }).await?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("dropped the schema `{schema}`{}", told(way_back))))
}

/// Told with the drop itself: what comes after it may fail, and then no result tells.
fn told(way_back: Option<&RestorePoint>) -> String {
    way_back.map_or_else(String::new, |point| {
        format!("; its data is in the branch `{}` until {}", point.branch, point.expires_at)
    })
}

/// Runs one operation, again while the connection fails or the app's role isn't there yet. All
/// operations are safe to repeat.
async fn run<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    operation: SchemaOperation,
) -> Result<SchemaOutcome, StepError> {
    let target = lakebase.target(&step.run.me);
    let (connecting, role) = (step.patience(CONNECTING), step.patience(ROLE));
    loop {
        let error = match Box::pin(step.run.host.schema(&target, operation.clone())).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => error,
        };
        let patience = match (error.kind, error.sqlstate.as_deref()) {
            // The last: somebody holds a lock on the schema, such as the running app. The statements
            // wait for it half a minute, and are safe to repeat.
            (SchemaErrorKind::Connection | SchemaErrorKind::Unavailable, _)
            | (SchemaErrorKind::Database, Some(LOCK_NOT_AVAILABLE)) => &connecting,
            (SchemaErrorKind::Database, Some(UNDEFINED_OBJECT)) => &role,
            _ => return Err(refused(step.run.me.clone(), lakebase, schema, &operation, error).into()),
        };
        if !patience.again(step).await? {
            return Err(refused(step.run.me.clone(), lakebase, schema, &operation, error).into());
        }
    }
}

fn refused(
    user: String,
    lakebase: &Lakebase,
    schema: &SchemaName,
    operation: &SchemaOperation,
    error: SchemaError,
) -> Failure {
    let problem = error.message;
    let schema = schema.to_string();
    match (error.kind, error.sqlstate.as_deref()) {
        (SchemaErrorKind::Connection, _) => {
            Failure::DatabaseUnreachable { host: lakebase.host.clone(), problem }
        }
        (SchemaErrorKind::SignedOut, _) => {
            Failure::TokenExpired { doing: "asking for a database credential".into() }
        }
        (SchemaErrorKind::Unavailable, _) => Failure::WorkspaceUnavailable {
            doing: "asking for a database credential".into(),
            status: 503,
            problem,
        },
        (SchemaErrorKind::Login, _) => Failure::DatabaseLogin { user, problem },
        (SchemaErrorKind::Credential, _) => {
            Failure::DatabaseCredential { name: lakebase.name.clone(), problem }
        }
        // The same code says that one may not create a schema and that one may not touch this one.
        (_, Some(INSUFFICIENT_PRIVILEGE)) if problem.contains("for database") => Failure::PermissionDenied {
            doing: format!("creating the schema `{schema}`"),
            what: format!("the database `{}`", lakebase.name),
            needed: format!("CREATE on its database `{DATABASE}`"),
            problem,
        },
        (_, Some(INSUFFICIENT_PRIVILEGE)) => Failure::SchemaNotOwned { schema, problem },
        (_, Some(UNDEFINED_OBJECT)) => match operation {
            SchemaOperation::SetUp { role, .. } | SchemaOperation::Reset { role, .. } => {
                Failure::AppRoleMissing { role: role.clone() }
            }
            _ => Failure::SchemaFailed { schema, sqlstate: UNDEFINED_OBJECT.into(), problem },
        },
        (_, sqlstate) => {
            Failure::SchemaFailed { schema, sqlstate: sqlstate.unwrap_or("unknown").to_owned(), problem }
        }
    }
}
