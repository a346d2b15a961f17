//! What a seed stands for: the workspace at the beginning, the deployers and their commands, and the faults.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::execute::execute;
use crate::model::{Caller, Pace, State};
use crate::module::{Logic, Source};
use crate::process::Process;
use crate::random::Random;
use crate::schedule::{Fault, FaultKind, Garbage, Schedule};
use crate::time::START_MS;
use crate::work::{Command, apply};
use crate::world::World;

/// The app of every simulation.
pub const APP: &str = "tellr";
/// Its database.
pub const DATABASE: &str = "tellr-db";
/// Its schema.
pub const SCHEMA: &str = "app_data";
/// The user who starts.
pub const ADA: &str = "ada@example.com";
/// Another user.
pub const EVE: &str = "eve@example.com";

/// A deployer.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Its user.
    pub user: &'static str,
    /// What it does.
    pub command: Command,
    /// How far its clock is ahead, in milliseconds.
    pub ahead_ms: i64,
}

/// How a simulation begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beginning {
    /// Nothing exists.
    Empty,
    /// The app runs.
    Deployed,
    /// The app runs in its second release; where there are branches, a restore point holds the data of the first.
    Updated,
    /// The app was deleted; its data is still there.
    Deleted,
    /// The app was deleted with its data.
    Emptied,
}

/// The workspace at the beginning.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its name")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    /// What exists.
    pub beginning: Beginning,
    /// There is no autoscaling.
    pub provisioned_only: bool,
    /// The shared folder is closed.
    pub shared_closed: bool,
    /// The key is in `app.yaml`.
    pub key_in_yaml: bool,
    /// The files are in a folder that was given.
    pub own_folder: bool,
}

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The workspace at the beginning.
    pub start: Start,
    /// How long the platform takes.
    pub pace: Pace,
    /// The deployers; the first one starts by itself.
    pub actors: Vec<Actor>,
}

/// What runs the deployers, and the states at the beginning, which it makes: one for each thread.
#[derive(Default)]
pub struct Starts {
    logic: Logic,
    made: BTreeMap<Start, (State, u64)>,
    /// With a module: the same natively, for comparison.
    natives: Option<Box<Self>>,
    /// With a module, on both sides.
    traces: bool,
}

/// The folder that is given where one is.
pub(crate) fn folder(start: Start, other: bool) -> Option<&'static str> {
    match (start.own_folder, other) {
        (true, false) => Some("/Workspace/Users/ada@example.com/slides"),
        (_, true) => Some("/Workspace/Users/eve@example.com/slides"),
        (false, false) => None,
    }
}

pub(crate) fn settings(start: Start) -> Value {
    let mut arguments = json!({"app_name": APP, "lakebase_name": DATABASE, "schema_name": SCHEMA});
    if start.key_in_yaml {
        arguments["encryption_key_storage"] = json!("app_yaml");
    }
    if let Some(folder) = folder(start, false) {
        arguments["app_file_workspace_path"] = json!(folder);
    }
    arguments
}

impl Starts {
    /// With the deploy logic of `source`.
    pub fn of(source: &Source) -> Self {
        let traces = *source != Source::Native;
        let natives = traces.then(|| Box::new(Self { traces, ..Self::default() }));
        Self { logic: source.open(), made: BTreeMap::new(), natives, traces }
    }

    /// The native deployers that those of a module are compared with.
    pub(crate) fn natives(&mut self) -> Option<&mut Self> {
        self.natives.as_deref_mut()
    }

    /// A world of its deployers; see [`World::new`].
    pub(crate) fn world(&self, state: State, now_ms: u64, keeps_past: bool, tells: bool) -> World {
        let mut world = World::new(state, now_ms, keeps_past, tells);
        world.logic = self.logic.clone();
        if self.traces {
            world.keep_trace();
        }
        world
    }

    /// The workspace at the beginning, and the time.
    ///
    /// # Panics
    /// If a deployer fails in a workspace without faults.
    pub fn get(&mut self, start: Start) -> (State, u64) {
        if !self.made.contains_key(&start) {
            let world =
                self.world(State::empty(start.provisioned_only, start.shared_closed), START_MS, false, false);
            self.made.insert(start, make(start, world));
        }
        self.made[&start].clone()
    }
}

