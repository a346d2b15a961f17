//! Many simulations on several threads, and their figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::configurations::{Tried, configuration};
use crate::module::Source;
use crate::races::race;
use crate::scenario::{PLAIN, Scenario, Starts};
use crate::schedule::{Fault, FaultKind, Schedule};
use crate::shrink::shrink;
use crate::simulate::{MOST_RUNS, Options, Outcome, simulate};
use crate::world::KINDS;

/// A campaign stops after this many failures.
const MOST_FAILURES: usize = 5;
/// The seeds that a thread takes at a time.
const CHUNK: u64 = 50;

/// A simulation that failed.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its seed.
    pub seed: u64,
    /// The shortest schedule that fails.
    pub schedule: Schedule,
    /// What isn't as it must be.
    pub problems: Vec<String>,
}

/// The figures of a campaign.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Simulations.
    pub simulations: u64,
    /// Those of them that were in a module and did what the native deployer does.
    pub as_native: u64,
    /// Requests.
    pub requests: u64,
    /// Polls.
    pub polls: u64,
    /// Virtual time, in milliseconds.
    pub virtual_ms: u64,
    /// How often each kind of fault met a request.
    pub met: [u64; KINDS],
    /// The simulations by the further runs that they needed.
    pub runs: [u64; MOST_RUNS + 1],
    /// Those that failed, by seed.
    pub failed: Vec<Failed>,
}

impl Figures {
    fn add(&mut self, outcome: &Outcome) {
        self.simulations += 1;
        self.as_native += u64::from(outcome.is_as_native);
        self.requests += outcome.requests;
        self.polls += outcome.polls;
        self.virtual_ms += outcome.virtual_ms;
        for (sum, met) in self.met.iter_mut().zip(outcome.met) {
            *sum += met;
        }
        if let Some(runs) = self.runs.get_mut(outcome.runs) {
            *runs += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.simulations += other.simulations;
        self.as_native += other.as_native;
        self.requests += other.requests;
        self.polls += other.polls;
        self.virtual_ms += other.virtual_ms;
        for (sum, met) in self.met.iter_mut().zip(other.met) {
            *sum += met;
        }
        for (sum, runs) in self.runs.iter_mut().zip(other.runs) {
            *sum += runs;
        }
        self.failed.extend(other.failed);
    }

    /// As a table for people; `seconds` is how long it took.
    pub fn table(&self, seconds: f64) -> String {
        let mut text = String::new();
        let crashes = self.met[FaultKind::CrashBefore.index()] + self.met[FaultKind::CrashAfter.index()];
        let faults: u64 = self.met.iter().sum();
        let worst = self.runs.iter().rposition(|simulations| *simulations > 0).unwrap_or_default();
        let mut rows = vec![
            ("schedules", self.simulations.to_string()),
            ("failed", self.failed.len().to_string()),
            ("requests", self.requests.to_string()),
            ("steps", self.polls.to_string()),
            ("faults", faults.to_string()),
            ("crashes", crashes.to_string()),
            ("further runs, by schedules", format!("{:?}", self.runs)),
            ("further runs, at most", worst.to_string()),
            ("virtual hours", (self.virtual_ms / 3_600_000).to_string()),
            ("seconds", format!("{seconds:.1}")),
        ];
        if self.as_native > 0 {
            rows.insert(2, ("the same natively", self.as_native.to_string()));
        }
        for (name, value) in rows {
            let _ = writeln!(text, "{name:<28} {value:>12}");
        }
        for (word, met) in FaultKind::WORDS.iter().zip(self.met) {
            let _ = writeln!(text, "  {word:<26} {met:>12}");
        }
        text
    }
}

/// Hands out seeds, until there are enough failures.
struct Seeds {
    next: AtomicU64,
    end: u64,
    failures: AtomicU64,
    chunk: u64,
}

impl Seeds {
    fn new(first: u64, many: u64) -> Self {
        Self {
            next: AtomicU64::new(first),
            end: first.saturating_add(many),
            failures: AtomicU64::new(0),
            chunk: CHUNK,
        }
    }

    fn chunk(&self) -> Option<std::ops::Range<u64>> {
        if self.failures.load(Ordering::Relaxed) >= MOST_FAILURES as u64 {
            return None;
        }
        let from = self.next.fetch_add(self.chunk, Ordering::Relaxed);
        (from < self.end).then(|| from..(from + self.chunk).min(self.end))
    }

    fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}

/// Simulates `many` seeds from `first` on.
pub fn run(source: &Source, first: u64, many: u64, threads: usize, options: Options) -> Figures {
    let seeds = Seeds::new(first, many);
    let total = Mutex::new(Figures::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let (mut starts, mut figures) = (Starts::of(source), Figures::default());
                while let Some(chunk) = seeds.chunk() {
                    for seed in chunk {
                        if let Some(failed) = one(&mut starts, seed, options, &mut figures) {
                            seeds.failed();
                            figures.failed.push(failed);
                        }
                    }
                }
                total.lock().unwrap_or_else(PoisonError::into_inner).merge(figures);
            });
        }
    });
    let mut figures = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    figures.failed.sort_by_key(|failed| failed.seed);
    figures
}

