//! The content of a workspace, as an administrator's listing shows it.

use serde_json::Value;

use crate::rivals::effects;
use crate::stage::{ADA, FOLDER, Stage};

/// The names of all resources by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// Apps.
    pub apps: Vec<String>,
    /// Autoscaling projects.
    pub projects: Vec<String>,
    /// Provisioned instances.
    pub instances: Vec<String>,
    /// Secrets, as `scope/key`; a scope without a secret ends in `/`.
    pub secrets: Vec<String>,
    /// Files in Ada's folder, except those that deployers keep there.
    pub files: Vec<String>,
}

impl Inventory {
    /// The resources that `create` makes without any arguments: one of each, and no duplicates.
    pub fn of_default() -> Self {
        Self {
            apps: names(&["tellr"]),
            projects: names(&["projects/tellr-db"]),
            instances: Vec::new(),
            secrets: names(&["tellr-tellr/encryption-key"]),
            files: names(&["app.yaml", "requirements.txt"]),
        }
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn listed(answer: &Value, list: &str, name: &str) -> Vec<String> {
    let items = answer[list].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item[name].as_str().map(str::to_owned)).collect()
}

impl Stage {
    /// Lists everything.
    pub async fn inventory(&self) -> Inventory {
        let list = async |path: &str, list: &str, name: &str| listed(&self.get(path).await.1, list, name);
        let mut secrets = Vec::new();
        for scope in list("/api/2.0/secrets/scopes/list", "scopes", "name").await {
            let keys = list(&format!("/api/2.0/secrets/list?scope={scope}"), "secrets", "key").await;
            match keys.as_slice() {
                [] => secrets.push(format!("{scope}/")),
                keys => secrets.extend(keys.iter().map(|key| format!("{scope}/{key}"))),
            }
        }
        let files = self.folder(FOLDER).await;
        Inventory {
            apps: list("/api/2.0/apps", "apps", "name").await,
            projects: list("/api/2.0/postgres/projects", "projects", "name").await,
            instances: list("/api/2.0/database/instances", "database_instances", "name").await,
            secrets,
            files: files.into_iter().filter(|name| name != ".tellr").collect(),
        }
    }

    /// The names in a workspace folder, in order.
    async fn folder(&self, path: &str) -> Vec<String> {
        let (_, answer) = self.get(&format!("/api/2.0/workspace/list?path={path}")).await;
        let mut names: Vec<String> = listed(&answer, "objects", "path")
            .iter()
            .filter_map(|path| Some(path.rsplit_once('/')?.1.to_owned()))
            .collect();
        names.sort();
        names
    }

    /// The state of the latest run in the journal in Ada's folder: `running`, `finished`, `failed` …
    pub async fn last_run(&self) -> Option<String> {
        let text = self.file(&format!("{FOLDER}/.tellr/deployment.json")).await?;
        let journal: Value = serde_json::from_str(&text).ok()?;
        journal["run"]["status"].as_str().map(str::to_owned)
    }

    /// Asserts that a run has left nothing behind except its journal, which records how it ended, and the list of
    /// releases.
    pub async fn assert_left_in_order(&self, status: &str) {
        assert_eq!(self.last_run().await.as_deref(), Some(status), "the journal says how the run ended");
        let mut left = self.folder(&format!("{FOLDER}/.tellr")).await;
        left.retain(|name| name != "releases.json");
        assert_eq!(left, ["deployment.json"], "nothing but the journal stays");
        assert_eq!(self.folder("/Workspace/Shared/.tellr/locks").await, [""; 0], "the lock is given back");
    }

    /// Asserts that the workspace is in the state after one `create`: every resource once, and the app
    /// running.
    pub async fn assert_deployed_once(&self) {
        self.assert_deployed(&Inventory::of_default()).await;
    }

    /// Asserts that exactly these resources exist, that the app runs, and that the run has ended.
    pub async fn assert_deployed(&self, expected: &Inventory) {
        assert_eq!(self.inventory().await, *expected);
        let (_, app) = self.get("/api/2.0/apps/tellr").await;
        assert_eq!(app["app_status"]["state"], "RUNNING", "{app:#}");
        assert_eq!(
            app["resources"].as_array().map(Vec::len),
            Some(2),
            "database and key are attached: {app:#}"
        );
        self.assert_left_in_order("finished").await;
    }

    /// The number of changing requests from Ada's deployers, except those for the app's lock.
    pub fn effects_of_ada(&self) -> usize {
        let mut entries = self.workspace.control().journal.mutations();
        entries.retain(|entry| entry.principal.as_deref() == Some(ADA));
        effects(&entries).len()
    }
}
