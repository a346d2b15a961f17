//! The resources of an app's service principal: databases, secrets, endpoints, a warehouse, a Genie space,
//! an experiment.
//!
//! A resource names an object in the workspace and a permission on it. Attaching it checks that the object
//! exists and that the caller may grant the permission, then grants it. At deployment the same resource
//! provides the value of `valueFrom`, and the first database the PG variables.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extract::read_value;
use crate::genie;
use crate::identity::{Principal, Right};
use crate::lakebase::LakebaseResource;
use crate::mlflow;
use crate::permissions::Grantee;
use crate::problem::Problem;
use crate::secrets::SecretLevel;
use crate::warehouse::{self, Warehouse};
use crate::workspace::Workspace;

/// A resource of an app, in the API's format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    target: Target,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    Postgres { branch: String, database: String, permission: String },
    Database { instance_name: String, database_name: String, permission: String },
    Secret { scope: String, key: String, permission: SecretLevel },
    ServingEndpoint { name: String, permission: String },
    App { name: String, permission: String },
    SqlWarehouse { id: String, permission: String },
    GenieSpace { name: String, space_id: String, permission: String },
    Job { id: String, permission: String },
    Experiment { experiment_id: String, permission: String },
    UcSecurable { securable_full_name: String, securable_type: String, permission: String },
}

const TARGETS: [&str; 10] = [
    "postgres",
    "database",
    "secret",
    "serving_endpoint",
    "app",
    "sql_warehouse",
    "genie_space",
    "job",
    "experiment",
    "uc_securable",
];

/// Parses `resources`: names, exactly one target each, permissions that the target supports.
pub(super) fn read_resources(value: &Value) -> Result<Vec<Resource>, Problem> {
    let list = value
        .as_array()
        .ok_or_else(|| Problem::malformed("Could not parse request object: resources must be a list."))?;
    let mut names = BTreeSet::new();
    list.iter()
        .enumerate()
        .map(|(index, value)| {
            let name = value["name"].as_str().unwrap_or_default();
            let length = name.chars().count();
            if !(2..=30).contains(&length) {
                return Err(Problem::invalid_parameter(format!(
                    "Resource name '{name}' must be between 2 and 30 characters."
                )));
            }
            if !names.insert(name) {
                return Err(Problem::invalid_parameter(format!(
                    "Resource name '{name}' is used more than once."
                )));
            }
            let targets =
                TARGETS.iter().filter(|target| value.get(**target).is_some_and(Value::is_object)).count();
            if targets != 1 {
                return Err(Problem::invalid_parameter(format!(
                    "Resource '{name}' must have exactly one of: {}.",
                    TARGETS.join(", ")
                )));
            }
            let resource: Resource = read_value(&format!("resources[{index}]"), value).map_err(|words| {
                Problem::invalid_parameter(format!("Resource '{name}' is not valid: {words}"))
            })?;
            resource.check_permission()?;
            Ok(resource)
        })
        .collect()
}

impl Resource {
    fn check_permission(&self) -> Result<(), Problem> {
        let (asked, known): (&str, &[&str]) = match &self.target {
            Target::Secret { .. } => return Ok(()),
            Target::Postgres { permission, .. } | Target::Database { permission, .. } => {
                (permission, &["CAN_CONNECT_AND_CREATE"])
            }
            Target::ServingEndpoint { permission, .. } => {
                (permission, &["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"])
            }
            Target::App { permission, .. } => {
                if permission != "CAN_USE" {
                    return Err(Problem::invalid_parameter(
                        "APP_PERMISSION_UNSPECIFIED. Only CAN_USE is supported.",
                    ));
                }
                return Ok(());
            }
            Target::SqlWarehouse { permission, .. } => (permission, &["CAN_USE", "CAN_MANAGE", "IS_OWNER"]),
            Target::GenieSpace { permission, .. } => {
                (permission, &["CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"])
            }
            Target::Job { permission, .. } => {
                (permission, &["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"])
            }
            Target::Experiment { permission, .. } => (permission, &["CAN_READ", "CAN_EDIT", "CAN_MANAGE"]),
            Target::UcSecurable { permission, .. } => (
                permission,
                &["EXECUTE", "MODIFY", "READ_VOLUME", "SELECT", "USE_CONNECTION", "WRITE_VOLUME"],
            ),
        };
        if known.contains(&asked) {
            return Ok(());
        }
        Err(Problem::invalid_parameter(format!(
            "Permission '{asked}' of resource '{}' is not supported. Supported values are {}.",
            self.name,
            known.join(", ")
        )))
    }

