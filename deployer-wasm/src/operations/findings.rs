//! Everything that a deployment needs, checked at once with read-only requests: `deploy doctor`.
//!
//! A run stops at its first refusal. This looks at all of it side by side, and says of each finding who can fix it
//! and how. An existing app is checked as for `update`, a new name as for `create`. The checks are those of the
//! operations themselves: they look at the state in the same way, and their refusal, an entry of the catalogue,
//! becomes a finding. What the operations can't refuse beforehand is checked here: permissions as far as the
//! platform shows them, quotas, names that are taken by something deleted, clocks, and whether the app's own
//! address can be reached from here.

use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{join, pin_mut};
use serde::Serialize;

use super::inspected::{Inspected, Site};
use super::inventory::{attached_name, deployed_from};
use super::preflight::Preflight;
use super::release::deployed_manifest;
use super::{Operation, create, update};
use crate::config::services::{ServiceKind, Services};
use crate::config::{CreateConfig, Deployed, DoctorConfig, UpdateConfig};
use crate::engine::Cancellation;
use crate::engine::lock::{self, Places};
use crate::error::{DeployError, Failure, Result, shortened, spell};
use crate::host::{Host, HostErrorKind, Probe};
use crate::manifest::DeployedManifest;
use crate::steps::lakebase::Found;
use crate::steps::package::{self, Published};
use crate::steps::schema::Preview;
use crate::steps::{app, key, services};
use crate::together;
use crate::workspace::apps::{self, App, Resource};
use crate::workspace::identity::{self, Me};
use crate::workspace::rights::{self, Object};
use crate::workspace::{ApiError, ErrorKind, postgres};

mod kinds;

pub use kinds::{Finding, Fixer, Severity};

/// The documented limit of apps in a workspace.
const MOST_APPS: usize = 100;
/// The documented limit of branches of a project that aren't archived.
const MOST_BRANCHES: usize = 10;
/// A larger difference between two clocks is reported: credentials are valid for minutes.
const CLOCKS: Duration = Duration::from_mins(2);
/// The time limit for an app's own answer.
const ANSWER: Duration = Duration::from_secs(10);

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Findings {
    /// The app.
    pub app_name: String,
    /// What was checked for: `update` of an app that exists, or `create`.
    pub operation: Operation,
    /// Whether nothing stops the deployment: no finding is an error.
    pub ok: bool,
    /// The findings: errors first, then warnings.
    pub findings: Vec<Finding>,
    /// How long the checks took, in milliseconds.
    pub elapsed_ms: u64,
}

/// Checks everything that a deployment needs. What stops it is a finding, and no error.
///
/// # Errors
/// `CANCELLED`.
pub async fn findings<H: Host>(
    host: &H,
    config: &DoctorConfig,
    cancellation: &Cancellation,
) -> Result<Findings> {
    let began = host.elapsed();
    let name = config.create.app_name.as_str();
    let preflight = Preflight::looking(host, cancellation, Operation::Create, name);
    let (operation, mut findings) = look(&preflight, config).await;
    preflight.safe_point()?;
    // The run's own checks and those beside them may refuse the same.
    let mut seen: Vec<Finding> = Vec::new();
    findings.retain(|finding| {
        let is_new = !seen.iter().any(|other| other.says_the_same(finding));
        seen.push(finding.clone());
        is_new
    });
    findings.sort_by_key(|finding| finding.severity);
    let ok = findings.iter().all(|finding| finding.severity != Severity::Error);
    let took = host.elapsed().saturating_sub(began);
    let elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Ok(Findings { app_name: name.to_owned(), operation, ok, findings, elapsed_ms })
}

