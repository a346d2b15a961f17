//! Deletes files that have expired. An export puts the sweep after its file's day into the queue, and a sweep the
//! next one as long as there are files: without files nothing wakes the database.

use std::time::Duration;

use serde_json::json;

use super::queries;
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::work::{Attempt, Work};
use crate::jobs::{Done, Failure, NewJob, Running};

const KIND: &str = "sweep_files";
/// How long after a file has expired it is swept: those of the same hour go together.
const LATER: Duration = Duration::from_mins(30);
/// Files deleted in one transaction.
const PAGE: i64 = 20;

/// Deletes files that have expired.
#[derive(Clone, Copy, Debug, Default)]
pub struct SweepFiles;

/// The job, for when a file that expires after so long has expired; one that waits already stays.
pub(super) fn after(expiry: Duration) -> NewJob {
    let unique = Unique { key: KIND.to_owned(), if_running: IfRunning::RunAgain };
    NewJob { unique: Some(unique), delay: expiry.saturating_add(LATER), ..NewJob::new(KIND) }
}

impl Work for SweepFiles {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(sweep(job))
    }
}

async fn sweep(job: &Running) -> Result<Done, Failure> {
    let mut connection = job.connection().await?;
    let mut deleted = 0_usize;
    loop {
        match queries::sweep(&connection, &job.schema(), PAGE).await? {
            0 => break,
            page => deleted = deleted.saturating_add(page),
        }
    }
    let transaction = job.begin(&mut connection).await?;
    let next = queries::next_expiry(&transaction).await?;
    let done = job.succeed(&transaction, json!({ "deleted": deleted })).await?;
    if let Some(expiry) = next {
        job.enqueue(&transaction, &after(expiry)).await?;
    }
    transaction.commit().await?;
    Ok(done)
}
