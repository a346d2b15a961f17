//! What the handlers of the deploy page share.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::session::Session;
use crate::deploy::workspace::Workspace;

/// Requests on their way at a time, for all pages together. One deployment makes some four.
const MOST_AT_A_TIME: usize = 16;

/// What the handlers share.
pub struct DeployPage {
    pub(super) workspace: Workspace,
    pub(super) session: Session,
    /// Further certificate authorities for databases (libpq's `PGSSLROOTCERT`).
    pub(super) database_roots: Option<PathBuf>,
    pub(super) slots: Semaphore,
}

impl DeployPage {
    /// The page for the browser of `session`, which acts on `workspace`.
    pub fn new(workspace: Workspace, session: Session, database_roots: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Self { workspace, session, database_roots, slots: Semaphore::new(MOST_AT_A_TIME) })
    }
}
