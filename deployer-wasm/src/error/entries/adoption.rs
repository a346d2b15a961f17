//! The texts about apps of the original deployer, databricks-tellr.

use super::{DOCS_CONFIG, Entry};
use crate::error::shortened;

fn by(creator: Option<&str>) -> String {
    creator.map_or_else(String::new, |creator| format!(" by {}", shortened(creator)))
}

pub(super) fn not_adopted(app: &str, creator: Option<&str>) -> Entry {
    Entry {
        code: "NOT_ADOPTED",
        message: format!("The app `{app}` was created{} with databricks-tellr, not with this deployer", by(creator)),
        cause: "Its files are those of the original deployer, and no run of this one has changed it. Such an app is taken over only on request".into(),
        remedy: "Set `adopt` to take it over: with `app_package` `databricks-tellr-app` its package, data and key stay as they are; with `tellr-app` and a new `schema_name`, its prompts, styles, profiles and sessions are copied. A plan shows what comes along. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn by_other(app: &str, creator: Option<&str>, me: &str) -> Entry {
    Entry {
        code: "ADOPTED_BY_OTHER",
        message: format!("The app `{app}` belongs to another user and is not taken over"),
        cause: match creator {
            Some(creator) => format!("{} created it with databricks-tellr; you are {}", shortened(creator), shortened(me)),
            None => format!("The workspace doesn't say who created it, so nothing shows that it is yours; you are {}", shortened(me)),
        },
        remedy: "Ask its creator to run the `update` with `adopt`; afterwards everyone who may manage the app can update it. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn move_needs_schema(app: &str, schema: &str, database: &str, free: Option<&str>) -> Entry {
    let free = free.map_or_else(String::new, |free| format!(", such as `{free}`, which is free"));
    Entry {
        code: "MOVE_NEEDS_SCHEMA",
        message: format!(
            "Moving the app `{app}` to `tellr-app` needs a new schema in the database `{database}`"
        ),
        cause: format!(
            "The schema `{schema}` holds the data of `databricks-tellr-app` and stays as it is. Data is copied within one database"
        ),
        remedy: format!(
            "Set `lakebase_name` to `{database}` and `schema_name` to a schema for `tellr-app`{free}. Nothing has been changed"
        ),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn nothing_to_move(app: &str, schema: &str) -> Entry {
    Entry {
        code: "NOTHING_TO_MOVE",
        message: format!("The app `{app}` has no data to move: its schema `{schema}` doesn't exist"),
        cause: "Its `app.yaml` names this schema, but the database doesn't have it".into(),
        remedy: "Set `reset_database` to change the package and start with an empty schema. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn version_needed(app: &str, schema: &str) -> Entry {
    Entry {
        code: "VERSION_NEEDED",
        message: format!("Going back to `databricks-tellr-app` needs the version that the app `{app}` had"),
        cause: format!("A newer version may change or delete the data in the schema `{schema}` at its first start, and the deployed files no longer name the old one"),
        remedy: "Set `app_version` to the version of `databricks-tellr-app` that was deployed before the move. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn upgrade_deletes_data(app: &str, from: &str, to: &str) -> Entry {
    let to = if to == "latest" { "the newest version".to_owned() } else { format!("version {to}") };
    Entry {
        code: "UPGRADE_DELETES_DATA",
        message: format!(
            "Updating `databricks-tellr-app` of the app `{app}` from {from} to {to} would delete its sessions"
        ),
        cause: "Versions from 0.2 on empty the tables of 0.1 at their first start".into(),
        remedy: format!(
            "Omit `app_version` to keep {from}; or move the app with `adopt` and `app_package` `tellr-app`, which copies its data; or set `reset_database` if the data can go. Nothing has been changed"
        ),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn package_differs(app: &str, deployed: &str, wanted: &str) -> Entry {
    let copied = if wanted == "tellr-app" { "; to copy its data to a new schema, set `adopt`" } else { "" };
    Entry {
        code: "PACKAGE_DIFFERS",
        message: format!("The app `{app}` runs the package `{deployed}`, not `{wanted}`"),
        cause: "The two packages use different tables; neither can read the other's data".into(),
        remedy: format!(
            "Set `app_package` to `{deployed}`{copied}; or, to start with an empty database and `{wanted}`, set `reset_database`"
        ),
        docs: DOCS_CONFIG,
    }
}
