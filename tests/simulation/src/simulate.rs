//! One simulation: a scenario under a schedule, the runs that complete it, and the checks.

use std::rc::Rc;

use crate::check::End;
use crate::compare::{Trace, compared};
use crate::execute::execute;
use crate::model::{Caller, is_lock};
use crate::process::Process;
use crate::scenario::{ADA, Actor, Scenario, Starts, folder, settings};
use crate::schedule::{FaultKind, Schedule};
use crate::work::{Command, apply};
use crate::world::{Defect, KINDS, World};

/// How many further runs a user needs at most.
pub const MOST_RUNS: usize = 2;

/// What happened.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What isn't as it must be.
    pub problems: Vec<String>,
    /// The further runs that were needed.
    pub runs: usize,
    /// How often each kind of fault met a request.
    pub met: [u64; KINDS],
    /// Requests.
    pub requests: u64,
    /// Polls.
    pub polls: u64,
    /// Virtual time, in milliseconds.
    pub virtual_ms: u64,
    /// Whether it was in a module and did what the native deployer does.
    pub is_as_native: bool,
    /// What happened, if it was asked for.
    pub story: Vec<String>,
}

/// A simulation's options.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Keep a story.
    pub tells: bool,
    /// Plant a defect.
    pub defect: Option<Defect>,
}

/// Runs `scenario` of `seed` under `schedule`. With a module, a difference from the native deployer is a problem.
pub fn simulate(
    starts: &mut Starts,
    seed: u64,
    scenario: &Scenario,
    schedule: &Schedule,
    options: Options,
) -> Outcome {
    let (mut outcome, difference) =
        compared(starts, |starts| simulated(starts, seed, scenario, schedule, options));
    outcome.is_as_native = starts.natives().is_some() && difference.is_none();
    outcome.problems.extend(difference);
    outcome
}

fn simulated(
    starts: &mut Starts,
    seed: u64,
    scenario: &Scenario,
    schedule: &Schedule,
    options: Options,
) -> (Outcome, Trace) {
    let (mut state, began) = starts.get(scenario.start);
    state.pace = scenario.pace;
    let stale = schedule.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Stale(_)));
    let mut world = starts.world(state, began, stale, options.tells);
    world.defect = options.defect;
    let world = Rc::new(world);
    let mut outcome = Outcome::default();
    let mut processes: Vec<Rc<Process>> = Vec::new();
    let mut numbers: Vec<usize> = Vec::new();
    let ended = {
        let mut begin = |number: usize| {
            let actor = scenario.actors.get(number).filter(|_| !numbers.contains(&number))?;
            numbers.push(number);
            let faults = schedule.faults.iter().filter(|fault| fault.process == number).copied().collect();
            let process = Process::new(
                &world,
                caller(number, actor.user, &actor.command),
                seed,
                actor.ahead_ms,
                faults,
            );
            processes.push(Rc::clone(&process));
            world.note(|| {
                format!(
                    "{number} starts: {} {} {}",
                    actor.user, actor.command.operation, actor.command.arguments
                )
            });
            let work = apply(&process, &actor.command);
            Some((process, work))
        };
        let first = begin(0).into_iter().collect();
        execute(&world, first, begin)
    };
    match ended {
        Ok(polls) => outcome.polls += polls,
        Err(problem) => outcome.problems.push(problem),
    }
    if outcome.problems.is_empty() {
        complete(&world, seed, scenario, &mut processes, &mut outcome);
    }
    outcome.met = world.faults_met();
    outcome.requests = world.requests();
    outcome.virtual_ms = world.time.now_ms() - began;
    outcome.story = world.story();
    (outcome, world.trace())
}

fn caller(number: usize, user: &str, command: &Command) -> Caller {
    Caller {
        process: number,
        user: user.to_owned(),
        restores: command.operation == "restore",
        may_drop: command.drops(),
        looks: false,
    }
}

/// Runs what is wanted again until everything is as it must be, as its user would.
fn complete(
    world: &Rc<World>,
    seed: u64,
    scenario: &Scenario,
    processes: &mut Vec<Rc<Process>>,
    outcome: &mut Outcome,
) {
    // The command that changed something last is the one that counts; or that of a deployer that got the lock
    // later, and left it behind before it changed anything.
    let (applied, locked) = {
        let record = world.record.borrow();
        (record.last_to_apply(), record.last_to_lock())
    };
    let failed = |number: &usize| {
        let is_it = |process: &&Rc<Process>| process.caller.process == *number;
        processes.iter().find(is_it).is_some_and(|process| !process.succeeded())
    };
    let is_left = world.state.borrow().files.paths().any(is_lock);
    let last = locked.filter(|number| is_left && failed(number)).or(applied).unwrap_or_default();
    let Actor { mut user, command, .. } = scenario.actors.get(last).unwrap_or(&scenario.actors[0]).clone();
    // Another one's create that is only half done.
    let half = applied
        .filter(|number| *number != last && failed(number))
        .and_then(|number| scenario.actors.get(number))
        .filter(|actor| actor.command.operation == "create")
        .cloned();
    let has_succeeded = processes.iter().any(|process| process.caller.process == last && process.succeeded());
    let mut wanted = command;
    world.state.borrow_mut().release();
    loop {
        let done = outcome.runs > 0 || has_succeeded;
        let problems = if done {
            End {
                world,
                processes,
                actors: &scenario.actors,
                wanted: &wanted,
                user,
                folder: folder(scenario.start, false),
            }
            .problems()
        } else {
            vec!["the run did not succeed".to_owned()]
        };
        if problems.is_empty() {
            return;
        }
        let violated = !world.record.borrow().violations().is_empty();
        if outcome.runs == MOST_RUNS || violated {
            outcome.problems = problems;
            return;
        }
        outcome.runs += 1;
        let number = scenario.actors.len() + outcome.runs;
        world.note(|| {
            format!("run {} without faults: {user} {} {}", outcome.runs, wanted.operation, wanted.arguments)
        });
        let process = Process::new(world, caller(number, user, &wanted), seed, 0, Vec::new());
        processes.push(Rc::clone(&process));
        match execute(world, vec![(Rc::clone(&process), apply(&process, &wanted))], |_| None) {
            Ok(polls) => outcome.polls += polls,
            Err(problem) => {
                outcome.problems.push(problem);
                return;
            }
        }
        // What the error tells its reader to do instead.
        match (wanted.operation, process.code().as_deref()) {
            ("create", Some("APP_ALREADY_EXISTS")) => match &half {
                Some(actor) => (user, wanted) = (actor.user, actor.command.clone()),
                None => wanted = wanted.as_operation("update"),
            },
            ("update", Some("APP_DELETING")) => {
                // Its name is free when the platform has deleted it.
                world.time.move_to(world.time.now_ms() + 20 * 60_000);
                wanted = wanted.as_operation("create");
            }
            ("update", Some("APP_NOT_FOUND" | "APP_DELETED" | "LAKEBASE_NOT_FOUND")) => {
                wanted = wanted.as_operation("create");
            }
            ("rollback" | "restore", Some("APP_DELETING")) => {
                world.time.move_to(world.time.now_ms() + 20 * 60_000);
                (user, wanted) = (ADA, Command::new("create", settings(scenario.start)));
            }
            ("rollback" | "restore", Some("APP_NOT_FOUND" | "APP_DELETED")) => {
                (user, wanted) = (ADA, Command::new("create", settings(scenario.start)));
            }
            _ => {}
        }
        if let Some(code) = process.code() {
            world.note(|| format!("run {} ended with {code}", outcome.runs));
        }
    }
}
