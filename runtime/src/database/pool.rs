//! The connection pool.
//!
//! Problem: a Lakebase database scales to zero when idle, drops its sessions then, and requires passwords
//! that change every hour.
//!
//! Choice: deadpool keeps up to ten connections; creating them is implemented here. After a refused
//! password a new one is minted and tried once; connecting to a server that is resuming is retried up to
//! the pool's time limit. A connection that was idle for a while is tested before it is used, and one that
//! was idle for long is closed, so that the database of an idle app can scale to zero.
//!
//! Alternative considered: deadpool-postgres' own manager. Its `Connect` accepts a custom connector, but
//! can only return errors of tokio-postgres, so "the workspace refused a credential" couldn't be reported,
//! and its recycling doesn't know how long a connection was idle. Its client and statement handling are
//! used.

use std::fmt;
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, Timeouts};
use deadpool_postgres::ClientWrapper;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::credentials::Credentials;
use super::effort::Effort;
use super::error::{DatabaseError, describe};
use crate::settings::{DatabaseSettings, Target};

/// More don't help two processors, and a small Lakebase allows few connections.
const MOST_CONNECTIONS: usize = 10;
/// The time limit for testing a connection.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(3);
/// Time limits of a session on the server, in case this client is gone. Not set as start-up options,
/// because connection poolers refuse those. Nothing depends on them.
const SESSION: &str = "SET statement_timeout TO '30s'; SET idle_in_transaction_session_timeout TO '60s'";
/// A connection idle for longer is closed.
const LONGEST_IDLE: Duration = Duration::from_mins(4);
/// The maximum age of a connection; the platform closes them after three days.
const LONGEST_LIFE: Duration = Duration::from_hours(12);

/// How the pool creates connections.
pub(super) struct Connector {
    config: Config,
    address: String,
    tls: MakeRustlsConnect,
    credentials: Option<Credentials>,
    effort: Effort,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Implemented by hand, because the configuration may hold a password.
        write!(f, "Connector({})", self.address)
    }
}

impl Connector {
    pub(super) fn new(
        settings: &DatabaseSettings,
        tls: rustls::ClientConfig,
        credentials: Option<Credentials>,
        effort: Effort,
    ) -> Self {
        let mut config = match &settings.target {
            Target::Postgres(config) => Config::clone(config),
            Target::Lakebase { host, port, database, user, .. } => {
                let mut config = Config::new();
                config.host(host).port(*port).dbname(database).user(user).ssl_mode(SslMode::Require);
                config
            }
        };
        config
            .application_name(&settings.application_name)
            .connect_timeout(effort.attempt)
            .keepalives_idle(Duration::from_mins(1));
        Self {
            config,
            address: settings.target.address(),
            tls: MakeRustlsConnect::new(tls),
            credentials,
            effort,
        }
    }

    async fn connect(&self, password: Option<&SecretString>) -> Result<ClientWrapper, Refusal> {
        // A server may accept the connection and then send nothing.
        tokio::time::timeout(self.effort.attempt, self.open_session(password))
            .await
            .map_err(|_| Refusal::Silence(self.effort.attempt))?
            .map_err(Refusal::Error)
    }

    async fn open_session(
        &self,
        password: Option<&SecretString>,
    ) -> Result<ClientWrapper, tokio_postgres::Error> {
        let mut config = self.config.clone();
        if let Some(password) = password {
            config.password(password.expose_secret());
        }
        let wrapper = if config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) = config.connect(NoTls).await?;
            ClientWrapper::new(client, tokio::spawn(drive(connection)))
        } else {
            let (client, connection) = config.connect(self.tls.clone()).await?;
            ClientWrapper::new(client, tokio::spawn(drive(connection)))
        };
        wrapper.batch_execute(SESSION).await?;
        Ok(wrapper)
    }

    fn failed(&self, refusal: &Refusal) -> DatabaseError {
        DatabaseError::Connect { address: self.address.clone(), reason: refusal.to_string() }
    }
}

/// Runs a connection until it ends. The end is noticed at the connection's next use.
async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = %describe(&error), "a connection to the database ended");
    }
}

/// One failed attempt to connect.
enum Refusal {
    /// An error from the server or the network.
    Error(tokio_postgres::Error),
    /// No answer within this time.
    Silence(Duration),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f.write_str(&describe(error)),
            Self::Silence(time) => write!(f, "no answer within {} ms", time.as_millis()),
        }
    }
}