async fn look<H: Host>(preflight: &Preflight<'_, H>, config: &DoctorConfig) -> (Operation, Vec<Finding>) {
    let client = &preflight.client;
    let create = &config.create;
    // Without an answer to this, nothing else has one either.
    let me = client.send(identity::me());
    let app = app::find(client, create.app_name.as_str());
    let (me, app) = join!(me, app);
    let (me, app) = match (me, app) {
        (Err(error), _) => return (Operation::Create, vec![Finding::refused("sign_in", error.into())]),
        (Ok(me), Err(failure)) => {
            return (Operation::Create, vec![signed_in(&me), Finding::refused("app", failure.into())]);
        }
        (Ok(me), Ok(app)) => (me, app),
    };
    let mut all = vec![signed_in(&me)];
    all.extend(access(&me));
    all.extend(clock(client.clock_difference()));
    let existing = app.as_ref().filter(|app| app.compute() != "DELETING" && app.source_path().is_some());
    let is_new = app.is_none();
    let (run, (published, services, quota, others)) = join!(
        Box::pin(async {
            match existing {
                Some(app) => for_update(preflight, config, app, &me).await,
                None => for_create(preflight, create, app.as_ref(), &me).await,
            }
        }),
        Box::pin(async {
            join!(
                published(preflight, create),
                each_service(preflight, &create.services),
                apps_left(preflight, is_new),
                async {
                    match existing {
                        Some(app) => Some(address(preflight, app).await),
                        None => None,
                    }
                },
            )
        }),
    );
    all.extend(run);
    all.push(published);
    all.extend(services);
    all.extend(quota);
    all.extend(others);
    let operation = if existing.is_some() { Operation::Update } else { Operation::Create };
    (operation, all)
}

fn signed_in(me: &Me) -> Finding {
    Finding::ok("sign_in", format!("You are signed in as {}", shortened(&me.user_name)))
}

/// Whether the caller may use the workspace; nothing where the platform doesn't show it.
fn access(me: &Me) -> Option<Finding> {
    (me.has_workspace_access() == Some(false)).then(|| {
        Finding::error("rights", "You aren't entitled to use this workspace".to_owned())
            .by(Fixer::WorkspaceAdmin, "Ask a workspace admin for the entitlement Workspace access")
    })
}

fn clock(difference: Duration) -> Option<Finding> {
    (difference >= CLOCKS).then(|| {
        let message =
            format!("The clocks of this machine and of the workspace differ by {}", spell(difference));
        Finding::warning("clock", message)
            .by(Fixer::You, "Set this machine's clock, or let it be set by a time server")
    })
}

/// The checks of `create`, and what it would meet.
async fn for_create<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &CreateConfig,
    app: Option<&App>,
    me: &Me,
) -> Vec<Finding> {
    let name = config.app_name.as_str();
    let database = config.lakebase_name.as_str();
    let scope = format!("tellr-{name}");
    let (observed, tombstone, scope) = join!(
        Box::pin(create::observe(preflight, config)),
        deleted_project(preflight, database),
        scope_rights(preflight, &scope, me, false),
    );
    let mut all: Vec<Finding> = scope.into_iter().collect();
    let observed = match observed {
        Ok(observed) => observed,
        Err(error) => {
            all.push(Finding::refused("app", error));
            all.extend(tombstone);
            return all;
        }
    };
    all.push(match app.map(App::compute) {
        None => Finding::ok("app", format!("The name `{name}` is free, as far as you can see")),
        Some("DELETING") => {
            let message = format!("An app `{name}` is still being deleted");
            Finding::warning("app", message).by(
                Fixer::NoAction,
                "`create` waits for it, for up to 20 minutes; or choose another `app_name`",
            )
        }
        Some(_) => Finding::ok("app", format!("An earlier run created `{name}`; `create` resumes it")),
    });
    match &observed.database {
        Found::Nothing { .. } => match tombstone {
            Some(tombstone) => all.push(tombstone),
            None => all.push(Finding::ok("database", format!("`{database}` will be created"))),
        },
        found => {
            all.push(Finding::ok("database", format!("The database `{database}` exists")));
            all.extend(database_rights(preflight, database, found, me, false).await);
        }
    }
    all.extend(schema(config.schema_name.as_str(), &observed.schema));
    let wanted = observed.wanted_key(config, observed.schema.known());
    let (key, run) = join!(key(preflight, wanted), run_in_progress(preflight, observed.site()));
    all.extend(key);
    all.extend(run);
    all
}

