//! `update`: changes the version or the settings, or empties the database; keeps the key and, unless reset,
//! the data.

use super::Operation;
use super::adoption::{self, Adoption, Known};
use super::folder::folder;
use super::inspected::{Inspected, Site};
use super::inventory::{database_kind, deployed_from, names_schema, on_branch_in_use, refuse_other_app};
use super::locked_run::Deployed;
use super::losses::Loss;
use super::preflight::{BesideRecord, Preflight, both};
use super::put_back::Gate;
use super::release::{Release, again, all_scopes, attachments, deployed_manifest, is_pinned, key_storage};
use super::result::UpdateResult;
use crate::config::services::Services;
use crate::config::{UpdateConfig, VersionPin, WorkspacePath};
use crate::engine::releases;
use crate::engine::{Cancellation, Done, Graph, Output, Run, StepError};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::DeployedManifest;
use crate::schema::SchemaState;
use crate::steps::key::KeyPlace;
use crate::steps::lakebase::{self, Found, Lakebase};
use crate::steps::ownership::Tenant;
use crate::steps::package::{self, Published};
use crate::steps::restore_point::RestorePoint;
use crate::steps::schema::Preview;
use crate::steps::verify::Health;
use crate::steps::{
    app, deployment, key, permissions, resources, restore_point, schema, services, standstill, tags, verify,
};
use crate::workspace::apps::App;
use crate::workspace::permissions::AccessList;
use crate::workspace::tags::Assigned;

/// Changes an existing app to the given version and settings, and deploys it. With `reset_database`, its
/// schema is emptied while the app is stopped, after a restore point was created where that is possible and
/// after all steps that could fail earlier have succeeded.
///
/// # Errors
/// The catalogue's entry; `APP_NOT_FOUND` and `LAKEBASE_NOT_FOUND` where there is nothing to update.
pub async fn update<H: Host>(
    host: &H,
    config: &UpdateConfig,
    cancellation: &Cancellation,
) -> Result<UpdateResult> {
    let name = config.app_name.as_str();
    let preflight =
        Preflight::begin(host, cancellation, Operation::Update, name).following(config.planned.as_ref());
    let observe = async |preflight: &Preflight<'_, H>| observe(preflight, config).await;
    let recorded = |folder: &WorkspacePath| config.recorded(folder);
    let (locked, observed) = preflight.lock(observe, recorded).await?;
    for note in adoption::notes(&observed.adoption, config).into_iter().chain(observed.left(config)) {
        locked.run.narrator.notice(note);
    }
    let (graph, made) = graph(&locked.run, Operation::Update, config, &observed);
    let gate = Gate { on_failure: config.on_failure, app: name, folder: &observed.folder };
    let steps = gate
        .run(&locked, format!("update the app `{name}`"), graph, (|| made.lakebase.get(), &made.key))
        .await?;
    let Made { lakebase, deployment, health, emptied, .. } = made;
    let Deployed { deployment_id, release, url } = locked.deployed(&deployment, &health).await;
    let lakebase_type = lakebase.get().map(|lakebase| lakebase.kind().to_owned()).unwrap_or_default();
    locked.run.journal.forget("restore_point");
    let (restore_point, state) =
        emptied.map_or((None, None), |(point, state)| (point.get().flatten(), state.get()));
    let lost = state.and_then(|state| {
        let (schema, database) = (config.schema_name.as_str(), config.lakebase_name.as_str());
        Loss::schema(schema, database, observed.database.kind(), &state)
    });
    locked.finish(format!("Tellr is running at {url}"), Some(url.clone())).await?;
    Ok(UpdateResult {
        url,
        app_name: name.to_owned(),
        deployment_id,
        release,
        status: "updated".into(),
        database_reset: config.reset_database,
        lakebase_type,
        restore_point,
        losses: lost.into_iter().collect(),
        services: (&observed.services(config)).into(),
        steps,
    })
}

/// The outputs of the steps.
pub(super) struct Made {
    pub(super) lakebase: Output<Lakebase>,
    pub(super) key: Output<KeyPlace>,
    pub(super) deployment: Output<String>,
    pub(super) health: Output<Health>,
    /// With `reset_database`: the restore point, and the schema as it was.
    emptied: Option<(Output<Option<RestorePoint>>, Output<SchemaState>)>,
}

