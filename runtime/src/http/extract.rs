//! Bodies and parameters of requests, refused with what is wrong in them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::rejection::Rejection;

/// A body of JSON.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

/// A body of JSON that may be absent or `null`; then it is the default.
#[derive(Clone, Copy, Debug)]
pub struct OptionalBody<T>(pub T);

/// The parameters after the `?`.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        require_json(&request)?;
        Ok(Self(read(&bytes(request, state).await?)?))
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = require_json(&request);
        let bytes = bytes(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
        Ok(Self(read::<Option<T>>(&bytes)?.unwrap_or_default()))
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(parameters)| Self(parameters))
            .map_err(|error| Rejection::unreadable(format!("The parameters can't be read: {error}")).into())
    }
}

/// A page of another origin can send a body of another type without asking first, so the type matters.
fn require_json(request: &Request) -> Result<(), Rejection> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Rejection::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_type",
        "This path takes JSON. Send it with the header `Content-Type: application/json`",
    ))
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<axum::body::Bytes, ApiError> {
    axum::body::Bytes::from_request(request, state).await.map_err(|error| {
        let status = error.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Rejection::new(status, "too_large", "The request is too large").into();
        }
        Rejection::unreadable("The request ended before it was complete. Send it again").into()
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    // `serde` would take an array as the fields of a struct in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Rejection::unreadable("The request can't be read: it is an array. Send an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!("`{path}`: ") };
        Rejection::unreadable(format!("The request can't be read: {at}{}", error.inner()))
    })?;
    json.end().map_err(|error| Rejection::unreadable(format!("The request can't be read: {error}")))?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        #[allow(dead_code, reason = "only read from JSON")]
        name: String,
    }

    async fn refusal(kind: &str, body: &'static str) -> String {
        let request =
            Request::post("/").header("content-type", kind).body(Body::from(body)).expect("a request");
        match JsonBody::<Named>::from_request(request, &()).await {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn a_body_is_refused_with_the_field_and_the_reason() {
        assert_eq!(refusal("application/json; charset=utf-8", r#"{"name": "a"}"#).await, "");
        assert!(refusal("text/plain", r#"{"name": "a"}"#).await.contains("Content-Type"));
        assert!(refusal("application/json", r#"{"name": 1}"#).await.contains("`name`: invalid type"));
        assert!(refusal("application/json", r#"{"nam": "a"}"#).await.contains("unknown field `nam`"));
        assert!(refusal("application/json", r#"{"name": "a"} {}"#).await.contains("trailing"));
        assert!(refusal("application/json", "").await.contains("EOF"));
        assert!(refusal("application/json", r#" ["a"]"#).await.contains("array"));
    }
}
