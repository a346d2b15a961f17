//! The command line of the app.

use std::process::ExitCode;

use clap::error::ContextKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use deployer::command_line::program::NATIVE;
use tellr_app::adoption;
use tellr_app::app::AppState;
use tellr_app::chat;
use tellr_app::database::seeds::Selection;
use tellr_app::database::{Database, Effort, encryption, rotation};
use tellr_app::decks;
use tellr_app::deploy::{self, operation::Operation};
use tellr_app::export;
use tellr_app::google;
use tellr_app::http::frontend;
use tellr_app::http::listener::{self, Drained, StopSignals};
use tellr_app::images;
use tellr_app::jobs;
use tellr_app::metrics;
use tellr_app::server;
use tellr_app::settings::Settings;
use tellr_app::{check, deploy_page, logging, settings};
use tokio::sync::oneshot;

/// Tellr, the AI slide generator: the server with its page inside
#[derive(Parser)]
#[command(name = "tellr-app", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page and the API
    #[command(after_long_help = settings::documentation())]
    Serve,
    /// Prepare the database: migrations, check of the encryption key, initial content
    #[command(after_long_help = settings::documentation())]
    InitDatabase {
        /// Also add the prompts and the style about the Databricks platform
        #[arg(long)]
        seed_databricks_defaults: bool,
    },
    /// Change the encryption key: encrypt all stored credentials with a new key
    ///
    /// The present key is in `GOOGLE_OAUTH_ENCRYPTION_KEY`, the new one in `TELLR_NEW_ENCRYPTION_KEY`.
    #[command(after_long_help = settings::documentation())]
    RotateKey,
    /// Check everything the app needs and report what is missing
    #[command(after_long_help = settings::documentation())]
    Check,
    /// Print the OpenAPI document of the API
    Openapi,
    /// Write a deck file as PowerPoint, PDF, HTML or SVG, without a server or database
    Export(export::command::Flags),
    #[command(subcommand, about = deploy::wording::ABOUT)]
    Deploy(Operation),
    /// Serve the deploy page on this machine: the deployer as a web page
    DeployPage(deploy_page::command::Flags),
}

/// Two worker threads serve thousands of requests a second; more would only use memory.
const MOST_WORKER_THREADS: usize = 4;

