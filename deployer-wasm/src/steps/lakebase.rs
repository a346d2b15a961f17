//! The database: find it, or create it, and wait until one can connect.
//!
//! An existing provisioned instance of the name wins, then an autoscaling project; a new one is
//! autoscaling. Only the platform's word that the autoscaling interface *does not exist here*
//! leads to a provisioned instance. A fault that passes leads nowhere but to trying again: the
//! alternative is a second database.

use std::time::Duration;

use serde_json::json;

use crate::config::Capacity;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::{CredentialTarget, Host, LakebaseTarget};
use crate::manifest::LakebaseConnection;
use crate::workspace::apps::Resource;
use crate::workspace::database::{self, Instance};
use crate::workspace::operation::{self, Operation};
use crate::workspace::postgres::{self, Endpoint, NewProject, Project};
use crate::workspace::{ApiError, Client, ErrorKind};
use futures_util::join;

/// The database every Lakebase comes with, and the one Tellr's schema lives in.
pub const DATABASE: &str = "databricks_postgres";
const AUTOSCALING: &str = "autoscaling";
const PROVISIONED: &str = "provisioned";
const PERMISSION: &str = "CAN_CONNECT_AND_CREATE";
/// A new provisioned instance takes some three minutes, a project some seconds.
const PATIENCE: Duration = Duration::from_mins(20);

/// What of a name is there already.
#[derive(Debug, Clone)]
pub enum Found {
    /// A provisioned instance.
    Provisioned,
    /// An autoscaling project.
    Autoscaling(Project),
    /// Nothing. Whether the autoscaling interface exists here.
    Nothing {
        /// False where the workspace has no autoscaling.
        autoscaling: bool,
    },
}

/// Which of the two kinds an app is known to use, where both have the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A provisioned instance.
    Provisioned,
    /// An autoscaling project.
    Autoscaling,
}

impl Kind {
    /// `autoscaling` or `provisioned`, as in results and in `LAKEBASE_TYPE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Autoscaling => AUTOSCALING,
            Self::Provisioned => PROVISIONED,
        }
    }
}

impl Found {
    /// Of which kind it is, or will be.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Autoscaling(_) | Self::Nothing { autoscaling: true } => Kind::Autoscaling,
            Self::Provisioned | Self::Nothing { autoscaling: false } => Kind::Provisioned,
        }
    }
}

/// A database one can connect to.
#[derive(Debug, Clone)]
pub struct Lakebase {
    /// Its name.
    pub name: String,
    /// What the app is told about it.
    pub connection: LakebaseConnection,
    /// How it is attached to the app.
    pub resource: Resource,
    /// Where the read-write endpoint listens.
    pub host: String,
    /// Autoscaling: the project and the branch, as full paths.
    pub branch: Option<(String, String)>,
}

impl Lakebase {
    /// `autoscaling` or `provisioned`, as in results and in `LAKEBASE_TYPE`.
    pub fn kind(&self) -> &'static str {
        if self.branch.is_some() { AUTOSCALING } else { PROVISIONED }
    }

    /// Where a schema operation of `user` goes.
    pub fn target(&self, user: &str) -> LakebaseTarget {
        let credential = match &self.connection {
            LakebaseConnection::Provisioned { instance } => CredentialTarget::Instance(instance.clone()),
            LakebaseConnection::Autoscaling { endpoint, .. } => CredentialTarget::Endpoint(endpoint.clone()),
        };
        let (host, database) = (self.host.clone(), DATABASE.to_owned());
        LakebaseTarget { host, database, user: user.to_owned(), credential }
    }
}

/// What the two interfaces say of a name.
#[derive(Debug, Clone)]
pub struct Seen {
    instance: bool,
    project: Option<Project>,
    /// Whether the autoscaling interface exists here.
    autoscaling: bool,
}

impl Seen {
    /// What to use. `known` decides where both kinds answer to the name: since March 2026 a
    /// project may be seen through both interfaces.
    pub fn choose(self, known: Option<Kind>) -> Found {
        match (self.instance, self.project) {
            (true, Some(project)) if known == Some(Kind::Autoscaling) => Found::Autoscaling(project),
            (true, _) => Found::Provisioned,
            (false, Some(project)) => Found::Autoscaling(project),
            (false, None) => Found::Nothing { autoscaling: self.autoscaling },
        }
    }
}

/// Looks what of `name` is there.
///
/// # Errors
/// The workspace's refusal, passing faults included.
pub async fn look<H: Host>(client: &Client<'_, H>, name: &str) -> Result<Seen, ApiError> {
    let (instance, project) =
        join!(client.send(database::get_instance(name)), client.send(postgres::get_project(name)),);
    let instance = absent(instance)?.is_some();
    match project {
        Err(error) if error.is(ErrorKind::InterfaceMissing) => {
            Ok(Seen { instance, project: None, autoscaling: false })
        }
        project => Ok(Seen { instance, project: absent(project)?, autoscaling: true }),
    }
}

