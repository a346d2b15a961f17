//! Rebuilds the words that a deck is found by. Whoever changes a deck asks for it in the same transaction.

use serde_json::{Value, json};
use tellr_slides::block::Block;
use tellr_slides::deck::Deck;
use tellr_slides::read;
use tellr_slides::table::Cell;
use uuid::Uuid;

use crate::jobs::outcome::{Done, Failure};
use crate::jobs::running::Running;
use crate::jobs::types::{IfRunning, NewJob, Unique};
use crate::jobs::work::{Attempt, Work};

const KIND: &str = "search_index";
/// The most that is indexed of titles, of texts and of notes, in bytes each. PostgreSQL keeps 1 MB of words, and
/// makes several of a compound or of an address.
const LONGEST: usize = 50_000;

/// Rebuilds the words that a deck is found by.
#[derive(Clone, Copy, Debug)]
pub struct SearchIndex;

/// The job for the deck of this session. One that runs already is done once more: it may have read the deck
/// before it was changed.
pub fn of(session: Uuid) -> NewJob {
    let unique = Unique { key: format!("{KIND} {session}"), if_running: IfRunning::RunAgain };
    NewJob { session: Some(session), unique: Some(unique), ..NewJob::new(KIND) }
}

impl Work for SearchIndex {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(rebuild(job))
    }
}

async fn rebuild(job: &Running) -> Result<Done, Failure> {
    let session = job.session().ok_or_else(|| Failure::Final("The job names no session".to_owned()))?;
    let Some((document, version)) = job.deck(session).await? else {
        return Ok(Done::Succeeded(Value::Null));
    };
    let deck = read::from_value(document)
        .map_err(|error| Failure::Retry(format!("The deck can't be read: {error}")))?;
    let words = Words::of(&deck);
    let mut connection = job.connection().await?;
    let transaction = job.begin(&mut connection).await?;
    job.set_search(&transaction, session, version, [&words.titles, &words.texts, &words.notes]).await?;
    let done = job.succeed(&transaction, json!({ "version": version })).await?;
    transaction.commit().await?;
    Ok(done)
}

/// The words of a deck, by weight.
#[derive(Default)]
struct Words {
    titles: String,
    texts: String,
    notes: String,
}

impl Words {
    fn of(deck: &Deck) -> Self {
        let mut words = Self::default();
        add(&mut words.titles, &deck.title);
        for slide in &deck.slides {
            for block in slide.all_blocks() {
                words.add_block(block);
            }
            add(&mut words.notes, &slide.notes);
        }
        words
    }

    fn add_block(&mut self, block: &Block) {
        let texts = &mut self.texts;
        match block {
            Block::Title(heading) | Block::Subtitle(heading) => add(&mut self.titles, &heading.text.plain()),
            Block::Text(paragraphs) => add(texts, &paragraphs.text.plain()),
            Block::Bullets(list) | Block::Numbered(list) => {
                list.items.iter().for_each(|item| add(texts, &item.text.plain()));
            }
            Block::Table(table) => {
                table.columns.iter().for_each(|column| add(texts, &column.title.plain()));
                for cell in table.rows.iter().flatten() {
                    if let Cell::Text(text) = cell {
                        add(texts, &text.plain());
                    }
                }
            }
            Block::Chart(chart) => {
                chart.categories.iter().for_each(|category| add(texts, category));
                chart.series.iter().for_each(|series| add(texts, &series.name));
            }
            Block::Image(image) => {
                add(texts, &image.alt);
                image.caption.iter().for_each(|caption| add(texts, &caption.plain()));
            }
            Block::Quote(quote) => {
                add(texts, &quote.text.plain());
                quote.by.iter().for_each(|by| add(texts, by));
            }
            Block::Metric(metric) => add(texts, &metric.label.plain()),
            Block::Steps(steps) => {
                for step in &steps.steps {
                    add(texts, &step.title.plain());
                    step.text.iter().for_each(|text| add(texts, &text.plain()));
                }
            }
            Block::Callout(callout) => add(texts, &callout.text.plain()),
            // What is in columns comes by itself.
            Block::Columns(_) | Block::Divider(_) => {}
        }
    }
}

fn add(to: &mut String, text: &str) {
    let room = LONGEST.saturating_sub(to.len());
    let mut end = text.len().min(room);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    to.push_str(&text[..end]);
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        let mut text = "x".repeat(LONGEST - 1);
        add(&mut text, "ä");
        assert_eq!(text.len(), LONGEST, "the letter has two bytes, and there was room for one");
        add(&mut text, "more");
        assert!(text.ends_with('\n') && !text.contains("more"));
    }
}
