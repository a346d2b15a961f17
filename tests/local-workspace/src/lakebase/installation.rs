//! Finds PostgreSQL on this machine, and prepares a data directory to copy from.
//!
//! Problem: `initdb` takes a second or two, tests create new clusters often, and PostgreSQL refuses to run
//! as root, the usual user in a container.
//!
//! Choice: `initdb` runs once per machine and version; its result, with the roles and the database of every
//! Lakebase, is kept in the user's cache and copied. It is created in another folder and moved into place
//! with one rename, so that concurrent processes can't damage it. Root gives the copies to `postgres`, or
//! to `nobody`, and runs the server as that user.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::programs::{POSTGRES_BIN, Programs};
use crate::scratch::Scratch;

/// The cluster's own superuser, which no client can use: there are no credentials for it.
pub(crate) const ADMINISTRATOR: &str = "cloud_admin";

/// The initial roles and database of every Lakebase. `databricks_superuser` gives access to all data but no
/// permission to change other users' objects; attributes are not inherited, so it has none.
const TEMPLATE_SQL: &str = "\
CREATE ROLE databricks_superuser NOLOGIN;
GRANT pg_read_all_data, pg_write_all_data, pg_monitor, pg_signal_backend TO databricks_superuser WITH ADMIN OPTION;
CREATE DATABASE databricks_postgres;
";

/// Increased when a template's content changes, so that an older one is not used.
const TEMPLATE_GENERATION: u32 = 1;

/// Why PostgreSQL can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// Not found in any of the usual places.
    #[error(
        "no PostgreSQL found: install it so that `postgres` and `initdb` are on the PATH or in \
         /usr/lib/postgresql, or set `{POSTGRES_BIN}` to their folder"
    )]
    Missing,
    /// The folder in the environment variable doesn't contain PostgreSQL.
    #[error("`{POSTGRES_BIN}` names {0}, and neither `postgres` nor `initdb` is there or below")]
    NotThere(PathBuf),
    /// There is no user to run the server as.
    #[error("PostgreSQL does not run as root and there is no user `postgres` or `nobody`")]
    NobodyToRunAs,
    /// A PostgreSQL program failed.
    #[error("`{program}` failed: {output}")]
    Program {
        /// The program's name.
        program: &'static str,
        /// Its output.
        output: String,
    },
    /// A file could not be read, written or copied.
    #[error("{doing}: {error}")]
    File {
        /// The action.
        doing: &'static str,
        /// The system's message.
        #[source]
        error: io::Error,
    },
}

/// The user that servers run as if this process is root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerUser {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// A PostgreSQL that can be run, and the template of a data directory.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    bin: PathBuf,
    user: Option<ServerUser>,
    major: u32,
    template: PathBuf,
}

impl Installation {
    /// Finds PostgreSQL and creates the template if needed. Blocking: up to some seconds the first time on
    /// a machine.
    pub(crate) fn prepare(scratch: &Scratch) -> Result<Self, InstallationError> {
        let user = server_user()?;
        let Programs { bin, version } = Programs::find(user.is_some())?;
        let mut installation = Self { major: major_of(&version), bin, user, template: PathBuf::new() };
        installation.template = installation.make_template(&version, scratch)?;
        Ok(installation)
    }

