//! The public side of a database: an address of its own, TLS, and the check of the password.
//!
//! Clients reach a database as they reach the real ones: a host, port 5432, verified TLS, a minted
//! token as password. The front does that part and then steps aside: it replays the client's
//! startup message to the cluster's socket and moves bytes. Errors of the front have PostgreSQL's
//! codes and texts, since that is what drivers look at.
//!
//! Every compute listens on its own loopback address, because the port cannot tell them apart and
//! a literal address carries no name in TLS. Linux has all of 127/8; a system with one loopback
//! address has room for one database, and says so.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::credentials::{ComputeId, Credentials, StorageId};
use super::tls::{ALPN, Authority, CertificateError};
use super::wire::{self, Opening, Startup};

/// The port of every Lakebase host.
pub(crate) const PORT: u16 = 5432;
/// Addresses tried before giving up. A PostgreSQL that listens everywhere takes all of them.
const TRIES: u32 = 64;
/// A client that does not get to its password by then is gone.
const LOGIN_LIMIT: Duration = Duration::from_mins(1);
/// First byte of a TLS record that opens a connection.
const TLS_HANDSHAKE: u8 = 0x16;

/// Why a database has no address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrontError {
    /// No address was free.
    #[error(
        "no free loopback address for a database: port 5432 is taken on all of {TRIES} addresses \
         tried, the last one {address} ({error}). Stop a PostgreSQL that listens on 0.0.0.0:5432; \
         on a system with only 127.0.0.1, add addresses (macOS: `ifconfig lo0 alias {address}`)"
    )]
    NoAddress {
        /// The last address tried.
        address: Ipv4Addr,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Its certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// Gives addresses to computes. Workspaces in other processes start elsewhere in 127/8, and where
/// two meet, the later one moves on.
pub(crate) struct Addresses {
    next: Mutex<u32>,
}

impl Addresses {
    /// Starts at a place that depends on the seed.
    pub(crate) fn starting_from(seed: u64) -> Self {
        Self { next: Mutex::new(scatter(seed)) }
    }

    async fn bind(&self) -> Result<(Ipv4Addr, TcpListener), FrontError> {
        let mut last = (Ipv4Addr::LOCALHOST, io::Error::other("not tried"));
        for _ in 0..TRIES {
            let address = {
                let mut next = self.next.lock();
                let address = address_of(*next);
                *next = next.wrapping_add(1);
                address
            };
            match TcpListener::bind((address, PORT)).await {
                Ok(listener) => return Ok((address, listener)),
                Err(error) => last = (address, error),
            }
        }
        let (address, error) = last;
        Err(FrontError::NoAddress { address, error })
    }
}

/// 127.64.0.1 and up: far from addresses that people give to things by hand. The last byte is
/// never 0 or 255.
fn address_of(number: u32) -> Ipv4Addr {
    const LAST: u32 = 254;
    let middle = number / LAST;
    let byte = |value: u32| u8::try_from(value % 256).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 64 + byte(middle / 256) % 128, byte(middle), 1 + byte(number % LAST))
}

fn scatter(seed: u64) -> u32 {
    // Fibonacci hashing: neighbouring process ids land far apart.
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(spread).unwrap_or_default() & 0x007f_ff00
}

/// What a front lets its clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    ReadWrite,
    /// Transactions are read-only unless a client insists, as on a replica that would refuse.
    ReadOnly,
}

/// An address where a database can be reached. Dropping it closes the address and its connections.
#[derive(Debug)]
pub(crate) struct Front {
    address: Ipv4Addr,
    accepting: AbortHandle,
}

/// What each accepted connection needs.
#[derive(Clone)]
struct ConnectionContext {
    backend: Backend,
    credentials: Credentials,
    tls: TlsAcceptor,
}

/// What is behind an address.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    /// The compute that credentials are minted for.
    pub(crate) compute: ComputeId,
    /// The storage it serves.
    pub(crate) storage: StorageId,
    /// The server's socket.
    pub(crate) socket: PathBuf,
    /// What clients may do.
    pub(crate) access: Access,
}

