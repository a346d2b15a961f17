//! What is known about an app before anything is changed: from its record, the journal beside its files, and
//! the deployed `app.yaml`.

use super::Operation;
use crate::config::{BranchId, SchemaName, WorkspacePath};
use crate::engine::journal::{Record, RunStatus};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::steps::lakebase::{Found, Kind};
use crate::steps::resources;
use crate::workspace::apps::{App, Resource};
use crate::workspace::{Client, postgres};

/// Whether the folder's last run was this operation on this app, and died, or failed without the previous release being
/// put back.
pub(super) fn unfinished(record: &Record, app: &str, operation: Operation) -> bool {
    record.app_name == app && record.run.operation == operation.as_str() && record.run.is_unfinished()
}

/// Whether the folder's last run was this operation on this app, and succeeded.
pub(super) fn finished(record: &Record, app: &str, operation: Operation) -> bool {
    record.app_name == app
        && record.run.operation == operation.as_str()
        && record.run.status == RunStatus::Finished
}

/// Refuses an app whose folder holds neither Tellr's `app.yaml` nor a journal about it: a mistyped name must
/// not overwrite or delete something else.
pub(super) fn refuse_other_app(
    app: &App,
    folder: &WorkspacePath,
    record: Option<&Record>,
    deployed: Option<&DeployedManifest>,
) -> Result<(), Failure> {
    let known = record.is_some_and(|record| record.app_name == app.name)
        || deployed.and_then(DeployedManifest::package).is_some();
    if known {
        return Ok(());
    }
    Err(Failure::NotTellr { app: app.name.clone(), path: folder.to_string() })
}

/// The folder that an app was deployed from.
pub(super) fn deployed_from(app: &App) -> Option<WorkspacePath> {
    WorkspacePath::parse("source_code_path", app.source_path()?).ok()
}

/// The kind of database that the app uses: according to its attached resources, else to an earlier run's
/// journal, else to its deployed files.
pub(super) fn database_kind(
    app: Option<&App>,
    record: Option<&Record>,
    deployed: Option<&DeployedManifest>,
) -> Option<Kind> {
    let attached = app.and_then(|app| Resource::find(&app.resources, resources::DATABASE));
    let named = |name: Option<&str>| match name {
        Some("autoscaling") => Some(Kind::Autoscaling),
        Some("provisioned") => Some(Kind::Provisioned),
        _ => None,
    };
    match attached {
        Some(Resource::Postgres { .. }) => Some(Kind::Autoscaling),
        Some(Resource::Database { .. }) => Some(Kind::Provisioned),
        _ => {
            let record = record.filter(|record| app.is_none_or(|app| app.name == record.app_name));
            let made = record.and_then(|record| record.entries.get("lakebase")?.detail["kind"].as_str());
            named(made).or_else(|| named(deployed?.text("LAKEBASE_TYPE")))
        }
    }
}

/// The name of the database that is attached to an app.
pub(super) fn attached_name(app: &App) -> Option<String> {
    match Resource::find(&app.resources, resources::DATABASE)? {
        Resource::Postgres { branch, .. } => branch.split('/').nth(1).map(str::to_owned),
        Resource::Database { instance_name, .. } => Some(instance_name),
        Resource::Secret { .. } | Resource::Service { .. } => None,
    }
}

/// The branch that is attached to an app, as a full path.
pub(super) fn attached_branch(app: &App) -> Option<String> {
    match Resource::find(&app.resources, resources::DATABASE)? {
        Resource::Postgres { branch, .. } => Some(branch),
        Resource::Database { .. } | Resource::Secret { .. } | Resource::Service { .. } => None,
    }
}

/// The branch of the database that an app uses, as a full path: the attached one. If none is attached, because the
/// attachment was removed or the app was deleted and is created again, the one that its files name: after a restore
/// that isn't the default one, on which its data would seem to be lost.
pub(super) fn branch_in_use(app: Option<&App>, deployed: Option<&DeployedManifest>) -> Option<String> {
    let named = || {
        let (branch, _) = deployed?.text("LAKEBASE_ENDPOINT_NAME")?.split_once("/endpoints/")?;
        // From a file: it becomes part of paths.
        let is_id = |id: &str| BranchId::parse("branch", id).is_ok();
        branch.rsplit('/').next().is_some_and(is_id).then(|| branch.to_owned())
    };
    app.and_then(attached_branch).or_else(named)
}

/// The same database on the branch that the app uses, unless that branch no longer exists.
///
/// # Errors
/// The workspace's refusal.
pub(super) async fn on_branch_in_use<H: Host>(
    client: &Client<'_, H>,
    database: Found,
    app: Option<&App>,
    deployed: Option<&DeployedManifest>,
) -> Result<Found> {
    let (attached, branch) = (app.and_then(attached_branch), branch_in_use(app, deployed));
    let moved = database.clone().on_branch(branch.clone());
    if attached.is_none()
        && moved.branch() != database.branch()
        && let Some(branch) = branch
        && client.find(postgres::get_branch(&branch)).await?.is_none()
    {
        return Ok(database);
    }
    Ok(moved)
}

/// Whether a deployed `app.yaml` names this schema of this database.
pub(super) fn names_schema(deployed: Option<&DeployedManifest>, database: &str, schema: &SchemaName) -> bool {
    deployed.is_some_and(|manifest| {
        manifest.text("LAKEBASE_INSTANCE") == Some(database)
            && manifest.text("LAKEBASE_SCHEMA") == Some(schema.as_str())
    })
}
