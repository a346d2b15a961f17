//! The calls on workspace files.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::export::{Exported, Format};
use super::import::{Upload, interpret};
use super::{Kind, Node};
use crate::extract::{Caller, JsonBody, Params};
use crate::identity::Right;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// `/api/2.0/workspace/*` and `/api/2.0/workspace-files/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/workspace/mkdirs", post(mkdirs))
        .route("/api/2.0/workspace/import", post(import))
        .route("/api/2.0/workspace/export", get(export))
        .route("/api/2.0/workspace/get-status", get(get_status))
        .route("/api/2.0/workspace/list", get(list))
        .route("/api/2.0/workspace/delete", post(delete))
        .route("/api/2.0/workspace-files/import-file/{*path}", post(import_raw))
        .route("/api/2.0/workspace-files/{*path}", get(read_raw))
        // The edge has already limited and buffered the body.
        .layer(axum::extract::DefaultBodyLimit::disable())
}

type Answer = Result<Json<Value>, Problem>;

#[derive(Deserialize)]
struct At {
    #[serde(default)]
    path: String,
    #[serde(default)]
    recursive: bool,
}

impl At {
    fn path(&self) -> Result<&str, Problem> {
        if self.path.is_empty() {
            Err(Problem::invalid_parameter("Missing required field: path"))
        } else {
            Ok(&self.path)
        }
    }
}

async fn mkdirs(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(at): JsonBody<At>,
) -> Answer {
    workspace.require(&caller, Right::WriteFiles)?;
    workspace.files.make_directory(&caller, at.path()?, workspace.clock.now())?;
    Ok(Json(json!({})))
}

#[derive(Default, Deserialize)]
struct Import {
    #[serde(default)]
    path: String,
    #[serde(default)]
    content: String,
    format: Option<String>,
    language: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

async fn import(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    request: Request,
) -> Result<Json<Value>, Problem> {
    workspace.require(&caller, Right::WriteFiles)?;
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (import, bytes) = if kind.starts_with("multipart/form-data") {
        from_multipart(request).await?
    } else {
        let JsonBody(import) = JsonBody::<Import>::from_request(request, &()).await?;
        let bytes = BASE64
            .decode(import.content.as_bytes())
            .map_err(|_| Problem::invalid_parameter("content is not valid base64."))?;
        (import, bytes)
    };
    if import.path.is_empty() {
        return Err(Problem::invalid_parameter("Missing required field: path"));
    }
    let format = import.format.as_deref().unwrap_or("SOURCE");
    let limit = workspace.settings.get().quotas.max_import_bytes;
    let language = import.language.as_deref();
    let upload = Upload { path: &import.path, format, language, bytes };
    let (path, kind) = interpret(upload, limit)?;
    workspace.files.write(&caller, &path, kind, import.overwrite, workspace.clock.now())?;
    Ok(Json(json!({})))
}

async fn from_multipart(request: Request) -> Result<(Import, Vec<u8>), Problem> {
    let unreadable =
        || Problem::malformed("Could not parse form: the body is not valid multipart/form-data.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut import = Import::default();
    let mut content = None;
    while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|_| unreadable())?;
        if name == "content" {
            content = Some(bytes.to_vec());
            continue;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "path" => import.path = text,
            "format" => import.format = Some(text),
            "language" => import.language = Some(text),
            "overwrite" => import.overwrite = text == "true",
            _ => {}
        }
    }
    let content = content.ok_or_else(|| Problem::invalid_parameter("Missing required field: content"))?;
    Ok((import, content))
}

#[derive(Deserialize)]
struct Export {
    #[serde(default)]
    path: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    direct_download: bool,
}

