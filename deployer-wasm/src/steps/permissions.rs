//! Who may use the app: adds the wanted grants, and nothing else.
//!
//! Grants that others made are theirs: none is taken away or lowered, and the platform is only sent those that
//! are missing. Between reading and adding, another user may raise a grantee's level, which the addition would
//! lower; the platform has no way to prevent that, and the two requests follow at once.

use serde_json::json;

use crate::config::sharing::{Grant, Sharing};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::together;
use crate::workspace::apps::App;
use crate::workspace::permissions::{self, AccessList};
use crate::workspace::{ApiError, Client, ErrorKind, identity};

/// The group of all users, and the one of the admins: every workspace has them.
const BUILT_IN: [&str; 2] = ["users", "admins"];

/// The present grants on the app, if any are wanted and it exists. Refuses grantees that the workspace doesn't
/// have, as far as the caller may search them.
///
/// # Errors
/// `GRANTEE_NOT_FOUND`, `PERMISSION_DENIED`, or the workspace's refusal.
pub async fn look<H: Host>(
    client: &Client<'_, H>,
    app: Option<&App>,
    wanted: &Sharing,
) -> Result<AccessList, Failure> {
    if wanted.grants().is_empty() {
        return Ok(AccessList::default());
    }
    let there = match app.filter(|app| app.compute() != "DELETING") {
        Some(app) => client.send(permissions::get(&app.name)).await.map_err(ApiError::into_failure)?,
        None => AccessList::default(),
    };
    let unknown =
        wanted.grants().iter().filter(|grant| !there.has(grant) && !BUILT_IN.contains(&grant.name.as_str()));
    let searched = unknown.map(|grant| async move {
        // Who may not search learns at the step whether the grantee exists.
        let found = client.send(identity::search(grant.kind, &grant.name)).await;
        (grant, found.is_ok_and(|found| found.is_nothing()))
    });
    match together::each(searched).await.into_iter().find(|(_, is_missing)| *is_missing) {
        Some((grant, _)) => Err(not_found(&[grant], String::new())),
        None => Ok(there),
    }
}

/// Adds the grants that are missing.
///
/// # Errors
/// `GRANTEE_NOT_FOUND`, `PERMISSION_DENIED`, or the workspace's refusal.
pub async fn share<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: &str,
    wanted: &Sharing,
) -> Result<Done<()>, StepError> {
    let there = step.client().send(permissions::get(app)).await?;
    let missing: Vec<Grant> = wanted.grants().iter().filter(|grant| !there.has(grant)).cloned().collect();
    if missing.is_empty() {
        return Ok(Done::unchanged((), format!("the app `{app}` is shared as wanted")));
    }
    let words = spelled(&missing);
    let detail = json!({"grants": missing.iter().map(ToString::to_string).collect::<Vec<_>>()});
    step.intend(detail.clone()).await?;
    step.client().send(permissions::add(app, &missing)).await.map_err(|error| refused(&missing, error))?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("shared the app `{app}` with {words}")))
}

/// Grantees with their levels, as part of a sentence.
pub fn spelled<'a>(grants: impl IntoIterator<Item = &'a Grant>) -> String {
    let words = grants.into_iter().map(|grant| format!("`{}` ({})", grant.name, grant.level.as_str()));
    words.collect::<Vec<_>>().join(", ")
}

fn refused(grants: &[Grant], error: ApiError) -> Failure {
    match error.kind {
        // The app exists: it was read just before.
        ErrorKind::NotFound => {
            let named: Vec<&Grant> = grants.iter().filter(|grant| error.says(&grant.name)).collect();
            let unknown = if named.is_empty() { grants.iter().collect() } else { named };
            not_found(&unknown, error.into_message())
        }
        _ => error.into_failure(),
    }
}

fn not_found(grants: &[&Grant], problem: String) -> Failure {
    let who = grants.iter().map(|grant| format!("{} `{}`", grant.kind.noun(), grant.name));
    Failure::GranteeNotFound { who: who.collect::<Vec<_>>().join(" or "), problem }
}
