//! Deletes the app and waits until its name is available.

use std::time::Duration;

use serde_json::json;

use super::app::{DELETION, wait_until_gone};
use super::usual;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::ErrorKind;
use crate::workspace::apps;

/// Deletes the app `name`.
///
/// # Errors
/// `APP_DELETING` when it takes longer than the platform promises, or the workspace's refusal.
pub async fn delete<H: Host>(step: StepHandle<'_, '_, H>, name: &str) -> Result<Done<()>, StepError> {
    let detail = json!({"app": name, "delete": true});
    step.intend(detail.clone()).await?;
    let poller = step.poller(DELETION).telling(format!("deleting the app `{name}`"), usual::DELETION);
    loop {
        match step.client().send(apps::delete(name)).await {
            Ok(_) => break,
            Err(error) if error.is_not_found() => break,
            // It is already being deleted, or starting: the platform refuses until that is done.
            Err(error) if error.is(ErrorKind::Busy) => {
                let deleting =
                    step.client().find(apps::get(name)).await?.is_none_or(|app| app.compute() == "DELETING");
                if deleting {
                    break;
                }
                if !poller.again(&step).await? {
                    let waited: Duration = poller.waited(&step);
                    return Err(Failure::AppDeleting { app: name.to_owned(), waited }.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    step.did(detail).await?;
    wait_until_gone(&step, name).await?;
    Ok(Done::changed((), format!("deleted the app `{name}`")))
}
