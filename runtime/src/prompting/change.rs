//! The form for changes of a deck, and the plan that is made of it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tellr_slides::deck::Deck;
use tellr_slides::id::{SlideId, ThemeId};
use tellr_slides::theme::Theme;

use super::guess::tag_of;
use super::note::{self, Note, NoteKind};
use super::reading::Reader;
use super::slide_layout::SlideLayout;
use super::words;

/// Edits of one answer.
const MAX_EDITS: usize = 40;
const MAX_TITLE: usize = 200;
const MAX_INSTRUCTION: usize = 1_500;
const MAX_REPLY: usize = 1_200;

/// What a model wants to change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Changes {
    /// To the person: what is changed, what is missing.
    pub reply: String,
    /// The changes, in order.
    pub edits: Vec<Edit>,
    /// What was changed when it was read.
    #[serde(skip)]
    pub notes: Vec<Note>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Edit {
    /// What to do.
    pub action: Action,
    /// Id of the slide; empty for `add_slide` and `set_*`.
    pub slide: String,
    /// For `add_slide` and `move_slide`: id of the slide before it, `start`, or empty for the end.
    pub after: String,
    /// Of a new or rewritten slide: its message.
    pub title: String,
    /// Of a new or rewritten slide.
    pub layout: SlideLayout,
    /// Ids of the sources it uses.
    pub sources: Vec<String>,
    /// What to write on a new or rewritten slide.
    pub instruction: String,
    /// For `set_*`: theme, title or language.
    pub value: String,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Action {
    #[default]
    RewriteSlide,
    AddSlide,
    RemoveSlide,
    MoveSlide,
    SetTheme,
    SetTitle,
    SetLanguage,
}

/// A change that can be made. A plan names only slides that the deck has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Sets the deck's theme.
    SetTheme(ThemeId),
    /// Sets the deck's title.
    SetTitle(String),
    /// Sets the deck's language.
    SetLanguage(String),
    /// Moves a slide; none: it becomes the first.
    Move {
        /// Which.
        slide: SlideId,
        /// The slide before its new place.
        after: Option<SlideId>,
    },
    /// Writes a slide anew.
    Rewrite {
        /// Which.
        slide: SlideId,
        /// What is to be written, as the model planned it.
        edit: Edit,
    },
    /// Writes a new slide.
    Add {
        /// Where it goes.
        after: At,
        /// What is to be written, as the model planned it.
        edit: Edit,
    },
    /// Removes a slide.
    Remove {
        /// Which.
        slide: SlideId,
    },
}

/// Where a new slide goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// Before all others.
    Start,
    /// After a slide of the deck.
    After(SlideId),
    /// After the new slide of this plan with this number, from 0: several that go to one place keep their order.
    AfterNew(usize),
}

impl Action {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "rewrite_slide" => Self::RewriteSlide,
            "add_slide" => Self::AddSlide,
            "remove_slide" => Self::RemoveSlide,
            "move_slide" => Self::MoveSlide,
            "set_theme" => Self::SetTheme,
            "set_title" => Self::SetTitle,
            "set_language" => Self::SetLanguage,
            _ if word.contains("theme") || word.contains("style") => Self::SetTheme,
            _ if word.contains("language") || word.contains("translate") => Self::SetLanguage,
            _ if word.starts_with("set") && word.contains("title") => Self::SetTitle,
            _ if word.contains("add") || word.contains("insert") || word.contains("create") => Self::AddSlide,
            _ if word.contains("remove") || word.contains("delete") => Self::RemoveSlide,
            _ if word.contains("move") || word.contains("reorder") => Self::MoveSlide,
            _ if word.contains("rewrite")
                || word.contains("edit")
                || word.contains("change")
                || word.contains("update") =>
            {
                Self::RewriteSlide
            }
            _ => return None,
        })
    }
}

