//! A throw-away PostgreSQL on a free port, one for the whole test binary.
//!
//! It must not outlive the tests, not even when they are killed. So a shell supervises it: its
//! standard input is a pipe that this process holds open and that ends with this process, and then
//! the shell stops the server and removes its folder. PostgreSQL refuses to run as root; started by
//! root, the shell becomes another user first.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, NoTls};

use super::{PATIENCE, eventually};

static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);

/// The role that may do everything.
pub(crate) const ADMIN: &str = "tellr";

/// A server of its own, with its processes.
pub(crate) struct Cluster {
    port: u16,
    folder: PathBuf,
    /// Dropping its standard input, as the end of the process does, stops the server.
    supervisor: Child,
}

/// The port of the server, which is started by the first test that asks.
pub(crate) fn port() -> u16 {
    CLUSTER.port
}

/// A connection string for the role that may do everything.
pub(crate) fn url() -> String {
    CLUSTER.url()
}

/// A name nobody else uses, for a schema or a role.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A connection past the app.
pub(crate) async fn admin() -> Client {
    let (client, connection) =
        tokio_postgres::connect(&url(), NoTls).await.expect("the test's PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// One value of one row, past the app.
pub(crate) async fn one<T>(query: &str) -> T
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    admin().await.query_one(query, &[]).await.expect(query).get(0)
}

/// Statements, past the app.
pub(crate) async fn run(statements: &str) {
    admin().await.batch_execute(statements).await.expect(statements);
}

/// All processes of a server, standing still until this is dropped.
pub(crate) struct Frozen(Vec<Pid>);

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            // It may be gone.
            let _ = kill_process(*process, Signal::CONT);
        }
    }
}

impl Cluster {
    /// A connection string for the role that may do everything.
    pub(crate) fn url(&self) -> String {
        format!("postgresql://{ADMIN}@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops all its processes where they are, as a machine does that stands still: connections stay open, and
    /// new ones are taken by the system alone.
    pub(crate) fn freeze(&self) -> Frozen {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("it runs");
        let main = file.lines().next().expect("its first line").to_owned();
        let process = |id: &str| Pid::from_raw(id.parse().expect("a number")).expect("a process");
        // First the one that makes the others.
        let mut frozen = Frozen(vec![process(&main)]);
        kill_process(frozen.0[0], Signal::STOP).expect("it is stopped");
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children"));
        for child in children.expect("its children").split_whitespace().map(process) {
            frozen.0.push(child);
            kill_process(child, Signal::STOP).expect("it is stopped");
        }
        frozen
    }

    /// Ends all its processes at once and without a checkpoint, as a crash does.
    pub(crate) async fn stop(&mut self) {
        self.supervise("stop");
        eventually("the server is gone", async || !self.is_listening()).await;
    }

    /// Starts it once more, with the data that it had.
    pub(crate) async fn start_again(&mut self) {
        self.supervise("start");
        let config: tokio_postgres::Config = self.url().parse().expect("a configuration");
        eventually("the server answers", async || config.connect(NoTls).await.is_ok()).await;
    }

    fn supervise(&mut self, word: &str) {
        let input = self.supervisor.stdin.as_mut().expect("standard input is a pipe");
        writeln!(input, "{word}").expect("the supervisor reads");
    }

    fn is_listening(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// A new one.
    pub(crate) fn start() -> Self {
        const SCRIPT: &str = r#"
            "$BIN/initdb" -D "$DIR/data" -U tellr -A trust -N --no-instructions >"$DIR/log" 2>&1 || { cat "$DIR/log" >&2; exit 1; }
            printf 'local all all trust\nhost all tellr 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n' >"$DIR/data/pg_hba.conf"
            start() {
                "$BIN/postgres" -D "$DIR/data" -p "$PORT" -k "$DIR" -c listen_addresses=127.0.0.1 \
                    -c fsync=off -c max_connections=300 >>"$DIR/log" 2>&1 </dev/null &
                server=$!
            }
            start
            while read -r word; do
                case $word in
                    stop) kill -QUIT "$server"; wait "$server" ;;
                    start) start ;;
                esac
            done
            # What a test had frozen can't end.
            kill -CONT "$server" $(cat "/proc/$server/task/$server/children" 2>/dev/null) 2>/dev/null
            kill -INT "$server"
            wait "$server"
            rm -rf "$DIR"
        "#;
        let folder =
            tempfile::Builder::new().prefix("tellr-pg-").tempdir().expect("a temporary folder").keep();
        let port = free_port();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SCRIPT])
            .env("BIN", binaries())
            .env("DIR", &folder)
            .env("PORT", port.to_string())
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            // Ctrl-C is for the tests; the server ends with them.
            .process_group(0);
        if let Some((uid, gid)) = another_user() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the folder is given away");
            shell.uid(uid).gid(gid);
        }
        let mut supervisor = shell.spawn().expect("a shell");
        await_server(port, &mut supervisor, &folder);
        Self { port, folder, supervisor }
    }
}

fn await_server(port: u16, supervisor: &mut Child, folder: &Path) {
    let started = Instant::now();
    loop {
        let config: tokio_postgres::Config =
            format!("host=127.0.0.1 port={port} user={ADMIN} dbname=postgres")
                .parse()
                .expect("a configuration");
        // On a thread of its own: the test that came first runs inside a runtime already.
        let answers = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(config.connect(NoTls)).is_ok()
        })
        .join()
        .expect("the attempt ends");
        if answers {
            return;
        }
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        if let Ok(Some(status)) = supervisor.try_wait() {
            panic!("PostgreSQL did not start ({status}): {}", log());
        }
        assert!(started.elapsed() < PATIENCE, "PostgreSQL did not start: {}", log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// `TELLR_POSTGRES_BIN`, else the folder of the `postgres` on the path, else Debian's.
fn binaries() -> PathBuf {
    let complete = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    if let Some(named) = std::env::var_os("TELLR_POSTGRES_BIN").map(PathBuf::from) {
        assert!(complete(&named), "TELLR_POSTGRES_BIN holds no initdb and postgres");
        return named;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .find(complete)
        .expect("PostgreSQL is installed, or TELLR_POSTGRES_BIN names the folder of its programs")
}

/// Whom to become when this is root: `postgres` if there is one, else `nobody`.
fn another_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let me = std::fs::metadata("/proc/self").ok()?.uid();
    if me != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the list of users");
    ["postgres", "nobody"].into_iter().find_map(|wanted| {
        let line = users.lines().find(|line| line.starts_with(&format!("{wanted}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}
