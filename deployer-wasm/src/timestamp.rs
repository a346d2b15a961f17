//! A moment, as every floor tells it.

use std::fmt;
use std::time::Duration;

use serde::de::Unexpected;
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01 UTC. Written as RFC 3339 in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
pub struct Timestamp(i64);

impl Timestamp {
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
        let (date, time) = (text.get(..10)?, text.get(11..)?);
        let is_separated = matches!(text.as_bytes()[10], b'T' | b't' | b' ');
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let zone = time.rfind(['Z', 'z', '+', '-']).filter(|_| is_separated)?;
        let (time, zone) = time.split_at(zone);
        let (time, fraction) = time.split_once('.').map_or((time, None), |(time, part)| (time, Some(part)));
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let millis = match fraction {
            None => 0,
            Some(part) if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            Some(part) => format!("{part:0<3}")[..3].parse().ok()?,
        };
        let ahead = match zone.split_at(1) {
            ("Z" | "z", "") => 0,
            (sign, ahead) => {
                let [hours, minutes] = numbers(ahead, ':', [2, 2])?;
                let minutes = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
                if sign == "-" { -minutes } else { minutes }
            }
        };
        let seconds = seconds(year, month, day, [hour, minute, second])?;
        Some(Self((seconds - ahead * 60) * 1000 + millis))
    }

    /// Reads an HTTP date such as `Mon, 23 Nov 2026 15:00:00 GMT`.
    pub fn parse_http(text: &str) -> Option<Self> {
        const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let (_, date) = text.trim().split_once(", ")?;
        let mut parts = date.strip_suffix(" GMT")?.split(' ');
        let [day] = numbers(parts.next()?, ' ', [2])?;
        let month = parts.next().filter(|name| name.len() == 3).and_then(|name| MONTHS.find(name))?;
        let month = i64::try_from(month / 3 + 1).ok().filter(|_| month % 3 == 0)?;
        let [year] = numbers(parts.next()?, ' ', [4])?;
        let time = numbers(parts.next()?, ':', [2, 2, 2])?;
        let seconds = seconds(year, month, day, time)?;
        parts.next().is_none().then_some(Self(seconds * 1000))
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
        let (seconds, millis) = (self.0.div_euclid(1000), self.0.rem_euclid(1000));
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        if !(0..=9999).contains(&year) {
            return write!(f, "{} ms", self.0);
        }
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if millis != 0 {
            write!(f, ".{}", format!("{millis:03}").trim_end_matches('0'))?;
        }
        f.write_str("Z")
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

/// Seconds in a day.
const DAY: i64 = 86_400;

/// The numbers of `text`, each of so many digits.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *number = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

/// Seconds since 1970-01-01 UTC; none for what no calendar and no clock shows. A leap second is the
/// one before it.
fn seconds(year: i64, month: i64, day: i64, [hour, minute, second]: [i64; 3]) -> Option<i64> {
    let days = days_of(year, month, day);
    let exists = date_of(days) == (year, month, day) && hour < 24 && minute < 60 && second <= 60;
    exists.then(|| days * DAY + hour * 3600 + minute * 60 + second.min(59))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that
/// the day that is there every fourth year comes last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // From 0000-03-01 to 1970-01-01.
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day so many days after 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (day * 5 + 2) / 153;
    let day = day - (month * 153 + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use time::OffsetDateTime;
    use time::format_description::well_known::{Rfc2822, Rfc3339};

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
            "2026-11-23X15:00:00Z",
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
            "23 Nov 2026 15:00:00 GMT",
        ] {
            assert_eq!(Timestamp::parse_http(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(0x7e11),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// From the year 0 to the year 9999, against a library.
        #[test]
        fn times_are_written_and_read_as_others_do(millis in -62_167_219_200_000_i64..253_402_300_799_999, ahead in -1400..1400_i32) {
            let (moment, theirs) = (
                Timestamp::from_millis(millis),
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap(),
            );
            prop_assert_eq!(moment.to_string(), theirs.format(&Rfc3339).unwrap());
            prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
            let zone = time::UtcOffset::from_whole_seconds(ahead * 60).unwrap();
            if let Some(elsewhere) = theirs.checked_to_offset(zone)
                && let Ok(text) = elsewhere.format(&Rfc3339)
            {
                prop_assert_eq!(Timestamp::parse(&text), Some(moment), "{}", text);
            }
            if theirs.year() >= 1900 {
                let text = theirs.format(&Rfc2822).unwrap().replace("+0000", "GMT");
                let whole = Timestamp::from_millis(millis.div_euclid(1000) * 1000);
                prop_assert_eq!(Timestamp::parse_http(&text), Some(whole), "{}", text);
            }
        }
    }

    #[test]
    fn a_timestamp_survives_json() {
        let moment = Timestamp::from_millis(1_795_446_000_123);
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(json, "\"2026-11-23T15:00:00.123Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
    }
}
