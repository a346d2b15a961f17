//! `tellr-app deploy logs`: the log of an app, as it is written.
//!
//! Following survives what happens to a stream in hours: a proxy that ends it, a token that expires, an app that is
//! deployed again. Then it is opened again, with growing pauses, and lines that are sent again are left out
//! (`LinesRead`). It ends when the app's compute is stopped or the app is deleted, and with Ctrl-C, which is the
//! usual way to end it and no failure.
//!
//! Lines go to standard output, messages about the connection to standard error.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write as _};
use std::time::Duration;

use clap::Args;
use deployer::command_line::log::{self, Line};
use deployer::config::StatusConfig;
use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::host::HostError;
use deployer::operations::{self, AppState};
use tokio::time::{sleep, timeout};

use super::connection::{connect, find};
use super::flags::{Connection, StatusFlags};
use super::log_lines::LinesRead;
use super::native_host::NativeHost;
use super::printer::Style;
use crate::http::listener;
use crate::workspace::{AppLog, LogLine, Received};

/// The time limit for the first line of a stream.
const FIRST: Duration = Duration::from_secs(2);
/// After a pause of this length, the recent lines have been sent.
const QUIET: Duration = Duration::from_millis(500);
/// The time limit for the recent lines.
const RECENT: Duration = Duration::from_secs(15);
/// After this time without a message, the app's state is read: a stopped app may leave its stream open.
const SILENCE: Duration = Duration::from_secs(30);
/// The pauses between attempts to open the stream.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// The close codes of a stream whose token is no longer accepted.
const TOKEN_REFUSED: [u16; 2] = [4401, 4403];

/// The flags of `logs`.
#[derive(Debug, Args)]
pub struct LogsFlags {
    #[command(flatten)]
    pub(super) app: StatusFlags,
    /// Keep showing new lines until the app stops, or until Ctrl-C
    #[arg(long, short)]
    follow: bool,
    /// How many recent lines to show
    #[arg(long, value_name = "N", default_value_t = 200)]
    tail: usize,
    /// Only lines with this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    search: String,
}

/// Prints the log.
pub(super) async fn run(flags: LogsFlags, style: Style) -> Result<(), DeployError> {
    let LogsFlags { app, follow, tail, search } = flags;
    let (connection, config) = app.read()?;
    let mut stopped = Box::pin(listener::asked_to_stop());
    tokio::select! {
        outcome = Box::pin(show(&connection, &config, (follow, tail, &search), style)) => outcome,
        _ = &mut stopped => Ok(()),
    }
}

async fn show(
    connection: &Connection,
    config: &StatusConfig,
    (follow, tail, search): (bool, usize, &str),
    style: Style,
) -> Result<(), DeployError> {
    let workspace = connect(connection, find(connection)?).await?;
    let host = NativeHost::of(workspace.clone(), None, |_| {});
    let app = operations::app_state(&host, config, &Cancellation::new()).await?;
    let log = AppLog::new(workspace, app.url.as_deref().unwrap_or_default(), search);
    let log = log.ok_or_else(|| Failure::LogUnreachable {
        app: config.app_name.to_string(),
        compute: app.compute.clone(),
        problem: "The workspace shows no address for the app".to_owned(),
    })?;
    let reader = Reader { log, host, config, app, lines: LinesRead::default(), is_heard: false, style };
    if follow { reader.follow(tail).await } else { reader.recent(tail).await }
}

/// Reads and prints one log.
struct Reader<'a> {
    log: AppLog,
    host: NativeHost,
    config: &'a StatusConfig,
    /// The app as it was read last.
    app: AppState,
    lines: LinesRead,
    /// Whether the present stream has sent anything.
    is_heard: bool,
    style: Style,
}

/// Why there are no more lines from a stream.
#[derive(Clone, Copy)]
enum End {
    /// It has ended, with this close code.
    Stream(Option<u16>),
    /// The reader of standard output has closed it.
    Output,
}

/// Why a stream couldn't be opened.
enum Closed {
    /// The credential was refused with this status.
    Refused(u16),
    /// The app's URL answered with another status, or not at all.
    Unreachable(String),
}

