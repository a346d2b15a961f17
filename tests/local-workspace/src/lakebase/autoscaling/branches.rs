//! Branches: a copy of another branch's data, with servers of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::endpoints::primary;
use super::projects::{close, object};
use super::roles::owner_role;
use super::{Answer, changeable, keep_busy, leaves, record, view};
use crate::clock::Timestamp;
use crate::identity::Principal;
use crate::lakebase::broken;
use crate::lakebase::call::{Call, ObjectKind};
use crate::lakebase::cluster::Cluster;
use crate::lakebase::credentials::StorageId;
use crate::lakebase::operations::{Kind, Outcome};
use crate::lakebase::request::{
    Specified, body, bounded_duration_ms, mask, missing, page, required, resource_id, timestamp,
};
use crate::lakebase::sql;
use crate::lakebase::tree::{
    Branch, DEFAULT_DATABASE, DEFAULT_DATABASE_ID, DEFAULT_ENDPOINT, Database, Role, Tree,
};
use crate::problem::Problem;

/// 30 days, the maximum lifetime of a branch with an expiry time.
const LONGEST_LIFE_SECS: u64 = 30 * 86_400;
const SETTABLE: &[&str] = &["is_protected", "ttl", "expire_time", "no_expiry"];

/// The source of a new branch.
pub(super) enum Origin {
    /// None: the first one of a project.
    New { owner: Principal, endpoint_settings: Map<String, Value> },
    /// Another branch.
    Copy(Source),
}

/// The parts that a copy takes from its source.
pub(super) struct Source {
    name: String,
    cluster: Arc<Cluster>,
    roles: BTreeMap<String, Role>,
    databases: BTreeMap<String, Database>,
    endpoint_settings: Map<String, Value>,
}

pub(super) async fn list(call: Call, Path(project): Path<String>) -> Answer {
    call.may_read()?;
    let now = call.now();
    let tree = call.lakebase().0.tree.lock();
    let branches = tree
        .project(&project)?
        .branches
        .values()
        .filter(|branch| call.parameters.show_deleted || !branch.is_gone(now))
        .map(|branch| view::branch_json(&project, branch, now))
        .collect();
    page("branches", branches, &call.parameters).map(Json)
}

pub(super) async fn get(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    call.may_read()?;
    let now = call.now();
    let tree = call.lakebase().0.tree.lock();
    let found = tree.branch(&project, &branch, now)?;
    Ok(Json(view::branch_json(&project, found, now)))
}

pub(super) async fn create(call: Call, Path(project): Path<String>, bytes: Bytes) -> Answer {
    let id = resource_id("branch_id", &call.parameters.branch_id)?.to_owned();
    let wanted: Specified = body(&bytes)?;
    let now = call.now();
    let expires = expiry(&wanted.spec, now)?;
    let is_protected = flag(&wanted.spec, "is_protected")?;
    let name = format!("projects/{project}/branches/{id}");

    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let source = {
        let mut tree = lakebase.0.tree.lock();
        let found = tree.project_mut(&project)?;
        call.may_manage(ObjectKind::Project, &project)?;
        // An expired branch is removed for good; a deleted one keeps its id until it is purged.
        found.branches.retain(|_, branch| branch.deleted.is_some() || !branch.is_gone(now));
        match found.branches.get(&id).map(|branch| branch.is_gone(now)) {
            Some(false) if call.parameters.replace_existing => {
                let takes_ms = call.durations().role_change_ms;
                let branch = tree.branch_mut(&project, &id, now)?;
                branch.is_protected = is_protected;
                branch.expires = expires;
                branch.updated = now;
                let outcome = leaves(&tree, &name, now);
                return Ok(record(&call, &mut tree, Kind::Branch, name, takes_ms, outcome));
            }
            Some(_) => {
                return Err(Problem::already_exists("branch with such id already exists"));
            }
            None => source_of(&tree, &project, &wanted.spec, now)?,
        }
    };
    let takes_ms = call.durations().branch_create_ms;
    if call.takes_effect() {
        let mut branch = branch_of(&call, &project, &id, Origin::Copy(source), takes_ms).await?;
        branch.expires = expires;
        branch.is_protected = is_protected;
        let mut tree = lakebase.0.tree.lock();
        tree.project_mut(&project)?.branches.insert(id, branch);
    }
    let mut tree = lakebase.0.tree.lock();
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Branch, name, takes_ms, outcome))
}

