//! CORS headers, as a proxy in front of the platform might add. The platform itself allows no other origin,
//! which is the default here.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::settings::Features;

/// The request's origin, if its pages may read the answer.
pub(crate) fn permitted(features: &Features, headers: &HeaderMap) -> Option<HeaderValue> {
    let permitted = features.cors_origin.as_deref()?;
    let origin = headers.get(header::ORIGIN)?;
    (permitted == "*" || origin.as_bytes() == permitted.as_bytes()).then(|| origin.clone())
}

/// The answer to a CORS preflight request, which has no credential and needs none.
pub(crate) fn preflight(origin: &HeaderValue) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    permit(&mut response, origin);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, accept"),
        // Browsers must not cache it: a change of the settings applies from the next request on.
        (header::ACCESS_CONTROL_MAX_AGE, "0"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets pages of `origin` read an answer and the headers that clients use.
pub(crate) fn permit(response: &mut Response, origin: &HeaderValue) {
    let exposed = HeaderValue::from_static("date, retry-after, x-databricks-org-id, x-request-id");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