impl Reader<'_> {
    /// Prints the recent lines.
    async fn recent(mut self, tail: usize) -> Result<(), DeployError> {
        let mut opened = self.open().await?;
        if matches!(opened, Err(Closed::Refused(_))) && self.renew().await? {
            opened = self.open().await?;
        }
        if let Err(closed) = opened {
            return Err(self.failure(closed).await);
        }
        self.print_recent(Some(tail)).await.map(|_| ())
    }

    /// Prints the recent lines, and new ones until the app stops.
    async fn follow(mut self, tail: usize) -> Result<(), DeployError> {
        let (mut pause, mut is_first, mut refusals, mut is_told) = (PAUSES.0, true, 0, false);
        loop {
            let closed = match self.open().await? {
                Ok(()) => {
                    let end = match self.print_recent(is_first.then_some(tail)).await? {
                        Some(end) => end,
                        None => self.print_new().await?,
                    };
                    is_first = false;
                    self.lines.again();
                    if self.is_heard {
                        (pause, refusals, is_told) = (PAUSES.0, 0, false);
                    }
                    match end {
                        End::Output => return Ok(()),
                        End::Stream(Some(code)) if TOKEN_REFUSED.contains(&code) => {
                            Some(Closed::Refused(code))
                        }
                        End::Stream(_) => None,
                    }
                }
                Err(closed) => Some(closed),
            };
            if self.has_stopped().await? {
                return Ok(());
            }
            match closed {
                Some(Closed::Refused(status)) => {
                    refusals += 1;
                    if refusals > 1 || !self.renew().await? {
                        return Err(self.failure(Closed::Refused(status)).await);
                    }
                    continue;
                }
                Some(Closed::Unreachable(problem)) if !is_told => {
                    is_told = true;
                    eprint!("{}", log::waiting(&problem));
                }
                Some(Closed::Unreachable(_)) | None => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Opens the stream.
    async fn open(&mut self) -> Result<Result<(), Closed>, DeployError> {
        self.is_heard = false;
        Ok(match self.log.open().await {
            Ok(Ok(())) => Ok(()),
            // Without a usable credential, a visitor is sent to the sign-in page.
            Ok(Err(status @ (302 | 303 | 307 | 401 | 403))) => Err(Closed::Refused(status)),
            Ok(Err(status)) => Err(Closed::Unreachable(log::answered(status))),
            Err(error) => Err(Closed::Unreachable(error.message)),
        })
    }

    async fn renew(&mut self) -> Result<bool, DeployError> {
        let problem = |error: HostError| Failure::NotSignedIn { problem: error.message };
        Ok(self.log.renew().await.map_err(problem)?)
    }

    /// Prints the recent lines of the first stream, at most `tail`. Later streams have no such lines: what they
    /// send again was read, and the rest is new.
    async fn print_recent(&mut self, tail: Option<usize>) -> Result<Option<End>, DeployError> {
        let Some(tail) = tail else { return Ok(None) };
        let mut recent = VecDeque::new();
        let reading = async {
            let mut patience = FIRST;
            loop {
                match timeout(patience, self.log.next()).await {
                    Ok(Received::Line(line)) => {
                        (self.is_heard, patience) = (true, QUIET);
                        self.lines.is_new(&line);
                        recent.push_back(line);
                        if recent.len() > tail {
                            recent.pop_front();
                        }
                    }
                    Ok(Received::Nothing) => self.is_heard = true,
                    Ok(Received::End(code)) => return Some(End::Stream(code)),
                    Err(_) => return None,
                }
            }
        };
        let end = timeout(RECENT, reading).await.unwrap_or(None);
        let text: String = recent.iter().map(|line| self.text(line)).collect();
        Ok(if write(&text)? { end } else { Some(End::Output) })
    }

    /// Prints new lines until the stream ends.
    async fn print_new(&mut self) -> Result<End, DeployError> {
        loop {
            match timeout(SILENCE, self.log.next()).await {
                Ok(Received::Line(line)) => {
                    self.is_heard = true;
                    if self.lines.is_new(&line) && !write(&self.text(&line))? {
                        return Ok(End::Output);
                    }
                }
                Ok(Received::Nothing) => self.is_heard = true,
                Ok(Received::End(code)) => return Ok(End::Stream(code)),
                Err(_) if self.has_stopped().await? => return Ok(End::Stream(None)),
                Err(_) => {}
            }
        }
    }

    /// Reads the app's state: whether there is nothing more to follow.
    async fn has_stopped(&mut self) -> Result<bool, DeployError> {
        match operations::app_state(&self.host, self.config, &Cancellation::new()).await {
            Ok(app) => self.app = app,
            Err(error) if error.is("APP_NOT_FOUND") => "DELETED".clone_into(&mut self.app.compute),
            // The workspace's own retries have ended: it is asked again when the stream ends the next time.
            Err(error) if error.is("WORKSPACE_UNREACHABLE") || error.is("WORKSPACE_UNAVAILABLE") => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        let has_stopped = matches!(self.app.compute.as_str(), "STOPPED" | "DELETING" | "DELETED");
        if has_stopped {
            eprint!("{}", log::ended(&self.app.compute));
        }
        Ok(has_stopped)
    }

    async fn failure(&self, closed: Closed) -> DeployError {
        let app = self.config.app_name.to_string();
        match closed {
            Closed::Refused(status) => {
                let personal = self.log.is_personal().await;
                Failure::LogRefused { app, status, personal }.into()
            }
            Closed::Unreachable(problem) => {
                Failure::LogUnreachable { app, compute: self.app.compute.clone(), problem }.into()
            }
        }
    }

    fn text(&self, line: &LogLine) -> String {
        let LogLine { source, timestamp, message } = line.clone();
        Line { timestamp, source, message }.text(self.style)
    }
}

/// Writes lines to standard output; false if its reader has closed it.
fn write(text: &str) -> Result<bool, DeployError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(super::printer::output_lost(&error)),
    }
}
