//! Lakebase: projects with branches, and provisioned instances.

use std::collections::BTreeMap;

use deployer::host::Method;
use serde_json::{Value, json};

use super::schema::{Database, Place};
use super::{Answer, Asked, Caller, Ending, NEVER, Record, State, rfc3339};

/// A project.
#[derive(Debug, Clone)]
pub(super) struct Project {
    created: u64,
    owner: String,
    pub(super) branches: BTreeMap<String, Branch>,
}

/// A branch with its endpoint and its database.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    serial: u64,
    created: u64,
    /// When the platform removes it, if it does.
    expires: Option<u64>,
    pub(super) ready: u64,
    hosts: u64,
    pub(super) database: Database,
    pub(super) is_default: bool,
    /// The branch that it was made of, as a full path.
    source: Option<String>,
}

/// A provisioned instance.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    created: u64,
    until: u64,
    serial: u64,
    pub(super) database: Database,
}

/// A long-running operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    until: u64,
    fails: bool,
}

impl Branch {
    fn host(&self, now: u64) -> Option<String> {
        (self.hosts <= now).then(|| format!("ep-{:08x}.database.eu-west-1.cloud.databricks.com", self.serial))
    }
}

impl Instance {
    fn host(&self) -> String {
        format!("instance-{:08x}.database.cloud.databricks.com", self.serial)
    }
}

impl State {
    pub(super) fn postgres(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        asked: &Asked<'_>,
        rest: &[&str],
    ) -> Option<Answer> {
        if asked.method != Method::Get {
            record.effect(caller, || format!("{} postgres/{}", asked.method, rest.join("/")));
        }
        if let ["projects", project, more @ ..] = rest {
            let operations = matches!(more, ["operations", _] | ["branches", _, "operations", _]);
            if operations && asked.method == Method::Get {
                return Some(self.operation(&rest.join("/")));
            }
            let Some(found) = self.projects.get(*project) else {
                return Some(Answer::not_found("project id not found [TraceId: 1]"));
            };
            if let ["branches", branch, ..] = more
                && !found.branches.contains_key(*branch)
            {
                return Some(Answer::not_found("branch id not found [TraceId: 1]"));
            }
        }
        Some(match (asked.method, rest) {
            (Method::Get, ["projects"]) => {
                let all: Vec<Value> = self.projects.iter().map(|(id, found)| found.view(id)).collect();
                Answer::ok(json!({"projects": all}))
            }
            (Method::Post, ["projects"]) => self.create_project(caller, asked),
            (Method::Get, ["projects", id]) => Answer::ok(self.projects.get(*id)?.view(id)),
            (Method::Get, ["projects", id, "branches"]) => {
                let found = self.projects.get(*id)?.branches.iter();
                let all: Vec<Value> =
                    found.map(|(name, branch)| self.branch_view(id, name, branch)).collect();
                Answer::ok(json!({"branches": all}))
            }
            (Method::Post, ["projects", id, "branches"]) => self.create_branch(record, asked, id),
            (Method::Get, ["projects", id, "branches", name]) => {
                let branch = self.projects.get(*id)?.branches.get(*name)?;
                Answer::ok(self.branch_view(id, name, branch))
            }
            (Method::Get, ["projects", id, "branches", name, "endpoints"]) => {
                let branch = self.projects.get(*id)?.branches.get(*name)?;
                Answer::ok(json!({"endpoints": [self.endpoint_view(id, name, branch)]}))
            }
            (Method::Get, ["projects", id, "branches", name, "databases"]) => {
                let parent = format!("projects/{id}/branches/{name}");
                Answer::ok(json!({"databases": [{
                    "name": format!("{parent}/databases/databricks-postgres"), "parent": parent,
                    "database_id": "databricks-postgres",
                    "status": {"database_id": "databricks-postgres", "postgres_database": "databricks_postgres"},
                }]}))
            }
            (Method::Patch, ["projects", id, "branches", name]) => self.keep_branch(asked, id, name),
            _ => return None,
        })
    }

    fn keep_branch(&mut self, asked: &Asked<'_>, project: &str, name: &str) -> Answer {
        if asked.query("update_mask") != Some("spec.no_expiry") || asked.body["spec"]["no_expiry"] != true {
            return Answer::invalid("Only spec.no_expiry can be changed.");
        }
        let fails = self.ending == Ending::Failed;
        let branch = self.projects.get_mut(project).and_then(|found| found.branches.get_mut(name));
        if let Some(branch) = branch.filter(|_| !fails) {
            branch.expires = None;
        }
        self.begin(&format!("projects/{project}/branches/{name}"))
    }

    fn operation(&self, name: &str) -> Answer {
        match self.operations.get(name) {
            Some(operation) => Answer::ok(self.operation_view(name, operation)),
            None => Answer::not_found("operation not found [TraceId: 1]"),
        }
    }

