//! Finds the database of a name and its address.

use std::time::Duration;

use futures_util::join;

use super::{DATABASE, Kind, Lakebase};
use crate::host::{Host, Timestamp};
use crate::manifest::LakebaseConnection;
use crate::together;
use crate::workspace::apps::Resource;
use crate::workspace::database::{self, Instance};
use crate::workspace::postgres::{self, Endpoint, Project};
use crate::workspace::{ApiError, Client, ErrorKind};

const PERMISSION: &str = "CAN_CONNECT_AND_CREATE";
/// The maximum difference between the creation times that the two interfaces report for one database.
const ONE_CREATION: Duration = Duration::from_mins(10);

/// The existing database of a name.
#[derive(Debug, Clone)]
pub enum Found {
    /// A provisioned instance.
    Provisioned,
    /// An autoscaling project.
    Autoscaling(Project),
    /// None. Whether the autoscaling interface exists here.
    Nothing {
        /// False where the workspace has no autoscaling.
        autoscaling: bool,
    },
}

impl Found {
    /// The same on the branch that an app uses, if that is one of this project: after a restore it isn't the default
    /// one.
    #[must_use]
    pub fn on_branch(mut self, branch: Option<String>) -> Self {
        if let Self::Autoscaling(project) = &mut self
            && let Some(branch) = branch
            && branch.strip_prefix(&project.name).is_some_and(|rest| rest.starts_with("/branches/"))
        {
            project.status.default_branch = Some(branch);
        }
        self
    }

    /// The branch that is used, as a full path; `None` if the database has no branches, or doesn't exist yet.
    pub fn branch(&self) -> Option<String> {
        match self {
            Self::Autoscaling(project) => Some(project.default_branch()),
            Self::Provisioned | Self::Nothing { .. } => None,
        }
    }

    /// The kind of the existing or new database.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Autoscaling(_) | Self::Nothing { autoscaling: true } => Kind::Autoscaling,
            Self::Provisioned | Self::Nothing { autoscaling: false } => Kind::Provisioned,
        }
    }
}

/// What the two interfaces report about a name.
#[derive(Debug, Clone)]
pub struct Interfaces {
    instance: Option<Instance>,
    project: Option<Project>,
    /// Whether the autoscaling interface exists here.
    autoscaling: bool,
}

impl Interfaces {
    /// The database to use. If both interfaces have the name, it is usually one project seen through both,
    /// and the project is used. The exception is an app that is `known` to use a provisioned instance that
    /// was created at another time than the project: those are two databases, and the app keeps its own.
    pub fn choose(self, known: Option<Kind>) -> Found {
        match (self.instance, self.project) {
            (Some(instance), Some(project))
                if known == Some(Kind::Provisioned) && differ(&instance, &project) =>
            {
                Found::Provisioned
            }
            (_, Some(project)) => Found::Autoscaling(project),
            (Some(_), None) => Found::Provisioned,
            (None, None) => Found::Nothing { autoscaling: self.autoscaling },
        }
    }
}

/// Whether an instance and a project of one name were created at different times.
fn differ(instance: &Instance, project: &Project) -> bool {
    let time = |text: &Option<String>| text.as_deref().and_then(Timestamp::parse);
    match (time(&instance.creation_time), time(&project.create_time)) {
        (Some(one), Some(other)) => one.since(other).max(other.since(one)) > ONE_CREATION,
        _ => false,
    }
}

/// Looks up the database `name`.
///
/// # Errors
/// The workspace's refusal, transient errors included.
pub async fn look<H: Host>(client: &Client<'_, H>, name: &str) -> Result<Interfaces, ApiError> {
    let (instance, project) =
        join!(client.send(database::get_instance(name)), client.send(postgres::get_project(name)),);
    let instance = absent(instance)?;
    match project {
        Err(error) if error.is(ErrorKind::InterfaceMissing) => {
            Ok(Interfaces { instance, project: None, autoscaling: false })
        }
        project => Ok(Interfaces { instance, project: absent(project)?, autoscaling: true }),
    }
}

/// The endpoint of the project `name`, if it has the path that the platform gives it.
pub fn usual_endpoint(name: &str) -> String {
    format!("{}/endpoints/primary", postgres::usual_branch(name))
}

