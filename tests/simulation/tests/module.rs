//! Simulations through the module for a notebook's kernel. They need the built module, which `DEPLOYER_WASM` names:
//! `make test` runs them after it has built one.

use std::path::Path;

use simulation::campaign;
use simulation::module::Source;
use simulation::races::race;
use simulation::scenario::{Scenario, Starts};
use simulation::schedule::Schedule;
use simulation::shrink::shrink;
use simulation::simulate::{Options, simulate};
use simulation::world::Defect;

fn module() -> Source {
    let path = std::env::var_os("DEPLOYER_WASM").expect("DEPLOYER_WASM names the module to test");
    // Relative to the workspace.
    Source::Module(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path))
}

/// The first failure with a defect: the shortest schedule, and the problems.
fn first_failure(defect: Defect) -> (Schedule, Vec<String>) {
    let (mut starts, options) =
        (Starts::of(&module()), Options { defect: Some(defect), ..Options::default() });
    for seed in 1_000..1_100 {
        let scenario = Scenario::of(seed);
        let mut problems =
            |schedule: &Schedule| simulate(&mut starts, seed, &scenario, schedule, options).problems;
        let schedule = scenario.schedule(seed);
        if !problems(&schedule).is_empty() {
            let shortest = shrink(&schedule, |candidate| !problems(candidate).is_empty());
            let problems = problems(&shortest);
            return (shortest, problems);
        }
    }
    panic!("{defect:?} was not found")
}

#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn the_module_does_what_the_native_deployer_does() {
    let figures = campaign::run(&module(), 1_000, 30, 2, Options::default());
    assert!(figures.failed.is_empty(), "{:?}", figures.failed);
    assert_eq!(figures.simulations, 30);
    assert!(figures.requests > 1_000 && figures.met.iter().sum::<u64>() > 30);
    let races = campaign::races(&module(), 1, 5);
    assert!(races.failed.is_empty(), "{:?}", races.failed);
    let configurations = campaign::configurations(&module(), 1, 5);
    assert!(configurations.failed.is_empty(), "{:?}", configurations.failed);
}

#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn answers_to_the_wrong_commands_are_found() {
    let (schedule, problems) = first_failure(Defect::AnswersMixedUp);
    assert!(schedule.faults.is_empty(), "no fault is needed: {schedule}, {problems:?}");
}

#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn an_answer_that_the_module_never_gets_is_found() {
    let (_, problems) = first_failure(Defect::AnswerLost);
    assert!(problems.iter().any(|problem| problem.contains("everybody waits")), "{problems:?}");
}

#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn a_clock_that_stands_still_is_found() {
    let (schedule, problems) = first_failure(Defect::ClockStopped);
    assert!(schedule.faults.is_empty(), "no fault is needed: {schedule}, {problems:?}");
}

/// The run succeeds all the same: only the comparison finds it.
#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn other_random_bytes_than_natively_are_found() {
    let (_, problems) = first_failure(Defect::OtherSeed);
    let [problem] = problems.as_slice() else { panic!("one problem: {problems:?}") };
    assert!(problem.contains("the module and the native deployer differ"), "{problem}");
}

#[test]
#[ignore = "needs the built module: DEPLOYER_WASM=pkg/kernel.wasm cargo test -p simulation -- --ignored"]
fn defects_of_the_workspace_are_found_through_the_module_too() {
    let (_, problems) = first_failure(Defect::JournalLeftOpen);
    assert!(problems.iter().any(|problem| problem.contains("journal")), "{problems:?}");
    let (_, problems) = first_failure(Defect::KeyShown);
    assert!(problems.iter().any(|problem| problem.contains("a key was shown")), "{problems:?}");
    let mut starts = Starts::of(&module());
    let found = (1..60)
        .flat_map(|seed| race(&mut starts, seed, false, Some(Defect::LockIgnored)).problems)
        .any(|problem| problem.contains("two apply at a time"));
    assert!(found);
}
