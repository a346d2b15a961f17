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
//!
//! A schema records which app it belongs to, in a line of its comment. The scripts themselves
//! refuse another app's schema ([`OTHER_APP`]), whichever host runs them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{AppName, SchemaName};
use crate::decode::{decode, decode_text};

mod quote;
mod script;
mod state;

pub use script::{OTHER_APP, Script, script};
pub use state::{SchemaState, TableEstimate};

/// What is to be done to the schema of `app`. `role` is the app's role in the database: the
/// client id of its service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "operation", try_from = "Written")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOperation {
    /// Make the schema if it isn't there, record its app, and give the role its rights.
    SetUp {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
        /// The app's role, which has to exist.
        role: String,
    },
    /// Drop the schema with everything in it, make it anew, record its app, and give the role its rights.
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
    /// Look, and change nothing.
    Inspect {
        /// The app.
        app: AppName,
        /// The schema.
        schema: SchemaName,
        /// The role whose rights are asked for, if any.
        role: Option<String>,
    },
}

/// A [`SchemaOperation`] as it is read. The reader that serde makes for a tagged enumeration keeps every value
/// of unknown meaning aside first; its code is a fiftieth of a module.
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
    /// The app that it is done for.
    pub fn app(&self) -> &AppName {
        match self {
            Self::SetUp { app, .. }
            | Self::Reset { app, .. }
            | Self::Drop { app, .. }
            | Self::Inspect { app, .. } => app,
        }
    }
}

/// What came of a [`SchemaOperation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", try_from = "Value")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SchemaOutcome {
    /// It is as it was to be.
    Done,
    /// What [`SchemaOperation::Inspect`] found.
    Inspected(SchemaState),
}

/// Read like [`SchemaOperation`], and for the same reason.
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