/// The steps, given what was found.
pub(super) fn graph<'a, H: Host>(
    run: &'a Run<'a, H>,
    operation: Operation,
    config: &'a UpdateConfig,
    observed: &'a UpdateObserved,
) -> (Graph<'a>, Made) {
    let (name, database_name) = (config.app_name.as_str(), config.lakebase_name.as_str());
    let UpdateObserved { folder, app: record, database, .. } = observed;
    let schema_name = &config.schema_name;
    let own_schema = (&config.app_name, schema_name);

    let mut graph = Graph::new();
    // 1. The existing state: the database, the schema in it, the app's compute, the key.
    let lakebase = graph.add("lakebase", format!("the database `{database_name}`"), (), |()| {
        lakebase::existing(run.step("lakebase"), database_name, database.clone())
    });
    let ready_app = graph.add("app", format!("the compute of the app `{name}`"), (), move |()| async move {
        let (step, record) = (run.step("app"), record.clone());
        if config.reset_database {
            standstill::settled(step, record).await
        } else {
            app::ready(step, record).await
        }
    });
    if !config.share_with.grants().is_empty() {
        graph.add("permissions", format!("who may use the app `{name}`"), (), move |()| {
            permissions::share(run.step("permissions"), name, &config.share_with)
        });
    }
    if !config.tags.is_empty() {
        graph.add("tags", format!("the tags of the app `{name}`"), (), move |()| {
            tags::set(run.step("tags"), name, &config.tags)
        });
    }
    let inspect =
        graph.add("inspect", format!("state of the schema `{schema_name}`"), (lakebase.clone(),), {
            move |(lakebase,)| async move {
                schema::inspect(run.step("inspect"), &lakebase, &observed.tenant(config)).await
            }
        });
    let key = graph.add("key", "the encryption key", (inspect.clone(),), move |(state,)| {
        // Data that a reset deletes needs no key.
        let state = if config.reset_database { None } else { Some(state) };
        key::ensure(run.step("key"), observed.wanted_key(config, state))
    });
    // 2. The generated files.
    let files = graph.add(
        "files",
        format!("the app's files in `{folder}`"),
        (lakebase.clone(), key.clone()),
        move |(lakebase, key)| observed.release(config).write(run.step("files"), lakebase, key),
    );
    // 3. The app's record.
    let attached = graph.add(
        "resources",
        "the app's settings",
        (lakebase.clone(), ready_app, key.clone()),
        move |(lakebase, app, key)| async move {
            let wanted = observed.wanted_resources(config, &lakebase, &key, &app);
            resources::bring_up_to_date(run.step("resources"), app, wanted).await
        },
    );
    // 4. The schema: set up, or emptied once the app is stopped and there is a restore point.
    let mut emptied = None;
    let (deployable, ready) = if config.reset_database {
        let at = (lakebase.clone(), inspect.clone(), attached);
        let (started, reset, point) = empty_schema(&mut graph, run, config, observed, at, files.done());
        emptied = Some((point, inspect));
        (started, reset)
    } else {
        let ready = graph.add(
            "schema",
            format!("the schema `{schema_name}`"),
            (lakebase.clone(), attached.clone(), inspect),
            move |(lakebase, app, state)| async move {
                let role = &app.app.client_id;
                schema::set_up(run.step("schema"), &lakebase, own_schema, role, Some(state)).await
            },
        );
        (attached, ready)
    };
    // 5. The deployment, and the check that it runs.
    let deployment = graph.add(
        "deployment",
        "the deployment",
        (deployable, files, lakebase.clone(), ready),
        move |(app, written, lakebase, ())| async move {
            let settings = config.recorded(folder).arguments;
            let about = (operation, &settings);
            let candidate = observed.release(config).candidate(run, about, written, &app, &lakebase);
            deployment::deploy(run.step("deployment"), &app, candidate).await
        },
    );
    let health = graph.add("verify", "the app runs", (deployment.done(),), move |_| {
        verify::verify(run.step("verify"), name, observed.release(config).expected())
    });

    (graph, Made { lakebase, key, deployment, health, emptied })
}

