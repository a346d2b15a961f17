//! The numbered releases of an app, kept in the workspace beside its journal.
//!
//! The platform remembers the app's present state and not how it came about. The journal remembers the last run.
//! This file remembers each deployment: what was deployed with which settings, who did it, and whether the app
//! was healthy afterwards. It answers three questions: what did we last apply (a plan compares with it), what can
//! we go back to, and what has happened.
//!
//! One file for all releases, because it is read and written under the app's lock, and because a list of small
//! records is read with one request. It keeps the texts of the generated files, so that a rollback deploys what
//! was deployed, and not what this version of the deployer would generate. A wheel is too large for that: it stays
//! in the app's folder under a name that contains its hash. The file holds names, ids, hashes and texts, and never
//! a secret: where a file contained the key, its text has a mark in the place of the key.
//!
//! A file that can't be read is refused, and never counts as missing: writing it anew would lose the history.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::journal::folder;
use crate::decode::{decode, null_as_default};
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::workspace::files::{self, Exported, PutMode};
use crate::workspace::{ApiError, Client};

/// The file's format version. A newer one is refused, an older one is read.
const VERSION: u32 = 1;

/// How many releases are kept. Older ones are forgotten; numbers are never used again.
pub const KEPT: usize = 30;

/// The largest number of a release: a deployment every second for thirty years.
const LAST_NUMBER: u32 = 1_000_000_000;

/// The wheels of how many releases stay in the app's folder, the deployed one included. The platform copies the whole
/// folder with each deployment.
pub const WHEELS_KEPT: usize = 3;

/// The mark in a text in the place of the key.
pub const KEY_MARK: &str = "(the encryption key)";

/// A deployment of the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Release {
    /// Its number; 1 is the first.
    pub number: u32,
    /// `create`, `update`, `rollback` or `restore`.
    #[cfg_attr(test, ts(type = "Operation"))]
    pub operation: String,
    /// The user who started it.
    pub by: String,
    /// When its deployment started, by the workspace's clock.
    pub at: Timestamp,
    /// The run that made it.
    pub run: String,
    /// How it went.
    pub state: ReleaseState,
    /// The app's package.
    pub package: String,
    /// The package's version; absent for the newest one of the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The version that the app itself reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<String>,
    /// The settings, as `update` takes them: all except a key and a wheel.
    #[cfg_attr(test, ts(type = "UpdateArguments"))]
    pub settings: Value,
    /// The files of the deployment.
    #[serde(default, deserialize_with = "null_as_default")]
    pub files: Vec<ReleasedFile>,
    /// The fields of the app's record that were set, as they were sent. For a plan.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub app: Value,
    /// The branch of the database, as a full path, if it has branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The platform's id of the deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// What is known of its tables, as far as the app reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Tables>,
    /// Why the app isn't healthy, or why that wasn't checked; a sentence without a full stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The release whose files and settings it has, if it is a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_to: Option<u32>,
    /// The release that was put back when this one failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_back: Option<u32>,
}

impl Release {
    /// Whether its app ran after its deployment.
    pub fn is_up(&self) -> bool {
        matches!(self.state, ReleaseState::Healthy | ReleaseState::Unchecked)
    }

    /// The file `name`.
    pub fn file(&self, name: &str) -> Option<&ReleasedFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// How a release went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ReleaseState {
    /// Its deployment has started; if no run is in progress, the run died.
    Deploying,
    /// The app answered in the deployed version.
    Healthy,
    /// The platform reports that the app runs; the app itself couldn't be asked.
    Unchecked,
    /// The deployment failed, or the app wasn't healthy.
    Failed,
}

/// What a program requires of the database's tables. Both numbers are migrations, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tables {
    /// The newest migration that the program knows.
    pub knows: u32,
    /// The oldest program that can work with these tables, as the newest migration that it knows.
    pub works_from: u32,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ReleasedFile {
    /// Its path within the app's folder.
    pub name: String,
    /// The SHA-256 of its content in hexadecimal digits; for a text with a mark, of the text with the mark.
    pub sha256: String,
    /// Its text, with [`KEY_MARK`] in the place of the key; absent for a wheel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it was removed from the app's folder since. Absent for false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub removed: bool,
}

impl ReleasedFile {
    /// A generated file.
    pub fn of_text(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), sha256: sha256(text.as_bytes()), text: Some(text), removed: false }
    }

    /// A wheel.
    pub fn of_wheel(name: &str, content: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256(content), text: None, removed: false }
    }
}

