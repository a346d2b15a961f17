//! The second stage: an outline of a new deck, or a list of changes of one.

use serde_json::json;
use tellr_slides::deck::Deck;
use tellr_slides::id::SlideId;
use tellr_slides::patch::{self, Patch};
use uuid::Uuid;

use super::apply;
use super::context::{Context, event};
use super::queries::slides;
use super::queries::stages::{self, Kept};
use super::stop::Stop;
use super::turn::{Plan, TurnRow};
use super::types::{Stage, TurnKind};
use crate::prompting::{self, Changes, Note, NoteKind, Outline, Planned, Prompt};
use crate::workspace::serving::{Message, Request, Schema, Spent};

/// Plans, and moves the turn to the next stage.
pub(super) async fn run(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    context.check_budget(turn)?;
    match turn.kind {
        Some(TurnKind::Change) => changes(context, turn).await,
        _ => outline(context, turn).await,
    }
}

/// The request of a prompt that wants JSON.
pub(super) fn request(prompt: Prompt, turn: &TurnRow, max_tokens: u32) -> Request {
    Request {
        messages: vec![Message::System(prompt.system), Message::User(prompt.user)],
        tools: Vec::new(),
        schema: prompt.schema.map(|(name, schema)| Schema { name, schema }),
        max_tokens,
        temperature: turn.options.assistant.temperature,
    }
}

async fn outline(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let deck = context.deck(turn).await?;
    let (guidance, sources) = (context.guidance(turn, &deck.theme).await?, context.sources(turn).await?);
    let prompt = prompting::outline(&guidance, &turn.message, &sources);
    let model = context.model(turn).await?;
    let under = context.trace.stage_id(Stage::Plan.as_str());
    // A slide takes some 80 tokens; the limit on an answer is made for one slide.
    let max_tokens = context.assistant.limits().tokens_of_an_answer.saturating_mul(2);
    let (outline, spent) =
        context.json(&model, under, &request(prompt, turn, max_tokens), Outline::read).await?;
    turn.spend(&spent);
    keep_outline(context, turn, outline, spent).await
}

/// Keeps an outline with its slides, names the deck after it, and has it reviewed or written.
async fn keep_outline(
    context: &Context<'_>,
    turn: &mut TurnRow,
    mut outline: Outline,
    spent: Spent,
) -> Result<(), Stop> {
    outline.slides.truncate(context.assistant.limits().slides);
    let is_reviewed = turn.options.assistant.review_outline.unwrap_or(false);
    let stage = if is_reviewed { Stage::Review } else { Stage::Slides };
    let notices = notices(&outline.notes);
    let mut events = vec![event("outline", json!(outline)), event("usage", turn.usage())];
    if !outline.reply.is_empty() {
        events.push(event("reply", json!({ "text": outline.reply })));
    }
    events.extend(notices.iter().map(|text| event("notice", json!({ "text": text }))));
    events.push(event("stage", json!({ "stage": stage.as_str() })));
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let named = (outline.title.clone(), outline.language.clone());
    let (version, ()) =
        apply::change(context, turn, &transaction, move |deck| name(deck, named).map(|deck| (deck, ())))
            .await?;
    slides::plan(&transaction, &context.schema, turn.id, &rows(turn.id, &outline)).await?;
    let reply = outline.reply.clone();
    let plan = Plan::Outline(outline);
    let kept = Kept {
        stage: Some(stage),
        plan: Some(&plan),
        reply: Some(&reply),
        notices: &notices,
        made_version: Some(version),
        spent,
        ..Kept::default()
    };
    stages::keep(&transaction, &context.schema, turn.id, &kept).await?;
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    turn.plan = Some(plan);
    turn.stage = stage;
    Ok(())
}

/// The slides of an outline, with the ids that they get.
pub(super) fn rows(turn: Uuid, outline: &Outline) -> Vec<(i32, String, String)> {
    (1..)
        .zip(&outline.slides)
        .map(|(number, slide)| (number, slide_id(turn, &number.to_string()), slide.title.clone()))
        .collect()
}

