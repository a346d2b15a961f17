//! `restore`: gives the app the data of a restore point.
//!
//! A restore point is a branch of the database. Copying rows back would need every right on every table, would take
//! as long as the data is large, and could stop halfway. Instead the app is attached to a new branch of the restore
//! point: the platform makes it at once, the restore point stays as it was, and so does the branch that the app used
//! until then, with all that was written there. So a restore is undone by another one: from the branch before. The
//! same release is deployed again, on the other branch.

use serde_json::Value;

use super::Operation;
use super::folder::folder;
use super::history::{KeptBranch, kept_branches};
use super::inspected::{Inspected, Site};
use super::inventory::{branch_in_use, deployed_from, refuse_other_app};
use super::locked_run::Deployed;
use super::preflight::{Preflight, both};
use super::put_back::Gate;
use super::release::{Release, again, deployed_manifest, health_check, key_storage};
use super::result::RestoreResult;
use crate::config::services::Services;
use crate::config::{
    AppPackage, LakebaseName, PackageIndex, RestoreConfig, SchemaName, VersionPin, WorkspacePath,
};
use crate::engine::journal::RunStatus;
use crate::engine::releases::{self, KEY_MARK, ReleaseState, ReleasedFile};
use crate::engine::{Cancellation, Graph, Output, Run};
use crate::error::{Failure, Result};
use crate::host::{Host, Timestamp};
use crate::manifest::{self, APP_YAML, DeployedKey, DeployedManifest, REQUIREMENTS};
use crate::steps::deployment::{self, Candidate};
use crate::steps::key::{self, KeyPlace};
use crate::steps::lakebase::{self, Found, Lakebase};
use crate::steps::ownership::Tenant;
use crate::steps::schema::{self, Preview};
use crate::steps::verify::{self, Health};
use crate::steps::{app, resources, restore_point};
use crate::workspace::apps::App;
use crate::workspace::{files, postgres};

/// Attaches the app to a branch with the data of a restore point, and deploys it again.
///
/// # Errors
/// The catalogue's entry; `NO_RESTORE_POINT` and `BRANCH_UNKNOWN` before anything is changed.
pub async fn restore<H: Host>(
    host: &H,
    config: &RestoreConfig,
    cancellation: &Cancellation,
) -> Result<RestoreResult> {
    let name = config.app_name.as_str();
    let preflight =
        Preflight::begin(host, cancellation, Operation::Restore, name).following(config.planned.as_ref());
    let observe = async |preflight: &Preflight<'_, H>| observe(preflight, config).await;
    let recorded = |folder: &WorkspacePath| config.recorded(folder);
    let (locked, observed) = preflight.lock(observe, recorded).await?;
    let (graph, made) = graph(&locked.run, config, &observed);
    let gate = Gate { on_failure: config.on_failure, app: name, folder: &observed.folder };
    let title = format!("restore the data of the app `{name}` from `{}`", observed.from.id);
    let steps = gate.run(&locked, title, graph, (|| observed.present.clone(), &made.key)).await?;
    let Made { branch, deployment, health, .. } = made;
    let Deployed { deployment_id, release, url } = locked.deployed(&deployment, &health).await;
    locked.run.journal.forget("branch");
    let branch = branch.get().unwrap_or_default();
    let previous_branch = observed.previous_branch(&locked.run.releases.now(), &branch);
    locked.finish(format!("Tellr is running at {url}, with the restored data"), Some(url.clone())).await?;
    Ok(RestoreResult {
        url,
        app_name: name.to_owned(),
        status: "restored".into(),
        release,
        restored_from: format!("{}/branches/{}", observed.project.name, observed.from.id),
        branch,
        previous_branch,
        deployment_id,
        steps,
    })
}

/// The outputs of the steps.
pub(super) struct Made {
    branch: Output<String>,
    key: Output<KeyPlace>,
    deployment: Output<String>,
    health: Output<Health>,
}

