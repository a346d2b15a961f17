//! Support for forms: checking a form's values before a run, and converting them to a configuration file and
//! back.
//!
//! A page has no configuration parser of its own. It keeps the arguments as an object, and this module checks
//! and converts them with the same code as a deployment, so a form can't accept what `create` refuses.

use serde_json::{Map, Value};

use super::task::{Operation, Task, TaskKind};
use crate::config::{self, resolve};
use crate::error::{DeployError, Result};

/// The task that `config` describes: arguments as an object, or the text of a configuration file.
/// `environment` selects one of a file's environments.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn task(asked: TaskKind, config: Value, environment: Option<&str>) -> Result<Task> {
    match config {
        Value::String(file) => Task::read(asked, Value::Object(Map::new()), Some(&file), environment),
        Value::Null => Task::read(asked, Value::Object(Map::new()), None, environment),
        arguments => Task::read(asked, arguments, None, environment),
    }
}

/// What is wrong with `config`, if anything; for `operation`.
pub fn validate(operation: Operation, config: Value) -> Option<DeployError> {
    task(TaskKind::Run(operation), config, None).err()
}

/// A configuration file as arguments for `create`, all defaults filled in. `environment` selects one of the
/// file's environments.
///
/// # Errors
/// Of the class `Input`, with the key, or line and column.
pub fn parse_yaml(file: &str, environment: Option<&str>) -> Result<Value> {
    let config = resolve::create(Value::Object(Map::new()), Some(file), environment)?;
    Ok(config::to_node(&config).into())
}

/// The names of a file's environments, for the user to choose from.
///
/// # Errors
/// Of the class `Input`, with line and column.
pub fn environments(file: &str) -> Result<Vec<String>> {
    config::environments(file)
}

/// Arguments for `create` as a configuration file, without the two settings that a file never holds: the key
/// and the local wheel.
///
/// # Errors
/// Of the class `Input`, with the key and what would be right.
pub fn to_yaml(arguments: Value) -> Result<String> {
    let config = resolve::create(arguments, None, None)?;
    Ok(config::to_yaml(&config))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_and_a_file_turn_into_each_other() {
        let form = json!({"app_name": "slides", "lakebase_compute": "CU_2", "extra_scopes": ["files"]});
        let file = to_yaml(form).unwrap();
        let again = parse_yaml(&file, None).unwrap();
        assert_eq!((&again["app_name"], &again["lakebase_compute"]), (&json!("slides"), &json!("CU_2")));
        assert_eq!(again["schema_name"], "app_data", "defaults are filled in");
        assert_eq!(to_yaml(again).unwrap(), file);
    }

    #[test]
    fn the_other_shape_of_file_becomes_the_same_form() {
        let file = "environments: {production: {app_name: slides, lakebase: {schema: decks}}}";
        let form = parse_yaml(file, Some("production")).unwrap();
        assert_eq!((&form["app_name"], &form["schema_name"]), (&json!("slides"), &json!("decks")));
        assert_eq!(parse_yaml(file, Some("staging")).unwrap_err().code, "UNKNOWN_ENVIRONMENT");
        assert_eq!(environments(file).unwrap(), ["production"]);
        assert!(environments("app_name: slides").unwrap().is_empty());
        assert_eq!(environments("app_name: [x").unwrap_err().code, "YAML_SYNTAX");
    }

    #[test]
    fn the_key_of_a_form_is_in_no_file() {
        let key = "bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms=";
        let file = to_yaml(json!({"encryption_key": key})).unwrap();
        assert!(!file.contains(key) && !file.contains("encryption_key:"), "{file}");
    }

    #[test]
    fn what_is_wrong_is_told_by_the_catalogue() {
        assert_eq!(validate(Operation::Create, json!({"app_name": "slides"})), None);
        assert_eq!(validate(Operation::Create, Value::Null), None);
        assert_eq!(validate(Operation::Create, json!("app_name: slides")), None);
        for (operation, config, code) in [
            (Operation::Create, json!({"app_name": "Slides"}), "INVALID_VALUE"),
            (Operation::Create, json!("app_name: [x"), "YAML_SYNTAX"),
            (Operation::Create, json!(7), "WRONG_TYPE"),
            (Operation::Update, json!({"app_name": "slides"}), "MISSING_VALUE"),
            (Operation::Delete, json!({"app_name": "slides", "description": "x"}), "UNKNOWN_KEY"),
        ] {
            let error = validate(operation, config.clone()).unwrap_or_else(|| panic!("{config} is wrong"));
            assert_eq!(error.code, code, "{config}");
        }
    }
}
