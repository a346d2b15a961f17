//! The app's record and its compute: find or create it, and wait until compute is up.

use std::time::Duration;

use serde_json::json;

use super::usual;
use crate::engine::journal::{Entry, EntryState};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::apps::{self, App, NewApp};
use crate::workspace::identity::same_person;
use crate::workspace::{ApiError, Client, ErrorKind};

/// Compute normally needs one to three minutes.
const COMPUTE: Duration = Duration::from_mins(20);
/// A deleted app keeps its name for up to twenty minutes.
pub(super) const DELETION: Duration = Duration::from_mins(25);
/// A name that is refused though no app has it: the list of apps may be behind, or a deletion not quite done.
const NAME_SETTLES: Duration = Duration::from_mins(2);

/// By how much two clocks, and times cut to whole seconds, may differ.
const SLACK: Duration = Duration::from_mins(1);

/// An app that can be deployed to.
#[derive(Debug, Clone)]
pub struct ReadyApp {
    /// The record, as last read.
    pub record: App,
    /// The app's service principal, which is also its Postgres role.
    pub client_id: String,
}

/// Whether `app` is the one that a run of ours created, by what the journal says of the step.
pub fn is_ours(app: &App, entry: Option<&Entry>, me: &str) -> bool {
    let Some(entry) = entry else { return false };
    match entry.state {
        EntryState::Done if entry.detail["app_id"].is_string() => {
            app.id.as_deref().is_none_or(|id| entry.detail["app_id"] == id)
        }
        // We were about to create it and don't know more. It is ours if it came after that, by us.
        EntryState::Done | EntryState::Intended => {
            app.creator.as_deref().is_none_or(|creator| same_person(creator, me))
                && app.create_time.is_none_or(|created| created.plus(SLACK) >= entry.at)
        }
    }
}

/// The app `name`, where there is one.
///
/// # Errors
/// `APPS_UNAVAILABLE` where the workspace has no apps at all, or the workspace's refusal.
pub async fn find<H: Host>(client: &Client<'_, H>, name: &str) -> Result<Option<App>, Failure> {
    client.find(apps::get(name)).await.map_err(|error| match error.kind {
        ErrorKind::InterfaceMissing => Failure::AppsUnavailable { problem: error.into_message() },
        _ => error.into_failure(),
    })
}

/// Brings the app about. `found` is what the look before said.
///
/// # Errors
/// Why it can't be had; `APP_ALREADY_EXISTS` if somebody else was faster.
pub async fn ensure<H: Host>(
    step: StepHandle<'_, '_, H>,
    new: NewApp<'_>,
    mut found: Option<App>,
) -> Result<Done<ReadyApp>, StepError> {
    let mut created = false;
    let refused_for = step.poller(NAME_SETTLES);
    let app = loop {
        match found {
            Some(app) if app.compute() == "DELETING" => {
                wait_until_gone(&step, new.name).await?;
                found = None;
            }
            Some(app) => break app,
            None => {
                step.intend(json!({"app": new.name})).await?;
                match step.client().send(apps::create(&new)).await {
                    Ok(app) => {
                        created = true;
                        break app;
                    }
                    Err(error) if error.is(ErrorKind::AlreadyExists) => {
                        found = step.client().find(apps::get(new.name)).await?;
                        if let Some(app) = found.as_ref().filter(|app| app.compute() != "DELETING") {
                            if !is_ours(app, step.entry().as_ref(), &step.run.me) {
                                return Err(taken(app));
                            }
                            created = true;
                        } else if found.is_none() && !refused_for.again(&step).await? {
                            return Err(Failure::AppNameRefused { app: new.name.to_owned() }.into());
                        }
                    }
                    Err(error) => return Err(refused(&new, error).into()),
                }
            }
        }
    };
    if created {
        step.did(json!({"app": new.name, "app_id": app.id.as_deref(), "client_id": app.service_principal_client_id.as_deref()}))
            .await?;
    }
    let ready = wait_for_compute(&step, app, created).await?;
    let name = new.name;
    Ok(if created {
        Done::changed(ready, format!("created the app `{name}`; its compute is running"))
    } else {
        Done::unchanged(ready, format!("the app `{name}` exists; its compute is running"))
    })
}

/// Makes sure that the compute of an app that is there is up.
///
/// # Errors
/// Why it isn't.
pub async fn ready<H: Host>(step: StepHandle<'_, '_, H>, app: App) -> Result<Done<ReadyApp>, StepError> {
    let (name, was_up) = (app.name.clone(), app.compute() == "ACTIVE");
    let ready = wait_for_compute(&step, app, false).await?;
    Ok(if was_up {
        Done::unchanged(ready, format!("the app `{name}` exists; its compute is running"))
    } else {
        Done::changed(ready, format!("the compute of the app `{name}` is running again"))
    })
}

