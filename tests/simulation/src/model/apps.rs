//! Apps, their compute and their deployments.

use std::collections::BTreeMap;

use deployer::host::Method;
use serde_json::{Map, Value, json};

use super::files::{Snapshot, text};
use super::launch::Program;
use super::{Answer, Asked, Caller, Ending, NEVER, Record, State, rfc3339};

/// A start younger than this can't be interrupted by a deletion.
const NOT_TERMINAL_MS: u64 = 20 * 60_000;

/// The compute of an app; times in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compute {
    /// Not running.
    Stopped,
    /// Being started.
    Starting {
        /// Since when.
        since: u64,
        /// When it runs.
        until: u64,
        /// Whether it ends in [`Compute::Error`].
        fails: bool,
    },
    /// Running.
    Active,
    /// Being changed in size.
    Updating {
        /// When it runs again.
        until: u64,
    },
    /// Being stopped.
    Stopping {
        /// When it is stopped.
        until: u64,
    },
    /// It failed.
    Error,
    /// The app is being deleted; its name is taken.
    Deleting {
        /// When the name is free.
        until: u64,
    },
}

impl Compute {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "STOPPED",
            Self::Starting { .. } => "STARTING",
            Self::Active => "ACTIVE",
            Self::Updating { .. } => "UPDATING",
            Self::Stopping { .. } => "STOPPING",
            Self::Error => "ERROR",
            Self::Deleting { .. } => "DELETING",
        }
    }

    fn until(&mut self) -> Option<&mut u64> {
        match self {
            Self::Starting { until, .. }
            | Self::Updating { until }
            | Self::Stopping { until }
            | Self::Deleting { until } => Some(until),
            Self::Stopped | Self::Active | Self::Error => None,
        }
    }
}

/// An app.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) creator: String,
    created: u64,
    /// What the caller may set, by field.
    pub(super) fields: Map<String, Value>,
    pub(super) compute: Compute,
    deployments: Vec<Deployment>,
    active: Option<usize>,
    pending: Option<usize>,
    /// The one that a start deploys again.
    last_good: Option<usize>,
    update: Option<Update>,
    /// What runs on the compute.
    pub(super) program: Option<Program>,
}

#[derive(Debug, Clone)]
struct Deployment {
    id: String,
    path: String,
    creator: String,
    created: u64,
    until: u64,
    fails: bool,
    /// Whether the app is asked before the deployment counts as succeeded.
    is_checked: bool,
    state: &'static str,
    message: String,
    snapshot: Snapshot,
}

#[derive(Debug, Clone)]
struct Update {
    until: u64,
    fields: Map<String, Value>,
    fails: bool,
    state: &'static str,
}

impl App {
    /// The resource attached as `name`.
    pub(super) fn resource(&self, name: &str) -> Option<&Value> {
        self.fields.get("resources")?.as_array()?.iter().find(|resource| resource["name"] == name)
    }

    fn status(&self) -> (&'static str, &'static str) {
        match self.compute {
            Compute::Active | Compute::Updating { .. } => {}
            _ => return ("UNAVAILABLE", "App status is unavailable."),
        }
        match (self.active, self.pending, &self.program) {
            (Some(_), _, Some(_)) => ("RUNNING", "App has status: App is running"),
            (Some(_), _, None) => ("CRASHED", "App has status: App crashed"),
            (None, Some(_), _) => ("DEPLOYING", "App has status: App is being deployed"),
            (None, None, _) => ("UNAVAILABLE", "App has status: App has not been deployed yet."),
        }
    }

    fn view(&self) -> Value {
        let (status, message) = self.status();
        let mut view = self.fields.clone();
        view.retain(|_, value| {
            !(value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty))
        });
        let computed = json!({
            "name": self.name, "id": self.client_id, "creator": self.creator, "updater": self.creator,
            "create_time": rfc3339(self.created), "update_time": rfc3339(self.created),
            // The reference's example has no scheme.
            "url": format!("{}-1444828305810485.cloud.databricksapps.com", self.name),
            "service_principal_client_id": self.client_id, "service_principal_id": 4242,
            "service_principal_name": format!("app-1a2b3c {}", self.name),
            "effective_user_api_scopes": ["iam.current-user:read", "iam.access-control:read"],
            "compute_status": {"state": self.compute.as_str(), "message": "App compute."},
            "app_status": {"state": status, "message": message},
        });
        if let Value::Object(computed) = computed {
            view.extend(computed);
        }
        for (name, index) in [("active_deployment", self.active), ("pending_deployment", self.pending)] {
            if let Some(deployment) = index.and_then(|index| self.deployments.get(index)) {
                view.insert(name.to_owned(), deployment.view());
            }
        }
        Value::Object(view)
    }

    fn end_deployments(&mut self) {
        if let Some(pending) = self.pending.take().and_then(|index| self.deployments.get_mut(index)) {
            pending.state = "CANCELLED";
            "The app was stopped during the deployment.".clone_into(&mut pending.message);
        }
        self.active = None;
    }
}

