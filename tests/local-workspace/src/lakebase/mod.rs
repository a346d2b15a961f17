//! Lakebase: the workspace's PostgreSQL service.
//!
//! Problem: a deployer's database operations can only be tested against a real database with roles, grants,
//! schemas and expiring passwords, and against a control plane whose operations take time.
//!
//! Choice: each branch and each provisioned instance is a real PostgreSQL (`cluster`), reached through TLS
//! (`front`) at its own host (`hosts`), which checks minted passwords (`credentials`). The control plane
//! (`autoscaling`, `provisioned`) does the real work within the request and shows it as done later, by the
//! clock (`tree`, `operations`).
//!
//! Trade-off: the version of PostgreSQL is the machine's, whatever `pg_version` says, and scaling and
//! replicas are only simulated. A read-only endpoint is the same server with read-only transactions.
//!
//! Locks: `tree` is held briefly and never across an await, so reads never wait for a starting server;
//! `changes` serialises changes.

mod activity;
mod autoscaling;
mod call;
mod cluster;
mod credentials;
mod front;
mod hosts;
mod installation;
mod operations;
mod programs;
mod provisioned;
mod request;
mod resource;
mod shown;
mod sql;
#[cfg(test)]
mod tests;
mod tls;
mod tree;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

pub use installation::InstallationError;
pub use operations::OperationFault;
pub use programs::POSTGRES_BIN;
pub use resource::{LakebaseResource, ResourceEnv};
pub use tls::CertificateError;

use crate::clock::Clock;
use crate::problem::Problem;
use crate::scratch::Scratch;
use crate::settings::SharedSettings;
use crate::workspace::Workspace;
use activity::Activity;
pub(crate) use cluster::{Cluster, ClusterError};
use credentials::{ComputeId, Credentials, StorageId};
use front::{Access, Backend, Front};
use hosts::Hosts;
use installation::Installation;
pub(crate) use request::duration_ms;
use tls::Authority;
use tree::Tree;

/// The databases of one workspace; clones share them.
#[derive(Clone)]
pub struct Lakebase(Arc<Inner>);

struct Inner {
    clock: Clock,
    settings: SharedSettings,
    scratch: Arc<Scratch>,
    installation: OnceCell<Installation>,
    authority: Authority,
    hosts: Hosts,
    credentials: Credentials,
    tree: Mutex<Tree>,
    changes: tokio::sync::Mutex<()>,
    counter: AtomicU64,
}

impl std::fmt::Debug for Lakebase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tree = self.0.tree.lock();
        f.debug_struct("Lakebase")
            .field("projects", &tree.projects.keys())
            .field("instances", &tree.instances.keys())
            .finish_non_exhaustive()
    }
}

impl Lakebase {
    /// A workspace without databases. Writes the certificate authority to `<dir>/ca.pem`; PostgreSQL is
    /// searched when the first database is created, or by [`Lakebase::prepare`].
    pub fn start(
        dir: &Path,
        scratch: Arc<Scratch>,
        clock: Clock,
        settings: SharedSettings,
    ) -> Result<Self, CertificateError> {
        // The name of the scratch directory contains our process id and a number.
        let seed = scratch
            .path()
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Ok(Self(Arc::new(Inner {
            authority: Authority::create(dir)?,
            hosts: Hosts::starting_from(seed),
            credentials: Credentials::new(clock.clone()),
            clock,
            settings,
            scratch,
            installation: OnceCell::new(),
            tree: Mutex::default(),
            changes: tokio::sync::Mutex::default(),
            counter: AtomicU64::new(1),
        })))
    }

    /// Finds PostgreSQL and creates the template of a cluster, so that the first database is as fast as the
    /// others and a machine without PostgreSQL fails early.
    pub async fn prepare(&self) -> Result<(), InstallationError> {
        self.installation().await.map(drop)
    }

    /// The certificate of the authority that clients have to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.0.authority.file().to_path_buf()
    }

    /// Shuts all servers down.
    pub async fn shutdown(&self) {
        let _turn = self.0.changes.lock().await;
        let tree = std::mem::take(&mut *self.0.tree.lock());
        let clusters = tree
            .projects
            .into_values()
            .flat_map(|project| project.branches.into_values())
            .map(|branch| branch.cluster)
            .chain(tree.instances.into_values().map(|instance| instance.cluster));
        let stopping: Vec<_> = clusters.filter_map(Arc::into_inner).map(Cluster::destroy).collect();
        futures_util::future::join_all(stopping).await;
    }

    /// The address of the databases' names, once they are in use.
    pub fn address_of_names(&self) -> Option<std::net::Ipv4Addr> {
        self.0.hosts.address_of_names()
    }

    async fn installation(&self) -> Result<&Installation, InstallationError> {
        self.0
            .installation
            .get_or_try_init(|| async {
                let scratch = Arc::clone(&self.0.scratch);
                tokio::task::spawn_blocking(move || Installation::prepare(&scratch)).await.map_err(
                    |error| InstallationError::File {
                        doing: "looking for PostgreSQL",
                        error: std::io::Error::other(error),
                    },
                )?
            })
            .await
    }

    /// A new, empty cluster.
    pub(crate) async fn new_cluster(&self) -> Result<Arc<Cluster>, Problem> {
        let installation = self.installation().await.map_err(broken)?;
        let name = format!("c{}", self.next());
        let cluster = Cluster::create(installation, &self.0.scratch, &name).await.map_err(broken)?;
        Ok(Arc::new(cluster))
    }

    /// A copy of a cluster's current state.
    async fn copy_cluster(&self, source: &Cluster) -> Result<Arc<Cluster>, Problem> {
        let name = format!("c{}", self.next());
        let cluster = source.copy(&self.0.scratch, &name).await.map_err(broken)?;
        Ok(Arc::new(cluster))
    }

    /// An address for a compute.
    async fn open_front(
        &self,
        compute: ComputeId,
        storage: StorageId,
        cluster: &Cluster,
        access: Access,
        activity: Activity,
    ) -> Result<Front, Problem> {
        let backend = Backend { compute, storage, socket: cluster.socket(), access, activity };
        let inner = &self.0;
        let wanted = inner.settings.get().features.database_hosts;
        Front::open(&inner.hosts, wanted, &inner.authority, &inner.credentials, backend).await.map_err(broken)
    }

    /// The activity of a new compute.
    fn activity(&self) -> Activity {
        Activity::new(self.0.clock.clone(), self.0.settings.clone())
    }

    fn next(&self) -> u64 {
        self.0.counter.fetch_add(1, Ordering::Relaxed)
    }
}

/// The routes of `/api/2.0/postgres` and `/api/2.0/database`.
pub fn routes() -> Router<Arc<Workspace>> {
    autoscaling::routes().merge(provisioned::routes())
}

/// An error of the stand-in itself, not of the request.
fn broken(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("local workspace: {error}"))
}
