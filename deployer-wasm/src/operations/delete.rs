//! `delete`: deletes the app; deletes its data only on request, and never the key. The key stays in its
//! secret scope because data encrypted with it may still exist: in the schema, or in the restore point
//! created before the schema was dropped. A later `create` finds it and uses it again.

use super::Operation;
use super::folder::folder;
use super::inspected::{Inspected, Site};
use super::inventory::{
    attached_name, database_kind, deployed_from, finished, names_schema, on_branch_in_use, refuse_other_app,
    unfinished,
};
use super::losses::Loss;
use super::preflight::{Preflight, both};
use super::release::deployed_manifest;
use super::result::DeleteResult;
use crate::config::{DeleteConfig, LakebaseName, SchemaName, WorkspacePath};
use crate::engine::journal::Record;
use crate::engine::{Cancellation, Graph, Output, Run};
use crate::error::{DeployError, Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::schema::SchemaState;
use crate::steps::lakebase::{self, Found, Kind, Lakebase};
use crate::steps::ownership::Tenant;
use crate::steps::restore_point::RestorePoint;
use crate::steps::schema::Preview;
use crate::steps::{key, removal, restore_point, schema, standstill};
use crate::workspace::apps::{self, App, Resource};

/// Deletes the app and waits until its name is available again. With `reset_database`, its schema is dropped
/// first, after a restore point was created where that is possible. The database itself is kept.
///
/// # Errors
/// The catalogue's entry; `APP_NOT_FOUND` where there is nothing to delete.
pub async fn delete<H: Host>(
    host: &H,
    config: &DeleteConfig,
    cancellation: &Cancellation,
) -> Result<DeleteResult> {
    let name = config.app_name.as_str();
    let preflight =
        Preflight::begin(host, cancellation, Operation::Delete, name).following(config.planned.as_ref());
    let observe = async |preflight: &Preflight<'_, H>| observe(preflight, config).await;
    let recorded = |folder: &WorkspacePath| config.recorded(folder);
    let (locked, observed) = preflight.lock(observe, recorded).await?;
    let (graph, Made { lakebase, point, state }) = graph(&locked.run, config, &observed);
    let steps = locked.run(format!("delete the app `{name}`"), graph).await?;
    locked.run.journal.forget_entries();
    if observed.secret.is_some() {
        locked.run.narrator.notice(
            "the encryption key is kept in its secret scope, because data encrypted with it may still exist",
        );
    }
    locked.finish(format!("the app `{name}` is deleted"), None).await?;
    let dropped =
        observed.reset.as_ref().zip(state.and_then(|state| state.get())).and_then(|(reset, state)| {
            Loss::schema(reset.schema.as_str(), &reset.name, reset.found.kind(), &state)
        });
    let losses = observed.app.as_ref().map(app_lost).into_iter().chain(dropped).collect();
    Ok(DeleteResult {
        app_name: name.to_owned(),
        status: "deleted".into(),
        database_reset: config.reset_database,
        lakebase_type: lakebase
            .and_then(|lakebase| lakebase.get())
            .map(|lakebase| lakebase.kind().to_owned()),
        restore_point: point.and_then(|made| made.get()).flatten(),
        losses,
        steps,
    })
}

/// The outputs of the steps; with `reset_database`.
pub(super) struct Made {
    lakebase: Option<Output<Lakebase>>,
    point: Option<Output<Option<RestorePoint>>>,
    state: Option<Output<SchemaState>>,
}

/// The steps, given what was found.
pub(super) fn graph<'a, H: Host>(
    run: &'a Run<'a, H>,
    config: &'a DeleteConfig,
    observed: &'a DeleteObserved,
) -> (Graph<'a>, Made) {
    let name = config.app_name.as_str();
    let app = name;
    let mut graph = Graph::new();
    let (mut point, mut kept, mut state) = (None, None, None);
    // 1. The schema, once there is a restore point.
    let dropped = observed.reset.as_ref().map(|Database { name, schema, found, .. }| {
        let lakebase = graph.add("lakebase", format!("the database `{name}`"), (), move |()| {
            lakebase::existing(run.step("lakebase"), name, found.clone())
        });
        let inspect = graph.add(
            "inspect",
            format!("state of the schema `{schema}`"),
            (lakebase.clone(),),
            move |(lakebase,)| async move {
                schema::inspect(run.step("inspect"), &lakebase, &observed.tenant(config, schema)).await
            },
        );
        let stopped = graph.add("stop_app", format!("app `{app}`, stopped"), (inspect.done(),), move |_| {
            standstill::stop(run.step("stop_app"), app)
        });
        let made = graph.add(
            "restore_point",
            "a restore point",
            (lakebase.clone(), inspect.clone(), stopped.clone()),
            move |(lakebase, state, stopped)| async move {
                let made = async {
                    let step = run.step("restore_point");
                    // The app may have been running, and have filled a schema that was empty before.
                    let state = match state.tables {
                        0 => schema::look(&step, &lakebase, &observed.tenant(config, schema)).await?,
                        _ => state,
                    };
                    restore_point::make(step, &lakebase, &state).await
                };
                let made = made.await;
                standstill::or_start_again(&run.step("restore_point"), app, stopped, made).await
            },
        );
        (point, kept, state) = (Some(made.clone()), Some(lakebase.clone()), Some(inspect.clone()));
        graph.add(
            "schema",
            format!("the schema `{schema}`, dropped"),
            (lakebase, made, stopped),
            move |(lakebase, point, stopped)| async move {
                let (step, own_schema, seen) =
                    (run.step("schema"), (&config.app_name, schema), inspect.get());
                let dropped = schema::drop(step, &lakebase, own_schema, (seen, point.as_ref())).await;
                standstill::or_start_again(&run.step("schema"), app, stopped, dropped).await
            },
        )
    });
    // 2. The app.
    let title = format!("the app `{name}`, deleted");
    match dropped {
        Some(dropped) => {
            graph.add("remove_app", title, (dropped,), move |_| removal::delete(run.step("remove_app"), name))
        }
        None => graph.add("remove_app", title, (), move |()| removal::delete(run.step("remove_app"), name)),
    };
    (graph, Made { lakebase: kept, point, state })
}

