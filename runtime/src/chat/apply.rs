//! Slides and changes into the deck of a turn, and back.

use serde_json::Value;
use tellr_slides::block::Block;
use tellr_slides::deck::{Deck, Slide};
use tellr_slides::id::SlideId;
use tellr_slides::patch::{self, Patch};
use uuid::Uuid;

use super::context::Context;
use super::stop::Stop;
use super::turn::TurnRow;
use crate::database::Transaction;
use crate::decks::{Contents, blank, deck_of, queries};
use crate::http::blocking;
use crate::jobs::Failure;
use crate::sharing::Role;

/// Changes the deck of a turn within a transaction: its new version, and what the change gives besides.
pub(super) async fn change<T: Send + 'static>(
    context: &Context<'_>,
    turn: &TurnRow,
    transaction: &Transaction<'_>,
    change: impl FnOnce(Deck) -> Result<(Deck, T), Stop> + Send + 'static,
) -> Result<(i64, T), Stop> {
    let person = (turn.author.as_str(), turn.groups.as_slice());
    change_deck(transaction, &context.schema, person, turn.session, change).await
}

/// Changes a deck within a transaction on behalf of a person, by their id and the ids of their groups.
pub(super) async fn change_deck<T: Send + 'static>(
    transaction: &Transaction<'_>,
    schema: &str,
    person: (&str, &[String]),
    session: Uuid,
    change: impl FnOnce(Deck) -> Result<(Deck, T), Stop> + Send + 'static,
) -> Result<(i64, T), Stop> {
    let locked = queries::lock(transaction, schema, person, session).await?;
    let locked = locked.filter(|deck| matches!(deck.role, Some(Role::Owner | Role::Editor)));
    let Some(locked) = locked else {
        return Err(Stop::failed(
            "no_right",
            "You may not change this deck any more. Ask its owner to share it again",
        ));
    };
    let work = move || {
        let deck = deck_of(&locked.document).map_err(|_| {
            Stop::failed("unreadable_deck", "The deck can't be read. The log has the details")
        })?;
        let (deck, more) = change(deck)?;
        Ok::<_, Stop>((Contents::of(&deck), more))
    };
    let (contents, more) =
        blocking(work).await.map_err(|error| Stop::Job(Failure::Retry(error.to_string())))??;
    let version = queries::replace(transaction, schema, person.0, session, &contents).await?;
    Ok((version, more))
}

/// Ids of slides as they are kept; those that can't be ids are left out.
pub(super) fn ids(texts: &[String]) -> Vec<SlideId> {
    texts.iter().filter_map(|text| SlideId::try_from(text.clone()).ok()).collect()
}

/// The deck with a slide of an outline: behind the nearest one of the outline before it that is there. The empty
/// slide that a deck begins with goes with the first one; one that a person adds later stays.
pub(super) fn with_slide(deck: Deck, slide: Slide, earlier: &[SlideId]) -> Result<Deck, Stop> {
    let mut patches = Vec::new();
    if deck.slide(&slide.id).is_some() {
        patches.push(Patch::ReplaceSlide { slide });
    } else {
        let after = earlier.iter().rev().find(|id| deck.slide(id).is_some()).cloned();
        patches.push(Patch::InsertSlide { slide, after });
        let empty = deck.slides.iter().filter(|_| is_blank(&deck));
        patches.extend(empty.map(|slide| Patch::RemoveSlide { slide: slide.id.clone() }));
    }
    patch::apply_all(deck, patches).map(|(deck, _)| deck).map_err(|(_, error)| {
        Stop::failed("no_room", format!("A slide could not be put into the deck: {error}"))
    })
}

/// Whether a deck has nothing in it that a person or the assistant has written.
pub(super) fn is_blank(deck: &Deck) -> bool {
    deck.slides.iter().all(is_empty)
}

fn is_empty(slide: &Slide) -> bool {
    slide.notes.is_empty()
        && slide.blocks.iter().all(|block| match block {
            Block::Title(heading) | Block::Subtitle(heading) => heading.text.as_str().trim().is_empty(),
            Block::Text(text) => text.text.as_str().trim().is_empty(),
            _ => false,
        })
}

/// Applies patches one after another; those that don't fit the deck any more are left out. The deck, the patches
/// that take the change back, and why some were left out.
pub(super) fn with_patches(mut deck: Deck, patches: Vec<Patch>) -> (Deck, Vec<Patch>, Vec<String>) {
    let (mut inverse, mut left_out) = (Vec::new(), Vec::new());
    for one in patches {
        match patch::apply(&deck, &one) {
            Ok((changed, back)) => {
                deck = changed;
                inverse.push(back);
            }
            Err(error) => left_out.push(error.to_string()),
        }
    }
    inverse.reverse();
    (deck, inverse, left_out)
}

/// That slides are as a turn has written them: what people have changed since is not taken back with it.
pub(super) fn unchanged(deck: &Deck, written: &[Slide]) -> Result<(), Stop> {
    let is_changed = |slide: &&Slide| deck.slide(&slide.id).is_some_and(|now| now != *slide);
    match written.iter().find(is_changed) {
        None => Ok(()),
        Some(slide) => {
            let number = deck.slides.iter().position(|one| one.id == slide.id).map_or(0, |at| at + 1);
            Err(changed_since(&format!("slide {number} was edited after it was written")))
        }
    }
}

