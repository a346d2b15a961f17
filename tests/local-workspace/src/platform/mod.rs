//! The runtime of apps: real processes, each behind a URL.
//!
//! Problem: a deployment succeeds or fails for reasons that a stub can't reproduce: a requirement that
//! can't be installed, a file that is missing, a server that listens on the wrong port, a process that
//! ignores SIGTERM.
//!
//! Choice: do the same as the platform. Source files are written to a new folder, requirements are
//! installed in a virtual environment (`environment`), the command is a process group with the platform's
//! variables and none of ours (`process`); it counts as started when it answers HTTP on its port. Each app
//! has a constant URL with a proxy (`proxy`) that identifies the visitor and adds the platform's headers.
//! The old process serves until the new one answers; each has its own port, which apps read from
//! `DATABRICKS_APP_PORT`.
//!
//! Trade-off: apps run as the workspace's own user, without limits on memory or CPU.

mod environment;
mod logs;
mod logz;
mod process;
mod proxy;
mod sign_in;
mod user_tokens;
mod visitor;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use parking_lot::Mutex;

pub use logs::{LogLine, LogSource};
pub use proxy::{AppHttp, Buffering, ProxySettings};

use crate::scratch::Scratch;
use crate::workspace::Workspace;
use environment::Environments;
use logs::Logs;
use process::{Ended, Process};
use proxy::{Http2Connection, Listener};
use user_tokens::UserTokens;
use visitor::Sessions;

/// Whether apps are real processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AppsMode {
    /// Real processes.
    #[default]
    Process,
    /// Stubs: every deployment succeeds, and the URL answers with a stub. For tests of deploy logic only.
    Scripted,
}

/// The app to run.
#[derive(Clone)]
pub struct Launch {
    /// The app's name.
    pub app: String,
    /// Source files by path, relative to the source folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// The environment, apart from port, home and path. May hold secrets.
    pub env: BTreeMap<String, String>,
    /// The command, run without a shell; without one, the first Python file is run.
    pub command: Option<Vec<String>>,
    /// What decides that the deployment succeeds; without one, any answer of the app does.
    pub health_check: Option<HealthCheck>,
}

/// A request to the app's own port that must be answered with 2xx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// The path, with a slash at its start.
    pub path: String,
    /// How long the app has for that, from its start; the limit of any start if it isn't given.
    pub timeout: Option<Duration>,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launch")
            .field("app", &self.app)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

impl HealthCheck {
    /// Why a deployment failed by it. `last` is the status of the app's last answer, if there was one.
    fn failure(&self, limit: Duration, last: Option<u16>) -> String {
        let seen =
            last.map_or_else(|| "it did not answer".to_owned(), |status| format!("it answered {status}"));
        format!(
            "the health check did not pass within {} seconds: GET {} must answer with a status of 200 to 299, {seen}",
            limit.as_secs_f64(),
            self.path
        )
    }
}

/// Why a deployment failed, in the platform's wording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DeployFailure {
    /// `status.message` of the deployment.
    pub message: String,
}

impl DeployFailure {
    fn new(reason: impl std::fmt::Display) -> Self {
        Self { message: format!("Error deploying app: {reason}") }
    }
}

/// The state of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppState {
    /// Its process runs.
    Running,
    /// Its process ended by itself.
    Crashed {
        /// How, and its last output.
        message: String,
    },
    /// It was never deployed, or was stopped.
    Unavailable,
}

/// The runtime of apps; clones share it.
#[derive(Clone)]
pub struct Platform(Arc<Inner>);

struct Inner {
    mode: AppsMode,
    apps: Mutex<BTreeMap<String, Arc<Slot>>>,
    start_limit: Duration,
    workspace: OnceLock<Weak<Workspace>>,
    environments: Environments,
    // Dropped last: processes end before their files are removed.
    scratch: Arc<Scratch>,
}

/// One app: its URL and its process.
struct Slot {
    app: String,
    logs: Logs,
    running: Mutex<Running>,
    /// The connection to its process, if requests are sent with HTTP/2.
    http2: Http2Connection,
    tokens: UserTokens,
    sessions: Sessions,
    /// Serialises deployments.
    turn: tokio::sync::Mutex<()>,
    listener: OnceLock<Listener>,
}