/// The SHA-256 of `bytes` in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The releases of an app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Releases {
    /// The format version.
    version: u32,
    /// The app that they are of.
    app_name: String,
    /// The number of the release that is deployed, if the last deployment is known to have succeeded.
    #[serde(default)]
    current: Option<u32>,
    /// The number of the next release.
    next: u32,
    /// The releases that are kept, oldest first.
    #[serde(rename = "releases")]
    kept: Vec<Release>,
}

impl Releases {
    /// None yet.
    pub fn none(app: &str) -> Self {
        Self { version: VERSION, app_name: app.to_owned(), current: None, next: 1, kept: Vec::new() }
    }

    /// All that are kept, oldest first.
    pub fn all(&self) -> &[Release] {
        &self.kept
    }

    /// The release `number`, if it is kept.
    pub fn get(&self, number: u32) -> Option<&Release> {
        self.kept.iter().find(|release| release.number == number)
    }

    /// The release that is deployed.
    pub fn current(&self) -> Option<&Release> {
        self.get(self.current?)
    }

    /// What a rollback without a number goes back to: the last release before the present one whose app was healthy, or
    /// at least ran; after a rollback, before the one that it went back to. The present one itself, if a failed release
    /// was deployed after it and left there.
    pub fn previous(&self) -> Option<&Release> {
        let current = self.current()?;
        let is_left = |release: &Release| release.state == ReleaseState::Failed && release.put_back.is_none();
        if self.kept.last().is_some_and(|last| last.number > current.number && is_left(last)) {
            return Some(current);
        }
        let at = current.returned_to.unwrap_or(current.number);
        self.kept.iter().rev().find(|release| release.number < at && release.is_up())
    }

    /// The history of an app that moves to another folder, of which `there` may have releases too: from when the app
    /// was in it before, or from a run that died before it deployed from it.
    #[must_use]
    pub fn moved_to(mut self, there: Self) -> Self {
        let further = there.kept.into_iter().filter(|release| self.get(release.number).is_none());
        let further: Vec<Release> = further.collect();
        self.kept.extend(further);
        self.kept.sort_by_key(|release| release.number);
        self.next = self.next.max(there.next);
        self.current = self.current.or(there.current);
        self
    }

    /// The same, with what another read shows that this one doesn't.
    #[must_use]
    fn caught_up(mut self, again: Self) -> Self {
        for release in &again.kept {
            let there = self.kept.iter_mut().find(|there| there.number == release.number);
            if let Some(there) = there
                && there.state == ReleaseState::Deploying
                && there.run == release.run
            {
                *there = release.clone();
            }
        }
        let current = self.current.max(again.current);
        Self { current, ..self.moved_to(again) }
    }

    /// The wheels in the app's folder that no kept release needs: those of releases that failed, or that are older
    /// than the last [`WHEELS_KEPT`] that ran.
    pub fn unneeded_wheels(&self) -> Vec<String> {
        let wheels = |release: &Release| {
            let wheels = release.files.iter().filter(|file| file.text.is_none() && !file.removed);
            wheels.map(|file| file.name.clone()).collect::<Vec<_>>()
        };
        let up = self.kept.iter().rev().filter(|release| release.is_up()).take(WHEELS_KEPT);
        let needed: Vec<String> = up.chain(self.current()).flat_map(wheels).collect();
        let mut unneeded: Vec<String> = self.kept.iter().flat_map(wheels).collect();
        unneeded.retain(|name| !needed.contains(name));
        unneeded.sort_unstable();
        unneeded.dedup();
        unneeded
    }

    /// The wheel `name` was removed from the app's folder.
    fn forget_wheel(&mut self, name: &str) {
        let files = self.kept.iter_mut().flat_map(|release| &mut release.files);
        files.filter(|file| file.text.is_none() && file.name == name).for_each(|file| file.removed = true);
    }

    /// The number that the next release gets.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Adds a release whose deployment starts, with the next number.
    pub fn begin(&mut self, release: Release) {
        let number = self.next;
        self.next = number.saturating_add(1);
        self.kept.push(Release { number, state: ReleaseState::Deploying, ..release });
        let forgotten = self.kept.len().saturating_sub(KEPT);
        // What is deployed is never forgotten.
        let deployed = self.current;
        let mut index = 0;
        self.kept.retain(|release| {
            index += 1;
            index > forgotten || Some(release.number) == deployed
        });
    }

