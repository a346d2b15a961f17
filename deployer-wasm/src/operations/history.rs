//! The history of an app: its releases, and the branches that its data can be restored from.

use futures_util::join;
use serde::Serialize;

use super::Operation;
use super::folder::folder;
use super::inventory::{attached_branch, branch_in_use};
use super::preflight::{Preflight, both};
use super::release::deployed_manifest;
use crate::config::StatusConfig;
use crate::engine::Cancellation;
use crate::engine::releases::Release;
use crate::error::{Failure, Result};
use crate::host::{Host, Timestamp};
use crate::manifest::{APP_YAML, without_secrets};
use crate::steps::app;
use crate::steps::restore_point;
use crate::workspace::postgres::{self, Branch};

/// The history of an app. Determined with read-only requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct History {
    /// The app.
    pub app_name: String,
    /// The folder of its files.
    pub app_file_workspace_path: String,
    /// The number of the release that is deployed, if the last deployment is known to have succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<u32>,
    /// The release that a rollback without a number goes back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<u32>,
    /// The releases that are kept, newest first.
    pub releases: Vec<Release>,
    /// The branch of the database that the app uses, as a full path; absent for a provisioned database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The branches that the app's data can be restored from, newest first.
    pub restore_points: Vec<KeptBranch>,
    /// What couldn't be read, and why; sentences without a full stop. Absent if everything was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub unread: Vec<String>,
}

/// A branch of the app's database that holds data of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct KeptBranch {
    /// Its id, as `restore --from` takes it.
    pub id: String,
    /// Whether it was made as a restore point, and not as a branch for an app.
    pub is_restore_point: bool,
    /// Whether it was made of the branch that the app uses, or of a source of that branch before the branch was made.
    /// Otherwise this app's data in it may be stale: apps that share a database may use different branches.
    pub is_own: bool,
    /// Whether the app uses it now.
    pub in_use: bool,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the platform removes it; absent if it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Determines the history of an app.
///
/// # Errors
/// `APP_NOT_FOUND`, `RELEASES_UNREADABLE`, or the workspace's refusal.
pub async fn history<H: Host>(
    host: &H,
    config: &StatusConfig,
    cancellation: &Cancellation,
) -> Result<History> {
    let preflight = Preflight::looking(host, cancellation, Operation::Rollback, config.app_name.as_str());
    let history = look(&preflight, config).await;
    preflight.told(history)
}

async fn look<H: Host>(preflight: &Preflight<'_, H>, config: &StatusConfig) -> Result<History> {
    let client = &preflight.client;
    let name = config.app_name.as_str();
    let (me, app) = both(preflight.me(), async { Ok(app::find(client, name).await?) }).await?;
    let app = app.ok_or_else(|| Failure::AppNotFound { app: name.to_owned() })?;
    let folder = folder(preflight, config.workspace_path.as_ref(), Some(&app), &config.app_name, &me).await?;
    let branch = match attached_branch(&app) {
        Some(branch) => Some(branch),
        // A file that can't be read is reported by the operations that change something.
        None => branch_in_use(None, deployed_manifest(client, &folder).await.ok().flatten().as_ref()),
    };
    let (releases, kept) = join!(preflight.releases(&folder), async {
        match &branch {
            Some(branch) => kept_branches(preflight, branch).await,
            None => Ok(Vec::new()),
        }
    });
    let releases = releases?;
    let (restore_points, unread) = match kept {
        Ok(kept) => (kept, Vec::new()),
        Err(error) => (Vec::new(), vec![error.message.clone()]),
    };
    Ok(History {
        app_name: name.to_owned(),
        app_file_workspace_path: folder.to_string(),
        current: releases.current().map(|release| release.number),
        previous: releases.previous().map(|release| release.number),
        releases: releases.all().iter().rev().cloned().map(shown).collect(),
        branch,
        restore_points,
        unread,
    })
}

/// A release for display. Its `app.yaml` may contain values that a user added by editing the file; those that look like
/// secrets are hidden.
fn shown(mut release: Release) -> Release {
    let app_yaml = release.files.iter_mut().filter(|file| file.name == APP_YAML);
    for text in app_yaml.filter_map(|file| file.text.as_mut()) {
        *text = without_secrets(text);
    }
    release
}