fn make(start: Start, world: World) -> (State, u64) {
    let world = Rc::new(world);
    let mut commands = Vec::new();
    if start.beginning != Beginning::Empty {
        commands.push(Command::new("create", settings(start)));
    }
    if start.beginning == Beginning::Updated {
        let mut arguments = settings(start);
        arguments["reset_database"] = json!(true);
        arguments["app_version"] = json!("0.1.0");
        arguments["description"] = json!("The second release");
        arguments["serving_endpoint"] = json!("model-a");
        commands.push(Command::new("update", arguments));
    }
    if matches!(start.beginning, Beginning::Deleted | Beginning::Emptied) {
        let reset = start.beginning == Beginning::Emptied;
        let mut arguments = json!({"app_name": APP, "reset_database": reset});
        if let Some(folder) = folder(start, false) {
            arguments["app_file_workspace_path"] = json!(folder);
        }
        commands.push(Command::new("delete", arguments));
    }
    for (number, command) in commands.iter().enumerate() {
        let caller = Caller {
            process: number,
            user: ADA.to_owned(),
            restores: false,
            may_drop: command.drops(),
            looks: false,
        };
        let process = Process::new(&world, caller, BEGINNINGS + number as u64, 0, Vec::new());
        let ended = execute(&world, vec![(Rc::clone(&process), apply(&process, command))], |_| None);
        assert!(ended.is_ok() && process.succeeded(), "{start:?} {command:?}: {:?}", process.ended.borrow());
        world.time.move_to(world.time.now_ms() + 60_000);
    }
    let (now, mut record) = (world.time.now_ms(), world.record.borrow_mut());
    world.state.borrow_mut().settle(&mut record, now);
    assert_eq!(record.violations(), [""; 0], "{start:?}");
    let state = world.state.borrow().clone();
    (state, now)
}

/// The seeds of the deployers that make a beginning, which no campaign reaches: with the same numbers as a scenario's own
/// deployer, theirs would have the id of its run.
const BEGINNINGS: u64 = 1 << 63;

/// The number of plain scenarios: the lowest seeds.
pub const PLAIN: u64 = 20;

impl Scenario {
    /// A plain scenario: one deployer, and a platform that is quick.
    fn plain(number: u64) -> Self {
        let start = |beginning| Start {
            beginning,
            provisioned_only: matches!(number, 1 | 6 | 9 | 18),
            shared_closed: matches!(number, 12 | 13),
            key_in_yaml: matches!(number, 11 | 15 | 18),
            own_folder: false,
        };
        let (beginning, operation, more) = match number {
            0 | 1 | 12 | 15 => (Beginning::Empty, "create", json!({"genie_spaces": ["g1"]})),
            2 => (Beginning::Deleted, "create", json!({})),
            3 => (Beginning::Emptied, "create", json!({})),
            4 => {
                let more =
                    json!({"app_compute": "LARGE", "description": "New", "serving_endpoint": "model-a"});
                (Beginning::Deployed, "update", more)
            }
            5 | 6 | 13 => (Beginning::Deployed, "update", json!({"reset_database": true})),
            7 => (Beginning::Deployed, "delete", json!({})),
            8 | 9 => (Beginning::Deployed, "delete", json!({"reset_database": true})),
            10 => (Beginning::Deployed, "update", json!({"encryption_key_storage": "app_yaml"})),
            11 => (Beginning::Deployed, "update", json!({"encryption_key_storage": "secret_scope"})),
            16 | 18 => (Beginning::Updated, "rollback", json!({"to_release": "1"})),
            17 => (Beginning::Updated, "restore", json!({})),
            19 => (Beginning::Updated, "update", json!({"local_wheel": wheel("0.3.0")})),
            _ => {
                let more = json!({"app_file_workspace_path": "/Workspace/Users/ada@example.com/other"});
                (Beginning::Deployed, "update", more)
            }
        };
        let start = start(beginning);
        let mut arguments = match operation {
            "create" | "update" => settings(start),
            _ => json!({"app_name": APP}),
        };
        if let (Value::Object(arguments), Value::Object(more)) = (&mut arguments, more) {
            arguments.extend(more);
        }
        let pace = Pace { compute_start: 2_000, deletion: 2_000, deployment: 2_000, ..Pace::default() };
        let actors = vec![Actor { user: ADA, command: Command::new(operation, arguments), ahead_ms: 0 }];
        Self { start, pace, actors }
    }

