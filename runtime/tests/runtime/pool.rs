//! Connections that must not be used again leave the pool, what runs on them is stopped, and what a request is
//! answered when the database fails.

use std::time::Duration;

use axum::response::IntoResponse as _;
use reqwest::Method;
use serde_json::json;
use tellr_app::database::{Connection, Database, DatabaseError, Effort};
use tellr_app::http::ApiError;
use tellr_app::settings::SchemaName;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::front::{Certificate, Front, Mode};
use crate::support::people::{answered, code};
use crate::support::postgres;
use crate::support::workspace::Workspace;
use crate::support::{PATIENCE, eventually};

/// The pool's size.
const MOST: usize = 10;

struct Pool {
    database: Database,
    schema: String,
}

/// A database with a table `things` in its schema.
async fn pool() -> Pool {
    pool_of(&Variables::local(), impatient()).await
}

async fn pool_of(variables: &Variables, effort: Effort) -> Pool {
    let schema = variables.schema().to_owned();
    postgres::run(&format!(
        "CREATE SCHEMA {schema};
         CREATE TABLE {schema}.things (
             number integer PRIMARY KEY CHECK (number < 10),
             name varchar(3) NOT NULL DEFAULT 'one',
             other integer REFERENCES {schema}.things)"
    ))
    .await;
    Pool { database: variables.database_with(effort), schema }
}

impl Pool {
    async fn connection(&self) -> Connection {
        self.database.connection().await.expect("a connection")
    }

    fn schema(&self) -> &SchemaName {
        self.database.schema()
    }

    /// All connections of the pool, opened if necessary.
    async fn all(&self) -> Vec<Connection> {
        let all = futures_util::future::join_all((0..MOST).map(|_| self.connection()));
        all.await
    }

    async fn run(&self, statement: &str) -> Result<(), DatabaseError> {
        self.connection().await.query(&statement.replace("things", &self.table()), &[]).await.map(|_| ())
    }

    fn table(&self) -> String {
        format!("{}.things", self.schema)
    }

    /// The status of the answer to a request that runs this statement, and how long to wait before the next.
    async fn answer(&self, statement: &str) -> (u16, bool) {
        let error = self.run(statement).await.expect_err(statement);
        answer_to(error)
    }

    /// The error of a request in whose middle the server was gone.
    async fn connection_error(&self) -> DatabaseError {
        loop {
            match self.database.connection().await {
                Err(error) => return error,
                // One that the pool doesn't know to be closed yet.
                Ok(connection) => {
                    if let Err(error) = connection.query("SELECT 1", &[]).await {
                        return error;
                    }
                }
            }
        }
    }
}

fn answer_to(error: DatabaseError) -> (u16, bool) {
    let answer = ApiError::from(error).into_response();
    (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
}

async fn process(connection: &Connection) -> i32 {
    connection.query("SELECT pg_backend_pid()", &[]).await.expect("an answer")[0].get(0)
}

/// Whether the server runs a statement on this connection.
async fn is_busy(process: i32) -> bool {
    let query = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND query LIKE '%pg_sleep%' AND state = 'active'"
    );
    postgres::one::<i64>(&query).await == 1
}

