//! The statements on the OAuth client, connections, presentations and uploads. What they store encrypted comes to
//! them encrypted.

use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::database::{Connection, Database, DatabaseError, Parameter, Transaction};
use crate::identity::User;
use crate::sharing::queries::{caller_is_known, caller_parameters, role};
use crate::sharing::{Caller, Role};

/// Attempts of a person that are under way; the oldest go first.
const MOST_ATTEMPTS: i64 = 5;

/// The OAuth client as it is stored.
pub(super) struct StoredClient {
    pub(super) id: Uuid,
    pub(super) file: String,
}

pub(super) async fn client(
    connection: &Connection,
    schema: &str,
) -> Result<Option<StoredClient>, DatabaseError> {
    let statement = format!("SELECT id, file_encrypted FROM {schema}.google_client");
    let rows = connection.query(&statement, &[]).await?;
    Ok(rows.first().map(|row| StoredClient { id: row.get(0), file: row.get(1) }))
}

/// The same, locked until the transaction ends.
pub(super) async fn client_to_change(
    transaction: &Transaction<'_>,
) -> Result<Option<StoredClient>, DatabaseError> {
    transaction.batch_execute("LOCK TABLE google_client IN EXCLUSIVE MODE").await?;
    let rows = transaction.query_typed("SELECT id, file_encrypted FROM google_client", &[]).await?;
    Ok(rows.first().map(|row| StoredClient { id: row.get(0), file: row.get(1) }))
}

/// Whether there is an OAuth client.
pub(super) async fn is_configured(transaction: &Transaction<'_>) -> Result<bool, DatabaseError> {
    Ok(!transaction.query_typed("SELECT FROM google_client", &[]).await?.is_empty())
}

/// Makes the caller known, as rows refer to them.
pub(super) async fn know(
    transaction: &Transaction<'_>,
    schema: &str,
    user: &User,
) -> Result<(), DatabaseError> {
    transaction.query_typed(&caller_is_known(schema), &caller_parameters(user)).await?;
    Ok(())
}

/// Stores the OAuth client. Unless it is `same` as the present one, connections made with that end.
pub(super) async fn set_client(
    transaction: &Transaction<'_>,
    user: &User,
    file: &str,
    same: Option<Uuid>,
) -> Result<(), DatabaseError> {
    let parameters: [Parameter<'_>; 3] = [(&file, Type::TEXT), (&user.id, Type::TEXT), (&same, Type::UUID)];
    let others = "DELETE FROM google_client WHERE id IS DISTINCT FROM $1";
    transaction.query_typed(others, &parameters[2..]).await?;
    transaction
        .query_typed(
            "INSERT INTO google_client (id, file_encrypted, uploaded_by)
             VALUES (coalesce($3, gen_random_uuid()), $1, $2)
             ON CONFLICT (is_the_one) DO UPDATE
                 SET file_encrypted = $1, uploaded_by = $2, uploaded_at = now()",
            &parameters,
        )
        .await?;
    Ok(())
}

pub(super) async fn delete_client(connection: &Connection, schema: &str) -> Result<(), DatabaseError> {
    connection.query(&format!("DELETE FROM {schema}.google_client"), &[]).await?;
    Ok(())
}

/// An attempt to connect that begins.
pub(super) struct NewAttempt<'a> {
    pub(super) state_hash: Vec<u8>,
    pub(super) browser_hash: Vec<u8>,
    pub(super) client: Uuid,
    pub(super) verifier: String,
    pub(super) redirect_uri: &'a str,
    pub(super) seconds: f64,
}

pub(super) async fn begin(
    transaction: &Transaction<'_>,
    owner: &str,
    new: &NewAttempt<'_>,
) -> Result<(), DatabaseError> {
    transaction
        .query_typed(
            "DELETE FROM google_attempts WHERE expires_at < now() OR (owner = $1 AND state_hash NOT IN (
                 SELECT state_hash FROM google_attempts WHERE owner = $1 ORDER BY expires_at DESC LIMIT $2))",
            &[(&owner, Type::TEXT), (&(MOST_ATTEMPTS - 1), Type::INT8)],
        )
        .await?;
    transaction
        .query_typed(
            "INSERT INTO google_attempts
                 (state_hash, owner, client_id, browser_hash, verifier_encrypted, redirect_uri, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, now() + interval '1 second' * $7)",
            &[
                (&new.state_hash, Type::BYTEA),
                (&owner, Type::TEXT),
                (&new.client, Type::UUID),
                (&new.browser_hash, Type::BYTEA),
                (&new.verifier, Type::TEXT),
                (&new.redirect_uri, Type::TEXT),
                (&new.seconds, Type::FLOAT8),
            ],
        )
        .await?;
    Ok(())
}