/// The steps, given what was found.
pub(super) fn graph<'a, H: Host>(
    run: &'a Run<'a, H>,
    config: &'a RestoreConfig,
    observed: &'a RestoreObserved,
) -> (Graph<'a>, Made) {
    let name = config.app_name.as_str();
    let RestoreObserved { folder, app: record, database, project, schema: schema_name, from, .. } = observed;
    let mut graph = Graph::new();
    // 1. The branch, and in it the schema; the app's compute.
    let branch = graph.add("branch", format!("a branch with the data of `{}`", from.id), (), move |()| {
        let place = (project.name.as_str(), from.id.as_str());
        restore_point::branch_for_app(run.step("branch"), database.as_str(), place)
    });
    let lakebase =
        graph.add("lakebase", format!("the database `{database}`"), (branch.clone(),), move |(branch,)| {
            let found = Found::Autoscaling(project.clone()).on_branch(Some(branch));
            lakebase::existing(run.step("lakebase"), database.as_str(), found)
        });
    let ready_app = graph.add("app", format!("the compute of the app `{name}`"), (), move |()| {
        app::ready(run.step("app"), record.clone())
    });
    let inspect =
        graph.add("inspect", format!("state of the schema `{schema_name}`"), (lakebase.clone(),), {
            move |(lakebase,)| async move {
                let state = schema::inspect(run.step("inspect"), &lakebase, &observed.tenant(config)).await?;
                // Otherwise the app would get an empty schema.
                if state.value().exists { Ok(state) } else { Err(no_schema(config, observed).into()) }
            }
        });
    let key = graph.add("key", "the encryption key", (inspect.clone(),), move |(state,)| {
        let wanted = key::Wanted {
            app: name,
            package: observed.package,
            storage: key_storage(&observed.as_deployed),
            given: None,
            record: Some(record),
            deployed: observed.deployed.as_ref(),
            schema: Some(state),
        };
        key::ensure(run.step("key"), wanted)
    });
    // 2. The files and the record, for this branch.
    let files =
        graph.add("files", format!("the app's files in `{folder}`"), (lakebase.clone(), key.clone()), {
            move |(lakebase, key)| observed.release().write(run.step("files"), lakebase, key)
        });
    let attached = graph.add(
        "resources",
        "the app's settings",
        (lakebase.clone(), ready_app, key.clone()),
        move |(lakebase, app, key)| async move {
            let wanted = again(&observed.as_deployed, &lakebase, &key);
            resources::bring_up_to_date(run.step("resources"), app, wanted).await
        },
    );
    let ready = graph.add(
        "schema",
        format!("the schema `{schema_name}`"),
        (lakebase.clone(), attached.clone(), inspect),
        move |(lakebase, app, state)| async move {
            let (own, role) = ((&config.app_name, schema_name), &app.app.client_id);
            schema::set_up(run.step("schema"), &lakebase, own, role, Some(state)).await
        },
    );
    // 3. The deployment, and the check that it runs.
    let deployment = graph.add(
        "deployment",
        "the deployment",
        (attached, files, lakebase, ready),
        move |(app, written, lakebase, ())| async move {
            let release = observed.release();
            let parts = (written.files, app.kept.clone(), &lakebase);
            let record = releases::Release {
                returned_to: None,
                settings: observed.settings(&run.releases.now()),
                ..release.record(run, Operation::Restore, &Value::Null, parts)
            };
            let check = health_check(release.package);
            let candidate = Candidate { folder, check, release: Some(record), anyway: written.changed };
            deployment::deploy(run.step("deployment"), &app, candidate).await
        },
    );
    let health = graph.add("verify", "the app runs", (deployment.done(),), move |_| {
        verify::verify(run.step("verify"), name, observed.release().expected())
    });
    (graph, Made { branch, key, deployment, health })
}

/// The state before anything is changed.
pub(super) struct RestoreObserved {
    me: String,
    pub(super) folder: WorkspacePath,
    pub(super) app: App,
    pub(super) database: LakebaseName,
    project: postgres::Project,
    schema: SchemaName,
    package: AppPackage,
    deployed: Option<DeployedManifest>,
    /// What is deployed now, as a release.
    as_deployed: releases::Release,
    /// The branch that the app uses now, as a full path.
    pub(super) branch: String,
    /// The database on that branch, if it can be reached.
    present: Option<Lakebase>,
    /// The branch to restore from.
    pub(super) from: KeptBranch,
}

impl Inspected for RestoreObserved {
    fn site(&self) -> Site<'_> {
        Site { me: &self.me, folder: &self.folder, home: &self.folder }
    }

    fn app(&self) -> Option<&App> {
        Some(&self.app)
    }

    fn schema(&self) -> Option<&Preview> {
        None
    }
}

impl RestoreObserved {
    fn tenant<'a>(&'a self, config: &'a RestoreConfig) -> Tenant<'a> {
        Tenant {
            app: &config.app_name,
            schema: &self.schema,
            role: self.app.service_principal_client_id.clone(),
            deployed: true,
        }
    }

