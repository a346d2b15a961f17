//! A point in time.
//!
//! The type is small on purpose: the deployer compares times, adds durations and writes them down, and takes
//! its clock from [`crate::host::Host`]. The crate `time` handles calendars and formats.

use std::fmt;
use std::time::Duration;

use serde::de::Unexpected;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// A point in time: milliseconds since 1970-01-01 UTC. Written as RFC 3339 in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
pub struct Timestamp(i64);

const NANOS_PER_MILLI: i128 = 1_000_000;

impl Timestamp {
    /// 1970-01-01 UTC.
    pub const EPOCH: Self = Self(0);

    /// A moment from milliseconds since 1970-01-01 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, as the workspace writes it.
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().and_then(Self::of)
    }

    /// Reads an HTTP date such as `Mon, 23 Nov 2026 15:00:00 GMT`.
    pub fn parse_http(text: &str) -> Option<Self> {
        // What servers write since 1999 is a date of e-mails, too.
        OffsetDateTime::parse(text.trim(), &Rfc2822).ok().and_then(Self::of)
    }

    fn of(moment: OffsetDateTime) -> Option<Self> {
        i64::try_from(moment.unix_timestamp_nanos().div_euclid(NANOS_PER_MILLI)).ok().map(Self)
    }

    /// `self + duration`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` until `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * NANOS_PER_MILLI).ok();
        match moment.and_then(|moment| moment.format(&Rfc3339).ok()) {
            Some(text) => f.write_str(&text),
            // RFC 3339 has no years before 0 or after 9999.
            None => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::invalid_value(Unexpected::Str(&text), &"an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T15:00:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T15:60:00Z",
            "2026-11-23T15:00:00.Z",
            "2026-11-23T15:00:00+1:00",
            "26-11-23T15:00:00Z",
            "2026-11-23T15:00:00Zé",
            "+026-11-23T15:00:00Z",
            "é026-11-23T15:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        for text in [
            "",
            "Mon, 23 Nov 2026 15:00:00",
            "Mon, 31 Feb 2026 15:00:00 GMT",
            "Mon, 23 ovD 2026 15:00:00 GMT",
        ] {
            assert_eq!(Timestamp::parse_http(text), None, "{text}");
        }
    }

    #[test]
    fn moments_are_read_and_written_as_the_platform_does() {
        let moment = Timestamp::from_millis(1_795_446_000_123);
        for text in
            ["2026-11-23T15:00:00.123Z", "2026-11-23T16:30:00.123+01:30", "2026-11-23T15:00:00.123999Z"]
        {
            assert_eq!(Timestamp::parse(text), Some(moment), "{text}");
        }
        assert_eq!(moment.to_string(), "2026-11-23T15:00:00.123Z");
        let whole = Timestamp::from_millis(1_795_446_000_000);
        assert_eq!(Timestamp::parse_http("Mon, 23 Nov 2026 15:00:00 GMT"), Some(whole));
        assert_eq!(whole.to_string(), "2026-11-23T15:00:00Z");
        assert_eq!(Timestamp::from_millis(-1).to_string(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_moment_that_no_calendar_shows_has_a_text_all_the_same() {
        for millis in [i64::MIN, i64::MAX] {
            assert_eq!(Timestamp::from_millis(millis).to_string(), format!("{millis} ms"));
        }
        assert_eq!(Timestamp::from_millis(i64::MAX).plus(Duration::MAX), Timestamp::from_millis(i64::MAX));
    }

    #[test]
    fn a_timestamp_survives_json() {
        let moment = Timestamp::from_millis(1_795_446_000_123);
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(json, "\"2026-11-23T15:00:00.123Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
    }
}
