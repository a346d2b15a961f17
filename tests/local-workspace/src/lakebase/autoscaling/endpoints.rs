//! Endpoints: the computes of a branch, each with an address of its own.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::{Answer, changeable, keep_busy, leaves, record, view};
use crate::clock::Timestamp;
use crate::lakebase::activity::Activity;
use crate::lakebase::call::Call;
use crate::lakebase::cluster::Cluster;
use crate::lakebase::credentials::{ComputeId, StorageId};
use crate::lakebase::front::Access;
use crate::lakebase::operations::{Kind, Outcome};
use crate::lakebase::request::{
    Specified, apply_mask, body, bounded_duration_ms, mask, missing, page, required, resource_id,
};
use crate::lakebase::tree::{Branch, DEFAULT_ENDPOINT, Endpoint, EndpointKind};
use crate::problem::Problem;

const LEAST_CU: f64 = 0.5;
const MOST_CU: f64 = 112.0;
/// A larger difference between the autoscaling limits is refused.
const WIDEST_SPREAD: f64 = 16.0;
const SUSPEND_SECS: (u64, u64) = (60, 604_800);
const SETTABLE: &[&str] = &[
    "autoscaling_limit_min_cu",
    "autoscaling_limit_max_cu",
    "suspend_timeout_duration",
    "no_suspension",
    "disabled",
    "group",
    "settings",
];

pub(super) async fn list(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    call.may_read()?;
    let now = call.now();
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, now)?;
    let parent = view::branch_name(&project, branch);
    let endpoints =
        branch.endpoints.values().map(|endpoint| view::endpoint_json(&parent, endpoint, now)).collect();
    page("endpoints", endpoints, &call.parameters).map(Json)
}

pub(super) async fn get(call: Call, Path((project, branch, id)): Path<(String, String, String)>) -> Answer {
    call.may_read()?;
    let now = call.now();
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, now)?;
    let endpoint = branch.endpoints.get(&id).ok_or_else(|| missing("endpoint"))?;
    let parent = view::branch_name(&project, branch);
    Ok(Json(view::endpoint_json(&parent, endpoint, now)))
}

pub(super) async fn create(
    call: Call,
    Path((project, branch)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let id = resource_id("endpoint_id", &call.parameters.endpoint_id)?.to_owned();
    let wanted: Specified = body(&bytes)?;
    let kind = wanted
        .spec
        .get("endpoint_type")
        .and_then(Value::as_str)
        .ok_or_else(|| required("endpoint.spec.endpoint_type"))?;
    let kind = EndpointKind::parse(kind)
        .ok_or_else(|| Problem::invalid_parameter(format!("Unknown endpoint type '{kind}'.")))?;
    let mut settings = settable(&wanted.spec);
    check_limits(&settings)?;
    let disabled = settings.remove("disabled") == Some(Value::Bool(true));

    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (storage, cluster) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        match found.endpoints.get(&id) {
            None if kind == EndpointKind::ReadWrite => {
                return Err(Problem::bad_request("A branch can have only one read-write endpoint."));
            }
            Some(present) if !call.parameters.replace_existing || present.kind != kind => {
                return Err(Problem::already_exists("endpoint with such id already exists"));
            }
            _ => (found.storage, Arc::clone(&found.cluster)),
        }
    };
    let takes_ms = call.durations().role_change_ms;
    let name = format!("projects/{project}/branches/{branch}/endpoints/{id}");
    if call.takes_effect() {
        let ready = now.plus_ms(takes_ms);
        let mut fresh = new_endpoint(&call, storage, &cluster, &id, kind, settings, ready).await?;
        if disabled {
            fresh.front = None;
        }
        let mut tree = lakebase.0.tree.lock();
        let endpoints = &mut tree.branch_mut(&project, &branch, now)?.endpoints;
        match endpoints.get_mut(&id) {
            Some(present) => {
                // Adopted: it keeps its address, its times and the credentials minted for it.
                present.settings = fresh.settings;
                present.activity.follow(&present.settings);
                present.updated = now;
                if disabled {
                    present.front = None;
                }
            }
            None => {
                endpoints.insert(id, fresh);
            }
        }
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Endpoint, name, takes_ms, outcome))
}

pub(super) async fn update(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let wanted: Specified = body(&bytes)?;
    let mask = mask(&call.parameters, SETTABLE)?;
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let opens = {
        let mut tree = lakebase.0.tree.lock();
        changeable(&call, &tree, &project, &branch)?;
        let endpoint = tree
            .branch_mut(&project, &branch, now)?
            .endpoints
            .get_mut(&id)
            .ok_or_else(|| missing("endpoint"))?;
        let mut settings = endpoint.settings.clone();
        apply_mask(&mask, &wanted.spec, &mut settings);
        check_limits(&settings)?;
        let disabled = settings.remove("disabled");
        let names_disabled = mask.iter().any(|field| field == "disabled");
        if call.takes_effect() {
            endpoint.settings = settings;
            endpoint.activity.follow(&endpoint.settings);
            endpoint.updated = now;
            if names_disabled && disabled == Some(Value::Bool(true)) {
                endpoint.front = None;
            }
        }
        names_disabled && call.takes_effect() && disabled != Some(Value::Bool(true))
    };
    if opens {
        reopen(&call, &project, &branch).await?;
    }
    let takes_ms = call.durations().role_change_ms;
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let name = format!("projects/{project}/branches/{branch}/endpoints/{id}");
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Endpoint, name, takes_ms, outcome))
}

