//! Tags of apps: `/api/2.0/entity-tag-assignments`.
//!
//! An object has one assignment for each key. A governed tag has a list of allowed values, and may be assigned by
//! those who were given that right. Of the kinds of objects that the platform takes, this workspace has apps; the object's
//! id is the app's name (API reference). The messages are an assumption: the reference has none.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::extract::{Caller, JsonBody, Params};
use crate::identity::Principal;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The kind of object that this workspace has.
const APPS: &str = "apps";
/// The most tags of an object.
const MOST_TAGS: usize = 50;
/// The maximum length of a key, in characters.
const KEY_LIMIT: usize = 256;
/// The maximum length of a value, in characters.
const VALUE_LIMIT: usize = 1000;
/// The length of a page, if none is asked for.
const PAGE: usize = 20;

/// The policy of a governed tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GovernedTag {
    /// The allowed values; all, if there are none.
    pub values: Vec<String>,
    /// The user names of those who may assign it; if absent, all users.
    pub assigners: Option<Vec<String>>,
}

/// The tags of apps by key; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Tags(Arc<Mutex<BTreeMap<String, BTreeMap<String, String>>>>);

impl Tags {
    /// The tags of an app.
    pub fn of(&self, app: &str) -> BTreeMap<String, String> {
        self.0.lock().get(app).cloned().unwrap_or_default()
    }

    /// Removes the tags of an earlier app of this name.
    pub(crate) fn forget(&self, app: &str) {
        self.0.lock().remove(app);
    }
}

/// An assignment, as it is sent.
#[derive(Deserialize)]
struct Assignment {
    #[serde(default)]
    entity_type: String,
    #[serde(default)]
    entity_id: String,
    #[serde(default)]
    tag_key: String,
    #[serde(default)]
    tag_value: String,
}

#[derive(Deserialize)]
struct Paging {
    page_size: Option<usize>,
    page_token: Option<String>,
}

#[derive(Deserialize)]
struct Mask {
    #[serde(default)]
    update_mask: String,
}

/// `/api/2.0/entity-tag-assignments/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/entity-tag-assignments", post(create))
        .route("/api/2.0/entity-tag-assignments/{kind}/{id}/tags", get(list))
        .route(
            "/api/2.0/entity-tag-assignments/{kind}/{id}/tags/{key}",
            get(read).patch(update).delete(remove),
        )
}

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Problem>;

async fn create(
    State(workspace): Shared,
    Caller(caller): Caller,
    JsonBody(wanted): JsonBody<Assignment>,
) -> Answer {
    let Assignment { entity_type, entity_id, tag_key: key, tag_value: value } = wanted;
    authorize(&workspace, &caller, (&entity_type, &entity_id), true)?;
    check(&workspace, &caller, (&key, &value))?;
    let mut all = workspace.tags.0.lock();
    let there = all.entry(entity_id.clone()).or_default();
    if there.contains_key(&key) {
        let message =
            format!("Tag assignment with tag key {key} already exists for {entity_type} {entity_id}.");
        return Err(Problem::already_exists(message));
    }
    if there.len() >= MOST_TAGS {
        return Err(Problem::limit_exceeded(format!("An entity can have at most {MOST_TAGS} tags.")));
    }
    there.insert(key.clone(), value.clone());
    Ok(Json(shown(&entity_id, &key, &value)))
}

async fn list(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((kind, id)): Path<(String, String)>,
    Params(paging): Params<Paging>,
) -> Answer {
    authorize(&workspace, &caller, (&kind, &id), false)?;
    let tags = workspace.tags.of(&id);
    let after = paging.page_token.unwrap_or_default();
    let size = paging.page_size.unwrap_or(PAGE).max(1);
    let mut rest = tags.iter().filter(|(key, _)| after.is_empty() || **key > after);
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let mut answer = json!({});
    if !page.is_empty() {
        answer["tag_assignments"] = page.iter().map(|(key, value)| shown(&id, key, value)).collect();
    }
    if let (Some((last, _)), true) = (page.last(), rest.next().is_some()) {
        answer["next_page_token"] = json!(last);
    }
    Ok(Json(answer))
}

