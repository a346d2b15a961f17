//! The images of a deck, as files need them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tellr_slides::block::Block;
use tellr_slides::deck::Deck;
use tellr_slides::export::{PictureFile, PictureKind};
use tellr_slides::id::ImageId;
use tellr_slides::theme::Theme;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::database::{Connection, DatabaseError, Parameter};

/// Bytes of all images of a file. They are in memory while it is written, with the file itself.
pub(super) const MOST_BYTES: i64 = 64 * 1024 * 1024;

/// Why a deck's images can't be had.
pub(super) enum NoPictures {
    /// Together they are too large.
    TooLarge(i64),
    /// The database failed.
    Database(DatabaseError),
}

impl From<DatabaseError> for NoPictures {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

/// The images that a deck in a theme shows, by the names it has for them.
pub(super) fn named_in(deck: &Deck, theme: &Theme) -> BTreeMap<Uuid, ImageId> {
    let blocks = deck.slides.iter().flat_map(|slide| slide.all_blocks());
    let images =
        blocks.filter_map(|block| if let Block::Image(image) = block { Some(&image.image) } else { None });
    let of_theme = theme.pictures.iter().map(|picture| &picture.image);
    images.chain(of_theme).filter_map(|id| Some((id.as_str().parse().ok()?, id.clone()))).collect()
}

/// The images of a session's deck, of a person who may see it: those that belong to the deck, and the person's own.
pub(super) async fn load(
    connection: &Connection,
    schema: &str,
    person: &str,
    session: Uuid,
    named: &BTreeMap<Uuid, ImageId>,
) -> Result<BTreeMap<ImageId, PictureFile>, NoPictures> {
    let mut pictures = BTreeMap::new();
    if named.is_empty() {
        return Ok(pictures);
    }
    let ids: Vec<Uuid> = named.keys().copied().collect();
    let seen = format!(
        "FROM {schema}.images i WHERE i.id = ANY ($1) AND (i.owner = $2 OR EXISTS (
             SELECT FROM {schema}.deck_images x WHERE x.image_id = i.id AND x.session_id = $3)
         OR EXISTS (
             SELECT FROM {schema}.style_images x JOIN {schema}.slide_styles t ON t.id = x.style_id
             WHERE x.image_id = i.id AND (
                 (t.is_active AND (t.owner IS NULL OR t.owner = $2))
                 OR EXISTS (SELECT FROM {schema}.deck_styles y WHERE y.style_id = t.id AND y.session_id = $3))))"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&ids, Type::UUID_ARRAY), (&person, Type::TEXT), (&session, Type::UUID)];
    let sizes = connection
        .query(&format!("SELECT coalesce(sum(i.size_bytes), 0)::bigint {seen}"), &parameters)
        .await?;
    let bytes: i64 = sizes.first().map_or(0, |row| row.get(0));
    if bytes > MOST_BYTES {
        return Err(NoPictures::TooLarge(bytes));
    }
    let statement = format!("SELECT i.id, i.media_type, i.bytes, i.width, i.height {seen}");
    for row in connection.query(&statement, &parameters).await? {
        let Some(id) = named.get(&row.get::<_, Uuid>(0)) else { continue };
        let kind = match row.get::<_, &str>(1) {
            "image/png" => PictureKind::Png,
            "image/jpeg" => PictureKind::Jpeg,
            // Uploads are encoded anew as one of these two.
            _ => continue,
        };
        let side = |at: usize| u32::try_from(row.get::<_, i32>(at)).unwrap_or(1).max(1);
        let file = PictureFile { kind, bytes: Arc::new(row.get(2)), width: side(3), height: side(4) };
        pictures.insert(id.clone(), file);
    }
    Ok(pictures)
}
