//! The fourth stage: the slides are looked over, each is repaired at most once, and changes are applied.
//!
//! A draft was already made to fit its slide; what is left to find is what reads badly: a long title, too many words.
//! A slide that a person has edited since it was written is left alone.

use serde_json::json;
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::id::SlideId;
use tellr_slides::lint::{self, Rule};
use tellr_slides::patch::Patch;

use super::apply;
use super::context::{Context, event};
use super::plan::added_id;
use super::queries::slides::{self as queries, Outcome};
use super::queries::stages::{self, Kept};
use super::slides::{Common, Task, written};
use super::stop::Stop;
use super::turn::{Plan, SlideRow, TurnRow};
use super::types::Stage;
use crate::prompting::{At, OutlineSlide, Planned, SlideDraft};
use crate::workspace::serving::Spent;

/// Looks the slides of a turn over, applies changes, and ends the turn.
pub(super) async fn run(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let deck = context.deck(turn).await?;
    let rows = queries::all(&context.job.connection().await?, &context.schema, turn.id).await?;
    for row in rows.iter().filter(|row| row.state == "done" && !row.checked) {
        check(context, turn, &deck, row).await?;
    }
    if let Some(Plan::Changes(_)) = &turn.plan {
        return apply_changes(context, turn).await;
    }
    turn.stage = Stage::Done;
    let kept = Kept { stage: Some(Stage::Done), ..Kept::default() };
    context.keep(turn, &kept, &[event("stage", json!({ "stage": "done" }))]).await
}

/// What reads badly on a slide and a model can mend.
fn findings(slide: &Slide) -> Vec<String> {
    let is_mended = |rule: Rule| {
        matches!(
            rule,
            Rule::NoTitle
                | Rule::LongTitle
                | Rule::TooManyWords
                | Rule::LongList
                | Rule::LongItem
                | Rule::ManySteps
        )
    };
    lint::of_slide(slide)
        .into_iter()
        .filter(|found| is_mended(found.rule))
        .map(|found| found.message)
        .collect()
}

/// Looks one slide over, and has it mended if that helps.
async fn check(context: &Context<'_>, turn: &mut TurnRow, deck: &Deck, row: &SlideRow) -> Result<(), Stop> {
    let slide = row.slide.as_deref().and_then(|slide| serde_json::from_str::<Slide>(slide).ok());
    let is_in_deck = matches!(turn.plan, Some(Plan::Outline(_)));
    // What stands in the deck is the person's if they have changed it.
    let slide = slide.filter(|slide| !is_in_deck || deck.slide(&slide.id) == Some(slide));
    let found = slide.as_ref().map(findings).unwrap_or_default();
    let (Some(slide), false) = (slide, found.is_empty()) else {
        return settle(context, turn, row, None, Spent::default()).await;
    };
    context.check_budget(turn)?;
    let common = Common::of(context, turn, deck).await?;
    let model = context.model(turn).await?;
    let (draft, _) = SlideDraft::of(&slide);
    let position = deck.slides.iter().position(|other| other.id == slide.id).unwrap_or_default() + 1;
    let task = Task {
        row: row.clone(),
        planned: OutlineSlide { title: draft.title, layout: draft.layout, ..OutlineSlide::default() },
        kept: Some(slide),
        instruction: None,
        findings: found.clone(),
        position,
    };
    match written(context, &model, &common, turn, &task, Stage::Check).await {
        Ok(mended) => {
            turn.spend(&mended.spent);
            let is_better = findings(&mended.slide).len() < found.len();
            settle(context, turn, row, is_better.then_some(mended.slide), mended.spent).await
        }
        // The slide is fine as it is, only not as good as it could be.
        Err(Stop::Failed { spent, .. }) => {
            turn.spend(&spent);
            settle(context, turn, row, None, spent).await
        }
        Err(stop) => Err(stop),
    }
}

/// Notes that a slide was looked over; with the mended slide if there is one.
async fn settle(
    context: &Context<'_>,
    turn: &TurnRow,
    row: &SlideRow,
    mended: Option<Slide>,
    spent: Spent,
) -> Result<(), Stop> {
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let document = mended.as_ref().and_then(|slide| serde_json::to_string(slide).ok());
    let is_mended = mended.is_some();
    let mut version = None;
    if let (Some(slide), Some(Plan::Outline(_))) = (mended, &turn.plan) {
        let replace = move |deck: Deck| {
            let (deck, _, _) = apply::with_patches(deck, vec![Patch::ReplaceSlide { slide }]);
            Ok((deck, ()))
        };
        version = Some(apply::change(context, turn, &transaction, replace).await?.0);
    }
    let outcome = Outcome {
        number: row.number,
        state: "done",
        title: &row.title,
        slide: document.or_else(|| row.slide.clone()),
        replaces: None,
        is_checked: true,
        spent,
        notices: Vec::new(),
        version,
    };
    queries::settle(&transaction, &context.schema, turn.id, &outcome).await?;
    let mut events = Vec::new();
    if is_mended {
        let body = json!({ "number": row.number, "slide_id": row.slide_id, "title": row.title, "state": "done",
                           "version": version, "mended": true });
        events.push(event("slide", body));
        events.push(event("usage", turn.usage()));
    }
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    Ok(())
}

