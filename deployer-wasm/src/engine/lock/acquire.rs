//! Acquiring the lock, and waiting until an abandoned one expires.

use std::time::Duration;

use futures_util::future::select;
use futures_util::pin_mut;

use super::held::{HeldLock, RECENT};
use super::moment::Moment;
use super::{Found, LEASE, Lease, Places, RENEWAL, create, look, remove, replace};
use crate::cancellation::Cancellation;
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::workspace::{ApiError, Client, ErrorKind, Permit as _, files};

/// The pause between two reads of another run's lock.
const WATCH: Duration = Duration::from_secs(5);
/// This many reads without a change make one lease.
const LOOKS: u64 = LEASE.as_secs() / WATCH.as_secs();
/// After this many renewals, a lock that was taken over is ours.
const SETTLING: u32 = 2;

/// The run that acquires the lock.
pub struct Claim<'a> {
    /// The run.
    pub run: &'a str,
    /// The user.
    pub holder: &'a str,
    /// `create`, `update` or `delete`.
    pub operation: &'a str,
    /// The app.
    pub app: &'a str,
    /// The current time, by the workspace's clock.
    pub now: Timestamp,
}

impl Claim<'_> {
    fn lease(&self) -> Lease {
        Lease {
            id: self.run.to_owned(),
            holder: self.holder.to_owned(),
            operation: self.operation.to_owned(),
            since: self.now,
            expires_at: self.now.plus(LEASE),
            renewals: 0,
        }
    }

    fn taken(&self, path: &str, by: &Found) -> Failure {
        let (app, holder, path) = (self.app.to_owned(), by.holder(), path.to_owned());
        let (operation, since) = match &by.lease {
            Some(lease) => (lease.operation.clone(), lease.since),
            None => (String::new(), self.now),
        };
        Failure::Locked { app, holder, operation, since, path }
    }
}

/// The outcome of an attempt to acquire the lock.
pub enum Acquired<'a, H> {
    /// The lock was acquired.
    Mine(Box<HeldLock<'a, H>>),
    /// Another run is in progress.
    Taken(Failure),
    /// The run was asked to stop during the wait.
    Stopped,
}

/// Acquires the lock, waiting for one lease if the holder may have died. `waits_for` is called with the
/// holder and the duration of the wait.
///
/// Of the two [`Places`], the shared one takes precedence. A run that may not write there acquires the other
/// one, then reads the shared one and gives way to a holder there; a run that holds the shared one waits
/// until the other is free. So each of two concurrent runs sees the other's file, and only one of them
/// continues.
///
/// # Errors
/// The workspace's refusal.
pub async fn acquire<'a, H: Host>(
    host: &'a H,
    run: &'a Cancellation,
    places: &Places,
    claim: &Claim<'_>,
    waits_for: impl Fn(&str, Duration),
) -> Result<Acquired<'a, H>, ApiError> {
    let client = Client::unchecked(host, run);
    let attempt = Attempt { host, run, client, claim, waits_for };
    let acquired = attempt.acquire(places).await;
    if !matches!(acquired, Ok(Acquired::Mine(_) | Acquired::Taken(_))) {
        // The file may have been written although the answer was lost.
        attempt.abandon(places).await;
    }
    acquired
}

struct Attempt<'a, 'c, H, F> {
    host: &'a H,
    run: &'a Cancellation,
    client: Client<'a, H>,
    claim: &'c Claim<'c>,
    waits_for: F,
}

/// The outcome of watching a lock.
enum Watched {
    Gone,
    /// It was renewed.
    AtWork(Found),
    /// It was not renewed for one lease.
    Expired(Found),
    /// The run was asked to stop.
    Stopped,
}

