//! The start of an app from its files: what its `app.yaml` says, and whether it can work with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::files::{Snapshot, text};
use super::schema::Place;
use super::{Record, State};

/// The tables of a migrated schema.
const TABLES: u32 = 12;
/// How often an app writes a row.
const ROW_MS: u64 = 7_000;

/// What runs on an app's compute.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) version: String,
    /// Whether it is the app of this project, which has `/api/ready` and `/api/version`.
    pub(super) is_ours: bool,
    pub(super) place: Place,
    pub(super) schema: String,
}

impl State {
    /// Starts the program of a deployment.
    pub(super) fn launch(
        &mut self,
        record: &mut Record,
        name: &str,
        snapshot: &Snapshot,
    ) -> Result<Program, String> {
        let file = |file: &str| snapshot.get(file).and_then(|content| text(content));
        let yaml = file("app.yaml").ok_or("error reading app.yaml file")?;
        let manifest: Value = serde_yaml::from_str(&yaml).map_err(|_| "error reading app.yaml file")?;
        let (version, is_ours) = installed(&file("requirements.txt").unwrap_or_default(), snapshot)?;
        let app = self.apps.get(name).ok_or("gone")?;
        let mut variables = BTreeMap::new();
        for entry in manifest["env"].as_array().into_iter().flatten() {
            let variable = entry["name"].as_str().unwrap_or_default().to_owned();
            let value = match entry["valueFrom"].as_str() {
                None => entry["value"].as_str().unwrap_or_default().to_owned(),
                Some(resource) => {
                    let attached = app
                        .resource(resource)
                        .ok_or_else(|| format!("the resource {resource} is not attached"))?;
                    self.value_of(attached).ok_or_else(|| format!("the resource {resource} is gone"))?
                }
            };
            variables.insert(variable, value);
        }
        let variable = |name: &str| variables.get(name).map(String::as_str).unwrap_or_default();
        let key = variable("GOOGLE_OAUTH_ENCRYPTION_KEY");
        if key.len() != 44 {
            return Err("GOOGLE_OAUTH_ENCRYPTION_KEY is no key".to_owned());
        }
        let place = self.place(app, &variables)?;
        let (schema, role) = (variable("LAKEBASE_SCHEMA").to_owned(), app.client_id.clone());
        let database = self.database_mut(&place).ok_or("the database is gone")?;
        let there = database.schemas.get_mut(&schema).ok_or("the schema doesn't exist")?;
        if !there.granted.contains(&role) {
            return Err(format!("permission denied for schema {schema}"));
        }
        there.tables = there.tables.max(TABLES);
        there.owning_roles.insert(role);
        let used = there.encrypted_with.get_or_insert_with(|| key.to_owned());
        if used.as_str() != key {
            record.violation(format!(
                "the app `{name}` was started with another key than its data is encrypted with"
            ));
        }
        Ok(Program { version, is_ours, place, schema })
    }

    /// What `valueFrom` yields for a resource.
    fn value_of(&self, resource: &Value) -> Option<String> {
        let text = |member: &str, field: &str| resource[member][field].as_str().map(str::to_owned);
        if resource["secret"].is_object() {
            return self.secret(&text("secret", "scope")?, &text("secret", "key")?).map(str::to_owned);
        }
        text("serving_endpoint", "name").or_else(|| text("sql_warehouse", "id"))
    }

    /// The database that the variables name, if it is the one that is attached.
    fn place(&self, app: &super::apps::App, variables: &BTreeMap<String, String>) -> Result<Place, String> {
        let variable = |name: &str| variables.get(name).map(String::as_str).unwrap_or_default();
        let attached = app.resource("app_database").ok_or("no database is attached")?;
        let name = variable("LAKEBASE_INSTANCE");
        match variable("LAKEBASE_TYPE") {
            "autoscaling" => {
                let branch = attached["postgres"]["branch"].as_str().unwrap_or_default();
                let endpoint = variable("LAKEBASE_ENDPOINT_NAME");
                let host = variable("LAKEBASE_PG_HOST");
                let place = Place::Branch(branch.to_owned());
                let known = self.host_of(&place).ok_or("the branch has no host")?;
                let agree = branch.split('/').nth(1) == Some(name)
                    && variable("LAKEBASE_PROJECT_ID") == name
                    && endpoint == format!("{branch}/endpoints/primary")
                    && known == host;
                if agree { Ok(place) } else { Err("app.yaml names another database than is attached".into()) }
            }
            "provisioned" => {
                let instance = attached["database"]["instance_name"].as_str().unwrap_or_default();
                if instance != name || !self.instances.contains_key(name) {
                    return Err("app.yaml names another instance than is attached".to_owned());
                }
                Ok(Place::Instance(name.to_owned()))
            }
            other => Err(format!("unknown LAKEBASE_TYPE `{other}`")),
        }
    }

    /// What the running apps wrote until `now_ms`.
    pub(super) fn write_rows(&mut self, now_ms: u64) {
        let running: Vec<(Place, String, String)> = self
            .apps
            .values()
            .filter_map(|app| {
                let program = app.program.as_ref()?;
                Some((program.place.clone(), program.schema.clone(), app.client_id.clone()))
            })
            .collect();
        for (place, schema, role) in running {
            if let Some(schema) =
                self.database_mut(&place).and_then(|database| database.schemas.get_mut(&schema))
                && schema.granted.contains(&role)
            {
                schema.tables = schema.tables.max(TABLES);
                schema.last_row = schema.last_row.max(now_ms / ROW_MS * ROW_MS);
            }
        }
    }
}

/// The version that `requirements.txt` installs, and whether it is of this project's app.
fn installed(requirements: &str, snapshot: &Snapshot) -> Result<(String, bool), String> {
    for line in requirements.lines() {
        let line = line.trim();
        if let Some(path) = line.strip_prefix("./").filter(|path| path.starts_with("wheels/")) {
            if !snapshot.contains_key(path) {
                return Err(format!("{path} does not exist"));
            }
            let mut parts = path.rsplit('/').next().unwrap_or_default().split('-');
            let is_ours = parts.next() == Some("tellr_app");
            return Ok((parts.next().unwrap_or_default().to_owned(), is_ours));
        }
        for (package, is_ours) in [("databricks-tellr-app", false), ("tellr-app", true)] {
            if let Some(rest) = line.strip_prefix(package) {
                let version = rest.strip_prefix("==").unwrap_or(super::probes::NEWEST);
                return Ok((version.to_owned(), is_ours));
            }
        }
    }
    Err("requirements.txt installs no app".to_owned())
}
