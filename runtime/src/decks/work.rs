//! Turns at reading and changing decks.
//!
//! A deck takes up to a hundred times its bytes in JSON while it is read. So large ones are worked on a few at a
//! time, and a request with a large body takes its turn before the body is read. Small ones have turns of their
//! own: a change of a usual deck doesn't wait behind large ones.

use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Version, header};

use crate::http::turns::{Bounds, Turn, Turns};
use crate::http::{ApiError, Rejection, blocking};
use crate::identity::{IdentityRule, User};

/// Bytes of JSON up to which a deck is a small one. Also the unit in which large ones are counted.
const SMALL_BYTES: usize = 256 * 1024;

/// Turns at reading and changing decks; cheap to clone.
#[derive(Clone, Debug)]
pub struct DeckWork {
    small: Turns,
    large: Turns,
    bodies: Turns,
}

impl DeckWork {
    /// With these bounds: of small decks, of large ones in units of 256 KiB, and of large bodies.
    pub fn new(small: Bounds, large: Bounds, bodies: Bounds) -> Self {
        Self { small: Turns::new(small), large: Turns::new(large), bodies: Turns::new(bodies) }
    }

    /// Does work on a deck of so many bytes for a person, off the threads that answer requests. It is one's turn
    /// until the work is done, also if the request is given up.
    ///
    /// # Errors
    /// 503 with `Retry-After` if no turn came in time; those of the work.
    pub async fn run<T: Send + 'static, E: Into<ApiError> + Send + 'static>(
        &self,
        user: &User,
        bytes: usize,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = self.turn(user, bytes).await?;
        let done = blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| ApiError::Internal)?.map_err(Into::into)
    }

    async fn turn(&self, user: &User, bytes: usize) -> Result<Turn, Rejection> {
        if bytes <= SMALL_BYTES {
            return self.small.take(&user.id, 1).await;
        }
        let units = u32::try_from(bytes.div_ceil(SMALL_BYTES)).unwrap_or(u32::MAX);
        self.large.take(&user.id, units).await
    }
}

impl Default for DeckWork {
    /// Large decks of 12 MiB of JSON together take about as much memory as one of 8 MiB with some more.
    fn default() -> Self {
        let patience = Duration::from_secs(8);
        Self::new(
            Bounds { at_once: 32, of_a_person: 8, patience },
            Bounds { at_once: 48, of_a_person: 2, patience },
            Bounds { at_once: 8, of_a_person: 2, patience },
        )
    }
}

/// A turn at sending a large body. As an argument of a handler before the body, the body is read only then.
#[derive(Debug)]
pub struct BodyTurn {
    _turn: Option<Turn>,
}

impl<S: Send + Sync> FromRequestParts<S> for BodyTurn
where
    IdentityRule: FromRef<S>,
    DeckWork: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let is_small = match parts.headers.get(header::CONTENT_LENGTH) {
            Some(length) => {
                let length = length.to_str().ok().and_then(|length| length.parse::<usize>().ok());
                length.is_some_and(|length| length <= SMALL_BYTES)
            }
            // HTTP/1.1 then has no body, unless it is sent in parts. HTTP/2 may have one of any size.
            None => {
                parts.version <= Version::HTTP_11 && !parts.headers.contains_key(header::TRANSFER_ENCODING)
            }
        };
        if is_small {
            return Ok(Self { _turn: None });
        }
        let user = User::from_request_parts(parts, state).await?;
        Ok(Self { _turn: Some(DeckWork::from_ref(state).bodies.take(&user.id, 1).await?) })
    }
}