impl<'a, H: Host, F: Fn(&str, Duration)> Attempt<'a, '_, H, F> {
    async fn acquire(&self, places: &Places) -> Result<Acquired<'a, H>, ApiError> {
        let Places { shared, beside } = places;
        let held = match self.take(shared).await {
            Ok(Acquired::Mine(held)) => held,
            Err(error) if is_closed(&error) => return self.acquire_beside(places).await,
            ended => return ended,
        };
        match self.watch(beside, Some(&held)).await {
            Ok(Watched::Gone) => {}
            Ok(Watched::Expired(_)) => remove(&self.client, beside).await?,
            Ok(Watched::AtWork(other)) => {
                held.release().await.ok();
                return Ok(Acquired::Taken(self.claim.taken(beside, &other)));
            }
            Ok(Watched::Stopped) => return Ok(Acquired::Stopped),
            // A folder that we can't read can't belong to a run that competes for this app.
            Err(error) if is_closed(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(Acquired::Mine(held))
    }

    /// For a user who may not write in the shared folder.
    async fn acquire_beside(&self, places: &Places) -> Result<Acquired<'a, H>, ApiError> {
        let Places { shared, beside } = places;
        let mut expired: Option<Found> = None;
        loop {
            let held = match self.take(beside).await? {
                Acquired::Mine(held) => held,
                ended => return Ok(ended),
            };
            match look(&self.client, shared).await {
                Ok(found) if found.is_none() || found == expired => return Ok(Acquired::Mine(held)),
                Ok(_) => held.release().await?,
                Err(error) if is_closed(&error) => return Ok(Acquired::Mine(held)),
                Err(error) => return Err(error),
            }
            match self.watch(shared, None).await? {
                Watched::Gone => {}
                Watched::Expired(found) => expired = Some(found),
                Watched::AtWork(other) => return Ok(Acquired::Taken(self.claim.taken(shared, &other))),
                Watched::Stopped => return Ok(Acquired::Stopped),
            }
        }
    }

    /// Acquires the lock at `path`.
    async fn take(&self, path: &str) -> Result<Acquired<'a, H>, ApiError> {
        loop {
            let (seen, lease) = (Moment::now(self.host), self.claim.lease());
            if self.create(path, &lease).await? {
                return Ok(Acquired::Mine(Box::new(self.held(path, lease, seen, self.run))));
            }
            match self.watch(path, None).await? {
                Watched::Gone => {}
                Watched::AtWork(other) => return Ok(Acquired::Taken(self.claim.taken(path, &other))),
                Watched::Stopped => return Ok(Acquired::Stopped),
                Watched::Expired(found) => match self.take_over(path, &found).await? {
                    Some(Acquired::Mine(held)) => return Ok(Acquired::Mine(Box::new(held.of_run(self.run)))),
                    Some(ended) => return Ok(ended),
                    // Another run was faster: check whether it is still active.
                    None => {}
                },
            }
        }
    }

    /// Replaces an expired lock, and waits until no other run can consider itself the holder. `None` if
    /// another run replaced it.
    async fn take_over(&self, path: &str, expired: &Found) -> Result<Option<Acquired<'a, H>>, ApiError> {
        let (seen, lease) = (Moment::now(self.host), self.claim.lease());
        if look(&self.client, path).await?.as_ref() != Some(expired) || seen.age(self.host) >= RENEWAL {
            return Ok(None);
        }
        replace(&self.client, path, &lease).await?;
        // Losing the lock doesn't stop the run yet.
        let held = self.held(path, lease, seen, &Cancellation::new());
        for _ in 0..SETTLING {
            if !self.pause(RENEWAL).await {
                return Ok(Some(Acquired::Stopped));
            }
            match held.renew(RECENT).await {
                Ok(()) => {}
                Err(_) if held.lost().is_some() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(Acquired::Mine(Box::new(held))))
    }

    fn held(&self, path: &str, lease: Lease, seen: Moment, run: &Cancellation) -> HeldLock<'a, H> {
        HeldLock::new(self.host, run, self.claim.app, path.to_owned(), lease, seen)
    }

    /// Writes the lock if it doesn't exist, creating its folder if needed.
    async fn create(&self, path: &str, lease: &Lease) -> Result<bool, ApiError> {
        match create(&self.client, path, lease).await {
            Err(error) if error.is(ErrorKind::NotFound) => {
                let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
                self.client.send(files::mkdirs(folder)).await?;
                create(&self.client, path, lease).await
            }
            created => created,
        }
    }

    /// Watches a lock until it is renewed, removed, or was not renewed for a lease. Keeps renewing `held`
    /// meanwhile.
    async fn watch(&self, path: &str, held: Option<&HeldLock<'a, H>>) -> Result<Watched, ApiError> {
        let Some(first) = look(&self.client, path).await? else {
            return Ok(Watched::Gone);
        };
        (self.waits_for)(&first.holder(), LEASE);
        for _ in 0..LOOKS {
            if !self.pause(WATCH).await {
                return Ok(Watched::Stopped);
            }
            if let Some(held) = held {
                held.check().await?;
            }
            match look(&self.client, path).await? {
                None => return Ok(Watched::Gone),
                Some(now) if now != first => return Ok(Watched::AtWork(now)),
                Some(_) => {}
            }
        }
        Ok(Watched::Expired(first))
    }

    /// Waits; false if the run is asked to stop.
    async fn pause(&self, duration: Duration) -> bool {
        let (sleep, stopped) = (self.host.sleep(duration), self.run.stopped());
        pin_mut!(sleep, stopped);
        select(sleep, stopped).await;
        self.run.reason().is_none()
    }

    /// Removes what this attempt may have written. If that fails, it expires by itself.
    async fn abandon(&self, places: &Places) {
        let client = Client::unchecked(self.host, self.run).once();
        super::clear(&client, places, self.claim.run).await.ok();
    }
}

/// Whether a location can't be used by the caller.
fn is_closed(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::Invalid)
}
