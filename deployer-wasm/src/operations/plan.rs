//! A preview of what an operation would do.
//!
//! A plan is made by the code that runs: the same inspection, the same refusals, the same graph of steps and
//! the same generated files. It stops before the run would take the lock, so it sends read-only requests; to
//! inspect the schema, the host mints a database credential. A database that can't be reached at the moment
//! is not an error of a plan.

use serde::Serialize;

use super::adoption;
use super::inventory::attached_name;
use super::losses::{self, Loss};
use super::preflight::Preflight;
use super::release::{Release, all_scopes};
use super::{Change, Operation, create, delete, restore, rollback, update};
use crate::config::sharing::Sharing;
use crate::config::{
    ComputeSize, CreateConfig, Description, Facts, KeyStorage, LakebaseName, SchemaName, UpdateConfig,
};
use crate::engine::Cancellation;
use crate::error::Result;
use crate::events::PlannedStep;
use crate::host::Host;
use crate::steps::lakebase::{Found, Kind};
use crate::steps::package::Published;
use crate::steps::schema::Preview;
use crate::steps::{key, resources, services};
use crate::workspace::apps::App;
use crate::workspace::permissions::AccessList;

mod ahead;
mod changes;
mod compare;
mod files;
mod observed;
mod placeholders;
mod saved;
mod words;

pub use changes::{Action, FieldChange, FieldValue, Reason, ResourceChange, ResourceKind};
pub(super) use compare::is_beside_record;
use compare::{Deployed, WantedApp, WantedAttachment};
pub use files::PlannedFile;
use observed::{Foreseen, Observed};
pub(super) use placeholders::UNKNOWN;
pub use saved::{LIMIT_BYTES as SAVED_LIMIT_BYTES, SavedPlan};

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
    /// What happens to each resource; what is lost comes first.
    pub changes: Vec<ResourceChange>,
    /// Whether the operation would change nothing. If something couldn't be determined, it isn't empty.
    pub empty: bool,
    /// The state that the plan is based on, as facts by name: it is refused later if one of them has changed.
    pub seen: Facts,
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