/// The deck without what a turn has made: the slides of an outline, as far as they are there.
pub(super) fn without_slides(deck: Deck, slides: &[SlideId]) -> Result<Deck, Stop> {
    let mut patches: Vec<Patch> = Vec::new();
    let gone: Vec<&SlideId> = slides.iter().filter(|id| deck.slide(id).is_some()).collect();
    if gone.len() == deck.slides.len() {
        patches.extend(blank().slides.into_iter().map(|slide| Patch::InsertSlide { slide, after: None }));
    }
    patches.extend(gone.into_iter().map(|slide| Patch::RemoveSlide { slide: slide.clone() }));
    patch::apply_all(deck, patches)
        .map(|(deck, _)| deck)
        .map_err(|(_, error)| changed_since(&error.to_string()))
}

/// The deck with a change taken back.
pub(super) fn taken_back(deck: Deck, inverse: Value) -> Result<Deck, Stop> {
    let patches: Vec<Patch> = serde_json::from_value(inverse)
        .map_err(|_| changed_since("the change was kept by another version of the app"))?;
    patch::apply_all(deck, patches)
        .map(|(deck, _)| deck)
        .map_err(|(_, error)| changed_since(&error.to_string()))
}

fn changed_since(why: &str) -> Stop {
    Stop::failed(
        "changed_since",
        format!(
            "The deck has changed since, so this can't be taken back: {why}. Use the deck's history instead"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slide(id: &str, title: &str) -> Slide {
        let json = serde_json::json!({ "id": id, "layout": "title_and_text",
            "blocks": [{ "type": "title", "id": format!("{id}-t"), "text": title }] });
        serde_json::from_value(json).expect("a slide")
    }

    fn id(id: &str) -> SlideId {
        SlideId::try_from(id.to_owned()).expect("an id")
    }

    fn ids(deck: &Deck) -> Vec<&str> {
        deck.slides.iter().map(|slide| slide.id.as_str()).collect()
    }

    #[test]
    fn slides_that_come_in_any_order_stand_in_that_of_the_outline() {
        let earlier = [id("a1"), id("a2"), id("a3")];
        let deck = with_slide(blank(), slide("a2", "Two"), &earlier[..1]).expect("fits");
        assert_eq!(ids(&deck), ["a2"], "the empty slide has gone");
        let deck = with_slide(deck, slide("a4", "Four"), &earlier).expect("fits");
        let deck = with_slide(deck, slide("a1", "One"), &[]).expect("fits");
        let deck = with_slide(deck, slide("a3", "Three"), &earlier[..2]).expect("fits");
        assert_eq!(ids(&deck), ["a1", "a2", "a3", "a4"]);
        let again = with_slide(deck, slide("a3", "Three again"), &earlier[..2]).expect("fits");
        assert_eq!(ids(&again), ["a1", "a2", "a3", "a4"], "a slide that is there is replaced");
    }

    #[test]
    fn an_empty_slide_that_a_person_adds_stays() {
        let deck = with_slide(blank(), slide("a1", "One"), &[]).expect("fits");
        let added = Patch::InsertSlide { slide: slide("own", ""), after: None };
        let (deck, _, _) = with_patches(deck, vec![added]);
        let deck = with_slide(deck, slide("a2", "Two"), &[id("a1")]).expect("fits");
        assert_eq!(ids(&deck), ["own", "a1", "a2"]);
    }

    #[test]
    fn what_people_have_edited_since_is_found() {
        let written = slide("a1", "One");
        let deck = with_slide(blank(), written.clone(), &[]).expect("fits");
        assert!(unchanged(&deck, &[written.clone(), slide("gone", "Gone")]).is_ok());
        let edited = Patch::ReplaceSlide { slide: slide("a1", "Edited") };
        let (deck, _, _) = with_patches(deck, vec![edited]);
        assert!(unchanged(&deck, &[written]).is_err());
    }

    #[test]
    fn what_a_turn_has_made_is_taken_back_and_leaves_a_deck() {
        let deck = with_slide(blank(), slide("a1", "One"), &[]).expect("fits");
        let deck = without_slides(deck, &[id("a1"), id("a2")]).expect("fits");
        assert!(is_blank(&deck) && deck.slides.len() == 1);
    }

    #[test]
    fn a_patch_that_does_not_fit_any_more_is_left_out() {
        let deck = with_slide(blank(), slide("a1", "One"), &[]).expect("fits");
        let patches =
            vec![Patch::RemoveSlide { slide: id("gone") }, Patch::SetTitle { title: "New".to_owned() }];
        let (changed, inverse, left_out) = with_patches(deck.clone(), patches);
        assert_eq!((changed.title.as_str(), left_out.len()), ("New", 1));
        let inverse = serde_json::to_value(inverse).expect("JSON");
        assert_eq!(taken_back(changed, inverse).expect("fits"), deck);
    }
}
