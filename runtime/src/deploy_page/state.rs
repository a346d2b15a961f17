//! The state shared by the deploy page's handlers.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::session::Session;
use crate::workspace::Workspace;

/// The maximum number of concurrent requests, for all pages together. One deployment makes about four.
const MOST_AT_A_TIME: usize = 16;

/// The shared state.
pub struct DeployPage {
    pub(super) workspace: Workspace,
    pub(super) session: Session,
    /// Additional certificate authorities for databases (libpq's `PGSSLROOTCERT`).
    pub(super) database_roots: Option<PathBuf>,
    pub(super) slots: Semaphore,
}

impl DeployPage {
    /// The state for the browser of `session`, which acts on `workspace`.
    pub fn new(workspace: Workspace, session: Session, database_roots: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self { workspace, session, database_roots, slots: Semaphore::new(MOST_AT_A_TIME) })
    }
}
