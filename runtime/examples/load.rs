//! Measures a running `tellr-app serve` on a database that it alone uses: requests per second with their 99th
//! percentile, jobs per second, and its memory: idle, and after all that with 500 open event streams.
//!
//! usage: `load ADDRESS DATABASE_URL PROCESS_ID`
//!
//! Only memory is a promise and fails the run. Speeds depend on the machine, which also runs the load generator and
//! PostgreSQL. So this generator does as little as possible: one thread a connection, requests that are written as
//! they are, and answers of which only the status and the length are looked at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

const CONNECTIONS: usize = 32;
const STREAMS: usize = 500;
/// How long each kind of request is sent.
const MEASURED: Duration = Duration::from_secs(2);
const JOBS: i64 = 1_000;
/// Only a broken app takes so long for an answer, or for a job.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_IDLE_MB: f64 = 30.0;
const MOST_STREAM_KIB: f64 = 64.0;

/// The decks of others, and copies of the one of the person who asks.
const FILL: &str = r#"
    INSERT INTO users (id, name, display_name) SELECT 'u' || n, 'n' || n, 'N' || n FROM generate_series(1, 2000) n;
    INSERT INTO sessions (owner, last_activity_at)
        SELECT 'u' || (1 + n % 2000), now() - n * interval '1 min' FROM generate_series(1, 10000) n;
    INSERT INTO sessions (owner, last_activity_at)
        SELECT owner, now() - n * interval '1 min' FROM generate_series(1, 199) n, (SELECT owner FROM sessions
        WHERE owner NOT LIKE 'u%' LIMIT 1) AS me;
    INSERT INTO decks (session_id, document)
        SELECT sessions.id, CASE WHEN owner NOT LIKE 'u%' THEN (SELECT document FROM decks LIMIT 1)
            ELSE '{"format": 1, "title": "A deck", "theme": "clear", "slides": []}' END
        FROM sessions WHERE NOT EXISTS (SELECT FROM decks WHERE session_id = sessions.id);
    ANALYZE"#;

/// The headers of a person.
fn identity(person: usize) -> String {
    format!("x-forwarded-user: p{person}@42\r\nx-forwarded-email: p{person}@example.com\r\n")
}

struct App {
    address: String,
    process: String,
}

/// The head of an answer.
struct Head {
    status: u16,
    length: usize,
}

/// One connection, and the request that is sent on it.
struct Connection {
    stream: BufReader<TcpStream>,
    line: Vec<u8>,
    body: Vec<u8>,
}

impl App {
    fn get(&self, path: &str, fields: &str) -> Vec<u8> {
        self.get_as(0, path, fields)
    }

    /// As the platform's proxy passes on a request of this person.
    fn get_as(&self, person: usize, path: &str, fields: &str) -> Vec<u8> {
        let (address, who) = (&self.address, identity(person));
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{who}{fields}\r\n").into_bytes()
    }

    /// As from a page of the app.
    fn post(&self, path: &str, json: &str) -> Vec<u8> {
        let (address, who) = (&self.address, identity(0));
        let length = json.len();
        let of_body = format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}");
        format!("POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n{who}{of_body}")
            .into_bytes()
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_nodelay(true).expect("without delay");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        Connection { stream: BufReader::with_capacity(64 * 1024, stream), line: Vec::new(), body: Vec::new() }
    }

    /// The body of the answer to one request.
    fn ask(&self, request: &[u8]) -> String {
        let mut connection = self.connect();
        let status = connection.send(request).status;
        assert!(matches!(status, 200 | 201), "{status}: {}", String::from_utf8_lossy(request));
        String::from_utf8(connection.body).expect("text")
    }

    /// Its resident memory.
    fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process)).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }
}

impl Connection {
    /// Sends a request and reads its answer to the end.
    fn send(&mut self, request: &[u8]) -> Head {
        self.stream.get_mut().write_all(request).expect("sent");
        let head = self.head();
        self.body.resize(head.length, 0);
        self.stream.read_exact(&mut self.body).expect("a body");
        head
    }

    fn head(&mut self) -> Head {
        let mut head = Head { status: 0, length: 0 };
        loop {
            let line = self.line();
            if line.is_empty() {
                return head;
            }
            if let Some(status) = line.strip_prefix("HTTP/1.1 ") {
                head.status = status[..3].parse().expect("a status");
            } else if let Some(length) = line.strip_prefix("content-length: ") {
                head.length = length.parse().expect("a length");
            }
        }
    }

    fn line(&mut self) -> &str {
        self.line.clear();
        self.stream.read_until(b'\n', &mut self.line).expect("an answer");
        std::str::from_utf8(&self.line).expect("text").trim_end()
    }
}

/// Sends a request on all connections at once, again and again. What to print.
fn measure(app: &App, path: &str, fields: &str, status: u16) -> String {
    let request = app.get(path, fields);
    let began = Instant::now();
    let measured = thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = app.connect();
                    let mut took = Vec::new();
                    while began.elapsed() < MEASURED {
                        let sent = Instant::now();
                        assert_eq!(connection.send(&request).status, status, "{path}");
                        took.push(sent.elapsed());
                    }
                    took
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    let seconds = began.elapsed().as_secs_f64();
    let mut took: Vec<Duration> = measured.into_iter().flatten().collect();
    took.sort_unstable();
    let count = u32::try_from(took.len()).expect("fewer");
    let last = took[(took.len() * 99 / 100).min(took.len() - 1)];
    format!("{:.0} requests/s, p99 {:.1} ms", f64::from(count) / seconds, last.as_secs_f64() * 1e3)
}

