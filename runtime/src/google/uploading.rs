//! The bytes of an upload, whatever breaks.
//!
//! After a chunk that was not answered, or was answered with "later", the session is asked what has arrived, and the
//! upload continues there: nothing is sent twice that has arrived, and nothing is left out. What counts as a failure
//! is an attempt that brought no byte; so a large file on a bad line still arrives.

use axum::body::Bytes;
use reqwest::Url;

use super::drive::{Drive, File, Reached};
use super::trouble::Trouble;
use crate::jobs::Running;

/// The share of the job that is done before the upload begins, in percent, and when it has ended.
const FROM_PERCENT: usize = 50;
const TO_PERCENT: usize = 98;

/// Sends `bytes` from `at` on, until Drive has the file.
pub(super) async fn send(
    drive: &mut Drive<'_>,
    job: &Running,
    address: &Url,
    bytes: &Bytes,
    mut at: usize,
) -> Result<File, Trouble> {
    let policy = drive.google().retry();
    let chunk = drive.google().limits().chunk_bytes;
    let size = bytes.len();
    let (mut failures, mut pause) = (0, policy.first_pause);
    loop {
        let end = at.saturating_add(chunk).min(size);
        let sent = drive.send(address, bytes, (at, end)).await;
        let reached = match sent {
            Ok(Reached::At(now)) if now <= at => {
                failures += 1;
                Reached::At(now)
            }
            Ok(reached) => reached,
            Err(Trouble::Later(message, asked)) => {
                failures += 1;
                if failures >= policy.attempts || asked.is_some_and(|asked| asked > policy.longest_pause) {
                    return Err(Trouble::Later(message, asked));
                }
                tracing::info!(at, size, "an upload to Google was interrupted; asking what has arrived");
                tokio::time::sleep(asked.unwrap_or(pause).min(policy.longest_pause)).await;
                pause = (pause * 2).min(policy.longest_pause);
                drive.reached(address, size).await?
            }
            Err(trouble) => return Err(trouble),
        };
        match reached {
            Reached::File(file) => return Ok(file),
            Reached::At(now) if now > at => {
                (at, failures, pause) = (now, 0, policy.first_pause);
                let percent = FROM_PERCENT + (TO_PERCENT - FROM_PERCENT) * at / size.max(1);
                job.progress(u8::try_from(percent).unwrap_or(99)).await?;
            }
            // Google may forget bytes that it has not confirmed.
            Reached::At(now) => {
                at = now;
                if failures >= policy.attempts {
                    let message =
                        "Google takes no more of the upload at the moment. The export is tried again";
                    return Err(Trouble::Later(message.to_owned(), None));
                }
            }
        }
    }
}