pub(super) async fn delete(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
) -> Answer {
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let mut tree = lakebase.0.tree.lock();
    let found = changeable(&call, &tree, &project, &branch)?;
    let endpoint = found.endpoints.get(&id).ok_or_else(|| missing("endpoint"))?;
    let name = format!("projects/{project}/branches/{branch}/endpoints/{id}");
    if endpoint.kind == EndpointKind::ReadWrite {
        let message =
            format!("Cannot delete read-write endpoint '{name}'. Read-write endpoints cannot be deleted.");
        return Err(Problem::bad_request(message)
            .with_error_info("RESOURCE_CONFLICT", json!({"declarative_context": "MANAGED_BY_PARENT"})));
    }
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        tree.branch_mut(&project, &branch, now)?.endpoints.remove(&id);
    }
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    Ok(record(&call, &mut tree, Kind::Endpoint, name, takes_ms, Outcome::Empty))
}

/// The initial endpoint of a branch.
pub(super) async fn primary(
    call: &Call,
    storage: StorageId,
    cluster: &Cluster,
    settings: Map<String, Value>,
    ready: Timestamp,
) -> Result<Endpoint, Problem> {
    let kind = EndpointKind::ReadWrite;
    let settings = settable(&settings);
    new_endpoint(call, storage, cluster, DEFAULT_ENDPOINT, kind, settings, ready).await
}

/// Opens the endpoints of a branch that have no address, at new addresses.
pub(super) async fn reopen(call: &Call, project: &str, branch: &str) -> Result<(), Problem> {
    let lakebase = call.lakebase();
    let now = call.now();
    let closed: Vec<(String, ComputeId, EndpointKind, Activity)> = {
        let tree = lakebase.0.tree.lock();
        let branch = tree.branch(project, branch, now)?;
        let closed = branch.endpoints.values().filter(|e| e.front.is_none());
        closed.map(|e| (e.id.clone(), e.compute, e.kind, e.activity.clone())).collect()
    };
    for (id, compute, kind, activity) in closed {
        let (storage, cluster) = {
            let tree = lakebase.0.tree.lock();
            let branch: &Branch = tree.branch(project, branch, now)?;
            (branch.storage, Arc::clone(&branch.cluster))
        };
        let front = lakebase.open_front(compute, storage, &cluster, access(kind), activity).await?;
        let mut tree = lakebase.0.tree.lock();
        if let Some(endpoint) = tree.branch_mut(project, branch, now)?.endpoints.get_mut(&id) {
            endpoint.front = Some(front);
        }
    }
    Ok(())
}

/// Checks the platform's rules for compute limits.
pub(super) fn check_limits(settings: &Map<String, Value>) -> Result<(), Problem> {
    let limit = |key: &str| match settings.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            value.as_f64().filter(|cu| (LEAST_CU..=MOST_CU).contains(cu)).map(Some).ok_or_else(|| {
                Problem::invalid_parameter(format!(
                    "Field '{key}' must be between {LEAST_CU} and {MOST_CU}, got {value}."
                ))
            })
        }
    };
    let least = limit("autoscaling_limit_min_cu")?;
    let most = limit("autoscaling_limit_max_cu")?;
    if let (Some(least), Some(most)) = (least, most) {
        if least > most {
            return Err(Problem::invalid_parameter(
                "autoscaling_limit_min_cu must not exceed autoscaling_limit_max_cu.",
            ));
        }
        if most - least > WIDEST_SPREAD {
            return Err(Problem::invalid_parameter(format!(
                "The difference between autoscaling_limit_max_cu and autoscaling_limit_min_cu \
                 must not exceed {WIDEST_SPREAD}."
            )));
        }
    }
    let unending = settings.get("no_suspension") == Some(&Value::Bool(true));
    if let Some(suspend) = settings.get("suspend_timeout_duration") {
        if unending {
            return Err(Problem::invalid_parameter(
                "Only one of suspend_timeout_duration and no_suspension may be set.",
            ));
        }
        let (least, most) = SUSPEND_SECS;
        bounded_duration_ms("suspend_timeout_duration", suspend, least, most)?;
    }
    Ok(())
}

async fn new_endpoint(
    call: &Call,
    storage: StorageId,
    cluster: &Cluster,
    id: &str,
    kind: EndpointKind,
    settings: Map<String, Value>,
    ready: Timestamp,
) -> Result<Endpoint, Problem> {
    let lakebase = call.lakebase();
    let compute = ComputeId(lakebase.next());
    let activity = lakebase.activity();
    activity.follow(&settings);
    let front = lakebase.open_front(compute, storage, cluster, access(kind), activity.clone()).await?;
    let now = call.now();
    Ok(Endpoint {
        id: id.to_owned(),
        uid: format!("ep-{}", call.workspace.ids.short(16)),
        kind,
        created: now,
        updated: now,
        ready,
        host_known: ready.plus_ms(call.durations().endpoint_hosts_ms),
        settings,
        compute,
        activity,
        front: Some(front),
    })
}

fn settable(spec: &Map<String, Value>) -> Map<String, Value> {
    spec.iter()
        .filter(|(key, _)| SETTABLE.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn access(kind: EndpointKind) -> Access {
    match kind {
        EndpointKind::ReadWrite => Access::ReadWrite,
        EndpointKind::ReadOnly => Access::ReadOnly,
    }
}