    /// The scenario of a seed; the lowest [`PLAIN`] ones are plain.
    pub fn of(seed: u64) -> Self {
        if seed < PLAIN {
            return Self::plain(seed);
        }
        let mut random = Random::stream(seed, 1);
        let beginning = *random.pick(&[
            Beginning::Empty,
            Beginning::Empty,
            Beginning::Deployed,
            Beginning::Deployed,
            Beginning::Deployed,
            Beginning::Updated,
            Beginning::Updated,
            Beginning::Deleted,
            Beginning::Emptied,
        ]);
        let start = Start {
            beginning,
            provisioned_only: random.once_in(5),
            shared_closed: random.once_in(8),
            key_in_yaml: random.once_in(5),
            own_folder: random.once_in(3),
        };
        let pace = Pace {
            compute_start: *random.pick(&[1_000, 5_000, 5_000, 60_000]),
            deletion: *random.pick(&[2_000, 8_000, 8_000, 120_000]),
            deployment: *random.pick(&[1_000, 4_000, 4_000, 30_000]),
            ..Pace::default()
        };
        let mut actors = vec![Actor {
            user: ADA,
            command: command(&mut random, start, beginning, false),
            ahead_ms: skew(&mut random),
        }];
        let rivals = *random.pick(&[0, 0, 1, 1, 2]);
        for _ in 0..rivals {
            // Without the shared folder, the lock of a new app is beside its files; and a key in `app.yaml` is
            // found there only.
            let same = start.shared_closed || start.key_in_yaml || !random.once_in(3);
            let other_user = random.once_in(2);
            let mut command = command(&mut random, start, beginning, !same);
            if same && other_user && command.text("app_file_workspace_path").is_none() {
                let folder = format!("/Workspace/Users/{ADA}/.apps/{APP}");
                command.arguments["app_file_workspace_path"] = json!(folder);
            }
            let user = if other_user { EVE } else { ADA };
            actors.push(Actor { user, command, ahead_ms: skew(&mut random) });
        }
        Self { start, pace, actors }
    }

    /// The schedule of a seed.
    pub fn schedule(&self, seed: u64) -> Schedule {
        let mut random = Random::stream(seed, 2);
        let mut faults = Vec::new();
        for rival in 1..self.actors.len() {
            // Some wait for the one before them to be under way, some start with it.
            let request = u32::try_from(random.below(60)).unwrap_or_default();
            let process = usize::try_from(random.below(rival as u64)).unwrap_or_default();
            faults.push(Fault { process, request, kind: FaultKind::Start(rival) });
        }
        let many = *random.pick(&[1, 1, 2, 2, 3, 4, 6, 8]);
        let mut near = None;
        for _ in 0..many {
            let process = usize::try_from(random.below(self.actors.len() as u64)).unwrap_or_default();
            let longest = match self.actors[process].command.operation {
                "delete" => 35,
                "update" | "rollback" | "restore" => 55,
                _ => 75,
            };
            // Often shortly after another one.
            let request = match near {
                Some((of, request)) if of == process && random.once_in(3) => {
                    request + u32::try_from(random.between(1, 4)).unwrap_or_default()
                }
                _ => u32::try_from(random.below(longest)).unwrap_or_default(),
            };
            near = Some((process, request));
            faults.push(Fault { process, request, kind: kind(&mut random) });
        }
        keep_to_what_is_promised(&mut faults);
        Schedule { faults }
    }
}

/// A deployer can't notice that its machine slept if the monotonic clock stood still and the other one was set
/// back meanwhile: such a machine isn't simulated.
fn keep_to_what_is_promised(faults: &mut Vec<Fault>) {
    let suspended: Vec<usize> = faults
        .iter()
        .filter(|fault| matches!(fault.kind, FaultKind::Suspend(_)))
        .map(|fault| fault.process)
        .collect();
    faults.retain(|fault| {
        !(matches!(fault.kind, FaultKind::Jump(secs) if secs < 0) && suspended.contains(&fault.process))
    });
}

fn skew(random: &mut Random) -> i64 {
    if random.once_in(2) { 0 } else { i64::try_from(random.below(7_200_001)).unwrap_or_default() - 3_600_000 }
}

