//! What statements need of a deck besides its document: the words to find it by, and its images.

use tellr_slides::block::{Block, Image};
use tellr_slides::deck::Deck;
use tellr_slides::table::Cell;
use uuid::Uuid;

/// The most bytes of words that are searched. PostgreSQL keeps at most 1 MB of them for a row, with their
/// places; a deck of a thousand pages of text has less than this.
const MOST_WORDS: usize = 200 * 1024;

/// What statements need of a deck besides its document.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The document as JSON.
    pub document: String,
    /// The deck's title.
    pub title: String,
    /// The texts of its slides.
    pub texts: String,
    /// Its speaker notes.
    pub notes: String,
    /// The images that it shows, as far as they can be images of this app.
    pub images: Vec<Uuid>,
}

impl Contents {
    /// Of a deck.
    pub fn of(deck: &Deck) -> Self {
        let document = serde_json::to_string(deck).unwrap_or_default();
        let mut contents = Self { document, title: deck.title.clone(), ..Self::default() };
        for slide in &deck.slides {
            append(&mut contents.notes, &slide.notes);
            for block in slide.all_blocks() {
                contents.block(block);
            }
        }
        contents.images.sort_unstable();
        contents.images.dedup();
        contents
    }

    fn block(&mut self, block: &Block) {
        let texts = &mut self.texts;
        match block {
            Block::Title(one) | Block::Subtitle(one) => append(texts, &one.text.plain()),
            Block::Text(one) => append(texts, &one.text.plain()),
            Block::Bullets(list) | Block::Numbered(list) => {
                list.items.iter().for_each(|item| append(texts, &item.text.plain()));
            }
            Block::Table(table) => {
                table.columns.iter().for_each(|column| append(texts, &column.title.plain()));
                for cell in table.rows.iter().flatten() {
                    if let Cell::Text(text) = cell {
                        append(texts, &text.plain());
                    }
                }
            }
            Block::Chart(chart) => {
                chart.series.iter().for_each(|series| append(texts, &series.name));
                chart.categories.iter().for_each(|category| append(texts, category));
            }
            Block::Image(image) => self.image(image),
            Block::Quote(quote) => {
                append(texts, &quote.text.plain());
                append(texts, quote.by.as_deref().unwrap_or_default());
            }
            Block::Metric(metric) => append(texts, &metric.label.plain()),
            Block::Steps(steps) => {
                for step in &steps.steps {
                    append(texts, &step.title.plain());
                    append(texts, step.when.as_deref().unwrap_or_default());
                    append(
                        texts,
                        &step.text.as_ref().map(tellr_slides::text::RichText::plain).unwrap_or_default(),
                    );
                }
            }
            Block::Callout(callout) => append(texts, &callout.text.plain()),
            // Their blocks come by themselves.
            Block::Columns(_) | Block::Divider(_) => {}
        }
    }

    fn image(&mut self, image: &Image) {
        append(&mut self.texts, &image.alt);
        append(
            &mut self.texts,
            &image.caption.as_ref().map(tellr_slides::text::RichText::plain).unwrap_or_default(),
        );
        if let Ok(id) = image.image.as_str().parse() {
            self.images.push(id);
        }
    }
}

/// Appends a text, as long as there is room for it.
fn append(words: &mut String, text: &str) {
    if !text.is_empty() && words.len().saturating_add(text.len()) < MOST_WORDS {
        words.push_str(text);
        words.push('\n');
    }
}
