//! Races for the lock: two to five deployers of one app, also from different folders, with clocks up to an
//! hour apart; some of them are killed or stand still while they hold it.

use std::rc::Rc;

use serde_json::json;

use crate::compare::{Trace, compared};
use crate::execute::execute;
use crate::model::{Caller, Pace};
use crate::process::Process;
use crate::random::Random;
use crate::scenario::{ADA, APP, Beginning, DATABASE, EVE, SCHEMA, Start, Starts};
use crate::schedule::{Fault, FaultKind, Schedule};
use crate::time::START_MS;
use crate::work::{Command, apply};
use crate::world::{Defect, World};

/// How a race ended.
#[derive(Debug, Clone, Default)]
pub struct Race {
    /// The number of deployers.
    pub deployers: u64,
    /// Those that applied.
    pub applied: u64,
    /// Those that were refused.
    pub refused: u64,
    /// Whether a holder was killed.
    pub killed: bool,
    /// Whether a holder stood still.
    pub frozen: bool,
    /// What isn't as it must be.
    pub problems: Vec<String>,
    /// What happened, if it was asked for.
    pub story: Vec<String>,
}

/// What befalls the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    None,
    Killed,
    Frozen,
}

struct Runner {
    user: &'static str,
    command: Command,
    ahead_ms: i64,
    /// Milliseconds after the first.
    after_ms: u64,
    faults: Vec<Fault>,
}

/// The race of a seed. With a module, a difference from the native deployer is a problem.
pub fn race(starts: &mut Starts, seed: u64, tells: bool, defect: Option<Defect>) -> Race {
    let (mut race, difference) = compared(starts, |starts| raced(starts, seed, tells, defect));
    race.problems.extend(difference);
    race
}

fn raced(starts: &mut Starts, seed: u64, tells: bool, defect: Option<Defect>) -> (Race, Trace) {
    let mut random = Random::stream(seed, 3);
    let creates = random.once_in(2);
    let beginning = if creates { Beginning::Empty } else { Beginning::Deployed };
    let start = Start {
        beginning,
        provisioned_only: random.once_in(5),
        // Without an app, locks beside the files exclude each other in one folder only.
        shared_closed: !creates && random.once_in(4),
        key_in_yaml: false,
        own_folder: false,
    };
    let fate = *random.pick(&[Fate::None, Fate::None, Fate::Killed, Fate::Frozen]);
    let runners = runners(&mut random, creates, fate);
    let (mut state, began) = starts.get(start);
    state.pace = Pace { compute_start: *random.pick(&[2_000, 20_000]), ..Pace::default() };
    let mut world = starts.world(state, began.max(START_MS), false, tells);
    world.defect = defect;
    let world = Rc::new(world);
    let mut race = Race {
        deployers: runners.len() as u64,
        killed: fate == Fate::Killed,
        frozen: fate == Fate::Frozen,
        ..Race::default()
    };
    let processes: Vec<Rc<Process>> = runners
        .iter()
        .enumerate()
        .map(|(number, runner)| {
            let caller = Caller {
                process: number,
                user: runner.user.to_owned(),
                restores: false,
                may_drop: runner.command.drops(),
                looks: false,
            };
            Process::new(&world, caller, seed, runner.ahead_ms, runner.faults.clone())
        })
        .collect();
    let all = processes.iter().zip(&runners).map(|(process, runner)| {
        let (world, work, after_ms) = (Rc::clone(&world), apply(process, &runner.command), runner.after_ms);
        let later: crate::execute::Work = Box::pin(async move {
            world.time.sleep(after_ms).await;
            work.await;
        });
        (Rc::clone(process), later)
    });
    if let Err(problem) = execute(&world, all.collect(), |_| None) {
        race.problems.push(problem);
    }
    race.applied = processes.iter().filter(|process| process.succeeded()).count() as u64;
    race.refused = processes.iter().filter(|process| process.code().is_some()).count() as u64;
    race.problems.extend(world.record.borrow().violations().iter().cloned());
    // Of creates, a later one is refused as the app exists. A later update may take the lock once the one before has
    // ended.
    // Where the shared folder is closed, those that move the app are refused.
    let is_expected = if creates { race.applied == 1 } else { race.applied >= 1 || start.shared_closed };
    if fate == Fate::None && !is_expected {
        let codes: Vec<_> = processes.iter().map(|process| process.code()).collect();
        race.problems.push(format!("{} of the deployers succeeded: {codes:?}", race.applied));
    }
    for process in &processes {
        let code = process.code();
        let expected = ["DEPLOY_LOCKED", "LOCK_LOST", "APP_ALREADY_EXISTS"];
        let is_expected = |code| expected.contains(&code) || start.shared_closed && code == "LOCK_ELSEWHERE";
        if code.as_deref().is_some_and(|code| !is_expected(code)) {
            let ended = process.ended.borrow();
            race.problems.push(format!("deployer {} ended with {ended:?}", process.caller.process));
        }
    }
    next(&world, seed, creates, &mut race);
    race.story = world.story();
    (race, world.trace())
}

