//! The table of connections: decides which are accepted and which are closed.
//!
//! A new connection has priority over inactive ones, as it is about to send a request. So connections don't
//! queue: at the limit, the connection that has been idle for longest is closed, then the one that has been
//! silent for longest, then the one that has not read its answer for longest. Only if all are being
//! answered, the new one is refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::activity::Activity;
use super::limits::Limits;

/// The connections of one listener.
#[derive(Debug)]
pub(super) struct Slots {
    limits: Limits,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    connections: HashMap<u64, Arc<Activity>>,
    of_peer: HashMap<IpAddr, usize>,
    next: u64,
}

/// The slot of a connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    number: u64,
    pub(super) activity: Arc<Activity>,
}

impl Slots {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, table: Mutex::default() })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A slot for a connection from `peer`; `None` if all connections are being answered.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Slot> {
        let mut table = self.table();
        if table.of_peer.get(&peer).is_some_and(|count| *count >= self.limits.per_peer) {
            table.make_room(Some(peer))?;
        } else if table.connections.len() >= self.limits.connections {
            table.make_room(None)?;
        }
        let activity = Arc::new(Activity::new(peer));
        let number = table.next;
        table.next += 1;
        table.connections.insert(number, Arc::clone(&activity));
        *table.of_peer.entry(peer).or_default() += 1;
        Some(Slot { slots: Arc::clone(self), number, activity })
    }
}

impl Table {
    /// Closes a connection, of `peer` if one is given.
    fn make_room(&mut self, peer: Option<IpAddr>) -> Option<()> {
        let candidates = self.connections.iter().filter(|(_, it)| peer.is_none_or(|peer| it.peer == peer));
        let (_, number) =
            candidates.filter_map(|(number, activity)| Some((activity.spare()?, *number))).min()?;
        let activity = self.remove(number)?;
        tracing::debug!(peer = %activity.peer, "an idle connection was closed to make room for a new one");
        activity.give_way.notify_one();
        Some(())
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Activity>> {
        let activity = self.connections.remove(&number)?;
        if let Some(count) = self.of_peer.get_mut(&activity.peer) {
            *count -= 1;
            if *count == 0 {
                self.of_peer.remove(&activity.peer);
            }
        }
        Some(activity)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // It was already removed if the connection was closed for another one.
        self.slots.table().remove(self.number);
    }
}
