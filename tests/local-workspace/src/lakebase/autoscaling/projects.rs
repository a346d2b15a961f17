//! Projects: create, read, change, delete and restore.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::branches::{Origin, branch_of};
use super::endpoints::check_limits;
use super::{Answer, leaves, record, view};
use crate::lakebase::call::{Call, ObjectKind};
use crate::lakebase::operations::{Kind, Outcome};
use crate::lakebase::request::{apply_mask, body, bounded_duration_ms, mask, missing, page, resource_id};
use crate::lakebase::tree::{DEFAULT_BRANCH, Project};
use crate::problem::Problem;

const HISTORY_SECS: (u64, u64) = (172_800, 3_024_000);
const VERSIONS: [u64; 3] = [16, 17, 18];
const SETTABLE: &[&str] = &[
    "display_name",
    "default_endpoint_settings",
    "history_retention_duration",
    "enable_pg_native_login",
    "budget_policy_id",
    "custom_tags",
];

#[derive(Deserialize)]
pub(super) struct NewProject {
    #[serde(default)]
    spec: Map<String, Value>,
    #[serde(default)]
    initial_endpoint_spec: Map<String, Value>,
    #[serde(default)]
    initial_branch_spec: InitialBranch,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InitialBranch {
    is_protected: bool,
}

pub(super) async fn list(call: Call) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let projects = tree
        .projects
        .values()
        .filter(|project| call.parameters.show_deleted || project.deleted.is_none())
        .map(view::project_json)
        .collect();
    page("projects", projects, &call.parameters).map(Json)
}

pub(super) async fn get(call: Call, Path(id): Path<String>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    tree.project(&id).map(view::project_json).map(Json)
}

pub(super) async fn create(call: Call, bytes: Bytes) -> Answer {
    call.may_create()?;
    let id = resource_id("project_id", &call.parameters.project_id)?.to_owned();
    let wanted: NewProject = body(&bytes)?;
    let settings = with_defaults(&id, &wanted.spec)?;
    let mut endpoint_settings = object(&settings, "default_endpoint_settings");
    endpoint_settings.extend(wanted.initial_endpoint_spec);
    check_limits(&endpoint_settings)?;

    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    {
        let tree = lakebase.0.tree.lock();
        if tree.projects.contains_key(&id) {
            return Err(Problem::already_exists("project with such id already exists in the workspace"));
        }
        let most = call.workspace.settings.get().quotas.max_projects;
        if tree.projects.len() >= most {
            return Err(Problem::limit_exceeded(format!(
                "The maximum number of database projects for your workspace is {most}."
            )));
        }
    }
    let takes_ms = call.durations().project_create_ms;
    let name = format!("projects/{id}");
    let now = call.now();
    if call.takes_effect() {
        let mut project = make(&call, &id, settings, endpoint_settings, takes_ms).await?;
        for branch in project.branches.values_mut() {
            branch.is_protected = wanted.initial_branch_spec.is_protected;
        }
        lakebase.0.tree.lock().projects.insert(id, project);
    }
    let mut tree = lakebase.0.tree.lock();
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Project, name, takes_ms, outcome))
}

/// Creates a project with its first branch, owned by the caller.
async fn make(
    call: &Call,
    id: &str,
    settings: Map<String, Value>,
    endpoint_settings: Map<String, Value>,
    takes_ms: u64,
) -> Result<Project, Problem> {
    let origin = Origin::New { owner: call.principal.clone(), endpoint_settings };
    let branch = branch_of(call, id, DEFAULT_BRANCH, origin, takes_ms).await?;
    let now = call.now();
    let permissions = &call.workspace.permissions;
    permissions.register(ObjectKind::Project.as_str(), id, &call.principal);
    Ok(Project {
        uid: call.workspace.ids.uuid().to_string(),
        owner: call.principal.user_name.clone(),
        created: now,
        updated: now,
        deleted: None,
        settings,
        branches: BTreeMap::from([(branch.id.clone(), branch)]),
        id: id.to_owned(),
        instance: None,
    })
}

/// Creates the project of an instance with these settings. The caller holds the lock for changes.
pub(crate) async fn make_for_instance(
    call: &Call,
    id: &str,
    instance: Map<String, Value>,
    limits: (f64, f64),
    takes_ms: u64,
) -> Result<Project, Problem> {
    let spec = json!({
        "default_endpoint_settings": {
            "autoscaling_limit_min_cu": limits.0,
            "autoscaling_limit_max_cu": limits.1,
        },
    });
    let settings = with_defaults(id, spec.as_object().unwrap_or(&Map::new()))?;
    let endpoint_settings = object(&settings, "default_endpoint_settings");
    let mut project = make(call, id, settings, endpoint_settings, takes_ms).await?;
    project.instance = Some(instance);
    Ok(project)
}

