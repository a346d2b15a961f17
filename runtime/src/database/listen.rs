//! A connection that hears notifications (`LISTEN`).
//!
//! It is not of the pool: it holds its session as long as somebody listens. Notifications are hints; behind a
//! pooler that gives each transaction another session none may arrive.

use tokio::sync::mpsc;
use tokio_postgres::Client;

use super::{Database, DatabaseError};

/// Notifications kept for a listener that is slower than they come; more are dropped.
const MOST_WAITING: usize = 1024;

/// The notifications of one channel. Dropping it closes the connection.
pub struct Notifications {
    payloads: mpsc::Receiver<String>,
    _session: deadpool_postgres::ClientWrapper,
}

impl Notifications {
    /// The payload of the next one; `None` if the connection has ended.
    pub async fn next(&mut self) -> Option<String> {
        self.payloads.recv().await
    }
}

impl Database {
    /// Listens on a channel, a name of letters, digits and `_`.
    pub async fn listen(&self, channel: &str) -> Result<Notifications, DatabaseError> {
        let (sender, payloads) = mpsc::channel(MOST_WAITING);
        let session = self.connections.listening(sender).await?;
        let client: &Client = &session;
        let plain: String = channel.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        client.batch_execute(&format!("LISTEN {plain}")).await?;
        Ok(Notifications { payloads, _session: session })
    }
}