/// An attempt that an answer belongs to.
pub(super) struct Attempt {
    pub(super) client: Uuid,
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
}

/// Takes an attempt: of this state, person and browser, in time. The next answer finds it no more.
pub(super) async fn take(
    connection: &Connection,
    schema: &str,
    owner: &str,
    state_hash: &[u8],
    browser_hash: &[u8],
) -> Result<Option<Attempt>, DatabaseError> {
    let statement = format!(
        "DELETE FROM {schema}.google_attempts
         WHERE state_hash = $1 AND owner = $2 AND browser_hash = $3 AND expires_at > now()
         RETURNING client_id, verifier_encrypted, redirect_uri"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&state_hash, Type::BYTEA), (&owner, Type::TEXT), (&browser_hash, Type::BYTEA)];
    let rows = connection.query(&statement, &parameters).await?;
    let attempt = |row: &tokio_postgres::Row| Attempt {
        client: row.get(0),
        verifier: row.get(1),
        redirect_uri: row.get(2),
    };
    Ok(rows.first().map(attempt))
}

/// A connection that is stored.
pub(super) struct NewConnection<'a> {
    pub(super) client: Uuid,
    pub(super) email: Option<&'a str>,
    pub(super) refresh_token: String,
    pub(super) access_token: String,
    pub(super) seconds: f64,
}

pub(super) async fn connect(
    transaction: &Transaction<'_>,
    owner: &str,
    new: &NewConnection<'_>,
) -> Result<(), DatabaseError> {
    transaction
        .query_typed(
            "INSERT INTO google_connections
                 (owner, client_id, email, refresh_token_encrypted, access_token_encrypted, access_expires_at)
             VALUES ($1, $2, $3, $4, $5, now() + interval '1 second' * $6)
             ON CONFLICT (owner) DO UPDATE SET client_id = $2, generation = gen_random_uuid(), email = $3,
                 refresh_token_encrypted = $4, access_token_encrypted = $5,
                 access_expires_at = excluded.access_expires_at, connected_at = now()",
            &[
                (&owner, Type::TEXT),
                (&new.client, Type::UUID),
                (&new.email, Type::TEXT),
                (&new.refresh_token, Type::TEXT),
                (&new.access_token, Type::TEXT),
                (&new.seconds, Type::FLOAT8),
            ],
        )
        .await?;
    Ok(())
}

/// A person's connection, with the client that it was made with.
pub(super) struct StoredConnection {
    pub(super) generation: Uuid,
    pub(super) email: Option<String>,
    pub(super) refresh_token: String,
    pub(super) access_token: String,
    /// Seconds until the access token expires.
    pub(super) seconds: f64,
    pub(super) client_file: String,
}

pub(super) async fn connection_of(
    connection: &Connection,
    schema: &str,
    owner: &str,
) -> Result<Option<StoredConnection>, DatabaseError> {
    let statement = format!(
        "SELECT g.generation, g.email, g.refresh_token_encrypted, g.access_token_encrypted,
                extract(epoch FROM g.access_expires_at - now())::float8, c.file_encrypted
         FROM {schema}.google_connections g JOIN {schema}.google_client c ON c.id = g.client_id WHERE g.owner = $1"
    );
    let rows = connection.query(&statement, &[(&owner, Type::TEXT)]).await?;
    Ok(rows.first().map(|row| StoredConnection {
        generation: row.get(0),
        email: row.get(1),
        refresh_token: row.get(2),
        access_token: row.get(3),
        seconds: row.get(4),
        client_file: row.get(5),
    }))
}

/// Stores a new access token, and a new refresh token if there is one, unless the person has connected anew.
pub(super) async fn refreshed(
    transaction: &Transaction<'_>,
    generation: Uuid,
    access_token: &str,
    refresh_token: Option<&str>,
    seconds: f64,
) -> Result<(), DatabaseError> {
    transaction
        .query_typed(
            "UPDATE google_connections SET access_token_encrypted = $2,
                 refresh_token_encrypted = coalesce($3, refresh_token_encrypted),
                 access_expires_at = now() + interval '1 second' * $4
             WHERE generation = $1",
            &[
                (&generation, Type::UUID),
                (&access_token, Type::TEXT),
                (&refresh_token, Type::TEXT),
                (&seconds, Type::FLOAT8),
            ],
        )
        .await?;
    Ok(())
}

/// Deletes a connection, unless the person has connected anew.
pub(super) async fn disconnect(
    connection: &Connection,
    schema: &str,
    generation: Uuid,
) -> Result<(), DatabaseError> {
    let statement = format!("DELETE FROM {schema}.google_connections WHERE generation = $1");
    connection.query(&statement, &[(&generation, Type::UUID)]).await?;
    Ok(())
}

