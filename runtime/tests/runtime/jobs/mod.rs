//! Jobs: each is done once in effect, whatever happens to the processes that do them, and told without gaps.

mod fence;
mod kinds;
mod processes;
mod queue;
mod streams;

use std::time::Duration;

use serde_json::json;
use tellr_app::jobs::work::Attempt;
use tellr_app::jobs::{Jobs, Kinds, NewJob, Pace, Running, Work, Worker};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::app::Variables;
use crate::support::{eventually, postgres};

/// As in `serve`, but faster.
fn fast() -> Pace {
    Pace {
        slots: 8,
        running_per_person: 8,
        lease: Duration::from_secs(3),
        heartbeat: Duration::from_millis(500),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        shortest_poll: Duration::from_millis(20),
        longest_poll: Duration::from_mins(1),
        watch: Duration::from_millis(200),
        grace: Duration::from_millis(50),
        ..Pace::default()
    }
}

/// Nothing happens by itself: leases are neither renewed nor run out, unless a test says so.
fn still() -> Pace {
    Pace { lease: Duration::from_hours(1), heartbeat: Duration::from_mins(10), ..fast() }
}

/// A database with people in it, and the queue in it.
struct Stand {
    variables: Variables,
    schema: String,
    jobs: Jobs,
    pace: Pace,
}

impl Stand {
    async fn new(pace: Pace) -> Self {
        Self::on(Variables::local(), pace).await
    }

    async fn on(variables: Variables, pace: Pace) -> Self {
        variables.initialise().await.expect("initialised");
        let schema = variables.schema().to_owned();
        postgres::run(&format!(
            "SET search_path TO {schema};
             INSERT INTO users (id, name, display_name)
             SELECT id, id, id FROM unnest(ARRAY['dev@localhost', 'ada', 'ben', 'cleo']) AS id
             UNION ALL SELECT 'person ' || n, 'p', 'p' FROM generate_series(1, 20) AS n;
             CREATE TABLE effects (job uuid NOT NULL, attempt integer NOT NULL)"
        ))
        .await;
        let jobs = Jobs::new(variables.database(), pace);
        Self { variables, schema, jobs, pace }
    }

    /// A worker with a pool of its own, as in another process.
    fn worker(&self, kinds: Kinds) -> AtWork {
        AtWork::start(Jobs::new(self.variables.database(), self.pace), kinds)
    }

    async fn enqueue(&self, new: &NewJob) -> Uuid {
        self.jobs.enqueue(new).await.expect("enqueued").id()
    }

    async fn one<T: for<'a> tokio_postgres::types::FromSql<'a>>(&self, query: &str) -> T {
        let client = postgres::admin().await;
        client.batch_execute(&format!("SET search_path TO {}", self.schema)).await.expect("the schema");
        client.query_one(query, &[]).await.expect(query).get(0)
    }

    async fn run(&self, statements: &str) {
        postgres::run(&format!("SET search_path TO {}; {statements}", self.schema)).await;
    }

    async fn state(&self, id: Uuid) -> String {
        self.one(&format!("SELECT state FROM jobs WHERE id = '{id}'")).await
    }

    async fn is(&self, id: Uuid, state: &str) {
        eventually(&format!("the job is {state}"), async || self.state(id).await == state).await;
    }

    /// The kinds of a job's events, in order; asserts that their ids have no gaps.
    async fn told(&self, id: Uuid) -> String {
        let gaps = format!("SELECT count(*) = max(id) AND min(id) = 1 FROM job_events WHERE job_id = '{id}'");
        assert!(self.one::<bool>(&gaps).await, "the ids of events have gaps");
        self.one(&format!("SELECT string_agg(kind, ' ' ORDER BY id) FROM job_events WHERE job_id = '{id}'"))
            .await
    }

    /// Lets the leases of all running jobs run out, as the database sees it.
    async fn leases_run_out(&self) {
        self.run("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'running'")
            .await;
    }
}

/// A worker at work; it stops as if it was killed when this is dropped.
struct AtWork {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    jobs: Jobs,
}

impl AtWork {
    fn start(jobs: Jobs, kinds: Kinds) -> Self {
        let (stop, stopped) = oneshot::channel();
        let worker = Worker::new(&jobs, kinds);
        let task = tokio::spawn(worker.run(async {
            let _ = stopped.await;
        }));
        Self { stop: Some(stop), task, jobs }
    }

    /// Looks for work now.
    fn look(&self) {
        self.jobs.announce();
    }

    /// Stops it as a shutdown does.
    async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        (&mut self.task).await.expect("the worker ends well");
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A kind of job that does what a test wants.
struct Does<F>(&'static str, F);

fn does<F>(kind: &'static str, what: F) -> Does<F>
where
    F: for<'a> Fn(&'a Running) -> Attempt<'a> + Send + Sync + 'static,
{
    Does(kind, what)
}

impl<F> Work for Does<F>
where
    F: for<'a> Fn(&'a Running) -> Attempt<'a> + Send + Sync + 'static,
{
    fn kind(&self) -> &'static str {
        self.0
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        (self.1)(job)
    }
}

fn of(owner: &str, kind: &'static str) -> NewJob {
    NewJob { owner: Some(owner.to_owned()), ..NewJob::new(kind) }
}

/// Leaves a row in `effects` together with its end.
fn effect() -> impl Work {
    does("effect", |job| {
        Box::pin(async move {
            let mut connection = job.connection().await?;
            let transaction = job.begin(&mut connection).await?;
            transaction.execute("INSERT INTO effects VALUES ($1, $2)", &[&job.id(), &job.attempt()]).await?;
            let done = job.succeed(&transaction, json!({ "attempt": job.attempt() })).await?;
            transaction.commit().await?;
            Ok(done)
        })
    })
}
