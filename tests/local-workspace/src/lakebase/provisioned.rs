//! The API of Lakebase's older product: `/api/2.0/database/*`.
//!
//! There an instance was one server, with a state to poll instead of operations. Since March 2026 an
//! instance created here is an autoscaling project that is visible through both APIs (`shown`). An instance
//! of the older kind is created if the settings say so (`features.provisioned_instances`), as older
//! installations have one, and in a workspace without autoscaling. It is unknown whether the platform also
//! shows projects created as projects here; this implementation doesn't.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::autoscaling::{close, drop_role, make_for_instance, owner_role};
use super::broken;
use super::call::{Call, ObjectKind};
use super::cluster::Cluster;
use super::credentials::{ComputeId, StorageId};
use super::front::Access;
use super::request::{apply_mask, body, mask, page, required};
use super::shown::Shown;
use super::sql::{self, RoleAttributes};
use super::tree::{DEFAULT_DATABASE, Instance, Role};
use crate::clock::Timestamp;
use crate::identity::Right;
use crate::problem::Problem;
use crate::workspace::Workspace;

type Answer = Result<Json<Value>, Problem>;

const CAPACITIES: [&str; 4] = ["CU_1", "CU_2", "CU_4", "CU_8"];
const RETENTION_DAYS: std::ops::RangeInclusive<u64> = 2..=35;
const CREDENTIAL_TTL_MS: u64 = 3_600_000;
const SETTABLE: &[&str] = &[
    "capacity",
    "node_count",
    "stopped",
    "enable_pg_native_login",
    "enable_readable_secondaries",
    "retention_window_in_days",
    "custom_tags",
    "usage_policy_id",
];

pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/database/instances", get(list).post(create))
        .route("/api/2.0/database/instances/{name}", get(read).patch(update).delete(delete))
        .route("/api/2.0/database/instances:findByUid", get(find_by_uid))
        .route("/api/2.0/database/instances/{name}/roles", get(list_roles).post(create_role))
        .route("/api/2.0/database/instances/{name}/roles/{role}", get(read_role).delete(delete_role))
        .route("/api/2.0/database/credentials", post(mint))
}

async fn list(call: Call) -> Answer {
    call.may_read()?;
    let now = call.now();
    let tree = call.lakebase().0.tree.lock();
    let instances = tree.shown().map(|shown| to_json(&shown, now)).collect();
    page("database_instances", instances, &call.parameters).map(Json)
}

async fn read(call: Call, Path(name): Path<String>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    Ok(Json(to_json(&tree.instance(&name)?, call.now())))
}

async fn find_by_uid(call: Call) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let uid = &call.parameters.uid;
    let shown = tree.shown().find(|shown| shown.uid == *uid);
    let shown =
        shown.ok_or_else(|| Problem::not_found(format!("Database instance with uid {uid} not found.")))?;
    Ok(Json(to_json(&shown, call.now())))
}

async fn create(call: Call, bytes: Bytes) -> Answer {
    call.may_create()?;
    let wanted: Map<String, Value> = body(&bytes)?;
    let name = wanted.get("name").and_then(Value::as_str).unwrap_or_default();
    check_name(name)?;
    let mut settings = settable(&wanted);
    settings.entry("capacity").or_insert_with(|| CAPACITIES[0].into());
    check(&settings)?;
    let stopped = settings.remove("stopped") == Some(Value::Bool(true));

    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    // Ids of projects are lower-case only.
    let id = name.to_ascii_lowercase();
    {
        let tree = lakebase.0.tree.lock();
        if tree.instances.contains_key(name) || tree.projects.contains_key(&id) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "RESOURCE_ALREADY_EXISTS",
                "Instance name is not unique",
            ));
        }
        let most = call.workspace.settings.get().quotas.max_instances;
        if tree.shown().count() >= most {
            return Err(Problem::limit_exceeded(format!(
                "The maximum number of database instances for your workspace is {most}."
            )));
        }
    }
    let permissions = &call.workspace.permissions;
    let features = call.workspace.settings.get().features;
    if features.provisioned_instances || !features.autoscaling {
        let instance = make(&call, name, settings, stopped).await?;
        lakebase.0.tree.lock().instances.insert(name.to_owned(), instance);
    } else {
        let limits = limits_of(&settings);
        settings.insert("name".to_owned(), name.into());
        let takes_ms = call.durations().instance_create_ms;
        let mut project = make_for_instance(&call, &id, settings, limits, takes_ms).await?;
        if stopped {
            for branch in project.branches.values_mut() {
                close(branch);
            }
        }
        lakebase.0.tree.lock().projects.insert(id, project);
    }
    permissions.register(ObjectKind::Instance.as_str(), name, &call.principal);
    let tree = lakebase.0.tree.lock();
    Ok(Json(to_json(&tree.instance(name)?, call.now())))
}

