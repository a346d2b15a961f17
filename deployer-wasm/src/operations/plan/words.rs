//! The sentences of a plan, without a full stop.

use crate::config::record::{RecordSettings, Telemetry};
use crate::config::services::{ServiceKind, Services};
use crate::config::sharing::Sharing;
use crate::config::tags::Tags;
use crate::config::{
    Capacity, ComputeSize, CreateConfig, KeyStorage, LakebaseName, SchemaName, UpdateConfig, VersionPin,
    WorkspacePath,
};
use crate::engine::releases;
use crate::error::shortened;
use crate::operations::delete::DeleteObserved;
use crate::operations::dry_run::DryRun;
use crate::operations::history::KeptBranch;
use crate::operations::release::Release;
use crate::steps::key::ObservedKey;
use crate::steps::lakebase::Found;
use crate::steps::package::Published;
use crate::steps::restore_point;
use crate::steps::schema::Preview;
use crate::steps::{permissions, tags};
use crate::workspace::apps::App;
use crate::workspace::permissions::AccessList;
use crate::workspace::tags::Assigned;

/// A run in progress, and an earlier run that is resumed.
pub(super) fn run<H>(dry_run: &DryRun<'_, H>) -> Vec<String> {
    if let Some(lock) = &dry_run.at_work {
        return vec![format!(
            "{} has been running `{}` on this app since {}; another run is refused until it ends",
            shortened(&lock.holder),
            lock.operation,
            lock.since
        )];
    }
    let resumed = dry_run.resumed.as_ref().map(|run| {
        format!(
            "The `{}` that {} started at {} did not finish; this run resumes it",
            run.operation,
            shortened(&run.by),
            run.started_at
        )
    });
    resumed.into_iter().collect()
}

pub(super) fn new_app(config: &CreateConfig, found: Option<&App>) -> String {
    let name = &config.app_name;
    match found {
        None => format!("Create the app `{name}` with {} compute", config.app_compute),
        Some(app) if app.compute() == "DELETING" => {
            format!("An app `{name}` is being deleted; the new one is created when the name is free")
        }
        Some(_) => format!("The app `{name}` exists from the earlier run"),
    }
}

/// If the index couldn't confirm that the version exists.
pub(super) fn package(published: &Published, release: &Release<'_>) -> Option<String> {
    let Published::Unknown(why) = published else { return None };
    let (package, version) = (release.package, release.version.as_str());
    Some(format!("Not checked: whether `{package}` {version} is on the package index ({why})"))
}

/// Changes to the app itself.
pub(super) fn changes(config: &UpdateConfig, app: &App) -> Vec<String> {
    let mut notes = vec![match app.compute() {
        "ACTIVE" => format!("The app `{}` exists", app.name),
        state => format!("The app `{}` exists; its compute is {state} and is started", app.name),
    }];
    let size = config.app_compute.map(ComputeSize::as_str);
    match (size, app.compute_size.as_deref()) {
        (Some(size), there) if there != Some(size) => notes.push(format!("Change its compute to {size}")),
        (None, Some(there)) if ComputeSize::parse("app_compute", there).is_err() => {
            notes.push(format!("Keep its compute {there}, a size that is not in the current API"));
        }
        _ => {}
    }
    notes
}

/// Instances, telemetry and usage policy, as far as they change.
pub(super) fn record(wanted: &RecordSettings, app: Option<&App>) -> Vec<String> {
    let mut notes = Vec::new();
    let one = || "1".to_owned();
    let there = app.and_then(App::instances).unwrap_or_else(one);
    if let Some(wanted) = wanted.instances.map(|wanted| wanted.to_string()).filter(|wanted| *wanted != there)
    {
        notes.push(format!("Run {wanted} instances of the app instead of {there} (Beta of the platform)"));
    }
    let there = app.map_or(Telemetry::Off, App::telemetry);
    match wanted.telemetry.as_ref().filter(|wanted| **wanted != there) {
        Some(Telemetry::Off) => notes.push(format!("Stop writing the app's telemetry to `{there}`")),
        Some(wanted) => notes.push(format!("Write the app's telemetry to `{wanted}`")),
        None => {}
    }
    let there = app.and_then(|app| app.usage_policy_id.as_deref());
    if let Some(wanted) = wanted.usage_policy.as_deref().filter(|wanted| Some(*wanted) != there) {
        notes.push(format!("Bill the app's usage with the usage policy `{wanted}`"));
    }
    notes
}

