//! The settable fields of an app: parsed, checked, and changed field by field.

use serde_json::{Map, Value, json};

use super::resources::{Resource, read_resources};
use crate::problem::Problem;
use crate::settings::Settings;

/// Fields that a caller may set, besides `name` and `resources`.
const FIELDS: [&str; 13] = [
    "description",
    "compute_size",
    "compute_min_instances",
    "compute_max_instances",
    "user_api_scopes",
    "forward_user_access_token",
    "budget_policy_id",
    "usage_policy_id",
    "default_source_code_path",
    "source_code_path",
    "git_repository",
    "git_source",
    "telemetry_export_destinations",
];

const COMPUTE_SIZES: [&str; 3] = ["MEDIUM", "LARGE", "XLARGE"];
const MAX_INSTANCES: u64 = 5;
const MAX_DESCRIPTION_CHARS: usize = 500;

/// Scopes that an app may request from its users.
const SCOPES: [&str; 23] = [
    "sql",
    "sql:restricted-query",
    "genie",
    "files",
    "vector-search",
    "ai-gateway",
    "ai-functions",
    "model-serving",
    "serving.serving-endpoints",
    "postgres",
    "workspace.workspace",
    "mcp.external",
    "mcp.functions",
    "mcp.genie",
    "mcp.vectorsearch",
    "catalog.connections",
    "catalog.catalogs:read",
    "catalog.schemas:read",
    "catalog.tables:read",
    "files.files",
    "dashboards.genie",
    "vectorsearch.vector-search-indexes",
    "vectorsearch.vector-search-endpoints",
];

/// The settable part of an app.
#[derive(Clone, Default)]
pub(super) struct Spec {
    pub(super) fields: Map<String, Value>,
    pub(super) resources: Vec<Resource>,
}

impl Spec {
    /// This, with every field that the body has.
    pub(super) fn with_present(&self, body: &Map<String, Value>) -> Result<Self, Problem> {
        let mut changed = self.clone();
        for (name, value) in body {
            if name == "resources" || FIELDS.contains(&name.as_str()) {
                changed.set(name, Some(value))?;
            }
        }
        Ok(changed)
    }

    /// This, with exactly the fields in the mask; those missing in the body are cleared.
    pub(super) fn with_masked(&self, body: &Map<String, Value>, mask: &str) -> Result<Self, Problem> {
        let mut changed = self.clone();
        for name in mask.split(',') {
            if name != "resources" && !FIELDS.contains(&name) {
                return Err(Problem::invalid_parameter(format!(
                    "Invalid update mask: unknown or immutable field '{name}'."
                )));
            }
            changed.set(name, body.get(name))?;
        }
        Ok(changed)
    }