/// Whether the pool holds the connection of this server process, and all its connections answer.
async fn holds(pool: &Pool, busy: i32) -> bool {
    let mut found = false;
    for connection in pool.all().await {
        found |= process(&connection).await == busy;
    }
    found
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_no_busy_connection_behind() {
    let pool = pool().await;
    let connection = pool.connection().await;
    let busy = process(&connection).await;
    let request =
        tokio::spawn(async move { connection.query("SELECT pg_sleep(600)", &[]).await.map(|_| ()) });
    eventually("the statement runs", async || is_busy(busy).await).await;
    request.abort();
    assert!(request.await.expect_err("it was dropped").is_cancelled());
    assert!(!holds(&pool, busy).await);
    postgres::run(&format!("SELECT pg_terminate_backend({busy})")).await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_no_busy_connection_behind() {
    let pool = pool().await;
    let (mut connection, schema) = (pool.connection().await, pool.schema().clone());
    let busy = process(&connection).await;
    let request = tokio::spawn(async move {
        let transaction = connection.transaction(&schema).await?;
        transaction.execute("INSERT INTO things (number) VALUES (1)", &[]).await?;
        transaction.execute("SELECT pg_sleep(600)", &[]).await?;
        transaction.commit().await
    });
    eventually("the statement runs", async || is_busy(busy).await).await;
    request.abort();
    assert!(request.await.expect_err("it was dropped").is_cancelled());
    assert!(!holds(&pool, busy).await);
    postgres::run(&format!("SELECT pg_terminate_backend({busy})")).await;
    eventually("nothing of it stays", async || {
        postgres::one::<i64>(&format!("SELECT count(*) FROM {}", pool.table())).await == 0
            && pool.run("INSERT INTO things (number) VALUES (1)").await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_transaction_without_a_commit_has_no_effect_and_its_connection_is_used_again() {
    let pool = pool().await;
    let mut connection = pool.connection().await;
    let before = process(&connection).await;
    let schema = pool.schema().clone();
    let transaction = connection.transaction(&schema).await.expect("a transaction");
    transaction.execute("INSERT INTO things (number) VALUES (1)", &[]).await.expect("inserted");
    drop(transaction);
    drop(connection);
    let connection = pool.connection().await;
    assert_eq!(process(&connection).await, before);
    let rows = connection.query(&format!("SELECT number FROM {}", pool.table()), &[]).await.expect("rows");
    assert!(rows.is_empty());
}

#[tokio::test]
async fn a_server_that_only_reads_is_left_by_all_connections() {
    let pool = pool().await;
    let mut before = Vec::new();
    for connection in pool.all().await {
        let only_reads = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY";
        connection.query(only_reads, &[]).await.expect("it only reads");
        before.push(process(&connection).await);
    }
    assert_eq!(pool.answer("INSERT INTO things (number) VALUES (1)").await, (503, true));
    for connection in pool.all().await {
        assert!(!before.contains(&process(&connection).await));
    }
    pool.run("INSERT INTO things (number) VALUES (1)").await.expect("the next one writes");
}

#[tokio::test]
async fn half_open_connections_leave_the_pool_while_one_request_waits() {
    let front = Front::plain().await;
    let variables = Variables::local().with("DATABASE_URL", &front.url());
    let effort = Effort { trusted_idle: Duration::ZERO, ..Effort::serving() };
    let pool = pool_of(&variables, effort).await;
    drop(pool.all().await);
    // The other side is gone without a word, as after a machine was suspended.
    front.set(Mode::Lost);
    pool.run("INSERT INTO things (number) VALUES (1)").await.expect("a new connection, within the limit");
}

#[tokio::test]
async fn each_error_of_the_database_has_its_answer() {
    let pool = pool().await;
    pool.run("INSERT INTO things (number) VALUES (1)").await.expect("the first");
    for (statement, status) in [
        ("INSERT INTO things (number) VALUES (1)", 409),
        ("INSERT INTO things (number) VALUES (10)", 400),
        ("INSERT INTO things (number, name) VALUES (2, 'four')", 400),
        ("INSERT INTO things (number, name) VALUES (2, NULL)", 400),
        ("INSERT INTO things (number, other) VALUES (2, 3)", 409),
        ("SELECT 1 / (number - number) FROM things", 400),
        ("SELECT 'x'::uuid FROM things", 400),
        ("SELECT * FROM things_that_are_not_there", 503),
        ("SELECT no_such_column FROM things", 500),
        ("SELEC", 500),
    ] {
        let table = pool.table();
        let statement = statement.replace("things_that_are_not_there", "none").replace("things", &table);
        let error = pool.connection().await.query(&statement, &[]).await.expect_err(&statement);
        assert_eq!(answer_to(error), (status, status == 503), "{statement}");
    }
}

#[tokio::test]
async fn a_value_of_the_request_is_not_repeated_in_the_answer() {
    let pool = pool().await;
    let statement = format!("INSERT INTO {} (number, name) VALUES ($1, $2)", pool.table());
    let connection = pool.connection().await;
    let error = connection.query(&statement, &[(&2, Type::INT4), (&"planted", Type::TEXT)]).await;
    let answer = ApiError::from(error.expect_err("too long"));
    assert!(!answer.to_string().contains("planted"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_is_lost_is_answered_with_when_to_try_again() {
    let pool = pool().await;
    let connection = pool.connection().await;
    let process = process(&connection).await;
    let statement =
        tokio::spawn(async move { connection.query("SELECT pg_sleep(600)", &[]).await.map(|_| ()) });
    eventually("the statement runs", async || is_busy(process).await).await;
    postgres::run(&format!("SELECT pg_terminate_backend({process})")).await;
    let error = statement.await.expect("it ends").expect_err("it was ended");
    assert_eq!(answer_to(error), (503, true));

    let front = Front::plain().await;
    let variables = Variables::local().with("DATABASE_URL", &front.url());
    let pool = pool_of(&variables, impatient()).await;
    drop(pool.connection().await);
    front.set(Mode::Broken);
    assert_eq!(answer_to(pool.connection_error().await), (503, true));
}

/// A short time limit for statements, and as long as it takes for the rest.
fn hasty() -> Effort {
    Effort { statement: Duration::from_secs(1), ..impatient() }
}

/// A time limit for statements that no test reaches: only a cancel request ends them.
fn endless() -> Effort {
    Effort { statement: 10 * PATIENCE, ..impatient() }
}

/// Variables with a name for the app's connections, and that name.
fn named() -> (Variables, String) {
    let name = postgres::unique("given_up");
    (Variables::local().with("PGAPPNAME", &name), name)
}

/// How many of the server's processes run a statement for the application of this name, and how many of these
/// wait for a lock.
async fn busy(name: &str) -> (usize, usize) {
    let query = format!(
        "SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') FROM pg_stat_activity
         WHERE application_name = '{name}' AND state = 'active'"
    );
    let row = postgres::admin().await.query_one(&query, &[]).await.expect("a row");
    let number = |column| usize::try_from(row.get::<_, i64>(column)).expect("few");
    (number(0), number(1))
}

async fn waits_for_a_lock(name: &str) {
    eventually("a statement waits for the lock", async || busy(name).await.1 > 0).await;
}

async fn is_quiet(name: &str) {
    eventually("nothing runs any more", async || busy(name).await.0 == 0).await;
}

/// A transaction that holds locks until it is told to commit.
async fn holding(statement: &str) -> Client {
    let client = postgres::admin().await;
    client.batch_execute(&format!("BEGIN; {statement}")).await.expect(statement);
    client
}

/// A deck whose row another transaction has locked.
struct LockedDeck {
    app: RunningApp,
    path: String,
    name: String,
    lock: Client,
}

impl LockedDeck {
    async fn new(effort: Effort) -> Self {
        let (variables, name) = named();
        let variables = variables.with("DATABRICKS_APP_NAME", "tellr");
        variables.initialise().await.expect("a database");
        let app = variables.serve_with(effort).await;
        let path = app.person("1001").session(json!({ "title": "Before" })).await;
        let lock = holding(&format!("SELECT 1 FROM {}.decks FOR UPDATE", app.schema)).await;
        Self { app, path, name, lock }
    }

    /// A request to rename the deck, in a task of its own.
    fn rename(&self) -> tokio::task::JoinHandle<reqwest::Result<reqwest::Response>> {
        let request = self.app.person("1001").request(Method::PATCH, &self.path);
        tokio::spawn(request.json(&json!({ "title": "After" })).send())
    }

    /// Releases the lock and asserts that the deck is as it was.
    async fn is_unchanged(&self) {
        is_quiet(&self.name).await;
        self.lock.batch_execute("COMMIT").await.expect("released");
        let (status, deck) = self.app.person("1001").get(&self.path).await;
        assert_eq!((status, &deck["title"], &deck["version"]), (200, &json!("Before"), &json!(1)));
    }
}

#[tokio::test]
async fn a_write_whose_client_went_away_is_stopped_and_does_not_happen() {
    let deck = LockedDeck::new(endless()).await;
    let request = deck.rename();
    waits_for_a_lock(&deck.name).await;
    request.abort();
    assert!(request.await.expect_err("it was dropped").is_cancelled());
    deck.is_unchanged().await;
}

#[tokio::test]
async fn a_write_that_was_refused_for_its_time_does_not_happen_later() {
    let deck = LockedDeck::new(hasty()).await;
    let answer = deck.rename().await.expect("no panic").expect("an answer");
    let answer = answered(answer).await;
    assert_eq!(code(&answer), (503, "database_unavailable"));
    deck.is_unchanged().await;
}

/// As behind a pooler that gave the statement a session without the time limit.
#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped_without_a_limit_of_the_server() {
    let (variables, name) = named();
    let pool = pool_of(&variables, hasty()).await;
    pool.run("INSERT INTO things (number) VALUES (1)").await.expect("the first");
    let lock = holding(&format!("SELECT 1 FROM {} FOR UPDATE", pool.table())).await;
    {
        let connection = pool.connection().await;
        connection.query("SET statement_timeout TO 0", &[]).await.expect("no limit");
        let statement = format!("UPDATE {} SET name = 'two'", pool.table());
        let error = connection.query(&statement, &[]).await.expect_err("it waits for the lock");
        assert!(matches!(error, DatabaseError::Silent(_)), "{error}");
        assert_eq!(busy(&name).await, (1, 1), "it is stopped by nobody but the app");
    }
    is_quiet(&name).await;
    lock.batch_execute("COMMIT").await.expect("released");
    assert_eq!(postgres::one::<String>(&format!("SELECT name FROM {}", pool.table())).await, "one");
}

/// The server's own limit, for a proxy that passes no cancel requests on.
#[tokio::test]
async fn the_server_knows_the_time_limit_of_a_transaction_and_of_a_session() {
    let pool = pool_of(&Variables::local(), hasty()).await;
    let mut connection = pool.connection().await;
    let rows = connection.query("SHOW statement_timeout", &[]).await.expect("a row");
    assert_eq!(rows[0].get::<_, &str>(0), "1s");
    connection.query("SET statement_timeout TO 0", &[]).await.expect("no limit");
    let transaction = connection.transaction(pool.schema()).await.expect("a transaction");
    let row = transaction.query_one("SHOW statement_timeout", &[]).await.expect("a row");
    assert_eq!(row.get::<_, &str>(0), "1s");
}

#[tokio::test]
async fn requests_that_are_given_up_never_run_more_than_the_pool_has() {
    let (variables, name) = named();
    let pool = pool_of(&variables, endless()).await;
    pool.run("INSERT INTO things (number) VALUES (1)").await.expect("the first");
    let lock = holding(&format!("SELECT 1 FROM {} FOR UPDATE", pool.table())).await;
    for wave in 0..3 {
        let statement = format!("UPDATE {} SET name = 'two' /* wave {wave} */", pool.table());
        let requests: Vec<_> = (0..MOST)
            .map(|_| {
                let (database, statement) = (pool.database.clone(), statement.clone());
                tokio::spawn(
                    async move { database.connection().await?.query(&statement, &[]).await.map(|_| ()) },
                )
            })
            .collect();
        let running = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state = 'active'
             AND query LIKE '%wave {wave}%'"
        );
        eventually("all of the wave run", async || {
            let (active, _) = busy(&name).await;
            assert!(active <= MOST, "{active} statements run in wave {wave}");
            postgres::one::<i64>(&running).await == 10
        })
        .await;
        for request in requests {
            request.abort();
            assert!(request.await.expect_err("it was dropped").is_cancelled());
        }
    }
    is_quiet(&name).await;
    lock.batch_execute("COMMIT").await.expect("released");
    assert_eq!(postgres::one::<String>(&format!("SELECT name FROM {}", pool.table())).await, "one");
    eventually("the pool has all its places again", async || pool.database.pool().open == 0).await;
    drop(pool.all().await);
}

/// Gives up a statement that sleeps, and returns the server process that runs it.
async fn give_up(database: &Database) -> i32 {
    let connection = database.connection().await.expect("a connection");
    let process = process(&connection).await;
    let request =
        tokio::spawn(async move { connection.query("SELECT pg_sleep(600)", &[]).await.map(|_| ()) });
    eventually("the statement runs", async || is_busy(process).await).await;
    request.abort();
    assert!(request.await.expect_err("it was dropped").is_cancelled());
    process
}

#[tokio::test]
async fn a_statement_is_stopped_through_tls() {
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    let front = Front::with_tls(&certificate).await;
    let database = Variables::autoscaling(&workspace, &front, &certificate).await.database_with(endless());
    let process = give_up(&database).await;
    eventually("it is stopped", async || !is_busy(process).await).await;
}

#[tokio::test]
async fn a_closed_pool_has_stopped_what_was_given_up() {
    let database = Variables::local().database_with(endless());
    let process = give_up(&database).await;
    database.close().await;
    assert!(!is_busy(process).await);
}

#[tokio::test]
async fn a_cancel_request_that_nobody_answers_holds_a_place_of_the_pool_for_a_while_only() {
    let front = Front::plain().await;
    let effort = Effort { stopping: Duration::from_millis(300), ..endless() };
    let database = Variables::local().with("DATABASE_URL", &front.url()).database_with(effort);
    let connection = database.connection().await.expect("a connection");
    let process = process(&connection).await;
    let request =
        tokio::spawn(async move { connection.query("SELECT pg_sleep(600)", &[]).await.map(|_| ()) });
    eventually("the statement runs", async || is_busy(process).await).await;
    // What is open goes on; nothing new passes.
    front.set(Mode::Stalled);
    request.abort();
    assert!(request.await.expect_err("it was dropped").is_cancelled());
    assert_eq!(database.pool().open, 1, "what still runs counts");
    eventually("its place is free", async || database.pool().open == 0).await;
    assert!(is_busy(process).await, "it could not be stopped");
    postgres::run(&format!("SELECT pg_terminate_backend({process})")).await;
}