impl Front {
    /// Opens an address for a compute.
    pub(crate) async fn open(
        addresses: &Addresses,
        authority: &Authority,
        credentials: &Credentials,
        backend: Backend,
    ) -> Result<Self, FrontError> {
        let (address, listener) = addresses.bind().await?;
        let config: Arc<ServerConfig> = authority.server(address)?;
        let context =
            ConnectionContext { backend, credentials: credentials.clone(), tls: TlsAcceptor::from(config) };
        let accepting = tokio::spawn(accept(listener, context)).abort_handle();
        Ok(Self { address, accepting })
    }

    /// The host that clients connect to.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, context: ConnectionContext) {
    // Connections end with this set, and the set ends with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    connections.spawn(serve(stream, client, context.clone()));
                }
                Err(error) => tracing::warn!(%error, "a database connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, client: SocketAddr, context: ConnectionContext) {
    let _ = stream.set_nodelay(true);
    let login = tokio::time::timeout(LOGIN_LIMIT, log_in(stream, &context)).await;
    let result = match login {
        Ok(Ok(Some((mut client, mut server)))) => {
            copy_bidirectional(&mut client, &mut server).await.map(drop)
        }
        Ok(Ok(None)) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    if let Err(error) = result {
        tracing::debug!(%client, %error, "a database connection ended early");
    }
}

/// Takes a client to its server; `None` when the conversation is over before that.
async fn log_in(
    stream: TcpStream,
    context: &ConnectionContext,
) -> io::Result<Option<(TlsStream<TcpStream>, UnixStream)>> {
    let Some(mut stream) = secure(stream, context).await? else {
        return Ok(None);
    };
    let startup = match wire::read_opening(&mut stream).await? {
        Opening::Startup(startup) => startup,
        Opening::Cancel(message) => {
            forward_cancel(&message, context).await?;
            return Ok(None);
        }
        Opening::Tls | Opening::Gss => {
            wire::refuse(&mut stream, "08P01", "unsupported frontend protocol").await?;
            return Ok(None);
        }
    };
    if !is_admitted(&mut stream, &startup, context).await? {
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
    Ok(Some((stream, server)))
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

/// Gets the client into TLS: directly, or after asking as libpq does.
async fn secure(
    mut stream: TcpStream,
    context: &ConnectionContext,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] == TLS_HANDSHAKE {
        let stream = context.tls.accept(stream).await?;
        if stream.get_ref().1.alpn_protocol() != Some(ALPN) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "direct TLS without the protocol's name"));
        }
        return Ok(Some(stream));
    }
    loop {
        match wire::read_opening(&mut stream).await? {
            Opening::Tls => {
                stream.write_all(b"S").await?;
                return context.tls.accept(stream).await.map(Some);
            }
            Opening::Gss => stream.write_all(b"N").await?,
            // libpq sends this in clear on a connection of its own; the key in it is the secret.
            Opening::Cancel(message) => {
                forward_cancel(&message, context).await?;
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

async fn forward_cancel(message: &[u8], context: &ConnectionContext) -> io::Result<()> {
    let mut server = UnixStream::connect(&context.backend.socket).await?;
    server.write_all(message).await?;
    // The server closes the connection after it has processed the cancel request.
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut server, &mut answer).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{address_of, scatter};

    #[test]
    fn addresses_are_usable_loopback_addresses() {
        for number in [0, 1, 253, 254, 65_535, 8_388_607, u32::MAX] {
            let address = address_of(number);
            assert!(address.is_loopback());
            assert!((64..192).contains(&address.octets()[1]), "{address}");
            assert!((1..=254).contains(&address.octets()[3]), "{address}");
        }
    }

    #[test]
    fn neighbouring_workspaces_start_far_apart() {
        assert!(scatter(4000).abs_diff(scatter(4001)) > 1000);
    }
}