/// What an operation would do.
///
/// # Errors
/// The operation's refusal.
pub async fn plan<H: Host>(host: &H, change: &Change, cancellation: &Cancellation) -> Result<Plan> {
    let preflight = Preflight::looking(host, cancellation, change.operation(), change.app_name());
    let ahead = ahead::reads(host, preflight.client.beside(), preflight.inspection(), change);
    let seen = ahead::with(observed::look(&preflight, change), ahead).await;
    let (seen, foreseen) = preflight.told(seen)?;
    let site = seen.inspected().site();
    let dry_run = preflight.dry_run(site).await?;
    let plan = Plan {
        operation: change.operation(),
        app_name: change.app_name().to_owned(),
        lakebase_name: None,
        schema_name: None,
        lakebase_type: None,
        app_file_workspace_path: site.folder.to_string(),
        changes: Vec::new(),
        empty: false,
        seen: observed::facts(&seen, foreseen.as_ref(), &dry_run),
        steps: match &seen {
            Observed::Create(config, observed) => create::graph(&dry_run.run, config, observed).0.plan(),
            Observed::Update(config, observed) => {
                update::graph(&dry_run.run, Operation::Update, config, observed).0.plan()
            }
            Observed::Delete(config, observed) => delete::graph(&dry_run.run, config, observed).0.plan(),
            Observed::Rollback(observed) => {
                let (config, update) = (&observed.config, &observed.update);
                update::graph(&dry_run.run, Operation::Rollback, config, update).0.plan()
            }
            Observed::Restore(config, observed) => restore::graph(&dry_run.run, config, observed).0.plan(),
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
        (Observed::Rollback(observed), Some(foreseen)) => plan.of_rollback(observed, &foreseen),
        (Observed::Restore(_, observed), _) => plan.of_restore(observed),
        (_, None) => plan,
    };
    plan.confirmations = match change {
        // Nothing is deleted, but the app's users no longer see what they wrote.
        Change::Restore(_) => 1,
        _ => losses::confirmations(&plan.losses),
    };
    plan.changes = changes::sorted(plan.changes);
    plan.empty = !plan.resumes && !plan.changes.iter().any(ResourceChange::is_made);
    Ok(plan)
}

impl Plan {
    /// The part of it that `create` and `update` share.
    fn of_release(
        mut self,
        database: (&LakebaseName, &SchemaName, &Found),
        (release, published): (Release<'_>, &Published),
        (wanted, found): (&WantedApp<'_>, Option<&App>),
        foreseen: &Foreseen,
        key_is_given: bool,
    ) -> Self {
        let (name, schema, kind) = database;
        self.lakebase_name = Some(name.to_string());
        self.schema_name = Some(schema.to_string());
        self.lakebase_type = Some(kind.kind().as_str().to_owned());
        let attached = found.map(|app| app.resources.as_slice()).unwrap_or_default();
        self.notes.extend(words::services(&release.services, &services::attached(attached)));
        self.notes.push(words::key(&foreseen.key, key_is_given));
        self.notes.push(words::release(&release));
        self.files = files::planned(&release, &foreseen.connection, &foreseen.key);
        // A new app has no releases, even if one of its name had.
        let current = foreseen.releases.current().filter(|_| found.is_some());
        let attachments = wanted_attachments(foreseen, &release, found);
        self.changes.push(compare::app(wanted, found, current));
        self.changes.push(compare::key(&foreseen.key, current));
        self.changes.extend(compare::attachments(&attachments, attached, current));
        self.changes.extend(foreseen.files.iter().map(|file| compare::file(file, current)));
        let deployed = Deployed {
            app: wanted.name,
            found,
            folder: release.folder,
            files: &foreseen.files,
            published,
            version: release.version,
            current,
        };
        let deployment = compare::deployment(&deployed, &self.changes);
        self.changes.push(deployment);
        self
    }

    fn of_create(
        mut self,
        config: &CreateConfig,
        observed: &create::CreateObserved,
        foreseen: &Foreseen,
    ) -> Self {
        let database = (&config.lakebase_name, &config.schema_name, &observed.database);
        let app = (config.app_name.as_str(), &config.schema_name);
        self.notes.extend(words::package(&observed.package, &observed.release(config)));
        self.notes.push(words::new_app(config, observed.app.as_ref()));
        self.notes.extend(words::record(&config.record, observed.app.as_ref()));
        self.notes.extend(words::sharing(&config.share_with, &observed.shared));
        self.notes.extend(words::tags(&config.tags, &observed.tagged));
        self.notes.push(words::database(database.0, &observed.database, Some(config.lakebase_compute)));
        self.notes.extend(observed.elsewhere(config));
        self.notes.push(words::schema_stays(&config.schema_name, &observed.schema));
        let capacity = Some(config.lakebase_compute.to_string());
        self.changes.push(compare::database(database.0.as_str(), &observed.database, capacity));
        self.changes.push(compare::schema(app, &observed.schema, false));
        // One that is being deleted is not the new one.
        let found = observed.app.as_ref().filter(|app| app.compute() != "DELETING");
        let wanted = WantedApp {
            name: config.app_name.as_str(),
            description: Some(config.description.as_str()),
            compute_size: Some(config.app_compute.as_str()),
            scopes: all_scopes(&config.extra_scopes),
            settings: config.record.clone(),
            grants: missing_grants(&config.share_with, &observed.shared),
            tags: compare::tags(&config.tags, &observed.tagged),
        };
        let release = (observed.release(config), &observed.package);
        self.of_release(database, release, (&wanted, found), foreseen, config.encryption_key.is_some())
    }

    fn of_update(
        mut self,
        config: &UpdateConfig,
        observed: &update::UpdateObserved,
        foreseen: &Foreseen,
    ) -> Self {
        let database = (&config.lakebase_name, &config.schema_name, &observed.database);
        let app = (config.app_name.as_str(), &config.schema_name);
        self.notes.extend(words::changes(config, &observed.app));
        self.notes.extend(words::record(&config.record, Some(&observed.app)));
        self.notes.extend(words::sharing(&config.share_with, &observed.shared));
        self.notes.extend(words::tags(&config.tags, &observed.tagged));
        self.notes.extend(adoption::notes(&observed.adoption, config));
        self.notes.extend(observed.left(config));
        self.recoverable.extend(adoption::way_back(&observed.adoption));
        self.notes.extend(words::package(&observed.package, &observed.release(config)));
        self.notes.push(words::database(database.0, &observed.database, None));
        self.changes.push(compare::database(database.0.as_str(), &observed.database, None));
        if config.reset_database {
            let database = (config.lakebase_name.as_str(), observed.database.kind());
            self.of_reset(database, &config.schema_name, &observed.schema);
            self.recoverable.push(words::key_stays(&foreseen.key));
            self.changes.push(compare::dropped_schema(&config.schema_name, &observed.schema, true));
        } else {
            self.notes.push(words::schema_stays(&config.schema_name, &observed.schema));
            let was_applied = foreseen.releases.current().is_some();
            self.changes.push(compare::schema(app, &observed.schema, was_applied));
        }
        let wanted = WantedApp {
            name: config.app_name.as_str(),
            description: config.description.as_ref().map(Description::as_str),
            compute_size: config.app_compute.map(ComputeSize::as_str),
            scopes: all_scopes(&config.extra_scopes),
            settings: config.record.clone(),
            grants: missing_grants(&config.share_with, &observed.shared),
            tags: compare::tags(&config.tags, &observed.tagged),
        };
        let release = (observed.release(config), &observed.package);
        let found = (&wanted, Some(&observed.app));
        self.of_release(database, release, found, foreseen, config.encryption_key.is_some())
    }

    fn of_rollback(mut self, observed: &rollback::RollbackObserved, foreseen: &Foreseen) -> Self {
        let rollback::RollbackObserved { target, current, config, update, .. } = observed;
        self.notes.push(words::back_to(target, *current));
        self.recoverable.extend(observed.stays());
        let database = (&config.lakebase_name, &config.schema_name, &update.database);
        let kept = |field: &str| target.app[field].as_str();
        let scopes = target.app["user_api_scopes"].as_array().into_iter().flatten();
        let wanted = WantedApp {
            name: &self.app_name.clone(),
            description: kept("description"),
            compute_size: kept("compute_size"),
            scopes: scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
            settings: resources::Wanted::of_kept(&target.app).settings,
            grants: Vec::new(),
            tags: Vec::new(),
        };
        let release = (update.release(config), &update.package);
        self.of_release(database, release, (&wanted, Some(&update.app)), foreseen, false)
    }

    fn of_restore(mut self, observed: &restore::RestoreObserved) -> Self {
        self.lakebase_name = Some(observed.database.to_string());
        self.lakebase_type = Some(Kind::Autoscaling.as_str().to_owned());
        let [does, left, back] = words::restored(&observed.from, &observed.branch);
        self.changes.extend(compare::restored(&observed.database, &observed.from, &observed.branch));
        self.changes.push(ResourceChange::of(
            ResourceKind::Deployment,
            self.app_name.as_str(),
            Action::Update,
        ));
        self.notes.push(does);
        self.lost.push(left);
        self.recoverable.push(back);
        self
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
        if let Some(app) = &observed.app {
            self.changes.push(ResourceChange::of(ResourceKind::App, app.name.as_str(), Action::Delete));
        }
        if let (Some(reset), Some(kind)) = (&observed.reset, observed.kind) {
            self.of_reset((&reset.name, kind), &reset.schema, &reset.preview);
            self.changes.push(compare::dropped_schema(&reset.schema, &reset.preview, false));
        }
        let kept = |kind, name: &str| ResourceChange::of(kind, name, Action::NoChange);
        self.changes.extend(self.lakebase_name.as_deref().map(|name| kept(ResourceKind::Database, name)));
        let schema = self.schema_name.as_deref().filter(|_| observed.reset.is_none());
        self.changes.extend(schema.map(|schema| kept(ResourceKind::Schema, schema)));
        let secret = observed.secret.as_deref().map(|_| kept(ResourceKind::Key, key::RESOURCE));
        self.changes.extend(secret);
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

/// The wanted grants that the app doesn't have.
fn missing_grants(wanted: &Sharing, there: &AccessList) -> Vec<String> {
    let missing = wanted.grants().iter().filter(|grant| !there.has(grant));
    missing.map(ToString::to_string).collect()
}

/// What is attached to the app, as [`super::release::attachments`] or, of an earlier release, [`super::release::again`];
/// as far as the database is known.
fn wanted_attachments(
    foreseen: &Foreseen,
    release: &Release<'_>,
    record: Option<&App>,
) -> Vec<WantedAttachment> {
    let database = foreseen.lakebase.as_ref().map(|lakebase| lakebase.resource.clone());
    let mut all = vec![(resources::DATABASE.to_owned(), database)];
    let key = &foreseen.key;
    if key.storage == KeyStorage::SecretScope && !key.in_database {
        all.push((key::RESOURCE.to_owned(), Some(key.resource())));
    }
    let there = record.map(|app| app.resources.as_slice()).unwrap_or_default();
    let further = match release.recorded {
        Some(recorded) => resources::Wanted::of_kept(&recorded.app).resources,
        None => services::resources(&release.services, there),
    };
    let is_further = |name: &str| name != resources::DATABASE && name != key::RESOURCE;
    let further = further.into_iter().filter(|(name, _)| is_further(name));
    all.extend(further.map(|(name, resource)| (name, Some(resource))));
    all
}
