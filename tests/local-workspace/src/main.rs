//! The command line of the local workspace.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use local_workspace::clock::Clock;
use local_workspace::identity::PrincipalSpec;
use local_workspace::pace::Pace;
use local_workspace::platform::AppsMode;
use local_workspace::settings::{Features, Settings, SignInAnswer, SignInSettings};
use local_workspace::{LocalWorkspace, Options};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

/// A Databricks workspace on loopback.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a workspace and keep it up until it is interrupted.
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Port of the workspace API; 0 takes a free one.
    #[arg(long, default_value_t = 8787, env = "LOCAL_WORKSPACE_PORT")]
    port: u16,
    /// Announce the workspace as one line of JSON.
    #[arg(long)]
    json: bool,
    /// How long things take: `none`, `realistic` or `scaled:<factor>`.
    #[arg(long, default_value = "none")]
    pace: Pace,
    /// Whether time passes by itself or only when told to.
    #[arg(long, value_enum, default_value_t = ClockKind::Real)]
    clock: ClockKind,
    /// What becomes of deployed apps.
    #[arg(long, value_enum, default_value_t = Apps::Process)]
    apps: Apps,
    /// A folder of wheels that apps can install from, beside the usual index.
    #[arg(long, value_name = "DIR")]
    wheels: Option<PathBuf>,
    /// Where to keep files; a temporary directory when absent.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Principals instead of ada, ben and carla: a JSON list of `{user_name, rights, …}`.
    #[arg(long, value_name = "FILE")]
    principals: Option<PathBuf>,
    /// Sign browsers in as this user at once, instead of asking who one is.
    #[arg(long, value_name = "USER")]
    sign_in_as: Option<String>,
    /// Let pages of this origin read answers, `*` for all; the platform lets none.
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ClockKind {
    /// The machine's clock.
    Real,
    /// A clock that stands still until it is moved over the control address.
    Virtual,
}

#[derive(Clone, Copy, ValueEnum)]
enum Apps {
    /// Installed and started as real processes.
    Process,
    /// Only told to be running.
    Scripted,
}

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = std::env::var("RUST_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = wanted.and_then(|text| text.parse().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::ERROR));
    registry().with(fmt::layer().with_writer(std::io::stderr)).with(filter).init();
    let Command::Serve(options) = Cli::parse().command;
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Serve) -> Result<(), Box<dyn std::error::Error>> {
    let principals = match &options.principals {
        None => PrincipalSpec::defaults(),
        Some(file) => read_principals(file)?,
    };
    // Before anything starts, so that no signal can interrupt the start.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let workspace = LocalWorkspace::start(Options {
        port: options.port,
        dir: options.dir,
        clock: match options.clock {
            ClockKind::Real => Clock::real(),
            ClockKind::Virtual => Clock::virtual_from(Clock::real().now()),
        },
        settings: Settings {
            pace: options.pace,
            features: Features { cors_origin: options.cors_origin, ..Features::default() },
            sign_in: SignInSettings {
                answer: options.sign_in_as.map_or(SignInAnswer::Ask, SignInAnswer::As),
                ..SignInSettings::default()
            },
            ..Settings::default()
        },
        apps: match options.apps {
            Apps::Process => AppsMode::Process,
            Apps::Scripted => AppsMode::Scripted,
        },
        wheels: options.wheels,
        principals,
        ..Options::default()
    })
    .await?;
    announce(&workspace, options.json)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    workspace.shutdown().await;
    Ok(())
}

fn read_principals(file: &PathBuf) -> Result<Vec<PrincipalSpec>, String> {
    let text = std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{} holds no principals: {error}", file.display()))
}

fn announce(workspace: &LocalWorkspace, as_json: bool) -> std::io::Result<()> {
    let state = workspace.control();
    let control = format!("{}/__local", workspace.host());
    let ca_file = state.lakebase.ca_file();
    let mut out = std::io::stdout().lock();
    if as_json {
        let announcement = json!({
            "host": workspace.host(),
            "workspace_id": state.id.to_string(),
            "control": control,
            "ca_file": ca_file,
            "dir": state.dir,
            "principals": workspace.principals(),
        });
        writeln!(out, "{announcement}")?;
    } else {
        writeln!(out, "Workspace  {}", workspace.host())?;
        writeln!(out, "Control    {control}")?;
        writeln!(out, "CA file    {}", ca_file.display())?;
        for principal in workspace.principals() {
            writeln!(out, "Token      {:<20} {}", principal.user_name, principal.token)?;
        }
        writeln!(out, "Press Ctrl-C to stop")?;
    }
    out.flush()
}
