//! A preview of what an operation would do.
//!
//! A plan is made by the code that runs: the same inspection, the same refusals, the same graph of steps and
//! the same generated files. It stops before the run would take the lock, so it sends read-only requests; to
//! inspect the schema, the host mints a database credential. A database that can't be reached at the moment
//! is not an error of a plan.

use futures_util::join;
use serde::Serialize;

use super::inventory::attached_name;
use super::losses::{self, Loss};
use super::preflight::{Preflight, Site};
use super::release::Release;
use super::{Change, Operation, create, delete, update};
use crate::config::services::Services;
use crate::config::{CreateConfig, DeleteConfig, KeyStorage, LakebaseName, SchemaName, UpdateConfig};
use crate::engine::Cancellation;
use crate::error::Result;
use crate::events::PlannedStep;
use crate::host::Host;
use crate::manifest::{APP_YAML, KeySource, LakebaseConnection, REQUIREMENTS};
use crate::steps::lakebase::{self, Found, Kind};
use crate::steps::schema::Preview;
use crate::steps::{key, services};

mod words;

/// A placeholder for values that are known only after the database is created.
const UNKNOWN: &str = "(known after the database is created)";
/// A placeholder for the key.
const THE_KEY: &str = "(the encryption key)";

/// What an operation would do in the current state. Determined with read-only requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Plan {
    /// The operation.
    pub operation: Operation,
    /// The app.
    pub app_name: String,
    /// Its database, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_name: Option<String>,
    /// Its schema, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// `autoscaling` or `provisioned`, if the database is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lakebase_type: Option<String>,
    /// The folder of the app's files.
    pub app_file_workspace_path: String,
    /// The steps and their dependencies: the same list that the run will emit.
    pub steps: Vec<PlannedStep>,
    /// The generated files as they would be written. They never contain the key; values that are not known
    /// yet are shown in parentheses.
    pub files: Vec<PlannedFile>,
    /// What exists, what will be created, and what will be resumed; sentences without a full stop.
    pub notes: Vec<String>,
    /// What will be deleted; sentences without a full stop.
    pub lost: Vec<String>,
    /// The same as structured data.
    pub losses: Vec<Loss>,
    /// How many confirmations to ask for before the run: none if nothing is lost, one if only the app is lost
    /// or all of the data can be restored for some time, two if data is lost without a restore point.
    pub confirmations: u8,
    /// What is kept or can be restored, and for how long.
    pub recoverable: Vec<String>,
    /// Whether an earlier run of the same operation did not finish, and will be resumed.
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

/// What an operation would do.
///
/// # Errors
/// The operation's refusal.
pub async fn plan<H: Host>(host: &H, change: &Change, cancellation: &Cancellation) -> Result<Plan> {
    let preflight = Preflight::looking(host, cancellation, change.operation(), change.app_name());
    let seen = look(&preflight, change).await;
    let (seen, foreseen) = preflight.told(seen)?;
    let site = seen.site();
    let dry_run = preflight.dry_run(site).await?;
    let plan = Plan {
        operation: change.operation(),
        app_name: change.app_name().to_owned(),
        lakebase_name: None,
        schema_name: None,
        lakebase_type: None,
        app_file_workspace_path: site.folder.to_string(),
        steps: match &seen {
            Observed::Create(config, observed) => create::graph(&dry_run.run, config, observed).0.plan(),
            Observed::Update(config, observed) => update::graph(&dry_run.run, config, observed).0.plan(),
            Observed::Delete(config, observed) => delete::graph(&dry_run.run, config, observed).0.plan(),
        },
        files: Vec::new(),
        notes: words::run(&dry_run),
        lost: Vec::new(),
        losses: Vec::new(),
        confirmations: 0,
        recoverable: Vec::new(),
        // A run in progress is not resumed: a second run would be refused.
        resumes: dry_run.resumed.is_some() && dry_run.at_work.is_none(),
    };
    let mut plan = match (&seen, foreseen) {
        (Observed::Create(config, observed), Some(foreseen)) => plan.of_create(config, observed, &foreseen),
        (Observed::Update(config, observed), Some(foreseen)) => plan.of_update(config, observed, &foreseen),
        (Observed::Delete(_, observed), _) => plan.of_delete(observed),
        (_, None) => plan,
    };
    plan.confirmations = losses::confirmations(&plan.losses);
    Ok(plan)
}

/// What was found, beside what is wanted.
enum Observed<'a> {
    Create(&'a CreateConfig, create::CreateObserved),
    Update(&'a UpdateConfig, update::UpdateObserved),
    Delete(&'a DeleteConfig, delete::DeleteObserved),
}

impl Observed<'_> {
    fn site(&self) -> Site<'_> {
        match self {
            Self::Create(_, observed) => observed.site(),
            Self::Update(_, observed) => observed.site(),
            Self::Delete(_, observed) => observed.site(),
        }
    }
}

/// The database settings in the generated files, and where the key is.
struct Foreseen {
    connection: LakebaseConnection,
    key: key::ObservedKey,
}

