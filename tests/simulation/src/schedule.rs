//! Schedules: which fault meets which request of which deployer, as data and as text.
//!
//! The text of a schedule is a list such as `0:17 lost; 0:23 crash-after; 1:5 freeze 120`: the number of the
//! deployer, the number of its request (both from 0), the fault.

use std::fmt;
use std::str::FromStr;

/// The faults of a simulation, in no particular order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The faults.
    pub faults: Vec<Fault>,
}

/// A fault at a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The number of the deployer.
    pub process: usize,
    /// The number of its request; database operations and probes count too.
    pub request: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What happens at a request. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It never arrives; the connection breaks.
    Lost,
    /// It has its effect, and the connection breaks before the answer.
    Unanswered,
    /// It has its effect, and no answer comes within a minute.
    TimedOut,
    /// It arrives twice; the second answer is the one that counts.
    Doubled,
    /// It arrives after this time.
    Late(u64),
    /// A read shows the state as it was this long before.
    Stale(u64),
    /// The answer is something else.
    Garbage(Garbage),
    /// It is refused with this status before it has any effect.
    Refused(u16),
    /// This and all other requests of the deployer are lost for this time.
    Outage(u64),
    /// What it starts doesn't end.
    Endless,
    /// What it starts fails.
    Fails,
    /// The process dies before it is sent.
    CrashBefore,
    /// The process dies after it has had its effect.
    CrashAfter,
    /// The process stands still for this time after it was sent; its clocks go on.
    Freeze(u64),
    /// The machine sleeps for this time after it was sent: its monotonic clock stands still.
    Suspend(u64),
    /// The user cancels the run.
    Cancel,
    /// The machine's clock is set forward, or back.
    Jump(i64),
    /// Another deployer starts.
    Start(usize),
}

/// Answers that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garbage {
    /// The first half of the answer.
    Cut,
    /// An HTML page.
    Page,
    /// JSON of another shape.
    Shape,
    /// Nothing.
    Empty,
}

impl FaultKind {
    /// The words for each kind, in the order of [`FaultKind::index`].
    pub const WORDS: [&str; 18] = [
        "lost",
        "unanswered",
        "timed-out",
        "doubled",
        "late",
        "stale",
        "garbage",
        "refused",
        "outage",
        "endless",
        "fails",
        "crash-before",
        "crash-after",
        "freeze",
        "suspend",
        "cancel",
        "jump",
        "start",
    ];

    /// One fault of each kind that can meet any single request.
    pub const SINGLE: [Self; 17] = [
        Self::Lost,
        Self::Unanswered,
        Self::TimedOut,
        Self::Doubled,
        Self::Late(20),
        Self::Stale(5),
        Self::Garbage(Garbage::Cut),
        Self::Garbage(Garbage::Page),
        Self::Garbage(Garbage::Shape),
        Self::Garbage(Garbage::Empty),
        Self::Refused(503),
        Self::Outage(400),
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Freeze(7_200),
        Self::Cancel,
        Self::Jump(-3_600),
    ];

    /// The place of the kind in [`FaultKind::WORDS`].
    pub const fn index(self) -> usize {
        match self {
            Self::Lost => 0,
            Self::Unanswered => 1,
            Self::TimedOut => 2,
            Self::Doubled => 3,
            Self::Late(_) => 4,
            Self::Stale(_) => 5,
            Self::Garbage(_) => 6,
            Self::Refused(_) => 7,
            Self::Outage(_) => 8,
            Self::Endless => 9,
            Self::Fails => 10,
            Self::CrashBefore => 11,
            Self::CrashAfter => 12,
            Self::Freeze(_) => 13,
            Self::Suspend(_) => 14,
            Self::Cancel => 15,
            Self::Jump(_) => 16,
            Self::Start(_) => 17,
        }
    }
}

impl Garbage {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 4] =
        [(Self::Cut, "cut"), (Self::Page, "page"), (Self::Shape, "shape"), (Self::Empty, "empty")];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { process, request, kind } = self;
        write!(f, "{process}:{request} {}", FaultKind::WORDS[kind.index()])?;
        match *kind {
            FaultKind::Late(secs)
            | FaultKind::Stale(secs)
            | FaultKind::Outage(secs)
            | FaultKind::Freeze(secs)
            | FaultKind::Suspend(secs) => write!(f, " {secs}"),
            FaultKind::Jump(secs) => write!(f, " {secs}"),
            FaultKind::Refused(status) => write!(f, " {status}"),
            FaultKind::Start(process) => write!(f, " {process}"),
            FaultKind::Garbage(garbage) => {
                let word = Garbage::ALL.iter().find(|(known, _)| *known == garbage);
                write!(f, " {}", word.map(|(_, word)| *word).unwrap_or_default())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        f.write_str(&faults.join("; "))
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unreadable = || format!("`{text}` is no fault such as `0:17 lost` or `1:5 freeze 120`");
        let mut words = text.split_whitespace();
        let (process, request) =
            words.next().and_then(|place| place.split_once(':')).ok_or_else(unreadable)?;
        let (kind, value) = (words.next().ok_or_else(unreadable)?, words.next());
        let number = || value.and_then(|value| value.parse().ok()).ok_or_else(unreadable);
        let kind = match kind {
            "lost" => FaultKind::Lost,
            "unanswered" => FaultKind::Unanswered,
            "timed-out" => FaultKind::TimedOut,
            "doubled" => FaultKind::Doubled,
            "late" => FaultKind::Late(number()?),
            "stale" => FaultKind::Stale(number()?),
            "garbage" => {
                let garbage = Garbage::ALL.iter().find(|(_, word)| Some(*word) == value);
                FaultKind::Garbage(garbage.ok_or_else(unreadable)?.0)
            }
            "refused" => FaultKind::Refused(u16::try_from(number()?).map_err(|_| unreadable())?),
            "outage" => FaultKind::Outage(number()?),
            "endless" => FaultKind::Endless,
            "fails" => FaultKind::Fails,
            "crash-before" => FaultKind::CrashBefore,
            "crash-after" => FaultKind::CrashAfter,
            "freeze" => FaultKind::Freeze(number()?),
            "suspend" => FaultKind::Suspend(number()?),
            "cancel" => FaultKind::Cancel,
            "jump" => FaultKind::Jump(value.and_then(|value| value.parse().ok()).ok_or_else(unreadable)?),
            "start" => FaultKind::Start(usize::try_from(number()?).map_err(|_| unreadable())?),
            _ => return Err(unreadable()),
        };
        Ok(Self {
            process: process.parse().map_err(|_| unreadable())?,
            request: request.parse().map_err(|_| unreadable())?,
            kind,
        })
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let faults = text.split(';').map(str::trim).filter(|fault| !fault.is_empty());
        Ok(Self { faults: faults.map(str::parse).collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_survives_its_text() {
        let text = "0:17 lost; 0:23 crash-after; 1:5 freeze 120; 0:3 jump -3000; 2:0 garbage cut; 0:1 refused 503; \
                    0:4 start 1";
        let schedule: Schedule = text.parse().unwrap();
        assert_eq!(schedule.faults.len(), 7);
        assert_eq!(schedule.to_string(), text);
        for word in FaultKind::WORDS {
            let value = if word == "garbage" { "page" } else { "7" };
            let fault: Fault = format!("0:1 {word} {value}").parse().unwrap();
            assert_eq!(FaultKind::WORDS[fault.kind.index()], word);
        }
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for text in ["lost", "0 lost", "0:x lost", "0:1 loss", "0:1 freeze", "0:1 garbage x"] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
    }
}
