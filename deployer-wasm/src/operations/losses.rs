//! What an operation deletes, as data for display and confirmation.

use serde::{Deserialize, Serialize};

use crate::schema::{SchemaState, TableEstimate};
use crate::steps::lakebase::Kind;
use crate::steps::restore_point;
use crate::steps::schema::Preview;

/// Something that an operation deletes. A plan lists what will be lost, so that an interface can show it and
/// ask for confirmation before the run ([`crate::operations::Plan::confirmations`]); a result lists what was
/// lost.
///
/// As JSON, `{"kind": "app", "name": "tellr", "url": "https://…"}` or
/// `{"kind": "schema", "name": "app_data", "lakebase_name": "tellr-db", "tables": 12,
/// "largest": [{"name": "decks", "rows": 40}, …], "restore_point": {"prefix": "pre-reset-", "kept_days": 7}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub enum Loss {
    /// The app itself: its URL, its service principal, its logs.
    App {
        /// Its name.
        name: String,
        /// Its URL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// A schema with everything in it.
    Schema {
        /// Its name.
        name: String,
        /// The database that it is in.
        lakebase_name: String,
        /// The number of its tables; absent if `unknown` gives the reason why it couldn't be determined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tables: Option<u32>,
        /// Up to 50 of the tables, the largest first, each with an estimate of its rows.
        #[serde(default)]
        largest: Vec<TableEstimate>,
        /// Why the schema couldn't be inspected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unknown: Option<String>,
        /// The branch that keeps the data for some time. Absent: the data can't be restored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        restore_point: Option<PromisedRestorePoint>,
    },
}

/// The branch that is created before a schema is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PromisedRestorePoint {
    /// The prefix of its name, which is followed by the time of creation.
    pub prefix: String,
    /// For how many days the platform keeps it.
    pub kept_days: u64,
}

impl Loss {
    /// A schema in a database of this kind, as found before the run. `None` if there is no such schema to
    /// lose.
    pub(super) fn previewed(schema: &str, lakebase: &str, kind: Kind, preview: &Preview) -> Option<Self> {
        match preview {
            Preview::NoDatabase => None,
            Preview::Known(state) => Self::schema(schema, lakebase, kind, state),
            Preview::Unknown(why) => Some(Self::Schema {
                name: schema.to_owned(),
                lakebase_name: lakebase.to_owned(),
                tables: None,
                largest: Vec::new(),
                unknown: Some(why.clone()),
                restore_point: promised(kind),
            }),
        }
    }

    /// A schema as it was found. `None` if there was none.
    pub(super) fn schema(schema: &str, lakebase: &str, kind: Kind, state: &SchemaState) -> Option<Self> {
        state.exists.then(|| Self::Schema {
            name: schema.to_owned(),
            lakebase_name: lakebase.to_owned(),
            tables: Some(state.tables),
            largest: state.largest.clone(),
            unknown: None,
            restore_point: promised(kind),
        })
    }

    /// Whether it can be restored.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Schema { restore_point: None, .. })
    }
}

fn promised(kind: Kind) -> Option<PromisedRestorePoint> {
    let (prefix, kept_days) = (restore_point::PREFIX.to_owned(), restore_point::KEPT_DAYS);
    (kind == Kind::Autoscaling).then_some(PromisedRestorePoint { prefix, kept_days })
}

/// How many confirmations to ask for.
pub(super) fn confirmations(losses: &[Loss]) -> u8 {
    match losses {
        [] => 0,
        losses if losses.iter().any(Loss::is_final) => 2,
        _ => 1,
    }
}