    /// Changes the release `number`.
    pub fn change(&mut self, number: u32, change: impl FnOnce(&mut Release)) {
        if let Some(release) = self.kept.iter_mut().find(|release| release.number == number) {
            change(release);
        }
    }

    /// The release `number` is the deployed one.
    pub fn set_current(&mut self, number: u32) {
        self.current = Some(number);
    }

    /// Writes the file. The run must hold the app's lock.
    ///
    /// # Errors
    /// The workspace's refusal.
    pub async fn write<H: Host>(&self, client: &Client<'_, H>, workspace_path: &str) -> Result<(), ApiError> {
        client.send(files::import(&file(workspace_path), &files::json(self), PutMode::Overwrite)).await?;
        Ok(())
    }
}

/// The releases of the app during a run, which holds the app's lock.
pub struct ReleaseBook {
    workspace_path: String,
    /// The folder that the app is deployed from; another one if the app moves.
    home: String,
    releases: RefCell<Releases>,
    /// The release that this run began.
    begun: Cell<Option<u32>>,
    /// The id of its deployment, once that has succeeded.
    deployment: RefCell<Option<String>>,
}

impl ReleaseBook {
    /// The releases as they were read from `workspace_path` and from `home`, the folder that the app is deployed from.
    pub fn new(workspace_path: &str, home: &str, releases: Releases) -> Self {
        Self {
            workspace_path: workspace_path.to_owned(),
            home: home.to_owned(),
            releases: RefCell::new(releases),
            begun: Cell::new(None),
            deployment: RefCell::new(None),
        }
    }

    /// Keeps the id of the deployment of this run's release, which has succeeded.
    pub fn set_deployment(&self, id: &str) {
        self.deployment.replace(Some(id.to_owned()));
    }

    /// The id of the deployment of this run's release, if it has succeeded.
    pub fn deployment(&self) -> Option<String> {
        self.deployment.borrow().clone()
    }

    /// The releases as they are now.
    pub fn now(&self) -> Releases {
        self.releases.borrow().clone()
    }

    /// The number of the release that this run began, if it did.
    pub fn begun(&self) -> Option<u32> {
        self.begun.get()
    }

    /// Records that the deployment of a release is about to start. Its number is the next one.
    ///
    /// # Errors
    /// If it can't be written; then the deployment must not start.
    pub async fn begin<H: Host>(&self, client: &Client<'_, H>, release: Release) -> Result<(), ApiError> {
        let mut changed = self.now();
        // For a while a read may show what was there before the last run wrote, and writing that would lose it. So it
        // is read a second time.
        let mut folders = vec![&self.home, &self.workspace_path];
        folders.dedup();
        for folder in folders {
            if let Ok(again) = read(client, folder, &changed.app_name).await? {
                changed = changed.caught_up(again);
            }
        }
        // A run that is resumed goes on with a release of its own.
        let number = changed.next();
        changed.begin(Release { at: client.workspace_now(), ..release });
        changed.write(client, &self.workspace_path).await?;
        self.releases.replace(changed);
        self.begun.set(Some(number));
        Ok(())
    }

    /// Changes the release that this run began, and writes that. Does nothing if it began none.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn change<H: Host>(
        &self,
        client: &Client<'_, H>,
        change: impl FnOnce(&mut Release),
    ) -> Result<(), ApiError> {
        let Some(number) = self.begun.get() else { return Ok(()) };
        let mut changed = self.now();
        changed.change(number, change);
        if changed.get(number).is_some_and(Release::is_up) {
            changed.set_current(number);
        }
        changed.write(client, &self.workspace_path).await?;
        self.releases.replace(changed);
        Ok(())
    }

    /// Removes the wheels that no kept release needs. What can't be removed stays; the next run tries again.
    ///
    /// # Errors
    /// If the list can't be written.
    pub async fn tidy<H: Host>(&self, client: &Client<'_, H>) -> Result<(), ApiError> {
        let mut changed = self.now();
        let unneeded = changed.unneeded_wheels();
        for name in &unneeded {
            let path = format!("{}/{name}", self.workspace_path);
            match client.send(files::delete(&path)).await {
                Ok(_) => changed.forget_wheel(name),
                Err(error) if error.is_not_found() => changed.forget_wheel(name),
                Err(_) => {}
            }
        }
        if !unneeded.is_empty() {
            changed.write(client, &self.workspace_path).await?;
            self.releases.replace(changed);
        }
        Ok(())
    }

    /// Records that the release of this run has failed and that `number` runs again, with the deployment `id`.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn put_back<H: Host>(
        &self,
        client: &Client<'_, H>,
        number: u32,
        id: Option<String>,
        failed: impl FnOnce(&mut Release),
    ) -> Result<(), ApiError> {
        let mut changed = self.now();
        changed.change(number, |release| release.deployment_id = id);
        if let Some(begun) = self.begun.get() {
            changed.change(begun, |release| {
                failed(release);
                release.put_back = Some(number);
            });
        }
        changed.write(client, &self.workspace_path).await?;
        self.releases.replace(changed);
        Ok(())
    }
}

