//! Generated configurations: a plan after an apply changes nothing, and sends no write.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use deployer::config::{Kind, SETTINGS, Setting, Taker};
use serde_json::{Value, json};

use crate::check::planned_changes;
use crate::compare::compared;
use crate::execute::execute;
use crate::model::{Caller, State};
use crate::process::Process;
use crate::random::Random;
use crate::scenario::{ADA, Starts};
use crate::time::START_MS;
use crate::work::{self, Command, Planned, apply};
use crate::world::World;

/// Settings of which no value is generated, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("environment", "names a part of a configuration file"),
    ("reset_database", "is no setting of an app, but an order"),
    ("to_release", "is of a rollback"),
    ("restore_from", "is of a restore"),
];

/// What became of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// What isn't as it must be.
    pub problems: Vec<String>,
    /// The configurations that were applied and planned.
    pub applied: u64,
    /// Generated ones that the deployer refused before any request.
    pub refused: u64,
    /// The settings that were given.
    pub given: BTreeMap<&'static str, u64>,
}

/// A value of a setting, if one is known to be generated.
pub fn value(setting: &Setting, random: &mut Random) -> Option<Value> {
    if !setting.choices.is_empty() {
        return Some(json!(random.pick(setting.choices).value));
    }
    Some(match (setting.name, setting.kind) {
        ("app_name", _) => json!(*random.pick(&["tellr", "a1", "slides-of-the-sales-team-in-eu"])),
        ("lakebase_name", _) => json!(*random.pick(&["tellr-db", "d", "a-name-of-a-database-that-is-long"])),
        ("schema_name", _) => json!(*random.pick(&["app_data", "_s", "decks_2", "select"])),
        ("app_version", _) => json!(*random.pick(&["0.1.0", "0.2.0", "latest"])),
        ("app_file_workspace_path", _) => json!(*random.pick(&[
            "/Workspace/Users/ada@example.com/slides",
            "/Users/ada@example.com/My slides/é",
            "/Workspace/Shared/team/tellr",
        ])),
        ("description", _) => {
            json!(*random.pick(&[
                "Slides",
                "Folien für alle: \"ja\" & 'nein' #1",
                "{}",
                "x: y\u{a0}z",
                "日本語"
            ]))
        }
        ("serving_endpoint", _) => json!(*random.pick(&["model-a", "databricks-model_4", ""])),
        ("genie_spaces", _) => json!(*random.pick(&[&["g1"][..], &["g2", "g1", "g3"], &[]])),
        ("sql_warehouse", _) => json!(*random.pick(&["4b9b953939869799", "w", ""])),
        ("extra_scopes", _) => json!(*random.pick(&[&["files"][..], &["vector-search", "sql"], &[]])),
        ("extra_env", _) => {
            let values = ["", "calm", "a: b", "'", "\"", "yes", "0123", "~", "- x", "#", "{a}", "日本 "];
            let mut pairs = serde_json::Map::new();
            for name in ["TONE", "LOG_LEVEL_2", "X"] {
                if random.once_in(2) {
                    pairs.insert(name.to_owned(), json!(*random.pick(&values)));
                }
            }
            Value::Object(pairs)
        }
        ("instances", _) => json!(*random.pick(&["1", "2", "1-3"])),
        ("share_with", _) => json!(*random.pick(&[
            &["users"][..],
            &["ben@example.com:CAN_MANAGE", "sales"],
            &["6f9a0c1e-1111-4222-8333-0123456789ab"],
            &[],
        ])),
        ("tags", _) => random
            .pick(&[
                json!({"cost_center": "4711"}),
                json!({"Team Ö": "", "url": "https://x/?a=b"}),
                json!({"cost_center": "4712", "a b": "c"}),
                json!({}),
            ])
            .clone(),
        ("telemetry", _) => json!(*random.pick(&["main.tellr", "a.b.logs, a.b.metrics, a.b.traces", ""])),
        ("usage_policy", _) => json!(*random.pick(&["p-1", "6f9a0c1e-1111-4222-8333-0123456789ab"])),
        ("encryption_key", _) => json!("bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms="),
        ("local_wheel", _) => json!({
            "file_name": *random.pick(&["tellr_app-0.3.0-py3-none-any.whl", "tellr_app-0.1.0+local-py3-none-any.whl"]),
            "content": *random.pick(&["UEsDBA==", "UEsFBg=="]),
        }),
        (_, Kind::Flag) => json!(random.once_in(2)),
        _ => return None,
    })
}

/// The settings for which neither a value nor a reason to leave them out is known.
pub fn unknown_settings() -> Vec<&'static str> {
    let mut random = Random::new(1);
    SETTINGS
        .iter()
        .filter(|setting| !LEFT_OUT.iter().any(|(name, _)| *name == setting.name))
        .filter(|setting| value(setting, &mut random).is_none())
        .map(|setting| setting.name)
        .collect()
}

