//! `POST /api/2.0/postgres/credentials`: a password for one endpoint.
//!
//! Not an operation. Available to everyone with permission to use the project, to apps that the database is
//! attached to, and to every principal with a role in the branch.

use axum::Json;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use crate::identity::Right;
use crate::lakebase::call::{Call, ObjectKind};
use crate::lakebase::request::{body, bounded_duration_ms, missing, required, timestamp};
use crate::problem::Problem;

const TTL_SECS: (u64, u64) = (300, 3600);

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    endpoint: String,
    ttl: Option<Value>,
    expire_time: Option<Value>,
}

pub(super) async fn create(call: Call, bytes: Bytes) -> Answer {
    let wanted: Wanted = body(&bytes)?;
    if wanted.endpoint.is_empty() {
        return Err(required("endpoint"));
    }
    let now = call.now();
    let expires = match (&wanted.ttl, &wanted.expire_time) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid_parameter("Only one of 'ttl' and 'expire_time' may be set."));
        }
        (Some(ttl), None) => {
            let (least, most) = TTL_SECS;
            now.plus_ms(bounded_duration_ms("ttl", ttl, least, most)?)
        }
        (None, Some(moment)) => {
            let moment = timestamp("expire_time", moment)?;
            let (least, most) = TTL_SECS;
            if !(least * 1000..=most * 1000).contains(&moment.ms_since(now)) {
                return Err(Problem::invalid_parameter(format!(
                    "Field 'expire_time' must lie between {least}s and {most}s from now."
                )));
            }
            moment
        }
        (None, None) => now.plus_ms(TTL_SECS.1 * 1000),
    };

    let lakebase = call.lakebase();
    let tree = lakebase.0.tree.lock();
    let steps: Vec<&str> = wanted.endpoint.split('/').collect();
    let ["projects", project, "branches", branch, "endpoints", endpoint] = steps[..] else {
        return Err(Problem::invalid_parameter(format!(
            "Field 'endpoint' must have the form \
             projects/{{project_id}}/branches/{{branch_id}}/endpoints/{{endpoint_id}}, got '{}'.",
            wanted.endpoint
        )));
    };
    let found = tree.branch(project, branch, now)?;
    let endpoint = found.endpoints.get(endpoint).ok_or_else(|| missing("endpoint"))?;
    call.workspace.require(&call.principal, Right::UseLakebase)?;
    let identity = &call.principal.user_name;
    let has_role = found.roles.values().any(|role| role.postgres_role == *identity);
    if !has_role {
        call.may_use(ObjectKind::Project, project)?;
    }
    let token = lakebase.0.credentials.mint(identity, [endpoint.compute], expires);
    Ok(Json(json!({"token": token, "expire_time": expires.to_rfc3339()})))
}
