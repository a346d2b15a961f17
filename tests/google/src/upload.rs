//! Resumable uploads: a session is started, filled in chunks, and asked how far it is. The file exists from the
//! last byte on, and the session goes on telling which one it is.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State as Extracted};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{patch, post};
use serde_json::Value;
use uuid::Uuid;

use crate::connection::Connection;
use crate::faults::{Act, On};
use crate::state::{File, Shared, State, Upload};
use crate::{drive, oauth, refusal};

const UNIT: usize = 256 * 1024;
/// The largest presentation that is converted.
const LARGEST_CONVERTED: usize = 100 * 1024 * 1024;
const POWERPOINT: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const GOOGLE: &str = "application/vnd.google-apps.";
const SLIDES: &str = "application/vnd.google-apps.presentation";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/upload/drive/v3/files", post(create).put(chunk).delete(cancel))
        .route("/upload/drive/v3/files/{id}", patch(update).put(chunk).delete(cancel))
}

type Parameters = HashMap<String, String>;

async fn create(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = "POST /upload/drive/v3/files".to_owned();
    start(&shared, &connection, None, path, &asked, &headers, &body).await
}

async fn update(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Path(id): Path<String>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("PATCH /upload/drive/v3/files/{id}");
    start(&shared, &connection, Some(id), path, &asked, &headers, &body).await
}

async fn start(
    shared: &Shared,
    connection: &Connection,
    target: Option<String>,
    path: String,
    asked: &Parameters,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let act = shared.lock().called(On::Start, path);
    if let Some(refused) = refusal::before(act.as_ref(), connection).await {
        return refused;
    }
    let answer = started(&mut shared.lock(), target, asked, headers, body).unwrap_or_else(|refused| refused);
    refusal::after(act.as_ref(), connection, answer).await
}

fn bad(message: &str) -> Response {
    refusal::drive(StatusCode::BAD_REQUEST, "badRequest", message)
}

fn started(
    state: &mut State,
    target: Option<String>,
    asked: &Parameters,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Response> {
    let grant = oauth::of_drive(state, headers)?;
    if asked.get("uploadType").map(String::as_str) != Some("resumable") {
        return Err(bad("uploadType has to be resumable here"));
    }
    if let Some(id) = &target {
        let file = state.files.iter().find(|file| file.id == *id && drive::sees(&grant, file));
        let file = file.ok_or_else(|| drive::not_found(id))?;
        if !file.can_edit {
            let message = "The user does not have sufficient permissions for this file.";
            return Err(refusal::drive(StatusCode::FORBIDDEN, "insufficientFilePermissions", message));
        }
    }
    let metadata: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body).map_err(|_| bad("Parse Error"))?
    };
    let text = |name: &str| metadata[name].as_str().map(str::to_owned);
    let mime_type = text("mimeType");
    let is_converted = mime_type.as_deref().is_some_and(|kind| kind.starts_with(GOOGLE));
    if metadata.get("id").is_some() && (is_converted || target.is_some()) {
        let message = "Generated IDs are not supported for Docs Editors formats.";
        return Err(refusal::drive(StatusCode::BAD_REQUEST, "generatedIdNotSupported", message));
    }
    let media_type = header_text(headers, "x-upload-content-type").unwrap_or_default();
    if is_converted && (media_type != POWERPOINT || mime_type.as_deref() != Some(SLIDES)) {
        return Err(bad("The requested conversion is not supported."));
    }
    let total = header_text(headers, "x-upload-content-length").and_then(|text| text.parse::<usize>().ok());
    if is_converted && total.is_some_and(|total| total > LARGEST_CONVERTED) {
        let message = "This file is too large to be converted.";
        return Err(refusal::drive(StatusCode::PAYLOAD_TOO_LARGE, "uploadTooLarge", message));
    }
    let mut app_properties = BTreeMap::new();
    for (key, value) in metadata["appProperties"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        if key.len() + value.len() > 124 {
            return Err(bad("A property is limited to 124 bytes."));
        }
        app_properties.insert(key.clone(), value.to_owned());
    }
    let upload = Upload {
        email: grant.email,
        client_id: grant.client_id,
        target: target.clone(),
        name: text("name"),
        mime_type,
        app_properties,
        media_type,
        total,
        received: Vec::new(),
        made: None,
        fields: asked.get("fields").cloned(),
    };
    let id = state.secret("AJRbA5");
    state.uploads.insert(id.clone(), upload);
    let file = target.map(|id| format!("/{id}")).unwrap_or_default();
    let location =
        format!("{}/upload/drive/v3/files{file}?uploadType=resumable&upload_id={id}", state.address);
    let location = HeaderValue::try_from(location).map_err(|_| bad("Bad Request"))?;
    Ok((StatusCode::OK, [(header::LOCATION, location)]).into_response())
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// `bytes 0-9/20` or `bytes */20`; the total may be `*`.
#[derive(Debug, PartialEq, Eq)]
struct ContentRange {
    bytes: Option<(usize, usize)>,
    total: Option<usize>,
}

impl ContentRange {
    fn read(text: &str) -> Option<Self> {
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let total = if total == "*" { None } else { Some(total.parse().ok()?) };
        if range == "*" {
            return Some(Self { bytes: None, total });
        }
        let (first, last) = range.split_once('-')?;
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        let fits = first <= last && total.is_none_or(|total| last < total);
        fits.then_some(Self { bytes: Some((first, last)), total })
    }
}