async fn read(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((kind, id, key)): Path<(String, String, String)>,
) -> Answer {
    authorize(&workspace, &caller, (&kind, &id), false)?;
    let value = workspace.tags.of(&id).get(&key).cloned().ok_or_else(|| missing(&id, &key))?;
    Ok(Json(shown(&id, &key, &value)))
}

async fn update(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((kind, id, key)): Path<(String, String, String)>,
    Params(Mask { update_mask }): Params<Mask>,
    JsonBody(wanted): JsonBody<Assignment>,
) -> Answer {
    authorize(&workspace, &caller, (&kind, &id), true)?;
    if !matches!(update_mask.as_str(), "tag_value" | "*") {
        return Err(Problem::invalid_parameter(format!("Update mask '{update_mask}' is not supported.")));
    }
    check(&workspace, &caller, (&key, &wanted.tag_value))?;
    let mut all = workspace.tags.0.lock();
    let there = all.get_mut(&id).and_then(|tags| tags.get_mut(&key));
    there.ok_or_else(|| missing(&id, &key))?.clone_from(&wanted.tag_value);
    Ok(Json(shown(&id, &key, &wanted.tag_value)))
}

async fn remove(
    State(workspace): Shared,
    Caller(caller): Caller,
    Path((kind, id, key)): Path<(String, String, String)>,
) -> Answer {
    authorize(&workspace, &caller, (&kind, &id), true)?;
    let mut all = workspace.tags.0.lock();
    all.get_mut(&id).and_then(|tags| tags.remove(&key)).ok_or_else(|| missing(&id, &key))?;
    Ok(Json(json!({})))
}

fn authorize(
    workspace: &Workspace,
    caller: &Principal,
    (kind, id): (&str, &str),
    write: bool,
) -> Result<(), Problem> {
    if kind != APPS {
        return Err(Problem::invalid_parameter(format!("Entity type {kind} is not supported.")));
    }
    if !workspace.apps.exists(id, workspace.clock.now()) {
        return Err(Problem::not_found(format!("App with name {id} does not exist or is deleted.")));
    }
    let level = if write { "CAN_MANAGE" } else { "CAN_USE" };
    if workspace.permissions.can(caller, APPS, id, level) {
        return Ok(());
    }
    let message = format!("{} does not have {level} permission on {APPS} {id}.", caller.user_name);
    Err(Problem::permission_denied(message))
}

/// Refuses a tag that has the wrong form, or that its policy doesn't allow.
fn check(workspace: &Workspace, caller: &Principal, (key, value): (&str, &str)) -> Result<(), Problem> {
    let is_key = (1..=KEY_LIMIT).contains(&key.chars().count())
        && key.trim() == key
        && !key.chars().any(|c| ",.:/-=".contains(c));
    if !is_key || value.chars().count() > VALUE_LIMIT {
        return Err(Problem::invalid_parameter(format!("Tag '{key}' has an invalid key or value.")));
    }
    let Some(policy) = workspace.settings.get().governed_tags.get(key).cloned() else { return Ok(()) };
    if policy.assigners.is_some_and(|assigners| !assigners.contains(&caller.user_name)) {
        let message = format!("{} does not have ASSIGN permission on tag policy {key}.", caller.user_name);
        return Err(Problem::permission_denied(message));
    }
    if !policy.values.is_empty() && !policy.values.iter().any(|known| known == value) {
        let known = policy.values.join(", ");
        let message = format!(
            "Tag value {value} is not an allowed value for tag policy key {key}. Allowed values: {known}"
        );
        return Err(Problem::invalid_parameter(message));
    }
    Ok(())
}

fn missing(id: &str, key: &str) -> Problem {
    Problem::not_found(format!("Tag assignment with tag key {key} does not exist for {APPS} {id}."))
}

fn shown(id: &str, key: &str, value: &str) -> Value {
    let mut shown = json!({"entity_type": APPS, "entity_id": id, "tag_key": key});
    if !value.is_empty() {
        shown["tag_value"] = json!(value);
    }
    shown
}