/// The state before anything is changed.
pub(super) struct DeleteObserved {
    pub(super) me: String,
    pub(super) folder: WorkspacePath,
    home: WorkspacePath,
    /// What is dropped, with `reset_database`.
    pub(super) reset: Option<Database>,
    /// The app; `None` if an earlier run has deleted it.
    pub(super) app: Option<App>,
    pub(super) deployed: Option<DeployedManifest>,
    /// The kind of the app's database, if known.
    pub(super) kind: Option<Kind>,
    /// The scope of the app's secret, where one is attached.
    pub(super) secret: Option<String>,
}

impl Inspected for DeleteObserved {
    fn site(&self) -> Site<'_> {
        Site { me: &self.me, folder: &self.folder, home: &self.home }
    }

    fn app(&self) -> Option<&App> {
        self.app.as_ref()
    }

    fn schema(&self) -> Option<&Preview> {
        self.reset.as_ref().map(|reset| &reset.preview)
    }
}

impl DeleteObserved {
    /// The schema that the app is deployed with, if another one is dropped.
    pub(super) fn schema_in_use(&self) -> Option<String> {
        let Database { name, schema, .. } = self.reset.as_ref()?;
        let deployed = self.deployed.as_ref()?;
        let used = deployed.text("LAKEBASE_SCHEMA")?;
        (!names_schema(Some(deployed), name, schema)).then(|| used.to_owned())
    }

    /// The schema together with its app.
    fn tenant<'a>(&self, config: &'a DeleteConfig, schema: &'a SchemaName) -> Tenant<'a> {
        let database = self.reset.as_ref().map(|reset| reset.name.as_str()).unwrap_or_default();
        tenant(config, (database, schema), self.app.as_ref(), self.deployed.as_ref())
    }
}

/// A schema to drop.
pub(super) struct Database {
    pub(super) name: String,
    pub(super) schema: SchemaName,
    /// The schema, as far as it could be inspected.
    pub(super) preview: Preview,
    found: Found,
}

/// The app, as an entry in the list of losses.
pub(super) fn app_lost(app: &App) -> Loss {
    let url = Some(app.address()).filter(|url| !url.is_empty());
    Loss::App { name: app.name.clone(), url }
}

fn tenant<'a>(
    config: &'a DeleteConfig,
    (database, schema): (&str, &'a SchemaName),
    app: Option<&App>,
    deployed: Option<&DeployedManifest>,
) -> Tenant<'a> {
    Tenant {
        app: &config.app_name,
        schema,
        role: app.and_then(|app| app.service_principal_client_id.clone()),
        deployed: names_schema(deployed, database, schema),
    }
}

