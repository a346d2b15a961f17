//! The worker of `tellr-app serve`.

use std::time::Duration;

use super::handle::Jobs;
use super::kinds::sweep;
use super::work::Kinds;
use super::worker::Worker;

/// How long to wait before the daily sweep is asked for again, after the database failed.
const AGAIN: Duration = Duration::from_secs(30);

/// Does jobs of these kinds until `stop`; then ends all streams, and gives running jobs some time or puts them back.
pub async fn work(jobs: Jobs, kinds: Kinds, stop: impl Future<Output = ()>) {
    let scheduling = tokio::spawn(schedule(jobs.clone()));
    let stop = async {
        stop.await;
        jobs.close();
    };
    Worker::new(&jobs, kinds).run(stop).await;
    scheduling.abort();
}

async fn schedule(jobs: Jobs) {
    while let Err(error) = sweep::schedule(&jobs).await {
        tracing::debug!(%error, "the daily sweep of jobs can't be scheduled yet");
        tokio::time::sleep(AGAIN).await;
    }
}
