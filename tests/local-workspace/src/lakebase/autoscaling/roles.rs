//! Roles: identities of the workspace in PostgreSQL.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::{Answer, changeable, keep_busy, leaves, record, view};
use crate::clock::Timestamp;
use crate::extract::read_value;
use crate::identity::{Principal, PrincipalKind};
use crate::lakebase::broken;
use crate::lakebase::call::Call;
use crate::lakebase::cluster::{Cluster, ClusterError};
use crate::lakebase::operations::{Kind, Outcome};
use crate::lakebase::request::{Specified, body, mask, missing, page, required, resource_id, trace_id};
use crate::lakebase::sql::{self, RoleAttributes};
use crate::lakebase::tree::Role;
use crate::problem::Problem;

const SUPERUSER: &str = "DATABRICKS_SUPERUSER";
const OAUTH: &str = "LAKEBASE_OAUTH_V1";
const PASSWORD: &str = "PG_PASSWORD_SCRAM_SHA_256";
const NO_LOGIN: &str = "NO_LOGIN";
const SETTABLE: &[&str] = &["membership_roles", "attributes", "auth_method"];

pub(super) async fn list(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, call.now())?;
    let parent = view::branch_name(&project, branch);
    let roles = branch.roles.values().map(|role| view::role_json(&parent, role)).collect();
    page("roles", roles, &call.parameters).map(Json)
}

pub(super) async fn get(call: Call, Path((project, branch, id)): Path<(String, String, String)>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, call.now())?;
    let role = branch.roles.get(&id).ok_or_else(|| missing("role"))?;
    Ok(Json(view::role_json(&view::branch_name(&project, branch), role)))
}

pub(super) async fn create(
    call: Call,
    Path((project, branch)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let wanted: Specified = body(&bytes)?;
    let now = call.now();
    let mut role = role_of(&call, &wanted.spec, now)?;
    if !call.parameters.role_id.is_empty() {
        resource_id("role_id", &call.parameters.role_id)?.clone_into(&mut role.id);
    }

    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, present) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let same = found
            .roles
            .values()
            .find(|known| known.id == role.id || known.postgres_role == role.postgres_role);
        let replaces = same
            .is_some_and(|known| known.id == role.id && known.postgres_role == role.postgres_role)
            && call.parameters.replace_existing;
        if same.is_some() && !replaces {
            return Err(taken());
        }
        (Arc::clone(&found.cluster), replaces)
    };
    let takes_ms = call.durations().role_change_ms;
    let name = format!("projects/{project}/branches/{branch}/roles/{}", role.id);
    if call.takes_effect() {
        let can_log_in = role.auth_method != NO_LOGIN;
        let statements = if present {
            sql::alter_role(&role.postgres_role, can_log_in, role.attributes, role.superuser)
        } else {
            sql::create_role(&role.postgres_role, can_log_in, role.attributes, role.superuser)
        };
        cluster.execute("postgres", &statements).await.map_err(refused)?;
        let mut tree = lakebase.0.tree.lock();
        let roles = &mut tree.branch_mut(&project, &branch, now)?.roles;
        roles.insert(role.id.clone(), role);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Role, name, takes_ms, outcome))
}

pub(super) async fn update(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let wanted: Specified = body(&bytes)?;
    let mask = mask(&call.parameters, SETTABLE)?;
    let names = |field: &str| mask.iter().any(|path| path.split('.').next() == Some(field));
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, mut role) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let role = found.roles.get(&id).ok_or_else(|| missing("role"))?;
        (Arc::clone(&found.cluster), role.clone())
    };
    if names("membership_roles") {
        role.superuser = superuser(&wanted.spec)?;
    }
    if names("attributes") {
        role.attributes = attributes(&wanted.spec)?;
    }
    if names("auth_method") {
        role.auth_method = auth_method(&wanted.spec, &role.identity_type)?;
    }
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        let can_log_in = role.auth_method != NO_LOGIN;
        let statements = sql::alter_role(&role.postgres_role, can_log_in, role.attributes, role.superuser);
        cluster.execute("postgres", &statements).await.map_err(refused)?;
        let mut tree = lakebase.0.tree.lock();
        let roles = &mut tree.branch_mut(&project, &branch, now)?.roles;
        roles.insert(id.clone(), role);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let name = format!("projects/{project}/branches/{branch}/roles/{id}");
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Role, name, takes_ms, outcome))
}

