//! Deletes jobs that ended long ago, with their events. Once a day: the job puts the next one into the queue.

use std::time::Duration;

use serde_json::json;

use crate::jobs::handle::Jobs;
use crate::jobs::outcome::{Done, Failure};
use crate::jobs::running::Running;
use crate::jobs::types::{EnqueueError, Enqueued, IfRunning, NewJob, Unique};
use crate::jobs::work::{Attempt, Work};

const KIND: &str = "sweep";
/// How long jobs are kept after their end.
const KEPT: Duration = Duration::from_hours(7 * 24);
const EVERY: Duration = Duration::from_hours(24);
/// Jobs deleted in one transaction.
const PAGE: i64 = 500;

/// Deletes jobs that ended long ago.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// How long jobs are kept after their end.
    pub kept: Duration,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { kept: KEPT }
    }
}

/// Has the queue swept once a day from now on, unless it is already.
pub async fn schedule(jobs: &Jobs) -> Result<Enqueued, EnqueueError> {
    jobs.enqueue(&next(Duration::ZERO)).await
}

fn next(delay: Duration) -> NewJob {
    let unique = Unique { key: KIND.to_owned(), if_running: IfRunning::Join };
    NewJob { unique: Some(unique), delay, ..NewJob::new(KIND) }
}

impl Work for Sweep {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(self.sweep(job))
    }
}

impl Sweep {
    async fn sweep(&self, job: &Running) -> Result<Done, Failure> {
        let mut deleted = 0_usize;
        loop {
            let page = job.sweep(self.kept, PAGE).await?;
            deleted = deleted.saturating_add(page);
            if page == 0 {
                break;
            }
        }
        let mut connection = job.connection().await?;
        let transaction = job.begin(&mut connection).await?;
        let done = job.succeed(&transaction, json!({ "deleted": deleted })).await?;
        job.enqueue(&transaction, &next(EVERY)).await?;
        transaction.commit().await?;
        Ok(done)
    }
}
