//! `pkg/deploy_config.schema.json`: lets an editor complete and check a configuration file.
//!
//! It is generated from the table of settings, and every sample below is also checked by the parser. It is
//! slightly stricter than the parser, which accepts sizes in either case: a file should use the platform's
//! spelling.

use expect_test::expect_file;
use serde_json::{Map, Value, json};

use crate::config::{
    CreateArguments, Holds, Key, Kind, SETTINGS, Setting, environment_keys, flat_keys, to_yaml,
};

fn value(kind: Kind, setting: &Setting) -> Value {
    let text = || match setting.pattern {
        Some(pattern) => json!({"type": "string", "pattern": pattern}),
        None => json!({"type": "string"}),
    };
    // A key without a value is one that was left out.
    let mut schema = match kind {
        Kind::Text if !setting.choices.is_empty() => {
            let values = setting.choices.iter().map(|choice| Value::from(choice.value));
            json!({"enum": values.chain([Value::Null]).collect::<Vec<_>>()})
        }
        Kind::Text => {
            let mut text = text();
            text["type"] = json!(["string", "null"]);
            text
        }
        Kind::Count => {
            let mut count = text();
            count["type"] = json!(["string", "integer", "null"]);
            count
        }
        Kind::Flag => json!({"type": ["boolean", "null"]}),
        Kind::Texts => json!({"type": ["array", "null"], "items": text()}),
        Kind::Map => json!({"type": ["object", "null"], "additionalProperties": {"type": "string"}}),
        Kind::Secret | Kind::Wheel => unreachable!("neither stands in a file"),
    };
    schema["description"] = setting.help().into();
    match (kind, setting.default) {
        (Kind::Flag, Some(default)) => schema["default"] = json!(default == "true"),
        (_, Some(default)) => schema["default"] = default.into(),
        _ => {}
    }
    schema
}

fn key_schema(key: &Key) -> Value {
    match &key.holds {
        Holds::Group(inner) => mapping(inner),
        Holds::Value(kind) => {
            let setting = SETTINGS.iter().find(|setting| setting.name == key.setting);
            value(*kind, setting.expect("a key gives a setting"))
        }
    }
}

fn mapping(keys: &[Key]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn schema() -> Value {
    let mut flat = mapping(&flat_keys());
    flat["title"] = "One deployment".into();
    let mut inherited = mapping(&environment_keys());
    inherited["description"] = "What the environments share; each may set it again".into();
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
                "properties": {
                    "defaults": inherited,
                    "environments": {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": mapping(&environment_keys()),
                    },
                },
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
        "defaults: {compute_size: LARGE, lakebase: {schema: s}}\nenvironments: {one: {app_name: one}, development: {lakebase: {capacity: CU_2}}}",
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
        "defaults: {compute_size: LARGE}",
        "defaults: {schema_name: s}\nenvironments: {development: {}}",
        "defaults: {encryption_key: x}\nenvironments: {development: {}}",
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
