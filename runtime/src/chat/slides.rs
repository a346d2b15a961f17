//! The third stage: slides, one call each, three at a time.
//!
//! A slide of a new deck goes into the deck as soon as it is written. Slides that change a deck are kept until all
//! are there, so that the change is one version and is taken back as one.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::id::SlideId;
use tellr_slides::theme::Theme;

use super::apply;
use super::context::{Context, Model, event};
use super::plan::{self, added_id, notices, title_of};
use super::queries::slides::{self as queries, Outcome};
use super::queries::stages::Kept;
use super::stop::Stop;
use super::turn::{Plan, SlideRow, TurnRow};
use super::types::Stage;
use crate::prompting::{
    self, Edit, Guidance, Note, OutlineSlide, Placing, Planned, SlideAsk, SlideDraft, SourceTable,
    ThemeChoice,
};
use crate::traces::SpanId;
use crate::workspace::serving::Spent;

/// A slide that is to be written.
pub(super) struct Task {
    pub(super) row: SlideRow,
    pub(super) planned: OutlineSlide,
    /// Of a slide that is rewritten.
    pub(super) kept: Option<Slide>,
    pub(super) instruction: Option<String>,
    pub(super) findings: Vec<String>,
    /// Where it stands, from 1.
    pub(super) position: usize,
}

/// What all slides of a turn have in common.
pub(super) struct Common {
    pub(super) guidance: Guidance,
    pub(super) sources: Vec<SourceTable>,
    pub(super) theme: Theme,
    pub(super) language: Option<String>,
    pub(super) titles: Vec<String>,
}

impl Common {
    pub(super) async fn of(context: &Context<'_>, turn: &TurnRow, deck: &Deck) -> Result<Self, Stop> {
        let titles = match &turn.plan {
            Some(Plan::Outline(outline)) => outline.slides.iter().map(|slide| slide.title.clone()).collect(),
            _ => deck.slides.iter().map(|slide| title_of(deck, &slide.id)).collect(),
        };
        Ok(Self {
            guidance: context.guidance(turn, &deck.theme).await?,
            sources: context.sources(turn).await?,
            theme: context.theme(turn, &deck.theme).await?,
            language: deck.language.clone(),
            titles,
        })
    }
}

/// Writes the slides that are missing, and moves the turn to the next stage.
pub(super) async fn run(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let deck = context.deck(turn).await?;
    let rows = queries::all(&context.job.connection().await?, &context.schema, turn.id).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.slide_id.clone()).collect();
    let mut tasks: VecDeque<Task> = tasks(turn, &deck, rows, &context.themes(turn).await?).into();
    let mut failed: Vec<String> = Vec::new();
    if !tasks.is_empty() {
        let common = Common::of(context, turn, &deck).await?;
        let model = context.model(turn).await?;
        // As it is asked about; `turn` goes on counting what it cost.
        let asked = turn.clone();
        let mut writing = FuturesUnordered::new();
        let mut stopped = None;
        loop {
            while stopped.is_none() && writing.len() < context.assistant.limits().at_once {
                let Some(task) = tasks.pop_front() else { break };
                if let Err(stop) = context.check_budget(turn) {
                    stopped = Some(stop);
                    break;
                }
                context.job.tell("slide", told(&task, ids.len(), "writing", None)).await?;
                writing.push(write(context, &model, &common, &asked, task));
            }
            let Some((task, written)) = writing.next().await else { break };
            match written {
                Ok(written) => {
                    turn.spend(&written.spent);
                    keep(context, turn, &ids, &task, written).await?;
                }
                Err(Stop::Failed { code, message, spent }) if is_of_one_slide(code) => {
                    failed.push(message);
                    turn.spend(&spent);
                    keep_failed(context, turn, ids.len(), &task, spent).await?;
                }
                // Those that are being written are kept; no new ones are begun.
                Err(stop) => stopped = Some(stopped.unwrap_or(stop)),
            }
        }
        if let Some(stop) = stopped {
            return Err(stop);
        }
    }
    if let Some(why) = failed.first() {
        let message = format!(
            "{} of {} slides could not be written; the others are in the deck. Retry to write the missing ones. The first \
             failed because of this: {why}",
            failed.len(),
            ids.len()
        );
        return Err(Stop::failed("slides_missing", message));
    }
    turn.stage = Stage::Check;
    let kept = Kept { stage: Some(Stage::Check), ..Kept::default() };
    context.keep(turn, &kept, &[event("stage", json!({ "stage": "check" }))]).await
}

