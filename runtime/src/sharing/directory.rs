//! Looking people and groups up: in the workspace, or among those that this app has met.

use std::time::Duration;

use axum::http::StatusCode;

use super::types::{Principal, PrincipalKind};
use super::{Groups, queries};
use crate::database::{Database, DatabaseError};
use crate::http::Rejection;
use crate::workspace::scim::{Found, Kind};

/// How long a search waits for the workspace.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most results.
const MOST_FOUND: usize = 20;

/// The answer to whether a person or group exists.
pub(super) enum Lookup {
    Found(Principal),
    Missing,
    /// The workspace could not be asked.
    Unknown,
}

/// The refusal while the workspace can't be asked.
pub(super) fn not_asked() -> Rejection {
    Rejection::new(
        StatusCode::BAD_GATEWAY,
        "workspace_unavailable",
        "The workspace could not be asked for this person or group. Nothing was changed; try again shortly",
    )
}

/// The person or group of an id.
pub(super) async fn look_up(
    groups: &Groups,
    database: &Database,
    kind: PrincipalKind,
    id: &str,
) -> Result<Lookup, DatabaseError> {
    let Some(workspace) = groups.workspace() else {
        return Ok(known(database, kind, id).await?.map_or(Lookup::Missing, Lookup::Found));
    };
    let kinds: &[Kind] = match kind {
        PrincipalKind::User => &[Kind::Users, Kind::ServicePrincipals],
        PrincipalKind::Group => &[Kind::Groups],
    };
    match tokio::time::timeout(PATIENCE, workspace.principal(kinds, id)).await {
        Ok(Ok(Some(found))) => Ok(Lookup::Found(principal(found))),
        Ok(Ok(None)) => Ok(Lookup::Missing),
        _ => Ok(known(database, kind, id).await?.map_or(Lookup::Unknown, Lookup::Found)),
    }
}

async fn known(
    database: &Database,
    kind: PrincipalKind,
    id: &str,
) -> Result<Option<Principal>, DatabaseError> {
    match kind {
        PrincipalKind::User => queries::known_person(database, id).await,
        PrincipalKind::Group => Ok(None),
    }
}

/// People and groups whose name contains a text, by name. If the workspace can't be asked, those that this app
/// has met.
pub(super) async fn search(
    groups: &Groups,
    database: &Database,
    text: &str,
) -> Result<Vec<Principal>, DatabaseError> {
    let Some(workspace) = groups.workspace() else {
        return queries::known_principals(database, text).await;
    };
    let asked = async {
        tokio::try_join!(
            workspace.find(Kind::Users, text),
            workspace.find(Kind::Groups, text),
            workspace.find(Kind::ServicePrincipals, text),
        )
    };
    let reason = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok((people, groups, service_principals))) => {
            let found = people.into_iter().chain(groups).chain(service_principals);
            let mut found: Vec<Principal> = found.map(principal).collect();
            found.sort_by_cached_key(|one| (one.name.to_lowercase(), one.id.clone()));
            found.truncate(MOST_FOUND);
            return Ok(found);
        }
        Ok(Err(error)) => error.message,
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(reason, "the workspace could not be searched for people and groups");
    queries::known_principals(database, text).await
}

fn principal(found: Found) -> Principal {
    let kind = match found.kind {
        Kind::Users | Kind::ServicePrincipals => PrincipalKind::User,
        Kind::Groups => PrincipalKind::Group,
    };
    Principal { kind, id: found.id, name: found.name }
}
