//! Why something was not taken.

use deployer::host::{HostError, HostErrorKind};

/// Why something was not taken. Says nothing of what was sent.
#[derive(Debug)]
pub(super) struct Trouble {
    /// Sending it again may help.
    pub(super) is_passing: bool,
    pub(super) what: String,
}

impl Trouble {
    pub(super) fn passing(what: impl Into<String>) -> Self {
        Self { is_passing: true, what: what.into() }
    }

    pub(super) fn staying(what: impl Into<String>) -> Self {
        Self { is_passing: false, what: what.into() }
    }

    /// For the status of an answer, unless it says that all is well.
    pub(super) fn of_status(status: u16) -> Result<(), Self> {
        match status {
            200..=299 => Ok(()),
            408 | 429 | 500 | 502..=504 => Err(Self::passing(format!("it answers {status}"))),
            401 | 403 => {
                Err(Self::staying(format!("it answers {status}: the app has no right to write there")))
            }
            404 => Err(Self::staying(
                "it answers 404: it doesn't have the experiment or the trace, or is too old".to_owned(),
            )),
            _ => Err(Self::staying(format!("it answers {status}"))),
        }
    }
}

impl From<HostError> for Trouble {
    fn from(error: HostError) -> Self {
        let is_passing = matches!(error.kind, HostErrorKind::Connection | HostErrorKind::Timeout);
        Self { is_passing, what: error.message }
    }
}