/// Not there, or no such interface: nothing of the kind.
fn absent<T>(answer: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() || error.is(ErrorKind::InterfaceMissing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Brings the database about, from what was `found`.
///
/// # Errors
/// Why it can't be had.
pub async fn ensure<H: Host>(
    step: StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
    found: Found,
) -> Result<Done<Lakebase>, StepError> {
    match found {
        Found::Nothing { autoscaling: true } => match create_project(&step, name, capacity).await? {
            Some(project) => {
                let lakebase = settle_project(&step, name, &project).await?;
                Ok(Done::changed(lakebase, format!("created the autoscaling database `{name}`")))
            }
            None => create_instance(&step, name, capacity).await,
        },
        Found::Nothing { autoscaling: false } => create_instance(&step, name, capacity).await,
        found => existing(step, name, found).await,
    }
}

/// Waits until a database that is there can be connected to; never creates one.
///
/// # Errors
/// Why it can't be had; `LAKEBASE_NOT_FOUND` when there is none.
pub async fn existing<H: Host>(
    step: StepHandle<'_, '_, H>,
    name: &str,
    found: Found,
) -> Result<Done<Lakebase>, StepError> {
    match found {
        Found::Provisioned => {
            let lakebase = settle_instance(&step, name).await?;
            Ok(Done::unchanged(lakebase, format!("using the provisioned database `{name}`")))
        }
        Found::Autoscaling(project) => {
            let lakebase = settle_project(&step, name, &project).await?;
            Ok(Done::unchanged(lakebase, format!("using the autoscaling database `{name}`")))
        }
        Found::Nothing { .. } => Err(Failure::LakebaseNotFound { name: name.to_owned() }.into()),
    }
}

/// Creates a project; `None` if it turns out that there is no autoscaling here.
async fn create_project<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
) -> Result<Option<Project>, StepError> {
    let detail = json!({"kind": "autoscaling", "project": name});
    step.intend(detail.clone()).await?;
    let new = NewProject { id: name, limits: capacity.autoscaling_limits() };
    match step.client().send(postgres::create_project(&new)).await {
        Ok(operation) => {
            step.waiting(format!("creating the autoscaling database `{name}`"));
            wait(step, name, operation).await?;
        }
        // Made by an earlier run, by somebody else just now, or by us with the answer lost. It is
        // what we want in each case, if it is there.
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            if step.client().find(postgres::get_project(name)).await?.is_none() {
                return Err(Failure::LakebaseNameReserved {
                    name: name.to_owned(),
                    problem: error.into_message(),
                }
                .into());
            }
        }
        Err(error) if error.is(ErrorKind::InterfaceMissing) => return Ok(None),
        Err(error) => return Err(refused(name, error).into()),
    }
    let project = step.client().send(postgres::get_project(name)).await?;
    step.did(detail).await?;
    Ok(Some(project))
}

fn refused(name: &str, error: ApiError) -> Failure {
    let name = name.to_owned();
    match error.kind {
        ErrorKind::QuotaExceeded => Failure::LakebaseQuota { name, problem: error.into_message() },
        ErrorKind::Invalid => Failure::LakebaseFailed { name, problem: error.into_message() },
        _ => error.into_failure(),
    }
}

/// Waits for an operation of the project `name`.
async fn wait<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    operation: Operation,
) -> Result<(), StepError> {
    match operation_end(step, operation).await? {
        Ok(()) => Ok(()),
        Err(OperationEnd::Failed(problem)) => {
            Err(Failure::LakebaseFailed { name: name.to_owned(), problem }.into())
        }
        Err(OperationEnd::Patience(waited)) => {
            Err(Failure::LakebaseTimeout { name: name.to_owned(), state: "being created".into(), waited }
                .into())
        }
    }
}

/// How an operation ended badly.
pub(super) enum OperationEnd {
    /// With the platform's words.
    Failed(String),
    /// Not at all, within our patience.
    Patience(Duration),
}

/// Polls an operation to its end.
pub(super) async fn operation_end<H: Host>(
    step: &StepHandle<'_, '_, H>,
    mut operation: Operation,
) -> Result<Result<(), OperationEnd>, StepError> {
    let patience = step.patience(PATIENCE);
    loop {
        if let Some(error) = operation.error {
            let code =
                if error.error_code.is_empty() { String::new() } else { format!(" ({})", error.error_code) };
            return Ok(Err(OperationEnd::Failed(format!("{}{code}", error.message))));
        }
        if operation.done || operation.name.is_empty() {
            return Ok(Ok(()));
        }
        if !patience.again(step).await? {
            return Ok(Err(OperationEnd::Patience(patience.waited(step))));
        }
        // An operation that is forgotten has ended; what it made tells how.
        match step.client().find(operation::get(&operation.name)).await? {
            Some(next) => operation = next,
            None => return Ok(Ok(())),
        }
    }
}

