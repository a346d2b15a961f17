//! The host names of databases: one for each compute.
//!
//! On the platform a host is a DNS name, all databases of a region share addresses, and the name that a
//! client sends in TLS (SNI) selects the database. Drivers depend on that: Databricks' own for Node can't
//! verify a literal address. The port can't distinguish databases: neither the API nor an app's variables
//! have a port other than 5432.
//!
//! Choice: names under `localhost`, which resolve to loopback according to RFC 6761, on one listener at
//! 127.0.0.1 that routes by SNI. That needs a system whose `getaddrinfo` follows the RFC, as with systemd
//! or on macOS. Debian's C library alone does not, and no other name resolves everywhere without changing
//! the system: names in the public DNS need the internet, and TLS libraries refuse disguised numbers
//! (`0x7f000001`). So the first database checks whether such names resolve and the port is free. If not,
//! every compute gets its own literal loopback address, which works for all other drivers, and two
//! workspaces don't conflict. Settings can select either (`features.database_hosts`); names that the system
//! doesn't resolve can be used by clients that are given the address, which the control address returns.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::front::{ConnectionContext, accept};
use super::tls::CertificateError;
use crate::settings::DatabaseHosts;

/// The port of every Lakebase host.
pub(crate) const PORT: u16 = 5432;
/// Addresses tried before giving up. A PostgreSQL that listens on all addresses occupies all of them.
const TRIES: u32 = 64;
/// The domain of the names.
const DOMAIN: &str = "database.localhost";
/// A system that resolves them does so at once; others may query a server that doesn't answer.
const RESOLVING: Duration = Duration::from_secs(1);

/// Why a database has no address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrontError {
    /// No address was available.
    #[error(
        "no free loopback address for a database: port 5432 is taken on all of {TRIES} addresses \
         tried, the last one {address} ({error}). Stop a PostgreSQL that listens on 0.0.0.0:5432; \
         on a system with only 127.0.0.1, add addresses (macOS: `ifconfig lo0 alias {address}`)"
    )]
    NoAddress {
        /// The last address tried.
        address: Ipv4Addr,
        /// The system's message.
        #[source]
        error: io::Error,
    },
    /// Its certificate could not be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// Assigns addresses to computes. Workspaces in other processes start elsewhere in 127/8, and in case of a
/// conflict the later one skips the address.
pub(super) struct Addresses {
    next: Mutex<u32>,
}

impl Addresses {
    /// Starts at a position that depends on the seed.
    fn starting_from(seed: u64) -> Self {
        Self { next: Mutex::new(scatter(seed)) }
    }

    pub(super) async fn bind(&self) -> Result<(Ipv4Addr, TcpListener), FrontError> {
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

/// 127.64.0.1 and up: far from addresses that are commonly used. The last byte is never 0 or 255.
fn address_of(number: u32) -> Ipv4Addr {
    const LAST: u32 = 254;
    let middle = number / LAST;
    let byte = |value: u32| u8::try_from(value % 256).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 64 + byte(middle / 256) % 128, byte(middle), 1 + byte(number % LAST))
}

fn scatter(seed: u64) -> u32 {
    // Fibonacci hashing: neighbouring process ids are mapped far apart.
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(spread).unwrap_or_default() & 0x007f_ff00
}

/// The host names of one workspace.
pub(crate) struct Hosts {
    addresses: Addresses,
    names: tokio::sync::OnceCell<Option<Names>>,
}

/// One listener for all names.
struct Names {
    address: Ipv4Addr,
    routes: Routes,
    accepting: AbortHandle,
}

impl Drop for Names {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// How the database is selected.
#[derive(Clone)]
pub(super) enum Routes {
    /// By its own address.
    One(Box<ConnectionContext>),
    /// By the name.
    ByName(Arc<Mutex<BTreeMap<String, ConnectionContext>>>),
}

impl Routes {
    /// The database of a client that sent this name.
    pub(super) fn find(&self, name: Option<&str>) -> Option<ConnectionContext> {
        match self {
            Self::One(context) => Some((**context).clone()),
            Self::ByName(routes) => routes.lock().get(name?).cloned(),
        }
    }

