//! What statements need of a deck besides its document: the words to find it by, and its images.

use tellr_slides::block::{Block, Image};
use tellr_slides::deck::Deck;
use tellr_slides::table::Cell;
use uuid::Uuid;

/// The most bytes of texts that are searched: fifty pages of text. PostgreSQL keeps at most 1 MB of words for a
/// row, with their places, and makes several words of a compound or of an address.
const MOST_TEXTS: usize = 100 * 1024;
/// The same of notes.
const MOST_NOTES: usize = 50 * 1024;

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
            append(&mut contents.notes, &slide.notes, MOST_NOTES);
            for block in slide.all_blocks() {
                contents.block(block);
            }
        }
        contents.images.sort_unstable();
        contents.images.dedup();
        contents
    }

    /// The same, with only those images that a deck gains which had `before`. Whoever writes a deck shows the
    /// images that they put in to those who may see the deck; not those that others have named in it.
    #[must_use]
    pub fn gaining(mut self, before: &[Uuid]) -> Self {
        self.images.retain(|image| !before.contains(image));
        self
    }

    fn block(&mut self, block: &Block) {
        let texts = &mut self.texts;
        match block {
            Block::Title(one) | Block::Subtitle(one) => add(texts, &one.text.plain()),
            Block::Text(one) => add(texts, &one.text.plain()),
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
                chart.series.iter().for_each(|series| add(texts, &series.name));
                chart.categories.iter().for_each(|category| add(texts, category));
            }
            Block::Image(image) => self.image(image),
            Block::Quote(quote) => {
                add(texts, &quote.text.plain());
                add(texts, quote.by.as_deref().unwrap_or_default());
            }
            Block::Metric(metric) => add(texts, &metric.label.plain()),
            Block::Steps(steps) => {
                for step in &steps.steps {
                    add(texts, &step.title.plain());
                    add(texts, step.when.as_deref().unwrap_or_default());
                    add(
                        texts,
                        &step.text.as_ref().map(tellr_slides::text::RichText::plain).unwrap_or_default(),
                    );
                }
            }
            Block::Callout(callout) => add(texts, &callout.text.plain()),
            // Their blocks come by themselves.
            Block::Columns(_) | Block::Divider(_) => {}
        }
    }

    fn image(&mut self, image: &Image) {
        add(&mut self.texts, &image.alt);
        add(
            &mut self.texts,
            &image.caption.as_ref().map(tellr_slides::text::RichText::plain).unwrap_or_default(),
        );
        self.images.extend(id_of(image));
    }
}

/// The images that a deck shows, as far as they can be images of this app.
pub fn images_of(deck: &Deck) -> Vec<Uuid> {
    let blocks = deck.slides.iter().flat_map(|slide| slide.all_blocks());
    let images = blocks.filter_map(|block| if let Block::Image(image) = block { id_of(image) } else { None });
    images.collect()
}

fn id_of(image: &Image) -> Option<Uuid> {
    image.image.as_str().parse().ok()
}

/// Appends a text of a slide.
fn add(texts: &mut String, text: &str) {
    append(texts, text, MOST_TEXTS);
}

/// Appends a text, as long as there is room for it.
fn append(words: &mut String, text: &str, most: usize) {
    if !text.is_empty() && words.len().saturating_add(text.len()) < most {
        words.push_str(text);
        words.push('\n');
    }
}