pub(super) async fn update(call: Call, Path(id): Path<String>, bytes: Bytes) -> Answer {
    let wanted: NewProject = body(&bytes)?;
    let mask = mask(&call.parameters, SETTABLE)?;
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let mut tree = lakebase.0.tree.lock();
    let project = tree.project_mut(&id)?;
    call.may_manage(ObjectKind::Project, &id)?;
    let mut settings = project.settings.clone();
    apply_mask(&mask, &wanted.spec, &mut settings);
    let settings = with_defaults(&id, &settings)?;
    if call.takes_effect() {
        project.settings = settings;
        project.updated = call.now();
    }
    let name = format!("projects/{id}");
    let takes_ms = call.durations().role_change_ms;
    let outcome = leaves(&tree, &name, call.now());
    Ok(record(&call, &mut tree, Kind::Project, name, takes_ms, outcome))
}

/// Without `purge` the data is kept and the project can be restored; its id stays taken.
pub(super) async fn delete(call: Call, Path(id): Path<String>) -> Answer {
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let purge = call.parameters.purge.unwrap_or(false);
    let mut purged = None;
    let answer = {
        let mut tree = lakebase.0.tree.lock();
        // A deleted project can still be purged.
        let project = tree
            .projects
            .get_mut(&id)
            .filter(|project| purge || project.deleted.is_none())
            .ok_or_else(|| missing("project"))?;
        call.may_manage(ObjectKind::Project, &id)?;
        if call.takes_effect() {
            if purge {
                purged = tree.projects.remove(&id);
                let permissions = &call.workspace.permissions;
                permissions.forget(ObjectKind::Project.as_str(), &id);
            } else {
                project.deleted = Some(call.now());
                for branch in project.branches.values_mut() {
                    close(branch);
                }
            }
        }
        let takes_ms = call.durations().role_change_ms;
        record(&call, &mut tree, Kind::Project, format!("projects/{id}"), takes_ms, Outcome::Empty)
    };
    for branch in purged.into_iter().flat_map(|project| project.branches.into_values()) {
        if let Some(cluster) = Arc::into_inner(branch.cluster) {
            cluster.destroy().await;
        }
    }
    Ok(answer)
}

pub(super) async fn undelete(call: Call, Path(id): Path<String>) -> Answer {
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let now = call.now();
    let branches: Vec<String> = {
        let mut tree = lakebase.0.tree.lock();
        let project = tree.projects.get_mut(&id).ok_or_else(|| missing("project"))?;
        call.may_manage(ObjectKind::Project, &id)?;
        if project.deleted.take().is_none() {
            return Err(Problem::bad_request("project is not deleted"));
        }
        project
            .branches
            .values()
            .filter(|branch| !branch.is_gone(now))
            .map(|branch| branch.id.clone())
            .collect()
    };
    for branch in branches {
        super::endpoints::reopen(&call, &id, &branch).await?;
    }
    let mut tree = lakebase.0.tree.lock();
    let name = format!("projects/{id}");
    let takes_ms = call.durations().role_change_ms;
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Project, name, takes_ms, outcome))
}

/// Closes a branch's addresses; its server and data are kept.
pub(crate) fn close(branch: &mut crate::lakebase::tree::Branch) {
    for endpoint in branch.endpoints.values_mut() {
        endpoint.front = None;
    }
}

pub(super) fn object(settings: &Map<String, Value>, key: &str) -> Map<String, Value> {
    settings.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn with_defaults(id: &str, spec: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut settings: Map<String, Value> = spec
        .iter()
        .filter(|(key, _)| SETTABLE.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let display_name = spec.get("display_name").cloned().unwrap_or_else(|| id.into());
    let length = display_name.as_str().map_or(0, |name| name.chars().count());
    if !(1..=256).contains(&length) {
        return Err(Problem::invalid_parameter(
            "Field 'spec.display_name' must have between 1 and 256 characters.",
        ));
    }
    settings.insert("display_name".to_owned(), display_name);
    settings.insert("pg_version".to_owned(), version(spec.get("pg_version"))?.into());
    let history = settings.entry("history_retention_duration").or_insert_with(|| "604800s".into());
    let (least, most) = HISTORY_SECS;
    bounded_duration_ms("spec.history_retention_duration", history, least, most)?;
    settings.entry("enable_pg_native_login").or_insert_with(|| false.into());
    let mut defaults = json!({
        "autoscaling_limit_min_cu": 0.5,
        "autoscaling_limit_max_cu": 4,
        "suspend_timeout_duration": "300s",
    });
    if let Some(defaults) = defaults.as_object_mut() {
        let wanted = object(&settings, "default_endpoint_settings");
        if wanted.contains_key("no_suspension") {
            defaults.remove("suspend_timeout_duration");
        }
        defaults.extend(wanted);
        check_limits(defaults)?;
    }
    settings.insert("default_endpoint_settings".to_owned(), defaults);
    Ok(settings)
}

/// A number, or the same as a string, which protocol buffers in JSON allow.
fn version(wanted: Option<&Value>) -> Result<u64, Problem> {
    let version = match wanted {
        None => Some(17),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    };
    version.filter(|version| VERSIONS.contains(version)).ok_or_else(|| {
        Problem::invalid_parameter(format!("Field 'spec.pg_version' must be one of {VERSIONS:?}."))
    })
}