    fn lakebase(&self) -> Option<LakebaseResource> {
        match &self.target {
            Target::Postgres { branch, database, .. } => {
                Some(LakebaseResource::Postgres { branch: branch.clone(), database: database.clone() })
            }
            Target::Database { instance_name, database_name, .. } => Some(LakebaseResource::Database {
                instance_name: instance_name.clone(),
                database_name: database_name.clone(),
            }),
            _ => None,
        }
    }

    /// Checks that the object exists and that the caller may grant access. Grants nothing.
    fn check(&self, workspace: &Workspace, caller: &Principal) -> Result<(), Problem> {
        if let Some(lakebase) = self.lakebase() {
            if workspace.lakebase.can_manage(&workspace.permissions, caller, &lakebase)? {
                return Ok(());
            }
            return Err(Problem::permission_denied(format!(
                "User {} does not have CAN_MANAGE permission on the database of resource '{}'.",
                caller.user_name, self.name
            )));
        }
        let denied = |level: &str, what: &str| {
            Problem::permission_denied(format!(
                "User {} does not have {level} permission on {what}.",
                caller.user_name
            ))
        };
        match &self.target {
            Target::Secret { scope, key, .. } => {
                if !workspace.secrets.exists(scope, key) {
                    return Err(Problem::not_found(format!(
                        "Secret does not exist with scope: {scope} and key: {key}"
                    )));
                }
                let manages = workspace.settings.allows(caller, Right::ManageSecrets)
                    && workspace.secrets.can(caller, scope, SecretLevel::Manage);
                if manages { Ok(()) } else { Err(denied("MANAGE", &format!("secret scope {scope}"))) }
            }
            Target::ServingEndpoint { name, .. } => {
                if !crate::serving::exists(name) {
                    return Err(Problem::not_found(format!("Serving endpoint {name} does not exist.")));
                }
                let queries = workspace.settings.allows(caller, Right::QueryServing);
                if queries { Ok(()) } else { Err(denied("CAN_MANAGE", &format!("serving endpoint {name}"))) }
            }
            Target::App { name, .. } => {
                workspace.apps.get(name, workspace.clock.now())?;
                let manages = workspace.permissions.can(caller, "apps", name, "CAN_MANAGE");
                if manages { Ok(()) } else { Err(denied("CAN_MANAGE", &format!("app {name}"))) }
            }
            Target::SqlWarehouse { id, permission } => {
                if !Warehouse::exists(id) {
                    return Err(Problem::not_found(format!("SQL warehouse {id} does not exist.")));
                }
                // What one has oneself can be passed on, as with serving endpoints.
                let has = workspace.permissions.can(caller, warehouse::OBJECT_TYPE, id, permission);
                if has { Ok(()) } else { Err(denied(permission, &format!("SQL warehouse {id}"))) }
            }
            Target::GenieSpace { space_id, permission, .. } => {
                if !genie::exists(space_id) {
                    return Err(Problem::not_found(format!("Genie space {space_id} does not exist.")));
                }
                let has = workspace.permissions.can(caller, genie::OBJECT_TYPE, space_id, permission);
                if has { Ok(()) } else { Err(denied(permission, &format!("Genie space {space_id}"))) }
            }
            Target::Job { id, .. } => Err(Problem::not_found(format!("Job {id} does not exist."))),
            Target::Experiment { experiment_id: id, permission } => {
                if !workspace.mlflow.exists(id) {
                    return Err(Problem::not_found(format!("Experiment {id} does not exist.")));
                }
                let has = workspace.permissions.can(caller, mlflow::OBJECT_TYPE, id, permission);
                if has { Ok(()) } else { Err(denied(permission, &format!("experiment {id}"))) }
            }
            Target::UcSecurable { securable_full_name, securable_type, .. } => {
                Err(Problem::not_found(format!("{securable_type} {securable_full_name} does not exist.")))
            }
            Target::Postgres { .. } | Target::Database { .. } => Ok(()),
        }
    }

