//! Simulations through the modules as built, which are in `pkg/`: `make test` runs them after it has built those.

use std::path::Path;

use simulation::campaign;
use simulation::module::Source;
use simulation::races::race;
use simulation::scenario::{Scenario, Starts};
use simulation::schedule::Schedule;
use simulation::shrink::shrink;
use simulation::simulate::{Options, simulate};
use simulation::world::Defect;

const KERNEL: &str = "kernel.wasm";
const PAGE: &str = "deployer.js";

fn module(file: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pkg").join(file);
    assert!(path.exists(), "`make pkg` builds the module {file}");
    Source::Module(path)
}

/// The first failure with a defect: the shortest schedule, and the problems.
fn first_failure(file: &str, defect: Defect) -> (Schedule, Vec<String>) {
    let (mut starts, options) =
        (Starts::of(&module(file)), Options { defect: Some(defect), ..Options::default() });
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
fn the_modules_do_what_the_native_deployer_does() {
    for file in [KERNEL, PAGE] {
        let module = module(file);
        let figures = campaign::run(&module, 1_000, 20, 2, Options::default());
        assert!(figures.failed.is_empty(), "{file}: {:?}", figures.failed);
        assert_eq!((figures.simulations, figures.as_native), (20, 20));
        assert!(figures.requests > 1_000 && figures.met.iter().sum::<u64>() > 20);
        let races = campaign::races(&module, 1, 3);
        assert!(races.failed.is_empty(), "{file}: {:?}", races.failed);
        let configurations = campaign::configurations(&module, 1, 3);
        assert!(configurations.failed.is_empty(), "{file}: {:?}", configurations.failed);
    }
}

#[test]
fn answers_to_the_wrong_commands_are_found() {
    for file in [KERNEL, PAGE] {
        let (schedule, problems) = first_failure(file, Defect::AnswersMixedUp);
        assert!(schedule.faults.is_empty(), "{file}: no fault is needed: {schedule}, {problems:?}");
    }
}

#[test]
fn an_answer_that_the_module_never_gets_is_found() {
    let (_, problems) = first_failure(KERNEL, Defect::AnswerLost);
    assert!(problems.iter().any(|problem| problem.contains("everybody waits")), "{problems:?}");
}

#[test]
fn a_clock_that_stands_still_is_found() {
    let (schedule, problems) = first_failure(KERNEL, Defect::ClockStopped);
    assert!(schedule.faults.is_empty(), "no fault is needed: {schedule}, {problems:?}");
}

/// The run succeeds all the same: only the comparison finds it.
#[test]
fn other_random_bytes_than_natively_are_found() {
    for file in [KERNEL, PAGE] {
        let (_, problems) = first_failure(file, Defect::OtherSeed);
        let [problem] = problems.as_slice() else { panic!("{file}: one problem: {problems:?}") };
        assert!(problem.contains("the module and the native deployer differ"), "{problem}");
    }
}

#[test]
fn defects_of_the_workspace_are_found_through_the_module_too() {
    let (_, problems) = first_failure(KERNEL, Defect::JournalLeftOpen);
    assert!(problems.iter().any(|problem| problem.contains("journal")), "{problems:?}");
    let (_, problems) = first_failure(KERNEL, Defect::KeyShown);
    assert!(problems.iter().any(|problem| problem.contains("a key was shown")), "{problems:?}");
    let mut starts = Starts::of(&module(KERNEL));
    let found = (1..60)
        .flat_map(|seed| race(&mut starts, seed, false, Some(Defect::LockIgnored)).problems)
        .any(|problem| problem.contains("two apply at a time"));
    assert!(found);
}
