//! One deployer at a time.
//!
//! The lock is a file that is only created if absent, of two at once the workspace lets one
//! through. It names its holder and a lease of [`LEASE`], which the holder renews every
//! [`RENEWAL`]. A deployer that died stops renewing, so whoever finds the lock watches it: a
//! renewal means somebody is at work (and who, and since when, is told); a lease that ends means
//! nobody is, and the lock is taken over.
//!
//! Taking over must also let only one through. "Delete it and create mine" would not: the second
//! to delete may delete the first's new lock. Instead each lock has a *successor* file, named by
//! the id of the lock it follows and again only created if absent. Who holds the successor of an
//! expired lock, and still finds that lock in place, may replace it. Should that one die too, its
//! successor file expires and has a successor of its own.
//!
//! Leases are told in the workspace's time (its `Date` header), which all deployers share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::journal::folder;
use crate::decode::decode;
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::workspace::files::{self, PutMode};
use crate::workspace::{ApiError, Client, ErrorKind};

/// How long a lock lives without being renewed.
pub const LEASE: Duration = Duration::from_secs(45);
/// How often a holder renews it.
pub const RENEWAL: Duration = Duration::from_secs(15);
/// How often somebody who found it looks again.
const WATCH: Duration = Duration::from_secs(5);
/// Takers-over that may die one after another before we give up.
const SUCCESSORS: usize = 8;

/// What a lock says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LockState"))]
pub struct Holding {
    /// The run that holds it.
    pub id: String,
    /// Who holds it.
    pub holder: String,
    /// What for: `create`, `update` or `delete`.
    pub operation: String,
    /// Since when, by the workspace's clock.
    pub since: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
}

/// A lock that is held.
pub struct Lock {
    folder: String,
    path: String,
    mine: Holding,
}

/// Who wants the lock.
pub struct Claim<'a> {
    /// The run.
    pub run: &'a str,
    /// The person.
    pub holder: &'a str,
    /// `create`, `update` or `delete`.
    pub operation: &'a str,
    /// The app, for the words.
    pub app: &'a str,
}

impl Claim<'_> {
    fn holding(&self, now: Timestamp) -> Holding {
        Holding {
            id: self.run.to_owned(),
            holder: self.holder.to_owned(),
            operation: self.operation.to_owned(),
            since: now,
            expires_at: now.plus(LEASE),
        }
    }
}

/// How trying to get the lock ended.
pub enum Acquired {
    /// It is ours.
    Mine(Lock),
    /// Somebody is at work.
    Taken(Failure),
}

/// How a lock was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Another deployer has it.
    TakenBy(String),
    /// Another deployer had it, and let go of it.
    Gone,
}

impl Lock {
    /// Takes the lock of `workspace_path`, waiting out a lease that nobody renews. `found` is told
    /// who holds it when we have to wait.
    ///
    /// # Errors
    /// The workspace's refusal.
    pub async fn acquire<H: Host>(
        host: &H,
        client: &Client<'_, H>,
        workspace_path: &str,
        claim: &Claim<'_>,
        found: impl Fn(&str, Duration),
    ) -> Result<Acquired, ApiError> {
        let path = format!("{}/lock.json", folder(workspace_path));
        let busy = |other: Holding| {
            let Holding { holder, operation, since, .. } = other;
            let (app, path) = (claim.app.to_owned(), path.clone());
            Ok(Acquired::Taken(Failure::Locked { app, holder, operation, since, path }))
        };
        // The expired locks met so far: the lock itself, then its dead successors.
        let mut expired: Vec<String> = Vec::new();
        let successor = |id: &String| format!("{}/lock-after-{id}.json", folder(workspace_path));
        loop {
            let place = expired.last().map_or_else(|| path.clone(), successor);
            let mine = claim.holding(client.workspace_now());
            if create(client, &place, &mine).await? {
                let Some(first) = expired.first() else {
                    return Ok(Acquired::Mine(Self { folder: workspace_path.to_owned(), path, mine }));
                };
                let now = read(client, &path).await?;
                let still_expired = now.as_ref().is_some_and(|now| now.id == *first);
                if still_expired {
                    write(client, &path, &mine).await?;
                }
                for id in &expired {
                    remove(client, &successor(id)).await?;
                }
                match now {
                    _ if still_expired => {
                        return Ok(Acquired::Mine(Self { folder: workspace_path.to_owned(), path, mine }));
                    }
                    // Somebody else took it over, and was done with the successor before we came.
                    Some(other) => return busy(other),
                    None => expired.clear(),
                }
                continue;
            }
            match watch(host, client, &place, &found).await? {
                Watched::Gone => expired.clear(),
                Watched::AtWork(other) => return busy(other),
                Watched::Expired(holding) if expired.len() >= SUCCESSORS => return busy(holding),
                Watched::Expired(holding) => expired.push(holding.id),
            }
        }
    }