impl Deployment {
    fn view(&self) -> Value {
        json!({
            "deployment_id": self.id, "source_code_path": self.path, "mode": "SNAPSHOT", "creator": self.creator,
            "create_time": rfc3339(self.created), "update_time": rfc3339(self.created),
            "deployment_artifacts": {"source_code_path": format!("/Workspace/Users/app/src/{}", self.id)},
            "status": {"state": self.state, "message": self.message},
        })
    }
}

impl State {
    pub(super) fn apps(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        asked: &Asked<'_>,
        rest: &[&str],
    ) -> Option<Answer> {
        if asked.method != Method::Get {
            record.effect(caller, || format!("{} apps/{}", asked.method, rest.join("/")));
        }
        let name = rest.first().copied().unwrap_or_default();
        if !rest.is_empty() && !self.apps.contains_key(name) {
            return Some(Answer::not_found(format!("App with name {name} does not exist or is deleted.")));
        }
        Some(match (asked.method, rest) {
            (Method::Get, []) => {
                let apps: Vec<Value> = self.apps.values().map(App::view).collect();
                Answer::ok(if apps.is_empty() { json!({}) } else { json!({"apps": apps}) })
            }
            (Method::Post, []) => self.create_app(caller, asked),
            (Method::Get, [_]) => Answer::ok(self.apps.get(name)?.view()),
            (Method::Delete, [_]) => self.delete_app(name),
            (Method::Post, [_, "start"]) => self.start_app(name),
            (Method::Post, [_, "stop"]) => self.stop_app(name),
            (Method::Post, [_, "update"]) => self.update_app(asked, name),
            (Method::Get, [_, "update"]) => {
                let state = self.apps.get(name)?.update.as_ref().map_or("NOT_UPDATED", |update| update.state);
                Answer::ok(json!({"status": {"state": state, "message": "App update."}}))
            }
            (Method::Post, [_, "deployments"]) => self.deploy_app(caller, asked, name),
            (Method::Get, [_, "deployments"]) => {
                let all = self.apps.get(name)?.deployments.iter().rev().map(Deployment::view);
                Answer::ok(json!({"app_deployments": all.collect::<Vec<_>>()}))
            }
            (Method::Get, [_, "deployments", id]) => {
                match self.apps.get(name)?.deployments.iter().find(|deployment| deployment.id == *id) {
                    Some(deployment) => Answer::ok(deployment.view()),
                    None => Answer::not_found(format!("Deployment {id} of app {name} does not exist.")),
                }
            }
            _ => return None,
        })
    }

    fn create_app(&mut self, caller: &Caller, asked: &Asked<'_>) -> Answer {
        let name = asked.text("name").to_owned();
        let valid = (2..=30).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !valid {
            return Answer::invalid(format!("Invalid app name {name}."));
        }
        if self.apps.contains_key(&name) {
            let message = format!("Failed to create app {name}. An app with the same name already exists.");
            return Answer::already_exists(message);
        }
        let id = self.id();
        let mut fields = asked.body.as_object().cloned().unwrap_or_default();
        fields.remove("name");
        fields.entry("compute_size").or_insert_with(|| json!("MEDIUM"));
        let compute =
            if asked.query("no_compute") == Some("true") { Compute::Stopped } else { self.starting() };
        let app = App {
            client_id: format!("6f9a0c1e-1111-4222-8333-{id:012x}"),
            creator: caller.user.clone(),
            created: self.now_ms,
            fields,
            compute,
            deployments: Vec::new(),
            active: None,
            pending: None,
            last_good: None,
            update: None,
            program: None,
            name: name.clone(),
        };
        let answer = Answer::ok(app.view());
        self.permissions.remove(&name);
        self.tags.remove(&name);
        self.attached.remove(&name);
        self.ran.remove(&name);
        self.apps.insert(name, app);
        answer
    }

