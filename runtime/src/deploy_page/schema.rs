//! Runs typed schema operations for the page.
//!
//! The page names a database and an operation; the SQL is rendered here. The request also has the host to
//! connect to, since the deployer knows it, but it is not trusted: otherwise a database credential could be
//! sent to any host that the page names. The host of the endpoint or the instance is read from the
//! workspace.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use deployer::host::{CredentialTarget, LakebaseTarget, SchemaError};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use deployer::workspace::{Call, database, postgres, routes};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::forward::read_json;
use super::refusal::Refusal;
use super::state::DeployPage;
use crate::workspace::{Workspace, lakebase};

const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// `POST /api/workspace-schema`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaRequest {
    /// The database.
    at: LakebaseTarget,
    /// The operation.
    operation: SchemaOperation,
}

/// The answer, with status 200 in both cases.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// The outcome.
    Outcome(SchemaOutcome),
    /// The error.
    Error(SchemaError),
}

/// The handler.
pub(super) async fn run(
    State(page): State<Arc<DeployPage>>,
    request: Request,
) -> Result<Json<Answer>, Refusal> {
    let (parts, body) = request.into_parts();
    let _slot = page.slots.acquire().await;
    let body = read_json(&parts, body, LARGEST_BODY_BYTES).await?.unwrap_or_default();
    let SchemaRequest { at, operation } = serde_json::from_value(body).map_err(|error| {
        Refusal::of_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("This is not a schema operation: {error}"),
        )
    })?;
    let named = match host_of(&page.workspace, &at.credential).await {
        Ok(named) => named,
        Err(Unnamed::NoSuchName) => return Err(Refusal::forbidden("This is not the name of a database")),
        Err(Unnamed::NotNow(error)) => return Ok(Json(Answer::Error(error))),
    };
    if at.host.is_empty() || named.as_deref() != Some(at.host.as_str()) {
        return Err(Refusal::forbidden("The workspace names another host for this database"));
    }
    let outcome = lakebase::run(&page.workspace, page.database_roots.as_deref(), &at, &operation).await;
    Ok(Json(outcome.map_or_else(Answer::Error, Answer::Outcome)))
}

/// Why no host was found.
enum Unnamed {
    /// The name is not valid for an endpoint or an instance.
    NoSuchName,
    /// The workspace did not return it.
    NotNow(SchemaError),
}

/// The host that the workspace returns for an endpoint or an instance.
async fn host_of(workspace: &Workspace, target: &CredentialTarget) -> Result<Option<String>, Unnamed> {
    match target {
        CredentialTarget::Endpoint(name) => {
            let (branch, _) = name.rsplit_once("/endpoints/").ok_or(Unnamed::NoSuchName)?;
            let list = ask(workspace, postgres::list_endpoints(branch)).await?;
            let endpoint = list.endpoints.into_iter().find(|endpoint| endpoint.name == *name);
            Ok(endpoint.and_then(|endpoint| endpoint.status.hosts?.host))
        }
        CredentialTarget::Instance(name) => {
            Ok(ask(workspace, database::get_instance(name)).await?.read_write_dns)
        }
    }
}

async fn ask<T: DeserializeOwned>(workspace: &Workspace, call: Call<T>) -> Result<T, Unnamed> {
    let request = call.request;
    // A name that contains a path would request another resource.
    routes::route_of(request.method, &request.path).ok_or(Unnamed::NoSuchName)?;
    let answer =
        workspace.request(&request).await.map_err(|error| Unnamed::NotNow(lakebase::unasked(error)))?;
    let found = serde_json::from_str(&answer.body).ok().filter(|_| answer.status == 200);
    found.ok_or_else(|| {
        let message = format!("The workspace does not show the database's host ({})", answer.status);
        Unnamed::NotNow(lakebase::refused(answer.status, message))
    })
}
