//! `create`: creates an app and everything it needs.

use super::Operation;
use super::folder::own_folder;
use super::history::{KeptBranch, kept_branches};
use super::inspected::{Inspected, Site};
use super::inventory::{
    attached_branch, database_kind, deployed_from, names_schema, on_branch_in_use, unfinished,
};
use super::locked_run::Deployed;
use super::preflight::{BesideRecord, Preflight, both};
use super::release::{Release, all_scopes, attachments, deployed_manifest};
use super::result::CreateResult;
use crate::config::services::Services;
use crate::config::{CreateConfig, WorkspacePath};
use crate::engine::journal::{Record, RunStatus};
use crate::engine::{Cancellation, Graph, Output, Run};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::schema::SchemaState;
use crate::steps::lakebase::{self, Found, Lakebase};
use crate::steps::ownership::Tenant;
use crate::steps::package::{self, Published};
use crate::steps::schema::Preview;
use crate::steps::verify::Health;
use crate::steps::{
    app, deployment, key, permissions, resources, restore_point, schema, services, tags, verify,
};
use crate::workspace::apps::{App, NewApp};
use crate::workspace::permissions::AccessList;
use crate::workspace::tags::Assigned;

/// Creates database, app, key, files, schema and deployment. If run again after a failure, it resumes where
/// it stopped.
///
/// # Errors
/// The catalogue's entry; `APP_ALREADY_EXISTS` for an app that no unfinished run created.
pub async fn create<H: Host>(
    host: &H,
    config: &CreateConfig,
    cancellation: &Cancellation,
) -> Result<CreateResult> {
    let name = config.app_name.as_str();
    let preflight =
        Preflight::begin(host, cancellation, Operation::Create, name).following(config.planned.as_ref());
    let observe = async |preflight: &Preflight<'_, H>| observe(preflight, config).await;
    let recorded = |folder: &WorkspacePath| config.recorded(folder);
    let (locked, observed) = preflight.lock(observe, recorded).await?;
    if let Some(note) = observed.elsewhere(config) {
        locked.run.narrator.notice(note);
    }
    let (graph, Made { lakebase, deployment, health }) = graph(&locked.run, config, &observed);
    let steps = locked.run(format!("create the app `{name}`"), graph).await?;
    let Deployed { release, url, .. } = locked.deployed(&deployment, &health).await;
    let lakebase_type = lakebase.get().map(|lakebase| lakebase.kind().to_owned()).unwrap_or_default();
    locked.finish(format!("Tellr is running at {url}"), Some(url.clone())).await?;
    Ok(CreateResult {
        url,
        app_name: name.to_owned(),
        lakebase_name: config.lakebase_name.to_string(),
        schema_name: config.schema_name.to_string(),
        status: "created".into(),
        release,
        lakebase_type,
        services: (&observed.services(config)).into(),
        steps,
    })
}

/// The outputs of the steps.
pub(super) struct Made {
    lakebase: Output<Lakebase>,
    deployment: Output<String>,
    health: Output<Health>,
}

