//! Every statement about jobs.
//!
//! Each names the schema, so that it works on a connection as well as within a caller's transaction. Times are
//! the database's. Whatever changes a job also numbers and writes the event that tells it, in the same statement
//! and under the lock of the job's row.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::json;
use super::pace::Pace;
use super::types::{
    EnqueueError, Enqueued, IfRunning, JobEvent, JobEvents, JobState, JobView, LONGEST_ERROR, NewJob, PAGE,
};
use crate::database::{Connection, DatabaseError, Transaction};
use crate::settings::SchemaName;

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// What statements run on.
pub(super) trait Statements: Sync {
    /// The rows of one statement.
    fn rows(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<Vec<Row>, DatabaseError>> + Send;
}

impl Statements for Connection {
    async fn rows(&self, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, DatabaseError> {
        self.query(statement, parameters).await
    }
}

impl Statements for Transaction<'_> {
    async fn rows(&self, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, DatabaseError> {
        self.query_typed(statement, parameters).await
    }
}

/// A job that a worker was given.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) owner: Option<String>,
    pub(super) session: Option<Uuid>,
    pub(super) payload: Value,
    /// The fence.
    pub(super) attempt: i32,
    pub(super) last_event: i64,
}

/// A lease that was renewed.
pub(super) struct Renewed {
    pub(super) id: Uuid,
    pub(super) attempt: i32,
    pub(super) cancel_requested: bool,
}

/// How an attempt ends.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// It is done.
    Succeeded(Value),
    /// It failed, and may be tried again.
    Failed(String),
    /// It failed, and would again.
    FailedForGood(String),
    /// It wants to wait, which is no failure.
    Snoozed(Duration),
    /// The process stops, which is no failure.
    Interrupted,
    /// Somebody cancelled it.
    Cancelled,
}

/// Statements for the tables of one schema.
pub(super) struct Queries {
    schema: String,
    channel: String,
    first_pause: f64,
    longest_pause: f64,
}

impl Queries {
    pub(super) fn new(schema: &SchemaName, pace: &Pace) -> Self {
        // Channels belong to the whole database, and their names are short.
        let digest = Sha256::digest(schema.as_str());
        let channel =
            digest.iter().take(12).fold("tellr_jobs_".to_owned(), |name, byte| format!("{name}{byte:02x}"));
        Self {
            schema: schema.quoted(),
            channel,
            first_pause: pace.first_pause.as_secs_f64(),
            longest_pause: pace.longest_pause.as_secs_f64(),
        }
    }

    /// Where hints are heard: `work`, `event ID`, `cancel ID`.
    pub(super) fn channel(&self) -> &str {
        &self.channel
    }

