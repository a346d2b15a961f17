//! `rollback`: deploys an earlier release again.
//!
//! It brings back the release's files, version and settings, as a release with a number of its own; but not who may use
//! the app, and not its tags. It brings back no data: the database stays as it is, and so does the key. Migrations only
//! add, so an earlier program usually works with the present tables; one that doesn't is refused before anything is
//! changed.

use futures_util::join;
use serde_json::Value;

use super::Operation;
use super::folder::folder;
use super::history::{KeptBranch, kept_branches};
use super::inspected::{Inspected, Site};
use super::inventory::{attached_branch, deployed_from};
use super::locked_run::Deployed;
use super::plan::is_beside_record;
use super::preflight::{Preflight, both};
use super::put_back::Gate;
use super::release::key_storage;
use super::result::RollbackResult;
use super::update::{self, Made, UpdateObserved};
use crate::config::{KeyStorage, RollbackConfig, UpdateConfig, WorkspacePath, resolve};
use crate::engine::Cancellation;
use crate::engine::releases::{self, Release, Releases, sha256};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::{DeployedKey, DeployedManifest};
use crate::steps::app;
use crate::steps::schema::Preview;
use crate::workspace::apps::App;
use crate::workspace::files;

/// Deploys an earlier release of an app again.
///
/// # Errors
/// The catalogue's entry; `RELEASE_UNKNOWN`, `NO_EARLIER_RELEASE`, `RELEASE_NEVER_RAN`, `RELEASE_TOO_OLD` and
/// `RELEASE_FILE_MISSING` before anything is changed; `RELEASE_FAILED` if the app isn't healthy in it either.
pub async fn rollback<H: Host>(
    host: &H,
    config: &RollbackConfig,
    cancellation: &Cancellation,
) -> Result<RollbackResult> {
    let name = config.app_name.as_str();
    let preflight =
        Preflight::begin(host, cancellation, Operation::Rollback, name).following(config.planned.as_ref());
    let observe = async |preflight: &Preflight<'_, H>| observe(preflight, config).await;
    let recorded = |folder: &WorkspacePath| config.recorded(folder);
    let (locked, observed) = preflight.lock(observe, recorded).await?;
    let number = observed.target.number;
    for line in observed.stays() {
        locked.run.narrator.notice(line);
    }
    let (graph, made) = update::graph(&locked.run, Operation::Rollback, &observed.config, &observed.update);
    let gate = Gate { on_failure: config.on_failure, app: name, folder: &observed.update.folder };
    let title = format!("go back to release {number} of the app `{name}`");
    let steps = gate.run(&locked, title, graph, (|| made.lakebase.get(), &made.key)).await?;
    let Made { deployment, health, .. } = made;
    let Deployed { deployment_id, release, url } = locked.deployed(&deployment, &health).await;
    locked.finish(format!("release {number} of Tellr is running again at {url}"), Some(url.clone())).await?;
    Ok(RollbackResult {
        url,
        app_name: name.to_owned(),
        status: "rolled_back".into(),
        release,
        returned_to: number,
        version: observed.target.version.clone(),
        stays: observed.stays(),
        deployment_id,
        steps,
    })
}

/// The state before anything is changed.
pub(super) struct RollbackObserved {
    /// The release to deploy again.
    pub(super) target: Release,
    /// The release that is deployed.
    pub(super) current: Option<u32>,
    /// Its settings.
    pub(super) config: UpdateConfig,
    /// What an update with these settings finds.
    pub(super) update: UpdateObserved,
    /// The newest restore point of the app's database, as far as its branches can be read.
    restore_point: Option<KeptBranch>,
}

impl Inspected for RollbackObserved {
    fn site(&self) -> Site<'_> {
        self.update.site()
    }

    fn app(&self) -> Option<&App> {
        self.update.app()
    }

    fn schema(&self) -> Option<&Preview> {
        self.update.schema()
    }
}

impl RollbackObserved {
    /// What the rollback doesn't bring back, and what it brings back that is easily missed; sentences without a full
    /// stop.
    pub(super) fn stays(&self) -> Vec<String> {
        let mut stays = vec![
            "The data is not brought back: sessions, decks and settings in the database stay as they are now"
                .to_owned(),
            "No encryption key, no tags and no grants are brought back either: the present ones stay"
                .to_owned(),
        ];
        if let Some(KeptBranch { id, created_at: Some(created_at), .. }) = &self.restore_point {
            stays.push(format!(
                "The branch `{id}` of the database has the data as it was at {created_at}: `restore` gives the app that \
                 data"
            ));
        }
        if self.target.tables.is_none() {
            stays.push(format!(
                "Not checked: whether release {} can read the app's tables as they are now",
                self.target.number
            ));
        }
        stays.extend(self.update.left(&self.config));
        let in_file = |manifest: &DeployedManifest| matches!(manifest.key(), Some(DeployedKey::Literal(_)));
        if key_storage(&self.target) == Some(KeyStorage::AppYaml)
            && !self.update.deployed.as_ref().is_some_and(in_file)
        {
            stays.push(format!(
                "Release {} keeps the encryption key in `app.yaml`: the rollback writes it there again, where everybody \
                 with access to the app's folder can read it",
                self.target.number
            ));
        }
        stays
    }
}

