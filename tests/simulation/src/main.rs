//! Runs simulations from the command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use simulation::campaign;
use simulation::module::Source;
use simulation::scenario::{Scenario, Starts};
use simulation::schedule::{FaultKind, Schedule};
use simulation::shrink::shrink;
use simulation::simulate::{Options, simulate};

/// Simulates deployments under seeded faults.
#[derive(Parser)]
#[command(name = "simulation")]
struct Arguments {
    /// Run the deployers in a module, and compare them with the native ones: `kernel.wasm` or `deployer.js`.
    #[arg(long, global = true, value_name = "MODULE")]
    through: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate seeded schedules.
    Run {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        schedules: u64,
        /// The first seed.
        #[arg(long, default_value_t = 1_000)]
        seed: u64,
        /// Threads.
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
    /// Each kind of fault at each request of plain scenarios.
    Singles {
        /// Threads.
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
    /// Race for the lock.
    Races {
        /// How many.
        races: u64,
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Apply generated configurations, and plan each again.
    Configurations {
        /// At least how many.
        configurations: u64,
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Tell what happens in one simulation.
    Replay {
        /// Its seed.
        seed: u64,
        /// Its faults; if omitted, the seed's own.
        schedule: Option<String>,
        /// Tell of the shortest schedule that fails.
        #[arg(long)]
        shrink: bool,
    },
    /// Tell what happens in one race.
    Race {
        /// Its seed.
        seed: u64,
    },
}

fn main() -> ExitCode {
    let began = Instant::now();
    let Arguments { through, command } = Arguments::parse();
    let replays = match &through {
        Some(path) => format!("simulation --through {} replay", path.display()),
        None => "simulation replay".to_owned(),
    };
    let source = &through.map_or(Source::Native, Source::Module);
    let failed = match command {
        Command::Run { schedules, seed, threads } => {
            tell(&campaign::run(source, seed, schedules, threads, Options::default()), &replays, began)
        }
        Command::Singles { threads } => {
            tell(&campaign::single_faults(source, &FaultKind::SINGLE, 1, threads), &replays, began)
        }
        Command::Races { races, seed } => {
            let figures = campaign::races(source, seed, races);
            for (name, value) in [
                ("races", figures.races),
                ("deployers", figures.deployers),
                ("applied", figures.applied),
                ("refused", figures.refused),
                ("with kills", figures.killed),
                ("with freezes", figures.frozen),
                ("failed", figures.failed.len() as u64),
            ] {
                println!("{name:<28} {value:>12}");
            }
            println!("{:<28} {:>12.1}", "seconds", began.elapsed().as_secs_f64());
            tell_failed(&figures.failed, "race");
            !figures.failed.is_empty()
        }
        Command::Configurations { configurations, seed } => {
            let figures = campaign::configurations(source, seed, configurations);
            println!("{:<28} {:>12}", "configurations", figures.applied);
            println!("{:<28} {:>12}", "refused", figures.refused);
            println!("{:<28} {:>12.1}", "seconds", began.elapsed().as_secs_f64());
            for (name, times) in &figures.given {
                println!("  {name:<26} {times:>12}");
            }
            tell_failed(&figures.failed, "configuration");
            !figures.failed.is_empty()
        }
        Command::Replay { seed, schedule, shrink: shortens } => {
            return replay(source, seed, schedule, shortens);
        }
        Command::Race { seed } => {
            let race = simulation::races::race(&mut Starts::of(source), seed, true, None);
            race.story.iter().for_each(|line| println!("{line}"));
            race.problems.iter().for_each(|problem| println!("problem: {problem}"));
            !race.problems.is_empty()
        }
    };
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints figures and failures; whether there are failures.
fn tell(figures: &campaign::Figures, replays: &str, began: Instant) -> bool {
    print!("{}", figures.table(began.elapsed().as_secs_f64()));
    for failed in &figures.failed {
        println!("\nseed {}: {}", failed.seed, failed.problems.join("; "));
        println!("  {replays} {} '{}'", failed.seed, failed.schedule);
    }
    !figures.failed.is_empty()
}

fn tell_failed(failed: &[(u64, Vec<String>)], what: &str) {
    for (seed, problems) in failed {
        println!("\n{what} of seed {seed}: {}", problems.join("; "));
    }
}

fn replay(source: &Source, seed: u64, schedule: Option<String>, shortens: bool) -> ExitCode {
    let scenario = Scenario::of(seed);
    let mut schedule = match schedule.map(|text| text.parse::<Schedule>()) {
        None => scenario.schedule(seed),
        Some(Ok(schedule)) => schedule,
        Some(Err(problem)) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut starts = Starts::of(source);
    if shortens {
        schedule = shrink(&schedule, |candidate| {
            !simulate(&mut starts, seed, &scenario, candidate, Options::default()).problems.is_empty()
        });
    }
    println!("{:?}", scenario.start);
    for (number, actor) in scenario.actors.iter().enumerate() {
        let (operation, arguments) = (actor.command.operation, &actor.command.arguments);
        println!("{number}: {} {operation} {arguments}, clock {} s", actor.user, actor.ahead_ms / 1000);
    }
    println!("schedule: {schedule}");
    let options = Options { tells: true, ..Options::default() };
    let outcome = simulate(&mut starts, seed, &scenario, &schedule, options);
    outcome.story.iter().for_each(|line| println!("{line}"));
    println!("{} further runs", outcome.runs);
    outcome.problems.iter().for_each(|problem| println!("problem: {problem}"));
    if outcome.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
