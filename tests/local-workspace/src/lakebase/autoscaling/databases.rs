//! Databases of a branch.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value};

use super::roles::dangling;
use super::{Answer, changeable, keep_busy, leaves, record, view};
use crate::lakebase::broken;
use crate::lakebase::call::Call;
use crate::lakebase::cluster::ClusterError;
use crate::lakebase::operations::{Kind, Outcome};
use crate::lakebase::request::{Specified, body, mask, missing, page, required, resource_id};
use crate::lakebase::sql;
use crate::lakebase::tree::{Branch, Database};
use crate::problem::Problem;

const SETTABLE: &[&str] = &["postgres_database", "role"];

pub(super) async fn list(call: Call, Path((project, branch)): Path<(String, String)>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, call.now())?;
    let parent = view::branch_name(&project, branch);
    let databases =
        branch.databases.values().map(|database| view::database_json(&parent, database)).collect();
    page("databases", databases, &call.parameters).map(Json)
}

pub(super) async fn get(call: Call, Path((project, branch, id)): Path<(String, String, String)>) -> Answer {
    call.may_read()?;
    let tree = call.lakebase().0.tree.lock();
    let branch = tree.branch(&project, &branch, call.now())?;
    let database = branch.databases.get(&id).ok_or_else(|| missing("database"))?;
    let parent = view::branch_name(&project, branch);
    Ok(Json(view::database_json(&parent, database)))
}

pub(super) async fn create(
    call: Call,
    Path((project, branch)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let wanted: Specified = body(&bytes)?;
    let postgres_database = field(&wanted.spec, "postgres_database")?;
    let role_name = field(&wanted.spec, "role")?;
    let id = match call.parameters.database_id.as_str() {
        "" => postgres_database.replace('_', "-").to_ascii_lowercase(),
        id => id.to_owned(),
    };
    resource_id("database_id", &id)?;

    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, owner) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let same = found
            .databases
            .values()
            .find(|known| known.id == id || known.postgres_database == postgres_database);
        match same {
            Some(known) if call.parameters.replace_existing && known.id == id => {}
            Some(_) => return Err(taken()),
            None => {}
        }
        (Arc::clone(&found.cluster), owner_of(found, role_name)?)
    };
    let takes_ms = call.durations().role_change_ms;
    let name = format!("projects/{project}/branches/{branch}/databases/{id}");
    if call.takes_effect() {
        let present = {
            let tree = lakebase.0.tree.lock();
            tree.branch(&project, &branch, now)?.databases.contains_key(&id)
        };
        let statement = if present {
            sql::own_database(&owner, postgres_database)
        } else {
            sql::create_database(postgres_database, &owner)
        };
        cluster.execute("postgres", &statement).await.map_err(refused)?;
        let database = Database {
            id: id.clone(),
            postgres_database: postgres_database.to_owned(),
            role: role_name.to_owned(),
            created: now,
        };
        let mut tree = lakebase.0.tree.lock();
        let databases = &mut tree.branch_mut(&project, &branch, now)?.databases;
        databases.insert(id, database);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Database, name, takes_ms, outcome))
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
    let (cluster, mut database, statements) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let mut database = found.databases.get(&id).cloned().ok_or_else(|| missing("database"))?;
        let mut statements = String::new();
        for path in &mask {
            let value = field(&wanted.spec, path)?;
            if path == "role" {
                let owner = owner_of(found, value)?;
                statements += &sql::own_database(&owner, &database.postgres_database);
                value.clone_into(&mut database.role);
            }
        }
        (Arc::clone(&found.cluster), database, statements)
    };
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        cluster.execute("postgres", &statements).await.map_err(refused)?;
        if mask.iter().any(|path| path == "postgres_database") {
            let new = field(&wanted.spec, "postgres_database")?;
            let rename = sql::rename_database(&database.postgres_database, new);
            cluster.execute("postgres", &rename).await.map_err(refused)?;
            new.clone_into(&mut database.postgres_database);
        }
        let mut tree = lakebase.0.tree.lock();
        let databases = &mut tree.branch_mut(&project, &branch, now)?.databases;
        databases.insert(id.clone(), database);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    let name = format!("projects/{project}/branches/{branch}/databases/{id}");
    let outcome = leaves(&tree, &name, now);
    Ok(record(&call, &mut tree, Kind::Database, name, takes_ms, outcome))
}

pub(super) async fn delete(
    call: Call,
    Path((project, branch, id)): Path<(String, String, String)>,
) -> Answer {
    let now = call.now();
    let lakebase = call.lakebase();
    let _turn = lakebase.0.changes.lock().await;
    let (cluster, database) = {
        let tree = lakebase.0.tree.lock();
        let found = changeable(&call, &tree, &project, &branch)?;
        let database = found.databases.get(&id).ok_or_else(|| missing("database"))?;
        (Arc::clone(&found.cluster), database.postgres_database.clone())
    };
    let takes_ms = call.durations().role_change_ms;
    if call.takes_effect() {
        cluster.execute("postgres", &sql::drop_database(&database)).await.map_err(refused)?;
        let mut tree = lakebase.0.tree.lock();
        tree.branch_mut(&project, &branch, now)?.databases.remove(&id);
    }
    let mut tree = lakebase.0.tree.lock();
    keep_busy(&mut tree, &project, &branch, now, takes_ms);
    Ok(record(
        &call,
        &mut tree,
        Kind::Database,
        format!("projects/{project}/branches/{branch}/databases/{id}"),
        takes_ms,
        Outcome::Empty,
    ))
}

/// The Postgres role behind a role's full name.
fn owner_of(branch: &Branch, role_name: &str) -> Result<String, Problem> {
    let id = role_name.rsplit('/').next().unwrap_or(role_name);
    branch.roles.get(id).map(|role| role.postgres_role.clone()).ok_or_else(|| dangling(id))
}

fn field<'a>(spec: &'a Map<String, Value>, key: &str) -> Result<&'a str, Problem> {
    spec.get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| required(&format!("database.spec.{key}")))
}

fn taken() -> Problem {
    Problem::bad_request("database with that name already exists")
}

fn refused(error: ClusterError) -> Problem {
    use tokio_postgres::error::SqlState;
    match &error {
        ClusterError::Sql(sql) => match sql.as_db_error() {
            Some(refusal) if *refusal.code() == SqlState::DUPLICATE_DATABASE => taken(),
            Some(refusal) => Problem::bad_request(refusal.message()),
            None => broken(error),
        },
        _ => broken(error),
    }
}
