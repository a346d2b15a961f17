//! The workspace's clock.
//!
//! Databases take a minute to start, deleted apps stay visible for twenty, tokens are valid for an hour. A
//! test can't wait for that, but must not skip it either. So nothing in the workspace runs on a timer:
//! every state is computed from timestamps when it is requested, and this clock is the only source of time.
//! It is either the machine's or a virtual one that only moves when told to, and never backwards.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time `ms` milliseconds later.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this time; zero if it is in the future.
    pub fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// In the platform's format: RFC 3339 in UTC.
    pub fn to_rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| "9999-12-31T23:59:59Z".to_owned())
    }

    /// Parses RFC 3339, as clients send it in `expire_time`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        u64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    /// As a `Date` header.
    pub fn to_http_date(self) -> String {
        httpdate::fmt_http_date(self.to_system_time())
    }

    /// As the standard library's type.
    pub fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Real,
    Virtual(Timestamp),
}

/// The clock of one workspace; clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Source>>);

/// A virtual clock was set back, or a real one was set.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClockError {
    /// The machine's clock cannot be moved from here.
    #[error("this workspace runs on the machine's clock; start it with a virtual one to move it")]
    Real,
    /// Time only moves forward.
    #[error("the clock stands at {now} and cannot go back to {asked}")]
    Backwards {
        /// Its current time.
        now: Timestamp,
        /// The requested time.
        asked: Timestamp,
    },
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Arc::new(Mutex::new(Source::Real)))
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn virtual_from(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Source::Virtual(start))))
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        match *self.0.lock() {
            Source::Virtual(now) => now,
            Source::Real => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
            }
        }
    }

    /// Whether this clock only moves when told to.
    pub fn is_virtual(&self) -> bool {
        matches!(*self.0.lock(), Source::Virtual(_))
    }

    /// Moves a virtual clock forward by `ms` milliseconds.
    pub fn advance(&self, ms: u64) -> Result<Timestamp, ClockError> {
        let mut source = self.0.lock();
        let Source::Virtual(now) = &mut *source else {
            return Err(ClockError::Real);
        };
        *now = now.plus_ms(ms);
        Ok(*now)
    }

    /// Moves a virtual clock to `moment`, which must not lie in its past.
    pub fn set(&self, moment: Timestamp) -> Result<Timestamp, ClockError> {
        let mut source = self.0.lock();
        let Source::Virtual(now) = &mut *source else {
            return Err(ClockError::Real);
        };
        if moment < *now {
            return Err(ClockError::Backwards { now: *now, asked: moment });
        }
        *now = moment;
        Ok(moment)
    }
}
