//! The database operations on a schema, as SQL that a host runs.
//!
//! The logic has no connection to a database; the host has one, and receives a typed operation. Hosts written
//! in Rust render it here; a host written in another language receives the rendered [`Script`]. Either way
//! the statements exist once, are plain text without parameters (identifiers and literals are quoted in
//! `quote`), and return text.
//!
//! Every operation is idempotent. Each is one transaction: a reset that fails leaves the schema unchanged.
//! The app's role gets privileges on its schema only; it is not a superuser.
//!
//! A schema records its app in a line of its comment. The scripts themselves refuse another app's schema
//! ([`OTHER_APP`]), whichever host runs them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{AppName, SchemaName};
use crate::decode::{decode, decode_text};

mod quote;
mod script;
mod state;

pub use script::{OTHER_APP, Script, script};
pub use state::{SchemaState, TableEstimate};

/// An operation on the schema of `app`. `role` is the app's role in the database: the client id of its
/// service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "operation", try_from = "Written")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOperation {
    /// Create the schema if it doesn't exist, record its app, and grant the role its privileges.
    SetUp {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
        /// The app's role, which has to exist.
        role: String,
    },
    /// Drop the schema with everything in it, create it again, record its app, and grant the role its
    /// privileges.
    Reset {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
        /// The app's role, which has to exist.
        role: String,
    },
    /// Drop the schema with everything in it.
    Drop {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
    },
    /// Inspect the schema without changing anything.
    Inspect {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
        /// The role whose privileges are queried, if any.
        role: Option<String>,
    },
}

/// A [`SchemaOperation`] as it is deserialised. Serde's own deserializer for a tagged enumeration first
/// buffers every value generically; its code is a fiftieth of a module's size.
#[derive(Deserialize)]
struct Written {
    operation: OperationName,
    app: AppName,
    schema: SchemaName,
    role: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OperationName {
    SetUp,
    Reset,
    Drop,
    Inspect,
}

impl TryFrom<Written> for SchemaOperation {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { operation, app, schema, role } = written;
        let named = |role: Option<String>| role.ok_or("missing field `role`");
        Ok(match operation {
            OperationName::SetUp => Self::SetUp { app, schema, role: named(role)? },
            OperationName::Reset => Self::Reset { app, schema, role: named(role)? },
            OperationName::Drop => Self::Drop { app, schema },
            OperationName::Inspect => Self::Inspect { app, schema, role },
        })
    }
}

impl SchemaOperation {
    /// The app of the operation.
    pub fn app(&self) -> &AppName {
        match self {
            Self::SetUp { app, .. }
            | Self::Reset { app, .. }
            | Self::Drop { app, .. }
            | Self::Inspect { app, .. } => app,
        }
    }
}

/// The outcome of a [`SchemaOperation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", try_from = "Value")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOutcome {
    /// The operation succeeded.
    Done,
    /// The result of [`SchemaOperation::Inspect`].
    Inspected(SchemaState),
}

/// Deserialised like [`SchemaOperation`], for the same reason.
impl TryFrom<Value> for SchemaOutcome {
    type Error = String;

    fn try_from(written: Value) -> Result<Self, Self::Error> {
        match written["outcome"].as_str() {
            Some("done") => Ok(Self::Done),
            Some("inspected") => {
                decode(written).map(Self::Inspected).map_err(|mismatch| mismatch.to_string())
            }
            _ => Err("missing field `outcome`".to_owned()),
        }
    }
}

/// Why a schema operation failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct SchemaError {
    /// The kind of failure.
    pub kind: SchemaErrorKind,
    /// The five characters of Postgres' `SQLSTATE`, if the database answered.
    #[serde(default)]
    pub sqlstate: Option<String>,
    /// A message for users; holds no secret.
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
    /// The workspace is busy or failing. Can be retried.
    Unavailable,
    /// The database refused the login.
    Login,
    /// No connection, or it broke. Can be retried, as schema operations are idempotent.
    Connection,
    /// The database refused the statement; `sqlstate` gives the reason.
    Database,
}

