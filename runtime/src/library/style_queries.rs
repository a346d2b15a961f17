//! The statements on styles that are read from files.

use tellr_slides::id::ImageId;
use tellr_slides::theme::Theme;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::queries::{Text, columns};
use super::types::Style;
use crate::database::{Database, DatabaseError, Parameter};
use crate::identity::User;
use crate::images::picture::Picture;
use crate::images::queries::keep;
use crate::sharing::queries::{caller_is_known, caller_parameters};

/// The most bytes of all files of one person's styles, also of those that were deleted: decks may be drawn in them.
const MOST_BYTES: i64 = 256 * 1024 * 1024;

/// A style that was read from a file.
pub(super) struct NewStyle {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) is_shared: bool,
    /// Its pictures have the names that follow.
    pub(super) theme: Theme,
    pub(super) pictures: Vec<(ImageId, Picture)>,
    pub(super) notes: Vec<String>,
    /// The PowerPoint file that exports go on with.
    pub(super) file: Vec<u8>,
}

/// Why a style isn't kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    TooManyImages,
    TooManyFiles,
}

/// Creates a style with its pictures and its file: the caller's, or a shared one.
pub(super) async fn create(
    database: &Database,
    user: &User,
    new: &NewStyle,
) -> Result<Result<Style, Refusal>, DatabaseError> {
    let schema = database.schema().quoted();
    let mut connection = database.connection().await?;
    let transaction = connection.transaction(database.schema()).await?;
    let (mut theme, mut images) = (new.theme.clone(), Vec::new());
    for (place, picture) in &new.pictures {
        let Some((kept, _)) = keep(&transaction, &schema, user, picture).await? else {
            return Ok(Err(Refusal::TooManyImages));
        };
        let Ok(id) = ImageId::try_from(kept.id.to_string()) else { continue };
        for one in theme.pictures.iter_mut().filter(|one| one.image == *place) {
            one.image = id.clone();
        }
        images.push(kept.id);
    }
    let statement = format!(
        "WITH me AS ({}),
              t AS (INSERT INTO {schema}.slide_styles (id, owner, name, description, category, content, theme, updated_by)
                    SELECT $5, CASE WHEN $6 THEN NULL ELSE $1 END, $7, 'From a PowerPoint file', 'Company', $8,
                           $9::text::jsonb, $1
                    WHERE (SELECT coalesce(sum(size_bytes), 0) FROM {schema}.style_files WHERE created_by = $1)
                          + octet_length($10) <= $13
                    RETURNING *),
              file AS (INSERT INTO {schema}.style_files (style_id, bytes, size_bytes, notes, created_by)
                       SELECT id, $10, octet_length($10), $11, $1 FROM t),
              shown AS (INSERT INTO {schema}.style_images (style_id, image_id)
                        SELECT DISTINCT t.id, i.id FROM t, unnest($12) AS i (id))
         SELECT {} FROM t",
        caller_is_known(&schema),
        columns::<Style>(&schema),
    );
    let json = serde_json::to_string(&theme).unwrap_or_default();
    let mut parameters = caller_parameters(user).to_vec();
    let rest: [Parameter<'_>; 9] = [
        (&new.id, Type::UUID),
        (&new.is_shared, Type::BOOL),
        (&new.name, Type::TEXT),
        (&theme.guidance, Type::TEXT),
        (&json, Type::TEXT),
        (&new.file, Type::BYTEA),
        (&new.notes, Type::TEXT_ARRAY),
        (&images, Type::UUID_ARRAY),
        (&MOST_BYTES, Type::INT8),
    ];
    parameters.extend(rest);
    let rows = transaction.query_typed(&statement, &parameters).await?;
    let Some(row) = rows.first() else { return Ok(Err(Refusal::TooManyFiles)) };
    // Its file was inserted by the same statement, which doesn't see it yet.
    let style = Style { notes: new.notes.clone(), ..Style::read(row) };
    transaction.commit().await?;
    Ok(Ok(style))
}
