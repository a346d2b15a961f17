//! `delete`: the app goes; the data goes only if that is asked for, and the key never does.
//!
//! The key stays in its secret scope because data it has encrypted may stay: in the schema, or in
//! the restore point made before the schema was dropped. A later `create` finds it and goes on.

use super::release::deployed_manifest;
use super::result::DeleteResult;
use super::session::{
    Session, attached_name, both, deployed_from, folder, known_kind, refuse_other_app, unfinished,
};
use crate::config::{DeleteConfig, SchemaName, WorkspacePath};
use crate::engine::{Cancellation, Graph};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::steps::lakebase::{self, Found, Kind};
use crate::steps::{key, removal, restore_point, schema};
use crate::workspace::Client;
use crate::workspace::apps::{self, App, Resource};

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
    let Looked { me, folder, database, secret } = session.told(looked)?;
    let held = session.lock(&folder, me).await?;
    let run = &held.run;
    let name = config.app_name.as_str();

    let mut graph = Graph::new();
    let (mut point, mut kind) = (None, None);
    // 1. The schema, once there is a way back.
    let dropped = database.as_ref().map(|Database { name, schema, found }| {
        let lakebase = graph.add("lakebase", format!("the database `{name}`"), (), move |()| {
            lakebase::existing(run.step("lakebase"), name, found.clone())
        });
        let inspect =
            graph.add(
                "inspect",
                format!("a look at the schema `{schema}`"),
                (lakebase.clone(),),
                move |(lakebase,)| async move {
                    schema::inspect(run.step("inspect"), &lakebase, schema, None).await
                },
            );
        let made = graph.add(
            "restore_point",
            "a restore point",
            (lakebase.clone(), inspect),
            move |(lakebase, state)| async move {
                restore_point::make(run.step("restore_point"), &lakebase, &state).await
            },
        );
        (point, kind) = (Some(made.clone()), Some(lakebase.clone()));
        graph.add(
            "schema",
            format!("the schema `{schema}`, dropped"),
            (lakebase, made),
            move |(lakebase, point)| async move {
                schema::drop(run.step("schema"), &lakebase, schema, point.as_ref()).await
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

    let steps = held.run(format!("delete the app `{name}`"), graph).await?;
    run.journal.forget_entries();
    if secret {
        run.narrator
            .notice("the encryption key stays in its secret scope, as data that it encrypted may exist");
    }
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
    /// Whether a secret of the app's is known.
    secret: bool,
}

struct Database {
    name: String,
    schema: SchemaName,
    found: Found,
}

async fn look<H: Host>(session: &Session<'_, H>, config: &DeleteConfig) -> Result<Looked> {
    let client = &session.client;
    let name = config.app_name.as_str();
    let (me, app) = both(session.me(), async { Ok(client.find(apps::get(name)).await?) }).await?;
    let folder = folder(config.workspace_path.as_ref(), app.as_ref(), &config.app_name, &me)?;
    let home = app.as_ref().and_then(deployed_from).unwrap_or_else(|| folder.clone());
    let (journal, deployed) = both(session.journal(&home), deployed_manifest(client, &home)).await?;
    match &app {
        Some(app) => refuse_other_app(app, &home, journal.as_ref(), deployed.as_ref())?,
        // An earlier delete that died after the app was gone is brought to its end.
        None if journal.as_ref().is_some_and(|record| unfinished(record, name, "delete")) => {}
        None => return Err(Failure::AppNotFound { app: name.to_owned() }.into()),
    }
    let database = if config.reset_database {
        let known = known_kind(app.as_ref(), journal.as_ref(), deployed.as_ref());
        Some(database(client, config, app.as_ref(), deployed.as_ref(), known).await?)
    } else {
        None
    };
    let secret = app.as_ref().is_some_and(|app| Resource::find(&app.resources, key::RESOURCE).is_some());
    Ok(Looked { me, folder, database, secret })
}

/// Which database and schema to reset: the ones given, else the ones the app is deployed with.
async fn database<H: Host>(
    client: &Client<'_, H>,
    config: &DeleteConfig,
    app: Option<&App>,
    deployed: Option<&DeployedManifest>,
    known: Option<Kind>,
) -> Result<Database> {
    let variable = |name: &str| deployed?.text(name).map(str::to_owned);
    let name = config
        .lakebase_name
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| app.and_then(attached_name))
        .or_else(|| variable("LAKEBASE_INSTANCE"))
        .ok_or_else(|| missing("lakebase_name"))?;
    let schema = match (&config.schema_name, variable("LAKEBASE_SCHEMA")) {
        (Some(schema), _) => schema.clone(),
        (None, Some(text)) => SchemaName::parse("schema_name", &text).map_err(|_| missing("schema_name"))?,
        (None, None) => return Err(missing("schema_name").into()),
    };
    let found = lakebase::look(client, &name).await?.choose(known);
    if matches!(found, Found::Nothing { .. }) {
        return Err(Failure::LakebaseNotFound { name }.into());
    }
    Ok(Database { name, schema, found })
}

fn missing(key: &str) -> Failure {
    let why = "The database is to be reset, and the app doesn't tell which one it uses".to_owned();
    Failure::MissingValue { key: key.to_owned(), why }
}