enum Running {
    Nothing,
    Stub,
    Process(Arc<Process>),
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform")
            .field("mode", &self.0.mode)
            .field("apps", &self.0.apps.lock().keys())
            .finish_non_exhaustive()
    }
}

impl Platform {
    /// The default time limit for an app to answer after its start.
    pub const START_LIMIT: Duration = Duration::from_mins(10);

    /// A runtime without apps. `wheels` are folders that requirements can be installed from, beside the
    /// usual index.
    pub fn start(mode: AppsMode, scratch: Arc<Scratch>, wheels: Vec<PathBuf>, start_limit: Duration) -> Self {
        Self(Arc::new(Inner {
            mode,
            environments: Environments::new(Arc::clone(&scratch), wheels),
            scratch,
            start_limit,
            apps: Mutex::default(),
            workspace: OnceLock::new(),
        }))
    }

    /// Sets the workspace, which identifies an app's visitors. Until then every URL answers 503.
    pub fn join(&self, workspace: &Arc<Workspace>) {
        // A second workspace for one runtime makes no sense; the first is kept.
        let _ = self.0.workspace.set(Arc::downgrade(workspace));
    }

    /// Whether deployments are stubs.
    pub fn is_scripted(&self) -> bool {
        self.0.mode == AppsMode::Scripted
    }

    /// Gives a new app its URL, which it keeps for its lifetime.
    pub async fn open(&self, app: &str) -> io::Result<String> {
        let slot = Arc::new(Slot {
            app: app.to_owned(),
            logs: Logs::default(),
            running: Mutex::new(Running::Nothing),
            http2: Http2Connection::default(),
            tokens: UserTokens::default(),
            sessions: Sessions::default(),
            turn: tokio::sync::Mutex::default(),
            listener: OnceLock::new(),
        });
        let listener = proxy::listen(Arc::downgrade(&slot), Arc::downgrade(&self.0)).await?;
        let url = listener.url().to_owned();
        slot.listener.get_or_init(|| listener);
        self.0.apps.lock().insert(app.to_owned(), slot);
        Ok(url)
    }

    /// The URL of an app, if the app exists.
    pub fn url(&self, app: &str) -> Option<String> {
        let slot = self.slot(app)?;
        slot.listener.get().map(|listener| listener.url().to_owned())
    }

    /// Starts an app and stops what ran before. On failure the old process keeps running.
    pub async fn deploy(&self, launch: Launch) -> Result<(), DeployFailure> {
        let slot = self.slot(&launch.app).ok_or_else(|| DeployFailure::new("the app does not exist"))?;
        let _turn = slot.turn.lock().await;
        let fresh = match self.0.mode {
            AppsMode::Scripted => self.stub(&launch)?,
            AppsMode::Process => Running::Process(Arc::new(self.launch(&slot, &launch).await?)),
        };
        let old = std::mem::replace(&mut *slot.running.lock(), fresh);
        if let Running::Process(old) = old {
            slot.logs.add(LogSource::System, "Stopping the previous version");
            old.stop().await;
        }
        Ok(())
    }

