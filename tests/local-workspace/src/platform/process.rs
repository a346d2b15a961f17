//! One running version of an app.
//!
//! It has its own process group: stopping an app stops its child processes too. SIGTERM, then SIGKILL after
//! the platform's 15 seconds.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use parking_lot::Mutex;
use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::environment::Environment;
use super::logs::{LogSource, Logs};
use super::{DeployFailure, HealthCheck, Launch, crash_message};
use crate::scratch::{Registration, Scratch, StopSignal, signal_group};

/// The time between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(15);
/// How often a new app is polled for an answer.
const KNOCK_EVERY: Duration = Duration::from_millis(50);
/// The time limit of one poll. An app may be busy while it starts.
const KNOCK_LIMIT: Duration = Duration::from_secs(5);
/// The only variable that is substituted in a command.
const PORT_VARIABLE: &str = "$DATABRICKS_APP_PORT";

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended(ExitStatus);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use std::os::unix::process::ExitStatusExt;
        match (self.0.code(), self.0.signal()) {
            (Some(code), _) => write!(f, "the process exited with code {code}"),
            (None, Some(signal)) => write!(f, "the process was ended by signal {signal}"),
            (None, None) => f.write_str("the process ended"),
        }
    }
}

/// A process group that serves an app. Dropping it kills the group.
pub(super) struct Process {
    group: u32,
    port: u16,
    logs: Logs,
    ended: watch::Receiver<Option<Ended>>,
    _registration: Registration,
}

impl Process {
    /// Starts the command, without waiting for it to answer.
    pub(super) async fn start(
        launch: &Launch,
        source: &Path,
        environment: &Environment,
        scratch: &Scratch,
        logs: &Logs,
    ) -> Result<Self, DeployFailure> {
        let failed = |error: io::Error| DeployFailure::new(format!("error starting app: {error}"));
        let port = free_port().await.map_err(failed)?;
        let words = command_of(launch)?;
        logs.add(LogSource::System, format!("Starting app with command: {words:?}"));
        let home = scratch.subdirectory(&format!("apps/{}/home", launch.app)).map_err(failed)?;
        let bin = environment.folder.join("bin");
        let mut command = Command::new(program(&words[0], &bin, source));
        command
            .args(words[1..].iter().map(|word| word.replace(PORT_VARIABLE, &port.to_string())))
            .current_dir(source)
            .env_clear()
            .envs(&environment.variables)
            .envs(framework_variables(port))
            .envs(&launch.env)
            .env("DATABRICKS_APP_PORT", port.to_string())
            .env("PORT", port.to_string())
            .env("HOME", home)
            .env("LANG", "C.UTF-8")
            .env("PATH", search_path(&bin))
            .env("VIRTUAL_ENV", &environment.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().map_err(|error| {
            DeployFailure::new(format!("error starting app: command {:?}: {error}", words[0]))
        })?;
        let group = child.id().unwrap_or_default();
        let registration = scratch.register(group, StopSignal::KillGroup).map_err(failed)?;
        let (sender, ended) = watch::channel(None);
        tokio::spawn(attend(child_streams(&mut child, logs), child, sender, group));
        Ok(Self { group, port, logs: logs.clone(), ended, _registration: registration })
    }

    /// The address where it should listen.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How it ended, if it did.
    pub(super) fn ended(&self) -> Option<Ended> {
        *self.ended.borrow()
    }

    /// Waits for the end; returns how it ended, if that is known.
    async fn end(&self) -> Option<Ended> {
        let mut ended = self.ended.clone();
        // Without a sender the outcome will never be known, which is an end too.
        ended.wait_for(Option::is_some).await.ok().and_then(|how| *how)
    }

    /// Waits until it answers HTTP. It has failed if it ends before that, or takes too long.
    pub(super) async fn wait_until_answering(&self, limit: Duration) -> Result<(), DeployFailure> {
        let answering = async {
            while status(self.port, "/").await.is_none() {
                tokio::time::sleep(KNOCK_EVERY).await;
            }
        };
        let late = || {
            format!(
                "the app did not answer on DATABRICKS_APP_PORT ({}) within {} seconds",
                self.port,
                limit.as_secs()
            )
        };
        self.wait_until(answering, limit, late).await
    }

    /// Waits until it answers the health check with 2xx. It has failed if it ends before that, or takes longer
    /// than the check allows; `limit` applies to a check without a time of its own.
    pub(super) async fn wait_until_healthy(
        &self,
        check: &HealthCheck,
        limit: Duration,
    ) -> Result<(), DeployFailure> {
        let limit = check.timeout.unwrap_or(limit);
        let last = Mutex::new(None);
        let healthy = async {
            loop {
                let status = status(self.port, &check.path).await;
                if status.is_some_and(|status| (200..300).contains(&status)) {
                    return;
                }
                if status.is_some() {
                    *last.lock() = status;
                }
                tokio::time::sleep(KNOCK_EVERY).await;
            }
        };
        self.wait_until(healthy, limit, || check.failure(limit, *last.lock())).await
    }

    /// Waits for the process to be ready; stops it if it ends before that, or is `late`.
    async fn wait_until(
        &self,
        ready: impl Future<Output = ()>,
        limit: Duration,
        late: impl FnOnce() -> String,
    ) -> Result<(), DeployFailure> {
        let reason = tokio::select! {
            () = ready => return Ok(()),
            ended = self.end() => match ended {
                Some(how) => crash_message(how, &self.logs),
                None => "App crashed".to_owned(),
            },
            () = tokio::time::sleep(limit) => late(),
        };
        self.stop().await;
        Err(DeployFailure::new(reason))
    }

    /// Sends SIGTERM, and SIGKILL to what is left after the grace period.
    pub(super) async fn stop(&self) {
        if self.ended().is_some() {
            return;
        }
        signal_group(self.group, Signal::TERM);
        if tokio::time::timeout(GRACE, self.end()).await.is_err() {
            let message = format!("The app did not stop within {} seconds and is killed", GRACE.as_secs());
            self.logs.add(LogSource::System, message);
            signal_group(self.group, Signal::KILL);
            self.end().await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already reaped: its process id may have been reused.
        if self.ended.borrow().is_none() {
            signal_group(self.group, Signal::KILL);
        }
    }
}

fn child_streams(child: &mut Child, logs: &Logs) -> Vec<tokio::task::JoinHandle<()>> {
    let out = child.stdout.take().map(|out| logs.follow(LogSource::App, out));
    let err = child.stderr.take().map(|err| logs.follow(LogSource::App, err));
    out.into_iter().chain(err).collect()
}

/// Waits for the end of the leader, ends the rest of the group, and reports it.
async fn attend(
    readers: Vec<tokio::task::JoinHandle<()>>,
    mut child: Child,
    sender: watch::Sender<Option<Ended>>,
    group: u32,
) {
    let status = child.wait().await;
    signal_group(group, Signal::KILL);
    // Output first, so that it is in the log when the end is reported. A process that left the group may
    // keep the streams open; it is only waited for briefly.
    let all = futures_util::future::join_all(readers);
    let _ = tokio::time::timeout(Duration::from_secs(1), all).await;
    sender.send_replace(status.ok().map(Ended));
}

/// A port that is currently unused.
async fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    Ok(listener.local_addr()?.port())
}

/// The status with which a server on this port answers, if it speaks HTTP.
async fn status(port: u16, path: &str) -> Option<u16> {
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        // `HTTP/1.1 200`
        let mut start = [0; 12];
        stream.read_exact(&mut start).await?;
        Ok::<_, io::Error>(start)
    };
    let start = tokio::time::timeout(KNOCK_LIMIT, ask).await.ok()?.ok()?;
    let start = std::str::from_utf8(&start).ok()?.strip_prefix("HTTP/")?;
    start.split(' ').nth(1)?.parse().ok()
}