    /// Renews the lease for as long as it is polled; ends when the lock is lost. Whose it is, the
    /// file decides and not the clock: after a sleep or an outage longer than the lease the lock
    /// is still ours if nobody wanted it. One that is gone is lost: somebody had it meanwhile, and
    /// is done already.
    ///
    /// # Errors
    /// The workspace's refusal.
    pub async fn keep<H: Host>(&self, host: &H, client: &Client<'_, H>) -> Result<Lost, ApiError> {
        let mut mine = self.mine.clone();
        loop {
            host.sleep(RENEWAL).await;
            match read(client, &self.path).await? {
                Some(there) if there.id == mine.id => {}
                Some(other) => return Ok(Lost::TakenBy(other.holder)),
                None => return Ok(Lost::Gone),
            }
            mine.expires_at = client.workspace_now().plus(LEASE);
            write(client, &self.path, &mine).await?;
        }
    }

    /// Gives the lock back, if it is still ours.
    ///
    /// # Errors
    /// The workspace's refusal; the lock then expires by itself.
    pub async fn release<H: Host>(&self, client: &Client<'_, H>) -> Result<(), ApiError> {
        clear(client, &self.folder, &self.mine.id).await
    }
}

/// Removes the lock that `run` left behind: a run that finished and died before it let go.
///
/// # Errors
/// The workspace's refusal.
pub async fn clear<H: Host>(client: &Client<'_, H>, workspace_path: &str, run: &str) -> Result<(), ApiError> {
    let path = format!("{}/lock.json", folder(workspace_path));
    match read(client, &path).await? {
        Some(holding) if holding.id == run => remove(client, &path).await,
        _ => Ok(()),
    }
}

/// The lock of `workspace_path`, if its lease lives: then somebody is at work.
///
/// # Errors
/// The workspace's refusal.
pub async fn live<H: Host>(
    client: &Client<'_, H>,
    workspace_path: &str,
) -> Result<Option<Holding>, ApiError> {
    let found = read(client, &format!("{}/lock.json", folder(workspace_path))).await?;
    Ok(found.filter(|holding| holding.expires_at > client.workspace_now()))
}

enum Watched {
    Gone,
    AtWork(Holding),
    /// Nobody renewed it.
    Expired(Holding),
}

/// Watches a lock until it is renewed, gone, or its lease has ended.
async fn watch<H: Host>(
    host: &H,
    client: &Client<'_, H>,
    path: &str,
    found: impl Fn(&str, Duration),
) -> Result<Watched, ApiError> {
    let Some(first) = read(client, path).await? else {
        return Ok(Watched::Gone);
    };
    found(&first.holder, first.expires_at.since(client.workspace_now()));
    loop {
        let left = first.expires_at.since(client.workspace_now());
        if left.is_zero() {
            return Ok(Watched::Expired(first));
        }
        // One second more than what is left: `Date` is cut to whole seconds.
        host.sleep(WATCH.min(left + Duration::from_secs(1))).await;
        match read(client, path).await? {
            None => return Ok(Watched::Gone),
            Some(now) if now.id != first.id || now.expires_at > first.expires_at => {
                return Ok(Watched::AtWork(now));
            }
            Some(_) => {}
        }
    }
}

async fn create<H: Host>(client: &Client<'_, H>, path: &str, mine: &Holding) -> Result<bool, ApiError> {
    match client.send(files::import(path, &files::json(mine), PutMode::CreateNew)).await {
        Ok(_) => Ok(true),
        // Perhaps it is ours: an answer may have been lost and the request sent again.
        Err(error) if error.is(ErrorKind::AlreadyExists) => {
            Ok(read(client, path).await?.is_some_and(|holding| holding.id == mine.id))
        }
        Err(error) => Err(error),
    }
}

async fn read<H: Host>(client: &Client<'_, H>, path: &str) -> Result<Option<Holding>, ApiError> {
    let Some(exported) = client.find(files::export(path)).await? else {
        return Ok(None);
    };
    // What can't be read can't be renewed by anybody: an expired lock of nobody.
    let unreadable = Holding {
        id: "unreadable".into(),
        holder: "an unknown deployer".into(),
        operation: String::new(),
        since: Timestamp::from_millis(0),
        expires_at: Timestamp::from_millis(0),
    };
    Ok(Some(exported.json().and_then(|json| decode(json).ok()).unwrap_or(unreadable)))
}

async fn write<H: Host>(client: &Client<'_, H>, path: &str, mine: &Holding) -> Result<(), ApiError> {
    client.send(files::import(path, &files::json(mine), PutMode::Overwrite)).await.map(drop)
}

async fn remove<H: Host>(client: &Client<'_, H>, path: &str) -> Result<(), ApiError> {
    client.find(files::delete(path)).await.map(drop)
}