/// The steps, given what was found.
pub(super) fn graph<'a, H: Host>(
    run: &'a Run<'a, H>,
    config: &'a CreateConfig,
    observed: &'a CreateObserved,
) -> (Graph<'a>, Made) {
    let CreateObserved { folder, app: found_app, database, scopes, .. } = observed;
    let (name, database_name) = (config.app_name.as_str(), config.lakebase_name.as_str());
    let schema_name = &config.schema_name;
    let own_schema = (&config.app_name, schema_name);
    let new = NewApp {
        name,
        description: config.description.as_str(),
        compute_size: config.app_compute.as_str(),
        user_api_scopes: scopes,
    };

    let mut graph = Graph::new();
    // 1. The database, and concurrently the app's compute and the key.
    let lakebase = graph.add("lakebase", format!("the database `{database_name}`"), (), |()| {
        lakebase::ensure(run.step("lakebase"), database_name, config.lakebase_compute, database.clone())
    });
    let app = graph.add("app", format!("the app `{name}` and its compute"), (), move |()| {
        app::ensure(run.step("app"), new, found_app.clone())
    });
    if !config.share_with.grants().is_empty() {
        graph.add("permissions", format!("who may use the app `{name}`"), (app.done(),), move |_| {
            permissions::share(run.step("permissions"), name, &config.share_with)
        });
    }
    if !config.tags.is_empty() {
        graph.add("tags", format!("the tags of the app `{name}`"), (app.done(),), move |_| {
            tags::set(run.step("tags"), name, &config.tags)
        });
    }
    // An existing database may hold data that an earlier key has encrypted.
    let (key, seen) = if matches!(database, Found::Nothing { .. }) {
        let key = graph.add("key", "the encryption key", (), move |()| {
            key::ensure(run.step("key"), observed.wanted_key(config, None))
        });
        (key, None)
    } else {
        let inspect =
            graph.add("inspect", format!("state of the schema `{schema_name}`"), (lakebase.clone(),), {
                move |(lakebase,)| async move {
                    schema::inspect(run.step("inspect"), &lakebase, &observed.tenant(config)).await
                }
            });
        let key = graph.add("key", "the encryption key", (inspect.clone(),), move |(state,)| {
            key::ensure(run.step("key"), observed.wanted_key(config, Some(state)))
        });
        (key, Some(inspect))
    };
    // 2. The generated files.
    let files = graph.add(
        "files",
        format!("the app's files in `{folder}`"),
        (lakebase.clone(), key.clone()),
        move |(lakebase, key)| observed.release(config).write(run.step("files"), lakebase, key),
    );
    // 3. Database and secret attached to the app.
    let attached =
        graph.add("resources", "database and key attached to the app", (lakebase.clone(), app, key), {
            move |(lakebase, app, key)| async move {
                let wanted = resources::Wanted {
                    resources: attachments(&lakebase, &key, &observed.services(config), &app.record),
                    scopes: scopes.clone(),
                    description: Some(config.description.as_str().to_owned()),
                    compute_size: Some(config.app_compute.as_str().to_owned()),
                    settings: config.record.clone(),
                };
                resources::bring_up_to_date(run.step("resources"), app, wanted).await
            }
        });
    // 4. The schema, for the role that the platform created for the app.
    let ready = graph.add(
        "schema",
        format!("the schema `{schema_name}`"),
        (lakebase.clone(), attached.clone()),
        move |(lakebase, app)| async move {
            let seen = seen.and_then(|seen| seen.get());
            schema::set_up(run.step("schema"), &lakebase, own_schema, &app.app.client_id, seen).await
        },
    );
    // 5. The deployment, and the check that it runs.
    let deployment = graph.add("deployment", "the deployment", (attached, files, lakebase.clone(), ready), {
        move |(app, written, lakebase, ())| async move {
            let settings = config.recorded(folder).arguments;
            let about = (Operation::Create, &settings);
            let candidate = observed.release(config).candidate(run, about, written, &app, &lakebase);
            deployment::deploy(run.step("deployment"), &app, candidate).await
        }
    });
    let health = graph.add("verify", "the app runs", (deployment.done(),), move |_| {
        verify::verify(run.step("verify"), name, observed.release(config).expected())
    });

    (graph, Made { lakebase, deployment, health })
}

/// The state before anything is changed.
pub(super) struct CreateObserved {
    pub(super) me: String,
    pub(super) folder: WorkspacePath,
    home: WorkspacePath,
    pub(super) app: Option<App>,
    pub(super) database: Found,
    pub(super) deployed: Option<DeployedManifest>,
    /// The result of querying the package index.
    pub(super) package: Published,
    /// Who may use the app now, if that is to change.
    pub(super) shared: AccessList,
    /// The present tags of the app, if any are wanted.
    pub(super) tagged: Assigned,
    /// The schema, as far as it could be inspected.
    pub(super) schema: Preview,
    /// The app's scopes.
    scopes: Vec<String>,
    /// Branches of the database that an app was restored to, and that this one doesn't use.
    restored: Vec<String>,
}

impl Inspected for CreateObserved {
    fn site(&self) -> Site<'_> {
        Site { me: &self.me, folder: &self.folder, home: &self.home }
    }

    fn app(&self) -> Option<&App> {
        self.app.as_ref()
    }

    fn schema(&self) -> Option<&Preview> {
        Some(&self.schema)
    }
}

impl CreateObserved {
    /// If an app of this database was restored: where its data may be.
    pub(super) fn elsewhere(&self, config: &CreateConfig) -> Option<String> {
        let (newest, used) = (self.restored.first()?, self.database.branch()?);
        Some(format!(
            "The database `{}` also has the branch `{newest}`, which an app got when its data was restored. This app \
             uses `{}`; `restore --from {newest}` gives it the data of the other one",
            config.lakebase_name,
            used.rsplit('/').next().unwrap_or_default()
        ))
    }

    /// The package to run.
    pub(super) fn release<'a>(&'a self, config: &'a CreateConfig) -> Release<'a> {
        Release {
            package: config.package,
            version: self.package.version(&config.version),
            wheel: config.local_wheel.as_ref(),
            index: config.index,
            launch: config.launch.or(self.deployed.as_ref().map(DeployedManifest::launch)),
            services: self.services(config),
            schema: &config.schema_name,
            folder: &self.folder,
            recorded: None,
        }
    }

    /// What the assistant is to work with.
    pub(super) fn services(&self, config: &CreateConfig) -> Services {
        let record = self.app.as_ref().map(|app| app.resources.as_slice());
        config.services.or(services::attached(record.unwrap_or_default()))
    }

    /// The app's schema.
    fn tenant<'a>(&self, config: &'a CreateConfig) -> Tenant<'a> {
        tenant(config, self.app.as_ref(), self.deployed.as_ref())
    }

    /// The request for the key step; `schema` if the data was inspected.
    pub(super) fn wanted_key<'a>(
        &'a self,
        config: &'a CreateConfig,
        schema: Option<SchemaState>,
    ) -> key::Wanted<'a> {
        key::Wanted {
            package: config.package,
            app: config.app_name.as_str(),
            storage: Some(config.key_storage),
            given: config.encryption_key.as_ref(),
            record: self.app.as_ref(),
            deployed: self.deployed.as_ref(),
            schema,
        }
    }
}

