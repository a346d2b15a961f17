//! What must be true at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::execute::execute;
use crate::model::{Caller, RELEASES, State, is_lock};
use crate::process::Process;
use crate::releases;
use crate::scenario::{Actor, SCHEMA};
use crate::work::{self, Command, Planned};
use crate::world::World;

/// The end of a simulation.
pub struct End<'e> {
    /// The world.
    pub world: &'e Rc<World>,
    /// All processes.
    pub processes: &'e [Rc<Process>],
    /// The deployers of the scenario.
    pub actors: &'e [Actor],
    /// What is wanted.
    pub wanted: &'e Command,
    /// By whom.
    pub user: &'e str,
    /// The folder of the app's files at the beginning, if one was given.
    pub folder: Option<&'static str>,
}

impl End<'_> {
    /// Everything that isn't as it must be.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.state_problems();
        problems.extend(self.plan_problems());
        problems.extend(self.world.record.borrow().violations().iter().cloned());
        problems.extend(self.secret_problems());
        problems
    }

    fn app(&self) -> &str {
        self.wanted.text("app_name").unwrap_or_default()
    }

    fn state_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut state = self.world.state.borrow_mut();
        state.settle(&mut self.world.record.borrow_mut(), self.world.time.now_ms());
        let record = self.world.record.borrow();
        let app = self.app();
        if self.wanted.operation == "delete" {
            if state.compute(app).is_some() {
                problems.push(format!("the app `{app}` still exists"));
            }
            // Without an app, a deployer that changed nothing doesn't know what it would have dropped.
            let has_dropped =
                |process: &Rc<Process>| process.caller.may_drop && record.has_applied(process.caller.process);
            let dropped = self.wanted.drops() && self.processes.iter().any(has_dropped);
            if dropped && self.schema(&state).is_some() {
                problems.push("the schema still exists".to_owned());
            }
        } else {
            problems.extend(state.not_running(app));
            problems.extend(self.record_problems(&state));
            problems.extend(self.release_problems(&state));
            match self.schema(&state) {
                None => problems.push("the schema doesn't exist".to_owned()),
                Some(schema) if schema.app.as_deref() != Some(app) => {
                    problems.push("the schema doesn't record the app".to_owned());
                }
                Some(_) => {}
            }
        }
        problems.extend(self.orphans(&state));
        problems.extend(self.left_behind(&state));
        problems
    }

    fn schema<'s>(&self, state: &'s State) -> Option<&'s crate::model::Schema> {
        let schema = self.wanted.text("schema_name").unwrap_or(SCHEMA);
        let database = self.wanted.text("lakebase_name").unwrap_or(crate::scenario::DATABASE);
        state.schema_of(self.app(), database, schema)
    }

    /// The fields of the app's record that were asked for.
    fn record_problems(&self, state: &State) -> Vec<String> {
        let mut problems = Vec::new();
        for (argument, field) in [("description", "description"), ("app_compute", "compute_size")] {
            if let Some(wanted) = self.wanted.text(argument)
                && state.app_field(self.app(), field) != wanted
            {
                problems.push(format!("{field} is {}", state.app_field(self.app(), field)));
            }
        }
        let resources = state.app_field(self.app(), "resources");
        let attached: BTreeSet<&str> = resources
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|resource| resource["name"].as_str())
            .collect();
        let count = resources.as_array().map_or(0, Vec::len);
        if count != attached.len() {
            problems.push("two resources have one name".to_owned());
        }
        if !attached.contains("app_database") {
            problems.push("the database isn't attached".to_owned());
        }
        if let Some(endpoint) = self.wanted.text("serving_endpoint")
            && attached.contains("serving_endpoint") == endpoint.is_empty()
        {
            problems.push(format!("the serving endpoint `{endpoint}` isn't attached as wanted"));
        }
        if let Some(spaces) = self.wanted.arguments["genie_spaces"].as_array() {
            let there = attached.iter().filter(|name| name.starts_with("genie_space")).count();
            if there != spaces.len() {
                problems.push(format!("{there} Genie spaces are attached"));
            }
        }
        problems
    }

    /// The list of releases: what runs is the last one that was good, and none is lost.
    fn release_problems(&self, state: &State) -> Vec<String> {
        let app = self.app();
        let folder = state.app_field(app, "default_source_code_path");
        let list = state.files.text(&format!("{}{RELEASES}", folder.as_str().unwrap_or_default()));
        let Some(list) = list else { return vec!["there is no list of releases".to_owned()] };
        let mut problems = releases::problems(&list, state.active_deployment(app));
        let lost = state.releases_lost(app, &list);
        if !lost.is_empty() {
            problems.push(format!("the releases {lost:?} of the app are not in its list"));
        }
        let is_back = |to: &str| releases::is_same(&list, to);
        if self.wanted.operation == "rollback" && !self.wanted.text("to_release").is_some_and(is_back) {
            problems.push("the app doesn't run the release that it was to go back to".to_owned());
        }
        let branch = state.attached_branch(app).unwrap_or_default();
        if self.wanted.operation == "restore" && !branch.contains("/branches/restored-") {
            problems.push(format!("the app uses the branch `{branch}`"));
        }
        problems
    }

    /// What exists and nobody asked for.
    fn orphans(&self, state: &State) -> Vec<String> {
        let mut problems = Vec::new();
        let app = self.app();
        problems.extend(
            state
                .app_names()
                .into_iter()
                .filter(|name| name != app)
                .map(|name| format!("another app: `{name}`")),
        );
        let database = self.wanted.text("lakebase_name").unwrap_or(crate::scenario::DATABASE);
        let resets = self.processes.iter().filter(|process| process.caller.may_drop).count();
        let restores = self.processes.iter().filter(|process| process.restores()).count();
        let (mut points, mut restored, mut instances, mut production) = (0, 0, 0, 0);
        for name in state.databases() {
            match name.strip_prefix(&format!("projects/{database}/branches/")) {
                Some("production") => production += 1,
                Some(branch) if branch.starts_with("pre-reset-") => points += 1,
                Some(branch) if branch.starts_with("restored-") => restored += 1,
                _ if name == format!("instances/{database}") => instances += 1,
                _ => problems.push(format!("another database: `{name}`")),
            }
        }
        if instances + production > 1 {
            problems.push("there are two databases of one name".to_owned());
        }
        // The restore points of the beginning count too: at most one.
        if points > resets + 1 {
            problems.push(format!("{points} restore points after {resets} runs that drop data"));
        }
        if restored > restores {
            problems.push(format!("{restored} restored branches after {restores} restores"));
        }
        let key = format!("tellr-{app}/encryption-key");
        for name in state.secret_names() {
            let empty_scope = name == format!("tellr-{app}") && self.wanted.operation == "delete";
            if name != key && !empty_scope {
                problems.push(format!("another secret: `{name}`"));
            }
        }
        problems
    }

    /// Files: nothing beside what belongs to the app, no lock, and a journal that is closed.
    fn left_behind(&self, state: &State) -> Vec<String> {
        let mut problems = Vec::new();
        let folders: BTreeSet<String> = self
            .actors
            .iter()
            .map(|actor| (actor.user, &actor.command))
            .flat_map(|(user, command)| {
                let home = format!("/Workspace/Users/{user}/.apps/{}", self.app());
                [Some(home), command.text("app_file_workspace_path").map(str::to_owned)]
            })
            .flatten()
            .chain(self.folder.map(str::to_owned))
            .collect();
        for path in state.files.paths() {
            if is_lock(path) {
                if !self.died_with_the_lock() {
                    problems.push(format!("a lock is left: `{path}`"));
                }
            } else if !folders.iter().any(|folder| belongs(path, folder)) {
                problems.push(format!("another file: `{path}`"));
            }
        }
        let source = state.app_field(self.app(), "default_source_code_path");
        if let Some(folder) = source.as_str().filter(|_| self.wanted.operation != "delete") {
            let journal = state.files.text(&format!("{folder}/.tellr/deployment.json")).unwrap_or_default();
            let journal: Value = serde_json::from_str(&journal).unwrap_or_default();
            if journal["run"]["status"] != "finished" {
                problems.push(format!("the journal is not closed: {}", journal["run"]["status"]));
            }
        }
        problems
    }

    /// Whether the lock is of a deployer that died or couldn't reach the workspace any more, and none that needs
    /// it came since: it stays until one does.
    fn died_with_the_lock(&self) -> bool {
        let last = self.world.record.borrow().last_to_lock();
        self.processes.iter().any(|process| Some(process.caller.process) == last && !process.succeeded())
    }

    /// No key is in what was shown, or in a journal or a lock.
    fn secret_problems(&self) -> Vec<String> {
        let record = self.world.record.borrow();
        let state = self.world.state.borrow();
        let mut problems = Vec::new();
        let journals: Vec<String> = state
            .files
            .paths()
            .filter(|path| path.contains("/.tellr/"))
            .filter_map(|path| state.files.text(path))
            .collect();
        let keys: BTreeSet<&str> = record
            .secrets()
            .chain(self.schema(&state).and_then(|schema| schema.encrypted_with.as_deref()))
            .collect();
        for key in keys {
            if self.processes.iter().any(|process| process.told(key).is_some()) {
                problems.push("a key was shown".to_owned());
            }
            if journals.iter().any(|journal| journal.contains(key)) {
                problems.push("a key is in a journal".to_owned());
            }
        }
        problems
    }

    /// The settings of the present release, as `update` takes them.
    fn recorded_settings(&self) -> Option<Value> {
        let state = self.world.state.borrow();
        let folder = state.app_field(self.app(), "default_source_code_path");
        let list = state.files.text(&format!("{}{RELEASES}", folder.as_str()?))?;
        let current = releases::current(&list)?;
        let mut settings = current["settings"].clone();
        let wheel = current["files"].as_array().into_iter().flatten().find(|file| file["text"].is_null());
        // A wheel isn't kept in the settings.
        if let Some(name) = wheel.and_then(|file| file["name"].as_str()) {
            let content = state.files.content(&format!("{}/{name}", folder.as_str()?))?;
            settings["local_wheel"] =
                serde_json::json!({"file_name": name.rsplit('/').next(), "content": content});
        }
        Some(settings).filter(Value::is_object)
    }

    /// Plans what is wanted once more: it must change nothing.
    fn plan_problems(&self) -> Vec<String> {
        let command = match self.wanted.operation {
            "delete" | "rollback" => self.wanted.clone(),
            // A restore is never empty: the settings of the app are.
            "restore" => match self.recorded_settings() {
                Some(settings) => Command::new("update", settings),
                None => return vec!["no release records its settings".to_owned()],
            },
            _ => self.wanted.as_operation("update"),
        };
        let made: Rc<RefCell<Option<Planned>>> = Rc::default();
        let caller = Caller {
            process: self.processes.len(),
            user: self.user.to_owned(),
            restores: false,
            may_drop: false,
            looks: true,
        };
        let process = Process::new(self.world, caller, 7, 0, Vec::new());
        let planned =
            execute(self.world, vec![(Rc::clone(&process), work::plan(&process, &command, &made))], |_| None);
        if let Err(problem) = planned {
            return vec![format!("planning: {problem}")];
        }
        let plan = made.borrow();
        match (command.operation, &*plan) {
            ("delete", None) if process.code().as_deref() == Some("APP_NOT_FOUND") => Vec::new(),
            ("delete", Some(plan)) if plan.losses.is_empty() && !plan.resumes => Vec::new(),
            ("delete", Some(plan)) => vec![format!("the plan isn't empty: {:?}", plan.lost)],
            (_, None) => vec![format!("planning failed: {:?}", process.ended.borrow())],
            (_, Some(plan)) => planned_changes(plan, &self.world.state.borrow()),
        }
    }
}