/// The caller's role in a session with a deck.
pub(super) async fn role_in(
    transaction: &Transaction<'_>,
    schema: &str,
    caller: &Caller,
    session: Uuid,
) -> Result<Option<Role>, DatabaseError> {
    let role = role(schema, "$1", "$2");
    let statement = format!("SELECT {role} FROM {schema}.sessions s WHERE s.id = $3");
    let parameters: [Parameter<'_>; 3] =
        [(&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY), (&session, Type::UUID)];
    let rows = transaction.query_typed(&statement, &parameters).await?;
    Ok(rows.first().and_then(|row| Role::read(row.get(0))))
}

/// The presentation that a deck was exported to.
pub(super) struct Presentation {
    pub(super) file_id: String,
    /// As the app named it.
    pub(super) title: String,
}

/// An upload that was started.
pub(super) struct StoredUpload {
    pub(super) address: String,
    pub(super) sha256: Vec<u8>,
    pub(super) size_bytes: i64,
}

/// What is known of earlier exports of a deck by a person.
pub(super) async fn earlier(
    connection: &Connection,
    schema: &str,
    session: Uuid,
    owner: &str,
) -> Result<(Option<Presentation>, Option<StoredUpload>), DatabaseError> {
    let parameters: [Parameter<'_>; 2] = [(&session, Type::UUID), (&owner, Type::TEXT)];
    let which = "WHERE session_id = $1 AND owner = $2";
    let statement = format!("SELECT file_id, title FROM {schema}.google_presentations {which}");
    let presentations = connection.query(&statement, &parameters).await?;
    let statement =
        format!("SELECT address_encrypted, sha256, size_bytes FROM {schema}.google_uploads {which}");
    let uploads = connection.query(&statement, &parameters).await?;
    let presentation =
        presentations.first().map(|row| Presentation { file_id: row.get(0), title: row.get(1) });
    let upload = uploads.first().map(|row| StoredUpload {
        address: row.get(0),
        sha256: row.get(1),
        size_bytes: row.get(2),
    });
    Ok((presentation, upload))
}

/// Stores an upload before its first byte is sent.
pub(super) async fn keep_upload(
    transaction: &Transaction<'_>,
    session: Uuid,
    owner: &str,
    upload: &StoredUpload,
) -> Result<(), DatabaseError> {
    transaction
        .query_typed(
            "INSERT INTO google_uploads (session_id, owner, address_encrypted, sha256, size_bytes)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (session_id, owner) DO UPDATE
                 SET address_encrypted = $3, sha256 = $4, size_bytes = $5, started_at = now()",
            &[
                (&session, Type::UUID),
                (&owner, Type::TEXT),
                (&upload.address, Type::TEXT),
                (&upload.sha256, Type::BYTEA),
                (&upload.size_bytes, Type::INT8),
            ],
        )
        .await?;
    Ok(())
}

/// Forgets an upload that is over.
pub(super) async fn end_upload(
    transaction: &Transaction<'_>,
    session: Uuid,
    owner: &str,
) -> Result<(), DatabaseError> {
    let statement = "DELETE FROM google_uploads WHERE session_id = $1 AND owner = $2";
    transaction.query_typed(statement, &[(&session, Type::UUID), (&owner, Type::TEXT)]).await?;
    Ok(())
}

/// Remembers the presentation; the upload is over.
pub(super) async fn exported(
    transaction: &Transaction<'_>,
    session: Uuid,
    owner: &str,
    presentation: &Presentation,
    version: i64,
) -> Result<(), DatabaseError> {
    let parameters: [Parameter<'_>; 5] = [
        (&session, Type::UUID),
        (&owner, Type::TEXT),
        (&presentation.file_id, Type::TEXT),
        (&presentation.title, Type::TEXT),
        (&version, Type::INT8),
    ];
    end_upload(transaction, session, owner).await?;
    transaction
        .query_typed(
            "INSERT INTO google_presentations (session_id, owner, file_id, title, version)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (session_id, owner) DO UPDATE
                 SET file_id = $3, title = $4, version = $5, exported_at = now()",
            &parameters,
        )
        .await?;
    Ok(())
}

/// Seconds since a job was asked for.
pub(super) async fn age(connection: &Connection, schema: &str, job: Uuid) -> Result<f64, DatabaseError> {
    let statement =
        format!("SELECT extract(epoch FROM now() - created_at)::float8 FROM {schema}.jobs WHERE id = $1");
    let rows = connection.query(&statement, &[(&job, Type::UUID)]).await?;
    Ok(rows.first().map_or(0.0, |row| row.get(0)))
}

/// The schema, quoted.
pub(super) fn schema(database: &Database) -> String {
    database.schema().quoted()
}