/// Who gets access to the app, and who has it already.
pub(super) fn sharing(wanted: &Sharing, there: &AccessList) -> Vec<String> {
    let (has, missing): (Vec<_>, Vec<_>) = wanted.grants().iter().partition(|grant| there.has(grant));
    let mut notes = Vec::new();
    if !missing.is_empty() {
        notes.push(format!("Share the app with {}", permissions::spelled(missing)));
    }
    if !has.is_empty() {
        notes.push(format!("The app is already shared with {}", permissions::spelled(has)));
    }
    notes
}

/// The tags that the app gets.
pub(super) fn tags(wanted: &Tags, there: &Assigned) -> Option<String> {
    let mut differing = tags::differing(wanted, there).peekable();
    differing.peek()?;
    Some(format!("Tag the app with {}", tags::spelled(differing)))
}

/// The database; `capacity` if one may be created.
pub(super) fn database(name: &LakebaseName, found: &Found, capacity: Option<Capacity>) -> String {
    let kind = found.kind().as_str();
    match (found, capacity) {
        (Found::Nothing { .. }, Some(capacity)) => {
            format!("Create the {kind} database `{name}` with {capacity}")
        }
        _ => format!("Use the existing {kind} database `{name}`"),
    }
}

/// What happens to the schema if it isn't reset.
pub(super) fn schema_stays(schema: &SchemaName, preview: &Preview) -> String {
    match preview {
        Preview::Known(state) if !state.exists => format!("Create the schema `{schema}`"),
        Preview::NoDatabase => format!("Create the schema `{schema}`"),
        Preview::Known(state) => {
            format!("Keep the schema `{schema}` with its {} tables and their data", state.tables)
        }
        Preview::Unknown(why) => {
            format!("Keep the data of the schema `{schema}`. Its contents could not be read now: {why}")
        }
    }
}

/// What the assistant works with: `wanted`, where `there` is attached.
pub(super) fn services(wanted: &Services, there: &Services) -> Vec<String> {
    let mut notes = Vec::new();
    for kind in ServiceKind::ALL {
        let (wanted, there) = (wanted.of(kind), there.of(kind));
        for (what, of, others, are_in_both, end) in [
            ("Keep", wanted, there, true, ""),
            ("Attach", wanted, there, false, " to the app"),
            ("Detach", there, wanted, false, " from the app"),
        ] {
            let mut ids = Vec::new();
            for id in of {
                if others.contains(id) == are_in_both {
                    ids.push(format!("`{id}`"));
                }
            }
            if !ids.is_empty() {
                let plural = if ids.len() > 1 { "s" } else { "" };
                notes.push(format!("{what} the {}{plural} {}{end}", kind.noun(), ids.join(", ")));
            }
        }
    }
    notes
}

pub(super) fn key(seen: &ObservedKey, is_given: bool) -> String {
    if seen.in_database {
        return "Keep the encryption key in the app's table `encryption_keys`".to_owned();
    }
    let to = place(seen, seen.storage);
    if seen.in_yaml() || seen.in_secret {
        let is_in_secret = seen.in_secret && (seen.storage == KeyStorage::SecretScope || !seen.in_yaml());
        let from = if is_in_secret { KeyStorage::SecretScope } else { KeyStorage::AppYaml };
        if from == seen.storage {
            format!("Keep the encryption key in {to}")
        } else {
            format!("Keep the encryption key from {}, and store it in {to}", place(seen, from))
        }
    } else if is_given {
        format!("Store the given encryption key in {to}")
    } else {
        format!("Create an encryption key and store it in {to}")
    }
}

fn place(seen: &ObservedKey, storage: KeyStorage) -> String {
    match storage {
        KeyStorage::SecretScope => format!("the secret scope `{}`", seen.scope),
        KeyStorage::AppYaml => "`app.yaml`".to_owned(),
    }
}

/// The package that is deployed, and its index.
pub(super) fn release(release: &Release<'_>) -> String {
    let (package, folder) = (release.package, release.folder);
    let what = match (release.wheel, release.version) {
        (Some(wheel), _) => format!("the wheel `{}`", wheel.file_name),
        (None, VersionPin::Exact(version)) => format!("`{package}` {version}"),
        (None, VersionPin::Latest) => format!("the newest `{package}`"),
    };
    format!("Deploy {what} from `{folder}`")
}

