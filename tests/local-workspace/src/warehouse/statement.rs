//! One execution of a statement, in the background.
//!
//! It runs at once and to its end; what is shown before the warehouse runs is that it waits. The statement is
//! wrapped into a query that turns every column into text, so that PostgreSQL itself formats the values.

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use tokio::sync::watch;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};

use super::database::{CATALOG, Database, SCHEMA};
use super::result::{Column, ResultSet, as_text, value};
use super::text::{Parameter, Translated, translate};
use crate::clock::Timestamp;
use crate::identity::Principal;

/// More rows than can be in a result; PostgreSQL's limits are smaller than what a caller may write.
const MAX_ROWS: usize = 1_000_000_000;
/// The most bytes of values in an inline result, as on the platform.
const MAX_INLINE_BYTES: usize = 25 * 1024 * 1024;

/// What is to be executed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) statement: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) row_limit: Option<usize>,
    pub(crate) catalog: Option<String>,
    pub(crate) schema: Option<String>,
}

/// Why a statement failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) sql_state: String,
    pub(crate) error_code: &'static str,
    pub(crate) message: String,
}

impl Failure {
    pub(super) fn new(sql_state: &str, message: impl Into<String>) -> Self {
        let message = format!("{} SQLSTATE: {sql_state}", message.into());
        Self { sql_state: sql_state.to_owned(), error_code: "BAD_REQUEST", message }
    }

    fn internal(message: impl Into<String>) -> Self {
        Self { sql_state: "XX000".to_owned(), error_code: "INTERNAL_ERROR", message: message.into() }
    }
}

/// How far a statement is.
#[derive(Clone, Debug)]
pub(crate) enum StatementState {
    Running,
    Succeeded(Arc<ResultSet>),
    Failed(Failure),
    Canceled,
}

/// A statement.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) id: String,
    /// The user name of who sent it.
    pub(super) owner: String,
    /// When the warehouse runs.
    pub(super) ready: Timestamp,
    order: Order,
    state: watch::Sender<StatementState>,
}

impl Statement {
    pub(super) fn new(id: String, owner: &Principal, order: Order, ready: Timestamp) -> Self {
        let state = watch::Sender::new(StatementState::Running);
        Self { id, owner: owner.user_name.clone(), ready, order, state }
    }

    pub(super) fn finished(id: String, owner: &Principal, result: ResultSet, ready: Timestamp) -> Self {
        let statement = Self::new(id, owner, Order::default(), ready);
        statement.state.send_replace(StatementState::Succeeded(Arc::new(result)));
        statement
    }

    /// How far it is now.
    pub(crate) fn state(&self) -> StatementState {
        self.state.borrow().clone()
    }

    /// Waits until it ended, however.
    pub(crate) async fn ended(&self) -> StatementState {
        let mut state = self.state.subscribe();
        // The sender is ours, so waiting can't fail.
        let ended = state.wait_for(|state| !matches!(state, StatementState::Running)).await;
        ended.map_or(StatementState::Canceled, |state| state.clone())
    }

    /// Whether the warehouse doesn't run yet.
    pub(crate) fn is_waiting(&self, now: Timestamp) -> bool {
        now < self.ready
    }

    /// Ends it, unless it ended already.
    pub(super) fn cancel(&self) {
        self.end(StatementState::Canceled);
    }

    fn end(&self, how: StatementState) {
        self.state.send_if_modified(|state| {
            let runs = matches!(state, StatementState::Running);
            if runs {
                *state = how;
            }
            runs
        });
    }

    pub(super) async fn execute(&self, database: &Database) {
        let client = match database.connect().await {
            Ok(client) => client,
            Err(why) => {
                tracing::error!(%why, "no database for the SQL warehouse");
                let why = format!("local workspace: {why}");
                return self.end(StatementState::Failed(Failure::internal(why)));
            }
        };
        let token = client.cancel_token();
        tokio::select! {
            outcome = run(&client, &self.order) => self.end(match outcome {
                Ok(result) => StatementState::Succeeded(Arc::new(result)),
                Err(failure) => StatementState::Failed(failure),
            }),
            _ = self.ended() => {
                // Without it the server would work on; that it may have ended meanwhile is fine.
                let _ = token.cancel_query(NoTls).await;
            }
        }
    }
}

