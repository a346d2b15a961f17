//! Resources in the API's format: names, times and a `status`; never a `spec`.

use serde_json::{Map, Value, json};

use crate::clock::Timestamp;
use crate::lakebase::tree::{Branch, DEFAULT_BRANCH, Database, Endpoint, EndpointKind, Project, Role, Tree};

/// The maximum size of a storage, as the platform reports it.
const LOGICAL_SIZE_LIMIT: u64 = 8_796_093_022_208;

/// The resource of this full name, if it exists.
pub(crate) fn by_name(tree: &Tree, name: &str, now: Timestamp) -> Option<Value> {
    let mut steps = name.split('/');
    let (_, project) = (steps.next()?, steps.next()?);
    let project = tree.project(project).ok()?;
    let Some(branch) = steps.nth(1) else {
        return Some(project_json(project));
    };
    let branch = tree.branch(&project.id, branch, now).ok()?;
    let parent = branch_name(&project.id, branch);
    let Some(kind) = steps.next() else {
        return Some(branch_json(&project.id, branch, now));
    };
    let id = steps.next()?;
    match kind {
        "endpoints" => branch.endpoints.get(id).map(|endpoint| endpoint_json(&parent, endpoint, now)),
        "roles" => branch.roles.get(id).map(|role| role_json(&parent, role)),
        "databases" => branch.databases.get(id).map(|database| database_json(&parent, database)),
        _ => None,
    }
}

pub(crate) fn branch_name(project: &str, branch: &Branch) -> String {
    format!("projects/{project}/branches/{}", branch.id)
}

pub(crate) fn project_json(project: &Project) -> Value {
    let mut status = project.settings.clone();
    status.insert("project_id".to_owned(), project.id.clone().into());
    status.insert("owner".to_owned(), project.owner.clone().into());
    status
        .insert("default_branch".to_owned(), format!("{}/branches/{DEFAULT_BRANCH}", project.name()).into());
    status.insert("branch_logical_size_limit_bytes".to_owned(), LOGICAL_SIZE_LIMIT.into());
    status.insert("synthetic_storage_size_bytes".to_owned(), 0.into());
    let mut json = json!({
        "name": project.name(),
        "project_id": project.id,
        "uid": project.uid,
        "create_time": project.created.to_rfc3339(),
        "update_time": project.updated.to_rfc3339(),
        "status": status,
    });
    if let Some(deleted) = project.deleted {
        json["delete_time"] = deleted.to_rfc3339().into();
    }
    json
}

pub(crate) fn branch_json(project: &str, branch: &Branch, now: Timestamp) -> Value {
    let name = branch_name(project, branch);
    let state = if branch.ready > now { "INIT" } else { "READY" };
    let mut status = json!({
        "branch_id": branch.id,
        "current_state": state,
        "default": branch.id == DEFAULT_BRANCH,
        "is_protected": branch.is_protected,
        "state_change_time": branch.ready.min(now).max(branch.created).to_rfc3339(),
        "logical_size_bytes": 0,
    });
    if let Some(source) = &branch.source {
        status["source_branch"] = source.clone().into();
        status["source_branch_time"] = branch.created.to_rfc3339().into();
    }
    if let Some(expires) = branch.expires {
        status["expire_time"] = expires.to_rfc3339().into();
    }
    let mut json = json!({
        "name": name,
        "branch_id": branch.id,
        "parent": format!("projects/{project}"),
        "uid": branch.uid,
        "create_time": branch.created.to_rfc3339(),
        "update_time": branch.updated.to_rfc3339(),
        "status": status,
    });
    if let Some(deleted) = branch.deleted {
        json["delete_time"] = deleted.to_rfc3339().into();
    }
    json
}

pub(crate) fn endpoint_json(parent: &str, endpoint: &Endpoint, now: Timestamp) -> Value {
    let mut status: Map<String, Value> = endpoint.settings.clone();
    let disabled = endpoint.front.is_none();
    let state = match (endpoint.ready > now, disabled) {
        (true, _) => "INIT",
        (false, true) => "IDLE",
        (false, false) if endpoint.activity.is_suspended() => "IDLE",
        (false, false) => "ACTIVE",
    };
    status.insert("endpoint_id".to_owned(), endpoint.id.clone().into());
    status.insert("endpoint_type".to_owned(), endpoint.kind.as_str().into());
    status.insert("current_state".to_owned(), state.into());
    status.insert("disabled".to_owned(), disabled.into());
    status.insert("settings".to_owned(), json!({}));
    status.entry("group").or_insert_with(|| json!({"min": 1, "max": 1}));
    if endpoint.host_known <= now
        && let Some(front) = &endpoint.front
    {
        let key = match endpoint.kind {
            EndpointKind::ReadWrite => "host",
            EndpointKind::ReadOnly => "read_only_host",
        };
        // A read-only endpoint answers at `host` too; the second key shows its type.
        status.insert("hosts".to_owned(), json!({"host": front.host(), key: front.host()}));
    }
    json!({
        "name": format!("{parent}/endpoints/{}", endpoint.id),
        "endpoint_id": endpoint.id,
        "parent": parent,
        "uid": endpoint.uid,
        "create_time": endpoint.created.to_rfc3339(),
        "update_time": endpoint.updated.to_rfc3339(),
        "status": status,
    })
}

pub(crate) fn role_json(parent: &str, role: &Role) -> Value {
    let memberships: &[&str] = if role.superuser { &["DATABRICKS_SUPERUSER"] } else { &[] };
    json!({
        "name": format!("{parent}/roles/{}", role.id),
        "role_id": role.id,
        "parent": parent,
        "create_time": role.created.to_rfc3339(),
        "status": {
            "role_id": role.id,
            "postgres_role": role.postgres_role,
            "auth_method": role.auth_method,
            "identity_type": role.identity_type,
            "attributes": role.attributes,
            "membership_roles": memberships,
        },
    })
}

pub(crate) fn database_json(parent: &str, database: &Database) -> Value {
    json!({
        "name": format!("{parent}/databases/{}", database.id),
        "database_id": database.id,
        "parent": parent,
        "create_time": database.created.to_rfc3339(),
        "status": {
            "database_id": database.id,
            "postgres_database": database.postgres_database,
            "role": database.role,
        },
    })
}