/// The checks of `update`, and what it would meet.
async fn for_update<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &DoctorConfig,
    app: &App,
    me: &Me,
) -> Vec<Finding> {
    let name = app.name.as_str();
    let config = match update_of(preflight, config, app).await {
        Ok(config) => config,
        Err(error) => return vec![Finding::refused("settings", error)],
    };
    let database = config.lakebase_name.as_str();
    let attached = attached_name(app).as_deref() == Some(database);
    let scope = match Resource::find(&app.resources, key::RESOURCE) {
        Some(Resource::Secret { scope, .. }) => scope,
        _ => format!("tellr-{name}"),
    };
    let has_key = Resource::find(&app.resources, key::RESOURCE).is_some();
    let (observed, manages, scope) = join!(
        Box::pin(update::observe(preflight, &config)),
        app_rights(preflight, app, me),
        scope_rights(preflight, &scope, me, has_key),
    );
    let mut all = vec![manages];
    all.extend(scope);
    all.extend(state(app));
    let observed = match observed {
        Ok(observed) => observed,
        Err(error) => {
            all.push(Finding::refused("app", error));
            return all;
        }
    };
    all.push(Finding::ok("app", format!("The app `{name}` exists, and is Tellr")));
    all.push(Finding::ok("database", format!("The database `{database}` exists")));
    all.extend(schema(config.schema_name.as_str(), &observed.schema));
    let wanted = observed.wanted_key(&config, observed.schema.known());
    let (releases, rights, branches, key, run) = join!(
        preflight.releases(observed.site().home),
        database_rights(preflight, database, &observed.database, me, attached),
        branches_left(preflight, &observed.database),
        key(preflight, wanted),
        run_in_progress(preflight, observed.site()),
    );
    all.extend(releases.err().map(|error| Finding::refused("releases", error)));
    all.extend(rights);
    all.extend(branches);
    all.extend(key);
    all.extend(run);
    all
}

/// The settings of `update` for a deployed app: what isn't given stays as it is.
async fn update_of<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &DoctorConfig,
    app: &App,
) -> Result<UpdateConfig> {
    let folder = deployed_from(app);
    let manifest = match &folder {
        // An unreadable file is refused by the checks of `update`.
        Some(folder) => deployed_manifest(&preflight.client, folder).await.ok().flatten(),
        None => None,
    };
    let text = |name: &str| manifest.as_ref()?.text(name).map(str::to_owned);
    let package = manifest.as_ref().and_then(DeployedManifest::package);
    config.update(&Deployed {
        folder: folder.map(|folder| folder.to_string()),
        database: attached_name(app).or_else(|| text("LAKEBASE_INSTANCE")),
        schema: text("LAKEBASE_SCHEMA"),
        package: package.map(|package| package.as_str().to_owned()),
    })
}

/// What of an app's state stops an update, or delays it.
fn state(app: &App) -> Option<Finding> {
    let (name, compute) = (&app.name, app.compute());
    match compute {
        "ACTIVE" => None,
        "STOPPED" => Some(
            Finding::warning("app", format!("The compute of the app `{name}` is stopped"))
                .by(Fixer::NoAction, "`update` starts it"),
        ),
        "ERROR" => Some(
            Finding::error("app", format!("The compute of the app `{name}` is in the state ERROR"))
                .because(app.compute_status.message.clone().unwrap_or_default())
                .by(Fixer::AppOwner, "Stop and start the app in the workspace under Compute > Apps"),
        ),
        _ => Some(
            Finding::warning("app", format!("The compute of the app `{name}` is {compute}"))
                .by(Fixer::NoAction, "`update` waits until it is running"),
        ),
    }
}

/// Whether the caller manages the app.
async fn app_rights<H: Host>(preflight: &Preflight<'_, H>, app: &App, me: &Me) -> Finding {
    let found = preflight.client.send(rights::of_object(Object::App(&app.name))).await;
    let what = format!("the app `{}`", app.name);
    let creator = app.creator.as_deref().map(|creator| format!(", {}", shortened(creator)));
    let how = format!("Ask the app's owner{} for CAN MANAGE", creator.unwrap_or_default());
    judge(found.map(|list| rights::is_managed_by(&list, me)), &what, me, Fixer::AppOwner, &how, false)
}

/// Whether the caller may attach the database to the app. `attached`: it already is.
async fn database_rights<H: Host>(
    preflight: &Preflight<'_, H>,
    name: &str,
    found: &Found,
    me: &Me,
    attached: bool,
) -> Option<Finding> {
    let (object, owner) = match found {
        Found::Nothing { .. } => return None,
        Found::Provisioned => (Object::Instance(name), None),
        Found::Autoscaling(project) => (Object::Project(name), project.status.owner.as_deref()),
    };
    let list = preflight.client.send(rights::of_object(object)).await;
    let owner = owner.map(|owner| format!(", {}", shortened(owner))).unwrap_or_default();
    let how = format!("Ask the database's owner{owner} or a workspace admin for CAN MANAGE");
    let manages = list.map(|list| rights::is_managed_by(&list, me));
    Some(judge(manages, &object.noun(), me, Fixer::WorkspaceAdmin, &how, attached))
}

