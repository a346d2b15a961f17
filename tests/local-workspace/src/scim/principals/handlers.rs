//! The calls on `Users` and `ServicePrincipals`, which differ only in creation.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::{Answer, Described, Kind, Shared, all, find, read_entitlements, resource, write};
use crate::extract::{Caller, Params};
use crate::identity::{PrincipalSpec, Right};
use crate::scim::page::{self, Query};
use crate::scim::patch::Patch;
use crate::scim::problem::{self, ScimProblem};
use crate::workspace::Workspace;

/// The routes' kind of principal, as a type parameter, so that handlers are written once.
pub(in crate::scim) trait Of {
    const KIND: Kind;
}

/// `Users`.
pub(in crate::scim) struct Users;
/// `ServicePrincipals`.
pub(in crate::scim) struct ServicePrincipals;

impl Of for Users {
    const KIND: Kind = Kind::User;
}
impl Of for ServicePrincipals {
    const KIND: Kind = Kind::ServicePrincipal;
}

pub(in crate::scim) async fn list<K: Of>(
    State(workspace): Shared,
    _: Caller,
    Params(query): Params<Query>,
) -> Answer {
    page::list(all(&workspace, K::KIND), &query)
}

pub(in crate::scim) async fn read<K: Of>(
    State(workspace): Shared,
    _: Caller,
    Path(id): Path<String>,
    Params(query): Params<Query>,
) -> Answer {
    let principal = find(&workspace, K::KIND, &id)?;
    Ok(Json(page::reduced(resource(&workspace, &principal), &query)?).into_response())
}

pub(in crate::scim) async fn replace<K: Of>(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let principal = find(&workspace, K::KIND, &id)?;
    write(&workspace, &principal, problem::read_resource(problem::read(&body)?)?)?;
    Ok(Json(resource(&workspace, &find(&workspace, K::KIND, &id)?)).into_response())
}

pub(in crate::scim) async fn patch<K: Of>(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let principal = find(&workspace, K::KIND, &id)?;
    let patched = problem::read::<Patch>(&body)?.apply(resource(&workspace, &principal))?;
    write(&workspace, &principal, problem::read_resource(patched)?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(in crate::scim) async fn delete<K: Of>(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    workspace.remove_principal(&find(&workspace, K::KIND, &id)?);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Creates a user with a home folder. No token is returned: the user signs in.
pub(in crate::scim) async fn create_user(
    State(workspace): Shared,
    Caller(caller): Caller,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let described: Described = problem::read_resource(problem::read(&body)?)?;
    let user_name = described.user_name.clone();
    let is_address = user_name.split('@').filter(|part| !part.is_empty()).count() == 2;
    if !is_address || user_name.contains(|c: char| c.is_whitespace() || c == '/') {
        return Err(ScimProblem::bad("invalidValue", "userName must be an email address."));
    }
    let known = workspace.identities.all();
    if known.iter().any(|principal| principal.user_name.eq_ignore_ascii_case(&user_name)) {
        return Err(ScimProblem::taken("User", "username", &user_name));
    }
    read_entitlements(&described.entitlements)?;
    let spec = PrincipalSpec {
        user_name: user_name.clone(),
        display_name: None,
        service_principal: false,
        rights: Right::of_user(),
    };
    workspace.add_principal(spec);
    created(&workspace, &user_name, described)
}

/// Creates a service principal. Its secret is created by another call.
pub(in crate::scim) async fn create_service_principal(
    State(workspace): Shared,
    Caller(caller): Caller,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let described: Described = problem::read_resource(problem::read(&body)?)?;
    let client_id = match described.application_id.as_str() {
        "" => workspace.ids.uuid().to_string(),
        given => given.to_ascii_lowercase(),
    };
    if uuid::Uuid::parse_str(&client_id).is_err() {
        return Err(ScimProblem::bad("invalidValue", "applicationId must be a UUID."));
    }
    if workspace.identities.find(&client_id).is_some() {
        return Err(ScimProblem::taken("Service principal", "application ID", &client_id));
    }
    read_entitlements(&described.entitlements)?;
    let identities = &workspace.identities;
    identities.add_service_principal_without_secret(client_id.clone(), &client_id, Right::of_user());
    created(&workspace, &client_id, described)
}

fn created(workspace: &Workspace, user_name: &str, described: Described) -> Answer {
    let made = || {
        let missing = || ScimProblem::missing("Principal", user_name);
        workspace.identities.find(user_name).ok_or_else(missing)
    };
    write(workspace, &made()?, described)?;
    Ok((StatusCode::CREATED, Json(resource(workspace, &made()?))).into_response())
}