/// Every plain scenario, with each of `kinds` at every `stride`th of its requests.
pub fn single_faults(source: &Source, kinds: &[FaultKind], stride: u32, threads: usize) -> Figures {
    let plain = Seeds { next: AtomicU64::new(0), end: PLAIN, failures: AtomicU64::new(0), chunk: 1 };
    let total = Mutex::new(Figures::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let (mut starts, mut figures) = (Starts::of(source), Figures::default());
                while let Some(chunk) = plain.chunk() {
                    for seed in chunk {
                        if let Some(failed) = single_faults_of(&mut starts, seed, kinds, stride, &mut figures)
                        {
                            plain.failed();
                            figures.failed.push(failed);
                        }
                    }
                }
                total.lock().unwrap_or_else(PoisonError::into_inner).merge(figures);
            });
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn single_faults_of(
    starts: &mut Starts,
    seed: u64,
    kinds: &[FaultKind],
    stride: u32,
    figures: &mut Figures,
) -> Option<Failed> {
    let scenario = Scenario::of(seed);
    for kind in kinds {
        let mut request = 0;
        loop {
            let schedule = Schedule { faults: vec![Fault { process: 0, request, kind: *kind }] };
            let outcome = simulate(starts, seed, &scenario, &schedule, Options::default());
            // The run ended before that request.
            if outcome.met.iter().sum::<u64>() == 0 {
                break;
            }
            figures.add(&outcome);
            if !outcome.problems.is_empty() {
                return Some(Failed { seed, schedule, problems: outcome.problems });
            }
            request += stride;
        }
    }
    None
}

fn one(starts: &mut Starts, seed: u64, options: Options, figures: &mut Figures) -> Option<Failed> {
    let scenario = Scenario::of(seed);
    let schedule = scenario.schedule(seed);
    let outcome = simulate(starts, seed, &scenario, &schedule, options);
    figures.add(&outcome);
    if outcome.problems.is_empty() {
        return None;
    }
    let schedule = shrink(&schedule, |candidate| {
        !simulate(starts, seed, &scenario, candidate, options).problems.is_empty()
    });
    let problems = simulate(starts, seed, &scenario, &schedule, options).problems;
    Some(Failed { seed, schedule, problems })
}

/// The figures of races.
#[derive(Debug, Clone, Default)]
pub struct RaceFigures {
    /// Races.
    pub races: u64,
    /// Deployers in them.
    pub deployers: u64,
    /// Those that applied.
    pub applied: u64,
    /// Those that were refused.
    pub refused: u64,
    /// Races in which a holder may have been killed.
    pub killed: u64,
    /// Races in which one may have stood still.
    pub frozen: u64,
    /// The seeds that failed, with the reasons.
    pub failed: Vec<(u64, Vec<String>)>,
}

/// Runs `many` races from the seed `first` on.
pub fn races(source: &Source, first: u64, many: u64) -> RaceFigures {
    let (mut starts, mut figures) = (Starts::of(source), RaceFigures::default());
    for seed in first..first.saturating_add(many) {
        let race = race(&mut starts, seed, false, None);
        figures.races += 1;
        figures.deployers += race.deployers;
        figures.applied += race.applied;
        figures.refused += race.refused;
        figures.killed += u64::from(race.killed);
        figures.frozen += u64::from(race.frozen);
        if !race.problems.is_empty() {
            figures.failed.push((seed, race.problems));
        }
    }
    figures
}

/// The figures of generated configurations.
#[derive(Debug, Clone, Default)]
pub struct ConfigurationFigures {
    /// Applied and planned again.
    pub applied: u64,
    /// Refused before any request, and generated anew.
    pub refused: u64,
    /// How often each setting was given.
    pub given: BTreeMap<&'static str, u64>,
    /// The seeds that failed, with the reasons.
    pub failed: Vec<(u64, Vec<String>)>,
}

/// Applies at least `many` generated configurations.
pub fn configurations(source: &Source, first: u64, many: u64) -> ConfigurationFigures {
    let (mut starts, mut figures) = (Starts::of(source), ConfigurationFigures::default());
    let mut seed = first;
    while figures.applied < many && figures.failed.len() < MOST_FAILURES {
        let Tried { problems, applied, refused, given } = configuration(&mut starts, seed);
        figures.applied += applied;
        figures.refused += refused;
        for (name, times) in given {
            *figures.given.entry(name).or_default() += times;
        }
        if !problems.is_empty() {
            figures.failed.push((seed, problems));
        }
        seed += 1;
    }
    figures
}