    /// All databases that a client here can have selected.
    pub(super) fn all(&self) -> Vec<ConnectionContext> {
        match self {
            Self::One(context) => vec![(**context).clone()],
            Self::ByName(routes) => routes.lock().values().cloned().collect(),
        }
    }
}

/// A host that clients can connect to until this is dropped.
pub(super) enum Open {
    Address(AbortHandle),
    Name(String, Arc<Mutex<BTreeMap<String, ConnectionContext>>>),
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(_) => f.write_str("Address"),
            Self::Name(name, _) => f.debug_tuple("Name").field(name).finish(),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        match self {
            Self::Address(accepting) => accepting.abort(),
            Self::Name(name, routes) => drop(routes.lock().remove(name)),
        }
    }
}

impl Hosts {
    /// With addresses that depend on the seed.
    pub(crate) fn starting_from(seed: u64) -> Self {
        Self { addresses: Addresses::starting_from(seed), names: tokio::sync::OnceCell::new() }
    }

    /// The address of the names' listener, if names are used.
    pub(crate) fn address_of_names(&self) -> Option<Ipv4Addr> {
        self.names.get()?.as_ref().map(|names| names.address)
    }

    /// A host for a database that `context` creates for it.
    pub(super) async fn open(
        &self,
        wanted: DatabaseHosts,
        context: impl FnOnce(&str, Option<Ipv4Addr>) -> Result<ConnectionContext, CertificateError>,
    ) -> Result<(String, Open), FrontError> {
        let names = match wanted {
            DatabaseHosts::Addresses => None,
            _ => self.names.get_or_try_init(|| self.listen_for_names(wanted)).await?.as_ref(),
        };
        if let Some(Names { routes: Routes::ByName(routes), .. }) = names {
            let unique = uuid::Uuid::new_v4().simple().to_string();
            let name = format!("ep-{}.{DOMAIN}", &unique[..12]);
            let context = context(&name, None)?;
            routes.lock().insert(name.clone(), context);
            return Ok((name.clone(), Open::Name(name, Arc::clone(routes))));
        }
        let (address, listener) = self.addresses.bind().await?;
        let host = address.to_string();
        let routes = Routes::One(Box::new(context(&host, Some(address))?));
        Ok((host, Open::Address(tokio::spawn(accept(listener, routes)).abort_handle())))
    }

    async fn listen_for_names(&self, wanted: DatabaseHosts) -> Result<Option<Names>, FrontError> {
        let loopback = async || TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await.ok();
        let listening = match wanted {
            DatabaseHosts::Addresses => None,
            DatabaseHosts::Auto if !names_resolve().await => None,
            DatabaseHosts::Auto => loopback().await.map(|listener| (Ipv4Addr::LOCALHOST, listener)),
            DatabaseHosts::Names => match loopback().await {
                Some(listener) => Some((Ipv4Addr::LOCALHOST, listener)),
                None => Some(self.addresses.bind().await?),
            },
        };
        Ok(listening.map(|(address, listener)| {
            let routes = Routes::ByName(Arc::default());
            let accepting = tokio::spawn(accept(listener, routes.clone())).abort_handle();
            Names { address, routes, accepting }
        }))
    }
}

/// Whether this system resolves names under `localhost` to our listener.
async fn names_resolve() -> bool {
    let look = tokio::task::spawn_blocking(|| {
        let found = (format!("ep-0.{DOMAIN}"), PORT).to_socket_addrs();
        found.is_ok_and(|mut found| found.any(|address| address.ip() == IpAddr::from(Ipv4Addr::LOCALHOST)))
    });
    matches!(tokio::time::timeout(RESOLVING, look).await, Ok(Ok(true)))
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
