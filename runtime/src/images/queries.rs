//! The statements on images.

use sha2::{Digest as _, Sha256};
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::picture::Picture;
use super::types::Uploaded;
use crate::database::{Database, DatabaseError, Parameter, Transaction};
use crate::identity::User;
use crate::sharing::Caller;
use crate::sharing::queries::{caller_is_known, caller_parameters, role};

/// The most bytes of all images of one person.
const MOST_BYTES: i64 = 1024 * 1024 * 1024;

/// Keeps a picture; also says whether it has no small form yet. The same one of the same person is kept once.
/// None if they have too many.
pub(crate) async fn keep(
    transaction: &Transaction<'_>,
    schema: &str,
    user: &User,
    picture: &Picture,
) -> Result<Option<(Uploaded, bool)>, DatabaseError> {
    let statement = format!(
        "WITH me AS ({}),
              made AS (INSERT INTO {schema}.images (owner, media_type, bytes, size_bytes, sha256, width, height)
                       SELECT $1, $5, $6, octet_length($6), $7, $8, $9
                       WHERE (SELECT coalesce(sum(size_bytes), 0) FROM {schema}.images WHERE owner = $1)
                             + octet_length($6) <= $10
                          OR EXISTS (SELECT FROM {schema}.images WHERE owner = $1 AND sha256 = $7)
                       ON CONFLICT (owner, sha256) DO UPDATE SET name = images.name
                       RETURNING id, width, height, media_type, thumbnail IS NULL)
         SELECT * FROM made",
        caller_is_known(schema)
    );
    let hash = Sha256::digest(&picture.bytes).to_vec();
    let pixels = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let (width, height) = (pixels(picture.width), pixels(picture.height));
    let mut parameters = caller_parameters(user).to_vec();
    parameters.push((&picture.media_type, Type::TEXT));
    parameters.push((&picture.bytes, Type::BYTEA));
    parameters.push((&hash, Type::BYTEA));
    parameters.push((&width, Type::INT4));
    parameters.push((&height, Type::INT4));
    parameters.push((&MOST_BYTES, Type::INT8));
    let rows = transaction.query_typed(&statement, &parameters).await?;
    Ok(rows.first().map(|row| {
        let kept = Uploaded { id: row.get(0), width: row.get(1), height: row.get(2), r#type: row.get(3) };
        (kept, row.get(4))
    }))
}

/// An image as it is served.
pub(super) struct Served {
    pub(super) media_type: String,
    /// None if the caller has it already.
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) sha256: Vec<u8>,
}

/// An image that has no small form, unless it is gone or has one.
pub(super) async fn without_thumbnail(
    transaction: &Transaction<'_>,
    image: Uuid,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    let statement = "SELECT bytes FROM images WHERE id = $1 AND thumbnail IS NULL";
    let rows = transaction.query_typed(statement, &[(&image, Type::UUID)]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Keeps the small form of an image.
pub(super) async fn keep_thumbnail(
    transaction: &Transaction<'_>,
    image: Uuid,
    bytes: &[u8],
) -> Result<(), DatabaseError> {
    let statement = "UPDATE images SET thumbnail = $2 WHERE id = $1";
    transaction.query_typed(statement, &[(&image, Type::UUID), (&bytes, Type::BYTEA)]).await?;
    Ok(())
}

/// Which form of an image is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is kept.
    Full,
    /// The small one, or the image itself as long as there is none.
    Small,
}

/// An image that the caller uploaded, or that is in a deck, or part of a style, that they may see.
pub(super) async fn find(
    database: &Database,
    caller: &Caller,
    image: Uuid,
    form: Form,
    known: Option<&[u8]>,
) -> Result<Option<Served>, DatabaseError> {
    let schema = database.schema().quoted();
    let role = role(&schema, "$1", "$2");
    let shown = match form {
        Form::Full => "SELECT i.bytes, i.sha256 AS hash",
        Form::Small => {
            "SELECT coalesce(i.thumbnail, i.bytes) AS bytes, coalesce(sha256(i.thumbnail), i.sha256) AS hash"
        }
    };
    let statement = format!(
        "SELECT i.media_type, CASE WHEN shown.hash IS DISTINCT FROM $4 THEN shown.bytes END, shown.hash
         FROM {schema}.images i CROSS JOIN LATERAL ({shown}) shown
         WHERE i.id = $3 AND (i.owner = $1 OR EXISTS (
             SELECT FROM {schema}.deck_images x JOIN {schema}.sessions s ON s.id = x.session_id
             WHERE x.image_id = i.id AND {role} IS NOT NULL)
         OR EXISTS (
             SELECT FROM {schema}.style_images x JOIN {schema}.slide_styles t ON t.id = x.style_id
             WHERE x.image_id = i.id AND (
                 (t.is_active AND (t.owner IS NULL OR t.owner = $1))
                 OR EXISTS (SELECT FROM {schema}.deck_styles y JOIN {schema}.sessions s ON s.id = y.session_id
                            WHERE y.style_id = t.id AND {role} IS NOT NULL))))"
    );
    let parameters: [Parameter<'_>; 4] = [
        (&caller.user.id, Type::TEXT),
        (&caller.groups, Type::TEXT_ARRAY),
        (&image, Type::UUID),
        (&known, Type::BYTEA),
    ];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().map(|row| Served { media_type: row.get(0), bytes: row.get(1), sha256: row.get(2) }))
}