/// One more deployer: it gets the lock, after a killed holder's lease.
fn next(world: &Rc<World>, seed: u64, creates: bool, race: &mut Race) {
    if !race.problems.is_empty() {
        return;
    }
    let operation = if creates && race.applied == 0 { "create" } else { "update" };
    let mut last = None;
    // A create that another user began is completed by that user.
    for (number, user) in [(90, ADA), (91, EVE)] {
        let caller =
            Caller { process: number, user: user.to_owned(), restores: false, may_drop: false, looks: false };
        let process = Process::new(world, caller, seed, 0, Vec::new());
        let command = Command::new(operation, settings(creates.then(|| home(user))));
        let (began, work) = (world.time.now_ms(), apply(&process, &command));
        if let Err(problem) = execute(world, vec![(Rc::clone(&process), work)], |_| None) {
            race.problems.push(problem);
            return;
        }
        race.problems.extend(world.record.borrow().violations().iter().cloned());
        if process.succeeded() {
            return;
        }
        last = process.code();
        if world.time.now_ms() - began > 20 * 60_000 {
            race.problems.push("the next deployer waits too long".to_owned());
        }
    }
    race.problems.push(format!("the next deployer is refused: {last:?}"));
}

fn home(user: &str) -> String {
    format!("/Workspace/Users/{user}/.apps/{APP}")
}

fn settings(folder: Option<String>) -> serde_json::Value {
    let mut settings = json!({"app_name": APP, "lakebase_name": DATABASE, "schema_name": SCHEMA});
    if let Some(folder) = folder {
        settings["app_file_workspace_path"] = json!(folder);
    }
    settings
}

fn runners(random: &mut Random, creates: bool, fate: Fate) -> Vec<Runner> {
    let many = random.between(2, 5);
    let simultaneous = random.once_in(2);
    let mut runners = Vec::new();
    for number in 0..many {
        let user = *random.pick(&[ADA, EVE]);
        let mut arguments = settings(creates.then(|| home(user)));
        let operation = if creates { "create" } else { "update" };
        if !creates {
            arguments["description"] = json!(format!("By deployer {number}"));
            if random.once_in(4) {
                arguments["reset_database"] = json!(true);
            }
            // The lock is one, whatever folder an update writes its files to.
            if random.once_in(3) {
                arguments["app_file_workspace_path"] = json!(home(user));
            }
        }
        let skewed = i64::try_from(random.below(7_200_001)).unwrap_or_default() - 3_600_000;
        let mut faults = Vec::new();
        let process = usize::try_from(number).unwrap_or_default();
        if fate != Fate::None && random.once_in(2) {
            let request = u32::try_from(random.between(8, 60)).unwrap_or_default();
            let kind = match fate {
                Fate::Killed if random.once_in(2) => FaultKind::CrashBefore,
                Fate::Killed => FaultKind::CrashAfter,
                _ if random.once_in(2) => FaultKind::Freeze(*random.pick(&[20, 40, 60, 90, 200, 4_000])),
                _ => FaultKind::Suspend(*random.pick(&[20, 40, 60, 90, 200, 4_000])),
            };
            faults.push(Fault { process, request, kind });
        }
        runners.push(Runner {
            user,
            command: Command::new(operation, arguments),
            ahead_ms: if random.once_in(4) { 0 } else { skewed },
            after_ms: if simultaneous { 0 } else { random.below(60_000) },
            faults,
        });
    }
    runners
}

/// The faults of a race, as text.
pub fn faults(seed: u64) -> Schedule {
    let mut random = Random::stream(seed, 3);
    let creates = random.once_in(2);
    let (_, _) = (random.once_in(5), !creates && random.once_in(4));
    let fate = *random.pick(&[Fate::None, Fate::None, Fate::Killed, Fate::Frozen]);
    let faults = runners(&mut random, creates, fate).into_iter().flat_map(|runner| runner.faults);
    Schedule { faults: faults.collect() }
}