/// Whether the caller may attach the secret to the app; nothing where the scope doesn't exist.
async fn scope_rights<H: Host>(
    preflight: &Preflight<'_, H>,
    scope: &str,
    me: &Me,
    attached: bool,
) -> Option<Finding> {
    let what = format!("the secret scope `{scope}`");
    let found = preflight.client.send(rights::of_scope(scope)).await;
    if found.as_ref().is_err_and(ApiError::is_not_found) {
        return None;
    }
    let how = "Ask a workspace admin, or the user who deployed the app, for MANAGE on the scope";
    Some(judge(found.map(|list| list.is_managed_by(me)), &what, me, Fixer::WorkspaceAdmin, how, attached))
}

/// A finding about managing an object. `optional`: the deployment may not need it.
fn judge(
    manages: Result<bool, ApiError>,
    what: &str,
    me: &Me,
    fixer: Fixer,
    how: &str,
    optional: bool,
) -> Finding {
    let lacking = |is_certain: bool| {
        let finding = if is_certain && !optional {
            Finding::error("rights", format!("You can't manage {what}"))
        } else if is_certain {
            Finding::warning("rights", format!("You can't manage {what}"))
        } else {
            Finding::warning("rights", format!("You can't manage {what}, as far as the workspace shows"))
        };
        finding.by(fixer, how)
    };
    match manages {
        Ok(manages) if manages || me.is_admin() => Finding::ok("rights", format!("You can manage {what}")),
        // A group inside a group may not be shown.
        Ok(_) => lacking(false),
        Err(error) if error.is(ErrorKind::PermissionDenied) => lacking(true),
        Err(error) => {
            let why = DeployError::from(error);
            Finding::warning("rights", format!("Your permissions on {what} couldn't be checked"))
                .because(why.message.clone())
        }
    }
}

/// A deleted project whose name is still taken.
async fn deleted_project<H: Host>(preflight: &Preflight<'_, H>, name: &str) -> Option<Finding> {
    let projects = preflight.client.find_all(postgres::list_projects()).await.ok()??.projects;
    let full = format!("projects/{name}");
    projects.iter().find(|project| project.name == full && project.delete_time.is_some()).map(|_| {
        let failure = Failure::LakebaseNameReserved { name: name.to_owned(), problem: String::new() };
        Finding::refused("database", failure.into())
    })
}

/// Whether a restore point can still be created.
async fn branches_left<H: Host>(preflight: &Preflight<'_, H>, found: &Found) -> Option<Finding> {
    let Found::Autoscaling(project) = found else { return None };
    let branches = preflight.client.find_all(postgres::list_branches(&project.name)).await.ok()??.branches;
    let is_kept = |branch: &&postgres::Branch| branch.status.current_state.as_deref() != Some("ARCHIVED");
    let kept = branches.iter().filter(is_kept).count();
    (kept >= MOST_BRANCHES).then(|| {
        let message =
            format!("The database has {kept} branches, and the documented limit is {MOST_BRANCHES}");
        Finding::warning("quota", message).by(
            Fixer::You,
            "Delete branches that you no longer need; a reset creates a restore point, and needs one",
        )
    })
}

/// How many more apps the workspace can have.
async fn apps_left<H: Host>(preflight: &Preflight<'_, H>, is_new: bool) -> Option<Finding> {
    if !is_new {
        return None;
    }
    let seen = preflight.client.find_all(apps::list(None)).await.ok()??.apps.len();
    let message =
        format!("You can see {seen} apps in this workspace, and the documented limit is {MOST_APPS}");
    let how = "Delete apps that are no longer needed, or ask Databricks to raise the limit";
    if seen >= MOST_APPS {
        Some(Finding::error("quota", message).by(Fixer::WorkspaceAdmin, how))
    } else if seen >= MOST_APPS / 10 * 9 {
        Some(Finding::warning("quota", message).by(Fixer::WorkspaceAdmin, how))
    } else {
        Some(Finding::ok("quota", message))
    }
}

/// Whether the version can be installed.
async fn published<H: Host>(preflight: &Preflight<'_, H>, config: &CreateConfig) -> Finding {
    let (version, wheel) = (&config.version, config.local_wheel.as_ref());
    let package = config.package;
    match package::look(preflight.host, package, version, wheel, config.index).await {
        Ok(Published::Wheel) => {
            let name = wheel.map(|wheel| wheel.file_name.clone()).unwrap_or_default();
            Finding::ok("package", format!("The wheel `{name}` will be uploaded"))
        }
        Ok(Published::Found(version)) => {
            Finding::ok("package", format!("{package} {} is published", version.as_str()))
        }
        Ok(Published::Unknown(why)) => {
            let message = format!("Whether {package} {} is published couldn't be checked", version.as_str());
            Finding::warning("package", message)
                .because(why)
                .by(Fixer::You, "If the deployment can't install it, deploy a wheel with `local_wheel_path`")
        }
        Err(failure) => Finding::refused("package", failure.into()),
    }
}

