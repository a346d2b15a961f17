//! One running PostgreSQL: the storage and the compute behind a branch or a provisioned instance.
//!
//! It listens on a Unix socket only and trusts all its clients; only the server and this process can access
//! the socket's folder. Passwords, TLS and addresses are handled by the front.
//!
//! Durability is off (`fsync` and similar settings): a cluster lives as long as the workspace. Otherwise it
//! is an ordinary server, so SQL behaves exactly as in PostgreSQL.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio_postgres::NoTls;

use super::installation::{ADMINISTRATOR, Installation, copy_tree, server_environment};
use crate::scratch::{Registration, Scratch, StopSignal, signal_process};

/// The name that libpq and the server give to a socket of this port.
const SOCKET_NAME: &str = ".s.PGSQL.5432";
const READY: &str = "database system is ready to accept connections";
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How many of the server's last lines are kept for an error message.
const LINES_KEPT: usize = 20;

/// Durability off, small memory, no network; WAL detailed enough for a base backup.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=100",
    "wal_level=replica",
    "max_wal_senders=0",
    "wal_keep_size=64MB",
    "min_wal_size=2MB",
    "autovacuum_naptime=5min",
    "jit=off",
    "logging_collector=off",
    "log_min_messages=warning",
    "password_encryption=scram-sha-256",
];

/// An error of a cluster.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// Files or processes.
    #[error("{doing}: {error}")]
    System {
        /// The action.
        doing: &'static str,
        /// The system's message.
        #[source]
        error: io::Error,
    },
    /// The server ended, or never reported that it was ready.
    #[error("PostgreSQL did not start: {0}")]
    NotStarted(String),
    /// The server refused a statement of ours.
    #[error("PostgreSQL refused: {0}")]
    Sql(#[from] tokio_postgres::Error),
}

/// A running server and its data. Dropping it ends the server at once.
#[derive(Debug)]
pub(crate) struct Cluster {
    directory: PathBuf,
    installation: Installation,
    server: Child,
    process: u32,
    _registration: Registration,
    // Dropped last: the data is removed when nothing uses it any more.
    _scratch: Arc<Scratch>,
}

impl Cluster {
    /// A new, empty cluster in a folder of this name.
    pub(crate) async fn create(
        installation: &Installation,
        scratch: &Arc<Scratch>,
        name: &str,
    ) -> Result<Self, ClusterError> {
        let directory = prepare(scratch, name)?;
        let (template, data) = (installation.clone(), data_of(&directory));
        blocking(move || template.copy_template(&data)).await.map_err(system("copying the template"))?;
        Self::start(installation, scratch, directory).await
    }

    /// A copy of this cluster's current state, taken while it runs.
    pub(crate) async fn copy(&self, scratch: &Arc<Scratch>, name: &str) -> Result<Self, ClusterError> {
        let directory = prepare(scratch, name)?;
        let target = data_of(&directory);
        let (start, stop) = if self.installation.major() >= 15 {
            ("SELECT pg_backup_start('branch', true)", "SELECT labelfile FROM pg_backup_stop(false)")
        } else {
            (
                "SELECT pg_start_backup('branch', true, false)",
                "SELECT labelfile FROM pg_stop_backup(false, false)",
            )
        };
        // The backup is tied to this session: it must stay open until the second statement.
        let session = self.connect("postgres").await?;
        session.batch_execute(start).await?;
        let source = data_of(&self.directory);
        let copied = {
            let (source, target) = (source.clone(), target.clone());
            blocking(move || copy_tree(&source, &target, &belongs_to_a_backup)).await
        };
        let label: String = session.query_one(stop, &[]).await?.get(0);
        copied.map_err(system("copying the branch's data"))?;
        // The WAL from the start of the copy to its end makes the copy consistent.
        let installation = self.installation.clone();
        blocking(move || {
            copy_tree(&source.join("pg_wal"), &target.join("pg_wal"), &|_| true)?;
            std::fs::write(target.join("backup_label"), label)?;
            installation.own(&target)
        })
        .await
        .map_err(system("copying the branch's log"))?;
        Self::start(&self.installation, scratch, directory).await
    }

