//! Files: list, get, change, delete. With the scope `drive.file` a client sees only those that it has made.

use std::collections::HashMap;

use axum::extract::{Path, Query, State as Extracted};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use crate::connection::Connection;
use crate::faults::On;
use crate::state::{File, Grant, Shared, State};
use crate::{oauth, query, refusal};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/drive/v3/files", get(list))
        .route("/drive/v3/files/generateIds", get(generate))
        .route("/drive/v3/files/{id}", get(one).patch(change).delete(remove))
}

type Parameters = HashMap<String, String>;

pub(crate) fn not_found(id: &str) -> Response {
    refusal::drive(StatusCode::NOT_FOUND, "notFound", &format!("File not found: {id}."))
}

pub(crate) fn sees(grant: &Grant, file: &File) -> bool {
    file.owner == grant.email && file.client_id == grant.client_id
}

/// A file with the `fields` that were asked for, by their outermost names.
pub(crate) fn shown(file: &File, fields: Option<&str>) -> Value {
    let mut whole = json!(file);
    whole["kind"] = json!("drive#file");
    whole["capabilities"] = json!({ "canEdit": file.can_edit });
    whole["webViewLink"] = json!(format!("https://docs.google.com/presentation/d/{}/edit", file.id));
    let fields = outermost(fields.unwrap_or("kind,id,name,mimeType"));
    let chosen: Map<String, Value> =
        fields.iter().filter_map(|name| Some((name.clone(), whole.get(name)?.clone()))).collect();
    Value::Object(chosen)
}

/// `a,b(c,d)` has `a` and `b`.
fn outermost(fields: &str) -> Vec<String> {
    let (mut names, mut depth) = (vec![String::new()], 0_u32);
    for letter in fields.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth > 0 => {}
            letter => names.last_mut().expect("there is one").push(letter),
        }
    }
    names
}

/// What `files(...)` holds.
fn within_files(fields: &str) -> Option<&str> {
    fields.split_once("files(")?.1.rsplit_once(')').map(|(inner, _)| inner)
}

/// Does something with Drive on behalf of the caller, unless a fault was ordered.
async fn acted(
    shared: &Shared,
    connection: &Connection,
    headers: &HeaderMap,
    path: String,
    act: impl FnOnce(&mut State, &Grant) -> Response,
) -> Response {
    let fault = shared.lock().called(On::Files, path);
    if let Some(refused) = refusal::before(fault.as_ref(), connection).await {
        return refused;
    }
    let answer = {
        let mut state = shared.lock();
        match oauth::of_drive(&state, headers) {
            Ok(grant) => act(&mut state, &grant),
            Err(refused) => refused,
        }
    };
    refusal::after(fault.as_ref(), connection, answer).await
}

async fn list(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    let path = "GET /drive/v3/files".to_owned();
    acted(&shared, &connection, &headers, path, |state, grant| {
        let Some(conditions) = query::read(asked.get("q").map(String::as_str).unwrap_or_default()) else {
            return refusal::drive(StatusCode::BAD_REQUEST, "invalid", "Invalid Value");
        };
        let fields = asked.get("fields").and_then(|fields| within_files(fields));
        let found: Vec<Value> = state
            .files
            .iter()
            .filter(|file| sees(grant, file) && conditions.iter().all(|one| one.holds(file, &grant.email)))
            .map(|file| shown(file, fields))
            .collect();
        Json(json!({ "kind": "drive#fileList", "incompleteSearch": false, "files": found })).into_response()
    })
    .await
}

async fn generate(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    headers: HeaderMap,
) -> Response {
    let path = "GET /drive/v3/files/generateIds".to_owned();
    acted(&shared, &connection, &headers, path, |_, _| {
        let id = format!("1{}", uuid::Uuid::new_v4().simple());
        Json(json!({ "kind": "drive#generatedIds", "space": "drive", "ids": [id] })).into_response()
    })
    .await
}

async fn one(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Path(id): Path<String>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    let path = format!("GET /drive/v3/files/{id}");
    acted(&shared, &connection, &headers, path, |state, grant| {
        let found = state.files.iter().find(|file| file.id == id && sees(grant, file));
        let fields = asked.get("fields").map(String::as_str);
        found.map_or_else(|| not_found(&id), |file| Json(shown(file, fields)).into_response())
    })
    .await
}

async fn change(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let path = format!("PATCH /drive/v3/files/{id}");
    acted(&shared, &connection, &headers, path, |state, grant| {
        let Some(file) = state.files.iter_mut().find(|file| file.id == id && sees(grant, file)) else {
            return not_found(&id);
        };
        if let Some(name) = body["name"].as_str() {
            name.clone_into(&mut file.name);
        }
        if let Some(trashed) = body["trashed"].as_bool() {
            file.trashed = trashed;
        }
        Json(shown(file, None)).into_response()
    })
    .await
}

async fn remove(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    method: Method,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let path = format!("{method} /drive/v3/files/{id}");
    acted(&shared, &connection, &headers, path, |state, grant| {
        let before = state.files.len();
        state.files.retain(|file| !(file.id == id && sees(grant, file)));
        if state.files.len() == before { not_found(&id) } else { StatusCode::NO_CONTENT.into_response() }
    })
    .await
}
