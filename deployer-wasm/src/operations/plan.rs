//! What an operation would do, told before anything happens.
//!
//! A plan comes from the code that runs: the same look at what is there, the same refusals, the
//! same graph of steps and the same generated files. It ends where the run would take the lock, so
//! it sends only requests that read. Two things it can't know without a connection to the database:
//! what a schema holds, and whether a key that is missing has encrypted something in it.

use serde::Serialize;

use super::known::attached_name;
use super::release::Release;
use super::session::{Rehearsal, Session, both};
use super::{Operation, create, delete, update};
use crate::config::{CreateConfig, DeleteConfig, KeyStorage, UpdateConfig};
use crate::engine::Cancellation;
use crate::error::Result;
use crate::events::PlannedStep;
use crate::host::Host;
use crate::manifest::{APP_YAML, KeySource, LakebaseConnection, REQUIREMENTS};
use crate::steps::key;
use crate::steps::lakebase::{self, Found};

mod words;

/// Stands for what only the making of a database tells.
const UNKNOWN: &str = "(known once the database is made)";
/// Stands for the key.
const THE_KEY: &str = "(the encryption key)";

/// What an operation would do as things stand. To know it took only requests that read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Plan {
    /// The operation.
    pub operation: Operation,
    /// The app.
    pub app_name: String,
    /// Its database, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// Its schema, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// `autoscaling` or `provisioned`, where the database is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// The folder of the app's files.
    pub app_file_workspace_path: String,
    /// The steps and what each waits for: the same as the run will tell.
    pub steps: Vec<PlannedStep>,
    /// The generated files as they would be written. The key is never in them, and what is not
    /// known yet stands in parentheses.
    pub files: Vec<PlannedFile>,
    /// What is there, what will be made, and what is gone on with; sentences without a full stop.
    pub notes: Vec<String>,
    /// What is gone afterwards.
    pub lost: Vec<String>,
    /// What stays or can be got back, and for how long.
    pub recoverable: Vec<String>,
    /// Whether an earlier run of the same operation did not end, and is gone on with.
    pub resumes: bool,
}

/// A file as it would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedFile {
    /// Its path within the app's folder.
    pub name: String,
    /// Its text.
    pub content: String,
}

/// What `create` would do.
///
/// # Errors
/// What `create` would refuse.
pub async fn plan_create<H: Host>(
    host: &H,
    config: &CreateConfig,
    cancellation: &Cancellation,
) -> Result<Plan> {
    let session = Session::looking(host, cancellation, Operation::Create, config.app_name.as_str());
    let looked = create::look(&session, config).await;
    let looked = session.told(looked)?;
    let (name, wanted_key) = (config.lakebase_name.as_str(), looked.wanted_key(config, None));
    let foreseen = foresee(&session, name, &looked.database, &wanted_key).await;
    let (connection, key) = session.told(foreseen)?;
    let rehearsal = session.rehearse(&looked.folder, looked.me.clone()).await?;
    let steps = create::graph(&rehearsal.run, config, &looked).0.plan();
    let release = looked.release(config);

    let mut notes = words::run(&rehearsal);
    notes.push(words::new_app(config, looked.app.as_ref()));
    notes.push(words::database(name, &looked.database, Some(config.lakebase_compute)));
    if !matches!(looked.database, Found::Nothing { .. }) {
        notes.push(words::schema_stays(&config.schema_name));
    }
    notes.push(words::key(&key, config.encryption_key.is_some()));
    notes.push(words::release(&release));
    Ok(Plan {
        operation: Operation::Create,
        app_name: config.app_name.to_string(),
        lakebase_name: Some(name.to_owned()),
        schema_name: Some(config.schema_name.to_string()),
        lakebase_type: Some(looked.database.kind().as_str().to_owned()),
        app_file_workspace_path: looked.folder.to_string(),
        steps,
        files: files(release, &connection, key.storage),
        notes,
        lost: Vec::new(),
        recoverable: Vec::new(),
        resumes: resumes(&rehearsal),
    })
}