pub(super) async fn update(
    call: Call,
    Path((project, branch)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let wanted: Specified = body(&bytes)?;
    let mask = mask(&call.parameters, SETTABLE)?;
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let mut tree = lakebase.0.tree.lock();
    changeable(&call, &tree, &project, &branch)?;
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        let found = tree.branch_mut(&project, &branch, now)?;
        if mask.iter().any(|field| field == "is_protected") {
            found.is_protected = flag(&wanted.spec, "is_protected")?;
        }
        if mask.iter().any(|field| field != "is_protected") {
            found.expires = expiry(&wanted.spec, now)?;
        }
        found.updated = now;
    }
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let name = format!("projects/{project}/branches/{branch}");
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Branch, name, takes_ms, outcome))
}

pub(super) async fn delete(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let name = format!("projects/{project}/branches/{branch}");
    let mut purged = None;
    let answer = {
        let mut tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        if found.is_root() {
            let message =
                format!("Cannot delete root branch '{name}'. Root branches cannot be deleted independently.");
            return Err(Problem::bad_request(message)
                .with_error_info("RESOURCE_CONFLICT", json!({"declarative_context": "MANAGED_BY_PARENT"})));
        }
        if found.is_protected {
            return Err(Problem::bad_request("cannot delete protected branch"));
        }
        if call.takes_effect() {
            let branches = &mut tree.project_mut(&project)?.branches;
            if call.parameters.purge.unwrap_or(false) {
                purged = branches.remove(&branch);
            } else if let Some(found) = branches.get_mut(&branch) {
                found.deleted = Some(now);
                close(found);
            }
        }
        let takes_ms = call.durations().role_change_ms;
        record(&call, &mut tree, Kind::Branch, name, takes_ms, Outcome::Empty)
    };
    if let Some(cluster) = purged.and_then(|branch| Arc::into_inner(branch.cluster)) {
        cluster.destroy().await;
    }
    Ok(answer)
}

pub(super) async fn undelete(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    {
        let mut tree = lakebase.0.tree.lock();
        let found = tree.project_mut(&project)?;
        call.may_manage(ObjectKind::Project, &project)?;
        let branch = found.branches.get_mut(&branch).ok_or_else(|| missing("branch"))?;
        if branch.deleted.take().is_none() {
            return Err(Problem::bad_request("branch is not deleted"));
        }
    }
    super::endpoints::reopen(&call, &project, &branch).await?;
    let mut tree = lakebase.0.tree.lock();
    let name = format!("projects/{project}/branches/{branch}");
    let takes_ms = call.durations().role_change_ms;
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Branch, name, takes_ms, outcome))
}

