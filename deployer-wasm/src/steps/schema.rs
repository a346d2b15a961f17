//! The schema: inspects it, sets it up for the app, empties it, drops it.

use std::time::Duration;

use serde_json::json;

use super::lakebase::{DATABASE, Lakebase};
use super::ownership::{self, Tenant};
use super::restore_point::RestorePoint;
use crate::config::{AppName, SchemaName};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::{Failure, SchemaOwner};
use crate::host::{Host, SchemaError, SchemaErrorKind};
use crate::schema::{OTHER_APP, SchemaOperation, SchemaOutcome, SchemaState};
use crate::workspace::Client;

/// A database that scaled to zero resumes within a second; a network failure takes longer.
const CONNECTING: Duration = Duration::from_mins(1);
/// The platform creates the app's role shortly after the database was attached.
const ROLE: Duration = Duration::from_mins(1);
/// How long to wait for another session that changes the same schema.
const RACING: Duration = Duration::from_mins(1);
const UNDEFINED_OBJECT: &str = "42704";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// Another session is creating the same schema, or granting on it, at this moment: a duplicate key in
/// Postgres's system catalogue, a serialization failure, a deadlock, a schema or an object that now exists, a
/// catalogue entry updated by both. None of the statements writes to a user's table.
const RACES: [&str; 6] = ["23505", "40001", "40P01", "42P06", "42710", "XX000"];

/// What is known about a schema before the run starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preview {
    /// The database doesn't exist yet, and so neither does the schema.
    NoDatabase,
    /// The database couldn't be inspected now, for this reason; the run tries again.
    Unknown(String),
    /// The state of the schema.
    Known(SchemaState),
}

impl Preview {
    /// The state, if the schema could be inspected.
    pub fn known(&self) -> Option<SchemaState> {
        match self {
            Self::Known(state) => Some(state.clone()),
            Self::NoDatabase | Self::Unknown(_) => None,
        }
    }

    /// Whether there is a schema, as far as is known.
    pub fn may_exist(&self) -> bool {
        match self {
            Self::NoDatabase => false,
            Self::Unknown(_) => true,
            Self::Known(state) => state.exists,
        }
    }
}

/// What an inspection before the run has shown, without a step. Failing to connect is not an error here: the run
/// reports that in its own step, after trying for longer.
///
/// # Errors
/// `SCHEMA_OF_ANOTHER_APP`.
pub async fn preview<H: Host>(
    looked: Result<SchemaOutcome, SchemaError>,
    client: &Client<'_, H>,
    lakebase: &Lakebase,
    tenant: &Tenant<'_>,
) -> Result<Preview, Failure> {
    match looked {
        Ok(SchemaOutcome::Inspected(state)) => {
            ownership::check(client, &lakebase.name, tenant, &state).await?;
            Ok(Preview::Known(state))
        }
        Ok(SchemaOutcome::Done) => {
            Ok(Preview::Unknown("The database did not return the schema's state".into()))
        }
        Err(error) => Ok(Preview::Unknown(error.message)),
    }
}

/// Inspects the schema, and refuses one that belongs to another app.
///
/// # Errors
/// Why the database can't be inspected; `SCHEMA_OF_ANOTHER_APP`.
pub async fn inspect<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    tenant: &Tenant<'_>,
) -> Result<Done<SchemaState>, StepError> {
    let schema = tenant.schema;
    let state = look(&step, lakebase, tenant).await?;
    let message = if state.exists {
        format!("schema `{schema}` exists, with {} tables", state.tables)
    } else {
        format!("schema `{schema}` doesn't exist yet")
    };
    Ok(Done::unchanged(state, message))
}

/// The state of the schema, as a part of another step.
///
/// # Errors
/// As [`inspect`].
pub async fn look<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    tenant: &Tenant<'_>,
) -> Result<SchemaState, StepError> {
    match run(step, lakebase, tenant.schema, tenant.inspection()).await? {
        SchemaOutcome::Inspected(state) => {
            ownership::check(step.client(), &lakebase.name, tenant, &state).await?;
            Ok(state)
        }
        SchemaOutcome::Done => Err(Failure::SchemaFailed {
            schema: tenant.schema.to_string(),
            sqlstate: String::new(),
            problem: "The database did not return the schema's state".into(),
        }
        .into()),
    }
}

/// Creates the schema if needed and grants `role` what the app needs in it. `seen` is the result of an
/// earlier inspection.
///
/// # Errors
/// Why that failed.
pub async fn set_up<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    (app, schema): (&AppName, &SchemaName),
    role: &str,
    seen: Option<SchemaState>,
) -> Result<Done<()>, StepError> {
    let recorded = |seen: &SchemaState| seen.app.is_some() || !seen.can_record;
    if seen.is_some_and(|seen| seen.exists && seen.role_granted && recorded(&seen)) {
        return Ok(Done::unchanged((), format!("the schema `{schema}` is ready for the app")));
    }
    let detail = json!({"schema": schema.as_str(), "role": role});
    step.intend(detail.clone()).await?;
    let operation =
        SchemaOperation::SetUp { app: app.clone(), schema: schema.clone(), role: role.to_owned() };
    run(&step, lakebase, schema, operation).await?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("set up the schema `{schema}` for the app")))
}