async fn export(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(export): Params<Export>,
) -> Result<Response, Problem> {
    workspace.require(&caller, Right::ReadFiles)?;
    if export.path.is_empty() {
        return Err(Problem::invalid_parameter("Missing required field: path"));
    }
    let format = Format::parse(&export.format)?;
    let node = workspace.files.get(&caller, &export.path)?;
    let Exported { bytes, file_type } = match node.kind {
        Kind::Directory => {
            let below = workspace.files.below(&caller, &export.path)?;
            super::export::directory(&export.path, &below, format)?
        }
        _ => super::export::object(&export.path, &node, format)?,
    };
    if export.direct_download {
        return Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response());
    }
    Ok(Json(json!({"content": BASE64.encode(bytes), "file_type": file_type})).into_response())
}

/// `path` is shown in the caller's spelling: with or without `/Workspace`.
fn object_info(asked: &str, canonical: &str, node: &Node) -> Value {
    let prefix = if asked.starts_with("/Workspace") { "/Workspace" } else { "" };
    let mut info = Map::new();
    info.insert("path".to_owned(), json!(format!("{prefix}{canonical}")));
    info.insert("object_type".to_owned(), json!(node.kind.object_type()));
    info.insert("object_id".to_owned(), json!(node.id));
    info.insert("resource_id".to_owned(), json!(node.id.to_string()));
    match &node.kind {
        Kind::Directory => {}
        Kind::File(bytes) => {
            info.insert("size".to_owned(), json!(bytes.len()));
            info.insert("created_at".to_owned(), json!(node.created));
            info.insert("modified_at".to_owned(), json!(node.modified));
        }
        Kind::Notebook { language, .. } => {
            info.insert("language".to_owned(), json!(language));
            info.insert("created_at".to_owned(), json!(node.created));
            info.insert("modified_at".to_owned(), json!(node.modified));
        }
    }
    Value::Object(info)
}

async fn get_status(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(at): Params<At>,
) -> Answer {
    workspace.require(&caller, Right::ReadFiles)?;
    let node = workspace.files.get(&caller, at.path()?)?;
    let canonical = super::tree::canonical(&at.path)?;
    Ok(Json(object_info(&at.path, &canonical, &node)))
}

async fn list(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Params(at): Params<At>,
) -> Answer {
    workspace.require(&caller, Right::ReadFiles)?;
    let objects: Vec<Value> = workspace
        .files
        .list(&caller, at.path()?)?
        .iter()
        .map(|(canonical, node)| object_info(&at.path, canonical, node))
        .collect();
    Ok(Json(if objects.is_empty() { json!({}) } else { json!({"objects": objects}) }))
}

async fn delete(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    JsonBody(at): JsonBody<At>,
) -> Answer {
    workspace.require(&caller, Right::WriteFiles)?;
    workspace.files.delete(&caller, at.path()?, at.recursive)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    overwrite: bool,
}

async fn import_raw(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(path): Path<String>,
    Params(raw): Params<Raw>,
    body: Bytes,
) -> Answer {
    workspace.require(&caller, Right::WriteFiles)?;
    let path = format!("/{path}");
    let limit = workspace.settings.get().quotas.max_import_bytes;
    let upload = Upload { path: &path, format: "AUTO", language: None, bytes: body.to_vec() };
    let (path, kind) = interpret(upload, limit)?;
    let taken_by_notebook =
        matches!(workspace.files.get(&caller, &path), Ok(Node { kind: Kind::Notebook { .. }, .. }));
    workspace.files.write(&caller, &path, kind, raw.overwrite, workspace.clock.now()).map_err(
        |mut problem| {
            if problem.error_code == "RESOURCE_ALREADY_EXISTS" && !taken_by_notebook {
                problem.status = StatusCode::CONFLICT;
            }
            problem
        },
    )?;
    Ok(Json(json!({})))
}

async fn read_raw(
    State(workspace): State<Arc<Workspace>>,
    Caller(caller): Caller,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    workspace.require(&caller, Right::ReadFiles)?;
    match workspace.files.get(&caller, &format!("/{path}"))?.kind {
        Kind::Directory => Err(Problem::invalid_parameter(format!("/{path} is a directory."))),
        Kind::File(bytes) | Kind::Notebook { source: bytes, .. } => {
            Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
        }
    }
}