/// An instance of the older kind.
async fn make(
    call: &Call,
    name: &str,
    settings: Map<String, Value>,
    stopped: bool,
) -> Result<Instance, Problem> {
    let (lakebase, now) = (call.lakebase(), call.now());
    let cluster = lakebase.new_cluster().await?;
    let role = owner_role(&call.principal, now);
    let statements = sql::create_role(&role.postgres_role, true, role.attributes, true)
        + &sql::own_database(&role.postgres_role, DEFAULT_DATABASE);
    cluster.execute(DEFAULT_DATABASE, &statements).await.map_err(broken)?;
    let compute = ComputeId(lakebase.next());
    let storage = StorageId(lakebase.next());
    let front =
        lakebase.open_front(compute, storage, &cluster, Access::ReadWrite, lakebase.activity()).await?;
    Ok(Instance {
        name: name.to_owned(),
        uid: call.workspace.ids.uuid().to_string(),
        owner: call.principal.user_name.clone(),
        created: now,
        ready: now.plus_ms(call.durations().instance_create_ms),
        stopped,
        settings,
        // Provisioned roles are identified by their Postgres name.
        roles: BTreeMap::from([(role.postgres_role.clone(), role)]),
        compute,
        storage,
        cluster,
        front: Some(front),
    })
}

/// The project compute limits that correspond to an instance's capacity.
fn limits_of(settings: &Map<String, Value>) -> (f64, f64) {
    match settings.get("capacity").and_then(Value::as_str) {
        Some("CU_2") => (1.0, 4.0),
        Some("CU_4") => (2.0, 8.0),
        Some("CU_8") => (4.0, 12.0),
        _ => (0.5, 2.0),
    }
}

async fn update(call: Call, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let wanted: Map<String, Value> = body(&bytes)?;
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, compute, storage, activity, opens) = {
        let mut tree = lakebase.0.tree.lock();
        let shown = tree.instance(&name)?;
        call.may_manage(shown.object.0, shown.object.1)?;
        let mask = mask(&call.parameters, SETTABLE)?;
        let mut settings = shown.settings.clone();
        settings.insert("stopped".to_owned(), shown.stopped.into());
        apply_mask(&mask, &wanted, &mut settings);
        check(&settings)?;
        let stopped = settings.remove("stopped") == Some(Value::Bool(true));
        let (cluster, compute, storage) = (Arc::clone(shown.cluster), shown.compute, shown.storage);
        let activity = shown.activity.cloned().unwrap_or_else(|| lakebase.activity());
        let found = tree.instance_mut(&name)?;
        if stopped {
            *found.front = None;
        }
        if let Some(is_stopped) = found.stopped {
            *is_stopped = stopped;
        }
        *found.settings = settings;
        (cluster, compute, storage, activity, !stopped && found.front.is_none())
    };
    let front = if opens {
        let access = Access::ReadWrite;
        Some(lakebase.open_front(compute, storage, &cluster, access, activity).await?)
    } else {
        None
    };
    let mut tree = lakebase.0.tree.lock();
    if front.is_some() {
        *tree.instance_mut(&name)?.front = front;
    }
    Ok(Json(to_json(&tree.instance(&name)?, call.now())))
}

