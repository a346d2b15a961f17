//! A directory and processes that must not outlive this process.
//!
//! Problem: the workspace starts PostgreSQL servers and apps. A panicking test, a Ctrl-C or a `kill -9`
//! must leave neither their processes nor their files behind, and requesting a signal at the parent's death
//! from the kernel needs unsafe code and exists on Linux only.
//!
//! Choice: one directory in the system's temporary directory, one file in it for each child, and a
//! watchdog: a shell that waits on a pipe whose other end only this process holds. When the pipe closes,
//! for any reason, it ends the children and removes the directory.
//!
//! If the system has a RAM file system, temporary data is kept there: copying a thousand small files is ten
//! times as fast. Only data, since such file systems often don't allow executing programs.
//!
//! The directory's path is short and accessible to other users on purpose: Unix socket paths are limited to
//! 107 bytes, and a server started by root runs as another user.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

const PREFIX: &str = "tellr-lw-";

/// The maximum length of the directory that leaves room for `/<cluster>/s/.s.PGSQL.5432` in a socket path.
const LONGEST_TEMPORARY_DIRECTORY: usize = 50;

/// The RAM file system, and the free space it must have.
const MEMORY: &str = "/dev/shm";
const MEMORY_NEEDED_BYTES: u64 = 2 << 30;

/// Arguments: the directories to remove; the first contains the entries of the children. An entry is named
/// `<signal>.<process id>`; a negative id is a process group.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
while read -r _; do :; done
for entry in "$1"/processes/*; do
  [ -e "$entry" ] || continue
  name=${entry##*/}
  kill -s "${name%%.*}" -- "${name#*.}" 2>/dev/null
done
for entry in "$1"/processes/*; do
  [ -e "$entry" ] || continue
  name=${entry##*/}
  tries=0
  while [ $tries -lt 30 ] && kill -s 0 -- "${name#*.}" 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
  done
done
rm -rf -- "$@"
"#;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// The signal that ends a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// PostgreSQL's immediate shutdown, to the postmaster only: it ends its own children.
    QuitProcess,
    /// Immediately, to the whole process group.
    KillGroup,
}

/// The scratch directory and its watchdog. Dropping it removes the directory.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    data: PathBuf,
    watchdog: Mutex<Child>,
}

/// A child registered with the watchdog. Dropping it removes the entry.
#[derive(Debug)]
pub struct Registration {
    entry: PathBuf,
}

impl Scratch {
    /// Creates a directory for this process, after removing those of dead processes.
    pub fn create() -> io::Result<Self> {
        let parent = temporary_directory();
        clear_leftovers(&parent);
        let memory = memory_directory();
        if let Some(memory) = &memory {
            clear_leftovers(memory);
        }
        let path = loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        fs::create_dir(path.join("processes"))?;
        let data = match (memory, path.file_name()) {
            (Some(memory), Some(name)) => memory.join(name),
            _ => path.join("data"),
        };
        fs::create_dir_all(&data)?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o711))?;
        let watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "local-workspace-watchdog"])
            .args([&path, &data])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self { path, data, watchdog: Mutex::new(watchdog) })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a subdirectory.
    pub fn subdirectory(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        fs::create_dir_all(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        Ok(path)
    }

    /// Makes a directory for data that is fast to copy and holds no programs.
    pub fn data_directory(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.data.join(name);
        fs::create_dir(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        Ok(path)
    }

    /// Registers a child with the watchdog.
    pub fn register(&self, process: u32, farewell: StopSignal) -> io::Result<Registration> {
        let name = match farewell {
            StopSignal::QuitProcess => format!("QUIT.{process}"),
            StopSignal::KillGroup => format!("KILL.-{process}"),
        };
        let entry = self.path.join("processes").join(name);
        fs::write(&entry, b"")?;
        Ok(Registration { entry })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let watchdog = self.watchdog.get_mut();
        // Closing its pipe starts the watchdog's cleanup, and waiting for it completes it.
        drop(watchdog.stdin.take());
        let _ = watchdog.wait();
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.entry);
    }
}

/// Sends a signal to one process; does nothing if it no longer exists.
pub(crate) fn signal_process(process: u32, signal: Signal) {
    if let Some(pid) = pid(process) {
        let _ = kill_process(pid, signal);
    }
}

/// Sends a signal to a process group; does nothing if it no longer exists.
pub(crate) fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = pid(leader) {
        let _ = kill_process_group(pid, signal);
    }
}

fn pid(process: u32) -> Option<Pid> {
    i32::try_from(process).ok().and_then(Pid::from_raw)
}

fn temporary_directory() -> PathBuf {
    let directory = std::env::temp_dir();
    if directory.as_os_str().len() <= LONGEST_TEMPORARY_DIRECTORY { directory } else { PathBuf::from("/tmp") }
}

fn memory_directory() -> Option<PathBuf> {
    let space = rustix::fs::statvfs(MEMORY).ok()?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let writable = rustix::fs::access(MEMORY, rustix::fs::Access::WRITE_OK).is_ok();
    (writable && free >= MEMORY_NEEDED_BYTES).then(|| PathBuf::from(MEMORY))
}

/// Removes the directories of dead processes, in case their watchdog was killed too.
fn clear_leftovers(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split('-').next())
            .and_then(|pid| pid.parse::<u32>().ok());
        // A directory whose watchdog is still running is left to that watchdog.
        if owner.is_some_and(|owner| !is_alive(owner)) && !has_watchdog(&entry.path()) {
            end_strays(&entry.path());
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_alive(process: u32) -> bool {
    // An error other than "no such process" means that it exists and belongs to another user.
    pid(process).is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn has_watchdog(directory: &Path) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else {
        return false;
    };
    let directory = directory.as_os_str().as_encoded_bytes();
    processes.flatten().any(|process| {
        fs::read(process.path().join("cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|argument| argument == directory))
    })
}

/// Ends registered processes that still work inside the directory. The check against `/proc` prevents
/// ending a process with a reused id; without `/proc`, nothing is ended.
fn end_strays(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory.join("processes")) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(process) = name
            .to_str()
            .and_then(|name| name.split_once('.'))
            .and_then(|(_, id)| id.trim_start_matches('-').parse::<u32>().ok())
        else {
            continue;
        };
        // Its folder may be here or in memory; both have the same name.
        let works_here = fs::read_link(format!("/proc/{process}/cwd"))
            .is_ok_and(|folder| folder.iter().any(|part| Some(part) == directory.file_name()));
        if works_here {
            signal_process(process, Signal::QUIT);
            signal_group(process, Signal::KILL);
        }
    }
}