    async fn grant(&self, workspace: &Workspace, service_principal: &Principal) -> Result<(), Problem> {
        if let Some(lakebase) = self.lakebase() {
            let client_id = &service_principal.user_name;
            workspace.lakebase.attach(&workspace.permissions, &lakebase, client_id).await?;
            return Ok(());
        }
        match &self.target {
            Target::Secret { scope, permission, .. } => {
                workspace.secrets.grant(scope, &service_principal.user_name, *permission);
            }
            Target::App { name, permission } => {
                workspace.permissions.grant("apps", name, Grantee::of(service_principal), permission);
            }
            Target::SqlWarehouse { id, permission } => {
                let grantee = Grantee::of(service_principal);
                workspace.permissions.grant(warehouse::OBJECT_TYPE, id, grantee, permission);
            }
            Target::Experiment { experiment_id, permission } => {
                let grantee = Grantee::of(service_principal);
                workspace.permissions.grant(mlflow::OBJECT_TYPE, experiment_id, grantee, permission);
            }
            Target::GenieSpace { space_id, permission, .. } => {
                let grantee = Grantee::of(service_principal);
                workspace.permissions.grant(genie::OBJECT_TYPE, space_id, grantee, permission);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Checks all new resources, so that a refusal leaves nothing partially granted.
pub(super) fn check_all(
    workspace: &Workspace,
    caller: &Principal,
    resources: &[Resource],
) -> Result<(), Problem> {
    resources.iter().try_for_each(|resource| resource.check(workspace, caller))
}

/// Grants all resources to the app's service principal.
pub(super) async fn grant_all(
    workspace: &Workspace,
    service_principal: &Principal,
    resources: &[Resource],
) -> Result<(), Problem> {
    for resource in resources {
        resource.grant(workspace, service_principal).await?;
    }
    Ok(())
}

/// The values of resources in an app's environment.
#[derive(Debug, Default)]
pub(super) struct Provided {
    /// Variables the platform sets by itself.
    pub(super) variables: BTreeMap<String, String>,
    /// The values of `valueFrom`, by resource name.
    pub(super) values: BTreeMap<String, String>,
}

/// Resolves all resources for one deployment.
pub(super) fn provide(
    workspace: &Workspace,
    service_principal: &Principal,
    resources: &[Resource],
) -> Result<Provided, Problem> {
    let mut provided = Provided::default();
    for resource in resources {
        let value = if let Some(lakebase) = resource.lakebase() {
            let env = workspace.lakebase.resource_env(&lakebase, &service_principal.user_name)?;
            if provided.variables.is_empty() {
                provided.variables.extend(env.variables);
            }
            env.value_from
        } else {
            resource.value(workspace)?
        };
        provided.values.insert(resource.name.clone(), value);
    }
    Ok(provided)
}

impl Resource {
    /// The value of `valueFrom` for everything except databases.
    fn value(&self, workspace: &Workspace) -> Result<String, Problem> {
        let value = match &self.target {
            Target::Secret { scope, key, .. } => {
                return workspace.secrets.value(scope, key).ok_or_else(|| {
                    Problem::not_found(format!("Secret does not exist with scope: {scope} and key: {key}"))
                });
            }
            Target::ServingEndpoint { name, .. } | Target::App { name, .. } => name,
            Target::SqlWarehouse { id, .. } | Target::Job { id, .. } => id,
            Target::GenieSpace { space_id, .. } => space_id,
            Target::Experiment { experiment_id, .. } => experiment_id,
            Target::UcSecurable { securable_full_name, securable_type, .. } if securable_type == "VOLUME" => {
                return Ok(format!("/Volumes/{}", securable_full_name.replace('.', "/")));
            }
            Target::UcSecurable { securable_full_name, .. } => securable_full_name,
            Target::Postgres { branch, .. } => branch,
            Target::Database { instance_name, .. } => instance_name,
        };
        Ok(value.clone())
    }
}
