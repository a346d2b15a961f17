//! Connections that must not be used again leave the pool, and what a request is answered when the database
//! fails.

use std::time::Duration;

use axum::response::IntoResponse as _;
use tellr_app::database::{Connection, Database, DatabaseError, Effort};
use tellr_app::http::ApiError;
use tellr_app::settings::SchemaName;
use tokio_postgres::types::Type;

use crate::support::app::{Variables, impatient};
use crate::support::eventually;
use crate::support::front::{Front, Mode};
use crate::support::postgres;

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
        ("INSERT INTO things (number, other) VALUES (2, 3)", 400),
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
