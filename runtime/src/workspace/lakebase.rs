//! Runs schema operations on a Lakebase database, with a credential minted for each.

use std::path::Path;
use std::time::Duration;

use deployer::host::{
    CredentialTarget, HostError, HostErrorKind, LakebaseTarget, SchemaError, SchemaErrorKind,
};
use deployer::schema::{self, SchemaOperation, SchemaOutcome};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::{Client as Postgres, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::client::Workspace;
use super::database_credential::{self, CredentialError};
use crate::tls;

/// The time limit for connecting to a database.
const CONNECT: Duration = Duration::from_secs(15);

/// Runs `operation` on the database at `at`, as the workspace's principal. `roots` names a file of
/// further certificate authorities (libpq's `PGSSLROOTCERT`).
///
/// # Errors
/// If no credential was available, the connection failed, or the database refused.
pub async fn run(
    workspace: &Workspace,
    roots: Option<&Path>,
    at: &LakebaseTarget,
    operation: &SchemaOperation,
) -> Result<SchemaOutcome, SchemaError> {
    let password = database_password(workspace, &at.credential).await?;
    run_with(&password, roots, at, operation).await
}

/// The same with a credential that was minted before.
///
/// # Errors
/// As [`run`].
pub async fn run_with(
    password: &SecretString,
    roots: Option<&Path>,
    at: &LakebaseTarget,
    operation: &SchemaOperation,
) -> Result<SchemaOutcome, SchemaError> {
    let client = connect(at, password, roots).await?;
    let script = schema::script(operation);
    let mut text = script.statements.join(";\n");
    if script.transaction {
        text = format!("BEGIN;\n{text};\nCOMMIT");
    }
    // One simple query: the server runs the statements in order and stops at the first error.
    let messages = within(QUERY, "the statements", client.simple_query(&text))
        .await?
        .map_err(|error| querying(&error))?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect::<Vec<_>>())
        }
        _ => None,
    });
    schema::outcome(operation, row.as_deref())
}

/// A database password.
///
/// # Errors
/// If none was available.
pub async fn database_password(
    workspace: &Workspace,
    target: &CredentialTarget,
) -> Result<SecretString, SchemaError> {
    let issued = database_credential::request(workspace, target).await;
    issued.map(|issued| issued.secret).map_err(|error| match error {
        CredentialError::NoToken { error, .. } | CredentialError::NoAnswer { error, .. } => unasked(error),
        CredentialError::Refused { status, message, .. } => {
            let why = message.as_deref().unwrap_or("no reason given");
            let status = status.as_u16();
            refused(status, format!("The workspace issued no credential ({status}): {why}"))
        }
        CredentialError::Unreadable { .. } | CredentialError::Interrupted => {
            refused(200, "The workspace issued no credential: its answer can't be read".to_owned())
        }
    })
}

/// The workspace, which is needed before connecting to the database, could not be reached.
pub(crate) fn unasked(error: HostError) -> SchemaError {
    let kind = match error.kind {
        HostErrorKind::Connection | HostErrorKind::Timeout => SchemaErrorKind::Unavailable,
        HostErrorKind::Credential => SchemaErrorKind::SignedOut,
        HostErrorKind::Refused | HostErrorKind::Origin => SchemaErrorKind::Credential,
    };
    SchemaError { kind, sqlstate: None, message: error.message }
}

/// The workspace answered with `status` and nothing that can be used.
pub(crate) fn refused(status: u16, message: String) -> SchemaError {
    let kind = match status {
        401 => SchemaErrorKind::SignedOut,
        408 | 429 | 500..=599 => SchemaErrorKind::Unavailable,
        _ => SchemaErrorKind::Credential,
    };
    SchemaError { kind, sqlstate: None, message }
}

/// The statements themselves wait half a minute for locks.
const QUERY: Duration = Duration::from_mins(2);

/// Waits for `work`, at most for `limit`.
async fn within<T>(limit: Duration, what: &str, work: impl Future<Output = T>) -> Result<T, SchemaError> {
    tokio::time::timeout(limit, work).await.map_err(|_| SchemaError {
        kind: SchemaErrorKind::Connection,
        sqlstate: None,
        message: format!("the database did not answer within {} s ({what})", limit.as_secs()),
    })
}

async fn connect(
    target: &LakebaseTarget,
    password: &SecretString,
    roots: Option<&Path>,
) -> Result<Postgres, SchemaError> {
    let tls = tls::client_config(roots).map_err(|error| SchemaError {
        kind: SchemaErrorKind::Connection,
        sqlstate: None,
        message: error.to_string(),
    })?;
    let mut config = tokio_postgres::Config::new();
    config
        .host(&target.host)
        .port(5432)
        .dbname(&target.database)
        .user(&target.user)
        .password(password.expose_secret())
        .ssl_mode(tokio_postgres::config::SslMode::Require)
        .connect_timeout(CONNECT)
        .application_name("tellr");
    // The library's own limit covers TCP only; a server may also stop answering after that.
    let (client, connection) =
        within(2 * CONNECT, "the connection", config.connect(MakeRustlsConnect::new(tls)))
            .await?
            .map_err(|error| connecting(&error))?;
    // Ends when the client is dropped; the pending query also gets an error of the connection.
    tokio::spawn(connection);
    Ok(client)
}

fn connecting(error: &tokio_postgres::Error) -> SchemaError {
    match error.as_db_error() {
        Some(refusal) => {
            let code = refusal.code().code();
            // Class 28: authentication. Class 57 and 53: starting up, shutting down, too many connections.
            let kind = match code.get(..2) {
                Some("28") => SchemaErrorKind::Login,
                Some("57" | "53" | "08") => SchemaErrorKind::Connection,
                _ => SchemaErrorKind::Database,
            };
            SchemaError { kind, sqlstate: Some(code.to_owned()), message: refusal.message().to_owned() }
        }
        None => SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message: chain(error) },
    }
}

fn querying(error: &tokio_postgres::Error) -> SchemaError {
    match error.as_db_error() {
        Some(refusal) => {
            let code = refusal.code().code();
            let broken = matches!(code.get(..2), Some("57" | "08"));
            let kind = if broken { SchemaErrorKind::Connection } else { SchemaErrorKind::Database };
            SchemaError { kind, sqlstate: Some(code.to_owned()), message: refusal.message().to_owned() }
        }
        None => SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message: chain(error) },
    }
}

fn chain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