    /// Puts a job into the queue. The caller's transaction decides whether it is there.
    pub(super) async fn enqueue(
        &self,
        transaction: &Transaction<'_>,
        new: &NewJob,
        pace: &Pace,
    ) -> Result<Enqueued, EnqueueError> {
        let payload = json::kept(&new.payload).ok_or(EnqueueError::TooLarge)?;
        let Self { schema: s, channel, .. } = self;
        if let Some(owner) = &new.owner {
            // Numbers the jobs of one person one after another, and counts them exactly.
            let statement = format!("SELECT FROM {s}.users WHERE id = $1 FOR NO KEY UPDATE");
            transaction.rows(&statement, &[(owner, Type::TEXT)]).await?;
        }
        let id = Uuid::new_v4();
        let key = new.unique.as_ref().map(|unique| unique.key.as_str());
        let again = new.unique.as_ref().is_some_and(|unique| unique.if_running == IfRunning::RunAgain);
        let statement = format!(
            "WITH own AS (
               SELECT count(*) AS waiting, max(turn) AS last FROM {s}.jobs
               WHERE state = 'queued' AND (owner = $3 OR $3::text IS NULL AND owner IS NULL)
             ), everybody AS (
               SELECT count(*) AS waiting FROM (SELECT FROM {s}.jobs WHERE state = 'queued' LIMIT $11) AS counted
             ), next AS (
               SELECT turn FROM {s}.jobs WHERE state = 'queued' AND run_after <= clock_timestamp()
               ORDER BY turn, created_at, id LIMIT 1
             ), job AS (
               INSERT INTO {s}.jobs
                 (id, kind, owner, session_id, payload, unique_key, max_failures, run_after, created_at, turn, last_event)
               SELECT $1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8 * interval '1 second', clock_timestamp(),
                 greatest(own.last + 1, (SELECT turn FROM next), 0), 1
               FROM own, everybody
               WHERE ($3::text IS NULL OR own.waiting < $10) AND everybody.waiting < $11
               ON CONFLICT (unique_key) WHERE state IN ('queued', 'running')
               DO UPDATE SET run_again = jobs.run_again OR ($9 AND jobs.state = 'running')
               RETURNING id
             ), told AS (
               INSERT INTO {s}.job_events (job_id, id, attempt, kind, created_at)
               SELECT id, 1, 0, 'queued', clock_timestamp() FROM job WHERE id = $1
             )
             SELECT job.id, own.waiting, pg_notify($12, 'work')::text FROM own LEFT JOIN job ON true"
        );
        let rows = transaction
            .rows(
                &statement,
                &[
                    (&id, Type::UUID),
                    (&new.kind, Type::TEXT),
                    (&new.owner, Type::TEXT),
                    (&new.session, Type::UUID),
                    (&*payload, Type::JSONB),
                    (&key, Type::TEXT),
                    (&new.max_failures, Type::INT4),
                    (&new.delay.as_secs_f64(), Type::FLOAT8),
                    (&again, Type::BOOL),
                    (&pace.waiting_per_person, Type::INT8),
                    (&pace.waiting, Type::INT8),
                    (channel, Type::TEXT),
                ],
            )
            .await?;
        let found = rows.first().map(|row| (row.get::<_, Option<Uuid>>(0), row.get::<_, i64>(1)));
        match found {
            Some((Some(new), _)) if new == id => Ok(Enqueued::New(id)),
            Some((Some(other), _)) => Ok(Enqueued::Existing(other)),
            Some((None, own)) if new.owner.is_some() && own >= pace.waiting_per_person => {
                Err(EnqueueError::TooManyOfOwner(own))
            }
            _ => Err(EnqueueError::TooMany),
        }
    }

    /// Gives the next job of these kinds to a worker.
    pub(super) async fn claim(
        &self,
        on: &impl Statements,
        kinds: &[&str],
        worker: &str,
        pace: &Pace,
    ) -> Result<Option<Claimed>, DatabaseError> {
        let Self { schema: s, channel, .. } = self;
        let statement = format!(
            "WITH next AS (
               SELECT id FROM {s}.jobs AS job
               WHERE state = 'queued' AND run_after <= clock_timestamp() AND kind = ANY($1)
                 AND (owner IS NULL OR $4 > (
                   SELECT count(*) FROM {s}.jobs AS other WHERE other.owner = job.owner AND other.state = 'running'))
               ORDER BY turn, created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
             ), job AS (
               UPDATE {s}.jobs AS job SET
                 state = 'running', worker = $2, lease_until = clock_timestamp() + $3 * interval '1 second',
                 attempt = attempt + 1, run_again = false, progress = 0,
                 started_at = coalesce(started_at, clock_timestamp()), last_event = last_event + 1
               FROM next WHERE job.id = next.id
               RETURNING job.*
             ), told AS (
               INSERT INTO {s}.job_events (job_id, id, attempt, kind, created_at)
               SELECT id, last_event, attempt, 'started', clock_timestamp() FROM job
             )
             SELECT id, kind, owner, session_id, payload, attempt, last_event, pg_notify($5, 'event ' || id)::text FROM job"
        );
        let rows = on
            .rows(
                &statement,
                &[
                    (&kinds, Type::TEXT_ARRAY),
                    (&worker, Type::TEXT),
                    (&pace.lease.as_secs_f64(), Type::FLOAT8),
                    (&pace.running_per_person, Type::INT8),
                    (channel, Type::TEXT),
                ],
            )
            .await?;
        Ok(rows.first().map(|row| Claimed {
            id: row.get(0),
            kind: row.get(1),
            owner: row.get(2),
            session: row.get(3),
            payload: row.get(4),
            attempt: row.get(5),
            last_event: row.get(6),
        }))
    }

    /// Renews the leases of these jobs and attempts. Those that are missing in the answer are lost.
    pub(super) async fn renew(
        &self,
        on: &impl Statements,
        held: &[(Uuid, i32)],
        lease: Duration,
    ) -> Result<Vec<Renewed>, DatabaseError> {
        let s = &self.schema;
        let ids: Vec<Uuid> = held.iter().map(|(id, _)| *id).collect();
        let attempts: Vec<i32> = held.iter().map(|(_, attempt)| *attempt).collect();
        let statement = format!(
            "UPDATE {s}.jobs AS job SET lease_until = clock_timestamp() + $3 * interval '1 second'
             FROM unnest($1, $2) AS held(id, attempt)
             WHERE job.id = held.id AND job.attempt = held.attempt AND job.state = 'running'
             RETURNING job.id, job.attempt, job.cancel_requested"
        );
        let parameters = [
            (&ids as &(dyn ToSql + Sync), Type::UUID_ARRAY),
            (&attempts, Type::INT4_ARRAY),
            (&lease.as_secs_f64(), Type::FLOAT8),
        ];
        let rows = on.rows(&statement, &parameters).await?;
        let renewed =
            |row: &Row| Renewed { id: row.get(0), attempt: row.get(1), cancel_requested: row.get(2) };
        Ok(rows.iter().map(renewed).collect())
    }

    /// Adds events that a running attempt tells, and its progress. The id of the last one; `None` if the attempt
    /// has lost the job.
    pub(super) async fn tell(
        &self,
        on: &impl Statements,
        (id, attempt): (Uuid, i32),
        events: &[(String, Value)],
        progress: Option<i16>,
    ) -> Result<Option<i64>, DatabaseError> {
        let Self { schema: s, channel, .. } = self;
        let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        let bodies: Vec<&Value> = events.iter().map(|(_, body)| body).collect();
        let statement = format!(
            "WITH job AS (
               UPDATE {s}.jobs SET last_event = last_event + cardinality($3), progress = coalesce($5, progress)
               WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING id, last_event
             ), told AS (
               INSERT INTO {s}.job_events (job_id, id, attempt, kind, body, created_at)
               SELECT job.id, job.last_event - cardinality($3) + event.nth, $2, event.kind, event.body, clock_timestamp()
               FROM job, unnest($3, $4) WITH ORDINALITY AS event(kind, body, nth)
             )
             SELECT last_event, pg_notify($6, 'event ' || id)::text FROM job"
        );
        let rows = on
            .rows(
                &statement,
                &[
                    (&id, Type::UUID),
                    (&attempt, Type::INT4),
                    (&kinds, Type::TEXT_ARRAY),
                    (&bodies, Type::JSONB_ARRAY),
                    (&progress, Type::INT2),
                    (channel, Type::TEXT),
                ],
            )
            .await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    /// Ends an attempt. The job's state then; `None` if the attempt has lost the job, or had ended before: the
    /// answer to an earlier call may have been lost.
    pub(super) async fn end(
        &self,
        on: &impl Statements,
        (id, attempt): (Uuid, i32),
        ending: &Ending,
    ) -> Result<Option<JobState>, DatabaseError> {
        const NOTHING: Option<&str> = None;
        let error = match ending {
            Ending::Failed(error) | Ending::FailedForGood(error) => Some(shortened(error)),
            _ => None,
        };
        let (wanted, result, pause) = match ending {
            Ending::Succeeded(result) => ("succeeded", Some(result), 0.0),
            Ending::Failed(_) => ("retried", None, 0.0),
            Ending::FailedForGood(_) => ("failed", None, 0.0),
            Ending::Snoozed(pause) => ("snoozed", None, pause.as_secs_f64()),
            Ending::Interrupted => ("interrupted", None, 0.0),
            Ending::Cancelled => ("cancelled", None, 0.0),
        };
        let which = "id = $1 AND attempt = $2 AND state = 'running' FOR UPDATE";
        let statement = self.settling(which, "$3::text", "$4::jsonb", "$5::text", "$6::float8", "$7");
        let rows = on
            .rows(
                &statement,
                &[
                    (&id, Type::UUID),
                    (&attempt, Type::INT4),
                    (&wanted, Type::TEXT),
                    (&result, Type::JSONB),
                    (&error.as_deref().or(NOTHING), Type::TEXT),
                    (&pause, Type::FLOAT8),
                    (&self.channel, Type::TEXT),
                ],
            )
            .await?;
        Ok(rows.first().map(|row| JobState::named(row.get(1))))
    }

    /// Takes jobs back whose lease has run out: one page, the longest overdue first. Their ids.
    pub(super) async fn rescue(&self, on: &impl Statements, page: i64) -> Result<Vec<Uuid>, DatabaseError> {
        let which = "state = 'running' AND lease_until < clock_timestamp()
                     ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED";
        let error = "'The process that did it stopped'";
        let statement = self.settling(which, "'retried'", "NULL::jsonb", error, "0::float8", "$2");
        let rows = on.rows(&statement, &[(&page, Type::INT8), (&self.channel, Type::TEXT)]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The statement that takes jobs from their attempts. `wanted` is the event to tell: a final state, or why the
    /// job is put back. The job's owner may have cancelled it, it may have failed once too often, and it may have
    /// been asked for once more.
    fn settling(
        &self,
        which: &str,
        wanted: &str,
        result: &str,
        error: &str,
        pause: &str,
        channel: &str,
    ) -> String {
        let (s, first, longest) = (&self.schema, self.first_pause, self.longest_pause);
        format!(
            "WITH ended AS (
               SELECT id, run_again, {result} AS result, {error} AS error, {wanted} AS wanted,
                 failures + CASE WHEN {wanted} IN ('retried', 'failed') THEN 1 ELSE 0 END AS failures,
                 CASE
                   WHEN {wanted} = 'succeeded' THEN 'succeeded'
                   WHEN cancel_requested OR {wanted} = 'cancelled' THEN 'cancelled'
                   WHEN {wanted} = 'failed' OR {wanted} = 'retried' AND failures + 1 >= max_failures THEN 'failed'
                   ELSE {wanted}
                 END AS told
               FROM {s}.jobs WHERE {which}
             ), decided AS (
               SELECT *, told IN ('succeeded', 'failed') AND run_again AS repeats,
                 CASE WHEN told = 'cancelled' OR told IN ('succeeded', 'failed') AND NOT run_again
                   THEN told ELSE 'queued' END AS state
               FROM ended
             ), job AS (
               UPDATE {s}.jobs AS job SET
                 state = decided.state,
                 failures = CASE WHEN decided.repeats THEN 0 ELSE decided.failures END,
                 run_again = false,
                 result = coalesce(decided.result, job.result),
                 error = coalesce(decided.error, job.error),
                 progress = CASE WHEN decided.told = 'succeeded' THEN 100 ELSE job.progress END,
                 lease_until = NULL,
                 run_after = clock_timestamp() + interval '1 second' * CASE decided.told
                   WHEN 'retried' THEN least({longest}::float8, {first}::float8 * 2 ^ least(decided.failures - 1, 20))
                   ELSE {pause} END,
                 finished_at = CASE WHEN decided.state = 'queued' THEN NULL ELSE clock_timestamp() END,
                 last_event = job.last_event + 1
               FROM decided WHERE job.id = decided.id
               RETURNING job.id, job.attempt, job.last_event, job.state, decided.result, decided.error,
                 CASE WHEN decided.repeats THEN 'repeated' ELSE decided.told END AS told
             ), told AS (
               INSERT INTO {s}.job_events (job_id, id, attempt, kind, body, created_at)
               SELECT id, last_event, attempt, told,
                 jsonb_strip_nulls(jsonb_build_object('result', result, 'error', error)), clock_timestamp()
               FROM job
             )
             SELECT id, state, pg_notify({channel}, 'event ' || id)::text,
               CASE WHEN state = 'queued' THEN pg_notify({channel}, 'work')::text END
             FROM job"
        )
    }

    /// Has the waiting jobs of a kind and an owner be due now.
    pub(super) async fn hurry(
        &self,
        on: &impl Statements,
        kind: &str,
        owner: &str,
    ) -> Result<(), DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "WITH due AS (
               UPDATE {s}.jobs SET run_after = clock_timestamp()
               WHERE kind = $1 AND owner = $2 AND state = 'queued' AND run_after > clock_timestamp() RETURNING id)
             SELECT pg_notify($3, 'work')::text FROM due LIMIT 1"
        );
        on.rows(&statement, &[(&kind, Type::TEXT), (&owner, Type::TEXT), (&self.channel, Type::TEXT)])
            .await?;
        Ok(())
    }

    /// Cancels a job of this owner: at once if it waits, else as soon as its worker learns of it. `false` if there
    /// is no such job, or it has ended.
    pub(super) async fn cancel(
        &self,
        transaction: &Transaction<'_>,
        id: Uuid,
        owner: &str,
    ) -> Result<bool, DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "UPDATE {s}.jobs SET cancel_requested = true
             WHERE id = $1 AND owner = $2 AND state IN ('queued', 'running')
             RETURNING state, pg_notify($3, 'cancel ' || id)::text"
        );
        let parameters =
            [(&id as &(dyn ToSql + Sync), Type::UUID), (&owner, Type::TEXT), (&self.channel, Type::TEXT)];
        let rows = transaction.rows(&statement, &parameters).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        if row.get::<_, &str>(0) == "queued" {
            let which = "id = $1 AND state = 'queued' FOR UPDATE";
            let statement =
                self.settling(which, "'cancelled'", "NULL::jsonb", "NULL::text", "0::float8", "$2");
            transaction.rows(&statement, &[(&id, Type::UUID), (&self.channel, Type::TEXT)]).await?;
        }
        Ok(true)
    }

    /// A job of this owner.
    pub(super) async fn view(
        &self,
        on: &impl Statements,
        id: Uuid,
        owner: &str,
    ) -> Result<Option<JobView>, DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "SELECT id, kind, state, session_id,
               CASE WHEN state = 'queued' THEN 1 + (SELECT count(*) FROM (
                 SELECT FROM {s}.jobs AS other WHERE other.state = 'queued' AND other.run_after <= clock_timestamp()
                   AND (other.turn, other.created_at, other.id) < (job.turn, job.created_at, job.id)
                 LIMIT 999) AS ahead) END,
               progress, cancel_requested, attempt, result, error, last_event, created_at, finished_at
             FROM {s}.jobs AS job WHERE id = $1 AND owner = $2"
        );
        let rows = on.rows(&statement, &[(&id, Type::UUID), (&owner, Type::TEXT)]).await?;
        Ok(rows.first().map(|row| {
            let state = JobState::named(row.get(2));
            JobView {
                id: row.get(0),
                kind: row.get(1),
                state,
                session_id: row.get(3),
                position: row.get(4),
                progress: row.get(5),
                cancel_requested: row.get(6),
                attempt: row.get(7),
                result: row.get::<_, Option<Value>>(8).filter(|_| state == JobState::Succeeded),
                error: row.get(9),
                last_event: row.get(10),
                created_at: moment(row.get(11)),
                finished_at: row.get::<_, Option<OffsetDateTime>>(12).map(moment),
            }
        }))
    }

    /// The events of a job of this owner after the given one: a page.
    pub(super) async fn events(
        &self,
        on: &impl Statements,
        id: Uuid,
        owner: &str,
        after: i64,
    ) -> Result<Option<JobEvents>, DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "SELECT job.state, job.last_event, event.id, event.kind, event.attempt, event.body, event.created_at
             FROM {s}.jobs AS job LEFT JOIN LATERAL (
               SELECT * FROM {s}.job_events WHERE job_id = job.id AND id > $3 ORDER BY id LIMIT $4
             ) AS event ON true
             WHERE job.id = $1 AND job.owner = $2 ORDER BY event.id"
        );
        let parameters = [
            (&id as &(dyn ToSql + Sync), Type::UUID),
            (&owner, Type::TEXT),
            (&after, Type::INT8),
            (&PAGE, Type::INT8),
        ];
        let rows = on.rows(&statement, &parameters).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let events = rows.iter().filter_map(|row| {
            Some(JobEvent {
                id: row.get::<_, Option<i64>>(2)?,
                kind: row.get(3),
                attempt: row.get(4),
                body: row.get(5),
                created_at: moment(row.get(6)),
            })
        });
        Ok(Some(JobEvents {
            state: JobState::named(first.get(0)),
            last_event: first.get(1),
            events: events.collect(),
        }))
    }

    /// The id of the last event of each of these jobs that exists.
    pub(super) async fn last_events(
        &self,
        on: &impl Statements,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, DatabaseError> {
        let s = &self.schema;
        let statement = format!("SELECT id, last_event FROM {s}.jobs WHERE id = ANY($1)");
        let rows = on.rows(&statement, &[(&ids, Type::UUID_ARRAY)]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// In how many seconds the next job of these kinds is due or the next lease runs out; negative if that was
    /// before. `None` if nothing waits and nothing runs.
    pub(super) async fn next_due(
        &self,
        on: &impl Statements,
        kinds: &[&str],
    ) -> Result<Option<f64>, DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "SELECT extract(epoch FROM least(
               (SELECT min(run_after) FROM {s}.jobs WHERE state = 'queued' AND kind = ANY($1)),
               (SELECT min(lease_until) FROM {s}.jobs WHERE state = 'running')
             ) - clock_timestamp())::float8"
        );
        let rows = on.rows(&statement, &[(&kinds, Type::TEXT_ARRAY)]).await?;
        Ok(rows.first().and_then(|row| row.get(0)))
    }

    /// Deletes a page of jobs that ended before so long, with their events. How many.
    pub(super) async fn sweep(
        &self,
        on: &impl Statements,
        kept: Duration,
        page: i64,
    ) -> Result<usize, DatabaseError> {
        let s = &self.schema;
        let statement = format!(
            "DELETE FROM {s}.jobs WHERE id IN (
               SELECT id FROM {s}.jobs WHERE finished_at < clock_timestamp() - $1 * interval '1 second'
               ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)
             RETURNING id"
        );
        Ok(on.rows(&statement, &[(&kept.as_secs_f64(), Type::FLOAT8), (&page, Type::INT8)]).await?.len())
    }
}

fn moment(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

fn shortened(error: &str) -> String {
    json::without_nul(error).chars().take(LONGEST_ERROR).collect()
}