    fn starting(&self) -> Compute {
        let until = self.end(self.pace.compute_start);
        Compute::Starting { since: self.now_ms, until, fails: self.ending == Ending::Failed }
    }

    /// When something ends that usually takes `millis`.
    pub(super) fn end(&self, millis: u64) -> u64 {
        if self.ending == Ending::Never { NEVER } else { self.now_ms + millis }
    }

    fn delete_app(&mut self, name: &str) -> Answer {
        let (now, until) = (self.now_ms, self.end(self.pace.deletion));
        let Some(app) = self.apps.get_mut(name) else { return Answer::not_found("gone") };
        let busy = match app.compute {
            Compute::Deleting { .. } => true,
            Compute::Starting { since, .. } => now < since + NOT_TERMINAL_MS,
            _ => false,
        };
        if busy {
            return Answer::bad_request(format!(
                "Cannot delete app {name} as it is not terminal with state {}, and was updated less than 20 minutes ago. Please wait before trying again.",
                app.compute.as_str()
            ));
        }
        app.end_deployments();
        app.program = None;
        app.compute = Compute::Deleting { until };
        Answer::ok(app.view())
    }

    fn start_app(&mut self, name: &str) -> Answer {
        let (starting, now, id) = (self.starting(), self.now_ms, self.id());
        let deploying = self.pace.deployment;
        let Some(app) = self.apps.get_mut(name) else { return Answer::not_found("gone") };
        if !matches!(app.compute, Compute::Stopped | Compute::Error) {
            let state = app.compute.as_str();
            return Answer::bad_request(format!(
                "Cannot start app {name} as its compute is in {state} state."
            ));
        }
        app.compute = starting;
        // The platform deploys the last good state again by itself.
        if let (Some(last), Compute::Starting { until, fails: false, .. }) =
            (app.last_good.and_then(|index| app.deployments.get(index)), starting)
        {
            let again = Deployment {
                id: format!("01ef{id:012x}"),
                created: now,
                until: until.saturating_add(deploying),
                state: "IN_PROGRESS",
                message: "Deployment is in progress.".to_owned(),
                fails: false,
                ..last.clone()
            };
            app.deployments.push(again);
            app.pending = Some(app.deployments.len() - 1);
        }
        Answer::ok(app.view())
    }

    fn stop_app(&mut self, name: &str) -> Answer {
        let until = self.end(self.pace.compute_stop);
        let Some(app) = self.apps.get_mut(name) else { return Answer::not_found("gone") };
        if !matches!(app.compute, Compute::Active | Compute::Error) {
            let state = app.compute.as_str();
            return Answer::bad_request(format!(
                "Cannot stop app {name} as its compute is in {state} state."
            ));
        }
        app.end_deployments();
        app.compute = Compute::Stopping { until };
        Answer::ok(app.view())
    }

    fn update_app(&mut self, asked: &Asked<'_>, name: &str) -> Answer {
        let (until, fails) = (self.end(self.pace.app_update), self.ending == Ending::Failed);
        let mask = asked.text("update_mask");
        let wanted = asked.body["app"].as_object().cloned().unwrap_or_default();
        if mask.is_empty() {
            return Answer::invalid("Missing required field: update_mask");
        }
        if let Some(missing) = wanted
            .get("resources")
            .and_then(Value::as_array)
            .and_then(|resources| resources.iter().find_map(|resource| self.missing(resource)))
        {
            return Answer::not_found(missing);
        }
        let Some(app) = self.apps.get_mut(name) else { return Answer::not_found("gone") };
        if !matches!(app.compute, Compute::Active | Compute::Stopped) {
            let state = app.compute.as_str();
            return Answer::bad_request(format!(
                "Cannot update app {name} as its compute is in {state} state. App compute needs to be ACTIVE or STOPPED to update."
            ));
        }
        let updating = app.update.as_ref().is_some_and(|update| update.state == "IN_PROGRESS");
        if app.pending.is_some() || updating {
            let what = if updating { "update" } else { "deployment" };
            return Answer::bad_request(format!(
                "Cannot update app {name} as there is a pending {what} in progress"
            ));
        }
        let masked = mask.split(',').map(|field| {
            let value = wanted.get(field).cloned().unwrap_or(Value::Null);
            (field.to_owned(), value)
        });
        let fields: Map<String, Value> = masked.collect();
        let size = fields.get("compute_size");
        if app.compute == Compute::Active && size.is_some() && size != app.fields.get("compute_size") {
            app.compute = Compute::Updating { until };
        }
        app.update = Some(Update { until, fields, fails, state: "IN_PROGRESS" });
        Answer::ok(json!({"status": {"state": "IN_PROGRESS", "message": "App update is in progress."}}))
    }

