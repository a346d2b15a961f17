//! A kept file as an answer: the whole of it, or the one range that was asked for, read chunk by chunk.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::file_name::as_attachment;
use super::queries::{self, CHUNK, Served};
use crate::database::Database;
use crate::http::{ApiError, Rejection, etag};

/// The part of a file that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// From a byte to a byte, both included.
    Part(u64, u64),
    /// A range that starts behind the end.
    Beyond,
}

/// The answer with a file. Only a single range is served in parts; for several, or one that can't be read, the
/// whole file is sent, as RFC 9110 allows.
pub(super) fn answer(database: &Database, file: &Served, headers: &HeaderMap) -> Result<Response, ApiError> {
    let tag = etag::of_hash(&file.sha256);
    if matches_any(headers.get(header::IF_NONE_MATCH), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, common(file, &tag)?).into_response());
    }
    // A range of another version of the file would be glued to what the client has.
    let is_same = headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    let range = headers.get(header::RANGE).filter(|_| is_same).and_then(|range| range.to_str().ok());
    let wanted = range.map_or(Wanted::Whole, |range| wanted(range, file.size));
    let (status, from, to) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0, file.size.saturating_sub(1)),
        Wanted::Part(from, to) => (StatusCode::PARTIAL_CONTENT, from, to),
        Wanted::Beyond => {
            let message = format!("The file has {} bytes; the range begins behind its end", file.size);
            let refusal = Rejection::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalid_range", message);
            let mut answer = ApiError::from(refusal).into_response();
            answer.headers_mut().insert(header::CONTENT_RANGE, text(format!("bytes */{}", file.size))?);
            return Ok(answer);
        }
    };
    let mut answer = (status, common(file, &tag)?, body(database.clone(), file, from, to)).into_response();
    let answered = answer.headers_mut();
    answered.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from + 1));
    if status == StatusCode::PARTIAL_CONTENT {
        answered.insert(header::CONTENT_RANGE, text(format!("bytes {from}-{to}/{}", file.size))?);
    }
    Ok(answer)
}

fn matches_any(tags: Option<&HeaderValue>, tag: &str) -> bool {
    let tags = tags.and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    tags.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn text(value: String) -> Result<HeaderValue, ApiError> {
    HeaderValue::try_from(value).map_err(|_| ApiError::Internal)
}

fn common(file: &Served, tag: &str) -> Result<[(HeaderName, HeaderValue); 6], ApiError> {
    Ok([
        (header::CONTENT_TYPE, text(file.media_type.clone())?),
        (header::CONTENT_DISPOSITION, text(as_attachment(&file.name))?),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, text(tag.to_owned())?),
        // Who loses access to the deck loses its files.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        // A deck as HTML has a script of its own; opened under the app's address it would be the app's.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ])
}

/// What `Range` asks for of a file of this size.
fn wanted(range: &str, size: u64) -> Wanted {
    let Some((unit, ranges)) = range.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || ranges.contains(',') {
        return Wanted::Whole;
    }
    let Some((from, to)) = ranges.trim().split_once('-') else { return Wanted::Whole };
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten()
    };
    match (from.is_empty(), number(from), to.is_empty(), number(to)) {
        (true, _, false, Some(0)) => Wanted::Beyond,
        // The last bytes.
        (true, _, false, Some(last)) => Wanted::Part(size.saturating_sub(last), size - 1),
        (false, Some(from), _, _) if from >= size => Wanted::Beyond,
        (false, Some(from), true, _) => Wanted::Part(from, size - 1),
        (false, Some(from), false, Some(to)) if from <= to => Wanted::Part(from, to.min(size - 1)),
        _ => Wanted::Whole,
    }
}

/// The bytes from one to another, a chunk at a time. If the file is swept meanwhile, the answer is cut off, and
/// its length tells the client so.
fn body(database: Database, file: &Served, from: u64, to: u64) -> Body {
    let id = file.id;
    let chunks = stream::try_unfold(from, move |at| {
        let database = database.clone();
        async move {
            if at > to {
                return Ok(None);
            }
            let size = CHUNK as u64;
            let number = i32::try_from(at / size).map_err(std::io::Error::other)?;
            let chunk = queries::chunk(&database, id, number).await.map_err(std::io::Error::other)?;
            let chunk = Bytes::from(chunk.ok_or_else(|| std::io::Error::other("the file was swept"))?);
            let start = usize::try_from(at % size).map_err(std::io::Error::other)?;
            let left = usize::try_from(to - at + 1).unwrap_or(usize::MAX);
            let end = chunk.len().min(start.saturating_add(left));
            if start >= end {
                return Err(std::io::Error::other("a chunk of the file is too short"));
            }
            let part = chunk.slice(start..end);
            let next = at + part.len() as u64;
            Ok(Some((part, next)))
        }
    });
    Body::from_stream(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_was_asked_for_within_the_file() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=0-99", Wanted::Part(0, 9)),
            ("bytes=3-", Wanted::Part(3, 9)),
            ("bytes=-4", Wanted::Part(6, 9)),
            ("bytes=-400", Wanted::Part(0, 9)),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=10-", Wanted::Beyond),
            ("bytes=5-3", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=99999999999999999999-", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 10), expected, "{range}");
        }
    }
}