    fn operation_view(&self, name: &str, operation: &Operation) -> Value {
        let done = operation.until <= self.now_ms;
        let mut view = json!({"name": name, "done": done, "metadata": {}});
        if done && operation.fails {
            view["error"] = json!({"error_code": "INTERNAL_ERROR", "message": "The operation failed."});
        } else if done {
            view["response"] = json!({"@type": "type.googleapis.com/google.protobuf.Empty"});
        }
        view
    }

    fn begin(&mut self, parent: &str) -> Answer {
        let (until, fails, id) = (self.end(self.pace.operation), self.ending == Ending::Failed, self.id());
        let (name, operation) = (format!("{parent}/operations/{id:x}"), Operation { until, fails });
        let answer = Answer::ok(self.operation_view(&name, &operation));
        self.operations.insert(name, operation);
        answer
    }

    fn create_project(&mut self, caller: &Caller, asked: &Asked<'_>) -> Answer {
        let id = asked.query("project_id").unwrap_or_default().to_owned();
        if id.is_empty() {
            return Answer::invalid("Field 'project_id' is required, expected non-default value (not \"\")!");
        }
        if self.projects.contains_key(&id) {
            return Answer::already_exists("project with such id already exists in the workspace");
        }
        let answer = self.begin(&format!("projects/{id}"));
        if self.ending != Ending::Failed {
            let branch = self.new_branch(Database::default(), None, true);
            let branches = BTreeMap::from([("production".to_owned(), branch)]);
            let project = Project { created: self.now_ms, owner: caller.user.clone(), branches };
            self.projects.insert(id, project);
        }
        answer
    }

    fn new_branch(&mut self, database: Database, ttl: Option<u64>, is_default: bool) -> Branch {
        Branch {
            serial: self.id(),
            created: self.now_ms,
            expires: ttl.map(|secs| self.now_ms + secs * 1_000),
            ready: self.end(self.pace.operation),
            hosts: self.end(self.pace.hosts),
            database,
            is_default,
            source: None,
        }
    }

    fn create_branch(&mut self, record: &mut Record, asked: &Asked<'_>, project: &str) -> Answer {
        let id = asked.query("branch_id").unwrap_or_default().to_owned();
        let spec = &asked.body["spec"];
        let kept = ["ttl", "expire_time", "no_expiry"].iter().any(|field| !spec[*field].is_null());
        if id.is_empty() || !kept {
            return Answer::invalid("Field 'branch_id' and one of ttl, expire_time, no_expiry are required");
        }
        let ttl = spec["ttl"].as_str().and_then(|text| text.strip_suffix('s')?.parse().ok());
        let now = self.now_ms;
        let Some(found) = self.projects.get(project) else {
            return Answer::not_found("project id not found");
        };
        if found.branches.contains_key(&id) {
            return Answer::already_exists("branch with such id already exists");
        }
        if found.branches.values().any(|branch| branch.ready > now) {
            return Answer::problem(409, "ABORTED", "reconciliation in progress");
        }
        let Some(source) = spec["source_branch"].as_str().and_then(|path| self.branch(path)) else {
            return Answer::not_found("branch id not found [TraceId: 1]");
        };
        let database = source.database.clone();
        let answer = self.begin(&format!("projects/{project}/branches/{id}"));
        if self.ending != Ending::Failed {
            record.branches += 1;
            let source = spec["source_branch"].as_str().map(str::to_owned);
            let branch = Branch { source, ..self.new_branch(database, ttl, false) };
            if let Some(found) = self.projects.get_mut(project) {
                found.branches.insert(id, branch);
            }
        }
        answer
    }