async fn chunk(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let id = asked.get("upload_id").cloned().unwrap_or_default();
    let range = header_text(&headers, "content-range");
    let range = match range {
        Some(text) => match ContentRange::read(&text) {
            Some(range) => range,
            None => return bad("Failed to parse Content-Range header."),
        },
        None => ContentRange { bytes: Some((0, usize::MAX)), total: None },
    };
    let on = if range.bytes.is_some() { On::Chunk } else { On::Progress };
    let act = shared.lock().called(on, format!("PUT {}", request.uri().path()));
    let Ok(body) = to_bytes(request.into_body(), LARGEST_CONVERTED).await else { return bad("Too large") };
    if matches!(act, Some(Act::Cut | Act::Hold))
        && let Some((first, _)) = range.bytes
    {
        let half = body.len() / 2 / UNIT * UNIT;
        let mut state = shared.lock();
        if let Some(upload) = state.uploads.get_mut(&id).filter(|upload| upload.received.len() == first) {
            upload.received.extend_from_slice(&body[..half]);
        }
    }
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    let answer = taken(&mut shared.lock(), &id, &range, &headers, &body).unwrap_or_else(|refused| refused);
    refusal::after(act.as_ref(), &connection, answer).await
}

fn taken(
    state: &mut State,
    id: &str,
    range: &ContentRange,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Response> {
    // The address of a session is enough; a token that comes along has to be valid.
    if headers.contains_key(header::AUTHORIZATION) {
        oauth::of_drive(state, headers)?;
    }
    let Some(upload) = state.uploads.get_mut(id) else {
        return Err(refusal::drive(StatusCode::NOT_FOUND, "notFound", "The upload session is unknown."));
    };
    if let Some(made) = upload.made.clone() {
        let fields = upload.fields.clone();
        let file = state.files.iter().find(|file| file.id == made).ok_or_else(|| drive::not_found(&made))?;
        return Ok(Json(drive::shown(file, fields.as_deref())).into_response());
    }
    let total = range.total.or(upload.total);
    if let (Some(said), Some(announced)) = (range.total, upload.total)
        && said != announced
    {
        return Err(bad("The size differs from X-Upload-Content-Length."));
    }
    if let Some((first, last)) = range.bytes {
        let is_whole = last == usize::MAX;
        if !is_whole && last - first + 1 != body.len() {
            return Err(bad("Content-Range doesn't fit the body."));
        }
        let end = if is_whole { body.len() } else { last + 1 };
        let is_last = is_whole || total == Some(end);
        if !is_last && !body.len().is_multiple_of(UNIT) {
            return Err(bad("Chunks have to be a multiple of 256 KiB."));
        }
        if first > upload.received.len() {
            return Err(bad("Bytes before this range are missing."));
        }
        if end > upload.received.len() {
            let known = upload.received.len() - first;
            upload.received.extend_from_slice(&body[known..]);
        }
        if is_last {
            return finished(state, id);
        }
    }
    let mut answer = StatusCode::PERMANENT_REDIRECT.into_response();
    let count = state.uploads.get(id).map_or(0, |upload| upload.received.len());
    if count > 0
        && let Ok(value) = HeaderValue::try_from(format!("bytes=0-{}", count - 1))
    {
        answer.headers_mut().insert(header::RANGE, value);
    }
    Ok(answer)
}

/// The file, made or changed.
fn finished(state: &mut State, id: &str) -> Result<Response, Response> {
    let upload = state.uploads.get(id).cloned().ok_or_else(|| drive::not_found(id))?;
    let kind = upload.mime_type.clone().unwrap_or_else(|| upload.media_type.clone());
    if kind == SLIDES && !upload.received.starts_with(b"PK") {
        return Err(bad("The file is corrupt or unsupported and could not be converted."));
    }
    let made = if let Some(target) = &upload.target {
        let Some(file) = state.files.iter_mut().find(|file| file.id == *target) else {
            return Err(drive::not_found(target));
        };
        file.content = upload.received;
        file.revision += 1;
        file.name = upload.name.unwrap_or_else(|| file.name.clone());
        file.app_properties.extend(upload.app_properties);
        target.clone()
    } else {
        let id = format!("1{}", Uuid::new_v4().simple());
        state.files.push(File {
            id: id.clone(),
            name: upload.name.unwrap_or_else(|| "Untitled".to_owned()),
            mime_type: kind,
            owner: upload.email,
            client_id: upload.client_id,
            app_properties: upload.app_properties,
            trashed: false,
            can_edit: true,
            revision: 1,
            content: upload.received,
        });
        id
    };
    if let Some(upload) = state.uploads.get_mut(id) {
        upload.made = Some(made.clone());
        upload.received = Vec::new();
    }
    let file = state.files.iter().find(|file| file.id == made).ok_or_else(|| drive::not_found(&made))?;
    Ok(Json(drive::shown(file, upload.fields.as_deref())).into_response())
}

async fn cancel(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Query(asked): Query<Parameters>,
) -> Response {
    let act = shared.lock().called(On::Cancel, "DELETE /upload/drive/v3/files".to_owned());
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    let removed =
        shared.lock().uploads.remove(asked.get("upload_id").map(String::as_str).unwrap_or_default());
    let closed = StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST);
    if removed.is_some() { closed.into_response() } else { StatusCode::NOT_FOUND.into_response() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_protocol_has_them() {
        let range = |text: &str| ContentRange::read(text);
        let of = |first, last, total| Some(ContentRange { bytes: Some((first, last)), total });
        assert_eq!(range("bytes 0-9/20"), of(0, 9, Some(20)));
        assert_eq!(range("bytes 0-9/*"), of(0, 9, None));
        assert_eq!(range("bytes */20"), Some(ContentRange { bytes: None, total: Some(20) }));
        for bad in ["", "0-9/20", "bytes 9-0/20", "bytes 0-20/20", "bytes a-b/20", "bytes 0-9"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
