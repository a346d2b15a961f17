//! Permissions on single objects.
//!
//! An object is registered with its owner when it is created and removed when it is deleted. The levels of
//! an object type are ordered, so a check is a comparison. Administrators have all permissions through
//! inheritance, and are shown so; the owner's grant survives a PUT, which replaces all other direct ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Caller, JsonBody};
use crate::identity::{Principal, Right};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The levels of an object type, weakest first; `None` for types that this workspace does not have.
fn levels(object_type: &str) -> Option<&'static [&'static str]> {
    match object_type {
        "apps" | "authorization" | "database-instances" | "database-projects" => {
            Some(&["CAN_USE", "CAN_MANAGE"])
        }
        "warehouses" => Some(&["CAN_VIEW", "CAN_USE", "CAN_MONITOR", "CAN_MANAGE", "IS_OWNER"]),
        "experiments" => Some(&["CAN_READ", "CAN_EDIT", "CAN_MANAGE"]),
        "genie" => Some(&["CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"]),
        "serving-endpoints" => Some(&["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"]),
        "directories" | "files" | "notebooks" => Some(&["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"]),
        _ => None,
    }
}

fn rank(object_type: &str, level: &str) -> Option<usize> {
    levels(object_type)?.iter().position(|known| *known == level)
}

/// The recipient of a grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// A user, by user name.
    User(String),
    /// A service principal, by client id.
    ServicePrincipal(String),
    /// `users` (everyone), `admins`, or a created group.
    Group(String),
}

impl Grantee {
    /// The principal itself.
    pub fn of(principal: &Principal) -> Self {
        match principal.client_id() {
            Some(client_id) => Self::ServicePrincipal(client_id.to_owned()),
            None => Self::User(principal.user_name.clone()),
        }
    }

    fn covers(&self, principal: &Principal) -> bool {
        match self {
            Self::User(name) | Self::ServicePrincipal(name) => *name == principal.user_name,
            Self::Group(group) => {
                group == "users"
                    || (group == "admins" && principal.is_admin())
                    || principal.groups.contains(group)
            }
        }
    }

    fn field(&self) -> (&'static str, &str) {
        match self {
            Self::User(name) => ("user_name", name),
            Self::ServicePrincipal(name) => ("service_principal_name", name),
            Self::Group(name) => ("group_name", name),
        }
    }
}

#[derive(Clone, Debug)]
struct Object {
    /// `None` for objects of the platform itself.
    owner: Option<Grantee>,
    grants: BTreeMap<Grantee, String>,
}

/// The access control lists of a workspace; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Permissions(Arc<Mutex<BTreeMap<(String, String), Object>>>);

fn key(object_type: &str, id: &str) -> (String, String) {
    (object_type.to_owned(), id.to_owned())
}

impl Permissions {
    /// Registers a new object; its owner can manage it.
    pub fn register(&self, object_type: &str, id: &str, owner: &Principal) {
        let object = Object { owner: Some(Grantee::of(owner)), grants: BTreeMap::new() };
        self.0.lock().insert(key(object_type, id), object);
    }

    /// Registers an object of the platform; only administrators can manage it.
    pub fn register_without_owner(&self, object_type: &str, id: &str) {
        self.0.lock().insert(key(object_type, id), Object { owner: None, grants: BTreeMap::new() });
    }

    /// Removes an object and all grants on it.
    pub fn forget(&self, object_type: &str, id: &str) {
        self.0.lock().remove(&key(object_type, id));
    }

    /// Removes all grants to a principal that no longer exists.
    pub fn forget_grantee(&self, grantee: &Grantee) {
        for object in self.0.lock().values_mut() {
            object.grants.remove(grantee);
        }
    }

    /// Renames a group, which keeps its grants.
    pub fn rename_group(&self, before: &str, after: &str) {
        for object in self.0.lock().values_mut() {
            if let Some(level) = object.grants.remove(&Grantee::Group(before.to_owned())) {
                object.grants.insert(Grantee::Group(after.to_owned()), level);
            }
        }
    }

    /// Grants a level, unless the grantee has a stronger one already.
    pub fn grant(&self, object_type: &str, id: &str, grantee: Grantee, level: &str) {
        if let Some(object) = self.0.lock().get_mut(&key(object_type, id)) {
            let current = object.grants.get(&grantee).and_then(|known| rank(object_type, known));
            if current < rank(object_type, level) {
                object.grants.insert(grantee, level.to_owned());
            }
        }
    }

    /// Whether the principal has at least this level on the object.
    pub fn can(&self, principal: &Principal, object_type: &str, id: &str, level: &str) -> bool {
        if principal.is_admin() {
            return true;
        }
        let wanted = rank(object_type, level);
        self.0.lock().get(&key(object_type, id)).is_some_and(|object| {
            object.owner.as_ref().is_some_and(|owner| owner.covers(principal))
                || object.grants.iter().any(|(grantee, granted)| {
                    grantee.covers(principal) && rank(object_type, granted) >= wanted
                })
        })
    }

    fn find(&self, object_type: &str, id: &str) -> Result<Object, Problem> {
        self.0.lock().get(&key(object_type, id)).cloned().ok_or_else(|| missing(object_type, id))
    }

    fn write(&self, object_type: &str, id: &str, grants: BTreeMap<Grantee, String>, replace: bool) {
        if let Some(object) = self.0.lock().get_mut(&key(object_type, id)) {
            if replace {
                object.grants.clear();
            }
            object.grants.extend(grants);
        }
    }
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    access_control_list: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    user_name: Option<String>,
    group_name: Option<String>,
    service_principal_name: Option<String>,
    permission_level: Option<String>,
}

