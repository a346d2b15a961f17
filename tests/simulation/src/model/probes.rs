//! The answers of apps themselves, and of a package index.

use deployer::host::{HostError, HostErrorKind, Probe, WorkspaceResponse};
use serde_json::{Value, json};

use super::answer::headers;
use super::{Record, State};

/// The newest version on the index.
pub(super) const NEWEST: &str = "0.2.0";

impl State {
    /// Answers a probe at the time `now_ms`.
    ///
    /// # Errors
    /// If an app doesn't exist.
    pub fn probe(
        &mut self,
        record: &mut Record,
        now_ms: u64,
        probe: &Probe,
    ) -> Result<WorkspaceResponse, HostError> {
        self.settle(record, now_ms);
        let app = match probe {
            Probe::AppReady { app } | Probe::AppVersion { app } | Probe::AppLog { app, .. } => app,
            Probe::Package { .. } => {
                let releases: Value =
                    ["0.1.0", NEWEST].into_iter().map(|it| (it.to_owned(), json!([{}]))).collect();
                let body = json!({"info": {"version": NEWEST}, "releases": releases});
                return Ok(answer(200, now_ms, body.to_string()));
            }
        };
        let Some(found) = self.apps.get(app) else {
            let message = format!("the app {app} has no URL");
            return Err(HostError { kind: HostErrorKind::Connection, message });
        };
        let Some(program) = &found.program else {
            return Ok(answer(503, now_ms, "<html><title>App Not Available</title></html>".to_owned()));
        };
        Ok(match probe {
            Probe::AppLog { .. } => answer(200, now_ms, json!({"lines": ["[APP] started"]}).to_string()),
            _ if !program.is_ours => answer(404, now_ms, "{\"detail\":\"Not Found\"}".to_owned()),
            Probe::AppVersion { .. } => answer(200, now_ms, json!({"version": program.version}).to_string()),
            _ => {
                let (place, schema, role) =
                    (program.place.clone(), program.schema.clone(), found.client_id.clone());
                let ready = self
                    .database_mut(&place)
                    .and_then(|database| database.schemas.get(&schema))
                    .is_some_and(|schema| schema.granted.contains(&role));
                let body = json!({"ready": ready, "database": {"message": "The schema can't be used"}});
                answer(if ready { 200 } else { 503 }, now_ms, body.to_string())
            }
        })
    }
}

fn answer(status: u16, now_ms: u64, body: String) -> WorkspaceResponse {
    WorkspaceResponse { status, headers: headers(now_ms), body }
}