    /// What a resource refers to, if that doesn't exist.
    fn missing(&self, resource: &Value) -> Option<String> {
        let text = |member: &str, field: &str| resource[member][field].as_str().unwrap_or_default();
        if resource["postgres"].is_object() {
            let (branch, database) = (text("postgres", "branch"), text("postgres", "database"));
            let there =
                self.branch(branch).is_some() && database.strip_prefix(branch).is_some_and(is_default);
            return (!there).then(|| format!("Database {database} does not exist"));
        }
        if resource["database"].is_object() {
            let name = text("database", "instance_name");
            return (!self.instances.contains_key(name))
                .then(|| format!("Database instance {name} does not exist"));
        }
        if resource["secret"].is_object() {
            let (scope, key) = (text("secret", "scope"), text("secret", "key"));
            return self
                .secret(scope, key)
                .is_none()
                .then(|| format!("Secret {key} of scope {scope} does not exist"));
        }
        None
    }

    fn deploy_app(&mut self, caller: &Caller, asked: &Asked<'_>, name: &str) -> Answer {
        let (now, until, fails) =
            (self.now_ms, self.end(self.pace.deployment), self.ending == Ending::Failed);
        let path = asked.text("source_code_path").to_owned();
        let Some(snapshot) = self.files.snapshot(&path) else {
            return Answer::bad_request(format!("Invalid source code path {path}: the path does not exist."));
        };
        let id = self.id();
        let Some(app) = self.apps.get_mut(name) else { return Answer::not_found("gone") };
        if app.compute != Compute::Active {
            return Answer::bad_request(format!("Cannot deploy app {name} as it is not in RUNNING state"));
        }
        if app.pending.is_some() {
            return Answer::bad_request(format!(
                "Cannot deploy app {name} as there is an active deployment in progress"
            ));
        }
        app.fields.insert("default_source_code_path".to_owned(), json!(path));
        let deployment = Deployment {
            id: format!("01ef{id:012x}"),
            path,
            creator: caller.user.clone(),
            created: now,
            until,
            fails,
            is_checked: asked.body["health_check"]["path"].is_string(),
            state: "IN_PROGRESS",
            message: "Deployment is in progress.".to_owned(),
            snapshot,
        };
        let answer = Answer::ok(deployment.view());
        app.deployments.push(deployment);
        app.pending = Some(app.deployments.len() - 1);
        answer
    }

    /// When the next app changes its state.
    pub(super) fn next_change(&self) -> Option<u64> {
        let changes = self.apps.values().flat_map(|app| {
            let compute = { app.compute }.until().copied();
            let update = app.update.as_ref().filter(|update| update.state == "IN_PROGRESS");
            let pending = app.pending.and_then(|index| app.deployments.get(index));
            [compute, update.map(|update| update.until), pending.map(|pending| pending.until)]
        });
        changes.flatten().filter(|until| *until != NEVER).min()
    }

    /// Changes what is due.
    pub(super) fn change_apps(&mut self, record: &mut Record, due: u64) {
        let names: Vec<String> = self.apps.keys().cloned().collect();
        for name in names {
            self.change_app(record, &name, due);
        }
        self.apps.retain(|_, app| !matches!(app.compute, Compute::Deleting { until } if until <= due));
    }

