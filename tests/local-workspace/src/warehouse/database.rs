//! The database behind the warehouse, made when it is needed first.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio_postgres::Client;

use crate::lakebase::{Cluster, ClusterError, Lakebase};

/// The catalog of the sample data, as statements name it: `warehouse.sales.customers`.
pub(super) const CATALOG: &str = "warehouse";
/// Its only schema.
pub(super) const SCHEMA: &str = "sales";
/// The role of statements.
const READER: &str = "reader";
const SAMPLE: &str = include_str!("sample.sql");

/// A server of its own; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Database {
    lakebase: Lakebase,
    cluster: Arc<Mutex<Option<Arc<Cluster>>>>,
}

impl Database {
    pub(super) fn new(lakebase: Lakebase) -> Self {
        Self { lakebase, cluster: Arc::default() }
    }

    /// A session that may only read. The first one makes the database.
    pub(super) async fn connect(&self) -> Result<Client, String> {
        let mut kept = self.cluster.lock().await;
        let cluster = if let Some(cluster) = &*kept {
            Arc::clone(cluster)
        } else {
            let cluster = self.lakebase.new_cluster().await.map_err(|problem| problem.message)?;
            fill(&cluster).await.map_err(|error| format!("the sample data: {error}"))?;
            Arc::clone(kept.insert(cluster))
        };
        drop(kept);
        cluster.connect_as(READER, CATALOG).await.map_err(|error| error.to_string())
    }

    pub(super) async fn shutdown(&self) {
        let cluster = self.cluster.lock().await.take();
        if let Some(cluster) = cluster.and_then(Arc::into_inner) {
            cluster.destroy().await;
        }
    }
}

async fn fill(cluster: &Cluster) -> Result<(), ClusterError> {
    cluster.execute("postgres", &format!("CREATE DATABASE {CATALOG}")).await?;
    cluster.execute(CATALOG, SAMPLE).await
}