/// What a plan would change. A plan that says it is empty must also show the files that are there.
pub fn planned_changes(plan: &Planned, state: &State) -> Vec<String> {
    let mut changes = Vec::new();
    if !plan.losses.is_empty() {
        changes.push(format!("the plan loses {:?}", plan.lost));
    }
    if plan.resumes {
        changes.push("the plan resumes a run".to_owned());
    }
    let made: Vec<_> = plan.changes.iter().filter(|change| change.is_made()).collect();
    if !plan.empty || !made.is_empty() {
        changes.push(format!("the plan isn't empty: {made:?}"));
    }
    for file in &plan.files {
        let path = format!("{}/{}", plan.app_file_workspace_path, file.name);
        let there = state.files.text(&path).unwrap_or_default();
        // A key in the file itself is hidden in the plan.
        let same = match file.content.split_once("(the encryption key)") {
            None => there == file.content,
            Some((before, after)) => {
                let (before, after) =
                    (before.trim_end_matches(['\'', '"']), after.trim_start_matches(['\'', '"']));
                there.starts_with(before) && there.ends_with(after)
            }
        };
        if !same {
            changes.push(format!("the plan changes `{path}`"));
        }
    }
    changes
}

/// Whether a file is one of an app's whose folder is `folder`: the files themselves, journal, wheels, and what
/// is kept of earlier releases.
fn belongs(path: &str, folder: &str) -> bool {
    let Some(rest) = path.strip_prefix(folder) else { return false };
    matches!(rest, "/app.yaml" | "/requirements.txt")
        || ["/.tellr/", "/wheels/", ".releases/"].iter().any(|below| rest.starts_with(below))
}
