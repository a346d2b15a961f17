//! One run on an app at a time.
//!
//! # Location
//!
//! The lock is a file whose path depends on the app's name only: `/Workspace/Shared/.tellr/locks/<app>.json`.
//! So two runs on one app exclude each other even if they use different folders, are started by different
//! users, or run before the app exists and its record could name a folder. `Shared` is the one folder of a
//! workspace in which all users may write.
//!
//! If the folder can't be written to (an administrator may have restricted it), the lock is a file beside the
//! app's files, in the folder named in the app's record or, without an app, in the folder of the run. A run
//! that holds either file also checks the other: see [`acquire`].
//!
//! # Guarantees
//!
//! The workspace API can create a file only if it is absent, so one of two concurrent creators succeeds. It
//! has no fencing tokens or conditional writes, so it can't refuse writes of a run whose lock was taken over;
//! the holder has to stop by itself:
//!
//! * **A lock is taken over after it was observed unrenewed for one [`LEASE`]**: the waiting run reads the
//!   same content each time. The times in the file are for users only. Dates of two machines are never
//!   compared, and a lock file that can't be parsed counts as unrenewed.
//! * **A holder acts only for half a lease** after it last verified the lock. Before every request that
//!   changes something it checks its clocks; when half of the lease has passed it reads the lock again, and
//!   stops if it is no longer the holder. See [`HeldLock`], and [`crate::workspace::Client`], through which a
//!   step can't send such a request unchecked.
//! * **After a takeover, the new holder waits for two more renewals** before its first effect. If several
//!   runs replace an expired lock at the same moment, the last one's content is in the file by then, and the
//!   others detect that. A previous holder that was only slow has stopped by then under the rule above.
//!
//! Not covered: a process that is suspended between the check and sending the request, for more than half a
//! lease. Only fencing in the platform could cover it.
//!
//! # Clocks
//!
//! The age of a holder's last check is the larger of what [`Host::elapsed`] and [`Host::now`] report: the
//! first is monotonic, the second continues while a laptop sleeps. A clock that is set forward costs one
//! extra read of the lock. A waiting run uses no clock: it counts reads, with a sleep between them.

use std::time::Duration;

use futures_util::join;
use serde::{Deserialize, Serialize};

use crate::decode::decode;
use crate::host::{Host, Timestamp};
use crate::together;
use crate::workspace::files::{self, PutMode};
use crate::workspace::{ApiError, Client, ErrorKind};

mod acquire;
mod held;
mod moment;

pub use acquire::{Acquired, Claim, acquire};
pub use held::{HeldLock, Lost};

/// How long a lock is valid without being renewed.
pub const LEASE: Duration = Duration::from_secs(45);
/// How often a holder renews it.
pub const RENEWAL: Duration = Duration::from_secs(15);

/// The folder of all locks.
const SHARED: &str = "/Workspace/Shared/.tellr/locks";

/// The lock of an app: the content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LockState"))]
pub struct Lease {
    /// The run that holds it.
    pub id: String,
    /// The user who holds it.
    pub holder: String,
    /// The operation: `create`, `update` or `delete`.
    pub operation: String,
    /// When it was acquired, by the workspace's clock.
    pub since: Timestamp,
    /// When it expires unless it is renewed, by the workspace's clock. For users only: see the module.
    pub expires_at: Timestamp,
    /// The number of renewals.
    #[serde(default)]
    #[cfg_attr(test, ts(skip))]
    pub renewals: u64,
}

/// The two possible locations of an app's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The file in the shared folder.
    shared: String,
    /// The file beside the app's files.
    beside: String,
}

impl Places {
    /// For `app`, whose files are in `folder`: the folder named in the app's record or, without an app, the
    /// folder of the run.
    pub fn of(app: &str, folder: &str) -> Self {
        Self {
            shared: format!("{SHARED}/{app}.json"),
            beside: format!("{}/lock.json", super::journal::folder(folder)),
        }
    }
}

/// The current holder of an app's lock, as far as a single read can tell: a lock that expires about
/// one lease from now at the latest, as a holder's always does.
///
/// # Errors
/// The workspace's refusal.
pub async fn holder<H: Host>(client: &Client<'_, H>, places: &Places) -> Result<Option<Lease>, ApiError> {
    let (shared, beside) = join!(look(client, &places.shared), look(client, &places.beside));
    for found in [shared, beside] {
        let found = match found {
            // A folder that the caller may not read holds no lock that concerns the caller.
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

/// Starts the reads of [`holder`].
pub async fn ahead<H: Host>(client: &Client<'_, H>, places: &Places) {
    let places = [&places.shared, &places.beside];
    together::all(places.map(|place| client.ahead(files::export(place))).into()).await;
}

/// Removes the lock that `run` left behind: a run that finished and died before releasing it.
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
    /// The raw content, to detect changes.
    content: String,
    /// The parsed content, if it can be parsed.
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

/// Writes the lock if it doesn't exist; false if another run's lock exists.
async fn create<H: Host>(client: &Client<'_, H>, path: &str, mine: &Lease) -> Result<bool, ApiError> {
    match client.send(files::import(path, &files::json(mine), PutMode::CreateNew)).await {
        Ok(_) => Ok(true),
        // It may be our own: the answer may have been lost and the request repeated. A refusal whose text was lost
        // is only known as invalid, and must not count as a folder that can't be used: see `acquire`.
        Err(error) if error.is(ErrorKind::AlreadyExists) || error.is(ErrorKind::Invalid) => {
            match look(client, path).await? {
                Some(found) => Ok(found.is_of(&mine.id)),
                None if error.is(ErrorKind::AlreadyExists) => Ok(false),
                None => Err(error),
            }
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
