//! The connection pool.
//!
//! Problem: a Lakebase database scales to zero when idle, drops its sessions then, and requires passwords
//! that change every hour.
//!
//! Choice: deadpool keeps up to ten connections; creating them is implemented here. After a refused
//! password a new one is minted and tried once; connecting to a server that is resuming is retried up to
//! the pool's time limit. A connection that was idle for a while is tested before it is used, and one that
//! was idle for long is closed, so that the database of an idle app can scale to zero. If one connection
//! doesn't answer or leads to a server that only reads, the others of its time are closed without a test.
//!
//! Alternative considered: deadpool-postgres' own manager. Its `Connect` accepts a custom connector, but
//! can only return errors of tokio-postgres, so "the workspace refused a credential" couldn't be reported,
//! and its recycling doesn't know how long a connection was idle. Its client and statement handling are
//! used.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, Timeouts};
use deadpool_postgres::ClientWrapper;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::effort::Effort;
use super::error::{DatabaseError, describe};
use super::given_up::Stopper;
use crate::settings::{DatabaseSettings, Target};
use crate::workspace::DatabaseCredential;

/// More don't help two processors, and a small Lakebase allows few connections.
const MOST_CONNECTIONS: usize = 10;
/// The time limit for testing a connection: short enough to connect anew within [`Effort::connection`].
const TRIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection whose packets are not acknowledged for this long is closed by the system.
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);
/// A connection idle for longer is closed.
const LONGEST_IDLE: Duration = Duration::from_mins(4);
/// The maximum age of a connection; the platform closes them after three days.
const LONGEST_LIFE: Duration = Duration::from_hours(12);

/// How the pool creates connections.
pub(super) struct Connector {
    config: Config,
    address: String,
    /// `None` without TLS.
    tls: Option<MakeRustlsConnect>,
    credential: Option<DatabaseCredential>,
    effort: Effort,
    suspicion: Suspicion,
    stopper: Stopper,
}

/// Time limits of a session on the server, in case this client is gone or a cancel request is lost. Not set as
/// start-up options, because connection poolers refuse those. Nothing depends on them.
fn session_limits(effort: &Effort) -> String {
    format!(
        "SET statement_timeout TO {}; SET idle_in_transaction_session_timeout TO '60s'",
        statement_timeout(effort.statement)
    )
}

/// This limit as the server's `statement_timeout`, in milliseconds.
pub(super) fn statement_timeout(limit: Duration) -> i32 {
    // 0 would mean no limit.
    i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1)
}

/// When the pool's connections became suspect: one of them led to a server that doesn't answer, or only
/// reads. Those that were last used before are not used again. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Suspicion(Arc<Mutex<Option<Instant>>>);