    fn set(&mut self, name: &str, value: Option<&Value>) -> Result<(), Problem> {
        let value = value.filter(|value| !value.is_null());
        if name == "resources" {
            self.resources = value.map(read_resources).transpose()?.unwrap_or_default();
            return Ok(());
        }
        match value {
            Some(value) => self.fields.insert(name.to_owned(), value.clone()),
            None => self.fields.remove(name),
        };
        Ok(())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    pub(super) fn compute_size(&self) -> &str {
        self.text("compute_size").unwrap_or("MEDIUM")
    }

    /// The least and the greatest number of instances; one, if they were never set.
    pub(super) fn instances(&self) -> Result<(u64, u64), Problem> {
        let fields = ["compute_min_instances", "compute_max_instances"];
        let (least, most) = match fields.map(|name| self.fields.get(name)) {
            [None, None] => return Ok((1, 1)),
            [Some(least), Some(most)] => (least, most),
            _ => {
                return Err(Problem::invalid_parameter(
                    "compute_min_instances and compute_max_instances must be set together.",
                ));
            }
        };
        let number = |name: &str, value: &Value| value.as_u64().ok_or_else(|| wrong_type(name, "an integer"));
        let (least, most) = (number(fields[0], least)?, number(fields[1], most)?);
        if !(1..=MAX_INSTANCES).contains(&least) || !(1..=MAX_INSTANCES).contains(&most) {
            return Err(Problem::invalid_parameter(format!(
                "compute_min_instances and compute_max_instances must be between 1 and {MAX_INSTANCES}."
            )));
        }
        if least > most {
            return Err(Problem::invalid_parameter(
                "compute_min_instances must not be greater than compute_max_instances.",
            ));
        }
        Ok((least, most))
    }

    pub(super) fn scopes(&self) -> Vec<&str> {
        self.fields
            .get("user_api_scopes")
            .and_then(Value::as_array)
            .map(|scopes| scopes.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Checks the platform's rules that don't depend on other objects.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), Problem> {
        if let Some(description) = self.fields.get("description") {
            let text = description.as_str().ok_or_else(|| wrong_type("description", "a string"))?;
            if text.chars().count() > MAX_DESCRIPTION_CHARS {
                return Err(Problem::invalid_parameter(format!(
                    "App description must be at most {MAX_DESCRIPTION_CHARS} characters."
                )));
            }
        }
        if let Some(size) = self.fields.get("compute_size")
            && !size.as_str().is_some_and(|size| COMPUTE_SIZES.contains(&size))
        {
            return Err(Problem::invalid_parameter(format!(
                "Invalid compute size {size}. Supported values are {}.",
                COMPUTE_SIZES.join(", ")
            )));
        }
        self.instances()?;
        if let Some(destinations) = self.fields.get("telemetry_export_destinations") {
            check_destinations(destinations)?;
        }
        for policy in ["budget_policy_id", "usage_policy_id"] {
            if self.fields.get(policy).is_some_and(|id| !id.is_string()) {
                return Err(wrong_type(policy, "a string"));
            }
        }
        if let Some(scopes) = self.fields.get("user_api_scopes") {
            let all_text = scopes.as_array().is_some_and(|scopes| scopes.iter().all(Value::is_string));
            if !all_text {
                return Err(wrong_type("user_api_scopes", "a list of strings"));
            }
        }
        let scopes = self.scopes();
        if !scopes.is_empty() && !settings.features.user_authorization {
            return Err(Problem::bad_request("user token passthrough not enabled"));
        }
        match scopes.iter().find(|scope| !SCOPES.contains(scope)) {
            Some(unknown) => Err(Problem::invalid_parameter(format!("Invalid user API scope: {unknown}"))),
            None => Ok(()),
        }
    }
}

/// Destinations of telemetry: each with three tables by their full names.
fn check_destinations(destinations: &Value) -> Result<(), Problem> {
    let field = "telemetry_export_destinations";
    let list = destinations.as_array().ok_or_else(|| wrong_type(field, "a list"))?;
    for destination in list {
        for table in ["logs_table", "metrics_table", "traces_table"] {
            let name = destination["unity_catalog"][table].as_str().unwrap_or_default();
            if name.split('.').count() != 3 || name.split('.').any(str::is_empty) {
                return Err(Problem::invalid_parameter(format!(
                    "Field '{field}.unity_catalog.{table}' must be the full name of a table: catalog.schema.table."
                )));
            }
        }
    }
    Ok(())
}

fn wrong_type(field: &str, wanted: &str) -> Problem {
    Problem::malformed(format!("Could not parse request object: {field} must be {wanted}."))
}

/// Checks the name of a new app.
pub(super) fn check_name(name: Option<&Value>) -> Result<&str, Problem> {
    let name = name.and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return Err(Problem::invalid_parameter("Missing required field: name"));
    }
    let length = name.chars().count();
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=30).contains(&length)
        || !name.chars().all(legal)
        || !name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return Err(Problem::invalid_parameter(format!(
            "Invalid app name '{name}'. App name must be between 2 and 30 characters, start with a lowercase letter and contain only lowercase letters, numbers and hyphens."
        )));
    }
    Ok(name)
}

/// The scopes that every app has, and the requested ones.
pub(super) fn effective_scopes(spec: &Spec) -> Value {
    let mut scopes = vec!["iam.current-user:read", "iam.access-control:read"];
    scopes.extend(spec.scopes());
    json!(scopes)
}
