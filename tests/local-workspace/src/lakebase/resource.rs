//! Databases as resources of apps.
//!
//! Attaching one gives the app's service principal a Postgres role that may connect and create schemas, and
//! the app its connection variables; no password, which the app mints like any client. Detaching it, or
//! deleting the app, keeps the role, as on the platform.

use std::sync::Arc;

use super::autoscaling::app_role;
use super::call::ObjectKind;
use super::cluster::Cluster;
use super::hosts::PORT;
use super::request::missing;
use super::tree::{EndpointKind, Role};
use super::{Lakebase, broken, sql};
use crate::identity::{Principal, Right};
use crate::permissions::{Grantee, Permissions};
use crate::problem::Problem;

/// A database in an app's `resources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LakebaseResource {
    /// `postgres`: full names of a branch and of a database in it.
    Postgres {
        /// `projects/{p}/branches/{b}`
        branch: String,
        /// `projects/{p}/branches/{b}/databases/{d}`
        database: String,
    },
    /// `database`: a provisioned instance and the name of a database in it.
    Database {
        /// The instance.
        instance_name: String,
        /// The database as SQL knows it.
        database_name: String,
    },
}

/// The values that an app gets for a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceEnv {
    /// `PGHOST` and the other variables, if this is the app's first database.
    pub variables: Vec<(String, String)>,
    /// The value of `valueFrom`: the endpoint's full name, or the instance's host.
    pub value_from: String,
}

/// A resource that exists.
struct Found {
    object: (ObjectKind, String),
    database: String,
    host: String,
    value_from: String,
    cluster: Arc<Cluster>,
    has_role: bool,
}

impl Lakebase {
    /// Whether a principal may attach this database. An error if the database doesn't exist.
    pub fn can_manage(
        &self,
        permissions: &Permissions,
        principal: &Principal,
        resource: &LakebaseResource,
    ) -> Result<bool, Problem> {
        let (kind, id) = self.find(resource, &principal.user_name)?.object;
        Ok(self.0.settings.allows(principal, Right::ManageLakebase)
            && permissions.can(principal, kind.as_str(), &id, "CAN_MANAGE"))
    }

    /// Gives an app's service principal access, and returns the app's values. Idempotent.
    pub async fn attach(
        &self,
        permissions: &Permissions,
        resource: &LakebaseResource,
        client_id: &str,
    ) -> Result<ResourceEnv, Problem> {
        let _turn = self.0.changes.lock().await;
        let found = self.find(resource, client_id)?;
        let role = app_role(client_id, self.0.clock.now());
        if !found.has_role {
            let statement = sql::create_role(client_id, true, role.attributes, role.superuser);
            found.cluster.execute("postgres", &statement).await.map_err(broken)?;
            self.add_role(resource, role);
        }
        let grant = sql::grant_connect_and_create(client_id, &found.database);
        found.cluster.execute("postgres", &grant).await.map_err(broken)?;
        let (kind, id) = &found.object;
        let grantee = Grantee::ServicePrincipal(client_id.to_owned());
        permissions.grant(kind.as_str(), id, grantee, "CAN_USE");
        Ok(self.env(found, client_id))
    }

    /// The app's current values for this database.
    pub fn resource_env(&self, resource: &LakebaseResource, client_id: &str) -> Result<ResourceEnv, Problem> {
        let found = self.find(resource, client_id)?;
        Ok(self.env(found, client_id))
    }

    fn env(&self, found: Found, client_id: &str) -> ResourceEnv {
        let variables = [
            ("PGHOST", found.host),
            ("PGPORT", PORT.to_string()),
            ("PGDATABASE", found.database),
            ("PGUSER", client_id.to_owned()),
            ("PGSSLMODE", "require".to_owned()),
            ("PGAPPNAME", "databricks-app".to_owned()),
            ("PGSSLROOTCERT", self.ca_file().display().to_string()),
            // Node's drivers have no environment variable for this.
            ("NODE_EXTRA_CA_CERTS", self.ca_file().display().to_string()),
        ];
        ResourceEnv {
            variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            value_from: found.value_from,
        }
    }

    fn find(&self, resource: &LakebaseResource, role: &str) -> Result<Found, Problem> {
        let now = self.0.clock.now();
        let tree = self.0.tree.lock();
        let knows = |roles: &std::collections::BTreeMap<String, Role>| {
            roles.values().any(|known| known.postgres_role == role)
        };
        match resource {
            LakebaseResource::Postgres { branch, database } => {
                let (project_id, branch_id) = split_branch(branch)?;
                let found = tree.branch(project_id, branch_id, now)?;
                let database = database
                    .strip_prefix(&format!("{branch}/databases/"))
                    .and_then(|id| found.databases.get(id))
                    .ok_or_else(|| missing("database"))?;
                let endpoint = found
                    .endpoints
                    .values()
                    .find(|endpoint| endpoint.kind == EndpointKind::ReadWrite)
                    .ok_or_else(|| missing("endpoint"))?;
                Ok(Found {
                    object: (ObjectKind::Project, project_id.to_owned()),
                    database: database.postgres_database.clone(),
                    host: endpoint.front.as_ref().map(super::Front::host).unwrap_or_default(),
                    value_from: format!("{branch}/endpoints/{}", endpoint.id),
                    cluster: Arc::clone(&found.cluster),
                    has_role: knows(&found.roles),
                })
            }
            LakebaseResource::Database { instance_name, database_name } => {
                let instance = tree.instance(instance_name).map_err(|_| {
                    Problem::not_found(format!("Database instance {instance_name} does not exist"))
                })?;
                let host = instance.front.map(super::Front::host).unwrap_or_default();
                Ok(Found {
                    object: (instance.object.0, instance.object.1.to_owned()),
                    database: database_name.clone(),
                    host: host.clone(),
                    value_from: host,
                    cluster: Arc::clone(instance.cluster),
                    has_role: knows(instance.roles),
                })
            }
        }
    }

    fn add_role(&self, resource: &LakebaseResource, role: Role) {
        let now = self.0.clock.now();
        let mut tree = self.0.tree.lock();
        let roles = match resource {
            LakebaseResource::Postgres { branch, .. } => split_branch(branch)
                .and_then(|(project, branch)| tree.branch_mut(project, branch, now))
                .ok()
                .map(|branch| &mut branch.roles),
            LakebaseResource::Database { instance_name, .. } => {
                tree.instance_mut(instance_name).ok().map(|instance| instance.roles)
            }
        };
        // Deleted in the meantime, including its roles.
        if let Some(roles) = roles {
            roles.insert(role.id.clone(), role);
        }
    }
}

fn split_branch(name: &str) -> Result<(&str, &str), Problem> {
    let steps: Vec<&str> = name.split('/').collect();
    match steps[..] {
        ["projects", project, "branches", branch] => Ok((project, branch)),
        _ => Err(Problem::invalid_parameter(format!(
            "'{name}' is not the name of a branch: projects/{{project_id}}/branches/{{branch_id}}."
        ))),
    }
}
