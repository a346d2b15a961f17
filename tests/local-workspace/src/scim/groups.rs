//! `Groups`: created ones, and the two that every workspace has.
//!
//! Every principal is in `users`. Members of `admins` have all permissions: adding and removing members
//! there changes their permissions.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::directory::{ADMINS, Group, USERS, set_admin};
use super::page::{self, Query};
use super::patch::Patch;
use super::principals::{Named, read_entitlements};
use super::problem::{self, ScimProblem};
use crate::extract::{Caller, Params};
use crate::identity::Principal;
use crate::permissions::Grantee;
use crate::workspace::Workspace;

type Shared = State<Arc<Workspace>>;
type Answer = Result<Response, ScimProblem>;

/// A group as a caller describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Described {
    display_name: String,
    external_id: Option<String>,
    members: Vec<Named>,
    entitlements: Vec<Named>,
}

/// The two built-in groups in their current state.
fn built_in(workspace: &Workspace) -> [Group; 2] {
    let principals = workspace.identities.all();
    let group = |(id, name): (u64, &str), has: fn(&Principal) -> bool| Group {
        id,
        display_name: name.to_owned(),
        external_id: None,
        members: principals.iter().filter(|one| has(one)).map(|one| one.id).collect(),
        entitlements: BTreeSet::new(),
    };
    [group(ADMINS, Principal::is_admin), group(USERS, |_| true)]
}

fn all(workspace: &Workspace) -> Vec<Group> {
    let mut groups = workspace.directory.groups();
    groups.extend(built_in(workspace));
    groups
}

fn find(workspace: &Workspace, id: &str) -> Result<Group, ScimProblem> {
    let found = all(workspace).into_iter().find(|group| group.id.to_string() == id);
    found.ok_or_else(|| ScimProblem::missing("Group", id))
}

fn resource(workspace: &Workspace, group: &Group) -> Value {
    let reference = |kind: &str, id: u64, name: &str| json!({"display": name, "value": id.to_string(), "$ref": format!("{kind}/{id}")});
    let principals = workspace.identities.all();
    let mut members: Vec<Value> = principals
        .iter()
        .filter(|one| group.members.contains(&one.id))
        .map(|one| {
            let kind = if one.client_id().is_some() { "ServicePrincipals" } else { "Users" };
            reference(kind, one.id, &one.display_name)
        })
        .collect();
    let inner = workspace.directory.groups();
    let inner = inner.iter().filter(|one| group.members.contains(&one.id));
    members.extend(inner.map(|one| reference("Groups", one.id, &one.display_name)));
    let around = workspace.directory.memberships(group.id);
    let around: Vec<Value> = around
        .iter()
        .map(|one| {
            let mut shown = reference("Groups", one.id, &one.display_name);
            shown["type"] = json!(if one.is_direct { "direct" } else { "indirect" });
            shown
        })
        .collect();
    let entitlements: Vec<Value> = group.entitlements.iter().map(|name| json!({"value": name})).collect();
    let mut shown = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group.id.to_string(),
        "displayName": group.display_name,
        "members": members,
        "groups": around,
        "entitlements": entitlements,
        "roles": [],
        "meta": {"resourceType": "WorkspaceGroup"},
    });
    if let Some(external_id) = &group.external_id {
        shown["externalId"] = json!(external_id);
    }
    shown
}

pub(super) async fn list(State(workspace): Shared, _: Caller, Params(query): Params<Query>) -> Answer {
    page::list(all(&workspace).iter().map(|group| resource(&workspace, group)).collect(), &query)
}

pub(super) async fn read(
    State(workspace): Shared,
    _: Caller,
    Path(id): Path<String>,
    Params(query): Params<Query>,
) -> Answer {
    let group = find(&workspace, &id)?;
    Ok(Json(page::reduced(resource(&workspace, &group), &query)?).into_response())
}

pub(super) async fn create(State(workspace): Shared, Caller(caller): Caller, body: Bytes) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let group = described(&workspace, None, problem::read(&body)?)?;
    let shown = put(&workspace, group)?;
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

pub(super) async fn replace(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let before = find(&workspace, &id)?;
    Ok(Json(rewrite(&workspace, before, problem::read(&body)?)?).into_response())
}

pub(super) async fn patch(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let before = find(&workspace, &id)?;
    let patched = problem::read::<Patch>(&body)?.apply(resource(&workspace, &before))?;
    rewrite(&workspace, before, patched)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    ScimProblem::require_admin(&caller)?;
    let _turn = workspace.directory.turn();
    let group = find(&workspace, &id)?;
    if group.id == USERS.0 || group.id == ADMINS.0 {
        return Err(fixed(&group));
    }
    workspace.directory.remove_group(group.id, &workspace.identities);
    workspace.permissions.forget_grantee(&Grantee::Group(group.display_name));
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn fixed(group: &Group) -> ScimProblem {
    ScimProblem::bad("mutability", format!("Group {} can't be changed in this way.", group.display_name))
}

/// Checks the description, and creates a group from it.
fn described(workspace: &Workspace, id: Option<u64>, resource: Value) -> Result<Group, ScimProblem> {
    let described: Described = problem::read_resource(resource)?;
    if described.display_name.is_empty() {
        return Err(ScimProblem::bad("invalidValue", "displayName is required."));
    }
    let groups = all(workspace);
    let is_taken = |group: &Group| {
        Some(group.id) != id && group.display_name.eq_ignore_ascii_case(&described.display_name)
    };
    if groups.iter().any(is_taken) {
        return Err(ScimProblem::taken("Group", "name", &described.display_name));
    }
    let known: BTreeSet<u64> =
        workspace.identities.all().iter().map(|one| one.id).chain(groups.iter().map(|one| one.id)).collect();
    let member = |named: &Named| {
        let found = named.value.parse().ok().filter(|member| known.contains(member) && Some(*member) != id);
        let missing = || ScimProblem::bad("invalidValue", format!("Member {} does not exist.", named.value));
        found.ok_or_else(missing)
    };
    Ok(Group {
        id: id.unwrap_or_else(|| workspace.ids.number()),
        members: described.members.iter().map(member).collect::<Result<_, _>>()?,
        entitlements: read_entitlements(&described.entitlements)?,
        display_name: described.display_name,
        external_id: described.external_id.filter(|id| !id.is_empty()),
    })
}

fn put(workspace: &Workspace, group: Group) -> Result<Value, ScimProblem> {
    let id = group.id.to_string();
    workspace.directory.put_group(group, &workspace.identities);
    Ok(resource(workspace, &find(workspace, &id)?))
}

fn rewrite(workspace: &Workspace, before: Group, wanted: Value) -> Result<Value, ScimProblem> {
    let after = described(workspace, Some(before.id), wanted)?;
    if before.id == ADMINS.0 && after.display_name == before.display_name {
        if after.members.is_empty() {
            return Err(ScimProblem::bad("invalidValue", "A workspace has at least one admin."));
        }
        for principal in workspace.identities.all() {
            set_admin(&workspace.identities, &principal, after.members.contains(&principal.id));
        }
        return Ok(resource(workspace, &find(workspace, &before.id.to_string())?));
    }
    if before.id == USERS.0 || before.id == ADMINS.0 {
        return Err(fixed(&before));
    }
    if after.display_name != before.display_name {
        workspace.permissions.rename_group(&before.display_name, &after.display_name);
    }
    put(workspace, after)
}