async fn look<'a, H: Host>(
    preflight: &Preflight<'_, H>,
    change: &'a Change,
) -> Result<(Observed<'a>, Option<Foreseen>)> {
    let client = &preflight.client;
    let seen = match change {
        Change::Create(config) => Observed::Create(config, create::observe(preflight, config).await?),
        Change::Update(config) => Observed::Update(config, update::observe(preflight, config).await?),
        Change::Delete(config) => Observed::Delete(config, delete::observe(preflight, config).await?),
    };
    let (database, found, wanted) = match &seen {
        Observed::Create(config, observed) => {
            let schema = observed.schema.known();
            (&config.lakebase_name, &observed.database, observed.wanted_key(config, schema))
        }
        Observed::Update(config, observed) => {
            // As in the run: data that a reset deletes needs no key.
            let schema = if config.reset_database { None } else { observed.schema.known() };
            (&config.lakebase_name, &observed.database, observed.wanted_key(config, schema))
        }
        Observed::Delete(..) => return Ok((seen, None)),
    };
    let connection = lakebase::foresee(client, database.as_str(), found, UNKNOWN);
    let (connection, key) = join!(connection, key::look(client, &wanted));
    let (connection, key) = (connection?, key?);
    key::check(client, &wanted, &key).await?;
    let foreseen = Foreseen { connection, key };
    Ok((seen, Some(foreseen)))
}

impl Plan {
    /// The part of it that `create` and `update` share.
    fn of_release(
        mut self,
        database: (&LakebaseName, &SchemaName, &Found),
        (release, there): (Release<'_>, &Services),
        foreseen: &Foreseen,
        key_is_given: bool,
    ) -> Self {
        let (name, schema, found) = database;
        self.lakebase_name = Some(name.to_string());
        self.schema_name = Some(schema.to_string());
        self.lakebase_type = Some(found.kind().as_str().to_owned());
        self.notes.extend(words::services(&release.services, there));
        self.notes.push(words::key(&foreseen.key, key_is_given));
        self.notes.push(words::release(&release));
        self.files = files(release, &foreseen.connection, foreseen.key.storage);
        self
    }

    fn of_create(
        mut self,
        config: &CreateConfig,
        observed: &create::CreateObserved,
        foreseen: &Foreseen,
    ) -> Self {
        let database = (&config.lakebase_name, &config.schema_name, &observed.database);
        self.notes.extend(words::package(&observed.package, &observed.release(config)));
        self.notes.push(words::new_app(config, observed.app.as_ref()));
        self.notes.push(words::database(database.0, &observed.database, Some(config.lakebase_compute)));
        self.notes.push(words::schema_stays(&config.schema_name, &observed.schema));
        let there = observed.app.as_ref().map(|app| services::attached(&app.resources)).unwrap_or_default();
        let release = (observed.release(config), &there);
        self.of_release(database, release, foreseen, config.encryption_key.is_some())
    }

    fn of_update(
        mut self,
        config: &UpdateConfig,
        observed: &update::UpdateObserved,
        foreseen: &Foreseen,
    ) -> Self {
        let database = (&config.lakebase_name, &config.schema_name, &observed.database);
        self.notes.extend(words::changes(config, &observed.app));
        self.notes.extend(observed.left(config));
        self.notes.extend(words::package(&observed.package, &observed.release(config)));
        self.notes.push(words::database(database.0, &observed.database, None));
        if config.reset_database {
            let database = (config.lakebase_name.as_str(), observed.database.kind());
            self.of_reset(database, &config.schema_name, &observed.schema);
            self.recoverable.push(words::key_stays(&foreseen.key));
        } else {
            self.notes.push(words::schema_stays(&config.schema_name, &observed.schema));
        }
        let there = services::attached(&observed.app.resources);
        let release = (observed.release(config), &there);
        self.of_release(database, release, foreseen, config.encryption_key.is_some())
    }

    fn of_delete(mut self, observed: &delete::DeleteObserved) -> Self {
        let deployed = |name: &str| observed.deployed.as_ref()?.text(name).map(str::to_owned);
        (self.lakebase_name, self.schema_name) = match &observed.reset {
            Some(reset) => (Some(reset.name.clone()), Some(reset.schema.to_string())),
            None => (
                observed.app.as_ref().and_then(attached_name).or_else(|| deployed("LAKEBASE_INSTANCE")),
                deployed("LAKEBASE_SCHEMA"),
            ),
        };
        self.lakebase_type = observed.kind.map(|kind| kind.as_str().to_owned());
        self.notes.push(words::deleted(&self.app_name, observed.app.as_ref()));
        self.lost.extend(observed.app.as_ref().map(words::app_goes));
        self.losses.extend(observed.app.as_ref().map(delete::app_lost));
        if let (Some(reset), Some(kind)) = (&observed.reset, observed.kind) {
            self.of_reset((&reset.name, kind), &reset.schema, &reset.preview);
        }
        let (name, schema) = (self.lakebase_name.as_deref(), self.schema_name.as_deref());
        self.recoverable.push(words::database_stays(observed, name, schema));
        self.recoverable.extend(observed.schema_in_use().map(|schema| words::other_schema_stays(&schema)));
        self.recoverable.extend(observed.secret.as_deref().map(words::secret_stays));
        self.recoverable.push(words::files_stay(&observed.folder));
        self
    }

    /// What is lost with a dropped schema, and whether it can be restored.
    fn of_reset(&mut self, (database, kind): (&str, Kind), schema: &SchemaName, preview: &Preview) {
        let Some(loss) = Loss::previewed(schema.as_str(), database, kind, preview) else { return };
        self.losses.push(loss);
        self.lost.push(words::schema_goes(schema, database, preview));
        match kind {
            Kind::Autoscaling => self.recoverable.push(words::way_back(database)),
            Kind::Provisioned => self.lost.push(words::no_way_back(database)),
        }
    }
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
