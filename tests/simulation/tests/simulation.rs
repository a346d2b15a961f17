//! A small set of simulations, and that a defect would be found.

use simulation::campaign;
use simulation::configurations::unknown_settings;
use simulation::module::Source;
use simulation::races::race;
use simulation::scenario::{Scenario, Starts};
use simulation::schedule::{FaultKind, Garbage};
use simulation::simulate::{Options, simulate};
use simulation::world::Defect;

fn described(failed: &[campaign::Failed]) -> String {
    let lines = failed.iter().map(|failed| {
        format!("simulation replay {} '{}': {}", failed.seed, failed.schedule, failed.problems.join("; "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn seeded_schedules_end_as_wanted() {
    let figures = campaign::run(&Source::Native, 1_000, 300, 2, Options::default());
    assert!(figures.failed.is_empty(), "{}", described(&figures.failed));
    assert_eq!(figures.simulations, 300);
    let never: Vec<usize> = (0..figures.met.len()).filter(|kind| figures.met[*kind] == 0).collect();
    assert!(never.len() < 4, "kinds of fault that met no request: {never:?}");
}

/// These found a lock that a finished `delete` left, and a key that was replaced after an empty answer.
#[test]
fn any_single_answer_may_be_lost_or_wrong() {
    // All kinds are tried by the program, which is compiled to be fast.
    let kinds = [FaultKind::Garbage(Garbage::Empty), FaultKind::CrashAfter];
    let figures = campaign::single_faults(&Source::Native, &kinds, 1, 2);
    assert!(figures.failed.is_empty(), "{}", described(&figures.failed));
    assert!(figures.simulations > 800, "{}", figures.simulations);
}

#[test]
fn a_simulation_is_the_same_each_time() {
    let tells = Options { tells: true, ..Options::default() };
    for seed in 1_000..1_006 {
        let scenario = Scenario::of(seed);
        let schedule = scenario.schedule(seed);
        let [one, other] =
            [(), ()].map(|()| simulate(&mut Starts::default(), seed, &scenario, &schedule, tells).story);
        assert!(!one.is_empty());
        assert_eq!(one, other, "seed {seed}");
    }
}

#[test]
fn one_deployer_applies_at_a_time() {
    let figures = campaign::races(&Source::Native, 1, 60);
    assert!(figures.failed.is_empty(), "{:?}", figures.failed);
    assert!(figures.killed > 0 && figures.frozen > 0 && figures.refused > 0);
}

#[test]
fn a_plan_after_an_apply_changes_nothing() {
    let figures = campaign::configurations(&Source::Native, 1, 40);
    assert!(figures.failed.is_empty(), "{:?}", figures.failed);
    assert!(figures.given.len() > 15, "{:?}", figures.given);
}

#[test]
fn every_setting_is_generated_or_left_out_for_a_reason() {
    assert_eq!(unknown_settings(), [""; 0]);
}

#[test]
fn deployers_that_ignore_the_lock_are_found() {
    let mut starts = Starts::default();
    let found = (1..60)
        .flat_map(|seed| race(&mut starts, seed, false, Some(Defect::LockIgnored)).problems)
        .any(|problem| problem.contains("two apply at a time"));
    assert!(found);
}

/// The first failure with a defect, with its shortest schedule.
fn first_failure(defect: Defect) -> campaign::Failed {
    let options = Options { defect: Some(defect), ..Options::default() };
    let figures = campaign::run(&Source::Native, 1_000, 400, 1, options);
    figures.failed.into_iter().next().unwrap_or_else(|| panic!("{defect:?} was not found"))
}

#[test]
fn a_journal_that_is_left_open_is_found() {
    let failed = first_failure(Defect::JournalLeftOpen);
    assert!(failed.problems.iter().any(|problem| problem.contains("journal")), "{failed:?}");
    assert!(failed.schedule.faults.is_empty(), "no fault is needed: {failed:?}");
}

#[test]
fn data_that_no_restore_point_holds_is_found() {
    let options = Options { defect: Some(Defect::NoRestorePoint), ..Options::default() };
    let figures = campaign::run(&Source::Native, 1_000, 400, 1, options);
    assert!(!figures.failed.is_empty());
}

#[test]
fn a_key_that_is_shown_is_found() {
    let failed = first_failure(Defect::KeyShown);
    assert!(failed.problems.iter().any(|problem| problem.contains("a key was shown")), "{failed:?}");
}