    /// The settings of what is deployed again. The list of releases may have been read before another run recorded its
    /// release, but the files are that release's: so a later one with these files counts.
    fn settings(&self, releases: &releases::Releases) -> Value {
        let text = |release: &releases::Release, name| release.file(name).map(|file| file.sha256.clone());
        let is_it = |release: &&releases::Release| {
            let is_later = release.number > self.as_deployed.number;
            let has =
                |name| text(release, name).is_some() && text(release, name) == text(&self.as_deployed, name);
            is_later && release.is_up() && has(APP_YAML) && has(REQUIREMENTS)
        };
        let newest = releases.all().iter().rev().find(is_it).unwrap_or(&self.as_deployed);
        newest.settings.clone()
    }

    /// The branch that the app used before it used `branch`. If an earlier run attached it to `branch` and died, the
    /// releases show the one before.
    fn previous_branch(&self, releases: &releases::Releases, branch: &str) -> String {
        let earlier = releases.all().iter().rev().filter(|release| release.is_up());
        let mut used = [Some(&self.branch)].into_iter().chain(earlier.map(|release| release.branch.as_ref()));
        let other = used.find_map(|used| used.filter(|used| used.as_str() != branch));
        other.unwrap_or(&self.branch).clone()
    }

    /// What is deployed again.
    fn release(&self) -> Release<'_> {
        Release {
            package: self.package,
            version: &VersionPin::Latest,
            wheel: None,
            index: PackageIndex::Pypi,
            launch: self.deployed.as_ref().map(DeployedManifest::launch).unwrap_or_default(),
            services: Services::default(),
            schema: &self.schema,
            folder: &self.folder,
            recorded: Some(&self.as_deployed),
        }
    }
}

pub(super) async fn observe<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &RestoreConfig,
) -> Result<RestoreObserved> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    let app = app.ok_or_else(|| Failure::AppNotFound { app: name.to_owned() })?;
    let folder = folder(preflight, config.workspace_path.as_ref(), Some(&app), &config.app_name, &me).await?;
    let folder = deployed_from(&app).unwrap_or(folder);
    let texts = async {
        let text = async |name: &str| {
            let exported = client.find(files::export(&format!("{folder}/{name}"))).await?;
            Ok(exported.and_then(|exported| exported.text()).unwrap_or_default())
        };
        both(text(APP_YAML), text(REQUIREMENTS)).await
    };
    let ((journal, releases), (deployed, texts)) = both(
        both(preflight.journal(&folder), preflight.releases(&folder)),
        both(deployed_manifest(client, &folder), texts),
    )
    .await?;
    refuse_other_app(&app, &folder, journal.as_ref(), deployed.as_ref())?;
    let nothing = |why: &str| Failure::NoRestorePoint { app: name.to_owned(), why: why.to_owned() };
    let branch = branch_in_use(Some(&app), deployed.as_ref()).ok_or_else(|| {
        nothing("Its database is provisioned, or none is attached: only autoscaling databases have branches")
    })?;
    let database = branch.split('/').nth(1).unwrap_or_default();
    let named = |variable: &str| deployed.as_ref().and_then(|manifest| manifest.text(variable));
    let (Some(package), Some(schema)) =
        (deployed.as_ref().and_then(DeployedManifest::package), named("LAKEBASE_SCHEMA"))
    else {
        return Err(Failure::NotTellr { app: app.name.clone(), path: folder.to_string() }.into());
    };
    let (schema, database) =
        (SchemaName::parse("schema_name", schema)?, LakebaseName::parse("lakebase_name", database)?);
    let (project, kept) = both(
        async { Ok(client.send(postgres::get_project(database.as_str())).await?) },
        kept_branches(preflight, &branch),
    )
    .await?;
    let from = choose(name, kept, config.from.as_ref().map(crate::config::BranchId::as_str))?;
    let found = Found::Autoscaling(project.clone()).on_branch(Some(branch.clone()));
    let present = lakebase::reach(client, database.as_str(), &found).await?;
    let is_settled = journal.as_ref().is_none_or(|record| record.run.status == RunStatus::Finished);
    let recorded = if is_settled { None } else { as_recorded(&releases, deployed.as_ref(), &texts) };
    let as_deployed = releases::Release {
        at: client.workspace_now(),
        ..recorded
            .unwrap_or_else(|| as_deployed(&app, releases.current(), (deployed.as_ref(), package), texts))
    };
    let package = AppPackage::parse("app_package", &as_deployed.package).unwrap_or(package);
    let observed = RestoreObserved {
        me,
        folder,
        app,
        database,
        project,
        schema,
        package,
        deployed,
        as_deployed,
        branch,
        present,
        from,
    };
    let branch = format!("{}/branches/{}", observed.project.name, observed.from.id);
    let found = Found::Autoscaling(observed.project.clone()).on_branch(Some(branch));
    let tenant = observed.tenant(config);
    let there = preflight.preview(&observed.me, observed.database.as_str(), &found, &tenant).await?;
    if there.may_exist() { Ok(observed) } else { Err(no_schema(config, &observed).into()) }
}