    /// A stub, if it passes its health check.
    fn stub(&self, launch: &Launch) -> Result<Running, DeployFailure> {
        let workspace = self.0.workspace.get().and_then(Weak::upgrade);
        let (Some(check), Some(workspace)) = (&launch.health_check, workspace) else {
            return Ok(Running::Stub);
        };
        let outcomes = workspace.settings.get().outcomes;
        let sick = outcomes.unhealthy_sources.iter().any(|text| {
            launch.files.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(text.as_str()))
        });
        let status = if sick { 503 } else { outcomes.app_answers.get(&check.path).map_or(200, |a| a.status) };
        if (200..300).contains(&status) {
            return Ok(Running::Stub);
        }
        let limit = check.timeout.unwrap_or(self.0.start_limit);
        Err(DeployFailure::new(check.failure(limit, Some(status))))
    }

    async fn launch(&self, slot: &Slot, launch: &Launch) -> Result<Process, DeployFailure> {
        let source = self
            .0
            .unpack(launch)
            .await
            .map_err(|error| DeployFailure::new(format!("error reading source files: {error}")))?;
        let environment = self.0.environments.prepare(launch, &source, &slot.logs).await?;
        let process = Process::start(launch, &source, &environment, &self.0.scratch, &slot.logs).await?;
        match &launch.health_check {
            None => process.wait_until_answering(self.0.start_limit).await?,
            Some(check) => process.wait_until_healthy(check, self.0.start_limit).await?,
        }
        slot.logs.add(LogSource::System, "App started successfully");
        Ok(process)
    }

    /// Ends an app's process; its URL is kept.
    pub async fn stop(&self, app: &str) {
        let Some(slot) = self.slot(app) else { return };
        let old = std::mem::replace(&mut *slot.running.lock(), Running::Nothing);
        if let Running::Process(process) = old {
            slot.logs.add(LogSource::System, "Stopping the app");
            process.stop().await;
        }
    }

    /// Ends an app and closes its URL.
    pub async fn remove(&self, app: &str) {
        self.stop(app).await;
        self.0.apps.lock().remove(app);
    }

    /// The current state of an app.
    pub fn app_state(&self, app: &str) -> AppState {
        self.slot(app).map_or(AppState::Unavailable, |slot| slot.state())
    }

    /// An app's log, oldest line first.
    pub fn logs(&self, app: &str) -> Vec<LogLine> {
        self.slot(app).map_or_else(Vec::new, |slot| slot.logs.all())
    }

    /// Adds lines to an app's log, as if the app had written them.
    pub fn append_logs(&self, app: &str, lines: &[String]) {
        if let Some(slot) = self.slot(app) {
            for line in lines {
                slot.logs.add(LogSource::App, line);
            }
        }
    }

    /// Expires the tokens that an app got for one of its users, or for all; each next request has a new one.
    /// Returns how many they were, `None` if there is no such app.
    pub fn expire_user_tokens(&self, app: &str, user: Option<&str>) -> Option<usize> {
        let workspace = self.0.workspace.get()?.upgrade()?;
        Some(self.slot(app)?.tokens.expire(user, &workspace))
    }

    /// Signs one user, or all, out of an app: their next requests are redirected to the sign-in. Returns how
    /// many sessions ended, `None` if there is no such app.
    pub fn end_sessions(&self, app: &str, user: Option<&str>) -> Option<usize> {
        Some(self.slot(app)?.sessions.end_all(user))
    }

    /// Ends all apps.
    pub async fn shutdown(&self) {
        let names: Vec<String> = self.0.apps.lock().keys().cloned().collect();
        futures_util::future::join_all(names.iter().map(|name| self.remove(name))).await;
    }

    fn slot(&self, app: &str) -> Option<Arc<Slot>> {
        self.0.apps.lock().get(app).cloned()
    }
}

impl Inner {
    /// Writes the source files into a folder for this deployment.
    async fn unpack(&self, launch: &Launch) -> io::Result<PathBuf> {
        let root = self
            .scratch
            .subdirectory(&format!("apps/{}", launch.app))?
            .join(uuid::Uuid::new_v4().simple().to_string());
        let (folder, files) = (root.clone(), launch.files.clone());
        tokio::task::spawn_blocking(move || {
            for (path, content) in files {
                let path = std::path::Path::new(&path);
                let stays_inside =
                    path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
                if !stays_inside {
                    return Err(io::Error::other(format!("{} is no source path", path.display())));
                }
                let target = folder.join(path);
                if let Some(parent) = target.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::write(target, content)?;
            }
            std::fs::create_dir_all(&folder)
        })
        .await
        .map_err(io::Error::other)??;
        Ok(root)
    }
}

impl Slot {
    /// The name of its session cookie.
    fn cookie(&self) -> String {
        visitor::cookie_of(self.listener.get().map_or(0, Listener::port))
    }

    fn state(&self) -> AppState {
        match &*self.running.lock() {
            Running::Nothing => AppState::Unavailable,
            Running::Stub => AppState::Running,
            Running::Process(process) => match process.ended() {
                None => AppState::Running,
                Some(ended) => AppState::Crashed { message: crash_message(ended, &self.logs) },
            },
        }
    }
}

fn crash_message(ended: Ended, logs: &Logs) -> String {
    let last = logs.last(LogSource::App, 5);
    if last.is_empty() {
        format!("App crashed: {ended}")
    } else {
        format!("App crashed: {ended}\nLast log lines:\n{}", last.join("\n"))
    }
}