impl Refusal {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Error(error) => error.code(),
            Self::Silence(_) => None,
        }
    }

    fn is_about_the_password(&self) -> bool {
        matches!(
            self.code(),
            Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
        )
    }

    /// Whether a retry may succeed: the server is resuming, restarting or full.
    fn is_passing(&self) -> bool {
        match self.code() {
            Some(code) => matches!(
                *code,
                SqlState::CANNOT_CONNECT_NOW
                    | SqlState::ADMIN_SHUTDOWN
                    | SqlState::CRASH_SHUTDOWN
                    | SqlState::TOO_MANY_CONNECTIONS
            ),
            None => !self.is_about_certificates(),
        }
    }

    /// An invalid certificate doesn't change on retry.
    fn is_about_certificates(&self) -> bool {
        let Self::Error(error) = self else {
            return false;
        };
        let mut next = std::error::Error::source(error);
        while let Some(error) = next {
            if error.is::<rustls::Error>() {
                return true;
            }
            // `source` of an I/O error skips the error that it wraps.
            next = match error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()) {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        false
    }
}

impl Manager for Connector {
    type Type = ClientWrapper;
    type Error = DatabaseError;

    async fn create(&self) -> Result<ClientWrapper, DatabaseError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        let mut minted_anew = false;
        loop {
            let password = match &self.credentials {
                Some(credentials) => Some(credentials.password().await?),
                None => None,
            };
            let refusal = match self.connect(password.as_ref()).await {
                Ok(client) => return Ok(client),
                Err(refusal) => refusal,
            };
            if let (Some(credentials), Some(password), true, false) =
                (&self.credentials, &password, refusal.is_about_the_password(), minted_anew)
            {
                tracing::info!("the database refused its credential; a new one is minted");
                credentials.refused(password).await;
                minted_anew = true;
                continue;
            }
            if !refusal.is_passing() || started.elapsed() + pause > self.effort.patience {
                return Err(self.failed(&refusal));
            }
            tracing::debug!(reason = %refusal, "the database is not available yet");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    async fn recycle(
        &self,
        client: &mut ClientWrapper,
        metrics: &Metrics,
    ) -> Result<(), RecycleError<DatabaseError>> {
        if client.is_closed() {
            return Err(RecycleError::message("the connection was closed"));
        }
        if metrics.created.elapsed() > LONGEST_LIFE {
            return Err(RecycleError::message("the connection is old"));
        }
        if metrics.last_used() < self.effort.trusted_idle {
            return Ok(());
        }
        match tokio::time::timeout(TRIAL_TIMEOUT, client.simple_query("")).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(RecycleError::Backend(error.into())),
            Err(_) => Err(RecycleError::message("the connection does not answer")),
        }
    }
}

/// The pool; cheap to clone.
#[derive(Clone)]
pub(super) struct Connections(Pool<Connector>);

impl Connections {
    pub(super) fn new(connector: Connector) -> Self {
        let timeouts = Timeouts { wait: Some(connector.effort.connection), create: None, recycle: None };
        let pool = Pool::builder(connector)
            .max_size(MOST_CONNECTIONS)
            .timeouts(timeouts)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .expect("a pool with timeouts is given its runtime");
        Self(pool)
    }

    pub(super) async fn get(&self) -> Result<Object<Connector>, DatabaseError> {
        let Connector { address, effort, .. } = self.0.manager();
        let object = tokio::time::timeout(effort.connection, self.0.get()).await.map_err(|_| {
            let reason = Refusal::Silence(effort.connection).to_string();
            DatabaseError::Connect { address: address.clone(), reason }
        })?;
        object.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(_)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => DatabaseError::Busy,
        })
    }

    /// The time limit of a statement.
    pub(super) fn statement_limit(&self) -> Duration {
        self.0.manager().effort.statement
    }

    /// Closes connections that were idle for a while.
    pub(super) fn close_idle(&self) {
        self.0.retain(|_, metrics| metrics.last_used() < LONGEST_IDLE);
    }

    /// Closes the pool; connections in use are closed when they are returned.
    pub(super) fn close(&self) {
        self.0.close();
    }
}
