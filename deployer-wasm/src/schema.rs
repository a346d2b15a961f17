//! The schema step: what is done to the database, as SQL that a host runs.
//!
//! The logic has no connection to a database; the host has one, and is given a typed operation.
//! Hosts written in Rust render it here; a host written in another language is handed the
//! rendered [`Script`]. Either way the statements exist once, are plain text without parameters
//! (identifiers and literals are quoted in `quote`), and answer in text.
//!
//! Every operation can run twice with the effect of once. All of them are one transaction: a
//! reset that fails leaves the schema as it was. The app's role gets rights on its schema and
//! nothing else; it is not made a superuser.

use serde::{Deserialize, Serialize};

use crate::config::SchemaName;

mod quote;
mod script;

pub use script::{Script, script};

/// What is to be done to the app's schema. `role` is the app's role in the database: the
/// client id of its service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "operation")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOperation {
    /// Make the schema if it isn't there, and give the role its rights.
    SetUp {
        /// The schema.
        schema: SchemaName,
        /// The app's role, which has to exist.
        role: String,
    },
    /// Drop the schema with everything in it, make it anew, and give the role its rights.
    Reset {
        /// The schema.
        schema: SchemaName,
        /// The app's role, which has to exist.
        role: String,
    },
    /// Drop the schema with everything in it.
    Drop {
        /// The schema.
        schema: SchemaName,
    },
    /// Look, and change nothing.
    Inspect {
        /// The schema.
        schema: SchemaName,
        /// The role whose rights are asked for, if any.
        role: Option<String>,
    },
}

/// What came of a [`SchemaOperation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOutcome {
    /// It is as it was to be.
    Done,
    /// What [`SchemaOperation::Inspect`] found.
    Inspected(SchemaState),
}

/// How a schema stands.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by its name")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SchemaState {
    /// There is such a schema.
    pub exists: bool,
    /// The role it belongs to.
    #[serde(default)]
    pub owner: Option<String>,
    /// How many tables are in it.
    pub tables: u32,
    /// There are rows that only the app's key can read, or were until lately: a table that was
    /// emptied counts until the database has tidied up. It errs on the side of keeping the key.
    pub encrypted_data: bool,
    /// The role asked for exists.
    pub role_exists: bool,
    /// The role asked for may use the schema and create tables in it.
    pub role_granted: bool,
}

/// Why a schema operation failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct SchemaError {
    /// What kind of failure.
    pub kind: SchemaErrorKind,
    /// The five characters of Postgres' `SQLSTATE`, if the database answered.
    #[serde(default)]
    pub sqlstate: Option<String>,
    /// For people; holds no secret.
    pub message: String,
}

/// The kinds of [`SchemaError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaErrorKind {
    /// The workspace refused to mint a credential.
    Credential,
    /// The workspace does not accept the host's own credential.
    SignedOut,
    /// The workspace is busy or failing. Worth trying again.
    Unavailable,
    /// The database does not let the user in.
    Login,
    /// No connection, or it broke. Schema operations are safe to repeat. Worth trying again.
    Connection,
    /// The database refused the statement; `sqlstate` says which way.
    Database,
}

/// What the operation came to, from the row its script returned, if it returns one.
///
/// # Errors
/// If the row is not the one that the script asks for.
pub fn outcome(
    operation: &SchemaOperation,
    row: Option<&[Option<String>]>,
) -> Result<SchemaOutcome, SchemaError> {
    if !matches!(operation, SchemaOperation::Inspect { .. }) {
        return Ok(SchemaOutcome::Done);
    }
    let Some([exists, owner, tables, encrypted_data, role_exists, role_granted]) = row else {
        return Err(unexpected("one row of six columns", row.map_or(0, <[_]>::len)));
    };
    Ok(SchemaOutcome::Inspected(SchemaState {
        exists: truth(exists.as_deref())?,
        owner: owner.clone(),
        tables: tables
            .as_deref()
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| unexpected("a count", 1))?,
        encrypted_data: truth(encrypted_data.as_deref())?,
        role_exists: truth(role_exists.as_deref())?,
        role_granted: truth(role_granted.as_deref())?,
    }))
}

/// A truth value as text: `true` where it was cast, `t` where a client printed it.
fn truth(column: Option<&str>) -> Result<bool, SchemaError> {
    match column {
        Some("true" | "t") => Ok(true),
        Some("false" | "f") => Ok(false),
        _ => Err(unexpected("`true` or `false`", 1)),
    }
}

fn unexpected(wanted: &str, columns: usize) -> SchemaError {
    SchemaError {
        kind: SchemaErrorKind::Database,
        sqlstate: None,
        message: format!("the database's answer is not {wanted} (it has {columns} columns)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspect() -> SchemaOperation {
        SchemaOperation::Inspect { schema: SchemaName::default(), role: None }
    }

    fn row(columns: [Option<&str>; 6]) -> Vec<Option<String>> {
        columns.into_iter().map(|column| column.map(str::to_owned)).collect()
    }

    #[test]
    fn a_look_is_read_from_its_row() {
        let found =
            row([Some("true"), Some("ada@example.com"), Some("12"), Some("t"), Some("false"), Some("f")]);
        assert_eq!(
            outcome(&inspect(), Some(&found)).unwrap(),
            SchemaOutcome::Inspected(SchemaState {
                exists: true,
                owner: Some("ada@example.com".into()),
                tables: 12,
                encrypted_data: true,
                role_exists: false,
                role_granted: false,
            })
        );
        let nothing = row([Some("false"), None, Some("0"), Some("false"), Some("false"), Some("false")]);
        assert_eq!(
            outcome(&inspect(), Some(&nothing)).unwrap(),
            SchemaOutcome::Inspected(SchemaState::default())
        );
    }

    #[test]
    fn a_row_of_another_kind_is_an_error() {
        let odd = row([Some("maybe"), None, Some("0"), Some("false"), Some("false"), Some("false")]);
        let short = vec![Some("true".to_owned())];
        for found in [None, Some(odd.as_slice()), Some(short.as_slice())] {
            assert_eq!(outcome(&inspect(), found).unwrap_err().kind, SchemaErrorKind::Database);
        }
    }

    #[test]
    fn the_others_are_simply_done() {
        let operation = SchemaOperation::Drop { schema: SchemaName::default() };
        assert_eq!(outcome(&operation, None).unwrap(), SchemaOutcome::Done);
    }

    #[test]
    fn operations_cross_to_other_languages_as_json() {
        let operation = SchemaOperation::SetUp { schema: SchemaName::default(), role: "r".into() };
        let json = serde_json::to_value(&operation).unwrap();
        assert_eq!(json, serde_json::json!({"operation": "set_up", "schema": "app_data", "role": "r"}));
        assert_eq!(serde_json::from_value::<SchemaOperation>(json).unwrap(), operation);
        let hostile = serde_json::json!({"operation": "drop", "schema": "public"});
        assert!(
            serde_json::from_value::<SchemaOperation>(hostile).is_err(),
            "a name is checked on this way in too"
        );
        let found = SchemaOutcome::Inspected(SchemaState { tables: 3, ..SchemaState::default() });
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(serde_json::from_value::<SchemaOutcome>(json).unwrap(), found);
    }
}