pub(super) async fn observe<H: Host>(
    preflight: &Preflight<'_, H>,
    config: &RollbackConfig,
) -> Result<RollbackObserved> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    let app = app.ok_or_else(|| Failure::AppNotFound { app: name.to_owned() })?;
    let folder = folder(preflight, config.workspace_path.as_ref(), Some(&app), &config.app_name, &me).await?;
    let folder = deployed_from(&app).unwrap_or(folder);
    let releases = preflight.releases(&folder).await?;
    let target = choose(&releases, name, config.to)?.clone();
    check_tables(&releases, name, &target)?;
    for file in &target.files {
        let path = format!("{folder}/{}", file.name);
        if let Some(text) = &file.text {
            if sha256(text.as_bytes()) != file.sha256 {
                let path = releases::file(folder.as_str());
                let problem = format!(
                    "The text of `{}` of release {} is not the one that was deployed",
                    file.name, target.number
                );
                return Err(Failure::ReleasesUnreadable { path, problem }.into());
            }
            continue;
        }
        let there = client.find(files::export(&path)).await?.and_then(|exported| exported.bytes());
        if there.is_none_or(|bytes| sha256(&bytes) != file.sha256) {
            return Err(Failure::ReleaseFileMissing { release: target.number, path }.into());
        }
    }
    let update_config = settings(&target, name, &folder)?;
    let (update, restore_point) = join!(
        update::observe_again(preflight, &update_config, Some(target.clone())),
        newest_restore_point(preflight, &app),
    );
    let current = releases.current().map(|current| current.number);
    Ok(RollbackObserved { target, current, config: update_config, update: update?, restore_point })
}

/// The newest restore point of the app's database. A rollback needs none, so branches that can't be read are none.
async fn newest_restore_point<H: Host>(preflight: &Preflight<'_, H>, app: &App) -> Option<KeptBranch> {
    let kept = kept_branches(preflight, &attached_branch(app)?).await.ok()?;
    kept.into_iter().find(|branch| branch.is_restore_point && branch.is_own)
}

/// The release to go back to.
fn choose<'r>(releases: &'r Releases, app: &str, number: Option<u32>) -> Result<&'r Release, Failure> {
    let app = app.to_owned();
    let ran = || releases.all().iter().filter(|release| release.is_up()).map(|release| release.number);
    let Some(number) = number else {
        return releases.previous().ok_or_else(|| {
            let current = releases.current().map(|release| release.number);
            let others = ran().filter(|number| Some(*number) != current).collect();
            Failure::NoEarlierRelease { app, others }
        });
    };
    let Some(target) = releases.get(number) else {
        let kept = ran().collect();
        return Err(Failure::ReleaseUnknown { app, release: number, kept });
    };
    if !target.is_up() {
        let problem = target.problem.clone().unwrap_or_else(|| "Its deployment didn't end".to_owned());
        return Err(Failure::ReleaseNeverRan { app, release: number, problem });
    }
    Ok(target)
}

/// Refuses a release whose program can't work with the tables as the newest program that ran has left them.
fn check_tables(releases: &Releases, app: &str, target: &Release) -> Result<(), Failure> {
    let works_from =
        releases.all().iter().filter_map(|release| release.tables).map(|tables| tables.works_from).max();
    match (target.tables, works_from) {
        (Some(tables), Some(works_from)) if tables.knows < works_from => Err(Failure::ReleaseTooOld {
            app: app.to_owned(),
            release: target.number,
            knows: tables.knows,
            works_from,
        }),
        _ => Ok(()),
    }
}

/// The settings of a release, for the app's present folder. Grants and tags are no part of a release: others change them
/// too, and access that was taken away since must not come back with an older program.
fn settings(target: &Release, app: &str, folder: &WorkspacePath) -> Result<UpdateConfig> {
    let mut arguments = target.settings.clone();
    if let Value::Object(arguments) = &mut arguments {
        arguments.retain(|name, _| !is_beside_record(name));
        arguments.insert("app_name".to_owned(), app.into());
        arguments.insert("app_file_workspace_path".to_owned(), folder.as_str().into());
    }
    resolve::update(arguments, None, None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::decode::decode;

    fn releases(tables: &[(u32, u32)]) -> Releases {
        let releases: Vec<Value> = (1..)
            .zip(tables)
            .map(|(number, (knows, works_from))| {
                json!({
                    "number": number, "operation": "update", "by": "ada@example.com", "at": "2026-11-23T15:00:00Z",
                    "run": "r", "state": "healthy", "package": "tellr-app", "settings": {},
                    "tables": {"knows": knows, "works_from": works_from},
                })
            })
            .collect();
        let next = releases.len() + 1;
        decode(json!({
            "version": 1, "app_name": "tellr", "current": next - 1, "next": next, "releases": releases,
        }))
        .unwrap()
    }

    #[test]
    fn a_program_that_can_not_read_the_tables_is_refused() {
        let releases = releases(&[(3, 1), (4, 1), (6, 4)]);
        let check = |number| check_tables(&releases, "tellr", releases.get(number).unwrap());
        assert!(matches!(check(1), Err(Failure::ReleaseTooOld { knows: 3, works_from: 4, .. })));
        assert!(check(2).is_ok() && check(3).is_ok());
    }

    #[test]
    fn a_number_that_is_not_kept_is_refused_with_those_that_are() {
        let releases = releases(&[(1, 1), (1, 1)]);
        match choose(&releases, "tellr", Some(9)) {
            Err(Failure::ReleaseUnknown { release: 9, kept, .. }) => assert_eq!(kept, [1, 2]),
            other => panic!("{other:?}"),
        }
        assert_eq!(choose(&releases, "tellr", None).unwrap().number, 1);
    }
}
