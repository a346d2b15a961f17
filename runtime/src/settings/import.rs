//! Data of the original Tellr that is copied at the first start.

use super::SchemaName;
use super::variables::Reader;

const SCHEMA: &str = "TELLR_IMPORT_SCHEMA";
const OWNER: &str = "TELLR_IMPORT_OWNER";

/// Data of the original Tellr that is copied at the first start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSettings {
    /// Its schema, in the app's database.
    pub schema: SchemaName,
    /// The user name of the person who gets sessions that name no owner.
    pub owner: String,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<ImportSettings> {
    let (schema, owner) = (reader.text(SCHEMA), reader.text(OWNER));
    let own = reader.text("LAKEBASE_SCHEMA").unwrap_or_else(|| "app_data".to_owned());
    let schema = schema?;
    if schema == own {
        reader.problem(SCHEMA, "is the app's own schema; data is copied from another one".to_owned());
        return None;
    }
    let Some(owner) = owner.filter(|owner| owner.len() <= 255) else {
        reader.problem(
            OWNER,
            format!(
                "is needed with {SCHEMA}: the user name of the person who gets sessions without an owner"
            ),
        );
        return None;
    };
    match SchemaName::parse(&schema) {
        Ok(schema) => Some(ImportSettings { schema, owner }),
        Err(message) => {
            reader.problem(SCHEMA, message);
            None
        }
    }
}