fn command(random: &mut Random, start: Start, beginning: Beginning, other_folder: bool) -> Command {
    let mut arguments = settings(start);
    if other_folder && let Some(folder) = folder(start, true) {
        arguments["app_file_workspace_path"] = json!(folder);
    }
    let operation = match beginning {
        Beginning::Updated if start.provisioned_only => *random.pick(&["update", "rollback", "rollback"]),
        Beginning::Updated => {
            *random.pick(&["update", "rollback", "rollback", "restore", "restore", "delete"])
        }
        Beginning::Deployed => *random.pick(&["update", "update", "update", "delete", "delete", "create"]),
        _ => *random.pick(&["create", "create", "create", "create", "update", "delete"]),
    };
    if operation == "delete" {
        for name in ["lakebase_name", "schema_name", "encryption_key_storage"] {
            if let Value::Object(arguments) = &mut arguments {
                arguments.remove(name);
            }
        }
        if random.once_in(2) {
            arguments["reset_database"] = json!(true);
        }
        return Command::new("delete", arguments);
    }
    if matches!(operation, "rollback" | "restore") {
        let mut arguments = json!({"app_name": APP});
        if operation == "rollback" {
            arguments["to_release"] = json!("1");
        }
        if random.once_in(6) {
            arguments["on_failure"] = json!("keep");
        }
        return Command::new(operation, arguments);
    }
    if operation == "update" && random.once_in(3) {
        arguments["reset_database"] = json!(true);
    }
    if random.once_in(2) {
        arguments["description"] = json!(format!("Slides {}", random.below(3)));
    }
    if random.once_in(3) {
        arguments["app_compute"] = json!(*random.pick(&["MEDIUM", "LARGE", "XLARGE"]));
    }
    if random.once_in(8) {
        let version = *random.pick(&["0.2.0", "0.3.0"]);
        arguments["local_wheel"] = wheel(version);
    } else if random.once_in(3) {
        arguments["app_version"] = json!(*random.pick(&["0.1.0", "0.2.0", "latest"]));
    }
    if random.once_in(4) {
        arguments["serving_endpoint"] = json!(*random.pick(&["model-a", "model-b", ""]));
    }
    if random.once_in(4) {
        arguments["genie_spaces"] = json!(*random.pick(&[&["g1"][..], &["g1", "g2"], &[]]));
    }
    if random.once_in(4) {
        arguments["extra_env"] = json!({"TONE": *random.pick(&["calm", "bright"])});
    }
    if operation == "update" && random.once_in(6) {
        arguments["on_failure"] = json!("keep");
    }
    if random.once_in(6) {
        arguments["share_with"] = json!(["users", "ben@example.com:CAN_MANAGE"]);
    }
    if random.once_in(6) {
        arguments["tags"] = json!({"team": *random.pick(&["slides", ""]), "cost_center": "4711"});
    }
    if random.once_in(8) {
        arguments["instances"] = json!("1-2");
    }
    if random.once_in(5) {
        arguments["extra_scopes"] = json!(["files"]);
    }
    if operation == "update" && !other_folder && random.once_in(6) {
        arguments["encryption_key_storage"] = json!(*random.pick(&["secret_scope", "app_yaml"]));
    }
    Command::new(operation, arguments)
}

/// A wheel; its content differs with its version.
fn wheel(version: &str) -> Value {
    let content = if version == "0.3.0" { "UEsDBA==" } else { "UEsFBg==" };
    json!({"file_name": format!("tellr_app-{version}-py3-none-any.whl"), "content": content})
}

fn kind(random: &mut Random) -> FaultKind {
    match random.below(22) {
        0 => FaultKind::Lost,
        1 | 2 => FaultKind::Unanswered,
        3 => FaultKind::TimedOut,
        4 => FaultKind::Doubled,
        5 => FaultKind::Late(random.between(1, 20)),
        6 | 7 => FaultKind::Stale(random.between(1, 5)),
        8 => FaultKind::Garbage(random.pick(&Garbage::ALL).0),
        9 => FaultKind::Refused(*random.pick(&[429, 503, 503, 500])),
        10 => FaultKind::Outage(*random.pick(&[2, 20, 90, 400])),
        11 => FaultKind::Endless,
        12 => FaultKind::Fails,
        13 | 14 => FaultKind::CrashBefore,
        15 | 16 => FaultKind::CrashAfter,
        17 => FaultKind::Freeze(*random.pick(&[10, 30, 50, 80, 120, 600, 7_200])),
        18 => FaultKind::Suspend(*random.pick(&[10, 30, 50, 80, 120, 600, 7_200])),
        19 => FaultKind::Cancel,
        _ => FaultKind::Jump(i64::try_from(random.below(7_201)).unwrap_or_default() - 3_600),
    }
}