/// Whether an error says something about one slide, so that others may succeed.
fn is_of_one_slide(code: &str) -> bool {
    matches!(code, "not_usable" | "cut" | "filtered")
}

/// The slides that are missing, each with what is planned for it.
fn tasks(turn: &TurnRow, deck: &Deck, rows: Vec<SlideRow>, themes: &[ThemeChoice]) -> Vec<Task> {
    let planned: Vec<Planned> = match &turn.plan {
        Some(Plan::Changes(changes)) => changes.plan(deck, &turn.message, themes).0,
        _ => Vec::new(),
    };
    let missing = rows.into_iter().filter(|row| row.state != "done");
    missing
        .filter_map(|row| match &turn.plan {
            Some(Plan::Outline(outline)) => {
                let index = usize::try_from(row.number).ok()?.checked_sub(1)?;
                let planned = outline.slides.get(index)?.clone();
                Some(Task {
                    row,
                    planned,
                    kept: None,
                    instruction: None,
                    findings: Vec::new(),
                    position: index + 1,
                })
            }
            _ => change_task(turn, deck, &planned, row),
        })
        .collect()
}

fn change_task(turn: &TurnRow, deck: &Deck, planned: &[Planned], row: SlideRow) -> Option<Task> {
    let mut added = 0;
    for one in planned {
        match one {
            Planned::Rewrite { slide, edit } if slide.as_str() == row.slide_id => {
                let position = deck.slides.iter().position(|other| other.id == *slide)? + 1;
                let kept = deck.slide(slide).cloned();
                return Some(task_of(row, edit, kept, position));
            }
            Planned::Add { edit, .. } => {
                added += 1;
                if added_id(turn, added) == row.slide_id {
                    return Some(task_of(row, edit, None, deck.slides.len() + 1));
                }
            }
            _ => {}
        }
    }
    None
}

fn task_of(row: SlideRow, edit: &Edit, kept: Option<Slide>, position: usize) -> Task {
    let title = if edit.title.is_empty() { row.title.clone() } else { edit.title.clone() };
    let planned = OutlineSlide {
        title,
        layout: edit.layout,
        content: edit.instruction.clone(),
        sources: edit.sources.clone(),
    };
    let instruction = Some(edit.instruction.clone()).filter(|text| !text.is_empty());
    Task { row, planned, kept, instruction, findings: Vec::new(), position }
}

/// A slide that was written.
pub(super) struct Written {
    pub(super) slide: Slide,
    pub(super) notes: Vec<Note>,
    pub(super) spent: Spent,
}

/// Has a slide written. It goes with its task, as several are written at once.
async fn write(
    context: &Context<'_>,
    model: &Model<'_>,
    common: &Common,
    turn: &TurnRow,
    task: Task,
) -> (Task, Result<Written, Stop>) {
    let written = written(context, model, common, turn, &task, Stage::Slides).await;
    (task, written)
}

/// Asks for a slide in a stage and makes it of the draft.
pub(super) async fn written(
    context: &Context<'_>,
    model: &Model<'_>,
    common: &Common,
    turn: &TurnRow,
    task: &Task,
    stage: Stage,
) -> Result<Written, Stop> {
    let mut span = context.trace.slide(stage.as_str(), task.row.number);
    span.text("tellr.slide.title", || task.planned.title.clone());
    let written = drafted(context, model, common, turn, task, span.id()).await;
    match &written {
        Ok(_) => span.end(),
        Err(Stop::Failed { code, message, .. }) => span.fail(code, || message.clone()),
        // Another attempt writes it.
        Err(Stop::Wait(..) | Stop::SignIn | Stop::Job(_)) => {}
    }
    written
}