/// The id of a slide that a turn makes: the same in each attempt.
fn slide_id(turn: Uuid, name: &str) -> String {
    format!("{:.12}-{name}", turn.simple().to_string())
}

/// Names the deck after its outline.
pub(super) fn name(deck: Deck, (title, language): (String, String)) -> Result<Deck, Stop> {
    let mut patches = vec![Patch::SetTitle { title }];
    if !language.is_empty() {
        patches.push(Patch::SetLanguage { language: Some(language) });
    }
    let patched = patch::apply_all(deck, patches);
    patched
        .map(|(deck, _)| deck)
        .map_err(|(_, error)| Stop::failed("outline", format!("The outline can't be used: {error}")))
}

/// What a person should know of what was changed in an answer. That a text was shortened isn't worth a notice.
pub(super) fn notices(notes: &[Note]) -> Vec<String> {
    notes.iter().filter(|note| note.kind != NoteKind::Shortened).map(|note| note.text.clone()).collect()
}

async fn changes(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let deck = context.deck(turn).await?;
    let (guidance, sources) = (context.guidance(turn, &deck.theme).await?, context.sources(turn).await?);
    let selection = apply::ids(&turn.selection);
    let prompt = prompting::changes(&guidance, &turn.message, &sources, &deck, &selection);
    let model = context.model(turn).await?;
    let under = context.trace.stage_id(Stage::Plan.as_str());
    let max_tokens = context.assistant.limits().tokens_of_an_answer.saturating_mul(2);
    let (changes, spent) =
        context.json(&model, under, &request(prompt, turn, max_tokens), Changes::read).await?;
    turn.spend(&spent);
    let (planned, notes) = changes.plan(&deck, &turn.message, &guidance.themes);
    let notices = notices(&notes);
    let rows = change_rows(turn, &planned, &deck);
    let stage = if planned.is_empty() { Stage::Done } else { Stage::Slides };
    let mut events = vec![event("usage", turn.usage())];
    if !changes.reply.is_empty() {
        events.push(event("reply", json!({ "text": changes.reply })));
    }
    events.extend(notices.iter().map(|text| event("notice", json!({ "text": text }))));
    events.push(event("stage", json!({ "stage": stage.as_str() })));
    let reply = changes.reply.clone();
    let plan = Plan::Changes(changes);
    let kept = Kept {
        stage: Some(stage),
        plan: Some(&plan),
        reply: Some(&reply),
        notices: &notices,
        spent,
        ..Kept::default()
    };
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    slides::plan(&transaction, &context.schema, turn.id, &rows).await?;
    stages::keep(&transaction, &context.schema, turn.id, &kept).await?;
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    turn.plan = Some(plan);
    turn.stage = stage;
    Ok(())
}

/// The slides that changes write: those of the deck under their own ids, new ones under the turn's.
fn change_rows(turn: &TurnRow, planned: &[Planned], deck: &Deck) -> Vec<(i32, String, String)> {
    let mut rows = Vec::new();
    let mut added = 0_usize;
    for one in planned {
        let number = i32::try_from(rows.len()).unwrap_or(i32::MAX).saturating_add(1);
        match one {
            Planned::Rewrite { slide, edit } => {
                let title = if edit.title.is_empty() { title_of(deck, slide) } else { edit.title.clone() };
                rows.push((number, slide.to_string(), title));
            }
            Planned::Add { edit, .. } => {
                added += 1;
                rows.push((number, added_id(turn, added), edit.title.clone()));
            }
            _ => {}
        }
    }
    rows
}

/// The id of the nth new slide of changes, from 1.
pub(super) fn added_id(turn: &TurnRow, nth: usize) -> String {
    slide_id(turn.id, &format!("a{nth}"))
}

/// The title of a slide of the deck, without markup.
pub(super) fn title_of(deck: &Deck, slide: &SlideId) -> String {
    use tellr_slides::block::Block;
    let blocks = deck.slide(slide).map(|slide| slide.blocks.as_slice()).unwrap_or_default();
    let title = blocks.iter().find_map(|block| match block {
        Block::Title(heading) => Some(heading.text.plain()),
        _ => None,
    });
    title.unwrap_or_default()
}
