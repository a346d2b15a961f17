//! Users and service principals: two kinds of the same resource.

pub(super) mod handlers;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::directory::{ADMINS, CREATE_CLUSTERS, Profile, USERS};
use super::problem::ScimProblem;
use crate::extract::Caller;
use crate::identity::{Principal, PrincipalKind, Right};
use crate::workspace::Workspace;

type Shared = State<Arc<Workspace>>;
type Answer = Result<Response, ScimProblem>;

/// The caller; a service principal is shown here with a user name, which is its client id.
pub(super) async fn me(State(workspace): Shared, Caller(caller): Caller) -> Response {
    let mut shown = resource(&workspace, &caller);
    shown["userName"] = json!(caller.user_name);
    let mut response = Json(shown).into_response();
    response.headers_mut().insert("x-databricks-org-id", HeaderValue::from(workspace.id));
    response
}

/// A principal in SCIM's format.
fn resource(workspace: &Workspace, principal: &Principal) -> Value {
    let profile = workspace.directory.profile(principal);
    let group = |(id, name): (u64, &str), kind: &str| json!({"display": name, "value": id.to_string(), "type": kind, "$ref": format!("Groups/{id}")});
    let mut groups = vec![group(USERS, "direct")];
    if principal.is_admin() {
        groups.push(group(ADMINS, "direct"));
    }
    for membership in workspace.directory.memberships(principal.id) {
        let kind = if membership.is_direct { "direct" } else { "indirect" };
        groups.push(group((membership.id, &membership.display_name), kind));
    }
    let mut entitlements = profile.entitlements;
    if principal.rights.contains(&Right::CreateLakebase) {
        entitlements.insert(CREATE_CLUSTERS.to_owned());
    }
    let entitlements: Vec<Value> = entitlements.into_iter().map(|name| json!({"value": name})).collect();
    let mut shown = json!({
        "id": principal.id.to_string(),
        "displayName": principal.display_name,
        "active": workspace.identities.is_active(&principal.user_name),
        "groups": groups,
        "entitlements": entitlements,
        "roles": [],
    });
    if let Some(external_id) = profile.external_id {
        shown["externalId"] = json!(external_id);
    }
    if let Some(client_id) = principal.client_id() {
        shown["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"]);
        shown["applicationId"] = json!(client_id);
        return shown;
    }
    shown["schemas"] = json!([
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:workspace:2.0:User"
    ]);
    shown["userName"] = json!(principal.user_name);
    shown["emails"] = json!([{"type": "work", "value": principal.user_name, "primary": true}]);
    let parts = [("givenName", profile.given_name), ("familyName", profile.family_name)];
    let name: Value =
        parts.into_iter().filter_map(|(key, part)| part.map(|part| (key.to_owned(), json!(part)))).collect();
    shown["name"] = name;
    shown
}

/// A principal as a caller describes it. The user name of an existing one can't be changed; the platform
/// silently ignores another one, and so does this.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Described {
    user_name: String,
    application_id: String,
    display_name: String,
    name: Names,
    active: Option<bool>,
    entitlements: Vec<Named>,
    external_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Names {
    given_name: Option<String>,
    family_name: Option<String>,
}

/// A value of a list, such as an entitlement or a member.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) value: String,
}

/// The known entitlements.
pub(super) fn read_entitlements(named: &[Named]) -> Result<BTreeSet<String>, ScimProblem> {
    const KNOWN: [&str; 5] = [
        CREATE_CLUSTERS,
        "allow-instance-pool-create",
        "databricks-sql-access",
        "workspace-access",
        "workspace-consume",
    ];
    let names: BTreeSet<String> = named.iter().map(|named| named.value.clone()).collect();
    match names.iter().find(|name| !KNOWN.contains(&name.as_str())) {
        Some(unknown) => {
            Err(ScimProblem::bad("invalidValue", format!("Entitlement {unknown} does not exist.")))
        }
        None => Ok(names),
    }
}

/// Applies the description to a principal.
fn write(workspace: &Workspace, principal: &Principal, described: Described) -> Result<(), ScimProblem> {
    let mut entitlements = read_entitlements(&described.entitlements)?;
    let may_create = entitlements.remove(CREATE_CLUSTERS) || principal.is_admin();
    let Names { given_name, family_name } = described.name;
    let full_name: Vec<&str> =
        [&given_name, &family_name].into_iter().flatten().map(String::as_str).collect();
    let display_name = if !described.display_name.is_empty() {
        described.display_name
    } else if !full_name.is_empty() {
        full_name.join(" ")
    } else {
        principal.user_name.clone()
    };
    let external_id = described.external_id.filter(|id| !id.is_empty());
    workspace.identities.change(&principal.user_name, |principal| {
        principal.display_name = display_name;
        if may_create {
            principal.rights.insert(Right::CreateLakebase);
        } else {
            principal.rights.remove(&Right::CreateLakebase);
        }
    });
    workspace.identities.set_active(&principal.user_name, described.active.unwrap_or(true));
    let profile = Profile { given_name, family_name, external_id, entitlements };
    workspace.directory.set_profile(principal.id, profile);
    Ok(())
}

/// The principal of this id and kind.
fn find(workspace: &Workspace, kind: Kind, id: &str) -> Result<Principal, ScimProblem> {
    let is_it = |principal: &Principal| kind.has(principal) && principal.id.to_string() == id;
    workspace.identities.all().into_iter().find(is_it).ok_or_else(|| ScimProblem::missing(kind.words(), id))
}

/// Its kind.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A user.
    User,
    /// A service principal.
    ServicePrincipal,
}

impl Kind {
    fn has(self, principal: &Principal) -> bool {
        matches!(
            (self, &principal.kind),
            (Self::User, PrincipalKind::User)
                | (Self::ServicePrincipal, PrincipalKind::ServicePrincipal { .. })
        )
    }

    fn words(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::ServicePrincipal => "Service principal",
        }
    }
}

fn all(workspace: &Workspace, kind: Kind) -> Vec<Value> {
    let principals = workspace.identities.all();
    principals.iter().filter(|one| kind.has(one)).map(|one| resource(workspace, one)).collect()
}
