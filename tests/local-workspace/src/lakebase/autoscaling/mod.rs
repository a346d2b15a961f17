//! Lakebase autoscaling: `/api/2.0/postgres/*`.
//!
//! A tree of resources (projects, branches; endpoints, roles and databases of a branch) with ids chosen by
//! the caller. Requests have a `spec`; answers have a `status` and never a spec, so a client that reads
//! back its own spec fails here. Writes return operations.

mod branches;
mod databases;
mod endpoints;
mod mint;
mod projects;
mod roles;
mod view;

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

pub(crate) use projects::{close, make_for_instance};
pub(crate) use roles::{app_role, drop_role, owner_role};

use super::call::{Call, ObjectKind};
use super::operations::{Kind, Operation, OperationFault, Outcome};
use super::request::missing;
use super::tree::{Branch, Project, Tree};
use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::workspace::Workspace;

const BASE: &str = "/api/2.0/postgres/";

type Answer = Result<Json<Value>, Problem>;

pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let resources = Router::new()
        .route("/projects", get(projects::list).post(projects::create))
        .route("/projects/{p}", get(projects::get).patch(projects::update).delete(projects::delete))
        .route("/projects/{p}/undelete", post(projects::undelete))
        .route("/projects/{p}/operations/{o}", get(operation))
        .route("/projects/{p}/branches", get(branches::list).post(branches::create))
        .route("/credentials", post(mint::create));
    let branch = Router::new()
        .route("/", get(branches::get).patch(branches::update).delete(branches::delete))
        .route("/undelete", post(branches::undelete))
        .route("/operations/{o}", get(operation))
        .route("/endpoints", get(endpoints::list).post(endpoints::create))
        .route("/endpoints/{e}", get(endpoints::get).patch(endpoints::update).delete(endpoints::delete))
        .route("/endpoints/{e}/operations/{o}", get(operation))
        .route("/roles", get(roles::list).post(roles::create))
        .route("/roles/{r}", get(roles::get).patch(roles::update).delete(roles::delete))
        .route("/roles/{r}/password", post(roles::password))
        .route("/roles/{r}/operations/{o}", get(operation))
        .route("/databases", get(databases::list).post(databases::create))
        .route("/databases/{d}", get(databases::get).patch(databases::update).delete(databases::delete))
        .route("/databases/{d}/operations/{o}", get(operation));
    Router::new().nest(BASE.trim_end_matches('/'), resources.nest("/projects/{p}/branches/{b}", branch))
}

/// `GET …/operations/{o}`: also if its resource no longer exists.
async fn operation(call: Call, OriginalUri(uri): OriginalUri) -> Answer {
    call.may_read()?;
    let name = uri.path().strip_prefix(BASE).unwrap_or_default();
    let tree = call.lakebase().0.tree.lock();
    let operation = tree.operations.get(name).ok_or_else(|| missing("operation"))?;
    Ok(Json(render(&tree, operation, call.now())))
}

fn render(tree: &Tree, operation: &Operation, now: Timestamp) -> Value {
    let current = view::by_name(tree, &operation.resource, now);
    operation.to_json(now, current)
}

/// Records a change and returns its operation. With a fault, it ends as the fault says.
fn record(
    call: &Call,
    tree: &mut Tree,
    kind: Kind,
    resource: String,
    takes_ms: u64,
    outcome: Outcome,
) -> Json<Value> {
    let now = call.now();
    let outcome = match &call.fault {
        None => outcome,
        Some(OperationFault::WithoutResponse) => Outcome::Silent,
        Some(OperationFault::Error { error_code, message, .. }) => {
            Outcome::Failed { error_code: error_code.clone(), message: message.clone() }
        }
    };
    let operation = Operation {
        name: format!("{resource}/operations/{}", call.workspace.ids.uuid()),
        resource,
        kind,
        done: now.plus_ms(takes_ms),
        outcome,
    };
    let answer = render(tree, &operation, now);
    tree.operations.insert(operation.name.clone(), operation);
    Json(answer)
}

/// The outcome of a change after which the resource exists.
fn leaves(tree: &Tree, resource: &str, now: Timestamp) -> Outcome {
    Outcome::Resource(view::by_name(tree, resource, now).unwrap_or_else(|| serde_json::json!({})))
}

impl Tree {
    pub(crate) fn project(&self, id: &str) -> Result<&Project, Problem> {
        self.projects.get(id).filter(|project| project.deleted.is_none()).ok_or_else(|| missing("project"))
    }

    pub(crate) fn project_mut(&mut self, id: &str) -> Result<&mut Project, Problem> {
        self.projects
            .get_mut(id)
            .filter(|project| project.deleted.is_none())
            .ok_or_else(|| missing("project"))
    }

    pub(crate) fn branch(&self, project: &str, branch: &str, now: Timestamp) -> Result<&Branch, Problem> {
        self.project(project)?
            .branches
            .get(branch)
            .filter(|branch| !branch.is_gone(now))
            .ok_or_else(|| missing("branch"))
    }

    pub(crate) fn branch_mut(
        &mut self,
        project: &str,
        branch: &str,
        now: Timestamp,
    ) -> Result<&mut Branch, Problem> {
        self.project_mut(project)?
            .branches
            .get_mut(branch)
            .filter(|branch| !branch.is_gone(now))
            .ok_or_else(|| missing("branch"))
    }
}

/// The branch, if this caller may change it and no other change is in progress.
fn changeable<'a>(call: &Call, tree: &'a Tree, project: &str, branch: &str) -> Result<&'a Branch, Problem> {
    let now = call.now();
    let found = tree.branch(project, branch, now)?;
    call.may_manage(ObjectKind::Project, project)?;
    if found.busy_until > now {
        return Err(Problem::aborted(format!(
            "reconciliation in progress: branch 'projects/{project}/branches/{branch}' has a \
             pending operation. Please try again later."
        )));
    }
    Ok(found)
}

/// Blocks other changes of a branch while one is in progress, even one that will fail.
fn keep_busy(tree: &mut Tree, project: &str, branch: &str, now: Timestamp, takes_ms: u64) {
    if let Ok(branch) = tree.branch_mut(project, branch, now) {
        branch.busy_until = now.plus_ms(takes_ms);
    }
}
