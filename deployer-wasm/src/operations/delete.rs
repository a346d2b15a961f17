//! `delete`: the app goes; the data goes only if that is asked for, and the key never does.
//!
//! The key stays in its secret scope because data it has encrypted may stay: in the schema, or in
//! the restore point made before the schema was dropped. A later `create` finds it and goes on.

use super::result::DeleteResult;
use super::session::{Session, attached_kind, attached_name, both, folder, unfinished};
use crate::config::{DeleteConfig, WorkspacePath};
use crate::engine::journal::Record;
use crate::engine::{Cancellation, Graph};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::steps::lakebase::{self, Found};
use crate::steps::{removal, restore_point, schema};
use crate::workspace::apps::{self, App};

/// Deletes the app and waits until its name is free. With `reset_database`, its schema is dropped
/// first, after a restore point was made where that is possible. The database itself stays.
///
/// # Errors
/// The catalogue's entry; `APP_NOT_FOUND` where there is nothing to delete.
pub async fn delete<H: Host>(
    host: &H,
    config: &DeleteConfig,
    cancellation: &Cancellation,
) -> Result<DeleteResult> {
    let session = Session::begin(host, cancellation, "delete", config.app_name.as_str());
    let looked = look(&session, config).await;
    let Looked { me, folder, database } = session.told(looked)?;
    let held = session.lock(&folder, me).await?;
    let (run, resumed) = (&held.run, held.resumed.as_deref());
    let name = config.app_name.as_str();

    let mut graph = Graph::new();
    let (mut point, mut kind) = (None, None);
    // 1. The schema, once there is a way back.
    let dropped = database.as_ref().map(|Database { name, schema, found }| {
        let lakebase = graph.add("lakebase", format!("the database `{name}`"), (), move |()| {
            lakebase::existing(run.step("lakebase"), name, found.clone())
        });
        let made = graph.add(
            "restore_point",
            "a restore point",
            (lakebase.clone(),),
            move |(lakebase,)| async move {
                restore_point::make(run.step("restore_point"), &lakebase, resumed).await
            },
        );
        (point, kind) = (Some(made.clone()), Some(lakebase.clone()));
        graph.add(
            "schema",
            format!("the schema `{schema}`, dropped"),
            (lakebase, made),
            move |(lakebase, _)| async move { schema::drop(run.step("schema"), &lakebase, schema).await },
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

    let steps = held.run(format!("delete the app `{name}`"), graph).await?;
    run.journal.forget_entries();
    run.narrator
        .notice("the encryption key is kept in its secret scope, as data that it encrypted may still exist");
    held.finish(format!("the app `{name}` is deleted"), None).await;
    Ok(DeleteResult {
        app_name: name.to_owned(),
        status: "deleted".into(),
        database_reset: config.reset_database,
        lakebase_type: kind.and_then(|lakebase| lakebase.get()).map(|lakebase| lakebase.kind().to_owned()),
        restore_point: point.and_then(|made| made.get()).flatten(),
        steps,
    })
}

/// What is there before anything is changed.
struct Looked {
    me: String,
    folder: WorkspacePath,
    /// With `reset_database`.
    database: Option<Database>,
}

struct Database {
    name: String,
    schema: crate::config::SchemaName,
    found: Found,
}

async fn look<H: Host>(session: &Session<'_, H>, config: &DeleteConfig) -> Result<Looked> {
    let client = &session.client;
    let name = config.app_name.as_str();
    let (me, app) = both(session.me(), async { Ok(client.find(apps::get(name)).await?) }).await?;
    let folder = folder(config.workspace_path.as_ref(), app.as_ref(), &config.app_name, &me)?;
    let journal = session.journal(&folder).await?;
    let app = match app {
        Some(app) => app,
        // An earlier delete that died after the app was gone is brought to its end.
        None if unfinished_delete(journal.as_ref(), name) => {
            return Ok(Looked { me, folder, database: None });
        }
        None => {
            return Err(Failure::AppNotFound { app: name.to_owned() }.into());
        }
    };
    let database =
        if config.reset_database { Some(database(session, config, &app, &folder).await?) } else { None };
    Ok(Looked { me, folder, database })
}

fn unfinished_delete(journal: Option<&Record>, app: &str) -> bool {
    journal.is_some_and(|record| record.app_name == app && unfinished(&record.run, "delete"))
}

/// Which database and schema to reset: the ones given, else the ones the app is deployed with.
async fn database<H: Host>(
    session: &Session<'_, H>,
    config: &DeleteConfig,
    app: &App,
    folder: &WorkspacePath,
) -> Result<Database> {
    use crate::config::SchemaName;
    let deployed: Option<DeployedManifest> =
        super::release::deployed_manifest(&session.client, folder).await?;
    let variable = |name: &str| deployed.as_ref()?.text(name).map(str::to_owned);
    let name = config
        .lakebase_name
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| attached_name(app))
        .or_else(|| variable("LAKEBASE_INSTANCE"))
        .ok_or_else(|| missing("lakebase_name"))?;
    let schema = match (&config.schema_name, variable("LAKEBASE_SCHEMA")) {
        (Some(schema), _) => schema.clone(),
        (None, Some(text)) => SchemaName::parse("schema_name", &text)?,
        (None, None) => return Err(missing("schema_name").into()),
    };
    let found = lakebase::look(&session.client, &name, attached_kind(Some(app))).await?;
    if matches!(found, Found::Nothing { .. }) {
        return Err(Failure::LakebaseNotFound { name }.into());
    }
    Ok(Database { name, schema, found })
}

fn missing(key: &str) -> Failure {
    let expected = "a name, as the app doesn't tell which one it uses".to_owned();
    Failure::InvalidValue { key: key.to_owned(), given: String::new(), expected }
}