fn main() -> ExitCode {
    let command = match parse().command {
        Command::Deploy(Operation::Completions { shell }) => {
            return deploy::completions::print(shell, Arguments::command());
        }
        // The deployer runs on one thread with its own event loop.
        Command::Deploy(operation) => return deploy::command::run(operation),
        // No event loop: it writes a file and is done.
        Command::Export(flags) => return export::command::run(&flags),
        Command::Openapi => {
            println!("{:#}", server::api_document());
            return ExitCode::SUCCESS;
        }
        command => command,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(processors.min(MOST_WORKER_THREADS))
        .thread_name("tellr")
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run(command)),
        Err(error) => {
            eprintln!("tellr-app: the runtime could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Parses the command line. Another tool's name for a subcommand leads to a hint about ours.
fn parse() -> Arguments {
    let command = Arguments::command()
        .mut_subcommand("deploy", |deploy| deploy::wording::with_examples(deploy, NATIVE));
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        let word = error.get(ContextKind::InvalidSubcommand).map(ToString::to_string);
        if let Some((word, right)) =
            word.and_then(|word| deploy::wording::meant_by(&word).map(|right| (word, right)))
            && std::env::args().nth(1).is_some_and(|first| first == "deploy")
        {
            eprint!("{}", deploy::wording::other_word(NATIVE, &word, right));
            std::process::exit(2);
        }
        error.exit()
    })
}

async fn run(command: Command) -> ExitCode {
    // The app's environment variables are not required for the deploy page.
    let command = match command {
        Command::DeployPage(flags) => return Box::pin(deploy_page::command::run(flags)).await,
        command => command,
    };
    let settings = Settings::from_env();
    if let Command::Check = command {
        let report = Box::pin(check::run(settings)).await;
        print!("{report}");
        return if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("tellr-app: {error}");
            return ExitCode::FAILURE;
        }
    };
    logging::start(settings.environment, "info");
    let outcome = match command {
        Command::Serve => serve(&settings).await,
        Command::InitDatabase { seed_databricks_defaults } => {
            let seeds = if seed_databricks_defaults {
                Selection::WithDatabricksDefaults
            } else {
                Selection::Standard
            };
            init_database(&settings, seeds).await
        }
        Command::RotateKey => rotate_key(&settings).await,
        Command::Check
        | Command::Deploy(_)
        | Command::DeployPage(_)
        | Command::Export(_)
        | Command::Openapi => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Says what was done and what to do, for a person at a terminal.
async fn rotate_key(settings: &Settings) -> Outcome {
    let database = Database::open(settings, Effort::starting())?;
    let (old, new) = (settings.encryption_key.as_ref(), settings.new_encryption_key.as_ref());
    let rotated = rotation::rotate(&database, old, new).await?;
    for (column, count) in &rotated.changed {
        println!("{column}: {count} encrypted with the new key");
    }
    if rotated.was_done {
        println!("The database had the new key already.");
    } else {
        println!("The database now has the new key.");
    }
    println!(
        "Next: put the new key into the app's secret (`tellr-app deploy update` with `encryption_key`, or the secret \
         scope), which restarts the app. Until then the running app can't read stored credentials. Then delete the \
         previous key."
    );
    Ok(())
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn serve(settings: &Settings) -> Outcome {
    let app = AppState::new(settings, Effort::serving())?;
    let stop = StopSignals::new().map_err(|error| format!("signals can't be received: {error}"))?;
    let listener = listener::bind(settings.listen)
        .map_err(|error| format!("port {} could not be opened: {error}", settings.listen.port()))?;
    let address = listener.local_addr()?;
    tracing::info!(
        version = tellr_app::VERSION,
        "tellr-app {} listens on http://{address} with a {} database at {}",
        tellr_app::VERSION,
        settings.database.target.kind(),
        settings.database.target.address(),
    );
    if !frontend::contents().is_built {
        tracing::warn!("this program was built without the page; it shows a placeholder");
    }
    if let Some(port) = settings.metrics_port {
        let (address, _) = metrics::serve(app.metrics.clone(), port)
            .map_err(|error| format!("the port for metrics, {port}, could not be opened: {error}"))?;
        tracing::info!("metrics are at http://{address}/metrics");
    }
    let housekeeping = tokio::spawn(close_idle_connections(app.database.clone()));
    let (stopping, stopped) = oneshot::channel::<()>();
    let kinds = jobs::kinds::own()
        .with(images::Thumbnail)
        .with(decks::SearchIndex)
        .with(export::Exporting::new(app.maker))
        .with(export::SweepFiles)
        .with(chat::Answering::new(app.assistant.clone()))
        .with(google::Exporting::new(app.google.clone(), app.maker));
    let working = tokio::spawn(jobs::service::work(app.jobs.clone(), kinds, async {
        // Ends also if the sender is dropped.
        let _ = stopped.await;
    }));
    let stop = async {
        stop.received().await;
        let _ = stopping.send(());
    };
    let drained = listener::serve(listener, server::router(app.clone()), stop, listener::DRAIN).await;
    housekeeping.abort();
    if working.await.is_err() {
        tracing::error!("the worker for jobs panicked");
    }
    app.traces.close().await;
    app.database.close().await;
    match drained {
        Drained::Completely => tracing::info!("all requests were answered; stopping"),
        Drained::CutOff => {
            tracing::warn!("some requests took too long and were aborted; stopping");
        }
    }
    Ok(())
}

/// So that the database of an idle app can scale to zero.
async fn close_idle_connections(database: Database) {
    let mut minutes = tokio::time::interval(std::time::Duration::from_mins(1));
    loop {
        minutes.tick().await;
        database.close_idle();
    }
}

async fn init_database(settings: &Settings, seeds: Selection) -> Outcome {
    let database = Database::open(settings, Effort::starting())?;
    let done = database.initialise(seeds).await?;
    match done.key {
        encryption::Proof::Recorded => tracing::info!("the encryption key is now recorded in the database"),
        encryption::Proof::Right => tracing::info!("the encryption key matches the database"),
        encryption::Proof::NotInUse => {
            tracing::warn!("there is no encryption key; credentials of users cannot be stored");
        }
    }
    if !done.planted.is_empty() {
        tracing::info!("added {}", done.planted.join(", "));
    }
    if let Some(import) = &settings.import
        && let Some(copied) = adoption::copy(&database, import).await?
    {
        tracing::info!(
            prompts = copied.prompts,
            styles = copied.styles,
            profiles = copied.profiles,
            sessions = copied.sessions,
            turns = copied.turns,
            "copied {} prompts, {} styles, {} profiles and {} sessions from schema {}",
            copied.prompts,
            copied.styles,
            copied.profiles,
            copied.sessions,
            import.schema
        );
    }
    tracing::info!(migrations = done.applied.len(), "the database is ready: schema {}", database.schema());
    Ok(())
}