pub(super) async fn observe<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &CreateConfig,
) -> Result<CreateObserved> {
    let client = &preflight.client;
    let me = preflight.me().await?;
    let mut folder = match &config.workspace_path {
        Some(folder) => folder.clone(),
        None => WorkspacePath::of_app(&me, &config.app_name)?,
    };
    let app = async { Ok(app::find(client, config.app_name.as_str()).await?) };
    let ((app, mut journal), (seen, mut deployed)) = both(
        both(app, preflight.journal(&folder)),
        both(
            async { Ok(lakebase::look(client, config.lakebase_name.as_str()).await?) },
            deployed_manifest(client, &folder),
        ),
    )
    .await?;
    if config.workspace_path.is_none() {
        let own = own_folder(preflight, app.as_ref(), &config.app_name, &me).await?;
        if own != folder {
            folder = own;
            (journal, deployed) =
                both(preflight.journal(&folder), deployed_manifest(client, &folder)).await?;
        }
    }
    let home = app.as_ref().and_then(deployed_from).unwrap_or_else(|| folder.clone());
    // The key of an earlier app matters if it used the same database.
    let same = |manifest: &&DeployedManifest| {
        manifest.text("LAKEBASE_INSTANCE") == Some(config.lakebase_name.as_str())
    };
    let kind = database_kind(app.as_ref(), journal.as_ref(), deployed.as_ref().filter(same));
    let database = seen.choose(kind);
    let database = on_branch_in_use(client, database, app.as_ref(), deployed.as_ref().filter(same)).await?;
    if let Some(app) = app.as_ref().filter(|app| app.compute() != "DELETING")
        && let Err(refusal) = refuse_foreign(app, journal.as_ref(), &me)
    {
        if let Some(record) = journal.filter(|record| record.run.status == RunStatus::Finished) {
            // That run may have died after finishing its work, without releasing the lock.
            let site = Site { me: &me, folder: &folder, home: &home };
            preflight.clear_lock(&site.lock(&app.name), &record.run.id).await?;
        }
        return Err(refusal);
    }
    if matches!(database, Found::Nothing { .. }) && !config.lakebase_name.can_be_created() {
        return Err(Failure::InvalidValue {
            key: "lakebase_name".into(),
            given: config.lakebase_name.to_string(),
            expected: "the name of an existing instance, or a new name in lower case".into(),
        }
        .into());
    }
    let (version, wheel) = (&config.version, config.local_wheel.as_ref());
    let package = package::look(preflight.host, config.package, version, wheel, config.index);
    let beside_record = BesideRecord { app: app.as_ref(), sharing: &config.share_with, tags: &config.tags };
    let package = preflight.beside(package, &config.services, beside_record);
    let tenant = tenant(config, app.as_ref(), deployed.as_ref());
    let schema = preflight.preview(&me, config.lakebase_name.as_str(), &database, &tenant);
    let restored = restored_branches(preflight, &database, app.as_ref());
    let ((package, shared, tagged), (schema, restored)) = both(package, both(schema, restored)).await?;
    let scopes = all_scopes(&config.extra_scopes);
    Ok(CreateObserved {
        me,
        folder,
        home,
        app,
        database,
        deployed,
        package,
        shared,
        tagged,
        schema,
        scopes,
        restored,
    })
}

/// The branches of an existing database that an app was restored to, newest first; none if this app uses one.
async fn restored_branches<H: Host>(
    preflight: &Preflight<'_, H>,
    database: &Found,
    app: Option<&App>,
) -> Result<Vec<String>> {
    let Some(branch) = database.branch().filter(|_| app.and_then(attached_branch).is_none()) else {
        return Ok(Vec::new());
    };
    let kept = kept_branches(preflight, &branch).await?;
    let is_restored = |branch: &&KeptBranch| branch.id.starts_with(restore_point::RESTORED_PREFIX);
    if kept.iter().filter(is_restored).any(|branch| branch.in_use) {
        return Ok(Vec::new());
    }
    Ok(kept.iter().filter(is_restored).map(|branch| branch.id.clone()).collect())
}

fn tenant<'a>(
    config: &'a CreateConfig,
    app: Option<&App>,
    deployed: Option<&DeployedManifest>,
) -> Tenant<'a> {
    Tenant {
        app: &config.app_name,
        schema: &config.schema_name,
        role: app.and_then(|app| app.service_principal_client_id.clone()),
        deployed: names_schema(deployed, config.lakebase_name.as_str(), &config.schema_name),
    }
}

/// Refuses an app that no unfinished run created.
fn refuse_foreign(app: &App, journal: Option<&Record>, me: &str) -> Result<()> {
    let journal = journal.filter(|record| record.app_name == app.name);
    let entry = journal.and_then(|record| record.entries.get("app"));
    let ours = app::is_ours(app, entry, me);
    if ours && journal.is_some_and(|record| unfinished(record, &app.name, Operation::Create)) {
        return Ok(());
    }
    Err(Failure::AppAlreadyExists { app: app.name.clone(), creator: app.creator.clone(), ours }.into())
}
