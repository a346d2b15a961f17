//! The theme of a deck.
//!
//! A deck names its theme. The themes that come with the app are known by their names; `style-<uuid>` is the theme
//! of a slide style that was read from a company's file. Whoever may see a deck sees it in its theme: the styles
//! that a deck is drawn in are linked to it when it is written. A theme that isn't known, or that the person may
//! not see, is replaced by the first one of the app, so that a deck can always be drawn.

use tellr_slides::id::ThemeId;
use tellr_slides::theme::{Theme, built_in};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::database::{Connection, Database, DatabaseError, Parameter};
use crate::identity::User;
use crate::sharing::Caller;
use crate::sharing::queries::role;

/// Themes of styles that one person is shown.
const MOST_THEMES: i64 = 200;

/// The id of the theme of a style.
pub fn id_of(style: Uuid) -> Option<ThemeId> {
    ThemeId::try_from(format!("style-{style}")).ok()
}

/// The style whose theme has this id, if it can be one's.
pub fn style_of(id: &str) -> Option<Uuid> {
    let style: Uuid = id.strip_prefix("style-")?.parse().ok()?;
    // In other ways of writing it would be another theme.
    id.ends_with(&style.to_string()).then_some(style)
}

/// The first theme of the app, or the one with this id.
pub fn built_in_or_first(id: &ThemeId) -> Theme {
    let mut themes = built_in();
    let at = themes.iter().position(|theme| theme.id == *id).unwrap_or(0);
    themes.swap_remove(at)
}

/// The theme of the deck of a session, as it is drawn for a person who may see the deck; the first one of the app if
/// it isn't known.
pub async fn of_deck(
    connection: &Connection,
    schema: &str,
    person: &str,
    session: Uuid,
    id: &ThemeId,
) -> Result<Theme, DatabaseError> {
    let Some(style) = style_of(id.as_str()) else { return Ok(built_in_or_first(id)) };
    let statement = format!("SELECT t.theme::text, t.name FROM {schema}.slide_styles t {}", seen(schema));
    let parameters: [Parameter<'_>; 3] =
        [(&style, Type::UUID), (&person, Type::TEXT), (&session, Type::UUID)];
    let rows = connection.query(&statement, &parameters).await?;
    let theme = rows.first().and_then(|row| read(row.get(0), row.get(1)));
    Ok(theme.unwrap_or_else(|| built_in_or_first(id)))
}

/// The PowerPoint file that the style of a deck goes on with, if it has one.
pub async fn file_of_deck(
    connection: &Connection,
    schema: &str,
    person: &str,
    session: Uuid,
    id: &ThemeId,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    let Some(style) = style_of(id.as_str()) else { return Ok(None) };
    let statement = format!(
        "SELECT f.bytes FROM {schema}.slide_styles t JOIN {schema}.style_files f ON f.style_id = t.id {}",
        seen(schema)
    );
    let parameters: [Parameter<'_>; 3] =
        [(&style, Type::UUID), (&person, Type::TEXT), (&session, Type::UUID)];
    Ok(connection.query(&statement, &parameters).await?.first().map(|row| row.get(0)))
}

/// SQL: the style `$1` (alias `t`), if the person `$2` may see it, or if the deck of the session `$3` is drawn in it.
fn seen(schema: &str) -> String {
    format!(
        "WHERE t.id = $1 AND t.theme IS NOT NULL AND (
             (t.is_active AND (t.owner IS NULL OR t.owner = $2))
             OR EXISTS (SELECT FROM {schema}.deck_styles y WHERE y.style_id = t.id AND y.session_id = $3))"
    )
}

/// The themes of the styles that a person can use, by name.
pub async fn of_person(
    connection: &Connection,
    schema: &str,
    person: &str,
) -> Result<Vec<Theme>, DatabaseError> {
    let statement = format!(
        "SELECT t.theme::text, t.name FROM {schema}.slide_styles t
         WHERE t.theme IS NOT NULL AND t.is_active AND (t.owner IS NULL OR t.owner = $1)
         ORDER BY lower(t.name), t.id LIMIT $2"
    );
    let parameters: [Parameter<'_>; 2] = [(&person, Type::TEXT), (&MOST_THEMES, Type::INT8)];
    let rows = connection.query(&statement, &parameters).await?;
    Ok(rows.iter().filter_map(|row| read(row.get(0), row.get(1))).collect())
}

/// The themes that a caller can choose: those of the app, the default first, and those of styles.
pub(super) async fn all(database: &Database, user: &User) -> Result<Vec<Theme>, DatabaseError> {
    let mut themes = built_in();
    let connection = database.connection().await?;
    themes.extend(of_person(&connection, &database.schema().quoted(), &user.id).await?);
    Ok(themes)
}

/// A theme that a caller can choose, or that a deck is drawn in that they may see.
pub(super) async fn find(
    database: &Database,
    caller: &Caller,
    id: &str,
) -> Result<Option<Theme>, DatabaseError> {
    if let Some(theme) = built_in().into_iter().find(|theme| theme.id.as_str() == id) {
        return Ok(Some(theme));
    }
    let Some(style) = style_of(id) else { return Ok(None) };
    let schema = database.schema().quoted();
    let role = role(&schema, "$2", "$3");
    let statement = format!(
        "SELECT t.theme::text, t.name FROM {schema}.slide_styles t
         WHERE t.id = $1 AND t.theme IS NOT NULL AND (
             (t.is_active AND (t.owner IS NULL OR t.owner = $2))
             OR EXISTS (SELECT FROM {schema}.deck_styles y JOIN {schema}.sessions s ON s.id = y.session_id
                        WHERE y.style_id = t.id AND {role} IS NOT NULL))"
    );
    let parameters: [Parameter<'_>; 3] =
        [(&style, Type::UUID), (&caller.user.id, Type::TEXT), (&caller.groups, Type::TEXT_ARRAY)];
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    Ok(rows.first().and_then(|row| read(row.get(0), row.get(1))))
}

/// A theme as it is kept. A style may have been renamed since.
fn read(json: &str, name: &str) -> Option<Theme> {
    match serde_json::from_str::<Theme>(json) {
        Ok(theme) => Some(Theme { name: name.to_owned(), ..theme }),
        Err(error) => {
            tracing::warn!(%error, "the theme of a style can't be read; it was kept by another version of the app");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_known_by_one_id_only() {
        let style = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id_of(style).and_then(|id| style_of(id.as_str())), Some(style));
        for other in ["clear", "style-", "style-0123456789abcdef0123456789abcdef", &format!("{style}")] {
            assert_eq!(style_of(other), None, "{other}");
        }
        assert_eq!(style_of(&format!("style-{}", style.to_string().to_uppercase())), None);
    }
}