async fn delete(call: Call, Path(name): Path<String>) -> Answer {
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let clusters: Vec<Arc<Cluster>> = {
        let mut tree = lakebase.0.tree.lock();
        let shown = tree.instance(&name)?;
        let (kind, id) = (shown.object.0, shown.object.1.to_owned());
        call.may_manage(kind, &id)?;
        if call.parameters.purge == Some(false) {
            return Err(Problem::bad_request(
                "Soft deletion is not supported: purge must be omitted or true.",
            ));
        }
        call.workspace.permissions.forget(kind.as_str(), &id);
        let project = if kind == ObjectKind::Project { tree.projects.remove(&id) } else { None };
        let branches = project.into_iter().flat_map(|project| project.branches.into_values());
        let instance = tree.instances.remove(&name);
        branches.map(|branch| branch.cluster).chain(instance.map(|instance| instance.cluster)).collect()
    };
    call.workspace.permissions.forget(ObjectKind::Instance.as_str(), &name);
    for cluster in clusters.into_iter().filter_map(Arc::into_inner) {
        cluster.destroy().await;
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct WantedCredential {
    #[serde(default)]
    instance_names: Vec<String>,
    #[serde(default)]
    claims: Vec<Value>,
}

async fn mint(call: Call, bytes: Bytes) -> Answer {
    let wanted: WantedCredential = body(&bytes)?;
    if wanted.instance_names.is_empty() && wanted.claims.is_empty() {
        return Err(required("instance_names"));
    }
    let lakebase = call.lakebase();
    let tree = lakebase.0.tree.lock();
    let identity = &call.principal.user_name;
    let mut computes = Vec::new();
    for name in &wanted.instance_names {
        let instance = tree.instance(name)?;
        call.workspace.require(&call.principal, Right::UseLakebase)?;
        if !instance.roles.contains_key(identity)
            && !instance.roles.values().any(|role| role.postgres_role == *identity)
        {
            call.may_use(instance.object.0, instance.object.1)?;
        }
        computes.push(instance.compute);
    }
    let expires = call.now().plus_ms(CREDENTIAL_TTL_MS);
    let token = lakebase.0.credentials.mint(identity, computes, expires);
    Ok(Json(json!({"token": token, "expiration_time": expires.to_rfc3339()})))
}

async fn list_roles(call: Call, Path(name): Path<String>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let roles = tree.instance(&name)?.roles.values().map(role_json).collect();
    page("database_instance_roles", roles, &call.parameters).map(Json)
}

async fn read_role(call: Call, Path((name, role)): Path<(String, String)>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let found = tree.instance(&name)?.roles.values().find(|r| r.postgres_role == role);
    found.map(|role| Json(role_json(role))).ok_or_else(|| unknown_role(&role))
}

#[derive(Deserialize)]
struct NewRole {
    #[serde(default)]
    name: String,
    identity_type: Option<String>,
    membership_role: Option<String>,
    #[serde(default)]
    attributes: RoleAttributes,
}

async fn create_role(call: Call, Path(name): Path<String>, bytes: Bytes) -> Answer {
    let wanted: NewRole = body(&bytes)?;
    if wanted.name.is_empty() {
        return Err(required("name"));
    }
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let cluster = {
        let tree = lakebase.0.tree.lock();
        let instance = tree.instance(&name)?;
        call.may_manage(instance.object.0, instance.object.1)?;
        if instance.roles.values().any(|role| role.postgres_role == wanted.name) {
            return Err(Problem::already_exists(format!("Role {} already exists.", wanted.name)));
        }
        Arc::clone(instance.cluster)
    };
    let role = Role {
        id: role_id(&wanted.name),
        postgres_role: wanted.name.clone(),
        identity_type: wanted.identity_type.unwrap_or_else(|| "USER".to_owned()),
        auth_method: "LAKEBASE_OAUTH_V1".to_owned(),
        superuser: wanted.membership_role.as_deref() == Some("DATABRICKS_SUPERUSER"),
        attributes: wanted.attributes,
        created: now,
    };
    let statements = sql::create_role(&wanted.name, true, role.attributes, role.superuser);
    cluster
        .execute("postgres", &statements)
        .await
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let answer = role_json(&role);
    let mut tree = lakebase.0.tree.lock();
    tree.instance_mut(&name)?.roles.insert(role.id.clone(), role);
    Ok(Json(answer))
}

/// The id of a role in the other API.
fn role_id(name: &str) -> String {
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    let is_client = name.len() == 36 && name.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if is_client { format!("sp-{plain}") } else { format!("r-{}", plain.trim_end_matches('-')) }
}

async fn delete_role(call: Call, Path((name, role)): Path<(String, String)>) -> Answer {
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, key) = {
        let tree = lakebase.0.tree.lock();
        let instance = tree.instance(&name)?;
        call.may_manage(instance.object.0, instance.object.1)?;
        let found = instance.roles.iter().find(|(_, known)| known.postgres_role == role);
        match found {
            Some((key, _)) => (Arc::clone(instance.cluster), key.clone()),
            None if call.parameters.allow_missing => return Ok(Json(json!({}))),
            None => return Err(unknown_role(&role)),
        }
    };
    let heir = Some(call.parameters.reassign_owned_to.as_str()).filter(|heir| !heir.is_empty());
    drop_role(&cluster, &role, heir).await?;
    let mut tree = lakebase.0.tree.lock();
    tree.instance_mut(&name)?.roles.remove(&key);
    Ok(Json(json!({})))
}

fn unknown_role(role: &str) -> Problem {
    Problem::not_found(format!("Role {role} not found."))
}

fn role_json(role: &Role) -> Value {
    let mut json = json!({
        "name": role.postgres_role,
        "identity_type": role.identity_type,
        "attributes": role.attributes,
    });
    if role.superuser {
        json["membership_role"] = "DATABRICKS_SUPERUSER".into();
    }
    json
}

fn to_json(instance: &Shown<'_>, now: Timestamp) -> Value {
    let state = if instance.stopped {
        "STOPPED"
    } else if instance.ready > now {
        "STARTING"
    } else {
        "AVAILABLE"
    };
    let mut json = instance.settings.clone();
    json.remove("name");
    let effective: Vec<(String, Value)> =
        json.iter().map(|(key, value)| (format!("effective_{key}"), value.clone())).collect();
    json.extend(effective);
    let mut json = Value::Object(json);
    json["name"] = instance.name.into();
    json["uid"] = instance.uid.into();
    json["creator"] = instance.owner.into();
    json["creation_time"] = instance.created.to_rfc3339().into();
    json["pg_version"] = instance.version.into();
    json["stopped"] = instance.stopped.into();
    json["effective_stopped"] = instance.stopped.into();
    json["state"] = state.into();
    if let Some(front) = instance.front {
        json["read_write_dns"] = front.host().into();
    }
    json
}

fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(required("database_instance.name"));
    }
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let all = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if starts && all && name.len() <= 63 {
        return Ok(());
    }
    Err(Problem::invalid_parameter(format!(
        "Database instance name '{name}' is invalid: it must have 1 to 63 characters, start with \
         a letter and contain only letters, digits and hyphens."
    )))
}

fn check(settings: &Map<String, Value>) -> Result<(), Problem> {
    let capacity = settings.get("capacity").and_then(Value::as_str);
    if !capacity.is_some_and(|capacity| CAPACITIES.contains(&capacity)) {
        return Err(Problem::invalid_parameter(format!("Field 'capacity' must be one of {CAPACITIES:?}.")));
    }
    if let Some(days) = settings.get("retention_window_in_days")
        && !days.as_u64().is_some_and(|days| RETENTION_DAYS.contains(&days))
    {
        return Err(Problem::invalid_parameter("Field 'retention_window_in_days' must be between 2 and 35."));
    }
    Ok(())
}

fn settable(wanted: &Map<String, Value>) -> Map<String, Value> {
    wanted
        .iter()
        .filter(|(key, _)| SETTABLE.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