/// `/api/2.0/permissions/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/permissions/{object_type}/{id}", get(read).put(replace).patch(merge))
        .route("/api/2.0/permissions/{object_type}/{id}/permissionLevels", get(read_levels))
        // Warehouses are also `sql/warehouses`.
        .route("/api/2.0/permissions/sql/{object_type}/{id}", get(read).put(replace).patch(merge))
        .route("/api/2.0/permissions/sql/{object_type}/{id}/permissionLevels", get(read_levels))
}

async fn read(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path((object_type, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    authorize(&workspace, &caller, &object_type, &id, false)?;
    answer(&workspace, &object_type, &id)
}

async fn replace(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path((object_type, id)): Path<(String, String)>,
    JsonBody(change): JsonBody<Change>,
) -> Result<Json<Value>, Problem> {
    authorize(&workspace, &caller, &object_type, &id, true)?;
    let grants = grants(&workspace, &object_type, change)?;
    workspace.permissions.write(&object_type, &id, grants, true);
    answer(&workspace, &object_type, &id)
}

async fn merge(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path((object_type, id)): Path<(String, String)>,
    JsonBody(change): JsonBody<Change>,
) -> Result<Json<Value>, Problem> {
    authorize(&workspace, &caller, &object_type, &id, true)?;
    let grants = grants(&workspace, &object_type, change)?;
    workspace.permissions.write(&object_type, &id, grants, false);
    answer(&workspace, &object_type, &id)
}

async fn read_levels(Path((object_type, _)): Path<(String, String)>) -> Result<Json<Value>, Problem> {
    let levels = levels(&object_type).ok_or_else(|| unknown_type(&object_type))?;
    let levels: Vec<Value> = levels
        .iter()
        .map(|level| {
            let verb = level.trim_start_matches("CAN_").to_lowercase();
            json!({"permission_level": level, "description": format!("Can {verb} the object")})
        })
        .collect();
    Ok(Json(json!({"permission_levels": levels})))
}

fn missing(object_type: &str, id: &str) -> Problem {
    Problem::resource_does_not_exist(format!("Object with type {object_type} and id {id} does not exist."))
}

fn unknown_type(object_type: &str) -> Problem {
    Problem::invalid_parameter(format!("{object_type} is not a supported object type."))
}

fn authorize(
    workspace: &Workspace,
    caller: &Principal,
    object_type: &str,
    id: &str,
    write: bool,
) -> Result<(), Problem> {
    if levels(object_type).is_none() {
        return Err(unknown_type(object_type));
    }
    if object_type == "apps" && !workspace.apps.exists(id, workspace.clock.now()) {
        // A deleted app keeps its list until its name is taken again.
        return Err(missing(object_type, id));
    }
    workspace.permissions.find(object_type, id)?;
    if write {
        workspace.require(caller, Right::ManagePermissions)?;
    }
    if workspace.permissions.can(caller, object_type, id, "CAN_MANAGE") {
        return Ok(());
    }
    Err(Problem::permission_denied(format!(
        "{} does not have CAN_MANAGE permission on {object_type} {id}.",
        caller.user_name
    )))
}

fn grants(
    workspace: &Workspace,
    object_type: &str,
    change: Change,
) -> Result<BTreeMap<Grantee, String>, Problem> {
    change
        .access_control_list
        .into_iter()
        .map(|entry| {
            let grantee = match (entry.user_name, entry.group_name, entry.service_principal_name) {
                (Some(name), None, None) => known(workspace, Grantee::User(name))?,
                (None, None, Some(name)) => known(workspace, Grantee::ServicePrincipal(name))?,
                (None, Some(name), None) if workspace.has_group(&name) => Grantee::Group(name),
                (None, Some(name), None) => {
                    return Err(Problem::resource_does_not_exist(format!(
                        "Principal: GroupName({name}) does not exist."
                    )));
                }
                _ => {
                    return Err(Problem::invalid_parameter(
                        "Exactly one of user_name, group_name and service_principal_name is required.",
                    ));
                }
            };
            let level = entry.permission_level.unwrap_or_default();
            if rank(object_type, &level).is_none() {
                return Err(Problem::invalid_parameter(format!(
                    "Permission level '{level}' is not supported for {object_type}."
                )));
            }
            Ok((grantee, level))
        })
        .collect()
}

fn known(workspace: &Workspace, grantee: Grantee) -> Result<Grantee, Problem> {
    let (_, name) = grantee.field();
    match workspace.identities.find(name) {
        Some(principal) if Grantee::of(&principal) == grantee => Ok(grantee),
        _ => Err(Problem::resource_does_not_exist(format!("Principal: {name} does not exist."))),
    }
}

fn answer(workspace: &Workspace, object_type: &str, id: &str) -> Result<Json<Value>, Problem> {
    let object = workspace.permissions.find(object_type, id)?;
    let mut direct = object.grants;
    direct.extend(object.owner.map(|owner| (owner, "CAN_MANAGE".to_owned())));
    let mut list: Vec<Value> = direct
        .iter()
        .map(|(grantee, level)| {
            let (field, name) = grantee.field();
            let display_name =
                workspace.identities.find(name).map_or_else(|| name.to_owned(), |p| p.display_name);
            json!({
                field: name,
                "display_name": display_name,
                "all_permissions": [{"permission_level": level, "inherited": false}],
            })
        })
        .collect();
    list.push(json!({
        "group_name": "admins",
        "all_permissions": [{
            "permission_level": "CAN_MANAGE",
            "inherited": true,
            "inherited_from_object": [format!("/{object_type}/")],
        }],
    }));
    Ok(Json(json!({
        "object_id": format!("/{object_type}/{id}"),
        "object_type": if object_type == "authorization" { id } else { object_type },
        "access_control_list": list,
    })))
}
