//! Starts the reads of a plan before the code that needs them gets there.
//!
//! That code reads as the run does: step by step, each read decided by the answers before. A plan of an unchanged
//! app would wait for some eight answers, one after the other. Most of what will be read can be guessed at the
//! start: the app has the usual folder, the database its usual branch. So the reads are sent side by side, and
//! the code finds their answers ([`crate::workspace::Client::remembering`]). A wrong guess costs a read that
//! nothing uses. The longest read, the inspection of the schema, starts as soon as the database's address and the
//! app's role are known. Errors are left to the code that needs the answer.

use futures_util::future::{Either, FutureExt as _, LocalBoxFuture, select};
use futures_util::{join, pin_mut};

use super::super::Change;
use super::super::inventory::{database_kind, deployed_from};
use super::super::preflight::Inspection;
use crate::config::services::Services;
use crate::config::{AppName, KeyStorage, SchemaName, WorkspacePath};
use crate::engine::lock::{self, Places};
use crate::engine::{journal, releases};
use crate::host::{CredentialTarget, Host};
use crate::manifest::{APP_YAML, REQUIREMENTS, wheel_path};
use crate::steps::ownership::Tenant;
use crate::steps::{key, lakebase, services};
use crate::together;
use crate::workspace::{Client, apps, files, identity};

/// Does `work`, and `ahead` beside it for as long as it takes.
pub(super) async fn with<T>(work: impl Future<Output = T>, ahead: impl Future<Output = ()>) -> T {
    pin_mut!(work, ahead);
    match select(ahead, work).await {
        Either::Left(((), work)) => work.await,
        Either::Right((done, _)) => done,
    }
}

/// What is known at the start.
struct Guess<'c> {
    app: &'c AppName,
    folder: Option<&'c WorkspacePath>,
    /// The names of the files that are compared.
    files: Vec<String>,
    /// The database and the schema, if they are looked at.
    database: Option<(&'c str, &'c SchemaName)>,
    services: Option<&'c Services>,
    /// The key may be in the app's secret scope.
    secret: bool,
}

impl<'c> Guess<'c> {
    fn of(change: &'c Change) -> Self {
        let files = |wheel: Option<&crate::config::LocalWheel>| {
            let wheel = wheel.map(wheel_path);
            [APP_YAML, REQUIREMENTS].map(str::to_owned).into_iter().chain(wheel).collect()
        };
        match change {
            Change::Create(config) => Self {
                app: &config.app_name,
                folder: config.workspace_path.as_ref(),
                files: files(config.local_wheel.as_ref()),
                database: Some((config.lakebase_name.as_str(), &config.schema_name)),
                services: Some(&config.services),
                secret: config.key_storage == KeyStorage::SecretScope,
            },
            Change::Update(config) => Self {
                app: &config.app_name,
                folder: config.workspace_path.as_ref(),
                files: files(config.local_wheel.as_ref()),
                database: Some((config.lakebase_name.as_str(), &config.schema_name)),
                services: Some(&config.services),
                secret: config.key_storage != Some(KeyStorage::AppYaml),
            },
            Change::Delete(config) => Self {
                app: &config.app_name,
                folder: config.workspace_path.as_ref(),
                files: vec![APP_YAML.to_owned()],
                database: config
                    .lakebase_name
                    .as_ref()
                    .zip(config.schema_name.as_ref())
                    .filter(|_| config.reset_database)
                    .map(|(name, schema)| (name.as_str(), schema)),
                services: None,
                secret: false,
            },
            Change::Rollback(config) => Self::of_app(&config.app_name, config.workspace_path.as_ref()),
            Change::Restore(config) => Self::of_app(&config.app_name, config.workspace_path.as_ref()),
        }
    }

    /// What is known by the app alone.
    fn of_app(app: &'c AppName, folder: Option<&'c WorkspacePath>) -> Self {
        let files = [APP_YAML, REQUIREMENTS].map(str::to_owned).into();
        Self { app, folder, files, database: None, services: None, secret: false }
    }
}

