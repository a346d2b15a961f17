//! Updates the app's record: attached resources, scopes, description, compute size.
//!
//! The platform replaces whole lists, and an update without a mask clears the fields that it doesn't name. So
//! the current record is read, merged by name with the wanted entries, and only the fields that differ are
//! sent, under a mask with just these fields. Resources that other users attached are kept.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::app::{ReadyApp, scopes_refused};
use super::services;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::apps::{self, App, Resource};
use crate::workspace::{ApiError, ErrorKind};

/// The name under which the database is attached to the app.
pub const DATABASE: &str = "app_database";
const PATIENCE: Duration = Duration::from_mins(15);

/// The wanted content of the record; `None`: leave unchanged.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Resources that must be attached, by name. Others of those that the deployer attaches for the assistant
    /// are detached.
    pub resources: Vec<(String, Resource)>,
    /// Scopes that must be present; others are kept.
    pub scopes: Vec<String>,
    /// The description for users.
    pub description: Option<String>,
    /// MEDIUM, LARGE or XLARGE.
    pub compute_size: Option<String>,
}

/// Changes what differs.
///
/// # Errors
/// `RESOURCE_REFUSED`, `APP_UPDATE_FAILED`, or the workspace's refusal.
pub async fn bring_up_to_date<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: ReadyApp,
    wanted: Wanted,
) -> Result<Done<ReadyApp>, StepError> {
    let name = app.record.name.clone();
    let poller = step.poller(PATIENCE);
    let mut changes = differences(&app.record, &wanted);
    if changes.is_empty() {
        return Ok(Done::unchanged(app, format!("the settings of the app `{name}` are up to date")));
    }
    let fields: Vec<String> = changes.keys().cloned().collect();
    let detail = json!({"fields": fields.clone()});
    step.intend(detail.clone()).await?;
    let record = loop {
        match step.client().send(apps::update(&name, changes)).await {
            Ok(_) => {
                wait(&step, &name).await?;
                break step.client().send(apps::get(&name)).await?;
            }
            // A change of compute, or a deployment, is in progress.
            Err(error) if error.is(ErrorKind::Busy) => {
                step.waiting(format!("the app `{name}` can't be changed yet"));
                if !poller.again(&step).await? {
                    return Err(Failure::AppUpdateFailed { app: name, problem: error.into_message() }.into());
                }
                let record = step.client().send(apps::get(&name)).await?;
                changes = differences(&record, &wanted);
                if changes.is_empty() {
                    break record;
                }
            }
            Err(error) => return Err(refused(&name, &wanted, &fields, error).into()),
        }
    };
    step.did(detail).await?;
    // A value that the platform returns in another spelling than ours must not be sent again each time.
    let still: Vec<String> = differences(&record, &wanted).keys().cloned().collect();
    if !still.is_empty() {
        step.say(format!("the platform accepted {} but shows a different value", still.join(", ")));
    }
    if fields.iter().any(|field| field == "user_api_scopes") {
        step.say(
            "the app's API scopes changed: stop and start the app to apply them; its users are asked for \
             consent again",
        );
    }
    let message = format!("set {} of the app `{name}`", fields.join(", "));
    Ok(Done::changed(ReadyApp { record, ..app }, message))
}

/// The fields that differ, complete as they are to be sent.
fn differences(record: &App, wanted: &Wanted) -> Map<String, Value> {
    let mut changes = Map::new();
    let attached = |(name, resource): &(String, Resource)| {
        Resource::find(&record.resources, name).as_ref() == Some(resource)
    };
    let is_wanted = |entry: &Value| wanted.resources.iter().any(|(name, _)| entry["name"] == name.as_str());
    let is_left = |entry: &Value| !is_wanted(entry) && services::is_ours(entry);
    if !wanted.resources.iter().all(attached) || record.resources.iter().any(is_left) {
        let mut merged: Vec<Value> = record.resources.clone();
        merged.retain(|entry| !is_wanted(entry) && !is_left(entry));
        merged.extend(wanted.resources.iter().map(|(name, resource)| resource.named(name)));
        changes.insert("resources".into(), merged.into());
    }
    let missing: Vec<&String> =
        wanted.scopes.iter().filter(|scope| !record.user_api_scopes.contains(scope)).collect();
    if !missing.is_empty() {
        let merged: Vec<&str> = record.user_api_scopes.iter().chain(missing).map(String::as_str).collect();
        changes.insert("user_api_scopes".into(), merged.into());
    }
    for (field, wanted, there) in [
        ("description", &wanted.description, &record.description),
        ("compute_size", &wanted.compute_size, &record.compute_size),
    ] {
        // The platform omits empty fields.
        let there = there.as_deref().unwrap_or_default();
        if let Some(wanted) = wanted.as_deref().filter(|wanted| *wanted != there) {
            changes.insert(field.into(), wanted.into());
        }
    }
    changes
}

async fn wait<H: Host>(step: &StepHandle<'_, '_, H>, name: &str) -> Result<(), StepError> {
    let poller = step.poller(PATIENCE);
    loop {
        let update = step.client().send(apps::get_update(name)).await?;
        match update.status.state.as_deref() {
            Some("IN_PROGRESS") => {}
            Some("FAILED") => {
                let problem = update.status.message.unwrap_or_default();
                return Err(Failure::AppUpdateFailed { app: name.to_owned(), problem }.into());
            }
            // The update is done, or there never was one: the record shows the result.
            _ => return Ok(()),
        }
        if !poller.again(step).await? {
            let problem = "It has not finished".to_owned();
            return Err(Failure::AppUpdateFailed { app: name.to_owned(), problem }.into());
        }
    }
}

fn refused(name: &str, wanted: &Wanted, fields: &[String], error: ApiError) -> Failure {
    let resource = wanted
        .resources
        .iter()
        .map(|(_, resource)| match resource {
            Resource::Postgres { branch, .. } => format!("the database `{branch}`"),
            Resource::Database { instance_name, .. } => {
                format!("the database instance `{instance_name}`")
            }
            Resource::Secret { scope, .. } => format!("the secret scope `{scope}`"),
            Resource::Service { kind, id, .. } => format!("the {} `{id}`", kind.noun()),
        })
        .collect::<Vec<_>>()
        .join(" and ");
    let attaching = fields.iter().any(|field| field == "resources");
    let scopes_sent = fields.iter().any(|field| field == "user_api_scopes");
    if let Some(failure) = scopes_refused(&wanted.scopes, &error).filter(|_| scopes_sent) {
        return failure;
    }
    match error.kind {
        ErrorKind::NotFound if attaching => {
            Failure::ResourceRefused { resource, problem: error.into_message() }
        }
        ErrorKind::PermissionDenied if attaching => Failure::PermissionDenied {
            doing: format!("attach {resource} to the app `{name}`"),
            what: resource,
            needed: "CAN MANAGE (on a secret scope: MANAGE)".into(),
            problem: error.into_message(),
        },
        ErrorKind::Invalid => {
            Failure::AppUpdateFailed { app: name.to_owned(), problem: error.into_message() }
        }
        _ => error.into_failure(),
    }
}
