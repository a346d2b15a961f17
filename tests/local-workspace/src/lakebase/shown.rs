//! An instance in the older API: one of the older kind, or an autoscaling project that was created there,
//! represented by its default branch.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::activity::Activity;
use super::call::ObjectKind;
use super::cluster::Cluster;
use super::credentials::{ComputeId, StorageId};
use super::front::Front;
use super::tree::{DEFAULT_BRANCH, DEFAULT_ENDPOINT, Instance, Project, Role, Tree};
use crate::clock::Timestamp;
use crate::problem::Problem;

/// The older API's view of one name.
pub(crate) struct Shown<'a> {
    pub(crate) name: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) created: Timestamp,
    pub(crate) ready: Timestamp,
    pub(crate) stopped: bool,
    pub(crate) version: &'static str,
    /// `capacity`, `retention_window_in_days`, …
    pub(crate) settings: &'a Map<String, Value>,
    pub(crate) roles: &'a BTreeMap<String, Role>,
    pub(crate) compute: ComputeId,
    pub(crate) storage: StorageId,
    pub(crate) cluster: &'a Arc<Cluster>,
    pub(crate) front: Option<&'a Front>,
    /// For a compute that can be suspended.
    pub(crate) activity: Option<&'a Activity>,
    /// The object whose permissions apply.
    pub(crate) object: (ObjectKind, &'a str),
}

/// The changeable part.
pub(crate) struct Changeable<'a> {
    pub(crate) settings: &'a mut Map<String, Value>,
    pub(crate) roles: &'a mut BTreeMap<String, Role>,
    pub(crate) front: &'a mut Option<Front>,
    /// Whether it was stopped, if that is stored separately from having no host.
    pub(crate) stopped: Option<&'a mut bool>,
}

impl<'a> Shown<'a> {
    fn of_instance(instance: &'a Instance) -> Self {
        Self {
            name: &instance.name,
            uid: &instance.uid,
            owner: &instance.owner,
            created: instance.created,
            ready: instance.ready,
            stopped: instance.stopped,
            version: "PG_VERSION_16",
            settings: &instance.settings,
            roles: &instance.roles,
            compute: instance.compute,
            storage: instance.storage,
            cluster: &instance.cluster,
            front: instance.front.as_ref(),
            activity: None,
            object: (ObjectKind::Instance, &instance.name),
        }
    }

    /// `None` for a project that was created as one, or is deleted.
    fn of_project(project: &'a Project) -> Option<Self> {
        let settings = project.instance.as_ref().filter(|_| project.deleted.is_none())?;
        let branch = project.branches.get(DEFAULT_BRANCH)?;
        let endpoint = branch.endpoints.get(DEFAULT_ENDPOINT)?;
        Some(Self {
            name: name_of(settings),
            uid: &project.uid,
            owner: &project.owner,
            created: project.created,
            ready: endpoint.ready.max(branch.ready),
            stopped: endpoint.front.is_none(),
            version: "PG_VERSION_17",
            settings,
            roles: &branch.roles,
            compute: endpoint.compute,
            storage: branch.storage,
            cluster: &branch.cluster,
            front: endpoint.front.as_ref(),
            activity: Some(&endpoint.activity),
            object: (ObjectKind::Project, &project.id),
        })
    }
}

fn name_of(settings: &Map<String, Value>) -> &str {
    settings.get("name").and_then(Value::as_str).unwrap_or_default()
}

impl Tree {
    /// All instances in the older API.
    pub(crate) fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        let projects = self.projects.values().filter_map(Shown::of_project);
        self.instances.values().map(Shown::of_instance).chain(projects)
    }

    /// The instance of this name.
    pub(crate) fn instance(&self, name: &str) -> Result<Shown<'_>, Problem> {
        self.shown().find(|shown| shown.name == name).ok_or_else(|| unknown(name))
    }

    /// The same, for changing it.
    pub(crate) fn instance_mut(&mut self, name: &str) -> Result<Changeable<'_>, Problem> {
        if let Some(instance) = self.instances.get_mut(name) {
            return Ok(Changeable {
                settings: &mut instance.settings,
                roles: &mut instance.roles,
                front: &mut instance.front,
                stopped: Some(&mut instance.stopped),
            });
        }
        self.projects
            .values_mut()
            .filter(|project| project.deleted.is_none())
            .find(|project| project.instance.as_ref().is_some_and(|settings| name_of(settings) == name))
            .and_then(changeable)
            .ok_or_else(|| unknown(name))
    }
}

fn changeable(project: &mut Project) -> Option<Changeable<'_>> {
    let branch = project.branches.get_mut(DEFAULT_BRANCH)?;
    Some(Changeable {
        settings: project.instance.as_mut()?,
        roles: &mut branch.roles,
        front: &mut branch.endpoints.get_mut(DEFAULT_ENDPOINT)?.front,
        stopped: None,
    })
}

fn unknown(name: &str) -> Problem {
    Problem::not_found(format!("Database instance {name} not found."))
}
