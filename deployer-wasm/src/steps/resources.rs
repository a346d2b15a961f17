//! Updates the app's record: attached resources, scopes, description, compute size, instances, telemetry.
//!
//! The platform replaces whole lists, and an update without a mask clears the fields that it doesn't name. So
//! the current record is read, merged by name with the wanted entries, and only the fields that differ are
//! sent, under a mask with just these fields. Resources that other users attached are kept.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::app::{ReadyApp, scopes_refused};
use super::services;
use crate::config::record::{Instances, RecordSettings, Telemetry};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::apps::{self, App, Resource};
use crate::workspace::{ApiError, ErrorKind};

/// The name under which the database is attached to the app.
pub const DATABASE: &str = "app_database";
/// What an app has if the number of its instances was never set.
const ONE_INSTANCE: &str = "1";
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
    /// Instances, telemetry, usage policy.
    pub settings: RecordSettings,
}

/// The app with its record up to date.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The app.
    pub app: ReadyApp,
    /// Whether this run changed the record.
    pub changed: bool,
    /// The fields as they are now, for the list of releases; see [`Wanted::kept`].
    pub kept: Value,
}

/// Changes what differs.
///
/// # Errors
/// `RESOURCE_REFUSED`, `APP_UPDATE_FAILED`, or the workspace's refusal.
pub async fn bring_up_to_date<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: ReadyApp,
    wanted: Wanted,
) -> Result<Done<Attached>, StepError> {
    let name = app.record.name.clone();
    let poller = step.poller(PATIENCE);
    let mut changes = differences(&app.record, &wanted);
    if changes.is_empty() {
        let kept = wanted.completed(&app.record).kept();
        let attached = Attached { app, changed: false, kept };
        return Ok(Done::unchanged(attached, format!("the settings of the app `{name}` are up to date")));
    }
    let mut fields: Vec<String> = changes.keys().cloned().collect();
    let detail = json!({"fields": fields.clone()});
    step.intend(detail.clone()).await?;
    let record = loop {
        match step.client().send(apps::update(&name, changes)).await {
            Ok(_) => {
                wait(&step, &name).await?;
                let record = step.client().send(apps::get(&name)).await?;
                // A change that an earlier run had sent may have been done only now.
                changes = differences(&record, &wanted);
                let others: Vec<String> =
                    changes.keys().filter(|field| !fields.contains(*field)).cloned().collect();
                if others.is_empty() {
                    break record;
                }
                fields.extend(others);
            }
            // A change of compute, or a deployment, is in progress.
            Err(error) if error.is(ErrorKind::Busy) => {
                step.waiting(format!("the app `{name}` can't be changed yet"));
                if !poller.again(&step).await? {
                    return Err(Failure::AppUpdateFailed { app: name, problem: error.into_problem() }.into());
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
    let kept = wanted.completed(&record).kept();
    Ok(Done::changed(Attached { app: ReadyApp { record, ..app }, changed: true, kept }, message))
}

impl Wanted {
    /// The same, with what isn't wanted otherwise as it is.
    fn completed(self, record: &App) -> Self {
        Self {
            description: self.description.or_else(|| record.description.clone()),
            compute_size: self.compute_size.or_else(|| record.compute_size.clone()),
            settings: completed(self.settings, record),
            ..self
        }
    }

    /// What was wanted, as it is kept with a release: the fields by name; of resources, ours by name.
    pub fn kept(&self) -> Value {
        let resources: Map<String, Value> =
            self.resources.iter().map(|(name, resource)| (name.clone(), resource.named(name))).collect();
        let mut fields = Map::new();
        fields.insert("resources".into(), resources.into());
        fields.insert("user_api_scopes".into(), self.scopes.clone().into());
        for (field, text) in [("description", &self.description), ("compute_size", &self.compute_size)] {
            if let Some(text) = text {
                fields.insert(field.into(), text.as_str().into());
            }
        }
        let RecordSettings { instances, telemetry, usage_policy } = &self.settings;
        fields.extend(instances.map(|instances| ("instances".into(), instances.to_string().into())));
        let telemetry =
            telemetry.as_ref().map(|telemetry| ("telemetry".into(), telemetry.to_string().into()));
        fields.extend(telemetry);
        let policy = usage_policy.as_deref().map(|policy| ("usage_policy".into(), policy.into()));
        fields.extend(policy);
        fields.into()
    }

    /// The content of an app's record.
    pub fn of_record(record: &App) -> Self {
        let resources = record.resources.iter();
        Self {
            resources: resources
                .filter_map(|entry| Some((entry["name"].as_str()?.to_owned(), Resource::read(entry)?)))
                .collect(),
            scopes: record.user_api_scopes.clone(),
            description: record.description.clone(),
            compute_size: record.compute_size.clone(),
            settings: completed(RecordSettings::default(), record),
        }
    }

    /// The same, read back. What can't be read is left as it is.
    pub fn of_kept(kept: &Value) -> Self {
        let text = |field: &str| kept[field].as_str().map(str::to_owned);
        let resources = kept["resources"].as_object().into_iter().flatten();
        let scopes = kept["user_api_scopes"].as_array().into_iter().flatten();
        Self {
            resources: resources
                .filter_map(|(name, entry)| Some((name.clone(), Resource::read(entry)?)))
                .collect(),
            scopes: scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
            description: text("description"),
            compute_size: text("compute_size"),
            settings: RecordSettings {
                instances: text("instances").and_then(|text| Instances::parse("instances", &text).ok()),
                telemetry: text("telemetry").and_then(|text| Telemetry::parse("telemetry", &text).ok()),
                usage_policy: text("usage_policy"),
            },
        }
    }
}

/// The settings of a record, with those that aren't wanted otherwise as they are.
fn completed(wanted: RecordSettings, record: &App) -> RecordSettings {
    let instances = || record.instances().unwrap_or_else(|| ONE_INSTANCE.to_owned());
    RecordSettings {
        instances: wanted.instances.or_else(|| Instances::parse("instances", &instances()).ok()),
        telemetry: wanted.telemetry.or_else(|| Some(record.telemetry())),
        usage_policy: wanted.usage_policy.or_else(|| record.usage_policy_id.clone()),
    }
}

/// The fields that differ, complete as they are to be sent.
pub(crate) fn differences(record: &App, wanted: &Wanted) -> Map<String, Value> {
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
        if let Some(wanted) = wanted.as_deref().filter(|wanted| !same_text(field, wanted, there)) {
            changes.insert(field.into(), wanted.into());
        }
    }
    changes.extend(record_differences(record, &wanted.settings));
    changes
}

fn record_differences(record: &App, wanted: &RecordSettings) -> Map<String, Value> {
    let mut changes = Map::new();
    if let Some(instances) = wanted.instances
        && record.instances().unwrap_or_else(|| ONE_INSTANCE.to_owned()) != instances.to_string()
    {
        changes.extend(apps::instances_fields(instances).map(|(field, value)| (field.to_owned(), value)));
    }
    if let Some(telemetry) = wanted.telemetry.as_ref().filter(|wanted| record.telemetry() != **wanted) {
        changes.insert("telemetry_export_destinations".into(), record.with_telemetry(telemetry));
    }
    let policy = record.usage_policy_id.as_deref();
    if let Some(wanted) = wanted.usage_policy.as_deref().filter(|wanted| Some(*wanted) != policy) {
        changes.insert("usage_policy_id".into(), wanted.into());
    }
    changes
}

/// Whether two texts of the record's field `field` mean the same: the platform may return a text without the
/// white space around it or with other line ends, and a size in another case. Such a text is not sent again.
pub fn same_text(field: &str, one: &str, other: &str) -> bool {
    if field == "compute_size" {
        return one.eq_ignore_ascii_case(other);
    }
    let lines = |text: &str| text.trim().replace("\r\n", "\n");
    one == other || lines(one) == lines(other)
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
            Failure::ResourceRefused { resource, problem: error.into_problem() }
        }
        ErrorKind::PermissionDenied if attaching => Failure::PermissionDenied {
            doing: format!("attach {resource} to the app `{name}`"),
            what: resource,
            needed: "CAN MANAGE (on a secret scope: MANAGE)".into(),
            problem: error.into_problem(),
        },
        ErrorKind::Invalid => {
            Failure::AppUpdateFailed { app: name.to_owned(), problem: error.into_problem() }
        }
        _ => error.into_failure(),
    }
}
