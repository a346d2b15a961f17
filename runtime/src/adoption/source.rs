//! The original's tables, as they are read.

use serde_json::Value;

use super::deck::cut;
use super::placeholder::placeholder;
use crate::database::{DatabaseError, Transaction};
use crate::settings::SchemaName;

/// The original's schema, in the transaction that copies it.
pub(super) struct Source<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) schema: &'a SchemaName,
    /// Who gets what names no owner.
    pub(super) owner: &'a str,
}

impl Source<'_> {
    /// A table of the schema as SQL; `None` if it has none of this name.
    pub(super) async fn table(&self, name: &str) -> Result<Option<String>, DatabaseError> {
        let table = format!("{}.{name}", self.schema.quoted());
        let found = self.transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&table]).await?;
        Ok(found.get::<_, bool>(0).then_some(table))
    }

    /// The rows of a small table as JSON, in the order of their ids; none if the table doesn't exist.
    pub(super) async fn rows(&self, name: &str) -> Result<Vec<Value>, DatabaseError> {
        let Some(table) = self.table(name).await? else { return Ok(Vec::new()) };
        let rows =
            self.transaction.query(&format!("SELECT to_jsonb(t) FROM {table} t ORDER BY t.id"), &[]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The id of the placeholder for whom a row names as its owner.
    pub(super) async fn owner(&self, row: &Value) -> Result<String, DatabaseError> {
        // Before 0.2 a client gave `user_id` itself, and most gave none.
        let named =
            text(row, "created_by").or_else(|| text(row, "user_id").filter(|name| name.contains('@')));
        let name = named.unwrap_or(self.owner).trim();
        let (id, shown) = (placeholder(name), cut(name, 255));
        let email = Some(&shown).filter(|name| name.contains('@'));
        self.transaction
            .execute(
                "INSERT INTO users (id, name, email, display_name) VALUES ($1, $2, $3, $2) ON CONFLICT DO NOTHING",
                &[&id, &shown, &email],
            )
            .await?;
        Ok(id)
    }
}

/// A text of a row that says something.
pub(super) fn text<'r>(row: &'r Value, column: &str) -> Option<&'r str> {
    row[column].as_str().filter(|text| !text.trim().is_empty())
}
