//! What an operation finds before it changes anything.

use crate::config::{Facts, WorkspacePath};
use crate::engine::lock::Places;
use crate::steps::schema::Preview;
use crate::workspace::apps::{App, Deployment};

const APP: &str = "the app";
const COMPUTE: &str = "the app's compute";
const ACTIVE: &str = "the active deployment";
const PENDING: &str = "the pending deployment";
const SCHEMA: &str = "the schema";

/// The folders and the user of an operation, according to what was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'s> {
    /// The caller.
    pub(super) me: &'s str,
    /// The folder that the run writes files and journal in.
    pub(super) folder: &'s WorkspacePath,
    /// The folder that the app was deployed from; the same as `folder` for a new app.
    pub(super) home: &'s WorkspacePath,
}

impl Site<'_> {
    pub(super) fn lock(&self, app: &str) -> Places {
        Places::of(app, self.home.as_str())
    }
}

/// The state that an operation works on.
pub(super) trait Inspected {
    /// Where it works.
    fn site(&self) -> Site<'_>;
    /// The app, if it exists.
    fn app(&self) -> Option<&App>;
    /// The schema, if the operation looks at it.
    fn schema(&self) -> Option<&Preview>;
}

/// Not methods of the trait, which would be compiled for each operation.
impl dyn Inspected + '_ {
    /// The state of app and schema, as facts by name.
    pub(super) fn facts(&self) -> Facts {
        let deployment = |deployment: &Option<Deployment>| Some(deployment.as_ref()?.deployment_id.clone());
        let app = self.app();
        let id = app.map_or_else(|| "none".to_owned(), |app| app.id.clone().unwrap_or_default());
        let facts = [
            (APP, Some(id)),
            (COMPUTE, app.map(|app| app.compute().to_owned())),
            (ACTIVE, app.and_then(|app| deployment(&app.active_deployment))),
            (PENDING, app.and_then(|app| deployment(&app.pending_deployment))),
            (SCHEMA, self.schema().map(schema_fact)),
        ];
        facts.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?))).collect()
    }

    /// The names of these facts that are not as in `planned`.
    pub(super) fn moved_since(&self, planned: &Facts) -> Vec<String> {
        let now = self.facts();
        let names = [APP, COMPUTE, ACTIVE, PENDING, SCHEMA].into_iter();
        names.filter(|name| planned.get(*name) != now.get(*name)).map(str::to_owned).collect()
    }
}

fn schema_fact(preview: &Preview) -> String {
    match preview {
        Preview::NoDatabase => "no database".to_owned(),
        Preview::Unknown(_) => "unknown".to_owned(),
        Preview::Known(state) if !state.exists => "none".to_owned(),
        Preview::Known(state) => {
            let app = state.app.as_deref().unwrap_or("none");
            format!("of {app}, {} tables, privileges: {}", state.tables, state.role_granted)
        }
    }
}