/// Creates the cluster, the endpoint and the first role of a branch. If that fails, nothing is kept.
pub(super) async fn branch_of(
    call: &Call,
    project: &str,
    id: &str,
    origin: Origin,
    takes_ms: u64,
) -> Result<Branch, Problem> {
    let lakebase = call.lakebase();
    let now = call.now();
    let ready = now.plus_ms(takes_ms);
    let parent = format!("projects/{project}/branches/{id}");
    let (cluster, roles, databases, endpoint_settings, source) = match origin {
        Origin::New { owner, endpoint_settings } => {
            let cluster = lakebase.new_cluster().await?;
            let role = owner_role(&owner, now);
            let statements = sql::create_role(&role.postgres_role, true, role.attributes, true)
                + &sql::own_database(&role.postgres_role, DEFAULT_DATABASE);
            cluster.execute(DEFAULT_DATABASE, &statements).await.map_err(broken)?;
            let database = Database {
                id: DEFAULT_DATABASE_ID.to_owned(),
                postgres_database: DEFAULT_DATABASE.to_owned(),
                role: format!("{parent}/roles/{}", role.id),
                created: now,
            };
            (
                cluster,
                BTreeMap::from([(role.id.clone(), role)]),
                BTreeMap::from([(database.id.clone(), database)]),
                endpoint_settings,
                None,
            )
        }
        Origin::Copy(source) => (
            lakebase.copy_cluster(&source.cluster).await?,
            source.roles,
            moved(source.databases, &source.name, &parent),
            source.endpoint_settings,
            Some(source.name),
        ),
    };
    let storage = StorageId(lakebase.next());
    let endpoint = primary(call, storage, &cluster, endpoint_settings, ready).await?;
    Ok(Branch {
        id: id.to_owned(),
        uid: format!("br-{}", call.workspace.ids.short(16)),
        source,
        is_protected: false,
        created: now,
        updated: now,
        ready,
        expires: None,
        deleted: None,
        busy_until: ready,
        storage,
        cluster,
        endpoints: BTreeMap::from([(DEFAULT_ENDPOINT.to_owned(), endpoint)]),
        roles,
        databases,
    })
}

/// Databases of a copy belong to the copy's roles.
fn moved(databases: BTreeMap<String, Database>, from: &str, to: &str) -> BTreeMap<String, Database> {
    databases
        .into_iter()
        .map(|(id, mut database)| {
            if let Some(role) = database.role.strip_prefix(from) {
                database.role = format!("{to}{role}");
            }
            (id, database)
        })
        .collect()
}

fn source_of(
    tree: &Tree,
    project: &str,
    spec: &Map<String, Value>,
    now: Timestamp,
) -> Result<Source, Problem> {
    let own = tree.project(project)?;
    let default = format!("{}/branches/{}", own.name(), crate::lakebase::tree::DEFAULT_BRANCH);
    let name = match spec.get("source_branch") {
        None => default.as_str(),
        Some(name) => name
            .as_str()
            .ok_or_else(|| Problem::invalid_parameter("Field 'spec.source_branch' must be text."))?,
    };
    let id = name.strip_prefix(&format!("{}/branches/", own.name())).ok_or_else(|| {
        Problem::invalid_parameter(format!(
            "Field 'spec.source_branch' must name a branch of the same project, got '{name}'."
        ))
    })?;
    let branch = tree.branch(project, id, now)?;
    Ok(Source {
        name: name.to_owned(),
        cluster: Arc::clone(&branch.cluster),
        roles: branch.roles.clone(),
        databases: branch.databases.clone(),
        endpoint_settings: object(&own.settings, "default_endpoint_settings"),
    })
}

/// The expiry time of a branch. "Never" has to be given explicitly.
fn expiry(spec: &Map<String, Value>, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    let never = flag(spec, "no_expiry")?;
    match (spec.get("ttl"), spec.get("expire_time"), never) {
        (Some(ttl), None, false) => {
            let ms = bounded_duration_ms("spec.ttl", ttl, 1, LONGEST_LIFE_SECS)?;
            Ok(Some(now.plus_ms(ms)))
        }
        (None, Some(moment), false) => {
            let moment = timestamp("spec.expire_time", moment)?;
            if moment <= now || moment.ms_since(now) > LONGEST_LIFE_SECS * 1000 {
                return Err(Problem::invalid_parameter(
                    "Field 'spec.expire_time' must lie in the future, at most 30 days from now.",
                ));
            }
            Ok(Some(moment))
        }
        (None, None, true) => Ok(None),
        (None, None, false) => Err(Problem::invalid_parameter(
            "One of 'spec.ttl', 'spec.expire_time' or 'spec.no_expiry' is required.",
        )),
        _ => Err(Problem::invalid_parameter(
            "Only one of 'spec.ttl', 'spec.expire_time' and 'spec.no_expiry' may be set.",
        )),
    }
}

fn flag(spec: &Map<String, Value>, key: &str) -> Result<bool, Problem> {
    match spec.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(required(&format!("spec.{key}"))),
    }
}