    /// The server program.
    pub(crate) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }

    /// The user to run it as, if it can't be the current one.
    pub(crate) fn user(&self) -> Option<ServerUser> {
        self.user
    }

    /// Major version, 15 for 15.4.
    pub(crate) fn major(&self) -> u32 {
        self.major
    }

    /// Copies the template to `target`, which must not exist.
    pub(crate) fn copy_template(&self, target: &Path) -> io::Result<()> {
        copy_tree(&self.template, target, &|_| true)?;
        self.own(target)
    }

    /// Gives a tree to the server's user, and removes all other access.
    pub(crate) fn own(&self, tree: &Path) -> io::Result<()> {
        fs::set_permissions(tree, fs::Permissions::from_mode(0o700))?;
        match self.user {
            Some(user) => own_tree(tree, user),
            None => Ok(()),
        }
    }

    fn make_template(&self, version: &str, scratch: &Scratch) -> Result<PathBuf, InstallationError> {
        let cache = cache_directory();
        fs::create_dir_all(&cache).map_err(doing("making the cache folder"))?;
        let template = cache.join(format!("postgres-{version}-{TEMPLATE_GENERATION}"));
        if template.join("PG_VERSION").is_file() {
            return Ok(template);
        }
        let workshop = scratch.subdirectory("template").map_err(doing("making a folder for the template"))?;
        let fresh = workshop.join("data");
        fs::create_dir(&fresh).map_err(doing("making the template"))?;
        self.own(&fresh).map_err(doing("making the template"))?;
        self.initialise(&fresh)?;

        // A rename can't cross file systems, so the copy is made beside its final place.
        let beside = cache.join(format!(
            ".postgres-{version}-{}-{}",
            std::process::id(),
            workshop
                .parent()
                .and_then(Path::file_name)
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        ));
        let _ = fs::remove_dir_all(&beside);
        copy_tree(&fresh, &beside, &|_| true).map_err(doing("keeping the template"))?;
        if let Err(error) = fs::rename(&beside, &template) {
            let _ = fs::remove_dir_all(&beside);
            // Another process was faster: its template can be used as well.
            if !template.join("PG_VERSION").is_file() {
                return Err(doing("keeping the template")(error));
            }
        }
        let _ = fs::remove_dir_all(&workshop);
        Ok(template)
    }

    fn initialise(&self, data: &Path) -> Result<(), InstallationError> {
        let mut initdb = self.command("initdb", data);
        initdb
            .args(["--auth=trust", "--encoding=UTF8", "--no-locale"])
            .args(["--no-sync", "--wal-segsize=1", "--username", ADMINISTRATOR])
            .arg("--pgdata")
            .arg(data);
        run(initdb, "initdb", "")?;

        // The server's single-user mode reads one statement per line.
        let mut single = self.command("postgres", data);
        single.args(["--single", "-j", "-F", "-D"]).arg(data).arg("postgres");
        // With -j a statement ends at a semicolon followed by an empty line.
        run(single, "postgres", &TEMPLATE_SQL.replace('\n', "\n\n"))
    }

    fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.current_dir(directory).env_clear().envs(server_environment());
        if let Some(user) = self.user {
            command.gid(user.gid).uid(user.uid);
        }
        command
    }
}

/// The server must not depend on our environment, and its messages must have the expected wording.
pub(crate) fn server_environment() -> [(&'static str, String); 2] {
    [("LC_ALL", "C".to_owned()), ("PATH", std::env::var("PATH").unwrap_or_default())]
}

/// Copies files and folders for which `wanted` is true (called with the path below `from`).
pub(crate) fn copy_tree(from: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    copy_below(from, Path::new(""), to, wanted)
}

fn copy_below(root: &Path, below: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    fs::create_dir(to)?;
    let from = root.join(below);
    fs::set_permissions(to, fs::metadata(&from)?.permissions())?;
    for entry in fs::read_dir(&from)? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if !wanted(&path) {
            continue;
        }
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_below(root, &path, &target, wanted)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else if kind.is_file() {
            match fs::copy(entry.path(), target) {
                // A running server removes files; a base backup may lack those.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => {
                    other?;
                }
            }
        }
    }
    Ok(())
}

fn own_tree(tree: &Path, user: ServerUser) -> io::Result<()> {
    for entry in fs::read_dir(tree)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            own_tree(&entry.path(), user)?;
        } else {
            std::os::unix::fs::lchown(entry.path(), Some(user.uid), Some(user.gid))?;
        }
    }
    chown(tree, Some(user.uid), Some(user.gid))
}

fn server_user() -> Result<Option<ServerUser>, InstallationError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(doing("reading the list of users"))?;
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let (uid, gid) = (fields.nth(1)?, fields.next()?);
            (name == wanted).then_some(())?;
            Some(ServerUser { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
        })
    };
    find("postgres").or_else(|| find("nobody")).map(Some).ok_or(InstallationError::NobodyToRunAs)
}

fn cache_directory() -> PathBuf {
    std::env::var_os("XDG_CACHE_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME")
                .filter(|value| !value.is_empty())
                .map(|home| Path::new(&home).join(".cache"))
        })
        .unwrap_or_else(std::env::temp_dir)
        .join("tellr")
        .join("lakebase")
}

fn major_of(version: &str) -> u32 {
    version
        .split(|character: char| !character.is_ascii_digit())
        .next()
        .and_then(|major| major.parse().ok())
        .unwrap_or(0)
}

fn run(mut command: Command, program: &'static str, input: &str) -> Result<(), InstallationError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(doing("starting a PostgreSQL program"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended early gives the reason in its output.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(doing("waiting for a PostgreSQL program"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Single-user mode reports a failed statement and continues.
    if output.status.success() && !said.contains("ERROR:") {
        return Ok(());
    }
    Err(InstallationError::Program { program, output: said })
}

pub(super) fn doing(doing: &'static str) -> impl Fn(io::Error) -> InstallationError {
    move |error| InstallationError::File { doing, error }
}