    fn change_app(&mut self, record: &mut Record, name: &str, due: u64) {
        let Some(app) = self.apps.get_mut(name) else { return };
        match app.compute {
            Compute::Starting { until, fails, .. } if until <= due => {
                app.compute = if fails { Compute::Error } else { Compute::Active };
            }
            Compute::Updating { until } if until <= due => app.compute = Compute::Active,
            Compute::Stopping { until } if until <= due => {
                app.compute = Compute::Stopped;
                app.program = None;
            }
            _ => {}
        }
        let is_due = |update: &&mut Update| update.state == "IN_PROGRESS" && update.until <= due;
        if let Some(update) = app.update.as_mut().filter(is_due) {
            if update.fails {
                update.state = "FAILED";
            } else {
                update.state = "SUCCEEDED";
                app.fields.extend(update.fields.clone());
                let (resources, role) = (app.fields.get("resources").cloned(), app.client_id.clone());
                if let Some(branch) =
                    app.resource("app_database").and_then(|it| it["postgres"]["branch"].as_str())
                {
                    self.attached.insert(name.to_owned(), branch.to_owned());
                }
                self.grant(resources.as_ref(), &role);
            }
        }
        let Some(app) = self.apps.get(name) else { return };
        let Some((index, pending)) = app.pending.and_then(|index| Some((index, app.deployments.get(index)?)))
        else {
            return;
        };
        if pending.until > due {
            return;
        }
        let (snapshot, fails, is_checked) = (pending.snapshot.clone(), pending.fails, pending.is_checked);
        let launched = if fails {
            Err("Error installing packages.".to_owned())
        } else {
            self.launch(record, name, &snapshot).and_then(|program| {
                if is_checked && !program.is_ours {
                    Err("the health check failed with status 404".to_owned())
                } else {
                    Ok(program)
                }
            })
        };
        let Some(app) = self.apps.get_mut(name) else { return };
        app.pending = None;
        let Some(deployment) = app.deployments.get_mut(index) else { return };
        match launched {
            Ok(program) => {
                deployment.state = "SUCCEEDED";
                "App started successfully".clone_into(&mut deployment.message);
                (app.active, app.last_good, app.program) = (Some(index), Some(index), Some(program));
            }
            Err(problem) => {
                deployment.state = "FAILED";
                deployment.message = format!("Error deploying app: {problem}");
            }
        }
    }

    pub(super) fn release_apps(&mut self) {
        let now = self.now_ms;
        let released = |until: &mut u64| {
            if *until == NEVER {
                *until = now + 1_000;
            }
        };
        for app in self.apps.values_mut() {
            app.compute.until().into_iter().for_each(released);
            app.update.iter_mut().for_each(|update| released(&mut update.until));
            app.deployments.iter_mut().for_each(|deployment| released(&mut deployment.until));
        }
    }

    /// The apps' names.
    pub fn app_names(&self) -> Vec<String> {
        self.apps.keys().cloned().collect()
    }

    /// What differs from an app that runs what is in its folder, as the owner would see it.
    pub fn not_running(&self, name: &str) -> Option<String> {
        let Some(app) = self.apps.get(name) else { return Some(format!("the app `{name}` doesn't exist")) };
        if app.compute != Compute::Active {
            return Some(format!("its compute is {}", app.compute.as_str()));
        }
        let active = app.active.and_then(|index| app.deployments.get(index));
        let (Some(active), Some(_)) = (active, &app.program) else {
            return Some(format!("its status is {}", app.status().0));
        };
        if app.pending.is_some() {
            return Some("a deployment is pending".to_owned());
        }
        let there: BTreeMap<_, _> =
            self.files.snapshot(&active.path).map(|files| (*files).clone()).unwrap_or_default();
        // Wheels of earlier releases may be removed afterwards.
        let mut deployed = (*active.snapshot).clone();
        let requirements = active.snapshot.get("requirements.txt").and_then(|content| text(content));
        let requirements = requirements.unwrap_or_default();
        deployed.retain(|path, _| {
            there.contains_key(path) || !path.starts_with("wheels/") || requirements.contains(path.as_str())
        });
        (there != deployed).then(|| format!("it runs something else than is in `{}`", active.path))
    }

    /// The id of the deployment that runs.
    pub fn active_deployment(&self, name: &str) -> Option<&str> {
        let app = self.apps.get(name)?;
        Some(app.deployments.get(app.active?)?.id.as_str())
    }

    /// The branch that an app is attached to, or was when it was deleted.
    pub fn attached_branch(&self, name: &str) -> Option<&str> {
        self.attached.get(name).map(String::as_str)
    }

    /// The value of a field of an app's record.
    pub fn app_field(&self, name: &str, field: &str) -> Value {
        self.apps.get(name).and_then(|app| app.fields.get(field).cloned()).unwrap_or_default()
    }
}

/// Whether this is the end of the default database's path.
fn is_default(rest: &str) -> bool {
    rest == "/databases/databricks-postgres"
}
