//! Several deployers of one app: what each of them did, according to the workspace's journal.

use local_workspace::journal::Entry;

use crate::stage::Stage;
use crate::virtual_time::DEPLOYER;

/// The path of the lock of the app `tellr`.
pub const LOCK: &str = "/Workspace/Shared/.tellr/locks/tellr.json";

impl Stage {
    /// The changes of the deployer `name`, in order.
    pub fn changes_by(&self, name: &str) -> Vec<Entry> {
        let entries = self.workspace.control().journal.mutations();
        entries.into_iter().filter(|entry| entry.headers.get(DEPLOYER).is_some_and(|by| by == name)).collect()
    }

    /// Whether a lock exists.
    pub async fn is_locked(&self) -> bool {
        self.file(LOCK).await.is_some()
    }
}

/// The folder of all locks.
const LOCKS: &str = "/Workspace/Shared/.tellr/locks";

fn names(entry: &Entry, path: &str) -> bool {
    entry.body.as_ref().is_some_and(|body| body.contains(path))
}

/// Whether this is a write to the lock's file.
pub fn is_of_lock(entry: &Entry) -> bool {
    names(entry, LOCK)
}

/// The changes of a deployer, except those of the lock and its folder.
pub fn effects(changes: &[Entry]) -> Vec<String> {
    let others = changes.iter().filter(|entry| !names(entry, LOCKS));
    others.map(|entry| format!("{} {}", entry.method, entry.path)).collect()
}
