//! The job that answers a turn.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::apply;
use super::assistant::Assistant;
use super::context::Context;
use super::plan;
use super::queries::turns::{self, NewTurn};
use super::queries::{slides as slide_queries, stages};
use super::stop::{SIGN_IN, Stop, refused};
use super::turn::{Plan, TurnRow};
use super::types::Stage;
use super::{check, gather, slides, traced};
use crate::database::Database;
use crate::http::{ApiError, Rejection};
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::work::{Attempt, Load, Work};
use crate::jobs::{Done, Enqueued, Failure, Jobs, NewJob, Running};
use crate::prompting::Outline;
use crate::sharing::{Caller, may_edit, no_deck};
use crate::workspace::serving::Spent;

const KIND: &str = "chat";
/// How long a job gives up its place when a person has to sign in.
const SIGN_IN_PAUSE: Duration = Duration::from_secs(5);
/// The same for an endpoint that doesn't say how long.
const PAUSE: Duration = Duration::from_secs(10);

/// The job that answers turns.
#[derive(Clone)]
pub struct Answering(Assistant);

impl Answering {
    /// With this assistant.
    pub fn new(assistant: Assistant) -> Self {
        Self(assistant)
    }
}

#[derive(Debug, Deserialize, Serialize)]
struct Payload {
    turn: Uuid,
}

/// What a job begins with.
pub(super) enum Begin<'a> {
    /// A new turn.
    New(&'a NewTurn<'a>),
    /// An outline that was approved.
    Approved(Uuid, Uuid, &'a Outline),
    /// A turn of a session that ended early, with another endpoint if one is given.
    Again(Uuid, Uuid, Option<&'a str>),
}

/// Puts the job for a turn into the queue; the turn's id. At most one works on a deck.
pub(super) async fn begin(
    database: &Database,
    jobs: &Jobs,
    caller: &Caller,
    begin: Begin<'_>,
) -> Result<Uuid, ApiError> {
    let schema = database.schema().quoted();
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?;
    let (turn, session) = match &begin {
        Begin::New(new) => {
            let added = turns::add(&transaction, &schema, caller, new).await?.ok_or_else(no_deck)?;
            may_edit(added.role)?;
            (added.turn.ok_or(ApiError::Internal)?, new.session)
        }
        Begin::Approved(turn, session, outline) => {
            if !stages::approve(&transaction, &schema, *turn, &Plan::Outline((*outline).clone())).await? {
                return Err(not_waiting().into());
            }
            let named = (outline.title.clone(), outline.language.clone());
            let person = (caller.user.id.as_str(), caller.groups.as_slice());
            let name = move |deck| plan::name(deck, named).map(|deck| (deck, ()));
            let changed = apply::change_deck(&transaction, &schema, person, *session, name).await;
            changed.map_err(|stop| refused(&stop))?;
            slide_queries::clear(&transaction, &schema, *turn).await?;
            slide_queries::plan(&transaction, &schema, *turn, &plan::rows(*turn, outline)).await?;
            (*turn, *session)
        }
        Begin::Again(turn, session, endpoint) => {
            if let Some(endpoint) = endpoint {
                stages::use_endpoint(&transaction, &schema, *turn, endpoint).await?;
            }
            (*turn, *session)
        }
    };
    let unique = Unique { key: format!("{KIND} {session}"), if_running: IfRunning::Join };
    let new = NewJob {
        owner: Some(caller.user.id.clone()),
        session: Some(session),
        payload: json!(Payload { turn }),
        unique: Some(unique),
        ..NewJob::new(KIND)
    };
    let job = match jobs.enqueue_in(&transaction, &new).await? {
        Enqueued::New(job) => job,
        Enqueued::Existing(_) => {
            let message = "The assistant is still working on this deck. Wait until it is done, or stop it";
            return Err(Rejection::conflict("still_working", message).into());
        }
    };
    turns::set_job(&transaction, &schema, turn, job).await?;
    transaction.commit().await?;
    jobs.announce();
    Ok(turn)
}

pub(super) fn not_waiting() -> Rejection {
    Rejection::conflict("not_waiting", "The outline isn't waiting for approval any more. Reload the page")
}

impl Work for Answering {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn load(&self) -> Load {
        Load::Network
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(self.answer(job))
    }
}

impl Answering {
    async fn answer(&self, job: &Running) -> Result<Done, Failure> {
        let Payload { turn: id } = job.payload()?;
        let trace = self.0.traces().of_turn(id);
        let context = Context { job, assistant: &self.0, schema: job.schema(), trace };
        let turn = stages::load(&job.connection().await?, &context.schema, id).await?;
        let Some(mut turn) = turn else {
            return Err(Failure::Final("The request to the assistant was deleted".to_owned()));
        };
        match stages_of(&context, &mut turn).await {
            Ok(()) => {
                if turn.stage == Stage::Done {
                    traced::whole(&context.trace, &turn).end();
                }
                Ok(Done::Succeeded(json!({ "turn": id })))
            }
            Err(stop) => ended(&context, &turn, stop).await,
        }
    }
}

/// Does one stage after another, until nothing is left to do or the person has to decide.
async fn stages_of(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    loop {
        let span = context.trace.stage(turn.stage.as_str());
        let ended = match turn.stage {
            Stage::Gather => Box::pin(gather::run(context, turn)).await,
            Stage::Plan => Box::pin(plan::run(context, turn)).await,
            Stage::Slides => Box::pin(slides::run(context, turn)).await,
            Stage::Check => Box::pin(check::run(context, turn)).await,
            Stage::Review | Stage::Done => return Ok(()),
        };
        traced::stage(span, ended.as_ref().err(), is_patient(context, turn));
        ended?;
    }
}

/// What becomes of the job when a stage ends early.
async fn ended(context: &Context<'_>, turn: &TurnRow, stop: Stop) -> Result<Done, Failure> {
    let is_patient = is_patient(context, turn);
    match stop {
        Stop::Job(failure) => Err(failure),
        Stop::Failed { code, message, spent } => fail(context, turn, code, message, spent).await,
        Stop::Wait(pause, reason) if is_patient => {
            let pause = pause.unwrap_or(PAUSE);
            context.job.tell("waiting", json!({ "reason": reason, "seconds": pause.as_secs() })).await?;
            snooze(context, turn, pause).await
        }
        Stop::Wait(_, reason) => {
            let message = format!("{reason}. What is done is kept. Retry later, or choose another endpoint");
            fail(context, turn, "busy", message, Spent::default()).await
        }
        Stop::SignIn if is_patient => {
            context.job.tell("sign_in", json!({ "message": SIGN_IN })).await?;
            snooze(context, turn, SIGN_IN_PAUSE).await
        }
        Stop::SignIn => fail(context, turn, "sign_in", SIGN_IN.to_owned(), Spent::default()).await,
    }
}

/// Whether the turn may wait once more.
fn is_patient(context: &Context<'_>, turn: &TurnRow) -> bool {
    turn.waits < context.assistant.limits().waits
}

async fn snooze(context: &Context<'_>, turn: &TurnRow, pause: Duration) -> Result<Done, Failure> {
    stages::count_wait(&context.job.connection().await?, &context.schema, turn.id).await?;
    Ok(Done::Snoozed(pause))
}

async fn fail(
    context: &Context<'_>,
    turn: &TurnRow,
    code: &'static str,
    message: String,
    spent: Spent,
) -> Result<Done, Failure> {
    let connection = context.job.connection().await?;
    stages::fail(&connection, &context.schema, turn.id, code, &message, spent).await?;
    traced::whole(&context.trace, turn).fail(code, || message.clone());
    Err(Failure::Final(message))
}
