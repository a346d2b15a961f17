//! The public side of a database: TLS at its host, and the check of the password.
//!
//! Clients connect as to real databases: a host, port 5432, verified TLS, a minted token as password. The
//! front handles that part and then forwards: it replays the client's startup message to the cluster's
//! socket and copies bytes in both directions. Errors of the front have PostgreSQL's codes and messages,
//! since drivers depend on them.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::activity::{self, Activity};
use super::credentials::{ComputeId, Credentials, StorageId};
use super::hosts::{FrontError, Hosts, Open, Routes};
use super::tls::{ALPN, Authority};
use super::wire::{self, Opening, Startup};
use crate::settings::DatabaseHosts;

/// The time limit for a client to send its password.
const LOGIN_LIMIT: Duration = Duration::from_mins(1);
/// The size of the forwarding buffer.
const CHUNK_BYTES: usize = 16 * 1024;
/// First byte of a TLS record that opens a connection.
const TLS_HANDSHAKE: u8 = 0x16;

/// The permissions of a front's clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    ReadWrite,
    /// Transactions are read-only by default, as on a replica.
    ReadOnly,
}

/// The address of a database. Dropping it closes the address and its connections.
#[derive(Debug)]
pub(crate) struct Front {
    host: String,
    _open: Open,
    /// Connections end when this does.
    _alive: watch::Sender<()>,
}

/// The data for each accepted connection.
#[derive(Clone)]
pub(super) struct ConnectionContext {
    backend: Backend,
    credentials: Credentials,
    tls: Arc<ServerConfig>,
    alive: watch::Receiver<()>,
}

/// The database behind an address.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    /// The compute that credentials are minted for.
    pub(crate) compute: ComputeId,
    /// The storage it serves.
    pub(crate) storage: StorageId,
    /// The server's socket.
    pub(crate) socket: PathBuf,
    /// The permissions of clients.
    pub(crate) access: Access,
    /// The activity of the compute.
    pub(crate) activity: Activity,
}

impl Front {
    /// Opens an address for a compute.
    pub(crate) async fn open(
        hosts: &Hosts,
        wanted: DatabaseHosts,
        authority: &Authority,
        credentials: &Credentials,
        backend: Backend,
    ) -> Result<Self, FrontError> {
        let (sender, alive) = watch::channel(());
        let credentials = credentials.clone();
        let (host, open) = hosts
            .open(wanted, |name, address| {
                let tls = authority.server(name, address)?;
                Ok(ConnectionContext { backend, credentials, tls, alive })
            })
            .await?;
        Ok(Self { host, _open: open, _alive: sender })
    }

    /// The host that clients connect to.
    pub(crate) fn host(&self) -> String {
        self.host.clone()
    }
}

/// Serves clients until it is stopped, and then ends their connections.
pub(super) async fn accept(listener: TcpListener, routes: Routes) {
    // Connections end with this set, and the set ends with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    connections.spawn(serve(stream, client, routes.clone()));
                }
                Err(error) => tracing::warn!(%error, "a database connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, client: SocketAddr, routes: Routes) {
    let _ = stream.set_nodelay(true);
    let login = tokio::time::timeout(LOGIN_LIMIT, log_in(stream, &routes)).await;
    let result = match login {
        Ok(Ok(Some(Session { client, server, activity, mut alive }))) => tokio::select! {
            passed = pass(client, server, activity) => passed,
            // Never receives a value, only the end.
            _ = alive.changed() => Ok(()),
        },
        Ok(Ok(None)) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    if let Err(error) = result {
        tracing::debug!(%client, %error, "a database connection ended early");
    }
}

/// A session after its login.
struct Session {
    client: TlsStream<TcpStream>,
    server: UnixStream,
    activity: activity::Session,
    /// Ends with the front.
    alive: watch::Receiver<()>,
}

/// Forwards data in both directions until one side ends, or the compute was suspended.
async fn pass(
    client: TlsStream<TcpStream>,
    server: UnixStream,
    activity: activity::Session,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_server, mut to_server) = server.into_split();
    let activity = Mutex::new(activity);
    let asking = async {
        let mut bytes = vec![0; CHUNK_BYTES];
        loop {
            let count = from_client.read(&mut bytes).await?;
            if count == 0 {
                // The server's remaining output ends the session.
                to_server.shutdown().await?;
                return std::future::pending().await;
            }
            if !activity.lock().asked() {
                return Ok(true);
            }
            to_server.write_all(&bytes[..count]).await?;
        }
    };
    let answering = async {
        let mut bytes = vec![0; CHUNK_BYTES];
        let mut end = Vec::new();
        loop {
            let count = from_server.read(&mut bytes).await?;
            if count == 0 {
                to_client.shutdown().await?;
                return Ok(false);
            }
            end.extend_from_slice(&bytes[count.saturating_sub(wire::READY_BYTES)..count]);
            end.drain(..end.len().saturating_sub(wire::READY_BYTES));
            activity.lock().answered(wire::is_ready(&end));
            to_client.write_all(&bytes[..count]).await?;
            to_client.flush().await?;
        }
    };
    let suspended: io::Result<bool> = tokio::select! {
        ended = asking => ended,
        ended = answering => ended,
    };
    if suspended? {
        let message = "terminating connection due to administrator command";
        wire::refuse(&mut to_client, "57P01", message).await?;
    }
    Ok(())
}