/// Applies the changes of a turn as one version.
async fn apply_changes(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let Some(Plan::Changes(changes)) = turn.plan.clone() else { return Ok(()) };
    let rows = queries::all(&context.job.connection().await?, &context.schema, turn.id).await?;
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let (message, of_turn) = (turn.message.clone(), turn.clone());
    let themes = context.themes(turn).await?;
    let change = move |deck: Deck| {
        let (planned, _) = changes.plan(&deck, &message, &themes);
        let (patches, edited) = patches(&of_turn, &planned, &rows, &deck);
        let (deck, inverse, mut left_out) = apply::with_patches(deck, patches);
        left_out.extend(edited);
        Ok((deck, (inverse, left_out)))
    };
    let (version, (inverse, left_out)) = apply::change(context, turn, &transaction, change).await?;
    let notices: Vec<String> =
        left_out.into_iter().map(|why| format!("A change was left out: {why}")).collect();
    let mut events: Vec<_> = notices.iter().map(|text| event("notice", json!({ "text": text }))).collect();
    events.push(event("changed", json!({ "version": version })));
    events.push(event("stage", json!({ "stage": "done" })));
    let kept = Kept {
        stage: Some(Stage::Done),
        inverse: Some(json!(inverse)),
        made_version: Some(version),
        notices: &notices,
        ..Kept::default()
    };
    stages::keep(&transaction, &context.schema, turn.id, &kept).await?;
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    turn.stage = Stage::Done;
    Ok(())
}

/// The patches of planned changes, with the slides that were written for them; and why some are left out. A slide that a
/// person has edited since it was read stays theirs.
fn patches(turn: &TurnRow, planned: &[Planned], rows: &[SlideRow], deck: &Deck) -> (Vec<Patch>, Vec<String>) {
    let row = |id: &str| rows.iter().find(|row| row.slide_id == id && row.state == "done");
    let read = |json: Option<&str>| serde_json::from_str::<Slide>(json?).ok();
    let slide = |id: &str| read(row(id)?.slide.as_deref());
    let mut edited = Vec::new();
    let is_edited = |id: &SlideId| {
        let was = row(id.as_str()).and_then(|row| read(row.replaces.as_deref()));
        matches!((was, deck.slide(id)), (Some(was), Some(now)) if was != *now)
    };
    for one in planned {
        if let Planned::Rewrite { slide, .. } = one
            && is_edited(slide)
        {
            let number = deck.slides.iter().position(|other| other.id == *slide).map_or(0, |at| at + 1);
            edited.push(format!("slide {number} was edited while the assistant wrote it"));
        }
    }
    let mut added = 0;
    let patches = planned
        .iter()
        .filter_map(|one| match one {
            Planned::SetTheme(theme) => Some(Patch::SetTheme { theme: theme.clone() }),
            Planned::SetTitle(title) => Some(Patch::SetTitle { title: title.clone() }),
            Planned::SetLanguage(language) => Some(Patch::SetLanguage { language: Some(language.clone()) }),
            Planned::Move { slide, after } => {
                Some(Patch::MoveSlide { slide: slide.clone(), after: after.clone() })
            }
            Planned::Remove { slide } => Some(Patch::RemoveSlide { slide: slide.clone() }),
            Planned::Rewrite { slide: id, .. } if is_edited(id) => None,
            Planned::Rewrite { slide: id, .. } => Some(Patch::ReplaceSlide { slide: slide(id.as_str())? }),
            Planned::Add { after, .. } => {
                added += 1;
                let after = match after {
                    At::Start => None,
                    At::After(slide) => Some(slide.clone()),
                    At::AfterNew(number) => SlideId::try_from(added_id(turn, number + 1)).ok(),
                };
                Some(Patch::InsertSlide { slide: slide(&added_id(turn, added))?, after })
            }
        })
        .collect();
    (patches, edited)
}