/// The steps that empty the schema while the app is stopped: outputs of the app that runs again, of the emptied schema
/// and of the restore point.
fn empty_schema<'a, H: Host>(
    graph: &mut Graph<'a>,
    run: &'a Run<'a, H>,
    config: &'a UpdateConfig,
    observed: &'a UpdateObserved,
    (lakebase, inspect, attached): (Output<Lakebase>, Output<SchemaState>, Output<resources::Attached>),
    files: Output<()>,
) -> (Output<resources::Attached>, Output<()>, Output<Option<RestorePoint>>) {
    let (name, schema_name) = (config.app_name.as_str(), &config.schema_name);
    let own_schema = (&config.app_name, schema_name);
    let stopped = graph.add(
        "stop_app",
        format!("app `{name}`, stopped"),
        // After everything that can fail or take long.
        (inspect.done(), attached.done(), files),
        move |_| standstill::stop(run.step("stop_app"), name),
    );
    let made = graph.add(
        "restore_point",
        "a restore point",
        (lakebase.clone(), inspect.clone(), stopped.clone()),
        move |(lakebase, state, stopped)| async move {
            let made = way_back(run, &lakebase, &observed.tenant(config), state).await;
            standstill::or_start_again(&run.step("restore_point"), name, stopped, made).await
        },
    );
    let reset = graph.add(
        "schema",
        format!("the schema `{schema_name}`, emptied"),
        (lakebase.clone(), attached.clone(), made.clone(), stopped),
        move |(lakebase, app, point, stopped)| async move {
            let (step, role, seen) = (run.step("schema"), &app.app.client_id, inspect.get());
            let reset = schema::reset(step, &lakebase, own_schema, role, (seen, point.as_ref())).await;
            standstill::or_start_again(&run.step("schema"), name, stopped, reset).await
        },
    );
    let started = graph.add(
        "start_app",
        format!("app `{name}`, started again"),
        (attached, reset.clone()),
        move |(attached, ())| async move {
            let started = standstill::start(run.step("start_app"), name).await?;
            // Whatever it was started with, it is deployed again.
            Ok(started.map(|app| resources::Attached { app, changed: true, ..attached }))
        },
    );
    (started, reset, made)
}

/// The restore point of a reset, once the app is stopped.
async fn way_back<H: Host>(
    run: &Run<'_, H>,
    lakebase: &Lakebase,
    tenant: &Tenant<'_>,
    state: SchemaState,
) -> Result<Done<Option<RestorePoint>>, StepError> {
    let step = run.step("restore_point");
    // The app may have been running, and have filled a schema that was empty before.
    let state = match state.tables {
        0 => schema::look(&step, lakebase, tenant).await?,
        _ => state,
    };
    restore_point::make(step, lakebase, &state).await
}

/// The state before anything is changed.
pub(super) struct UpdateObserved {
    pub(super) me: String,
    pub(super) folder: WorkspacePath,
    home: WorkspacePath,
    pub(super) app: App,
    pub(super) database: Found,
    pub(super) deployed: Option<DeployedManifest>,
    /// What happens to an app of the original deployer, or to its data.
    pub(super) adoption: Adoption,
    /// The version to deploy, if no wheel is given.
    version: VersionPin,
    /// The result of querying the package index.
    pub(super) package: Published,
    /// Who may use the app now, if that is to change.
    pub(super) shared: AccessList,
    /// The present tags of the app, if any are wanted.
    pub(super) tagged: Assigned,
    /// The schema, as far as it could be inspected.
    pub(super) schema: Preview,
    /// The earlier release that is deployed again.
    pub(super) recorded: Option<releases::Release>,
}

impl Inspected for UpdateObserved {
    fn site(&self) -> Site<'_> {
        Site { me: &self.me, folder: &self.folder, home: &self.home }
    }

    fn app(&self) -> Option<&App> {
        Some(&self.app)
    }

    fn schema(&self) -> Option<&Preview> {
        Some(&self.schema)
    }
}

impl UpdateObserved {
    /// The package to run.
    pub(super) fn release<'a>(&'a self, config: &'a UpdateConfig) -> Release<'a> {
        Release {
            package: config.package,
            version: self.package.version(&self.version),
            wheel: config.local_wheel.as_ref(),
            index: config.index,
            launch: adoption::launch(&self.adoption, config, self.deployed.as_ref()),
            services: self.services(config),
            schema: &config.schema_name,
            folder: &self.folder,
            recorded: self.recorded.as_ref(),
        }
    }

    /// The wanted content of the app's record. An earlier release brings its own, on the present database and with
    /// the present key.
    fn wanted_resources(
        &self,
        config: &UpdateConfig,
        lakebase: &Lakebase,
        key: &KeyPlace,
        app: &app::ReadyApp,
    ) -> resources::Wanted {
        if let Some(recorded) = &self.recorded {
            return again(recorded, lakebase, key);
        }
        resources::Wanted {
            resources: attachments(lakebase, key, &self.services(config), &app.record),
            scopes: all_scopes(&config.extra_scopes),
            description: config.description.as_ref().map(|text| text.as_str().to_owned()),
            compute_size: config.app_compute.map(|size| size.as_str().to_owned()),
            settings: config.record.clone(),
        }
    }

    /// If the app gets another schema than it is deployed with: where its present data stays.
    pub(super) fn left(&self, config: &UpdateConfig) -> Option<String> {
        let text = |name: &str| self.deployed.as_ref()?.text(name);
        let (schema, database) = (text("LAKEBASE_SCHEMA")?, text("LAKEBASE_INSTANCE")?);
        let (other, elsewhere) = (config.schema_name.as_str(), config.lakebase_name.as_str());
        let is_told = self.adoption.explains_the_old_schema();
        (!is_told && (schema != other || database != elsewhere)).then(|| {
            format!(
                "The app leaves its schema `{schema}` of the database `{database}`: its data stays there and is not \
                 copied to `{other}` of `{elsewhere}`"
            )
        })
    }