/// Opens streams of the events of jobs that wait, one job a person. The memory of each stream and that of the app
/// with them, in KiB.
fn streams(app: &App, jobs: &[String]) -> (f64, f64) {
    let before = app.resident_kib();
    let open = |n: usize| {
        let person = n % jobs.len();
        let request = app.get_as(person, &format!("/api/jobs/{}/events", jobs[person]), "");
        let mut connection = app.connect();
        connection.stream.get_mut().write_all(&request).expect("sent");
        assert_eq!(connection.head().status, 200);
        while !connection.line().starts_with("event: queued") {}
        connection
    };
    let all: Vec<Connection> = (0..STREAMS).map(open).collect();
    let with_them = app.resident_kib();
    (((with_them - before) / f64::from(u32::try_from(all.len()).expect("few"))).max(0.0), with_them)
}

/// Has the app rebuild the search index of decks. Jobs per second.
async fn jobs(database: &Client) -> f64 {
    // What the app listens on while there is work.
    let query =
        "SELECT replace(query, 'LISTEN ', '') FROM pg_stat_activity WHERE query LIKE 'LISTEN tellr_jobs_%'";
    let channel: String = database.query_one(query, &[]).await.expect("the app listens").get(0);
    let fill = "INSERT INTO jobs (kind, session_id)
        SELECT 'search_index', id FROM sessions, generate_series(1, $1::int8 / 200) WHERE owner NOT LIKE 'u%'";
    database.execute(fill, &[&JOBS]).await.expect("filled");
    database.execute("SELECT pg_notify($1, 'work')", &[&channel]).await.expect("told");
    let of_these = "FROM jobs WHERE kind = 'search_index' AND state";
    let began = Instant::now();
    let left = format!("SELECT count(*) {of_these} IN ('queued', 'running')");
    while database.query_one(&left, &[]).await.expect("a count").get::<_, i64>(0) > 0 {
        assert!(began.elapsed() < PATIENCE, "jobs are not done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let speed = format!(
        "SELECT (count(*) / extract(epoch FROM max(finished_at) - min(started_at)))::float8, count(*)
         {of_these} = 'succeeded'"
    );
    let row = database.query_one(&speed, &[]).await.expect("a speed");
    assert_eq!(row.get::<_, i64>(1), JOBS);
    row.get(0)
}

async fn run(app: &App, database: &Client) -> Result<(), String> {
    let print = |name: &str, value: String| println!("  {name:22} {value}");
    let mb = |kib: f64| format!("{:.1} MB", kib / 1024.0);

    // A page that was opened, and a deck.
    let get = |path: &str| app.ask(&app.get(path, ""));
    let page = get("/");
    let (_, script) = page.split_once("/assets/").expect("the page was built");
    let script = format!("/assets/{}", &script[..script.find('"').expect("the end of its name")]);
    for path in [script.as_str(), "/api/ready", "/api/sessions"] {
        get(path);
    }
    let session = app.ask(&app.post("/api/sessions", r#"{"from":"sample"}"#));
    let (_, id) = session.split_once("\"id\":\"").expect("an id");
    let id = &id[..36];
    let deck = format!("/api/sessions/{id}/deck");
    get(&deck);
    let idle = app.resident_kib();
    print("idle memory", mb(idle));

    database.batch_execute("SET search_path TO app_data").await.expect("the schema");
    database.batch_execute(FILL).await.expect("filled");
    let compressed = "accept-encoding: br\r\n";
    print("GET /api/health", measure(app, "/api/health", "", 200));
    print("static file, brotli", measure(app, &script, compressed, 200));
    print("session list", measure(app, "/api/sessions", "", 200));
    print("deck", measure(app, &deck, "", 200));
    print("deck, unchanged", measure(app, &deck, "if-none-match: \"v1\"\r\n", 304));
    print("jobs", format!("{:.0} jobs/s", jobs(database).await));
    // One person may have fifty streams.
    let people = "INSERT INTO users (id, name, display_name)
        SELECT 'p' || n, 'p' || n || '@example.com', 'P' FROM generate_series(1, $1::int8 / 50 - 1) n";
    database.execute(people, &[&i64::try_from(STREAMS).expect("few")]).await.expect("people");
    let waits = "WITH job AS (
            INSERT INTO jobs (kind, owner, last_event)
            SELECT 'waits', id, 1 FROM users WHERE id LIKE 'p%' RETURNING id, owner
        ), told AS (INSERT INTO job_events (job_id, id, attempt, kind) SELECT id, 1, 0, 'queued' FROM job)
        SELECT id::text FROM job ORDER BY owner";
    let jobs = database.query(waits, &[]).await.expect("jobs");
    let jobs: Vec<String> = jobs.iter().map(|row| row.get(0)).collect();
    let (each, with_them) = streams(app, &jobs);
    print("event streams", format!("{STREAMS} at once, {each:.1} KiB each"));
    print("memory with them", mb(with_them));
    if idle / 1024.0 > MOST_IDLE_MB {
        return Err(format!("An idle app uses more than {MOST_IDLE_MB:.0} MB"));
    }
    if each > MOST_STREAM_KIB {
        return Err(format!("An event stream uses more than {MOST_STREAM_KIB:.0} KiB"));
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, url, process] = <[String; 3]>::try_from(arguments).expect("three arguments");
    let (database, connection) = tokio_postgres::connect(&url, NoTls).await.expect("a database");
    tokio::spawn(connection);
    match run(&App { address, process }, &database).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