async fn run(client: &Client, order: &Order) -> Result<ResultSet, Failure> {
    if let Some(catalog) = order.catalog.as_deref().filter(|catalog| *catalog != CATALOG) {
        let message = format!("[NO_SUCH_CATALOG_EXCEPTION] Catalog '{catalog}' was not found.");
        return Err(Failure::new("42704", message));
    }
    if let Some(schema) = order.schema.as_deref().filter(|schema| *schema != SCHEMA) {
        let message = format!("[SCHEMA_NOT_FOUND] The schema `{schema}` cannot be found.");
        return Err(Failure::new("42704", message));
    }
    let Translated { sql, values } = translate(&order.statement, &order.parameters)?;
    let kinds = vec![Type::TEXT; values.len()];
    let described = client.prepare_typed(&sql, &kinds).await.map_err(|error| failure(&error, &sql))?;
    let columns = described.columns();
    let mut names = String::new();
    let mut texts = String::new();
    for (at, column) in columns.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(names, "{comma}c{at}");
        let _ = write!(texts, "{comma}{}", as_text(&format!("c{at}"), column.type_()));
    }
    // One more than wanted tells whether there are more.
    let limit =
        order.row_limit.map_or_else(String::new, |limit| format!(" LIMIT {}", limit.min(MAX_ROWS) + 1));
    let wrapped = format!("SELECT {texts} FROM (\n{sql}\n) AS result({names}){limit}");
    let texts_only = client.prepare_typed(&wrapped, &kinds).await.map_err(|error| failure(&error, &sql))?;
    let stream = client.query_raw(&texts_only, &values).await.map_err(|error| failure(&error, &sql))?;
    let mut stream = pin!(stream);
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = stream.try_next().await.map_err(|error| failure(&error, &sql))? {
        let mut cells = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let text: Option<String> =
                row.try_get(at).map_err(|error| Failure::internal(format!("local workspace: {error}")))?;
            bytes += text.as_ref().map_or(4, String::len);
            cells.push(text.map(|text| value(text, column.type_())));
        }
        if bytes > MAX_INLINE_BYTES {
            return Err(Failure {
                sql_state: "54000".to_owned(),
                error_code: "BAD_REQUEST",
                message:
                    "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a \
                          result size of at most 26214400 bytes."
                        .to_owned(),
            });
        }
        rows.push(cells);
    }
    let truncated = order.row_limit.is_some_and(|limit| rows.len() > limit);
    rows.truncate(order.row_limit.unwrap_or(usize::MAX));
    let columns = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let decimals = |text: &String| text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let scale = rows.iter().filter_map(|row| row[at].as_ref()).map(decimals).max().unwrap_or(0);
            Column::described(column.name(), column.type_(), column.type_modifier(), scale)
        })
        .collect();
    Ok(ResultSet { columns, rows, truncated })
}

/// PostgreSQL's refusal in the platform's words, as far as they are known.
fn failure(error: &tokio_postgres::Error, sql: &str) -> Failure {
    let Some(told) = error.as_db_error() else {
        return Failure::internal(format!("local workspace: {error}"));
    };
    let quoted = |message: &str| message.split('"').nth(1).unwrap_or_default().to_owned();
    let name = quoted(told.message());
    let message = match told.code().code() {
        "42P01" => format!(
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `{name}` cannot be found. Verify the spelling and \
             correctness of the schema and catalog."
        ),
        "42703" => {
            // `column t.x does not exist` has no quotes.
            let plain = told.message().split(' ').nth(1).unwrap_or_default();
            let name = if name.is_empty() { plain } else { &name };
            format!(
                "[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name \
                 `{name}` cannot be resolved."
            )
        }
        "42883" => format!(
            "[UNRESOLVED_ROUTINE] Cannot resolve routine on search path: {}",
            told.message().trim_end_matches('.')
        ),
        "42601" => format!("[PARSE_SYNTAX_ERROR] Syntax error at or near '{name}'."),
        "22012" => {
            "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return \
                    NULL instead."
                .to_owned()
        }
        "22P02" | "22007" | "22008" | "22003" => {
            let message = format!("[CAST_INVALID_INPUT] {}.", told.message());
            return Failure::new("22018", message);
        }
        "42501" | "25006" => {
            format!("[INSUFFICIENT_PERMISSIONS] Insufficient privileges: {}.", told.message())
        }
        "57014" => {
            "[QUERY_EXECUTION_TIMEOUT_EXCEEDED] Query execution timeout limit was exceeded.".to_owned()
        }
        _ => format!("[{}] {}.", told.code().code(), told.message()),
    };
    let mut failure = Failure::new(told.code().code(), message);
    if let Some(tokio_postgres::error::ErrorPosition::Original(position)) = told.position() {
        let before = usize::try_from(*position).unwrap_or(1).saturating_sub(1);
        let before: String = sql.chars().take(before).collect();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let _ = write!(failure.message, "; line {line} pos {column}");
    }
    failure
}