/// Connects a client to its server; `None` if the connection ends before that.
async fn log_in(stream: TcpStream, routes: &Routes) -> io::Result<Option<Session>> {
    let Some((mut stream, context)) = secure(stream, routes).await? else {
        return Ok(None);
    };
    let startup = match wire::read_opening(&mut stream).await? {
        Opening::Startup(startup) => startup,
        Opening::Cancel(message) => {
            forward_cancel(&message, &context).await?;
            return Ok(None);
        }
        Opening::Tls | Opening::Gss => {
            wire::refuse(&mut stream, "08P01", "unsupported frontend protocol").await?;
            return Ok(None);
        }
    };
    if !is_admitted(&mut stream, &startup, &context).await? {
        let message = format!("password authentication failed for user \"{}\"", startup.user());
        wire::refuse(&mut stream, "28P01", &message).await?;
        return Ok(None);
    }
    let Ok(mut server) = UnixStream::connect(&context.backend.socket).await else {
        wire::refuse(&mut stream, "57P03", "the database system is starting up").await?;
        return Ok(None);
    };
    let mut startup = startup;
    if context.backend.access == Access::ReadOnly {
        startup.add_option("-c default_transaction_read_only=on");
    }
    server.write_all(&startup.to_bytes()).await?;
    let (activity, takes) = context.backend.activity.begin();
    tokio::time::sleep(takes).await;
    Ok(Some(Session { client: stream, server, activity, alive: context.alive }))
}

async fn is_admitted(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    startup: &Startup,
    context: &ConnectionContext,
) -> io::Result<bool> {
    let password = wire::ask_password(stream).await?;
    let backend = &context.backend;
    Ok(context.credentials.admit(backend.compute, backend.storage, startup.user(), &password))
}

/// Starts TLS, directly or after libpq's negotiation, and finds the client's database.
async fn secure(
    mut stream: TcpStream,
    routes: &Routes,
) -> io::Result<Option<(TlsStream<TcpStream>, ConnectionContext)>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] == TLS_HANDSHAKE {
        let (stream, context) = shake_hands(stream, routes).await?;
        if stream.get_ref().1.alpn_protocol() != Some(ALPN) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "direct TLS without the protocol's name"));
        }
        return Ok(Some((stream, context)));
    }
    loop {
        match wire::read_opening(&mut stream).await? {
            Opening::Tls => {
                stream.write_all(b"S").await?;
                return shake_hands(stream, routes).await.map(Some);
            }
            Opening::Gss => stream.write_all(b"N").await?,
            // libpq sends this unencrypted on a separate connection; the key in it is the secret, and only
            // one server knows it.
            Opening::Cancel(message) => {
                for context in routes.all() {
                    forward_cancel(&message, &context).await?;
                }
                return Ok(None);
            }
            Opening::Startup(_) => {
                let message = "connection is insecure (try using `sslmode=require`)";
                wire::refuse(&mut stream, "28000", message).await?;
                return Ok(None);
            }
        }
    }
}

/// TLS with the certificate of the database that the client names.
async fn shake_hands(
    stream: TcpStream,
    routes: &Routes,
) -> io::Result<(TlsStream<TcpStream>, ConnectionContext)> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let named = start.client_hello().server_name().map(str::to_owned);
    let Some(context) = routes.find(named.as_deref()) else {
        let name = named.unwrap_or_else(|| "none".to_owned());
        return Err(io::Error::other(format!("the client named no database of this address ({name})")));
    };
    let stream = start.into_stream(Arc::clone(&context.tls)).await?;
    Ok((stream, context))
}

async fn forward_cancel(message: &[u8], context: &ConnectionContext) -> io::Result<()> {
    let mut server = UnixStream::connect(&context.backend.socket).await?;
    server.write_all(message).await?;
    // The server closes the connection after it has processed the cancel request.
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut server, &mut answer).await?;
    Ok(())
}