/// Starts the reads of [`look`], and those of [`reach`] for a project whose default branch has the usual name.
pub async fn ahead<H: Host>(client: &Client<'_, H>, name: &str) {
    let branch = postgres::usual_branch(name);
    together::all(vec![
        client.ahead(database::get_instance(name)),
        client.ahead(postgres::get_project(name)),
        client.ahead(postgres::list_endpoints(&branch)),
        client.ahead(postgres::list_databases(&branch)),
    ])
    .await;
}

/// `None` if it doesn't exist or there is no such interface.
fn absent<T>(answer: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() || error.is(ErrorKind::InterfaceMissing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The app's database settings, as far as they are known now; `unknown` replaces the rest.
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

/// The endpoint of a branch that accepts writes. A new branch is not found at first, then has an endpoint
/// without a host.
pub(super) async fn writable<H: Host>(
    client: &Client<'_, H>,
    branch: &str,
) -> Result<Option<Endpoint>, ApiError> {
    let endpoints = client.find_all(postgres::list_endpoints(branch)).await?.unwrap_or_default().endpoints;
    Ok(endpoints.into_iter().find(Endpoint::is_read_write))
}

/// The database that was `found`, if it accepts connections now.
///
/// # Errors
/// The workspace's refusal.
pub async fn reach<H: Host>(
    client: &Client<'_, H>,
    name: &str,
    found: &Found,
) -> Result<Option<Lakebase>, ApiError> {
    match found {
        Found::Nothing { .. } => Ok(None),
        Found::Autoscaling(project) => {
            let endpoint = writable(client, &project.default_branch()).await?;
            match endpoint.as_ref().and_then(|endpoint| Some((endpoint, endpoint.ready_host()?))) {
                Some((endpoint, host)) => {
                    project_at(client, name, project, &endpoint.name, host).await.map(Some)
                }
                None => Ok(None),
            }
        }
        Found::Provisioned => {
            let instance = client.find(database::get_instance(name)).await?;
            Ok(instance.as_ref().and_then(Instance::ready_host).map(|host| instance_at(name, host)))
        }
    }
}

/// A project whose endpoint has the host `host`, with the paths for the app's resources.
pub(super) async fn project_at<H: Host>(
    client: &Client<'_, H>,
    name: &str,
    project: &Project,
    endpoint: &str,
    host: &str,
) -> Result<Lakebase, ApiError> {
    let branch = project.default_branch();
    let databases = client.find_all(postgres::list_databases(&branch)).await?.unwrap_or_default().databases;
    let database = databases
        .into_iter()
        .find(|database| database.status.postgres_database.as_deref() == Some(DATABASE))
        .map_or_else(|| usual_database(&branch), |database| database.name);
    Ok(Lakebase {
        name: name.to_owned(),
        connection: LakebaseConnection::Autoscaling {
            project: name.to_owned(),
            endpoint: endpoint.to_owned(),
            host: host.to_owned(),
        },
        resource: Resource::Postgres { branch: branch.clone(), database, permission: PERMISSION.into() },
        host: host.to_owned(),
        branch: Some((project.name.clone(), branch)),
    })
}

/// The database that was `found`, as it is attached to an app; with the paths that a new one gets, if there is none.
pub fn attachment(name: &str, found: &Found) -> Resource {
    let branch = match found {
        Found::Provisioned | Found::Nothing { autoscaling: false } => return instance_at(name, "").resource,
        Found::Autoscaling(project) => project.default_branch(),
        Found::Nothing { autoscaling: true } => postgres::usual_branch(name),
    };
    Resource::Postgres { database: usual_database(&branch), branch, permission: PERMISSION.into() }
}

/// The path of the default database of a branch.
fn usual_database(branch: &str) -> String {
    format!("{branch}/databases/databricks-postgres")
}

/// An instance with the host `host`.
pub(super) fn instance_at(name: &str, host: &str) -> Lakebase {
    Lakebase {
        name: name.to_owned(),
        connection: LakebaseConnection::Provisioned { instance: name.to_owned() },
        resource: Resource::Database {
            instance_name: name.to_owned(),
            database_name: DATABASE.into(),
            permission: PERMISSION.into(),
        },
        host: host.to_owned(),
        branch: None,
    }
}