/// The outcome of the operation, from the row its script returned, if any.
///
/// # Errors
/// If the row doesn't have the script's columns.
pub fn outcome(
    operation: &SchemaOperation,
    row: Option<&[Option<String>]>,
) -> Result<SchemaOutcome, SchemaError> {
    if !matches!(operation, SchemaOperation::Inspect { .. }) {
        return Ok(SchemaOutcome::Done);
    }
    let Some([Some(state)]) = row else {
        return Err(unexpected(&format!("it has {} columns", row.map_or(0, <[_]>::len))));
    };
    let state = decode_text(state).map_err(|error| unexpected(&error.to_string()))?;
    Ok(SchemaOutcome::Inspected(state))
}

fn unexpected(problem: &str) -> SchemaError {
    SchemaError {
        kind: SchemaErrorKind::Database,
        sqlstate: None,
        message: format!("the database's answer can't be read: {problem}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspect() -> SchemaOperation {
        SchemaOperation::Inspect { app: AppName::default(), schema: SchemaName::default(), role: None }
    }

    #[test]
    fn a_state_is_read_from_its_row() {
        let text = r#"{"exists": true, "owner": "ada@example.com", "app": "tellr", "can_record": true, "tables": 12,
            "largest": [{"name": "decks", "rows": 40}, {"name": "odd", "rows": null}], "encrypted_data": true,
            "role_exists": false, "role_granted": false, "role_owns": false, "other_roles": ["someone"],
            "free_name": "app_data_tellr"}"#;
        let row = [Some(text.to_owned())];
        assert_eq!(
            outcome(&inspect(), Some(&row)).unwrap(),
            SchemaOutcome::Inspected(SchemaState {
                exists: true,
                owner: Some("ada@example.com".into()),
                app: Some("tellr".into()),
                can_record: true,
                tables: 12,
                largest: vec![
                    TableEstimate { name: "decks".into(), rows: Some(40) },
                    TableEstimate { name: "odd".into(), rows: None },
                ],
                encrypted_data: true,
                other_roles: vec!["someone".into()],
                free_name: Some("app_data_tellr".into()),
                ..SchemaState::default()
            })
        );
    }

    #[test]
    fn a_row_of_another_kind_is_an_error() {
        let text = |text: &str| Some(text.to_owned());
        let odd = [text(r#"{"exists": "maybe"}"#)];
        let long = [text("true"), None];
        for found in [None, Some(odd.as_slice()), Some(long.as_slice()), Some(&[None])] {
            assert_eq!(outcome(&inspect(), found).unwrap_err().kind, SchemaErrorKind::Database);
        }
    }

    #[test]
    fn the_others_are_simply_done() {
        let operation = SchemaOperation::Drop { app: AppName::default(), schema: SchemaName::default() };
        assert_eq!(outcome(&operation, None).unwrap(), SchemaOutcome::Done);
    }

    #[test]
    fn operations_cross_to_other_languages_as_json() {
        let (app, schema) = (AppName::default(), SchemaName::default());
        let operation = SchemaOperation::SetUp { app, schema, role: "r".into() };
        let json = serde_json::to_value(&operation).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "operation": "set_up", "app": "tellr", "schema": "app_data", "role": "r",
            })
        );
        assert_eq!(serde_json::from_value::<SchemaOperation>(json).unwrap(), operation);
        let hostile = serde_json::json!({"operation": "drop", "app": "tellr", "schema": "public"});
        assert!(
            serde_json::from_value::<SchemaOperation>(hostile).is_err(),
            "a name is checked on this way in too"
        );
        let found = SchemaOutcome::Inspected(SchemaState { tables: 3, ..SchemaState::default() });
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(serde_json::from_value::<SchemaOutcome>(json).unwrap(), found);
    }
}