    /// What the assistant is to work with.
    pub(super) fn services(&self, config: &UpdateConfig) -> Services {
        config.services.or(services::attached(&self.app.resources))
    }

    /// The app's schema.
    fn tenant<'a>(&self, config: &'a UpdateConfig) -> Tenant<'a> {
        tenant(config, &self.app, self.deployed.as_ref())
    }

    /// The request for the key step; `schema` if the data was inspected and is kept.
    pub(super) fn wanted_key<'a>(
        &'a self,
        config: &'a UpdateConfig,
        schema: Option<SchemaState>,
    ) -> key::Wanted<'a> {
        key::Wanted {
            app: config.app_name.as_str(),
            package: config.package,
            storage: self.recorded.as_ref().map_or(config.key_storage, key_storage),
            given: config.encryption_key.as_ref(),
            record: Some(&self.app),
            deployed: self.deployed.as_ref(),
            schema,
        }
    }
}

pub(super) async fn observe<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &UpdateConfig,
) -> Result<UpdateObserved> {
    observe_again(preflight, config, None).await
}

/// The same, for an earlier release that is deployed again.
pub(super) async fn observe_again<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &UpdateConfig,
    recorded: Option<releases::Release>,
) -> Result<UpdateObserved> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    let app = app.ok_or_else(|| Failure::AppNotFound { app: name.to_owned() })?;
    let folder = folder(preflight, config.workspace_path.as_ref(), Some(&app), &config.app_name, &me).await?;
    let home = deployed_from(&app).unwrap_or_else(|| folder.clone());
    let ((seen, lies_there), (journal, deployed)) = both(
        both(
            async { Ok(lakebase::look(client, config.lakebase_name.as_str()).await?) },
            deployed_manifest(client, &folder),
        ),
        both(preflight.journal(&home), deployed_manifest(client, &home)),
    )
    .await?;
    refuse_other_app(&app, &home, journal.as_ref(), deployed.as_ref())?;
    adoption::refuse_original(config, &me, &app, journal.as_ref(), deployed.as_ref())?;
    if lies_there.is_some_and(|manifest| manifest.package().is_none()) {
        return Err(Failure::NotTellr { app: name.to_owned(), path: folder.to_string() }.into());
    }
    let kind = database_kind(Some(&app), journal.as_ref(), deployed.as_ref());
    let database = on_branch_in_use(client, seen.choose(kind), Some(&app), deployed.as_ref()).await?;
    if matches!(database, Found::Nothing { .. }) {
        return Err(Failure::LakebaseNotFound { name: config.lakebase_name.to_string() }.into());
    }
    let there = adoption::deployed_version(client, home.as_str(), deployed.as_ref()).await?;
    let version = adoption::version(config, there.as_deref());
    if recorded.is_none() {
        adoption::refuse_loss(config, deployed.as_ref(), there.as_deref(), &version)?;
    }
    // The two apps have different tables: one can't use the other's data.
    let adoption = if recorded.is_some() {
        // A release is deployed again as it was.
        Adoption::None
    } else {
        let known = Known {
            me: &me,
            app: &app,
            journal: journal.as_ref(),
            deployed: deployed.as_ref(),
            version: there,
            database: &database,
        };
        adoption::decide(preflight, config, known).await?
    };
    let wheel = config.local_wheel.as_ref();
    let package = async {
        match &recorded {
            // Its wheel lies in the app's folder, or its files don't name a version.
            Some(recorded) if !is_pinned(recorded) => Ok(Published::Wheel),
            _ => package::look(preflight.host, config.package, &version, wheel, config.index).await,
        }
    };
    let beside_record = BesideRecord { app: Some(&app), sharing: &config.share_with, tags: &config.tags };
    let package = preflight.beside(package, &config.services, beside_record);
    let tenant = tenant(config, &app, deployed.as_ref());
    let schema = preflight.preview(&me, config.lakebase_name.as_str(), &database, &tenant);
    let ((package, shared, tagged), schema) = both(package, schema).await?;
    Ok(UpdateObserved {
        me,
        folder,
        home,
        app,
        database,
        deployed,
        adoption,
        version,
        package,
        shared,
        tagged,
        schema,
        recorded,
    })
}

fn tenant<'a>(config: &'a UpdateConfig, app: &App, deployed: Option<&DeployedManifest>) -> Tenant<'a> {
    Tenant {
        app: &config.app_name,
        schema: &config.schema_name,
        role: app.service_principal_client_id.clone(),
        deployed: names_schema(deployed, config.lakebase_name.as_str(), &config.schema_name),
    }
}
