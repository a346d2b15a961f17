//! `pkg/deploy_config.schema.json`: what an editor completes and checks in a configuration file.
//!
//! The parser checks against tables of its own ([`crate::config`]); the keys and their kinds come
//! from those, the descriptions from the arguments' documentation, the choices from their types
//! and the defaults from a configuration without any argument. What is written down here alone
//! are the forms of names, and every sample below is put to the parser as well.
//!
//! It is a little stricter than the parser, which reads sizes in either case: a file should have
//! the platform's spelling.

use expect_test::expect_file;
use serde_json::{Map, Value, json};

use crate::config::{
    AppPackage, Capacity, ComputeSize, CreateArguments, FileKey, FileKeyKind, KeyStorage, environment_keys,
    flat_keys, to_yaml,
};

/// What is known of each argument, by its name.
struct Arguments {
    described: Value,
    defaults: Value,
}

impl Arguments {
    fn new() -> Self {
        let described = schemars::schema_for!(CreateArguments).to_value()["properties"].clone();
        let config = CreateArguments::default().resolve(None, None).expect("all defaults are good");
        let mut defaults: Value = serde_yaml::from_str(&to_yaml(&config)).expect("it is what we wrote");
        // It is the deployer's own, and changes with every release.
        defaults["app_version"].take();
        Self { described, defaults }
    }

    fn schema(&self, key: &FileKey) -> Value {
        let description = self.described[key.argument]["description"].clone();
        let mut schema = match key.kind {
            FileKeyKind::Flag => json!({"type": ["boolean", "null"]}),
            FileKeyKind::Texts => {
                json!({"type": ["array", "null"], "items": {"type": "string", "pattern": "^[a-z0-9.:_-]{1,100}$"}})
            }
            FileKeyKind::Group(ref inner) => return self.mapping(inner),
            FileKeyKind::Text => match key.argument {
                "lakebase_compute" => choice(Capacity::ALL.iter().map(|one| one.as_str())),
                "app_compute" => choice(ComputeSize::ALL.iter().map(|one| one.as_str())),
                "app_package" => choice(AppPackage::ALL.iter().map(|one| one.as_str())),
                "encryption_key_storage" => choice(KeyStorage::ALL.iter().map(|one| one.as_str())),
                "app_name" => text("^[a-z][a-z0-9-]{0,28}[a-z0-9]$"),
                "lakebase_name" => text("^[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$"),
                "schema_name" => text("^(?!pg_|public$|information_schema$)[a-z_][a-z0-9_]{0,62}$"),
                "app_file_workspace_path" => text("^/Workspace/.+$"),
                _ => json!({"type": ["string", "null"]}),
            },
        };
        if description.is_string() {
            schema["description"] = description;
        }
        let default = &self.defaults[key.argument];
        if !default.is_null() {
            schema["default"] = default.clone();
        }
        schema
    }

    fn mapping(&self, keys: &[FileKey]) -> Value {
        let properties: Map<String, Value> =
            keys.iter().map(|key| (key.name.to_owned(), self.schema(key))).collect();
        json!({"type": "object", "additionalProperties": false, "properties": properties})
    }
}

/// A text of a form. A key without a value is one that was left out.
fn text(pattern: &str) -> Value {
    json!({"type": ["string", "null"], "pattern": pattern})
}

fn choice<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let all: Vec<Value> = words.map(Value::from).chain([Value::Null]).collect();
    json!({ "enum": all })
}

fn schema() -> Value {
    let arguments = Arguments::new();
    let mut flat = arguments.mapping(&flat_keys());
    flat["title"] = "One deployment".into();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A deployment of Tellr",
        "description": "What `tellr.create(config_yaml_path=…)` and `tellr-app deploy … --config FILE` read",
        "oneOf": [
            flat,
            {
                "title": "Several deployments, one of which is chosen by `ENVIRONMENT`",
                "type": "object",
                "additionalProperties": false,
                "required": ["environments"],
                "properties": {"environments": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": arguments.mapping(&environment_keys()),
                }},
            },
        ],
    })
}

#[test]
fn the_schema_of_the_configuration_file_is_up_to_date() {
    let mut text = serde_json::to_string_pretty(&schema()).expect("a JSON value");
    text.push('\n');
    expect_file!["../../../../pkg/deploy_config.schema.json"].assert_eq(&text);
}

#[test]
fn the_schema_and_the_parser_agree() {
    let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
    let accepted = [
        "app_name: tellr",
        "app_name: tellr\nlakebase_name: tellr-db\nschema_name: app_data\nlakebase_compute: CU_2\napp_compute: LARGE\nuse_test_pypi: true\nextra_scopes: [files]\n",
        "app_file_workspace_path: /Workspace/Shared/tellr\napp_version: '0.1.0'\ndescription:\n",
        "environments: {development: {app_name: dev, workspace_path: /Workspace/Shared/dev, compute_size: MEDIUM, lakebase: {database_name: db, schema: s, capacity: CU_1}}}",
        "environments:\n  production:\n    app_package: databricks-tellr-app\n    encryption_key_storage: app_yaml\n",
    ];
    let refused = [
        "colour: red",
        "app_name: Tellr",
        "app_name: tellr-",
        "app_name: 7",
        "schema_name: public",
        "schema_name: pg_x",
        "lakebase_compute: CU_3",
        "app_compute: LIQUID",
        "use_test_pypi: 'yes'",
        "extra_scopes: sql",
        "encryption_key: x",
        "reset_database: true",
        "app_file_workspace_path: tellr",
        "app_name: tellr\nenvironments: {development: {}}",
        "environments: {}",
        "environments: {development: {schema_name: s}}",
        "environments: {development: {lakebase: {name: db}}}",
        "- app_name",
    ];
    let parsed = |file: &str| CreateArguments::default().resolve(Some(file), None);
    for file in accepted {
        let value: Value = serde_yaml::from_str(file).unwrap();
        let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{file}: {problems:?}");
        parsed(file).unwrap_or_else(|error| panic!("{file}: {error:?}"));
    }
    for file in refused {
        let value: Value = serde_yaml::from_str(file).unwrap();
        assert!(!validator.is_valid(&value), "the schema accepts {file}");
        assert!(parsed(file).is_err(), "the parser accepts {file}");
    }
}

#[test]
fn what_the_deployer_writes_fits_the_schema() {
    let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
    let config = CreateArguments::default().resolve(None, None).unwrap();
    let value: Value = serde_yaml::from_str(&to_yaml(&config)).unwrap();
    assert!(validator.is_valid(&value), "{value}");
}