pub(super) async fn delete(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
) -> Answer {
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, role, heir) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let role = found.roles.get(&id).ok_or_else(|| missing("role"))?;
        let heir = match call.parameters.reassign_owned_to.as_str() {
            "" => None,
            heir => {
                let id = heir.rsplit('/').next().unwrap_or(heir);
                let heir = found.roles.get(id).ok_or_else(|| dangling(id))?;
                Some(heir.postgres_role.clone())
            }
        };
        (Arc::clone(&found.cluster), role.postgres_role.clone(), heir)
    };
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        drop_role(&cluster, &role, heir.as_deref()).await?;
        let mut tree = lakebase.0.tree.lock();
        tree.branch_mut(&project, &branch, now)?.roles.remove(&id);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    Ok(record(
        &call,
        &mut tree,
        Kind::Role,
        format!("projects/{project}/branches/{branch}/roles/{id}"),
        takes_ms,
        Outcome::Empty,
    ))
}

/// `POST …/roles/{r}/password`: a new password for a role with native login.
pub(super) async fn password(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
) -> Answer {
    let lakebase = call.lakebase();
    let tree = lakebase.0.tree.lock();
    let found = changeable(&call, &tree, &project, &branch)?;
    let role = found.roles.get(&id).ok_or_else(|| missing("role"))?;
    if role.auth_method != PASSWORD {
        return Err(Problem::bad_request(format!("role does not use {PASSWORD} authentication")));
    }
    let password = lakebase.0.credentials.set_password(found.storage, &role.postgres_role);
    Ok(Json(json!({"password": password})))
}

/// The role of the creator of a project or an instance.
pub(crate) fn owner_role(owner: &Principal, now: Timestamp) -> Role {
    Role {
        id: default_role_id(owner),
        postgres_role: owner.user_name.clone(),
        identity_type: match owner.kind {
            PrincipalKind::User => "USER".to_owned(),
            PrincipalKind::ServicePrincipal { .. } => "SERVICE_PRINCIPAL".to_owned(),
        },
        auth_method: OAUTH.to_owned(),
        superuser: true,
        attributes: RoleAttributes::OWNER,
        created: now,
    }
}

/// The role that is created for an app when a database is attached.
pub(crate) fn app_role(client_id: &str, now: Timestamp) -> Role {
    Role {
        id: format!("sp-{client_id}"),
        postgres_role: client_id.to_owned(),
        identity_type: "SERVICE_PRINCIPAL".to_owned(),
        auth_method: OAUTH.to_owned(),
        superuser: false,
        attributes: RoleAttributes::default(),
        created: now,
    }
}

/// Removes a role from a cluster. Refused if it owns something and no heir is given.
pub(crate) async fn drop_role(cluster: &Cluster, role: &str, heir: Option<&str>) -> Result<(), Problem> {
    let admin = cluster.connect("postgres").await.map_err(broken)?;
    let owned: i64 = admin.query_one(sql::COUNT_OWNED, &[&role]).await.map_err(broken)?.get(0);
    if owned > 0 && heir.is_none() {
        return Err(Problem::bad_request(format!(
            "role \"{role}\" cannot be dropped because some objects depend on it"
        )));
    }
    let databases = admin.query(sql::ALL_DATABASES, &[]).await.map_err(broken)?;
    for row in databases {
        let database: String = row.get(0);
        cluster.execute(&database, &sql::clear_role(role, heir)).await.map_err(refused)?;
    }
    cluster.execute("postgres", &sql::drop_role(role)).await.map_err(refused)
}

/// The refusal of a reference to a role that doesn't exist.
pub(super) fn dangling(id: &str) -> Problem {
    Problem::not_found(format!("role not found; role_id:\"{id}\" [TraceId: {}]", trace_id()))
}

fn taken() -> Problem {
    Problem::bad_request("role with that name already exists")
}