/// The release that is deployed again.
pub(super) fn back_to(target: &releases::Release, current: Option<u32>) -> String {
    let version = target.version.as_deref().unwrap_or("the newest version then");
    let instead = current.map(|number| format!(", instead of release {number}")).unwrap_or_default();
    format!(
        "Deploy release {} of {} again{instead}: `{}` {version}, with its files and settings",
        target.number, target.at, target.package
    )
}

/// What a restore does, what the app no longer shows, and how to undo it.
pub(super) fn restored(from: &KeptBranch, present: &str) -> [String; 3] {
    let KeptBranch { id, is_restore_point, .. } = from;
    let present = present.rsplit('/').next().unwrap_or_default();
    let does = if *is_restore_point {
        format!("Attach the app to a new branch with the data of `{id}`; `{id}` itself is kept from now on")
    } else {
        format!("Attach the app to the branch `{id}`")
    };
    [
        does,
        format!("The app no longer shows what is only in its present branch, `{present}`"),
        format!("The branch `{present}` is kept with all its data; `restore --from {present}` undoes this"),
    ]
}

/// The content of a schema that is dropped.
pub(super) fn schema_goes(schema: &SchemaName, database: &str, preview: &Preview) -> String {
    let place = format!("the schema `{schema}` of the database `{database}`");
    match preview {
        Preview::Known(state) => {
            let counted: u64 =
                state.largest.iter().filter_map(|table| table.rows).fold(0, u64::saturating_add);
            // The database has no statistics of a table yet, as after a restore.
            let is_complete = state.largest.iter().all(|table| table.rows.is_some());
            let rows = match (is_complete, counted) {
                (true, counted) => format!("about {counted} rows"),
                (false, 0) => "rows that the database has not counted yet".to_owned(),
                (false, counted) => format!("at least about {counted} rows, some not counted yet"),
            };
            format!("All data in {place}: {} tables with {rows} (sessions, decks, settings)", state.tables)
        }
        Preview::NoDatabase => format!("All data in {place}: sessions, decks, settings"),
        Preview::Unknown(why) => format!(
            "All data in {place}. What it holds and which app it belongs to couldn't be checked: {why}. The run \
             checks both, and deletes nothing if it can't"
        ),
    }
}

pub(super) fn way_back(database: &str) -> String {
    format!(
        "Before the schema is dropped, a restore point is created: the branch `{}…` of the database `{database}`, kept for {} days",
        restore_point::PREFIX,
        restore_point::KEPT_DAYS
    )
}

pub(super) fn no_way_back(database: &str) -> String {
    format!("No restore point is possible: the database `{database}` is provisioned and has no branches")
}

pub(super) fn key_stays(seen: &ObservedKey) -> String {
    format!("The encryption key is kept in {}", place(seen, seen.storage))
}

pub(super) fn deleted(name: &str, app: Option<&App>) -> String {
    match app {
        Some(_) => format!("Delete the app `{name}`; its name is free a few minutes later"),
        None => format!("The app `{name}` is already deleted; complete the earlier `delete`"),
    }
}

pub(super) fn app_goes(app: &App) -> String {
    let address = app.address();
    format!("The app `{}` at {address}, its service principal and its logs", app.name)
}

/// The parts of the database that are kept when the app is deleted.
pub(super) fn database_stays(observed: &DeleteObserved, name: Option<&str>, schema: Option<&str>) -> String {
    match (name, schema) {
        (Some(name), Some(schema)) if observed.reset.is_none() => {
            format!("The database `{name}` is kept, with the schema `{schema}` and all its data")
        }
        (Some(name), _) if observed.reset.is_some() => format!("The database `{name}` itself is kept"),
        (Some(name), _) => format!("The database `{name}` is kept, with all its data"),
        (None, _) => "The database is kept, with all its data".to_owned(),
    }
}

/// The schema that the deployed app uses, where another one is dropped.
pub(super) fn other_schema_stays(schema: &str) -> String {
    format!("The app uses another schema, `{schema}`, which is kept with all its data")
}

pub(super) fn secret_stays(scope: &str) -> String {
    format!(
        "The encryption key is kept in the secret scope `{scope}`, because data encrypted with it may still exist"
    )
}

pub(super) fn files_stay(folder: &WorkspacePath) -> String {
    format!("The app's files are kept in `{folder}`")
}