impl Changes {
    /// Reads the changes of a model. No edits are an answer too, if there is a reply.
    ///
    /// # Errors
    /// When there is neither an edit nor a reply. The text tells a model what to mend.
    pub fn read(value: Value) -> Result<Self, String> {
        let mut reader = Reader::new(&value, "changes: {\"reply\", \"edits\": […]}")?;
        let mut unknown = Vec::new();
        let reply = reader.text("reply", MAX_REPLY);
        let edits = reader.list("edits", MAX_EDITS, "edits", |reader| {
            let word = reader.word("action");
            let Some(action) = Action::named(&word) else {
                unknown.push(word);
                return None;
            };
            Some(Edit {
                action,
                slide: reader.line("slide", 64),
                after: reader.line("after", 64),
                title: reader.line("title", MAX_TITLE),
                layout: reader.layout(),
                sources: reader.lines("sources", 8, 16),
                instruction: reader.text("instruction", MAX_INSTRUCTION),
                value: reader.line("value", MAX_TITLE),
            })
        });
        let edits: Vec<Edit> = edits.into_iter().flatten().collect();
        if edits.is_empty() && (reply.is_empty() || !unknown.is_empty()) {
            let known =
                "rewrite_slide, add_slide, remove_slide, move_slide, set_theme, set_title, set_language";
            return Err(format!("There are no edits. Give `edits` with an `action` each: {known}."));
        }
        let mut notes = reader.into_notes();
        for word in unknown {
            note::add(
                &mut notes,
                NoteKind::LeftOut,
                format!("A change of the unknown kind “{word}” was left out"),
            );
        }
        Ok(Self { reply, edits, notes })
    }

    /// What of it can be made of a deck, in the order in which it is made: settings, moves, slides that are
    /// written anew, new slides, and at last the slides that go. `request` is what the person wrote: not all
    /// slides are removed unless it says so. `themes` are those that it may change to.
    pub fn plan(&self, deck: &Deck, request: &str, themes: &[ThemeChoice]) -> (Vec<Planned>, Vec<Note>) {
        let mut notes = self.notes.clone();
        let find = |id: &str| deck.slides.iter().find(|slide| is_slide(slide.id.as_str(), id));
        let (mut settings, mut moves, mut rewrites) = (Vec::new(), Vec::new(), Vec::<Planned>::new());
        let (mut adds, mut removes) = (Vec::<(At, Edit)>::new(), BTreeSet::new());
        for edit in self.edits.iter().take(MAX_EDITS) {
            let slide = find(&edit.slide).map(|slide| slide.id.clone());
            let needs_slide =
                matches!(edit.action, Action::RewriteSlide | Action::RemoveSlide | Action::MoveSlide);
            if needs_slide && slide.is_none() {
                let text = format!(
                    "A change of the slide “{}” was left out: the deck has none with this id",
                    edit.slide
                );
                note::add(&mut notes, NoteKind::LeftOut, text);
                continue;
            }
            match (edit.action, slide) {
                (Action::SetTheme, _) => settings.extend(theme(&edit.value, themes, &mut notes)),
                (Action::SetTitle, _) => {
                    let title =
                        words::line(if edit.value.is_empty() { &edit.title } else { &edit.value }, MAX_TITLE);
                    if !title.is_empty() {
                        settings.push(Planned::SetTitle(title));
                    }
                }
                (Action::SetLanguage, _) => {
                    if let Some(tag) = tag_of(&edit.value) {
                        settings.push(Planned::SetLanguage(tag));
                    } else {
                        let text = format!("The language “{}” isn't known; it was left as it is", edit.value);
                        note::add(&mut notes, NoteKind::LeftOut, text);
                    }
                }
                (Action::AddSlide, _) => {
                    let at = place_of_new(edit, deck, &adds, &mut notes);
                    adds.push((at, edit.clone()));
                }
                (Action::RemoveSlide, Some(slide)) => {
                    removes.insert(slide);
                }
                (Action::MoveSlide, Some(slide)) => {
                    let Some(after) = after_of(edit, deck) else {
                        let text = "A slide was not moved: the deck has no slide with the id that it should go after";
                        note::add(&mut notes, NoteKind::LeftOut, text);
                        continue;
                    };
                    if after.as_ref() != Some(&slide) {
                        moves.push(Planned::Move { slide, after });
                    }
                }
                (Action::RewriteSlide, Some(slide)) => {
                    let same = rewrites.iter_mut().find_map(|planned| match planned {
                        Planned::Rewrite { slide: one, edit } if *one == slide => Some(edit),
                        _ => None,
                    });
                    match same {
                        // What is said twice of a slide is written once.
                        Some(first) => {
                            let both = format!("{}\n{}", first.instruction, edit.instruction);
                            first.instruction = words::text(&both, MAX_INSTRUCTION);
                        }
                        None => rewrites.push(Planned::Rewrite { slide, edit: edit.clone() }),
                    }
                }
                (Action::RewriteSlide | Action::RemoveSlide | Action::MoveSlide, None) => {}
            }
        }
        if !removes.is_empty() && removes.len() >= deck.slides.len() && !asks_for_all(request) {
            let text = "No slides were removed: all would have been, and that wasn't asked for";
            note::add(&mut notes, NoteKind::LeftOut, text);
            removes.clear();
        }
        let goes = |planned: &Planned| match planned {
            Planned::Rewrite { slide, .. } | Planned::Move { slide, .. } => removes.contains(slide),
            _ => false,
        };
        rewrites.retain(|planned| !goes(planned));
        moves.retain(|planned| !goes(planned));
        let mut plan = settings;
        plan.extend(moves);
        plan.extend(rewrites);
        plan.extend(adds.into_iter().map(|(after, edit)| Planned::Add { after, edit }));
        plan.extend(removes.into_iter().map(|slide| Planned::Remove { slide }));
        (plan, notes)
    }
}

