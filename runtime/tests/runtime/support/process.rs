//! The app as a process of its own, with nothing in its environment but what the test gives.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::PATIENCE;
use super::app::Variables;

/// What a command that ended has left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

fn command(arguments: &[&str], variables: &Variables) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tellr-app"));
    command.args(arguments).env_clear().envs(&variables.0);
    piped(command)
}

fn piped(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs a command to its end.
pub(crate) async fn run(arguments: &[&str], variables: &Variables) -> Ended {
    let child = command(arguments, variables).output();
    let output = timeout(PATIENCE, child).await.expect("the command ends").expect("the command starts");
    let text = [output.stdout, output.stderr].concat();
    Ended { status: output.status, output: String::from_utf8(text).expect("text") }
}

/// Starts a command, which is killed when it is dropped.
pub(crate) fn spawn(arguments: &[&str], variables: &Variables) -> Child {
    command(arguments, variables).spawn().expect("the command starts")
}

/// `tellr-app serve` from a shell that runs `first` before it.
pub(crate) async fn run_from_shell(first: &str, variables: &Variables) -> Serving {
    let variables = variables.clone().with("DATABRICKS_APP_PORT", "0");
    let mut shell = Command::new("sh");
    let script = format!("{first} && exec \"$0\" serve");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_tellr-app")]).envs(&variables.0);
    Serving::launch(piped(shell), listening(&variables)).await
}

/// Where `serve` listens: for the platform's proxy, or on this machine only.
fn listening(variables: &Variables) -> &'static str {
    if variables.0.contains_key("DATABRICKS_APP_NAME") { "http://0.0.0.0:" } else { "http://127.0.0.1:" }
}

/// A command that serves, once it listens.
pub(crate) struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
    /// The line in which it said where it listens.
    pub(crate) line: String,
    pub(crate) log: String,
}

impl Serving {
    /// `tellr-app serve`.
    pub(crate) async fn start(variables: &Variables) -> Self {
        let variables = variables.clone().with("DATABRICKS_APP_PORT", "0");
        Self::launch(command(&["serve"], &variables), listening(&variables)).await
    }

    /// `tellr-app deploy-page`.
    pub(crate) async fn deploy_page(variables: &Variables) -> Self {
        Self::deploy_page_with(&[], variables).await
    }

    /// `tellr-app deploy-page` with flags.
    pub(crate) async fn deploy_page_with(flags: &[&str], variables: &Variables) -> Self {
        let arguments = [&["deploy-page", "--port", "0"], flags].concat();
        Self::launch(command(&arguments, variables), "http://127.0.0.1:").await
    }

    /// Starts a command, which writes `address` and the port behind it once it listens.
    async fn launch(mut command: Command, address: &str) -> Self {
        let mut child = command.spawn().expect("the app starts");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        let lines = BufReader::new(stdout).lines();
        let mut serving = Self { child, lines, url: String::new(), line: String::new(), log: String::new() };
        serving.line = serving.line_with(address).await;
        let port: String = serving
            .line
            .split(address)
            .nth(1)
            .expect("the address is in the log")
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        serving.url = format!("http://127.0.0.1:{port}");
        serving
    }

    /// Reads the log up to the line that holds `text`.
    pub(crate) async fn line_with(&mut self, text: &str) -> String {
        let found = async {
            while let Some(line) = self.lines.next_line().await.expect("the log is text") {
                self.log.push_str(&line);
                self.log.push('\n');
                if line.contains(text) {
                    return Some(line);
                }
            }
            None
        };
        let found = timeout(PATIENCE, found).await.unwrap_or_default();
        found.unwrap_or_else(|| panic!("{text:?} was never logged: {}", self.log))
    }

    /// The memory it uses, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let id = self.child.id().expect("the app runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// What the platform does first.
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().expect("the app runs").to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(status.success());
    }

    /// Ends it at once, without a chance to do anything.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// Its end, with everything it wrote.
    pub(crate) async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("the app ends").expect("a status");
        while let Some(line) = self.lines.next_line().await.expect("the log is text") {
            self.log.push_str(&line);
            self.log.push('\n');
        }
        let mut errors = self.child.stderr.take().expect("standard error is a pipe");
        errors.read_to_string(&mut self.log).await.expect("text");
        Ended { status, output: self.log }
    }
}