/// The refusal of a branch without the app's schema.
fn no_schema(config: &RestoreConfig, RestoreObserved { from, schema, .. }: &RestoreObserved) -> Failure {
    Failure::NoRestorePoint {
        app: config.app_name.to_string(),
        why: format!("The branch `{}` has no schema `{schema}`: it has none of the app's data", from.id),
    }
}

/// The branch to restore from: the wanted one, else the newest restore point of the app's own branch.
fn choose(app: &str, kept: Vec<KeptBranch>, wanted: Option<&str>) -> Result<KeptBranch, Failure> {
    let known: Vec<String> = kept.iter().filter(|kept| !kept.in_use).map(|kept| kept.id.clone()).collect();
    let mut kept = kept.into_iter().filter(|kept| !kept.in_use);
    if let Some(wanted) = wanted {
        return kept.find(|kept| kept.id == wanted).ok_or_else(|| Failure::BranchUnknown {
            app: app.to_owned(),
            branch: wanted.to_owned(),
            known,
        });
    }
    kept.find(|kept| kept.is_restore_point && kept.is_own).ok_or_else(|| Failure::NoRestorePoint {
        app: app.to_owned(),
        why: "No restore point was made of the app's branch, or the platform has removed it after its time; \
              `restore_from` takes another branch"
            .to_owned(),
    })
}

/// The release to deploy again after a run that didn't finish: folder and record may be in between then. It is the
/// newest one whose files are in the folder, else the last one that ran.
fn as_recorded(
    releases: &releases::Releases,
    deployed: Option<&DeployedManifest>,
    (app_yaml, requirements): &(String, String),
) -> Option<releases::Release> {
    let app_yaml = without_key(app_yaml, deployed);
    let is_there = |release: &&releases::Release| {
        let has = |name: &str, text: &str| {
            release.file(name).is_some_and(|file| file.text.as_deref() == Some(text))
        };
        has(APP_YAML, &app_yaml) && has(REQUIREMENTS, requirements)
    };
    releases.all().iter().rev().find(is_there).or_else(|| releases.current()).cloned()
}

/// An `app.yaml` with a mark in the place of the key.
fn without_key(app_yaml: &str, deployed: Option<&DeployedManifest>) -> String {
    match deployed.and_then(DeployedManifest::key) {
        Some(DeployedKey::Literal(key)) => app_yaml.replace(key.expose(), KEY_MARK),
        _ => app_yaml.to_owned(),
    }
}

/// What is deployed now, as a release: it may have been deployed before releases were recorded, or by hand.
fn as_deployed(
    app: &App,
    current: Option<&releases::Release>,
    (deployed, package): (Option<&DeployedManifest>, AppPackage),
    (app_yaml, requirements): (String, String),
) -> releases::Release {
    let app_yaml = without_key(&app_yaml, deployed);
    let version = manifest::required_version(&requirements, package);
    // A wheel keeps its place and its hash.
    let wheels = current.into_iter().flat_map(|current| &current.files).filter(|file| file.text.is_none());
    let mut files =
        vec![ReleasedFile::of_text(APP_YAML, app_yaml), ReleasedFile::of_text(REQUIREMENTS, requirements)];
    files.extend(wheels.cloned());
    releases::Release {
        number: current.map(|current| current.number).unwrap_or_default(),
        operation: Operation::Update.as_str().to_owned(),
        by: String::new(),
        at: Timestamp::EPOCH,
        run: String::new(),
        state: ReleaseState::Healthy,
        package: package.as_str().to_owned(),
        runs: current.and_then(|current| current.runs.clone()),
        settings: current.map(|current| current.settings.clone()).unwrap_or_default(),
        files,
        app: resources::Wanted::of_record(app).kept(),
        version,
        branch: None,
        deployment_id: None,
        tables: current.and_then(|current| current.tables),
        problem: None,
        returned_to: None,
        put_back: None,
    }
}
