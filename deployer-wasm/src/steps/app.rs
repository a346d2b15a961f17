//! The app's record and its compute: finds or creates the app, and waits until compute is running.

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

/// Compute usually takes one to three minutes.
const COMPUTE: Duration = Duration::from_mins(20);
/// The name of a deleted app stays taken for up to twenty minutes.
pub(super) const DELETION: Duration = Duration::from_mins(25);
/// A name that is refused though no app has it: the list of apps may be outdated, or a deletion not complete.
const NAME_SETTLES: Duration = Duration::from_mins(2);

/// The maximum difference between two clocks, including times rounded to seconds.
const SLACK: Duration = Duration::from_mins(1);

/// An app that is ready for a deployment.
#[derive(Debug, Clone)]
pub struct ReadyApp {
    /// The record, as last read.
    pub record: App,
    /// The app's service principal, which is also its Postgres role.
    pub client_id: String,
}

/// Whether `app` was created by one of our runs, according to the journal's entry of the step.
pub fn is_ours(app: &App, entry: Option<&Entry>, me: &str) -> bool {
    let Some(entry) = entry else { return false };
    match entry.state {
        EntryState::Done if entry.detail["app_id"].is_string() => {
            app.id.as_deref().is_none_or(|id| entry.detail["app_id"] == id)
        }
        // The journal only says that we were about to create it. It is ours if we created it after that.
        EntryState::Done | EntryState::Intended => {
            app.creator.as_deref().is_none_or(|creator| same_person(creator, me))
                && app.create_time.is_none_or(|created| created.plus(SLACK) >= entry.at)
        }
    }
}

/// The app `name`, if it exists.
///
/// # Errors
/// `APPS_UNAVAILABLE` where the workspace has no apps at all, or the workspace's refusal.
pub async fn find<H: Host>(client: &Client<'_, H>, name: &str) -> Result<Option<App>, Failure> {
    client.find(apps::get(name)).await.map_err(|error| match error.kind {
        ErrorKind::InterfaceMissing => Failure::AppsUnavailable { problem: error.into_message() },
        _ => error.into_failure(),
    })
}

/// Creates the app if needed. `found` is the result of the earlier inspection.
///
/// # Errors
/// Why that failed; `APP_ALREADY_EXISTS` if another user created it in the meantime.
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

/// Waits until the compute of an existing app is running.
///
/// # Errors
/// Why it isn't running.
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

/// The catalogue's entry for refused scopes, if that is the reason for the refusal.
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

/// Waits until a deleted app's name is available.
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

/// Waits until compute is running, and starts it if it is stopped.
pub(super) async fn wait_for_compute<H: Host>(
    step: &StepHandle<'_, '_, H>,
    mut app: App,
    fresh: bool,
) -> Result<ReadyApp, StepError> {
    let name = app.name.clone();
    let poller =
        step.poller(COMPUTE).telling(format!("starting compute of the app `{name}`"), usual::COMPUTE);
    // Compute that failed earlier is started once more; compute that fails during this run is not.
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
            // Already started; the record is outdated.
            "STOPPED" if started => {}
            "STOPPED" | "ERROR" => {
                step.safe_point()?;
                match step.client().send(apps::start(&name)).await {
                    Ok(_) => (started, may_start_after_error) = (true, false),
                    // It is already starting, by another user or by our own request whose answer was lost. Or
                    // the platform isn't ready to start it, and the request is repeated after a pause.
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