fn arguments(random: &mut Random, taker: Taker, keep: &Value, tried: &mut Tried) -> Value {
    let mut arguments = serde_json::Map::new();
    for setting in SETTINGS.iter().filter(|setting| setting.is_taken_by(taker)) {
        if LEFT_OUT.iter().any(|(name, _)| *name == setting.name) {
            continue;
        }
        // What names the app and where it is must stay the same in its next configuration.
        let fixed = ["app_name", "lakebase_name", "schema_name", "app_package", "encryption_key"];
        if !keep.is_null() && fixed.contains(&setting.name) {
            if !keep[setting.name].is_null() {
                arguments.insert(setting.name.to_owned(), keep[setting.name].clone());
            }
            continue;
        }
        if random.once_in(3)
            && let Some(value) = value(setting, random)
        {
            *tried.given.entry(setting.name).or_default() += 1;
            arguments.insert(setting.name.to_owned(), value);
        }
    }
    // A wheel has its own version, and is of one package.
    if arguments.contains_key("local_wheel") {
        arguments.remove("app_version");
        if arguments.get("app_package").is_some_and(|package| package != "tellr-app") {
            arguments.remove("local_wheel");
        }
    }
    for (name, default) in [("app_name", "tellr"), ("lakebase_name", "tellr-db"), ("schema_name", "app_data")]
    {
        arguments.entry(name).or_insert_with(|| json!(default));
    }
    Value::Object(arguments)
}

/// Creates an app with a generated configuration and plans it again; then updates it to another one, and plans
/// that. With a module, a difference from the native deployer is a problem.
pub fn configuration(starts: &mut Starts, seed: u64) -> Tried {
    let (mut tried, difference) = compared(starts, |starts| {
        let state = State::empty(Random::stream(seed, 4).once_in(4), false);
        let world = Rc::new(starts.world(state, START_MS, false, false));
        (configured(&world, seed), world.trace())
    });
    tried.problems.extend(difference);
    tried
}

fn configured(world: &Rc<World>, seed: u64) -> Tried {
    let mut random = Random::stream(seed, 4);
    let mut tried = Tried::default();
    // Whether there is autoscaling.
    random.once_in(4);
    let mut kept = Value::Null;
    for (number, (operation, taker)) in
        [("create", Taker::Create), ("update", Taker::Update), ("update", Taker::Update)]
            .into_iter()
            .enumerate()
    {
        let command = loop {
            let arguments = arguments(&mut random, taker, &kept, &mut tried);
            let command = Command::new(operation, arguments);
            match command.change() {
                Ok(_) => break command,
                Err(_) => tried.refused += 1,
            }
        };
        let caller =
            Caller { process: number, user: ADA.to_owned(), restores: false, may_drop: false, looks: false };
        let is_empty =
            (operation == "update").then(|| planned_before(world, number, seed, &command)).flatten();
        let made = world.record.borrow().made;
        let process = Process::new(world, caller, seed, 0, Vec::new());
        let ended = execute(world, vec![(Rc::clone(&process), apply(&process, &command))], |_| None);
        let made = world.record.borrow().made - made;
        if is_empty == Some(made > 0) {
            tried
                .problems
                .push(format!("{made} requests changed something, and the plan was empty: {is_empty:?}"));
        }
        if ended.is_err() || !process.succeeded() {
            tried.problems.push(format!("{command:?} failed: {ended:?} {:?}", process.ended.borrow()));
            return tried;
        }
        tried.applied += 1;
        let again = command.as_operation("update");
        tried.problems.extend(plan_again(world, number, seed, &again));
        if !tried.problems.is_empty() {
            tried.problems.push(format!("{command:?}"));
            return tried;
        }
        if kept.is_null() {
            kept = command.arguments;
        }
    }
    tried.problems.extend(world.record.borrow().violations().iter().cloned());
    tried
}

/// Whether the plan of a command is empty, if there is one.
fn planned_before(world: &Rc<World>, number: usize, seed: u64, command: &Command) -> Option<bool> {
    let made: Rc<RefCell<Option<Planned>>> = Rc::default();
    let caller =
        Caller { process: 60 + number, user: ADA.to_owned(), restores: false, may_drop: false, looks: true };
    let process = Process::new(world, caller, seed, 0, Vec::new());
    let work = vec![(Rc::clone(&process), work::plan(&process, command, &made))];
    execute(world, work, |_| None).ok()?;
    let plan = made.borrow();
    plan.as_ref().map(|plan| plan.empty)
}

fn plan_again(world: &Rc<World>, number: usize, seed: u64, command: &Command) -> Vec<String> {
    let made: Rc<RefCell<Option<Planned>>> = Rc::default();
    let caller =
        Caller { process: 50 + number, user: ADA.to_owned(), restores: false, may_drop: false, looks: true };
    let process = Process::new(world, caller, seed, 0, Vec::new());
    let changes = world.record.borrow().changes;
    let ended = execute(world, vec![(Rc::clone(&process), work::plan(&process, command, &made))], |_| None);
    let mut problems = Vec::new();
    if let Err(problem) = ended {
        problems.push(problem);
    }
    if world.record.borrow().changes != changes {
        problems.push("planning sent a write".to_owned());
    }
    match &*made.borrow() {
        Some(plan) => problems.extend(planned_changes(plan, &world.state.borrow())),
        None => problems.push(format!("planning failed: {:?}", process.ended.borrow())),
    }
    problems.extend(world.record.borrow().violations().iter().cloned());
    problems
}
