//! The texts about resources that belong to another user or app.

use super::{DOCS_APPS, DOCS_CONFIG, Entry};
use crate::error::catalogue::SchemaOwner;
use crate::error::shortened;

pub(super) fn app_exists(app: &str, creator: Option<&str>, ours: bool) -> Entry {
    Entry {
        code: "APP_ALREADY_EXISTS",
        message: match creator {
            Some(creator) => format!("App already exists: `{app}`, created by {}", shortened(creator)),
            None => format!("App already exists: `{app}`"),
        },
        cause: if ours {
            "It was deployed from this folder before".into()
        } else {
            "No run of this deployer in this folder created it, so it is not changed".into()
        },
        remedy: if ours {
            "Use `update` to change it, or `delete` to remove it first".into()
        } else {
            "Choose another `app_name`, or use `update` if this is your Tellr app".into()
        },
        docs: DOCS_APPS,
    }
}

pub(super) fn schema_of_another_app(
    schema: &str,
    database: &str,
    owner: &SchemaOwner,
    free: Option<&str>,
) -> Entry {
    Entry {
                code: "SCHEMA_OF_ANOTHER_APP",
                message: match owner {
                    SchemaOwner::App(app) => {
                        format!("The schema `{schema}` of the database `{database}` belongs to the app `{app}`")
                    }
                    SchemaOwner::Role(role) => {
                        let role = shortened(role);
                        format!("The schema `{schema}` of the database `{database}` holds data of `{role}`")
                    }
                },
                cause: "Each app needs a schema of its own: two apps in one would overwrite each other's data, and a reset would delete the data of both. This schema was not changed".into(),
                remedy: match free {
                    Some(free) => format!("Set `schema_name` to a schema of this app's own, such as `{free}`, which is free"),
                    None => "Set `schema_name` to a schema of this app's own".into(),
                },
                docs: DOCS_CONFIG,
            }
}

pub(super) fn schema_not_found(schema: &str, database: &str, used: Option<&str>) -> Entry {
    Entry {
        code: "SCHEMA_NOT_FOUND",
        message: format!("The database `{database}` has no schema `{schema}`"),
        cause: match used {
            Some(used) => format!("The app is deployed with the schema `{used}`"),
            None => "It was dropped before, or its name is mistyped".into(),
        },
        remedy: "Check `schema_name` and `lakebase_name`, or omit `reset_database` to delete the app alone. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn not_tellr(app: &str, path: &str) -> Entry {
    Entry {
        code: "NOT_TELLR",
        message: format!("The app `{app}` is not a Tellr app"),
        cause: format!("`{path}` contains neither an `app.yaml` of Tellr nor a journal of this deployer"),
        remedy: "Check `app_name`; if Tellr was deployed from another folder, set `app_file_workspace_path`"
            .into(),
        docs: DOCS_CONFIG,
    }
}