/// Starts the read of [`read`].
pub async fn ahead<H: Host>(client: &Client<'_, H>, workspace_path: &str) {
    client.ahead(files::export(&file(workspace_path))).await;
}

/// The path of the list of releases in the app's folder.
pub fn file(workspace_path: &str) -> String {
    format!("{}/releases.json", folder(workspace_path))
}

/// Reads the releases of `app` in `workspace_path`; none if there is no file, or if it is of another app that was
/// in the folder.
///
/// # Errors
/// The outer error: the workspace's refusal. The inner one: a file that can't be read, or that a newer deployer
/// wrote.
pub async fn read<H: Host>(
    client: &Client<'_, H>,
    workspace_path: &str,
    app: &str,
) -> Result<Result<Releases, Failure>, ApiError> {
    let path = file(workspace_path);
    let exported = client.find(files::export(&path)).await?;
    Ok(exported.map_or_else(|| Ok(Releases::none(app)), |exported| parse(path, &exported, app)))
}

fn parse(path: String, exported: &Exported, app: &str) -> Result<Releases, Failure> {
    let Some(json) = exported.json() else {
        return Err(Failure::ReleasesUnreadable { path, problem: "It isn't JSON".to_owned() });
    };
    let version = json["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    if let Some(newer) = version.filter(|version| *version > VERSION) {
        return Err(Failure::JournalNewer { path, version: newer, known: VERSION });
    }
    let mut read: Releases = decode(json).map_err(|mismatch| Failure::ReleasesUnreadable {
        path: path.clone(),
        problem: mismatch.to_string(),
    })?;
    if read.app_name != app {
        return Ok(Releases::none(app));
    }
    // Numbers are never used again, whatever was written.
    let mut numbers: Vec<u32> = read.kept.iter().map(|release| release.number).collect();
    numbers.sort_unstable();
    let newest = numbers.last().copied().unwrap_or(0);
    if numbers.windows(2).any(|pair| pair[0] == pair[1]) || newest.max(read.next) > LAST_NUMBER {
        let problem = format!("Two releases have the same number, or a number is larger than {LAST_NUMBER}");
        return Err(Failure::ReleasesUnreadable { path, problem });
    }
    read.next = read.next.max(newest.saturating_add(1)).max(1);
    Ok(read)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn release(state: ReleaseState) -> Release {
        decode(json!({
            "number": 0, "operation": "update", "by": "ada@example.com", "at": "2026-11-23T15:00:00Z", "run": "r",
            "state": state, "package": "tellr-app", "version": "0.1.0", "settings": {},
        }))
        .unwrap()
    }

    fn history(states: &[ReleaseState]) -> Releases {
        let mut releases = Releases::none("tellr");
        for state in states {
            let number = releases.next();
            releases.begin(release(*state));
            releases.change(number, |release| release.state = *state);
            if *state != ReleaseState::Failed {
                releases.set_current(number);
            }
        }
        releases
    }

    #[test]
    fn a_rollback_goes_to_the_last_healthy_release_before_the_present_one() {
        use ReleaseState::{Failed, Healthy, Unchecked};
        let number = |releases: &Releases| releases.previous().map(|release| release.number);
        assert_eq!(number(&history(&[])), None);
        assert_eq!(number(&history(&[Healthy])), None);
        assert_eq!(number(&history(&[Healthy, Failed, Healthy])), Some(1));
        assert_eq!(number(&history(&[Healthy, Unchecked, Healthy])), Some(2));
        // The present one is a rollback to 2: the next one goes to 1.
        let mut releases = history(&[Healthy, Healthy, Healthy]);
        let number_of_rollback = releases.next();
        releases.begin(Release { returned_to: Some(2), ..release(Healthy) });
        releases.change(number_of_rollback, |release| release.state = Healthy);
        releases.set_current(number_of_rollback);
        assert_eq!(number(&releases), Some(1));
        // One after it goes back to it, not to the one that was fled.
        let after = releases.next();
        releases.begin(release(Healthy));
        releases.set_current(after);
        assert_eq!(number(&releases), Some(number_of_rollback));
        // A failed one that was left there is followed by the last good one.
        assert_eq!(number(&history(&[Healthy, Healthy, Failed])), Some(2));
    }

    #[test]
    fn old_releases_are_forgotten_but_not_the_deployed_one() {
        let mut releases = history(&[ReleaseState::Healthy]);
        for _ in 0..KEPT + 5 {
            releases.begin(release(ReleaseState::Failed));
        }
        assert_eq!(releases.all().len(), KEPT + 1);
        assert_eq!(releases.current().map(|release| release.number), Some(1));
        assert_eq!(releases.next(), u32::try_from(KEPT).unwrap() + 7);
    }

    #[test]
    fn an_app_that_moves_to_another_folder_keeps_its_history() {
        use ReleaseState::{Failed, Healthy};
        let numbers = |releases: &Releases| releases.all().iter().map(|it| it.number).collect::<Vec<_>>();
        let moved = history(&[Healthy, Healthy]).moved_to(Releases::none("tellr"));
        assert_eq!((numbers(&moved), moved.current, moved.next()), (vec![1, 2], Some(2), 3));
        // A run that died there had begun a further one.
        let moved = history(&[Healthy, Healthy]).moved_to(history(&[Healthy, Healthy, Failed]));
        assert_eq!((numbers(&moved), moved.current, moved.next()), (vec![1, 2, 3], Some(2), 4));
    }

    #[test]
    fn of_two_reads_the_newer_one_counts() {
        use ReleaseState::{Deploying, Healthy};
        let of_runs = |mut releases: Releases| {
            releases.kept.iter_mut().for_each(|release| release.run = format!("r{}", release.number));
            releases
        };
        let newer = of_runs(history(&[Healthy, Healthy]));
        let mut under_way = of_runs(history(&[Healthy, Deploying]));
        under_way.current = Some(1);
        for older in [of_runs(history(&[Healthy])), under_way, Releases::none("tellr")] {
            assert_eq!(older.clone().caught_up(newer.clone()), newer);
            assert_eq!(newer.clone().caught_up(older), newer);
        }
    }

    #[test]
    fn the_wheels_of_the_last_releases_that_ran_are_needed() {
        use ReleaseState::{Failed, Healthy};
        let mut releases = history(&[Healthy, Healthy, Failed, Healthy, Healthy]);
        for number in 1..=5 {
            let wheel = ReleasedFile::of_wheel(&format!("wheels/{number}/a.whl"), b"PK");
            releases.change(number, |release| release.files = vec![wheel]);
        }
        assert_eq!(releases.unneeded_wheels(), ["wheels/1/a.whl", "wheels/3/a.whl"]);
        releases.forget_wheel("wheels/1/a.whl");
        assert_eq!(releases.unneeded_wheels(), ["wheels/3/a.whl"]);
    }

    #[test]
    fn a_file_that_can_not_be_read_is_not_a_missing_one() {
        use base64ct::{Base64, Encoding as _};
        let read = |text: &str| {
            parse("/f".to_owned(), &Exported { content: Base64::encode_string(text.as_bytes()) }, "tellr")
        };
        let with_next =
            |next: &str| format!(r#"{{"version": 1, "app_name": "tellr", "next": {next}, "releases": []}}"#);
        let two = json!({"version": 1, "app_name": "tellr", "next": 2, "releases": [release(ReleaseState::Healthy), release(ReleaseState::Failed)]});
        for text in ["", "{", "[]", "{}", &with_next("-1"), &with_next("4294967295"), &two.to_string()] {
            assert!(matches!(read(text), Err(Failure::ReleasesUnreadable { .. })), "{text}");
        }
        assert!(matches!(read(r#"{"version": 2}"#), Err(Failure::JournalNewer { version: 2, .. })));
        let other = r#"{"version": 1, "app_name": "other", "next": 9, "releases": []}"#;
        assert_eq!(read(other).unwrap(), Releases::none("tellr"));
        let written = history(&[ReleaseState::Healthy, ReleaseState::Failed]);
        assert_eq!(read(&serde_json::to_string(&written).unwrap()).unwrap(), written);
    }
}
