//! From a deck's row to the bytes of a file.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use tellr_slides::deck::Deck;
use tellr_slides::export::{Export, ExportError, PictureFile};
use tellr_slides::id::{ImageId, SlideId};
use tellr_slides::layout::{lay_out, lay_out_all};
use tellr_slides::pptx::template::Template;
use tellr_slides::theme::Theme;
use tellr_slides::{html, pdf, pptx, svg};
use tokio::sync::watch;
use uuid::Uuid;

use super::bundle;
use super::format::Format;
use super::pictures::{self, MOST_BYTES, NoPictures};
use super::{queries, warnings};
use crate::database::{Connection, Database, DatabaseError};
use crate::decks::{DeckWork, deck_of, themes};
use crate::http::{ApiError, Rejection, blocking};
use crate::jobs::{Failure, Running};
use crate::sharing::{Caller, no_deck};
use crate::typesetting::{fonts, with_text};

/// Writes files of decks; cheap to clone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Maker {
    _private: (),
}

/// A file that was written.
pub struct Made {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The deck's title.
    pub title: String,
    /// The deck's version.
    pub version: i64,
    /// The number of its slides.
    pub slides: usize,
    /// What of the deck isn't in it as it was meant, for the person.
    pub warnings: Vec<String>,
}

/// What a job that writes files says in its payload about the person it is done for.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The ids of their groups.
    #[serde(default)]
    groups: Vec<String>,
    /// The author in the file's properties.
    #[serde(default)]
    author: Option<String>,
}

/// All that a file is written from.
pub struct Source {
    /// The deck.
    pub deck: Deck,
    /// How it looks.
    pub theme: Theme,
    /// Its images.
    pub pictures: BTreeMap<ImageId, PictureFile>,
    /// The author in the file's properties.
    pub author: Option<String>,
    /// The company's file that a PowerPoint file goes on with.
    pub template: Option<Template>,
}

impl Maker {
    /// A slide as SVG, and the deck's title, for a caller who may see the deck; none if there is no such slide.
    ///
    /// # Errors
    /// 404 if they may not see the deck; 503 if there was no turn; those of the database.
    pub async fn picture(
        self,
        database: &Database,
        work: &DeckWork,
        caller: &Caller,
        session: Uuid,
        slide: &str,
    ) -> Result<Option<(String, String)>, ApiError> {
        let Ok(slide) = SlideId::try_from(slide.to_owned()) else { return Ok(None) };
        let schema = database.schema().quoted();
        let (person, groups) = (caller.user.id.as_str(), caller.groups.as_slice());
        // No connection is held while a turn is waited for.
        let kept = queries::deck(&database.connection().await?, &schema, (person, groups), session).await?;
        let (document, _) = kept.ok_or_else(no_deck)?;
        let bytes = document.len();
        let of_slide = move || {
            let mut deck = deck_of(&document)?;
            let at = deck.slides.iter().position(|one| one.id == slide);
            Ok::<_, ApiError>(at.map(|at| {
                deck.slides = vec![deck.slides.swap_remove(at)];
                (deck, at + 1)
            }))
        };
        let Some((deck, number)) = work.run(&caller.user, bytes, of_slide).await? else { return Ok(None) };
        let connection = database.connection().await?;
        let theme = themes::of_deck(&connection, &schema, person, session, &deck.theme).await?;
        let named = pictures::named_in(&deck, &theme);
        let loaded = pictures::load(&connection, &schema, person, session, &named).await;
        let pictures = loaded.map_err(|why| match why {
            NoPictures::Database(error) => error.into(),
            NoPictures::TooLarge(_) => {
                ApiError::from(Rejection::invalid("The images of this slide are too large"))
            }
        })?;
        drop(connection);
        let draw = move || {
            let list = with_text(|text| lay_out(text, &theme, &deck, &deck.slides[0], number));
            let slides = std::slice::from_ref(&list);
            let export = Export {
                deck: &deck,
                theme: &theme,
                slides,
                fonts: fonts(),
                pictures: &pictures,
                author: None,
            };
            Ok::<_, ApiError>((deck.title.clone(), svg::standalone(&list, &export)))
        };
        work.run(&caller.user, bytes, draw).await.map(Some)
    }

