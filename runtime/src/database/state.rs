//! The state of the database for `/api/ready` and `check`.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;

use super::{Database, DatabaseError, encryption, migrations};

/// The time limit of a check; callers have timeouts of their own.
const PROBE_TIMEOUT: Duration = Duration::from_secs(4);

/// The state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No problem found.
    Ok,
    /// The server can't be reached or doesn't answer.
    Down,
    /// The server answers, but the schema is not (yet) what this version needs.
    Migrating,
    /// The schema was valid earlier, and has been emptied or dropped since.
    Emptied,
    /// The encryption key is not the one the data was encrypted with.
    WrongKey,
}

/// The result of a check.
#[derive(Clone, Debug)]
pub struct DatabaseState {
    /// The state.
    pub state: State,
    /// The server's version, such as `17.2`.
    pub server_version: Option<String>,
    /// The newest migration applied.
    pub migration: Option<i32>,
    /// The lowest migration that a program has to know to work with the schema.
    pub works_from: Option<i32>,
    /// The duration of the check, including the connection.
    pub latency: Duration,
    /// A message for users if the state is not [`State::Ok`].
    pub message: Option<String>,
}

impl Database {
    /// Checks the database now.
    pub async fn state(&self) -> DatabaseState {
        let started = Instant::now();
        let mut found = DatabaseState {
            state: State::Down,
            server_version: None,
            migration: None,
            works_from: None,
            latency: Duration::ZERO,
            message: None,
        };
        match tokio::time::timeout(PROBE_TIMEOUT, self.probe(&mut found)).await {
            Ok(Ok(state)) => found.state = state,
            Ok(Err(error)) => found.message = Some(error.to_string()),
            Err(_) => {
                found.message = Some(format!(
                    "the database at {} did not answer within {} s",
                    self.target().address(),
                    PROBE_TIMEOUT.as_secs()
                ));
            }
        }
        found.latency = started.elapsed();
        found
    }

    async fn probe(&self, found: &mut DatabaseState) -> Result<State, DatabaseError> {
        let connection = self.connection().await?;
        let rows = connection.query("SELECT current_setting('server_version')", &[]).await?;
        let version = rows.first().map(|row| row.get::<_, String>(0)).unwrap_or_default();
        found.server_version = version.split_whitespace().next().map(str::to_owned);
        let applied = match migrations::applied(&connection, self.schema()).await {
            Ok(applied) => applied,
            // The table doesn't exist, or the schema is missing or not (yet) accessible to the app.
            Err(error)
                if matches!(
                    error.sql_state(),
                    Some(
                        &SqlState::UNDEFINED_TABLE
                            | &SqlState::INVALID_SCHEMA_NAME
                            | &SqlState::INSUFFICIENT_PRIVILEGE
                    )
                ) =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        found.migration = applied.map(|applied| applied.newest);
        found.works_from = applied.map(|applied| applied.works_from);
        if found.migration.is_none() && self.shared.was_ready.load(Ordering::Relaxed) {
            found.message = Some(format!(
                "schema `{}` was emptied or dropped while the app was running, as a reset of the database does",
                self.schema()
            ));
            return Ok(State::Emptied);
        }
        if let Some(applied) = applied
            && applied.works_from > migrations::NEWEST
        {
            found.message = Some(format!(
                "schema `{}` is at migration {}, which needs a newer version of tellr-app than {}",
                self.schema(),
                applied.newest,
                crate::VERSION
            ));
            return Ok(State::Migrating);
        }
        // A newer schema that works with this version is fine: the old version serves until it is replaced.
        if found.migration < Some(migrations::NEWEST) {
            found.message = Some(format!(
                "schema `{}` is at migration {} and this version needs {}; run `tellr-app init-database`",
                self.schema(),
                found.migration.unwrap_or(0),
                migrations::NEWEST
            ));
            return Ok(State::Migrating);
        }
        if let Some(key) = self.encryption_key()
            && encryption::is_right(&connection, self.schema(), key).await? == Some(false)
        {
            found.message = Some(
                "the key in GOOGLE_OAUTH_ENCRYPTION_KEY is not the one this database was set up with; \
                 restore the previous key"
                    .to_owned(),
            );
            return Ok(State::WrongKey);
        }
        self.shared.was_ready.store(true, Ordering::Relaxed);
        Ok(State::Ok)
    }
}