/// Whether an id is meant; a model may write it with the case changed or in brackets.
fn is_slide(id: &str, written: &str) -> bool {
    let written = written.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    !written.is_empty() && id.eq_ignore_ascii_case(written)
}

/// The slide before a place; `Some(None)` is the start, and none that there is no such slide.
#[expect(clippy::option_option, reason = "the start, a slide and no such slide are three answers")]
fn after_of(edit: &Edit, deck: &Deck) -> Option<Option<SlideId>> {
    let after = edit.after.trim();
    if after.is_empty() || after.eq_ignore_ascii_case("end") {
        return Some(deck.slides.last().map(|slide| slide.id.clone()));
    }
    if let Some(slide) = deck.slides.iter().find(|slide| is_slide(slide.id.as_str(), after)) {
        return Some(Some(slide.id.clone()));
    }
    matches!(after.to_ascii_lowercase().as_str(), "start" | "beginning" | "first").then_some(None)
}

fn place_of_new(edit: &Edit, deck: &Deck, adds: &[(At, Edit)], notes: &mut Vec<Note>) -> At {
    let at = match after_of(edit, deck) {
        Some(None) => At::Start,
        Some(Some(slide)) => At::After(slide),
        None => {
            let text =
                "A new slide goes to the end: the deck has no slide with the id that it should go after";
            note::add(notes, NoteKind::Changed, text);
            deck.slides.last().map_or(At::Start, |slide| At::After(slide.id.clone()))
        }
    };
    // The last one that goes to the same place, or after one that does.
    let mut last = None;
    for (number, (other, _)) in adds.iter().enumerate() {
        if *other == at || last.is_some_and(|last| *other == At::AfterNew(last)) {
            last = Some(number);
        }
    }
    last.map_or(at, At::AfterNew)
}

fn theme(value: &str, themes: &[ThemeChoice], notes: &mut Vec<Note>) -> Option<Planned> {
    let wanted = words::folded(value);
    let found = themes
        .iter()
        .find(|theme| words::folded(theme.id.as_str()) == wanted || words::folded(&theme.name) == wanted);
    if found.is_none() {
        let names: Vec<&str> = themes.iter().map(|theme| theme.name.as_str()).collect();
        let text = format!("There is no theme “{value}”; choose one of {}", names.join(", "));
        note::add(notes, NoteKind::LeftOut, text);
    }
    found.map(|theme| Planned::SetTheme(theme.id.clone()))
}

/// A theme that a deck can change to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeChoice {
    /// Its id.
    pub id: ThemeId,
    /// What it is called.
    pub name: String,
}

impl ThemeChoice {
    /// As a prompt names it: the ids of our themes are words; those of styles are not. What a person has written is
    /// one line without quotes.
    pub(super) fn named(&self) -> String {
        if !self.id.as_str().starts_with("style-") {
            return format!("`{}`", self.id);
        }
        let name: String = self.name.chars().filter(|c| !c.is_control() && !"`<>".contains(*c)).collect();
        format!("`{}`", words::text(&name, 100))
    }
}

impl From<Theme> for ThemeChoice {
    fn from(theme: Theme) -> Self {
        Self { id: theme.id, name: theme.name }
    }
}

/// Whether the request asks to remove all slides.
fn asks_for_all(request: &str) -> bool {
    let request: String = request.chars().take(5_000).collect::<String>().to_lowercase();
    let tokens: Vec<&str> =
        request.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    let all = [
        "all",
        "every",
        "everything",
        "entire",
        "whole",
        "alle",
        "alles",
        "sämtliche",
        "ganze",
        "ganzen",
        "tous",
        "toutes",
        "todas",
        "todos",
        "tutte",
        "tutti",
        "alla",
    ];
    let over = [
        "start over",
        "from scratch",
        "von vorn",
        "von vorne",
        "neu anfangen",
        "depuis zéro",
        "desde cero",
        "da zero",
        "do zero",
        "opnieuw beginnen",
    ];
    tokens.iter().any(|token| all.contains(token)) || over.iter().any(|words| request.contains(words))
}
