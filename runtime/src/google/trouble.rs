//! What stands against an export or a connection.

use std::time::Duration;

use crate::database::DatabaseError;
use crate::jobs::Failure;

/// Why a person has to connect their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connect {
    /// They never did, or have disconnected.
    NotConnected,
    /// Google doesn't accept the connection any more.
    Expired,
    /// The permission for Drive is missing.
    Permission,
}

impl Connect {
    /// For programs.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Expired => "expired",
            Self::Permission => "permission",
        }
    }

    /// For people.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NotConnected => "Connect your Google account. The export then starts by itself",
            Self::Expired => {
                "Google no longer accepts the connection: it was revoked, or not used for a long time. Connect again. \
                 The export then continues by itself"
            }
            Self::Permission => {
                "Tellr has no permission to create files in your Google Drive. Connect again, and leave the permission \
                 for Google Drive checked. The export then continues by itself"
            }
        }
    }
}

/// What stands in the way. Messages are for the person, and hold nothing secret.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Google doesn't answer, is broken, or asks to wait (so long).
    Later(String, Option<Duration>),
    /// The person has to connect.
    Connect(Connect),
    /// It would be refused again.
    Refused(String),
    /// The file or the upload session isn't there.
    Gone,
    /// The job itself.
    Job(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Job(failure)
    }
}

impl From<DatabaseError> for Trouble {
    fn from(error: DatabaseError) -> Self {
        Self::Job(error.into())
    }
}