/// Starts the reads of a plan of `change`.
pub(super) async fn reads<'a, H: Host>(
    host: &'a H,
    client: Client<'a, H>,
    kept: Inspection<'a>,
    change: &Change,
) {
    let guess = Guess::of(change);
    let name = guess.app.as_str();
    let given = async {
        if let Some(folder) = guess.folder {
            in_folder(&client, &guess, folder).await;
        }
    };
    let found = async {
        let (me, app) = join!(client.send(identity::me()), client.find(apps::get(name)));
        let usual = || WorkspacePath::of_app(&me.ok()?.user_name, guess.app).ok();
        let home = app.ok().flatten().as_ref().and_then(deployed_from);
        if let Some(folder) = home.or_else(|| guess.folder.cloned()).or_else(usual) {
            in_folder(&client, &guess, &folder).await;
        }
    };
    let database = async {
        if let Some((database, schema)) = guess.database {
            let guessed = lakebase::ahead(&client, database);
            // Only where the database should exist: a credential for none would be refused.
            let credential = matches!(change, Change::Update(_))
                .then(|| CredentialTarget::Endpoint(lakebase::usual_endpoint(database)));
            let inspected = inspection(host, &client, kept, guess.app, (database, schema), credential);
            together::all(vec![Box::pin(guessed), Box::pin(inspected)]).await;
        }
    };
    let secret = async {
        if guess.secret {
            key::ahead(&client, name).await;
        }
    };
    let services = async {
        if let Some(wanted) = guess.services {
            services::ahead(&client, wanted).await;
        }
    };
    together::all(vec![
        Box::pin(given),
        Box::pin(found),
        Box::pin(database),
        Box::pin(secret),
        Box::pin(services),
    ])
    .await;
}

/// The reads in a folder of the app.
async fn in_folder<H: Host>(client: &Client<'_, H>, guess: &Guess<'_>, folder: &WorkspacePath) {
    let places = Places::of(guess.app.as_str(), folder.as_str());
    let mut reads: Vec<LocalBoxFuture<'_, ()>> = Vec::new();
    for file in &guess.files {
        reads.push(client.ahead(files::export(&format!("{folder}/{file}"))));
    }
    reads.push(Box::pin(journal::ahead(client, folder.as_str())));
    reads.push(Box::pin(releases::ahead(client, folder.as_str())));
    reads.push(Box::pin(lock::ahead(client, &places)));
    together::all(reads).await;
}

/// Inspects the schema, if what that takes is as guessed.
async fn inspection<'a, H: Host>(
    host: &'a H,
    client: &Client<'a, H>,
    kept: Inspection<'a>,
    app: &AppName,
    (database, schema): (&str, &SchemaName),
    credential: Option<CredentialTarget>,
) {
    let reached = async {
        let (me, found, seen) = join!(
            client.send(identity::me()),
            client.find(apps::get(app.as_str())),
            lakebase::look(client, database)
        );
        let (me, found, seen) = (me.ok()?, found.ok()?, seen.ok()?);
        let kind = database_kind(found.as_ref(), None, None);
        let lakebase = lakebase::reach(client, database, &seen.choose(kind)).await.ok()??;
        Some((me, found, lakebase))
    };
    // Minting the credential takes as long as learning where to connect.
    let prepared = async move {
        if let Some(credential) = credential {
            host.prepare(&credential).await;
        }
    };
    let prepared = prepared.boxed_local().shared();
    let minted = prepared.clone();
    let inspected = async {
        let Some((me, found, lakebase)) = reached.await else { return };
        let role = found.and_then(|app| app.service_principal_client_id);
        let operation = Tenant { app, schema, role, deployed: false }.inspection();
        let (target, asked) = (lakebase.target(&me.user_name), operation.clone());
        let at = target.clone();
        let inspecting = async move {
            minted.await;
            host.schema(&at, asked).await
        };
        let inspecting = inspecting.boxed_local().shared();
        kept.replace(Some((target, operation, inspecting.clone())));
        inspecting.await.ok();
    };
    join!(inspected, prepared);
}