/// Each service that the assistant is to work with.
async fn each_service<H: Host>(preflight: &Preflight<'_, H>, wanted: &Services) -> Vec<Finding> {
    let looked =
        wanted.iter().map(async |(kind, id)| match services::look_at(&preflight.client, kind, id).await {
            Ok(()) => Finding::ok(check_of(kind), format!("The {} `{id}` can be used", kind.noun())),
            Err(failure) => Finding::refused(check_of(kind), failure.into()),
        });
    together::each(looked).await
}

fn check_of(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::ServingEndpoint => "serving_endpoint",
        ServiceKind::GenieSpace => "genie_space",
        ServiceKind::SqlWarehouse => "sql_warehouse",
    }
}

/// What the schema's inspection says. Another app's schema was refused before.
fn schema(name: &str, preview: &Preview) -> Option<Finding> {
    match preview {
        Preview::NoDatabase => None,
        Preview::Known(state) if state.exists => {
            let tables =
                if state.tables == 1 { "1 table".to_owned() } else { format!("{} tables", state.tables) };
            Some(Finding::ok("schema", format!("The schema `{name}` is this app's, with {tables}")))
        }
        Preview::Known(_) => Some(Finding::ok("schema", format!("The schema `{name}` is free"))),
        Preview::Unknown(why) => Some(
            Finding::warning("schema", format!("The schema `{name}` couldn't be inspected"))
                .because(why.clone())
                .by(Fixer::You, "Check that this machine can reach the database's host on port 5432"),
        ),
    }
}

/// Whether the key is where it is needed.
async fn key<H: Host>(preflight: &Preflight<'_, H>, wanted: key::Wanted<'_>) -> Option<Finding> {
    let client = &preflight.client;
    let checked = async {
        let seen = key::look(client, &wanted).await?;
        key::check(client, &wanted, &seen).await
    };
    let checked: Result<()> = checked.await;
    checked.err().map(|error| Finding::refused("key", error))
}

/// A run that would make this one wait.
async fn run_in_progress<H: Host>(preflight: &Preflight<'_, H>, site: Site<'_>) -> Option<Finding> {
    let places: Places = site.lock(&preflight.app);
    let lease = lock::holder(&preflight.client, &places).await.ok()??;
    let holder = shortened(&lease.holder);
    let message = format!("{holder} has been running `{}` since {}", lease.operation, lease.since);
    Some(Finding::warning("lock", message).by(Fixer::NoAction, "Wait until that run has finished"))
}

/// Whether the app's own address can be reached from here.
async fn address<H: Host>(preflight: &Preflight<'_, H>, app: &App) -> Finding {
    let unchecked = |why: String| {
        Finding::warning("network", "Whether the app can be reached from here couldn't be checked".to_owned())
            .because(why)
            .by(Fixer::NoAction, "The deployment reports then what it couldn't check")
    };
    if app.compute() != "ACTIVE" {
        return unchecked("Its compute isn't running".to_owned());
    }
    let probe = Probe::AppReady { app: app.name.clone() };
    let (asked, late) = (preflight.host.probe(&probe), preflight.host.sleep(ANSWER));
    pin_mut!(asked, late);
    match select(asked, late).await {
        Either::Left((Ok(answer), _)) => match answer.status {
            300..=399 | 401 | 403 => unchecked(format!(
                "Its URL did not accept this credential, status {}; personal access tokens are not accepted there",
                answer.status
            )),
            _ => Finding::ok("network", "The app's URL can be reached from here".to_owned()),
        },
        Either::Left((Err(error), _)) if error.kind == HostErrorKind::Refused => unchecked(error.message),
        Either::Left((Err(error), _)) => {
            Finding::warning("network", "The app's URL can't be reached from here".to_owned())
                .because(error.message)
                .by(Fixer::You, "Check the network and the proxy of this machine")
        }
        Either::Right(_) => {
            Finding::warning("network", format!("The app's URL did not answer within {} s", ANSWER.as_secs()))
                .by(Fixer::AppOwner, "Read the app's log")
        }
    }
}
