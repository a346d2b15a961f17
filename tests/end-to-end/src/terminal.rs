//! Runs the command line on a pseudo-terminal for all three standard streams.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// The time limit for expected output.
const LIMIT: Duration = Duration::from_mins(1);

/// A process on a pseudo-terminal.
pub struct Terminal {
    process: Child,
    keyboard: File,
    screen: UnboundedReceiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    /// Starts `command` on its own pseudo-terminal.
    pub fn start(mut command: Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("it is ours");
        let name = ptsname(&ours, Vec::new()).expect("it has a name").into_string().expect("in ASCII");
        let theirs = || File::options().read(true).write(true).open(&name).expect("its other side");
        command.stdin(theirs()).stdout(theirs()).stderr(theirs()).kill_on_drop(true);
        let process = command.spawn().expect("the program runs");
        let ours = File::from(ours);
        let keyboard = ours.try_clone().expect("a second handle");
        let (sender, screen) = unbounded_channel();
        std::thread::spawn(move || {
            let (mut ours, mut bytes) = (ours, [0; 4096]);
            // Returns an error after the process has ended.
            while let Ok(count @ 1..) = ours.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        // The command has handles of the other side, which would keep the terminal open.
        drop(command);
        Self { process, keyboard, screen, shown: String::new() }
    }

    /// Waits until `text` is shown after the previous match, and returns the output up to it.
    pub async fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(place) = self.shown.find(text) {
                let rest = self.shown.split_off(place + text.len());
                return std::mem::replace(&mut self.shown, rest);
            }
            match timeout(LIMIT, self.screen.recv()).await {
                Ok(Some(bytes)) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
                _ => panic!("`{text}` is not shown, but:\n{}", self.shown),
            }
        }
    }

    /// Types a line.
    pub fn enter(&mut self, line: &str) {
        writeln!(self.keyboard, "{line}").expect("it can be typed");
    }

    /// Presses a key, such as Ctrl-D (U+0004).
    pub fn press(&mut self, key: char) {
        write!(self.keyboard, "{key}").expect("it can be typed");
    }

    /// Waits for the end of the process: its exit code, and the remaining output.
    pub async fn end(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().await.expect("it ends");
        while let Ok(Some(bytes)) = timeout(LIMIT, self.screen.recv()).await {
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
        (status.code(), self.shown)
    }

    /// The process, to send signals to.
    pub fn id(&self) -> i32 {
        self.process.id().and_then(|id| i32::try_from(id).ok()).expect("it runs")
    }
}