/// Drops the schema with everything in it and creates it again, in one transaction. `seen` is the result of an
/// earlier inspection.
///
/// # Errors
/// Why that failed; the data is then unchanged.
pub async fn reset<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    (app, schema): (&AppName, &SchemaName),
    role: &str,
    (seen, way_back): (Option<SchemaState>, Option<&RestorePoint>),
) -> Result<Done<()>, StepError> {
    let detail = json!({"schema": schema.as_str(), "reset": true});
    step.intend(detail.clone()).await?;
    let operation =
        SchemaOperation::Reset { app: app.clone(), schema: schema.clone(), role: role.to_owned() };
    run(&step, lakebase, schema, operation).await?;
    step.did(detail).await?;
    let done = if seen.is_some_and(|seen| !seen.exists) { "created" } else { "emptied" };
    Ok(Done::changed((), format!("{done} the schema `{schema}`{}", told(way_back))))
}

/// Drops the schema with everything in it. `seen` is the result of an earlier inspection.
///
/// # Errors
/// Why that failed.
pub async fn drop<H: Host>(
    step: StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    (app, schema): (&AppName, &SchemaName),
    (seen, way_back): (Option<SchemaState>, Option<&RestorePoint>),
) -> Result<Done<()>, StepError> {
    if seen.is_some_and(|seen| !seen.exists) {
        let database = &lakebase.name;
        return Ok(Done::unchanged((), format!("the database `{database}` has no schema `{schema}`")));
    }
    let detail = json!({"schema": schema.as_str(), "drop": true});
    step.intend(detail.clone()).await?;
    let operation = SchemaOperation::Drop { app: app.clone(), schema: schema.clone() };
    run(&step, lakebase, schema, operation).await?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("dropped the schema `{schema}`{}", told(way_back))))
}

/// Reported with the drop itself: a later step may fail, and then there is no result to report it.
fn told(way_back: Option<&RestorePoint>) -> String {
    way_back.map_or_else(String::new, |point| {
        format!("; its previous data is kept in the branch `{}` until {}", point.branch, point.expires_at)
    })
}

/// Runs one operation, and retries while the connection fails, the app's role doesn't exist yet, or another
/// session changes the same schema. All operations are idempotent.
async fn run<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    operation: SchemaOperation,
) -> Result<SchemaOutcome, StepError> {
    let target = lakebase.target(&step.run.me);
    let (connecting, role) = (step.poller(CONNECTING), step.poller(ROLE));
    let racing = step.poller(RACING);
    loop {
        let error = match step.schema(&target, operation.clone()).await? {
            Ok(outcome) => return Ok(outcome),
            Err(error) => error,
        };
        let poller = match (error.kind, error.sqlstate.as_deref()) {
            // The last code: another session holds a lock on the schema, such as the running app. The
            // statements wait for it for half a minute, and are safe to repeat.
            (SchemaErrorKind::Connection | SchemaErrorKind::Unavailable, _)
            | (SchemaErrorKind::Database, Some(LOCK_NOT_AVAILABLE)) => &connecting,
            (SchemaErrorKind::Database, Some(UNDEFINED_OBJECT)) => &role,
            (SchemaErrorKind::Database, Some(code)) if RACES.contains(&code) => &racing,
            (_, Some(OTHER_APP)) => {
                return Err(taken(step, lakebase, schema, &operation, error).await?.into());
            }
            _ => return Err(refused(step.run.me.clone(), lakebase, schema, &operation, error).into()),
        };
        if !poller.again(step).await? {
            return Err(refused(step.run.me.clone(), lakebase, schema, &operation, error).into());
        }
    }
}

/// The error for a schema that the statements refused: between the inspection and the statements another app
/// took it. The schema is inspected once more for an alternative name.
async fn taken<H: Host>(
    step: &StepHandle<'_, '_, H>,
    lakebase: &Lakebase,
    schema: &SchemaName,
    operation: &SchemaOperation,
    error: SchemaError,
) -> Result<Failure, StepError> {
    let look = SchemaOperation::Inspect { app: operation.app().clone(), schema: schema.clone(), role: None };
    let free = match step.schema(&lakebase.target(&step.run.me), look).await? {
        Ok(SchemaOutcome::Inspected(state)) => state.free_name,
        // The refusal takes precedence.
        Ok(SchemaOutcome::Done) | Err(_) => None,
    };
    Ok(Failure::SchemaOfAnotherApp {
        schema: schema.to_string(),
        database: lakebase.name.clone(),
        owner: SchemaOwner::App(error.message.rsplit(' ').next().unwrap_or_default().to_owned()),
        free,
    })
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
            Failure::TokenExpired { doing: "get a database credential".into(), problem }
        }
        (SchemaErrorKind::Unavailable, _) => Failure::WorkspaceUnavailable {
            doing: "get a database credential".into(),
            status: 503,
            code: String::new(),
            request: String::new(),
            problem,
        },
        (SchemaErrorKind::Login, _) => Failure::DatabaseLogin { user, problem },
        (SchemaErrorKind::Credential, _) => {
            Failure::DatabaseCredential { name: lakebase.name.clone(), problem }
        }
        // The same code covers missing privileges to create a schema and to change this one.
        (_, Some(INSUFFICIENT_PRIVILEGE)) if problem.contains("for database") => Failure::PermissionDenied {
            doing: format!("create the schema `{schema}`"),
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
