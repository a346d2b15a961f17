//! Keeps the app stopped while its data is dropped: data written between the restore point and the drop would
//! be in neither.

use std::time::Duration;

use serde_json::json;

use super::app::{ReadyApp, wait_for_compute};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::ErrorKind;
use crate::workspace::apps::{self, App};

/// The platform gives an app 15 seconds to exit, and stopping its compute takes longer.
const STOPPING: Duration = Duration::from_mins(10);

/// Waits until the compute of an app is running, or leaves it if it is stopped: an app that is about to be
/// stopped needn't be started.
///
/// # Errors
/// Why it is in neither state.
pub async fn settled<H: Host>(step: StepHandle<'_, '_, H>, app: App) -> Result<Done<ReadyApp>, StepError> {
    if matches!(app.compute(), "STOPPED" | "STOPPING") {
        let client_id = app.service_principal_client_id.clone().filter(|id| id.contains('-'));
        let Some(client_id) = client_id else {
            return Err(Failure::NoServicePrincipal { app: app.name }.into());
        };
        let message = format!("app `{}` exists, its compute is stopped", app.name);
        return Ok(Done::unchanged(ReadyApp { record: app, client_id }, message));
    }
    super::app::ready(step, app).await
}

/// Stops the compute of the app `name` and waits until it is stopped. The value says whether this run stopped
/// it.
///
/// # Errors
/// Why it isn't stopped; nothing has been dropped then.
pub async fn stop<H: Host>(step: StepHandle<'_, '_, H>, name: &str) -> Result<Done<bool>, StepError> {
    let poller = step.poller(STOPPING);
    let mut asked = false;
    loop {
        let Some(app) = step.client().find(apps::get(name)).await? else {
            return Ok(Done::unchanged(false, format!("app `{name}` no longer exists")));
        };
        match app.compute() {
            "STOPPED" | "DELETING" if asked => {
                step.did(json!({"app": name, "stop": true})).await?;
                return Ok(Done::changed(true, format!("stopped app `{name}`")));
            }
            "STOPPED" | "DELETING" => {
                return Ok(Done::unchanged(false, format!("app `{name}` is not running")));
            }
            // Already stopping; the record is outdated.
            "ACTIVE" | "ERROR" if asked => {}
            "ACTIVE" | "ERROR" => {
                step.intend(json!({"app": name, "stop": true})).await?;
                match step.client().send(apps::stop(name)).await {
                    Ok(_) => asked = true,
                    // It is changing its state, or the answer to our own request was lost.
                    Err(error) if error.is(ErrorKind::Busy) => {}
                    Err(error) if error.is(ErrorKind::Invalid) => {
                        let now = step.client().find(apps::get(name)).await?;
                        if now.is_some_and(|now| now.compute() == app.compute()) {
                            return Err(error.into());
                        }
                        asked = true;
                    }
                    Err(error) => return Err(error.into()),
                }
                step.waiting(format!(
                    "stopping app `{name}`, so that it writes nothing while its data is dropped"
                ));
            }
            _ => {}
        }
        if !poller.again(&step).await? {
            let (app, state, waited) = (name.to_owned(), app.compute().to_owned(), poller.waited(&step));
            return Err(Failure::ComputeTimeout { app, state, waited }.into());
        }
    }
}

/// Starts the app again after its data was dropped.
///
/// # Errors
/// Why its compute isn't running.
pub async fn start<H: Host>(step: StepHandle<'_, '_, H>, name: &str) -> Result<Done<ReadyApp>, StepError> {
    let app = step.client().send(apps::get(name)).await?;
    let was_up = app.compute() == "ACTIVE";
    let ready = wait_for_compute(&step, app, false).await?;
    Ok(if was_up {
        Done::unchanged(ready, format!("app `{name}` is running"))
    } else {
        Done::changed(ready, format!("started app `{name}`"))
    })
}

/// If a step that needed the app stopped has failed, an app that this run `stopped` is started again: its
/// data still exists. The start is not waited for.
pub async fn or_start_again<H: Host, T>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    stopped: bool,
    outcome: Result<Done<T>, StepError>,
) -> Result<Done<T>, StepError> {
    if stopped && matches!(outcome, Err(StepError::Failed(_))) && step.safe_point().is_ok() {
        // The original failure takes precedence, and running the same command again starts the app as well.
        step.client().send(apps::start(name)).await.ok();
    }
    outcome
}
