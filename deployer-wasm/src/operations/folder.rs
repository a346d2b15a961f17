//! The workspace folder of an app's files.

use super::inventory::deployed_from;
use super::preflight::Preflight;
use crate::config::{AppName, WorkspacePath};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::workspace::apps::App;
use crate::workspace::identity::same_person;

/// The given folder, else the one the app was deployed from, else the default folder of the app's creator, if
/// that is the caller.
pub(super) async fn folder<H: Host>(
    preflight: &Preflight<'_, H>,
    given: Option<&WorkspacePath>,
    record: Option<&App>,
    app: &AppName,
    me: &str,
) -> Result<WorkspacePath> {
    if let Some(folder) = given {
        return Ok(folder.clone());
    }
    if let Some(folder) = record.and_then(deployed_from) {
        return Ok(folder);
    }
    let creator = record.and_then(|app| app.creator.as_deref());
    if creator.is_some_and(|creator| !same_person(creator, me)) {
        return Err(Failure::NoWorkspacePath { app: app.to_string() }.into());
    }
    own_folder(preflight, record, app, me).await
}

/// The default folder of the caller's app. If the app's record spells the caller's name differently, an
/// unfinished run may have written its journal below that spelling; then that folder is used.
pub(super) async fn own_folder<H: Host>(
    preflight: &Preflight<'_, H>,
    record: Option<&App>,
    app: &AppName,
    me: &str,
) -> Result<WorkspacePath> {
    let usual = WorkspacePath::of_app(me, app)?;
    let creator = record.and_then(|app| app.creator.as_deref());
    let respelled = creator.filter(|creator| *creator != me && same_person(creator, me));
    let other = respelled.and_then(|creator| WorkspacePath::of_app(creator, app).ok());
    let Some(other) = other else { return Ok(usual) };
    if preflight.journal(&usual).await?.is_some() {
        return Ok(usual);
    }
    match preflight.journal(&other).await {
        Ok(Some(_)) => Ok(other),
        Ok(None) => Ok(usual),
        Err(error) if error.is("PERMISSION_DENIED") => Ok(usual),
        Err(error) => Err(error),
    }
}