async fn drafted(
    context: &Context<'_>,
    model: &Model<'_>,
    common: &Common,
    turn: &TurnRow,
    task: &Task,
    under: SpanId,
) -> Result<Written, Stop> {
    let request = turn.message.as_str();
    let current = task.kept.as_ref().map(SlideDraft::of);
    let ask = SlideAsk {
        request,
        language: common.language.as_deref(),
        sources: &common.sources,
        outline: &common.titles,
        number: task.position,
        slide: task.planned.clone(),
        current: current.as_ref().map(|(draft, data)| (draft, data.as_slice())),
        instruction: task.instruction.as_deref(),
        findings: &task.findings,
    };
    let prompt = prompting::slide(&common.guidance, &ask);
    let max_tokens = context.assistant.limits().tokens_of_an_answer;
    let (draft, spent) =
        context.json(model, under, &plan::request(prompt, turn, max_tokens), SlideDraft::read).await?;
    let id = SlideId::try_from(task.row.slide_id.clone())
        .map_err(|why| Stop::failed("slide_id", format!("A slide has an id that can't be used: {why}")))?;
    let sources: Vec<SourceTable> =
        common.sources.iter().cloned().chain(current.into_iter().flat_map(|(_, data)| data)).collect();
    // Unique in the deck: blocks that are kept from before have ids of other turns.
    let prefix = format!("{:.6}-{}-", turn.id.simple().to_string(), task.row.number);
    let placing = Placing {
        id,
        prefix: &prefix,
        theme: &common.theme,
        language: common.language.as_deref(),
        request,
        sources: &sources,
        title: &task.planned.title,
        kept: task.kept.as_ref(),
    };
    let (slide, notes) = draft.into_slide(&placing);
    Ok(Written { slide, notes, spent })
}

fn told(task: &Task, of: usize, state: &str, version: Option<i64>) -> serde_json::Value {
    json!({ "number": task.row.number, "of": of, "slide_id": task.row.slide_id, "title": task.planned.title,
            "state": state, "version": version })
}

/// Keeps a slide: in the deck if it is of an outline, else until all changes are there.
async fn keep(
    context: &Context<'_>,
    turn: &TurnRow,
    ids: &[String],
    task: &Task,
    written: Written,
) -> Result<(), Stop> {
    let Written { slide, notes, spent } = written;
    let notices = notices(&notes).into_iter().map(|text| format!("{}: {text}", task.planned.title));
    let notices: Vec<String> = notices.take(4).collect();
    let document = serde_json::to_string(&slide).ok();
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let version = if matches!(turn.plan, Some(Plan::Outline(_))) {
        let earlier = usize::try_from(task.row.number).unwrap_or(1).saturating_sub(1).min(ids.len());
        let earlier = apply::ids(&ids[..earlier]);
        let insert = move |deck| apply::with_slide(deck, slide, &earlier).map(|deck| (deck, ()));
        Some(apply::change(context, turn, &transaction, insert).await?.0)
    } else {
        None
    };
    let mut events = vec![event("slide", told(task, ids.len(), "done", version))];
    events.extend(notices.iter().map(|text| event("notice", json!({ "text": text }))));
    events.push(event("usage", turn.usage()));
    let outcome = Outcome {
        number: task.row.number,
        state: "done",
        title: &task.planned.title,
        slide: document,
        replaces: task.kept.as_ref().and_then(|slide| serde_json::to_string(slide).ok()),
        is_checked: false,
        spent,
        notices,
        version,
    };
    queries::settle(&transaction, &context.schema, turn.id, &outcome).await?;
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    Ok(())
}

async fn keep_failed(
    context: &Context<'_>,
    turn: &TurnRow,
    of: usize,
    task: &Task,
    spent: Spent,
) -> Result<(), Stop> {
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let outcome = Outcome {
        number: task.row.number,
        state: "failed",
        title: &task.planned.title,
        slide: None,
        replaces: None,
        is_checked: false,
        spent,
        notices: Vec::new(),
        version: None,
    };
    queries::settle(&transaction, &context.schema, turn.id, &outcome).await?;
    let events = [event("slide", told(task, of, "failed", None)), event("usage", turn.usage())];
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    Ok(())
}
