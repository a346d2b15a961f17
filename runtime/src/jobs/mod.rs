//! Work that outlives a request: the queue, the workers, and what is told about a job.
//!
//! Problem: the platform runs one to five processes of the app, restarts them without asking, and ends a request
//! after two minutes. A job has to be finished once, whatever ends in between, and whoever watches it has to learn
//! what happened, from whichever process answers.
//!
//! Choice: the queue is a table. Workers take jobs with `SKIP LOCKED`, hold them by a lease that they renew, and
//! change a job only with the attempt they were given: a worker that was paused past its lease changes nothing any
//! more. The only clock is the database's. What a job writes and that it is done are one transaction
//! ([`Running::succeed`]), so a job that runs twice has its effect once. `NOTIFY` is only ever a hint: it saves
//! waiting for the next poll, and the polls become rare when there is nothing to do, so that the database of an
//! idle app can sleep. If the process that queued a job ends before it has taken it, another one finds it at its
//! start, as soon as the job is watched there, within [`Pace::awake_poll`] while it uses the database for
//! other requests, and else within [`Pace::longest_poll`].
//!
//! What isn't a failure doesn't count as one: a shutdown puts the job back, a job may snooze. What is counted ends:
//! a job that fails, or takes its process down, `max_failures` times has failed. So does one whose payload can't be
//! read: another version of the app, still or already running, may be able to.
//!
//! Alternative considered: a crate for queues. None of those for tokio-postgres fences what a late worker writes.
//!
//! | module | content |
//! |---|---|
//! | [`types`] | a job as it is asked for, looked at and told about |
//! | `json` | JSON that the tables can keep |
//! | `queries` | every statement |
//! | [`pace`] | how much at once, how long, how often |
//! | `hub`, `listen` | who waits for news, and how they are heard |
//! | [`handle`] | the queue, for the rest of the app |
//! | [`outcome`] | what comes of an attempt |
//! | [`running`] | a job for the code that does it |
//! | [`work`] | the code that does a kind of job |
//! | `leases` | the jobs of this process, renewed and lost |
//! | `slots` | how many it does at once |
//! | [`worker`] | takes jobs and has them done |
//! | [`kinds`] | the kinds of jobs of the queue's own |
//! | [`service`] | the worker of `serve` |
//! | [`routes`], `stream` | the API |

pub mod handle;
mod hub;
mod json;
pub mod kinds;
mod leases;
mod listen;
pub mod outcome;
pub mod pace;
mod queries;
pub mod routes;
pub mod running;
pub mod service;
mod slots;
mod stream;
pub mod types;
pub mod work;
pub mod worker;

pub use handle::Jobs;
pub use outcome::{Done, Failure};
pub use pace::Pace;
pub use running::Running;
pub use types::{EnqueueError, Enqueued, NewJob};
pub use work::{Kinds, Work};
pub use worker::Worker;