fn taken(app: &App) -> StepError {
    Failure::AppAlreadyExists { app: app.name.clone(), creator: app.creator.clone(), ours: false }.into()
}

fn refused(new: &NewApp<'_>, error: ApiError) -> Failure {
    let (app, problem) = (new.name.to_owned(), error.message.clone());
    match error.kind {
        ErrorKind::QuotaExceeded => Failure::AppQuota { app, problem },
        ErrorKind::InterfaceMissing => Failure::AppsUnavailable { problem },
        _ => scopes_refused(new.user_api_scopes, &error).unwrap_or_else(|| error.into_failure()),
    }
}

/// The catalogue's entry for scopes that aren't accepted, if that is what the refusal is about.
pub(super) fn scopes_refused(scopes: &[String], error: &ApiError) -> Option<Failure> {
    let problem = error.message.clone();
    if !error.is(ErrorKind::Invalid) {
        return None;
    }
    if error.says("passthrough") || error.says("user authorization") {
        return Some(Failure::UserAuthorizationOff { problem });
    }
    if !error.says("scope") {
        return None;
    }
    let named: Vec<String> = scopes.iter().filter(|scope| error.says(scope)).cloned().collect();
    let scopes = if named.is_empty() { scopes.to_vec() } else { named };
    Some(Failure::ScopeRefused { scopes, problem })
}

/// Waits until a deleted app's name is free.
pub(super) async fn wait_until_gone<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
) -> Result<(), StepError> {
    step.waiting(format!(
        "the app `{name}` is being deleted; waiting until its name is free (up to 20 minutes)"
    ));
    let poller = step.poller(DELETION).telling(format!("deleting the app `{name}`"), usual::DELETION);
    while step.client().find(apps::get(name)).await?.is_some() {
        if !poller.again(step).await? {
            return Err(Failure::AppDeleting { app: name.to_owned(), waited: poller.waited(step) }.into());
        }
    }
    Ok(())
}

/// Waits until compute is up, and starts it where it is stopped.
pub(super) async fn wait_for_compute<H: Host>(
    step: &StepHandle<'_, '_, H>,
    mut app: App,
    fresh: bool,
) -> Result<ReadyApp, StepError> {
    let name = app.name.clone();
    let poller =
        step.poller(COMPUTE).telling(format!("starting compute of the app `{name}`"), usual::COMPUTE);
    // Compute that failed earlier is given one more start; one that fails under our eyes is not.
    let (mut started, mut may_start_after_error) = (false, !fresh);
    let mut told = String::new();
    loop {
        let (state, message) =
            (app.compute().to_owned(), app.compute_status.message.clone().unwrap_or_default());
        match state.as_str() {
            "ACTIVE" => {
                let client_id = app.service_principal_client_id.clone().filter(|id| id.contains('-'));
                let Some(client_id) = client_id else {
                    return Err(Failure::NoServicePrincipal { app: name }.into());
                };
                return Ok(ReadyApp { record: app, client_id });
            }
            "DELETING" => {
                return Err(Failure::AppDeleting { app: name, waited: poller.waited(step) }.into());
            }
            "ERROR" if !may_start_after_error => {
                return Err(Failure::ComputeFailed { app: name, problem: message }.into());
            }
            // Asked for already; the record is behind.
            "STOPPED" if started => {}
            "STOPPED" | "ERROR" => {
                step.safe_point()?;
                match step.client().send(apps::start(&name)).await {
                    Ok(_) => (started, may_start_after_error) = (true, false),
                    // It is starting already: somebody else, or our own request with its answer
                    // lost. Or the platform isn't ready to start it, and is asked again after a pause.
                    Err(error) if error.is(ErrorKind::Busy) || error.is(ErrorKind::Invalid) => {
                        let now = step.client().send(apps::get(&name)).await?;
                        if now.compute() == state && error.is(ErrorKind::Invalid) {
                            return Err(error.into());
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            _ => {}
        }
        if told != state {
            step.waiting(format!("compute of the app `{name}` is {}", state.to_ascii_lowercase()));
            told = state.clone();
        }
        if !poller.again(step).await? {
            return Err(Failure::ComputeTimeout { app: name, state, waited: poller.waited(step) }.into());
        }
        app = step.client().send(apps::get(&name)).await?;
    }
}