impl Suspicion {
    /// All present connections are suspect from now on.
    pub(super) fn raise(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection that was taken from the pool this long ago is suspect.
    fn covers(&self, last_used: Duration) -> bool {
        let raised = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.is_some_and(|raised| raised.elapsed() <= last_used)
    }
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
        credential: Option<DatabaseCredential>,
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
            .keepalives_idle(Duration::from_mins(1))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3)
            .tcp_user_timeout(UNACKNOWLEDGED)
            // After a failover, the previous server may still answer.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let tls = (config.get_ssl_mode() != SslMode::Disable).then(|| MakeRustlsConnect::new(tls));
        Self {
            config,
            address: settings.target.address(),
            stopper: Stopper::new(tls.clone(), effort.stopping),
            tls,
            credential,
            effort,
            suspicion: Suspicion::default(),
        }
    }

    async fn connect(
        &self,
        password: Option<&SecretString>,
        heard: Option<mpsc::Sender<String>>,
    ) -> Result<ClientWrapper, Refusal> {
        // A server may accept the connection and then send nothing.
        tokio::time::timeout(self.effort.attempt, self.open_session(password, heard))
            .await
            .map_err(|_| Refusal::Silence(self.effort.attempt))?
            .map_err(Refusal::Error)
    }

    async fn open_session(
        &self,
        password: Option<&SecretString>,
        heard: Option<mpsc::Sender<String>>,
    ) -> Result<ClientWrapper, tokio_postgres::Error> {
        let mut config = self.config.clone();
        if let Some(password) = password {
            config.password(password.expose_secret());
        }
        let wrapper = if let Some(tls) = &self.tls {
            let (client, connection) = config.connect(tls.clone()).await?;
            ClientWrapper::new(client, tokio::spawn(drive(connection, heard)))
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            ClientWrapper::new(client, tokio::spawn(drive(connection, heard)))
        };
        wrapper.batch_execute(&session_limits(&self.effort)).await?;
        Ok(wrapper)
    }

    /// A new session; notifications are passed to `heard`.
    async fn open(&self, heard: Option<mpsc::Sender<String>>) -> Result<ClientWrapper, DatabaseError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        let mut minted_anew = false;
        loop {
            let password = match &self.credential {
                Some(credential) => Some(credential.password().await?),
                None => None,
            };
            let refusal = match self.connect(password.as_ref(), heard.clone()).await {
                Ok(client) => return Ok(client),
                Err(refusal) => refusal,
            };
            if let (Some(credential), Some(password), true, false) =
                (&self.credential, &password, refusal.is_about_the_password(), minted_anew)
            {
                tracing::info!("the database refused its credential; a new one is minted");
                credential.refused(password);
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

    fn failed(&self, refusal: &Refusal) -> DatabaseError {
        DatabaseError::Connect { address: self.address.clone(), reason: refusal.to_string() }
    }
}

/// Runs a connection until it ends, and passes on the notifications it hears. The end is noticed at the
/// connection's next use.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    mut heard: Option<mpsc::Sender<String>>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(notification)) => {
                if let Some(heard) = &mut heard {
                    // A listener that is too slow doesn't hold up the connection.
                    let _ = heard.try_send(notification.payload().to_owned());
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(error = %describe(&error), "a connection to the database ended");
                return;
            }
        }
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
        self.open(None).await
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
        if self.suspicion.covers(metrics.last_used()) {
            return Err(RecycleError::message("another connection of its time was unusable"));
        }
        if metrics.last_used() < self.effort.trusted_idle {
            return Ok(());
        }
        match tokio::time::timeout(TRIAL_TIMEOUT, client.simple_query("")).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(RecycleError::Backend(error.into())),
            Err(_) => {
                // Testing each of the others would take as long.
                self.suspicion.raise();
                Err(RecycleError::message("the connection does not answer"))
            }
        }
    }
}

/// The pool; cheap to clone.
#[derive(Clone)]
pub(super) struct Connections(Pool<Connector>);

/// How a pool is used at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolFigures {
    /// Connections that are open.
    pub open: usize,
    /// Those of them that nothing uses.
    pub idle: usize,
    /// Callers that wait for one.
    pub waiting: usize,
}

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

    pub(super) fn figures(&self) -> PoolFigures {
        let status = self.0.status();
        PoolFigures { open: status.size, idle: status.available, waiting: status.waiting }
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

    /// A session beside the pool, whose notifications are passed to `heard`.
    pub(super) async fn listening(
        &self,
        heard: mpsc::Sender<String>,
    ) -> Result<ClientWrapper, DatabaseError> {
        self.0.manager().open(Some(heard)).await
    }

    /// What is known about the pool's connections.
    pub(super) fn suspicion(&self) -> Suspicion {
        self.0.manager().suspicion.clone()
    }

    /// What stops statements that were given up.
    pub(super) fn stopper(&self) -> Stopper {
        self.0.manager().stopper.clone()
    }

    /// The time limit of a statement.
    pub(super) fn statement_limit(&self) -> Duration {
        self.0.manager().effort.statement
    }

    /// Closes connections that were idle for a while.
    pub(super) fn close_idle(&self) {
        self.0.retain(|_, metrics| metrics.last_used() < LONGEST_IDLE);
    }

    /// Closes the pool; connections in use are closed when they are returned. Waits for statements that were
    /// given up to be stopped.
    pub(super) async fn close(&self) {
        self.0.close();
        self.0.manager().stopper.done().await;
    }
}
