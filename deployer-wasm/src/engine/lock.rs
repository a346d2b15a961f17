//! One run on an app at a time.
//!
//! # Where the lock is
//!
//! A file whose place follows from the app's name and from nothing else:
//! `/Workspace/Shared/.tellr/locks/<app>.json`. So two runs on one app exclude each other also when they
//! use different folders, are started by different people, or run before there is an app whose record
//! could name a folder. `Shared` is the one folder of a workspace that everybody may write in.
//!
//! Where it can't be written (an administrator may have closed it), the lock is a file beside the app's
//! files, in the folder that the app's record names or, without an app, in the folder of the run. Whoever
//! has taken either of the two looks at the other: see [`acquire`].
//!
//! # What it promises
//!
//! The workspace lets one of two through who create a file only if it is absent. It has nothing that
//! would refuse a write of somebody whose lock was taken over (no fencing token, no conditional write), so
//! the holder has to refuse by itself:
//!
//! * **A lock is taken over when it was seen unrenewed for one [`LEASE`]** by whoever waits for it: the
//!   same file, look after look. What the file says of times is for people to read. Dates of two machines are
//!   never compared, and a lock that can't be read is one that nobody renews.
//! * **A holder acts only for half a lease** after its last sight of the lock. Before every request that
//!   changes something it looks at its clocks; when half of the lease has passed it reads the lock again, and
//!   stops if it is no longer there. See [`HeldLock`], and [`crate::workspace::Client`], through which a step
//!   can't send such a request unchecked.
//! * **Whoever takes over waits for two more renewals** before its first effect. Of several who replace an
//!   expired lock at the same moment the last one is in the file then, and the others find that out. And a
//!   holder that was only slow has met the rule above.
//!
//! A process that is stopped between the check and the moment at which the request leaves the machine isn't
//! covered; a request has half a lease to arrive. Nothing short of a fence in the platform would cover it.
//!
//! # Clocks
//!
//! A holder's age is the larger of what [`Host::elapsed`] and [`Host::now`] say: the first can't be set back,
//! the second goes on while a laptop sleeps. A clock that is set forward costs one more look at the lock.
//! Who waits uses no clock at all: it counts looks, with a sleep between them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::decode::decode;
use crate::host::{Host, Timestamp};
use crate::workspace::files::{self, PutMode};
use crate::workspace::{ApiError, Client, ErrorKind};

mod acquire;
mod held;
mod moment;

pub use acquire::{Acquired, Claim, acquire};
pub use held::{HeldLock, Lost};

/// How long a lock lives without being renewed.
pub const LEASE: Duration = Duration::from_secs(45);
/// How often a holder renews it.
pub const RENEWAL: Duration = Duration::from_secs(15);

/// The folder of all locks.
const SHARED: &str = "/Workspace/Shared/.tellr/locks";

/// The lock of an app: what the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LockState"))]
pub struct Lease {
    /// The run that holds it.
    pub id: String,
    /// Who holds it.
    pub holder: String,
    /// What for: `create`, `update` or `delete`.
    pub operation: String,
    /// Since when, by the workspace's clock.
    pub since: Timestamp,
    /// When it ends unless it is renewed, by the workspace's clock. For people: see the module.
    pub expires_at: Timestamp,
    /// How often it was renewed.
    #[serde(default)]
    #[cfg_attr(test, ts(skip))]
    pub renewals: u64,
}

/// The two places of an app's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The file in the folder that everybody may write in.
    shared: String,
    /// The file beside the app's files.
    beside: String,
}

impl Places {
    /// For `app`, whose files are in `folder`: the one that the app's record names or, without an app, the
    /// one that the run is for.
    pub fn of(app: &str, folder: &str) -> Self {
        Self {
            shared: format!("{SHARED}/{app}.json"),
            beside: format!("{}/lock.json", super::journal::folder(folder)),
        }
    }
}

/// Who holds the lock of an app now, as far as one look can tell: a lease that ends within the next
/// moments, as a holder's always does.
///
/// # Errors
/// The workspace's refusal.
pub async fn holder<H: Host>(client: &Client<'_, H>, places: &Places) -> Result<Option<Lease>, ApiError> {
    for path in [&places.shared, &places.beside] {
        let found = match look(client, path).await {
            // A folder that may not be read holds nothing that concerns who asks.
            Err(error) if error.is(ErrorKind::PermissionDenied) => None,
            found => found?,
        };
        let now = client.workspace_now();
        let live = |lease: &Lease| lease.expires_at > now && lease.expires_at.since(now) <= LEASE + RENEWAL;
        if let Some(lease) = found.and_then(|found| found.lease).filter(live) {
            return Ok(Some(lease));
        }
    }
    Ok(None)
}

/// Removes the lock that `run` left behind: a run that finished and died before it let go.
///
/// # Errors
/// The workspace's refusal.
pub async fn clear<H: Host>(client: &Client<'_, H>, places: &Places, run: &str) -> Result<(), ApiError> {
    for path in [&places.shared, &places.beside] {
        if look(client, path).await?.is_some_and(|found| found.is_of(run)) {
            remove(client, path).await?;
        }
    }
    Ok(())
}

/// A lock file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    /// The content, to see whether it changes.
    content: String,
    /// What it says, if it can be read.
    lease: Option<Lease>,
}

impl Found {
    fn is_of(&self, run: &str) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.id == run)
    }

    fn holder(&self) -> String {
        self.lease.as_ref().map_or_else(|| "an unknown deployer".to_owned(), |lease| lease.holder.clone())
    }
}

async fn look<H: Host>(client: &Client<'_, H>, path: &str) -> Result<Option<Found>, ApiError> {
    let Some(exported) = client.find(files::export(path)).await? else {
        return Ok(None);
    };
    let lease = exported.json().and_then(|json| decode(json).ok());
    Ok(Some(Found { content: exported.content, lease }))
}

/// Writes the lock if there is none; false if there is one of somebody else.
async fn create<H: Host>(client: &Client<'_, H>, path: &str, mine: &Lease) -> Result<bool, ApiError> {
    match client.send(files::import(path, &files::json(mine), PutMode::CreateNew)).await {
        Ok(_) => Ok(true),
        // Perhaps it is ours: an answer may have been lost and the request sent again.
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            Ok(look(client, path).await?.is_some_and(|found| found.is_of(&mine.id)))
        }
        Err(error) => Err(error),
    }
}

async fn replace<H: Host>(client: &Client<'_, H>, path: &str, mine: &Lease) -> Result<(), ApiError> {
    client.send(files::import(path, &files::json(mine), PutMode::Overwrite)).await.map(drop)
}

async fn remove<H: Host>(client: &Client<'_, H>, path: &str) -> Result<(), ApiError> {
    client.find(files::delete(path)).await.map(drop)
}