    async fn start(
        installation: &Installation,
        scratch: &Arc<Scratch>,
        directory: PathBuf,
    ) -> Result<Self, ClusterError> {
        let data = data_of(&directory);
        installation.own(&directory.join("s")).map_err(system("handing over the socket's folder"))?;
        let mut command = Command::new(installation.postgres());
        command
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(directory.join("s"))
            .current_dir(&data)
            .env_clear()
            .envs(server_environment())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is handled by this process, which ends the server in order.
            .process_group(0);
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        if let Some(user) = installation.user() {
            command.gid(user.gid).uid(user.uid);
        }
        let mut server = command.spawn().map_err(system("starting PostgreSQL"))?;
        let process = server.id().unwrap_or_default();
        let registration =
            scratch.register(process, StopSignal::QuitProcess).map_err(system("registering PostgreSQL"))?;
        let Some(stderr) = server.stderr.take() else {
            return Err(ClusterError::NotStarted("its output is missing".to_owned()));
        };
        let cluster = Self {
            directory,
            installation: installation.clone(),
            server,
            process,
            _registration: registration,
            _scratch: Arc::clone(scratch),
        };
        wait_until_ready(stderr).await?;
        Ok(cluster)
    }

    /// The socket that clients are forwarded to.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("s").join(SOCKET_NAME)
    }

    /// Connects as the cluster's own superuser.
    pub(crate) async fn connect(&self, database: &str) -> Result<tokio_postgres::Client, ClusterError> {
        self.connect_as(ADMINISTRATOR, database).await
    }

    /// Connects as any role; the socket asks for no password.
    pub(crate) async fn connect_as(
        &self,
        role: &str,
        database: &str,
    ) -> Result<tokio_postgres::Client, ClusterError> {
        let (client, connection) = tokio_postgres::Config::new()
            .host_path(self.directory.join("s"))
            .port(5432)
            .user(role)
            .dbname(database)
            .application_name("lakebase-control-plane")
            .connect(NoTls)
            .await?;
        tokio::spawn(async move {
            // The client sees every error; this task only forwards the bytes.
            let _ = connection.await;
        });
        Ok(client)
    }

    /// Runs statements as the superuser.
    pub(crate) async fn execute(&self, database: &str, sql: &str) -> Result<(), ClusterError> {
        let client = self.connect(database).await?;
        client.batch_execute(sql).await?;
        Ok(())
    }

    /// Shuts the server down and removes its data.
    pub(crate) async fn destroy(mut self) {
        signal_process(self.process, Signal::INT);
        if tokio::time::timeout(STOP_LIMIT, self.server.wait()).await.is_err() {
            signal_process(self.process, Signal::QUIT);
            let _ = self.server.wait().await;
        }
        let directory = self.directory.clone();
        let _ = blocking(move || std::fs::remove_dir_all(directory)).await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Already reaped: its process id may have been reused.
        if let Ok(None) = self.server.try_wait() {
            signal_process(self.process, Signal::QUIT);
        }
    }
}

fn prepare(scratch: &Scratch, name: &str) -> Result<PathBuf, ClusterError> {
    let directory = scratch.data_directory(name).map_err(system("making the cluster's folder"))?;
    let sockets = directory.join("s");
    std::fs::create_dir(&sockets).map_err(system("making the socket's folder"))?;
    Ok(directory)
}

fn data_of(directory: &Path) -> PathBuf {
    directory.join("data")
}

/// The parts of the running server other than its data.
fn belongs_to_a_backup(path: &Path) -> bool {
    let is = |name: &str| path == Path::new(name);
    let inside = |folder: &str| path.parent() == Some(Path::new(folder));
    !(is("postmaster.pid")
        || is("postmaster.opts")
        || is("pg_wal")
        || inside("pg_replslot")
        || inside("pg_stat_tmp")
        || inside("pg_subtrans")
        || inside("pg_dynshmem")
        || inside("pg_notify")
        || inside("pg_serial")
        || inside("pg_snapshots"))
}

/// Reads the server's log until it reports that it is ready; then continues reading, so that the server
/// never blocks on a full pipe.
async fn wait_until_ready(stderr: ChildStderr) -> Result<(), ClusterError> {
    let kept = Arc::new(Mutex::new(VecDeque::<String>::new()));
    let (ready_sender, ready) = tokio::sync::oneshot::channel();
    let lines_kept = Arc::clone(&kept);
    tokio::spawn(async move {
        let mut sender = Some(ready_sender);
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains(READY)
                && let Some(sender) = sender.take()
            {
                let _ = sender.send(());
            }
            tracing::trace!(postgres.log = line);
            let mut kept = lines_kept.lock();
            kept.push_back(line);
            if kept.len() > LINES_KEPT {
                kept.pop_front();
            }
        }
    });
    if let Ok(Ok(())) = tokio::time::timeout(START_LIMIT, ready).await {
        return Ok(());
    }
    let lines: Vec<String> = kept.lock().iter().cloned().collect();
    Err(ClusterError::NotStarted(lines.join("\n")))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn system(doing: &'static str) -> impl Fn(io::Error) -> ClusterError {
    move |error| ClusterError::System { doing, error }
}