/// What `update` would do.
///
/// # Errors
/// What `update` would refuse.
pub async fn plan_update<H: Host>(
    host: &H,
    config: &UpdateConfig,
    cancellation: &Cancellation,
) -> Result<Plan> {
    let session = Session::looking(host, cancellation, Operation::Update, config.app_name.as_str());
    let looked = update::look(&session, config).await;
    let looked = session.told(looked)?;
    let (name, wanted_key) = (config.lakebase_name.as_str(), looked.wanted_key(config, None));
    let foreseen = foresee(&session, name, &looked.database, &wanted_key).await;
    let (connection, key) = session.told(foreseen)?;
    let rehearsal = session.rehearse(&looked.folder, looked.me.clone()).await?;
    let steps = update::graph(&rehearsal.run, config, &looked).0.plan();
    let release = looked.release(config);
    let kind = looked.database.kind();

    let mut notes = words::run(&rehearsal);
    notes.extend(words::changes(config, &looked.app));
    notes.push(words::database(name, &looked.database, None));
    notes.push(words::key(&key, config.encryption_key.is_some()));
    notes.push(words::release(&release));
    let (mut lost, mut recoverable) = (Vec::new(), Vec::new());
    if config.reset_database {
        lost.push(words::schema_goes(&config.schema_name, name));
        words::way_back(name, kind, &mut lost, &mut recoverable);
        recoverable.push(words::key_stays(&key));
    } else {
        notes.push(words::schema_stays(&config.schema_name));
    }
    Ok(Plan {
        operation: Operation::Update,
        app_name: config.app_name.to_string(),
        lakebase_name: Some(name.to_owned()),
        schema_name: Some(config.schema_name.to_string()),
        lakebase_type: Some(kind.as_str().to_owned()),
        app_file_workspace_path: looked.folder.to_string(),
        steps,
        files: files(release, &connection, key.storage),
        notes,
        lost,
        recoverable,
        resumes: resumes(&rehearsal),
    })
}

/// What `delete` would do.
///
/// # Errors
/// What `delete` would refuse.
pub async fn plan_delete<H: Host>(
    host: &H,
    config: &DeleteConfig,
    cancellation: &Cancellation,
) -> Result<Plan> {
    let session = Session::looking(host, cancellation, Operation::Delete, config.app_name.as_str());
    let looked = delete::look(&session, config).await;
    let looked = session.told(looked)?;
    let rehearsal = session.rehearse(&looked.folder, looked.me.clone()).await?;
    let steps = delete::graph(&rehearsal.run, config, &looked).0.plan();
    let deployed = |name: &str| looked.deployed.as_ref()?.text(name).map(str::to_owned);
    let (lakebase_name, schema_name) = match &looked.reset {
        Some(reset) => (Some(reset.name.clone()), Some(reset.schema.to_string())),
        None => (
            looked.app.as_ref().and_then(attached_name).or_else(|| deployed("LAKEBASE_INSTANCE")),
            deployed("LAKEBASE_SCHEMA"),
        ),
    };

    let mut notes = words::run(&rehearsal);
    notes.push(words::deleted(config.app_name.as_str(), looked.app.as_ref()));
    let (mut lost, mut recoverable) = (Vec::new(), Vec::new());
    lost.extend(looked.app.as_ref().map(words::app_goes));
    if let (Some(reset), Some(kind)) = (&looked.reset, looked.kind) {
        lost.push(words::schema_goes(&reset.schema, &reset.name));
        words::way_back(&reset.name, kind, &mut lost, &mut recoverable);
    }
    recoverable.push(words::database_stays(&looked, lakebase_name.as_deref(), schema_name.as_deref()));
    recoverable.extend(looked.secret.as_deref().map(words::secret_stays));
    recoverable.push(words::files_stay(&looked.folder));
    Ok(Plan {
        operation: Operation::Delete,
        app_name: config.app_name.to_string(),
        lakebase_name,
        schema_name,
        lakebase_type: looked.kind.map(|kind| kind.as_str().to_owned()),
        app_file_workspace_path: looked.folder.to_string(),
        steps,
        files: Vec::new(),
        notes,
        lost,
        recoverable,
        resumes: resumes(&rehearsal),
    })
}

/// What the files will say of the database, and where the key is.
async fn foresee<H: Host>(
    session: &Session<'_, H>,
    database: &str,
    found: &Found,
    wanted_key: &key::Wanted<'_>,
) -> Result<(LakebaseConnection, key::Seen)> {
    let client = &session.client;
    both(async { Ok(lakebase::foresee(client, database, found, UNKNOWN).await?) }, async {
        Ok(key::look(client, wanted_key).await?)
    })
    .await
}

fn files(release: Release<'_>, lakebase: &LakebaseConnection, storage: KeyStorage) -> Vec<PlannedFile> {
    let key = match storage {
        KeyStorage::SecretScope => KeySource::Secret { resource: key::RESOURCE },
        KeyStorage::AppYaml => KeySource::Hidden(THE_KEY),
    };
    let [app_yaml, requirements] = release.texts(lakebase, key);
    let file = |name: &str, content| PlannedFile { name: name.to_owned(), content };
    vec![file(APP_YAML, app_yaml), file(REQUIREMENTS, requirements)]
}

/// A run that is under way now is not gone on with: another is refused.
fn resumes<H>(rehearsal: &Rehearsal<'_, H>) -> bool {
    rehearsal.resumed.is_some() && rehearsal.at_work.is_none()
}