/// The branches of the project of `used` that the app's data can be restored from, newest first.
pub(super) async fn kept_branches<H: Host>(
    preflight: &Preflight<'_, H>,
    used: &str,
) -> Result<Vec<KeptBranch>> {
    let Some((project, _)) = used.split_once("/branches/") else { return Ok(Vec::new()) };
    let branches = preflight.client.find_all(postgres::list_branches(project)).await?.unwrap_or_default();
    let line = Line::of(used, &branches.branches);
    let mut kept: Vec<KeptBranch> = branches
        .branches
        .iter()
        .filter_map(|branch| {
            let id = branch.name.rsplit('/').next()?.to_owned();
            let is_restore_point = id.starts_with(restore_point::PREFIX);
            let is_ours = is_restore_point
                || id.starts_with(restore_point::RESTORED_PREFIX)
                || branch.status.is_default
                || branch.name == used;
            is_ours.then(|| KeptBranch {
                id,
                is_restore_point,
                is_own: line.has(branch),
                in_use: branch.name == used,
                created_at: branch.create_time,
                expires_at: branch.status.expire_time,
            })
        })
        .collect();
    kept.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
    Ok(kept)
}

/// A branch and its sources: each with the time at which the one before it was made of it, `None` for the branch itself.
struct Line<'b> {
    all: &'b [Branch],
    parts: Vec<(&'b str, Option<Timestamp>)>,
}

impl<'b> Line<'b> {
    fn of(used: &'b str, all: &'b [Branch]) -> Self {
        let mut parts = vec![(used, None)];
        // At most once each, whatever the platform says of their sources.
        for _ in all {
            let Some((name, _)) = parts.last() else { break };
            let Some(branch) = all.iter().find(|branch| branch.name == *name) else { break };
            let Some(source) = branch.status.source_branch.as_deref() else { break };
            parts.push((source, branch.create_time));
        }
        Self { all, parts }
    }

    /// Whether `branch` was made of this line, as far as is known.
    fn has(&self, branch: &Branch) -> bool {
        let source = branch.status.source_branch.as_deref();
        let Some(source) = source.filter(|source| self.all.iter().any(|other| other.name == *source)) else {
            return true;
        };
        let is_before = |end: Option<Timestamp>| end.is_none_or(|end| branch.create_time <= Some(end));
        self.parts.iter().any(|(name, end)| *name == source && is_before(*end))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::decode::decode;

    #[test]
    fn a_restore_point_of_another_line_is_no_own_one() {
        // The app's branch `restored-a` was made of the restore point `pre-reset-a` of `production`.
        let branch = |name: &str, source: Option<&str>, minute: u32| -> Branch {
            let path = |name: &str| format!("projects/p/branches/{name}");
            let created = format!("2026-12-01T03:{minute:02}:00Z");
            let status = json!({"source_branch": source.map(path)});
            decode(json!({"name": path(name), "create_time": created, "status": status})).unwrap()
        };
        let all = [
            branch("production", None, 0),
            branch("pre-reset-a", Some("production"), 1),
            branch("restored-a", Some("pre-reset-a"), 2),
            branch("early", Some("production"), 0),
            branch("late", Some("production"), 3),
            branch("own", Some("restored-a"), 4),
            branch("unknown", Some("gone"), 5),
        ];
        let own = |used: &str| {
            let line = Line::of(used, &all);
            let is_own = |id: &&&str| {
                let name = format!("projects/p/branches/{id}");
                line.has(all.iter().find(|branch| branch.name == name).unwrap())
            };
            ["pre-reset-a", "early", "late", "own", "unknown"]
                .iter()
                .filter(is_own)
                .copied()
                .collect::<Vec<_>>()
        };
        assert_eq!(own("projects/p/branches/production"), ["pre-reset-a", "early", "late", "unknown"]);
        assert_eq!(own("projects/p/branches/restored-a"), ["pre-reset-a", "early", "own", "unknown"]);
    }

    #[test]
    fn branches_that_are_made_of_each_other_end() {
        let made = |name: &str, source: &str| -> Branch {
            decode(json!({"name": name, "status": {"source_branch": source}})).unwrap()
        };
        let all = [made("a", "b"), made("b", "a")];
        assert!(Line::of("a", &all).has(&all[0]));
    }
}