/// What the app will be told of the database, as far as that is known now; `unknown` stands for
/// the rest.
///
/// # Errors
/// The workspace's refusal.
pub async fn foresee<H: Host>(
    client: &Client<'_, H>,
    name: &str,
    found: &Found,
    unknown: &str,
) -> Result<LakebaseConnection, ApiError> {
    let known = match found {
        Found::Provisioned | Found::Nothing { autoscaling: false } => {
            return Ok(LakebaseConnection::Provisioned { instance: name.to_owned() });
        }
        Found::Autoscaling(project) => writable(client, &project.default_branch()).await?,
        Found::Nothing { autoscaling: true } => None,
    };
    let host = known.as_ref().and_then(Endpoint::ready_host).unwrap_or(unknown).to_owned();
    let endpoint = known.map_or_else(|| unknown.to_owned(), |endpoint| endpoint.name);
    Ok(LakebaseConnection::Autoscaling { project: name.to_owned(), endpoint, host })
}

/// The endpoint of a branch that takes writes. A fresh branch is not found for a moment, then has
/// an endpoint without a host.
async fn writable<H: Host>(client: &Client<'_, H>, branch: &str) -> Result<Option<Endpoint>, ApiError> {
    let endpoints = client.find(postgres::list_endpoints(branch)).await?.unwrap_or_default().endpoints;
    Ok(endpoints.into_iter().find(Endpoint::is_read_write))
}

/// Waits for the project's endpoint and finds the paths of what the app is given.
async fn settle_project<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    project: &Project,
) -> Result<Lakebase, StepError> {
    let branch = project.default_branch();
    let patience = step.patience(PATIENCE);
    let (endpoint, host) = loop {
        let writable = writable(step.client(), &branch).await?;
        if let Some((endpoint, host)) =
            writable.as_ref().and_then(|endpoint| Some((endpoint, endpoint.ready_host()?)))
        {
            break (endpoint.name.clone(), host.to_owned());
        }
        if !patience.again(step).await? {
            let state = writable.and_then(|endpoint| endpoint.status.current_state);
            let state = state.unwrap_or_else(|| "no endpoint yet".into());
            return Err(Failure::LakebaseTimeout {
                name: name.to_owned(),
                state,
                waited: patience.waited(step),
            }
            .into());
        }
    };
    let databases =
        step.client().find(postgres::list_databases(&branch)).await?.unwrap_or_default().databases;
    let database = databases
        .into_iter()
        .find(|database| database.status.postgres_database.as_deref() == Some(DATABASE))
        .map_or_else(|| format!("{branch}/databases/databricks-postgres"), |database| database.name);
    Ok(Lakebase {
        name: name.to_owned(),
        connection: LakebaseConnection::Autoscaling {
            project: name.to_owned(),
            endpoint,
            host: host.clone(),
        },
        resource: Resource::Postgres { branch: branch.clone(), database, permission: PERMISSION.into() },
        host,
        branch: Some((project.name.clone(), branch)),
    })
}

async fn create_instance<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    capacity: Capacity,
) -> Result<Done<Lakebase>, StepError> {
    let detail = json!({"kind": "provisioned", "instance": name});
    step.intend(detail.clone()).await?;
    match step.client().send(database::create_instance(name, capacity.as_str())).await {
        Ok(_) => {}
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            if step.client().find(database::get_instance(name)).await?.is_none() {
                return Err(Failure::LakebaseNameReserved {
                    name: name.to_owned(),
                    problem: error.into_message(),
                }
                .into());
            }
        }
        Err(error) => return Err(refused(name, error).into()),
    }
    step.waiting(format!("creating the provisioned database `{name}`"));
    step.did(detail).await?;
    let lakebase = settle_instance(step, name).await?;
    Ok(Done::changed(lakebase, format!("created the provisioned database `{name}`")))
}

async fn settle_instance<H: Host>(step: &StepHandle<'_, '_, H>, name: &str) -> Result<Lakebase, StepError> {
    let patience = step.patience(PATIENCE);
    loop {
        let instance: Instance = step.client().send(database::get_instance(name)).await?;
        if let Some(host) = instance.ready_host() {
            return Ok(Lakebase {
                name: name.to_owned(),
                connection: LakebaseConnection::Provisioned { instance: name.to_owned() },
                resource: Resource::Database {
                    instance_name: name.to_owned(),
                    database_name: DATABASE.into(),
                    permission: PERMISSION.into(),
                },
                host: host.to_owned(),
                branch: None,
            });
        }
        let state = instance.state.unwrap_or_else(|| "UNKNOWN".into());
        match state.as_str() {
            "STOPPED" => {
                return Err(Failure::LakebaseStopped { name: name.to_owned() }.into());
            }
            "DELETING" => {
                let problem = "The instance is being deleted".to_owned();
                return Err(Failure::LakebaseNameReserved { name: name.to_owned(), problem }.into());
            }
            _ => {}
        }
        if !patience.again(step).await? {
            return Err(Failure::LakebaseTimeout {
                name: name.to_owned(),
                state,
                waited: patience.waited(step),
            }
            .into());
        }
    }
}