pub(super) async fn observe<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &DeleteConfig,
) -> Result<DeleteObserved> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(client.find(apps::get(name)).await?) }).await?;
    let folder =
        folder(preflight, config.workspace_path.as_ref(), app.as_ref(), &config.app_name, &me).await?;
    let home = app.as_ref().and_then(deployed_from).unwrap_or_else(|| folder.clone());
    let (journal, deployed) = both(preflight.journal(&home), deployed_manifest(client, &home)).await?;
    match &app {
        Some(app) => refuse_other_app(app, &home, journal.as_ref(), deployed.as_ref())?,
        // Completes an earlier delete that died after the app was deleted.
        None if journal.as_ref().is_some_and(|record| unfinished(record, name, Operation::Delete)) => {}
        // The app no longer exists and its data is to be deleted too: the schema itself must record that it
        // belongs to this app.
        None if config.reset_database && deployed.is_some() => {}
        None => {
            return Err(
                gone(preflight, Site { me: &me, folder: &folder, home: &home }, journal.as_ref()).await
            );
        }
    }
    let mut kind = database_kind(app.as_ref(), journal.as_ref(), deployed.as_ref());
    let mut reset = None;
    if config.reset_database {
        let database = database(preflight, config, &me, app.as_ref(), deployed.as_ref(), kind).await?;
        let own = matches!(&database.preview, Preview::Known(state) if state.app.as_deref() == Some(name));
        let began = journal.as_ref().is_some_and(|record| unfinished(record, name, Operation::Delete));
        if app.is_none() && !own && !began {
            return Err(
                gone(preflight, Site { me: &me, folder: &folder, home: &home }, journal.as_ref()).await
            );
        }
        // A name that was mistyped: nothing would be dropped, but the app would be gone.
        let in_use = names_schema(deployed.as_ref(), &database.name, &database.schema);
        if !database.preview.may_exist() && !in_use && !began {
            let Database { name, schema, .. } = database;
            let deployed = deployed.as_ref().and_then(|deployed| deployed.text("LAKEBASE_SCHEMA"));
            let (schema, used) = (schema.to_string(), deployed.map(str::to_owned));
            return Err(Failure::SchemaNotFound { schema, database: name, used }.into());
        }
        (kind, reset) = (Some(database.found.kind()), Some(database));
    }
    let secret = app.as_ref().and_then(|app| Resource::find(&app.resources, key::RESOURCE));
    let secret = secret.and_then(|secret| match secret {
        Resource::Secret { scope, .. } => Some(scope),
        _ => None,
    });
    Ok(DeleteObserved { me, folder, home, reset, app, deployed, kind, secret })
}

/// The error for an app that doesn't exist. The run that deleted it may have died after finishing its work,
/// without releasing the lock; then it is released here.
async fn gone<H: Host>(
    preflight: &Preflight<'_, H>,
    site: Site<'_>,
    journal: Option<&Record>,
) -> DeployError {
    let name = preflight.app.as_str();
    if let Some(record) = journal.filter(|record| finished(record, name, Operation::Delete))
        && let Err(error) = preflight.clear_lock(&site.lock(name), &record.run.id).await
    {
        return error;
    }
    Failure::AppNotFound { app: name.to_owned() }.into()
}

/// The database and schema to reset: the given ones, else the ones the app is deployed with.
async fn database<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &DeleteConfig,
    me: &str,
    app: Option<&App>,
    deployed: Option<&DeployedManifest>,
    known: Option<Kind>,
) -> Result<Database> {
    let variable = |name: &str| deployed?.text(name).map(str::to_owned);
    let name = if let Some(name) = &config.lakebase_name {
        name.clone()
    } else {
        let name = app.and_then(attached_name).or_else(|| variable("LAKEBASE_INSTANCE"));
        let name = name.ok_or_else(|| missing("lakebase_name"))?;
        // From the platform or a file: it becomes part of paths.
        LakebaseName::parse("lakebase_name", &name).map_err(|_| missing("lakebase_name"))?
    };
    let name = name.to_string();
    let schema = match (&config.schema_name, variable("LAKEBASE_SCHEMA")) {
        (Some(schema), _) => schema.clone(),
        (None, Some(text)) => SchemaName::parse("schema_name", &text).map_err(|_| missing("schema_name"))?,
        (None, None) => return Err(missing("schema_name").into()),
    };
    let found = lakebase::look(&preflight.client, &name).await?.choose(known);
    let found = on_branch_in_use(&preflight.client, found, app, deployed).await?;
    if matches!(found, Found::Nothing { .. }) {
        return Err(Failure::LakebaseNotFound { name }.into());
    }
    let tenant = tenant(config, (&name, &schema), app, deployed);
    let preview = preflight.preview(me, &name, &found, &tenant).await?;
    Ok(Database { name, schema, preview, found })
}

fn missing(key: &str) -> Failure {
    let why = "The database can't be reset: the app doesn't show which database it uses".to_owned();
    Failure::MissingValue { keys: vec![key.to_owned()], why }
}