/// PostgreSQL's refusals are passed to the caller, except connection errors.
fn refused(error: ClusterError) -> Problem {
    use tokio_postgres::error::SqlState;
    match &error {
        ClusterError::Sql(sql) => match sql.as_db_error() {
            Some(refusal) if *refusal.code() == SqlState::DUPLICATE_OBJECT => taken(),
            Some(refusal) => Problem::bad_request(refusal.message()),
            None => broken(error),
        },
        _ => broken(error),
    }
}

fn role_of(call: &Call, spec: &Map<String, Value>, now: Timestamp) -> Result<Role, Problem> {
    let postgres_role = text(spec, "postgres_role")?.unwrap_or_default();
    if postgres_role.is_empty() {
        return Err(required("role.spec.postgres_role"));
    }
    if postgres_role.len() > 63 || postgres_role.starts_with("pg_") {
        return Err(Problem::invalid_parameter(format!(
            "Field 'role.spec.postgres_role' is not a valid role name, got '{postgres_role}'."
        )));
    }
    let identity_type = text(spec, "identity_type")?.unwrap_or("IDENTITY_TYPE_UNSPECIFIED");
    let identity = call.workspace.identities.find(postgres_role);
    let exists = match identity_type {
        "USER" => identity.as_ref().is_some_and(|p| p.client_id().is_none()),
        "SERVICE_PRINCIPAL" => identity.as_ref().is_some_and(|p| p.client_id().is_some()),
        "GROUP" | "IDENTITY_TYPE_UNSPECIFIED" => true,
        other => {
            return Err(Problem::invalid_parameter(format!("Unknown identity type '{other}'.")));
        }
    };
    if !exists {
        return Err(Problem::not_found(format!(
            "identity not found; identity_name:\"{postgres_role}\" [TraceId: {}]",
            trace_id()
        )));
    }
    Ok(Role {
        id: identity.map_or_else(|| slug(postgres_role), |owner| default_role_id(&owner)),
        postgres_role: postgres_role.to_owned(),
        identity_type: identity_type.to_owned(),
        auth_method: auth_method(spec, identity_type)?,
        superuser: superuser(spec)?,
        attributes: attributes(spec)?,
        created: now,
    })
}

fn default_role_id(principal: &Principal) -> String {
    match principal.client_id() {
        Some(client_id) => format!("sp-{client_id}"),
        None => slug(principal.user_name.split('@').next().unwrap_or_default()),
    }
}

fn slug(name: &str) -> String {
    let plain: String =
        name.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    if plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        plain.to_owned()
    } else {
        format!("role-{plain}")
    }
}

fn auth_method(spec: &Map<String, Value>, identity_type: &str) -> Result<String, Problem> {
    let default = match identity_type {
        "IDENTITY_TYPE_UNSPECIFIED" => NO_LOGIN,
        _ => OAUTH,
    };
    let method = text(spec, "auth_method")?.unwrap_or(default);
    if [OAUTH, PASSWORD, NO_LOGIN].contains(&method) {
        return Ok(method.to_owned());
    }
    Err(Problem::invalid_parameter(format!("Unknown auth method '{method}'.")))
}

fn superuser(spec: &Map<String, Value>) -> Result<bool, Problem> {
    let Some(memberships) = spec.get("membership_roles") else {
        return Ok(false);
    };
    let memberships = memberships
        .as_array()
        .ok_or_else(|| Problem::invalid_parameter("Field 'role.spec.membership_roles' must be a list."))?;
    match memberships.iter().find(|role| *role != SUPERUSER) {
        Some(other) => Err(Problem::invalid_parameter(format!("Unknown membership role {other}."))),
        None => Ok(!memberships.is_empty()),
    }
}

fn attributes(spec: &Map<String, Value>) -> Result<RoleAttributes, Problem> {
    match spec.get("attributes") {
        None | Some(Value::Null) => Ok(RoleAttributes::default()),
        Some(value) => read_value("role.spec.attributes", value)
            .map_err(|words| Problem::invalid_parameter(format!("Could not parse request object: {words}"))),
    }
}

fn text<'a>(spec: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Problem> {
    match spec.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::invalid_parameter(format!("Field 'role.spec.{key}' must be text."))),
    }
}
