//! Databricks Apps.
//!
//! `state` is the state machine: an app, its compute, its deployments and its update at a given time. It
//! has no timers; states are computed from the clock when requested. `spec` parses and checks requests,
//! `resources` grants an app's service principal what it needs, `manifest` reads `app.yaml`, `launch`
//! starts apps from source files, `health_check` reads what a deployment is checked with, `view` renders answers, and `routes` and `deployments` tie them together.
//! Changes are made one at a time; reads never wait.

mod deployments;
mod health_check;
mod launch;
mod manifest;
mod resources;
mod routes;
mod spec;
mod state;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::problem::Problem;
pub(crate) use routes::{Page, page, routes};
use spec::effective_scopes;
use state::App;

/// The apps of a workspace; clones share them.
#[derive(Clone, Default)]
pub struct Apps {
    apps: Arc<Mutex<BTreeMap<String, App>>>,
    changes: Arc<tokio::sync::Mutex<()>>,
}

impl fmt::Debug for Apps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.apps.lock().keys()).finish()
    }
}

fn missing(name: &str) -> Problem {
    Problem::not_found(format!("App with name {name} does not exist or is deleted."))
}

impl Apps {
    /// All apps as they are now, without those whose deletion is complete.
    fn at(&self, now: Timestamp) -> parking_lot::MappedMutexGuard<'_, BTreeMap<String, App>> {
        let mut apps = self.apps.lock();
        apps.retain(|_, app| !app.is_gone(now));
        for app in apps.values_mut() {
            app.settle(now);
        }
        parking_lot::MutexGuard::map(apps, |apps| apps)
    }

    fn get(&self, name: &str, now: Timestamp) -> Result<App, Problem> {
        self.at(now).get(name).cloned().ok_or_else(|| missing(name))
    }

    /// Whether the app exists.
    pub(crate) fn exists(&self, name: &str, now: Timestamp) -> bool {
        self.at(now).contains_key(name)
    }

    /// The scopes of an app's user tokens, none if it doesn't use them; `None` if the app doesn't exist.
    pub(crate) fn user_scopes(&self, name: &str, now: Timestamp) -> Option<BTreeSet<String>> {
        let app = self.get(name, now).ok()?;
        if app.spec.scopes().is_empty() {
            return Some(BTreeSet::new());
        }
        let all = effective_scopes(&app.spec);
        Some(all.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn change<T>(
        &self,
        name: &str,
        now: Timestamp,
        change: impl FnOnce(&mut App) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        change(self.at(now).get_mut(name).ok_or_else(|| missing(name))?)
    }
}