fn command_of(launch: &Launch) -> Result<Vec<String>, DeployFailure> {
    if let Some(words) = launch.command.as_ref().filter(|words| !words.is_empty()) {
        return Ok(words.clone());
    }
    let first = launch
        .files
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| !path.contains('/') && Path::new(path).extension().is_some_and(|e| e == "py"))
        .min();
    match first {
        Some(file) => Ok(vec!["python".to_owned(), file.to_owned()]),
        None => {
            Err(DeployFailure::new("no command to run: app.yaml has no command and there is no Python file"))
        }
    }
}

/// The path of the command's first word: the child's PATH is searched, not ours.
fn program(word: &str, bin: &Path, source: &Path) -> OsString {
    if word.contains('/') {
        return source.join(word).into();
    }
    let own = bin.join(word);
    if own.is_file() {
        return own.into();
    }
    std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .map(|folder| folder.join(word))
        .find(|candidate| candidate.is_file())
        .map_or_else(|| word.into(), OsString::from)
}

fn search_path(bin: &Path) -> OsString {
    let mut path = OsString::from(bin);
    if let Some(system) = std::env::var_os("PATH") {
        path.push(":");
        path.push(system);
    }
    path
}

/// Variables that well-known frameworks read instead of `DATABRICKS_APP_PORT`; the platform sets them too.
fn framework_variables(port: u16) -> Vec<(&'static str, String)> {
    let port = port.to_string();
    let everywhere = || "0.0.0.0".to_owned();
    vec![
        ("FLASK_RUN_HOST", everywhere()),
        ("FLASK_RUN_PORT", port.clone()),
        ("GRADIO_SERVER_NAME", everywhere()),
        ("GRADIO_SERVER_PORT", port.clone()),
        ("STREAMLIT_SERVER_ADDRESS", everywhere()),
        ("STREAMLIT_SERVER_HEADLESS", "true".to_owned()),
        ("STREAMLIT_SERVER_PORT", port.clone()),
        ("UVICORN_HOST", everywhere()),
        ("UVICORN_PORT", port),
    ]
}
