//! The self-check: one line for each requirement of the app, with instructions for those that aren't met.

use std::fmt;

use crate::database::{Database, DatabaseState, Effort, State};
use crate::http::frontend;
use crate::settings::{Settings, SettingsError, Target};

/// One checked requirement.
#[derive(Clone, Debug)]
pub struct Item {
    /// The requirement.
    pub name: &'static str,
    /// Its result.
    pub verdict: Verdict,
    /// The details.
    pub found: String,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Met.
    Ok,
    /// Met, with a warning.
    Warning,
    /// Not met; the text says what to do.
    Failed(String),
    /// Not checked, because an earlier check failed.
    Skipped,
}

/// All results, in order.
#[derive(Clone, Debug)]
pub struct Report(pub Vec<Item>);

impl Report {
    /// Whether nothing failed.
    pub fn is_good(&self) -> bool {
        !self.0.iter().any(|item| matches!(item.verdict, Verdict::Failed(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Item { name, verdict, found } in &self.0 {
            let word = match verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Failed(_) => "FAILED",
                Verdict::Skipped => "skipped",
            };
            writeln!(f, "{word:8} {name:12} {found}")?;
            if let Verdict::Failed(remedy) = verdict
                && !remedy.is_empty()
            {
                writeln!(f, "{:22}-> {remedy}", "")?;
            }
        }
        Ok(())
    }
}

/// Runs all checks.
pub async fn run(settings: Result<Settings, SettingsError>) -> Report {
    let mut items = Vec::new();
    match settings {
        Ok(settings) => {
            items.push(item(
                "settings",
                Verdict::Ok,
                format!(
                    "{:?}, {} database, schema `{}`, port {}",
                    settings.environment,
                    settings.database.target.kind(),
                    settings.database.schema,
                    settings.listen.port()
                ),
            ));
            look_at_database(&settings, &mut items).await;
        }
        Err(SettingsError(problems)) => {
            for problem in problems {
                items.push(item(
                    "settings",
                    Verdict::Failed("set it; `tellr-app --help` lists every variable".to_owned()),
                    format!("{} {}", problem.variable, problem.message),
                ));
            }
            for name in ["database", "tls", "migrations", "key"] {
                items.push(item(name, Verdict::Skipped, "needs valid settings"));
            }
        }
    }
    items.push(page());
    Report(items)
}

fn item(name: &'static str, verdict: Verdict, found: impl Into<String>) -> Item {
    Item { name, verdict, found: found.into() }
}

async fn look_at_database(settings: &Settings, items: &mut Vec<Item>) {
    let database = match Database::open(settings, Effort::serving()) {
        Ok(database) => database,
        Err(error) => {
            items.push(item("database", Verdict::Failed(String::new()), error.to_string()));
            return;
        }
    };
    let state = database.state().await;
    items.push(reach(&database, &state));
    items.push(tls(&database, &state).await);
    items.push(migrations(&state));
    items.push(key(settings, &state));
}

fn reach(database: &Database, state: &DatabaseState) -> Item {
    match state.state {
        State::Down => item(
            "database",
            Verdict::Failed(match database.target() {
                Target::Lakebase { .. } => {
                    "check that the Lakebase database runs, is a resource of the app, and lets the app's \
                     service principal connect; the deployer's `update` repairs all three"
                        .to_owned()
                }
                Target::Postgres(_) => {
                    "check that the server of DATABASE_URL runs and accepts this user".to_owned()
                }
            }),
            state.message.clone().unwrap_or_default(),
        ),
        _ => item(
            "database",
            Verdict::Ok,
            format!(
                "PostgreSQL {} at {} answered in {} ms",
                state.server_version.as_deref().unwrap_or("of unknown version"),
                database.target().address(),
                state.latency.as_millis()
            ),
        ),
    }
}

/// The server's view of this connection.
async fn tls(database: &Database, state: &DatabaseState) -> Item {
    if state.state == State::Down {
        return item("tls", Verdict::Skipped, "needs the database");
    }
    let version = async {
        let connection = database.connection().await?;
        let rows = connection
            .query("SELECT version FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()", &[])
            .await?;
        Ok::<_, crate::database::DatabaseError>(rows.first().map(|row| row.get::<_, String>(0)))
    };
    match (version.await, database.target()) {
        (Ok(Some(version)), _) => item("tls", Verdict::Ok, format!("{version}, host name verified")),
        // TLS may end at a proxy in front of the server: our side has verified it, or there would be no
        // connection.
        (Ok(None), Target::Lakebase { .. }) => {
            item("tls", Verdict::Ok, "verified up to the database's proxy")
        }
        (Ok(None), Target::Postgres(_)) => item(
            "tls",
            Verdict::Warning,
            "not in use; add `sslmode=require` to DATABASE_URL unless the server is this machine",
        ),
        (Err(error), _) => item("tls", Verdict::Failed(String::new()), error.to_string()),
    }
}

fn migrations(state: &DatabaseState) -> Item {
    let applied = state.migration.unwrap_or(0);
    match state.state {
        State::Down => item("migrations", Verdict::Skipped, "needs the database"),
        State::Migrating | State::Emptied => item(
            "migrations",
            Verdict::Failed("run `tellr-app init-database`".to_owned()),
            state.message.clone().unwrap_or_default(),
        ),
        State::Ok | State::WrongKey => {
            item("migrations", Verdict::Ok, format!("the schema is at migration {applied}"))
        }
    }
}

fn key(settings: &Settings, state: &DatabaseState) -> Item {
    match (state.state, &settings.encryption_key) {
        (State::Down | State::Migrating | State::Emptied, _) => {
            item("key", Verdict::Skipped, "needs the database and its migrations")
        }
        (State::WrongKey, _) => item(
            "key",
            Verdict::Failed(
                "restore the previous key; the deployer keeps it in the app's secret scope".to_owned(),
            ),
            "GOOGLE_OAUTH_ENCRYPTION_KEY is not the key that this database was set up with",
        ),
        (State::Ok, Some(_)) => item("key", Verdict::Ok, "the key matches the database"),
        (State::Ok, None) => item(
            "key",
            Verdict::Warning,
            "GOOGLE_OAUTH_ENCRYPTION_KEY is not set; credentials of users cannot be stored",
        ),
    }
}

fn page() -> Item {
    let contents = frontend::contents();
    if contents.is_built {
        item(
            "page",
            Verdict::Ok,
            format!("{} files, {} kB compressed", contents.files, contents.compressed_bytes / 1000),
        )
    } else {
        item(
            "page",
            Verdict::Failed("build with `make`".to_owned()),
            "this program was built without the page; it shows a placeholder",
        )
    }
}