    /// The branch of a full path.
    pub(super) fn branch(&self, path: &str) -> Option<&Branch> {
        let mut parts = path.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("projects"), Some(project), Some("branches"), Some(branch), None) => {
                self.projects.get(project)?.branches.get(branch)
            }
            _ => None,
        }
    }

    fn branch_view(&self, project: &str, name: &str, branch: &Branch) -> Value {
        let state = if branch.ready <= self.now_ms { "READY" } else { "INIT" };
        json!({
            "name": format!("projects/{project}/branches/{name}"), "branch_id": name,
            "parent": format!("projects/{project}"), "uid": format!("br-{:x}", branch.serial),
            "create_time": rfc3339(branch.created),
            "status": {
                "branch_id": name, "current_state": state, "default": branch.is_default,
                "expire_time": branch.expires.map(rfc3339), "source_branch": branch.source,
            },
        })
    }

    fn endpoint_view(&self, project: &str, name: &str, branch: &Branch) -> Value {
        let parent = format!("projects/{project}/branches/{name}");
        let mut status = json!({
            "endpoint_id": "primary", "endpoint_type": "ENDPOINT_TYPE_READ_WRITE", "current_state": "INIT",
        });
        if let Some(host) = branch.host(self.now_ms) {
            status["current_state"] = json!("ACTIVE");
            status["hosts"] = json!({"host": host});
        }
        json!({"name": format!("{parent}/endpoints/primary"), "parent": parent, "status": status})
    }

    pub(super) fn instances(&mut self, asked: &Asked<'_>, rest: &[&str]) -> Option<Answer> {
        let absent = |name: &str| Answer::not_found(format!("Database instance {name} not found."));
        Some(match (asked.method, rest) {
            (Method::Get, []) => {
                let all: Vec<Value> = self.instances.iter().map(|(name, it)| self.shown(name, it)).collect();
                Answer::ok(json!({"database_instances": all}))
            }
            (Method::Get, [name]) => match self.instances.get(*name) {
                Some(instance) => Answer::ok(self.shown(name, instance)),
                None => absent(name),
            },
            (Method::Post, []) => {
                let name = asked.text("name").to_owned();
                if self.instances.contains_key(&name) {
                    return Some(Answer::already_exists("Instance name is not unique"));
                }
                let (serial, until) = (self.id(), self.end(self.pace.instance));
                let instance =
                    Instance { created: self.now_ms, until, serial, database: Database::default() };
                let answer = Answer::ok(self.shown(&name, &instance));
                self.instances.insert(name, instance);
                answer
            }
            _ => return None,
        })
    }

    fn shown(&self, name: &str, instance: &Instance) -> Value {
        let mut view = json!({
            "name": name, "capacity": "CU_1", "creation_time": rfc3339(instance.created), "state": "STARTING",
        });
        if instance.until <= self.now_ms {
            view["state"] = json!("AVAILABLE");
            view["read_write_dns"] = json!(instance.host());
        }
        view
    }

    /// The host of a database, once there is one.
    pub(super) fn host_of(&self, place: &Place) -> Option<String> {
        match place {
            Place::Branch(path) => self.branch(path)?.host(self.now_ms),
            Place::Instance(name) => {
                let instance = self.instances.get(name)?;
                (instance.until <= self.now_ms).then(|| instance.host())
            }
        }
    }

    /// The database at `place`.
    pub(super) fn database_mut(&mut self, place: &Place) -> Option<&mut Database> {
        match place {
            Place::Branch(path) => {
                let mut parts = path.split('/').skip(1);
                let (project, branch) = (parts.next()?, parts.nth(1)?);
                Some(&mut self.projects.get_mut(project)?.branches.get_mut(branch)?.database)
            }
            Place::Instance(name) => Some(&mut self.instances.get_mut(name)?.database),
        }
    }

    /// Attaching a database makes a role for the app in it, shortly after.
    pub(super) fn grant(&mut self, resources: Option<&Value>, role: &str) {
        let visible = self.now_ms + self.pace.role;
        for resource in resources.and_then(Value::as_array).into_iter().flatten() {
            let branch = resource["postgres"]["branch"].as_str().map(|path| Place::Branch(path.to_owned()));
            let instance = resource["database"]["instance_name"].as_str();
            let place = branch.or_else(|| instance.map(|name| Place::Instance(name.to_owned())));
            if let Some(database) = place.and_then(|place| self.database_mut(&place)) {
                database.roles.entry(role.to_owned()).or_insert(visible);
            }
        }
    }

    pub(super) fn release_lakebase(&mut self) {
        let now = self.now_ms;
        let released = |until: &mut u64| {
            if *until == NEVER {
                *until = now;
            }
        };
        for branch in self.projects.values_mut().flat_map(|project| project.branches.values_mut()) {
            released(&mut branch.ready);
            released(&mut branch.hosts);
        }
        self.instances.values_mut().for_each(|instance| released(&mut instance.until));
        self.operations.values_mut().for_each(|operation| released(&mut operation.until));
    }

    /// All databases: projects as `projects/…` with their branches, and instances.
    pub fn databases(&self) -> Vec<String> {
        let branches = self.projects.iter().flat_map(|(project, found)| {
            found.branches.keys().map(move |branch| format!("projects/{project}/branches/{branch}"))
        });
        branches.chain(self.instances.keys().map(|name| format!("instances/{name}"))).collect()
    }
}

impl Project {
    fn view(&self, id: &str) -> Value {
        let default = self.branches.iter().find(|(_, branch)| branch.is_default);
        let default = default.map(|(name, _)| format!("projects/{id}/branches/{name}"));
        json!({
            "name": format!("projects/{id}"), "project_id": id, "uid": "1", "create_time": rfc3339(self.created),
            "status": {"project_id": id, "display_name": id, "pg_version": 17, "owner": self.owner, "default_branch": default},
        })
    }
}