    /// Writes the deck of a session for the owner of a job, if they may still see it. Tells the job's progress up
    /// to `percent`.
    ///
    /// # Errors
    /// Those of the database; [`Failure::Final`] with words for people if the deck is gone, or too large.
    pub async fn make(
        self,
        job: &Running,
        session: Uuid,
        format: Format,
        percent: u8,
    ) -> Result<Made, Failure> {
        let Asked { groups, author } = job.payload()?;
        let person = job.owner().unwrap_or_default();
        let schema = job.schema();
        let (source, version) = {
            let connection = job.connection().await?;
            let kept = queries::deck(&connection, &schema, (person, &groups), session).await?;
            let Some((document, version)) = kept else {
                return Err(Failure::Final(
                    "The deck was deleted, or isn't shared with you any more. Ask its owner".to_owned(),
                ));
            };
            let deck = blocking(move || deck_of(&document)).await;
            let deck = deck.ok().and_then(Result::ok).ok_or_else(|| {
                Failure::Final("The deck can't be read. The log of the app has the details".to_owned())
            })?;
            let theme = themes::of_deck(&connection, &schema, person, session, &deck.theme).await?;
            let named = pictures::named_in(&deck, &theme);
            let pictures =
                pictures::load(&connection, &schema, person, session, &named).await.map_err(refused)?;
            let template = match format {
                Format::Pptx(_) => template(&connection, &schema, person, session, &deck).await?,
                _ => None,
            };
            (Source { deck, theme, pictures, author, template }, version)
        };
        let (title, slides) = (source.deck.title.clone(), source.deck.slides.len());
        let Written { bytes, warnings } = written_telling(job, source, format, percent).await?;
        Ok(Made { bytes, title, version, slides, warnings })
    }
}

/// The company's file that a deck's theme was made of. One that can't be read any more is no reason not to export.
async fn template(
    connection: &Connection,
    schema: &str,
    person: &str,
    session: Uuid,
    deck: &Deck,
) -> Result<Option<Template>, DatabaseError> {
    let file = themes::file_of_deck(connection, schema, person, session, &deck.theme).await?;
    let Some(file) = file else { return Ok(None) };
    let read = blocking(move || pptx::template::read(&file)).await;
    match read {
        Ok(Ok(template)) => Ok(Some(template)),
        Ok(Err(error)) => {
            tracing::warn!(%error, theme = %deck.theme, "the file of a style can't be read; the export has our master");
            Ok(None)
        }
        Err(_) => Ok(None),
    }
}

fn refused(why: NoPictures) -> Failure {
    match why {
        NoPictures::Database(error) => Failure::Database(error),
        NoPictures::TooLarge(bytes) => Failure::Final(format!(
            "The images of this deck have {} MB together, and a file can have {} MB of them. Use smaller images, or \
             export the deck in two parts",
            bytes / 1_000_000,
            MOST_BYTES / 1_000_000
        )),
    }
}

/// Sets a flag when it is dropped: the writer on its thread then stops at the next slide.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn written_telling(
    job: &Running,
    source: Source,
    format: Format,
    percent: u8,
) -> Result<Written, Failure> {
    let slides = source.deck.slides.len().max(1);
    let stopped = Arc::new(AtomicBool::new(false));
    let _stop = StopOnDrop(Arc::clone(&stopped));
    let (sender, mut receiver) = watch::channel(0_usize);
    let work = blocking(move || {
        write(&source, format, &mut |done| {
            let _ = sender.send(done);
            if stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    tokio::pin!(work);
    let mut told = 0;
    let written = loop {
        tokio::select! {
            biased;
            written = &mut work => break written,
            changed = receiver.changed() => {
                if changed.is_err() {
                    break work.await;
                }
                let done = (*receiver.borrow_and_update()).min(slides);
                let part = u8::try_from(done * usize::from(percent) / slides).unwrap_or(percent);
                // A write to the database a slide would take longer than the slide.
                if part >= told + 5 {
                    told = part;
                    job.progress(part).await?;
                }
            }
        }
    };
    written.map_err(|error| Failure::Retry(format!("The file could not be written: {error}")))?.map_err(
        |error| {
            tracing::warn!(%error, format = format.key(), "an export failed");
            Failure::Final(format!(
                "The file could not be written: {error}. Try another format, and report this"
            ))
        },
    )
}

/// The bytes of a file, and what of the deck isn't in it as it was meant.
pub struct Written {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// For the person, a line for each slide.
    pub warnings: Vec<String>,
}

/// Writes a file. Keeps a processor busy.
///
/// # Errors
/// If the writer was stopped, or a library refused what it was given.
pub fn write(
    source: &Source,
    format: Format,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Written, ExportError> {
    let Source { deck, theme, pictures, author, template } = source;
    if format == Format::Deck {
        let bytes = bundle::write(deck, pictures)
            .map_err(|error| ExportError::Unwritable { file: "deck file", reason: error.to_string() })?;
        return Ok(Written { bytes, warnings: Vec::new() });
    }
    let slides = with_text(|text| lay_out_all(text, theme, deck));
    let export = Export { deck, theme, slides: &slides, fonts: fonts(), pictures, author: author.as_deref() };
    let bytes = match format {
        Format::Pptx(lines) => pptx::write(&export, lines, template.as_ref(), progress),
        Format::Pdf(pages) => pdf::write(&export, pages, progress),
        Format::Html | Format::Deck => html::write(&export, progress),
    }?;
    Ok(Written { bytes, warnings: warnings::of(&export, format) })
}
