//! What everything about Google shares; and access tokens, which are refreshed here and nowhere else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::client_file::OAuthClient;
use super::endpoints::Endpoints;
use super::queries::{self, StoredConnection};
use super::tokens::{self, NotGranted};
use super::trouble::{Connect, Trouble};
use crate::database::{Database, DatabaseError, encryption};
use crate::fernet::Key;
use crate::http::{ApiError, Rejection};
use crate::workspace::{ClientError, RetryPolicy, client};

/// An access token that expires sooner is refreshed first.
const MARGIN_SECS: f64 = 60.0;

/// How much at once, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a chunk: a multiple of 256 KiB. Also how much is sent again after a cut.
    pub chunk_bytes: usize,
    /// How long an export waits at first for a connection before it looks again. The wait grows as it lasts; a
    /// person who connects ends it.
    pub first_wait: Duration,
    /// The longest such wait.
    pub longest_wait: Duration,
    /// After which time an export that still waits ends.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chunk_bytes: 2 * 1024 * 1024,
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_mins(15),
            patience: Duration::from_hours(24),
        }
    }
}

/// Google, as the app uses it; cheap to clone.
#[derive(Clone)]
pub struct Google(Arc<Inner>);

struct Inner {
    database: Database,
    http: reqwest::Client,
    endpoints: Endpoints,
    retry: RetryPolicy,
    limits: Limits,
    refreshing: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

/// An access token.
pub(super) struct Access {
    pub(super) token: SecretString,
    /// The connection that it belongs to.
    pub(super) generation: Uuid,
}

impl Google {
    /// Google, or a stand-in at this address.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn new(database: Database, stand_in: Option<&str>, retry: RetryPolicy) -> Result<Self, ClientError> {
        Ok(Self(Arc::new(Inner {
            database,
            http: client()?,
            endpoints: Endpoints::new(stand_in),
            retry,
            limits: Limits::default(),
            refreshing: Mutex::default(),
        })))
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(&self, limits: Limits) -> Self {
        let Inner { database, http, endpoints, retry, .. } = &*self.0;
        let (database, http, endpoints) = (database.clone(), http.clone(), endpoints.clone());
        Self(Arc::new(Inner {
            database,
            http,
            endpoints,
            retry: *retry,
            limits,
            refreshing: Mutex::default(),
        }))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(super) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(super) fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    pub(super) fn retry(&self) -> RetryPolicy {
        self.0.retry
    }

    /// The key that secrets are stored under.
    pub(super) fn key(&self) -> Result<&Key, Rejection> {
        self.0.database.encryption_key().ok_or_else(|| {
            Rejection::conflict(
                "no_encryption_key",
                "The app has no encryption key, so it can't store credentials. Set GOOGLE_OAUTH_ENCRYPTION_KEY and \
                 restart it",
            )
        })
    }

    /// The OAuth client with its id, if there is one.
    pub(super) async fn client(&self) -> Result<Option<(Uuid, OAuthClient)>, ApiError> {
        let schema = queries::schema(self.database());
        let stored = queries::client(&Box::pin(self.database().connection()).await?, &schema).await?;
        let Some(stored) = stored else { return Ok(None) };
        let client = self.key()?.decrypt(&stored.file).ok().and_then(|file| OAuthClient::of_stored(&file));
        Ok(Some((stored.id, client.ok_or_else(unreadable)?)))
    }

    /// An access token of this person. One that Google has just refused is `stale`, and isn't given again.
    pub(super) async fn access(&self, owner: &str, stale: Option<&Access>) -> Result<Access, Trouble> {
        let turn = self.turn(owner);
        let _turn = turn.lock().await;
        let database = self.database();
        let schema = queries::schema(database);
        let stored = queries::connection_of(&Box::pin(database.connection()).await?, &schema, owner).await?;
        let stored = stored.ok_or(Trouble::Connect(Connect::NotConnected))?;
        let token = self.reveal(&stored.access_token)?;
        let is_stale = stale.is_some_and(|stale| stale.token.expose_secret() == token.expose_secret());
        if stored.seconds > MARGIN_SECS && !is_stale {
            return Ok(Access { token, generation: stored.generation });
        }
        self.refresh(&stored).await
    }

    /// A new access token, which is stored.
    async fn refresh(&self, stored: &StoredConnection) -> Result<Access, Trouble> {
        let Inner { database, http, endpoints, retry, .. } = &*self.0;
        let key = database.encryption_key().ok_or_else(not_readable)?;
        let file = key.decrypt(&stored.client_file).ok();
        let client = file.and_then(|file| OAuthClient::of_stored(&file)).ok_or_else(not_readable)?;
        let token = self.reveal(&stored.refresh_token)?;
        let granted = match tokens::refresh(http, endpoints, *retry, &client, &token).await {
            Ok(granted) => granted,
            Err(NotGranted::Invalid) => {
                self.forget(stored.generation).await?;
                return Err(Trouble::Connect(Connect::Expired));
            }
            Err(NotGranted::Client) => {
                let message = "Google doesn't accept the app's OAuth client any more. Ask an administrator to upload the \
                               current one";
                return Err(Trouble::Refused(message.to_owned()));
            }
            Err(NotGranted::Trouble(trouble)) => return Err(trouble),
        };
        let seal = |token: &SecretString| self.seal(token).map_err(|_| not_readable());
        let (access, refresh) = (seal(&granted.access)?, granted.refresh.as_ref().map(seal).transpose()?);
        let mut connection = Box::pin(database.connection()).await?;
        let transaction = connection.transaction(database.schema()).await?;
        encryption::hold(&transaction, key).await?;
        let seconds = granted.lifetime.as_secs_f64();
        queries::refreshed(&transaction, stored.generation, &access, refresh.as_deref(), seconds).await?;
        transaction.commit().await?;
        tracing::info!("an access token for Google was refreshed");
        Ok(Access { token: granted.access, generation: stored.generation })
    }

    /// Deletes a connection that Google doesn't accept.
    pub(super) async fn forget(&self, generation: Uuid) -> Result<(), DatabaseError> {
        let connection = Box::pin(self.database().connection()).await?;
        queries::disconnect(&connection, &queries::schema(self.database()), generation).await?;
        tracing::info!("a connection to Google that is not accepted any more was deleted");
        Ok(())
    }

    /// A secret as it is stored.
    pub(super) fn seal(&self, secret: &SecretString) -> Result<String, ApiError> {
        self.key()?.encrypt(secret.expose_secret().as_bytes()).map_err(|_| ApiError::Internal)
    }

    /// A secret that is stored.
    pub(super) fn reveal(&self, stored: &str) -> Result<SecretString, Trouble> {
        let key = self.database().encryption_key().ok_or_else(not_readable)?;
        let plain = key.decrypt(stored).map_err(|_| not_readable())?;
        std::str::from_utf8(&plain).map(SecretString::from).map_err(|_| not_readable())
    }

    /// One at a time for each person.
    fn turn(&self, owner: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut refreshing = self.0.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = refreshing.get(owner).and_then(Weak::upgrade) {
            return turn;
        }
        refreshing.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        refreshing.insert(owner.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

const UNREADABLE: &str = "The stored credentials for Google can't be read with the app's encryption key. If the key was just \
                          changed, the app has to be restarted; else ask an administrator";

fn not_readable() -> Trouble {
    Trouble::Refused(UNREADABLE.to_owned())
}

pub(super) fn unreadable() -> ApiError {
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE, "wrong_key", UNREADABLE).into()
}
