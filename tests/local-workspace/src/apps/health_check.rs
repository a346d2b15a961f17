//! `health_check` of a deployment: an HTTP request to the app's own port that decides whether the deployment
//! succeeds.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::lakebase::duration_ms;
use crate::platform::HealthCheck;
use crate::problem::Problem;
use crate::settings::HealthChecks;

const FIELD: &str = "health_check";

/// Checks the field in the body of a request, and removes it where the workspace ignores it.
pub(super) fn admit(body: &mut Map<String, Value>, known: HealthChecks) -> Result<(), Problem> {
    match (body.get(FIELD), known) {
        (None, _) => Ok(()),
        (Some(_), HealthChecks::Refused) => Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            "INVALID_PARAMETER_VALUE",
            format!("Could not parse request object: unknown field '{FIELD}'."),
        )),
        (Some(_), HealthChecks::Ignored) => {
            body.remove(FIELD);
            Ok(())
        }
        (Some(_), HealthChecks::Supported) => of(body).map(drop),
    }
}

/// The health check in the body of a request.
pub(super) fn of(body: &Map<String, Value>) -> Result<Option<HealthCheck>, Problem> {
    let Some(value) = body.get(FIELD).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let check = value.as_object().ok_or_else(|| {
        Problem::malformed(format!("Could not parse request object: {FIELD} must be an object."))
    })?;
    let path = check.get("path").and_then(Value::as_str).unwrap_or_default();
    if !path.starts_with('/') || path.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Problem::invalid_parameter(format!(
            "Field '{FIELD}.path' must be an HTTP path such as \"/health\"."
        )));
    }
    let timeout = check.get("timeout").filter(|value| !value.is_null());
    let timeout = timeout.map(|value| duration_ms(&format!("{FIELD}.timeout"), value)).transpose()?;
    if timeout == Some(0) {
        return Err(Problem::invalid_parameter(format!("Field '{FIELD}.timeout' must be positive.")));
    }
    Ok(Some(HealthCheck { path: path.to_owned(), timeout: timeout.map(Duration::from_millis) }))
}
