//! From what a person wrote to a configuration, in both shapes of file and as direct arguments.

use serde_json::{Value, json};

use super::*;
use crate::error::{DeployError, ErrorClass};

const FLAT: &str = "
lakebase_name: team-db
schema_name: slides
app_name: slides
app_file_workspace_path: /Workspace/Shared/slides/
lakebase_compute: CU_4
app_compute: LARGE
";

const ENVIRONMENTS: &str = "
environments:
  development:
    app_name: slides-dev
    description: Slides, for trials
    workspace_path: /Workspace/Users/ada@example.com/slides
    compute_size: MEDIUM
    lakebase:
      database_name: dev-db
      schema: dev_data
      capacity: CU_1
  production:
    app_name: slides
    workspace_path: /Workspace/Shared/slides
    compute_size: LARGE
    app_version: '0.1.20'
    lakebase:
      database_name: team-db
      schema: slides
      capacity: CU_8
";

fn create(arguments: Value) -> Result<CreateConfig, DeployError> {
    CreateArguments::from_json(arguments)?.resolve(None, None)
}

fn create_from(file: &str) -> Result<CreateConfig, DeployError> {
    CreateArguments::default().resolve(Some(file), None)
}

fn refused<T: std::fmt::Debug>(result: Result<T, DeployError>) -> DeployError {
    let error = result.unwrap_err();
    assert_eq!(error.class, ErrorClass::Input, "{error:?}");
    error
}

#[test]
fn nothing_given_is_enough_to_create() {
    let config = create(json!({})).unwrap();
    assert_eq!(config.app_name.as_str(), "tellr");
    assert_eq!(config.lakebase_name.as_str(), "tellr-db");
    assert_eq!(config.schema_name.as_str(), "app_data");
    assert_eq!(config.lakebase_compute, Capacity::Cu1);
    assert_eq!(config.app_compute, ComputeSize::Medium);
    assert_eq!(config.description.as_str(), "Tellr AI Slide Generator");
    assert_eq!(config.package, AppPackage::TellrApp);
    assert_eq!(config.version, VersionPin::Exact(PackageVersion::own()));
    assert_eq!(config.index, PackageIndex::Pypi);
    assert_eq!(config.key_storage, KeyStorage::SecretScope);
    assert_eq!(config.launch.seeds, Some(Seeds::Standard));
    assert!(
        config.encryption_key.is_none() && config.local_wheel.is_none() && config.extra_scopes.is_empty()
    );
    assert_eq!(config.workspace_path, None);
    let folder = |user: &str| WorkspacePath::of_app(user, &config.app_name).map_err(DeployError::from);
    assert_eq!(folder("ada@example.com").unwrap().as_str(), "/Workspace/Users/ada@example.com/.apps/tellr");
    assert_eq!(refused(folder("../eve")).code, "INVALID_VALUE");
}

#[test]
fn the_original_app_has_no_version_to_go_with() {
    let config = create(json!({"app_package": "databricks-tellr-app"})).unwrap();
    assert_eq!(config.version, VersionPin::Latest);
    let config = create(json!({"app_package": "databricks-tellr-app", "app_version": "0.1.20"})).unwrap();
    assert_eq!(config.version.as_str(), "0.1.20");
    assert_eq!(create(json!({"app_version": "latest"})).unwrap().version, VersionPin::Latest);
}

#[test]
fn extra_scopes_are_those_beside_the_six_each_once() {
    let config = create(json!({"extra_scopes": ["files", "sql", "files", "genie"]})).unwrap();
    let scopes: Vec<&str> = config.extra_scopes.iter().map(ApiScope::as_str).collect();
    assert_eq!(scopes, ["files", "genie"]);
}

#[test]
fn update_and_delete_name_what_they_change() {
    let named = json!({
        "app_name": "slides",
        "app_file_workspace_path": "/Workspace/Shared/slides",
        "lakebase_name": "team-db",
        "schema_name": "slides",
    });
    let config = UpdateArguments::from_json(named.clone()).unwrap().resolve(None, None).unwrap();
    assert_eq!(
        (config.app_compute, &config.description, config.launch.seeds),
        (None, &None, None),
        "what isn't named stays"
    );
    assert!(!config.reset_database);
    for key in ["app_name", "lakebase_name", "schema_name"] {
        let mut without = named.clone();
        without[key] = Value::Null;
        let error = refused(UpdateArguments::from_json(without).unwrap().resolve(None, None));
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("MISSING_VALUE", format!("`{key}` is missing").as_str())
        );
    }
    let error = refused(DeleteArguments::default().resolve(None, None));
    assert_eq!((error.code.as_str(), error.message.as_str()), ("MISSING_VALUE", "`app_name` is missing"));
    let config =
        DeleteArguments::from_json(json!({"app_name": "slides"})).unwrap().resolve(None, None).unwrap();
    assert_eq!((config.lakebase_name, config.reset_database), (None, false));
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let error = refused(UpdateArguments::default().resolve(None, None));
    assert_eq!(error.message, "`app_name`, `lakebase_name` and `schema_name` are missing");
    let error =
        refused(UpdateArguments::from_json(json!({"app_name": "slides"})).unwrap().resolve(None, None));
    assert_eq!(error.message, "`lakebase_name` and `schema_name` are missing");
    assert_eq!(error.refused.clone().and_then(|refused| refused.key).as_deref(), Some("lakebase_name"));
}

#[test]
fn a_value_that_nobody_filled_in_is_refused_with_its_key() {
    for key in
        ["app_name", "lakebase_name", "schema_name", "app_file_workspace_path", "description", "app_version"]
    {
        for placeholder in ["${workspace.current_user.userName}", "{{ name }}", "{{name}}"] {
            for value in [placeholder.to_owned(), format!("/Workspace/Users/{placeholder}/x")] {
                let error = refused(create(json!({key: value})));
                assert_eq!(error.code, "INVALID_VALUE");
                assert!(error.message.contains(&format!("`{key}`")), "{}", error.message);
                let told = format!("`{placeholder}` is a placeholder that nothing has filled in");
                assert!(error.cause.contains(&told), "{}", error.cause);
            }
        }
    }
    let error = refused(create_from("environments: {dev: {workspace_path: '/Workspace/Users/{{ me }}/x'}}"));
    assert!(error.message.starts_with("`environments.dev.workspace_path`"), "{}", error.message);
    assert!(create(json!({"description": "Costs $5 {or more} in 100 % of cases"})).is_ok());
}

#[test]
fn a_flat_file_is_read() {
    let config = create_from(FLAT).unwrap();
    assert_eq!(config.app_name.as_str(), "slides");
    assert_eq!(config.lakebase_name.as_str(), "team-db");
    assert_eq!(config.schema_name.as_str(), "slides");
    assert_eq!(config.workspace_path.unwrap().as_str(), "/Workspace/Shared/slides");
    assert_eq!(config.lakebase_compute, Capacity::Cu4);
    assert_eq!(config.app_compute, ComputeSize::Large);
}

#[test]
fn what_a_file_leaves_out_has_its_default() {
    let config = create_from("app_name: slides\napp_compute:\n").unwrap();
    let direct = create(json!({"app_name": "slides"})).unwrap();
    assert_eq!(config, direct);
}

#[test]
fn one_file_serves_all_three_operations() {
    for file in [FLAT, ENVIRONMENTS] {
        let created = CreateArguments::default().resolve(Some(file), Some("production"));
        let updated = UpdateArguments::default().resolve(Some(file), Some("production"));
        let deleted = DeleteArguments { reset_database: Some(true), ..DeleteArguments::default() }
            .resolve(Some(file), Some("production"));
        let (created, updated, deleted) = (created.unwrap(), updated.unwrap(), deleted.unwrap());
        assert_eq!(created.app_name.as_str(), "slides");
        assert_eq!((&updated.app_name, &deleted.app_name), (&created.app_name, &created.app_name));
        assert_eq!(updated.workspace_path, created.workspace_path);
        assert_eq!(updated.app_compute, Some(created.app_compute));
        assert_eq!(deleted.schema_name.as_ref(), Some(&created.schema_name));
        assert!(deleted.reset_database);
    }
}

#[test]
fn an_empty_value_of_an_environment_takes_the_inherited_one_away() {
    let file = "defaults: {compute_size: LARGE, lakebase: {database_name: team, schema: s}, share_with: [users]}\n\
                environments: {development: {compute_size: null, lakebase: {schema: ~}, share_with: }}";
    let config = CreateArguments::default().resolve(Some(file), None).unwrap();
    assert_eq!((config.app_compute, config.lakebase_name.as_str()), (ComputeSize::Medium, "team"));
    assert_eq!(config.schema_name.as_str(), "app_data");
    assert!(config.share_with.grants().is_empty());
    let file = "defaults: {lakebase: {database_name: team, schema: s}}\nenvironments: {development: {lakebase: null}}";
    let config = CreateArguments::default().resolve(Some(file), None).unwrap();
    assert_eq!((config.lakebase_name.as_str(), config.schema_name.as_str()), ("tellr-db", "app_data"));
}

#[test]
fn the_environment_is_the_one_named_else_development_else_the_only_one() {
    let app = |file: &str, argument: Option<&str>, variable: Option<&str>| {
        let arguments =
            CreateArguments { environment: argument.map(str::to_owned), ..CreateArguments::default() };
        arguments.resolve(Some(file), variable).map(|config| config.app_name.to_string())
    };
    assert_eq!(app(ENVIRONMENTS, None, None).unwrap(), "slides-dev");
    assert_eq!(app(ENVIRONMENTS, None, Some("")).unwrap(), "slides-dev");
    assert_eq!(app(ENVIRONMENTS, None, Some("production")).unwrap(), "slides");
    assert_eq!(app(ENVIRONMENTS, Some("production"), Some("development")).unwrap(), "slides");
    assert_eq!(app("environments: {only: {app_name: one}}", None, None).unwrap(), "one");
    assert_eq!(app(FLAT, None, Some("production")).unwrap(), "slides", "a flat file has no environments");

    let error = refused(app(ENVIRONMENTS, None, Some("staging")));
    assert_eq!(error.code, "UNKNOWN_ENVIRONMENT");
    assert!(error.message.contains("`staging`") && error.cause.contains("`development` and `production`"));
    for (file, argument) in [
        ("environments: {a: {}, b: {}}", None),
        ("environments: {}", None),
        ("environments: {only: {}}", Some("other")),
        (FLAT, Some("development")),
    ] {
        assert_eq!(refused(app(file, argument, None)).code, "UNKNOWN_ENVIRONMENT", "{file}");
    }
    let error = refused(create(json!({"environment": "production"})));
    assert!(error.message.contains("`environment`"), "an environment is a part of a file");
}

#[test]
fn an_error_names_the_key_as_it_was_written() {
    let nested = "environments: {development: {lakebase: {schema: Bad, capacity: CU_1}}}";
    let error = refused(create_from(nested));
    assert_eq!(
        error.message,
        "`environments.development.lakebase.schema` can't be `Bad` (line 1, column 49)"
    );
    let error = refused(create_from("# slides\nschema_name: Bad # ours\n"));
    assert_eq!(error.message, "`schema_name` can't be `Bad` (line 2, column 14)");
    let place = error.refused.clone().map(|refused| (refused.key, refused.line, refused.column));
    assert_eq!(place, Some((Some("schema_name".into()), Some(2), Some(14))));
    let error = refused(create(json!({"extra_scopes": ["sql", "Bad"]})));
    assert_eq!(error.message, "`extra_scopes[1]` can't be `Bad`");
    let error = refused(create_from("environments: {development: {compute_size: LIQUID}}"));
    assert!(
        error.message.contains("environments.development.compute_size") && error.cause.contains("`XLARGE`")
    );
}

#[test]
fn a_file_and_direct_arguments_exclude_each_other() {
    let arguments =
        CreateArguments::from_json(json!({"app_name": "a-b", "lakebase_compute": "CU_1"})).unwrap();
    let error = refused(arguments.resolve(Some(FLAT), None));
    assert_eq!(error.code, "CONFIG_CONFLICT");
    assert!(error.message.contains("`app_name` and `lakebase_compute`"), "{}", error.message);
    let arguments = DeleteArguments::from_json(json!({"app_name": "a-b"})).unwrap();
    assert_eq!(refused(arguments.resolve(Some(FLAT), None)).code, "CONFIG_CONFLICT");
    let arguments = UpdateArguments::from_json(json!({"use_test_pypi": false})).unwrap();
    assert_eq!(refused(arguments.resolve(Some(FLAT), None)).code, "CONFIG_CONFLICT");
}

#[test]
fn a_key_and_a_wheel_are_allowed_beside_a_file() {
    let key = FernetKey::generate([7; 32]);
    let arguments = json!({
        "encryption_key": key.expose(),
        "local_wheel": {"file_name": "tellr_app-0.2.0-py3-none-any.whl", "content": "UEsDBA=="},
    });
    let file = format!("{FLAT}\napp_version: '0.1.0'\n");
    let config = CreateArguments::from_json(arguments.clone()).unwrap().resolve(Some(&file), None).unwrap();
    assert_eq!(config.encryption_key.as_ref(), Some(&key));
    assert_eq!(config.local_wheel.as_ref().unwrap().content, b"PK\x03\x04");
    assert!(!format!("{config:?}").contains(key.expose()));

    let mut both = arguments;
    both["app_version"] = json!("0.1.0");
    let error = refused(create(both));
    assert!(error.cause.contains("`local_wheel_path`"), "two versions at once: {}", error.cause);
}

#[test]
fn a_wheel_that_is_none_is_refused() {
    for wheel in [
        json!({"file_name": "tellr_app-0.2.0-py3-none-any.whl", "content": "not base64"}),
        json!({"file_name": "tellr_app-0.2.0-py3-none-any.whl", "content": ""}),
        json!({"file_name": "databricks_tellr_app-0.2.0-py3-none-any.whl", "content": "UEsDBA=="}),
        json!({"content": "UEsDBA=="}),
    ] {
        let error = refused(create(json!({"local_wheel": wheel})));
        assert_eq!(error.code, "INVALID_VALUE");
        assert!(error.message.contains("`local_wheel_path`"));
    }
}

#[test]
fn a_secret_has_no_place_in_a_file() {
    for (file, key) in [
        ("encryption_key: marked-secret", "`encryption_key`"),
        ("encryption_key: [marked-secret]", "`encryption_key`"),
        (
            "environments: {development: {encryption_key: marked-secret}}",
            "`environments.development.encryption_key`",
        ),
    ] {
        let error = refused(create_from(file));
        assert_eq!(error.code, "SECRET_IN_FILE");
        assert!(error.message.contains(key), "{}", error.message);
        assert!(!format!("{error:?}").contains("marked-secret"));
    }
}

#[test]
fn an_order_to_destroy_has_no_place_in_a_file() {
    let error = refused(UpdateArguments::default().resolve(Some("reset_database: true"), None));
    assert_eq!(error.code, "UNKNOWN_KEY");
}

#[test]
fn bad_files_are_refused_with_their_place() {
    for (file, code, told) in [
        ("app_nam: x", "UNKNOWN_KEY", "did you mean `app_name`"),
        ("environments:\n  development: {}\napp_name: x", "UNKNOWN_KEY", "`app_name`"),
        (
            "environments: {development: {schema_name: x}}",
            "UNKNOWN_KEY",
            "environments.development.schema_name",
        ),
        ("environments: {development: {lakebase: {name: x}}}", "UNKNOWN_KEY", "lakebase.name"),
        ("app_version: 1.0", "WRONG_TYPE", "put quotes around it"),
        ("app_name: 7", "WRONG_TYPE", "the number `7`"),
        ("use_test_pypi: yes", "WRONG_TYPE", "`true` or `false`"),
        ("app_name: [a]", "WRONG_TYPE", "a list"),
        ("app_name: .inf", "WRONG_TYPE", "the number `.inf`"),
        ("- app_name: x", "WRONG_TYPE", "`configuration`"),
        ("", "YAML_SYNTAX", "can't be read"),
        ("just text", "WRONG_TYPE", "`configuration`"),
        ("environments: [development]", "WRONG_TYPE", "`environments`"),
        ("environments: {development: slides}", "WRONG_TYPE", "`environments.development`"),
        (
            "environments: {development: {lakebase: team-db}}",
            "WRONG_TYPE",
            "environments.development.lakebase",
        ),
        ("app_name: slides\napp_name: other", "YAML_SYNTAX", "`app_name` appears twice"),
        ("app_name: slides\nschema_name: 'x", "YAML_SYNTAX", "line 2"),
        ("app_name: slides\n\tschema_name: x", "YAML_SYNTAX", "line 2"),
        ("app_name: slides\n---\napp_name: other", "YAML_SYNTAX", "second document"),
        ("schema_name: *a", "YAML_SYNTAX", "unknown anchor"),
        ("app_name: slides\n<<: x", "YAML_SYNTAX", "`<<` takes a mapping"),
        ("app_name: !text slides", "YAML_SYNTAX", "Custom tags"),
        ("7: x", "UNKNOWN_KEY", "`7`"),
        ("? [a]\n: x", "YAML_SYNTAX", "a key that is a single text"),
    ] {
        let error = refused(create_from(file));
        assert_eq!(error.code, code, "{file}: {error:?}");
        let whole = format!("{} {}", error.message, error.cause);
        assert!(whole.contains(told), "{file}: {whole}");
    }
}

#[test]
fn a_text_with_the_characters_of_references_is_a_text() {
    let config = create_from("description: \"R&D: *all* slides! & more\"").unwrap();
    assert_eq!(config.description.as_str(), "R&D: *all* slides! & more");
    let config = create_from("description: R&D *all* slides!").unwrap();
    assert_eq!(config.description.as_str(), "R&D *all* slides!");
}

#[test]
fn words_that_older_yaml_took_for_booleans_are_texts() {
    for word in ["on", "no"] {
        assert_eq!(create_from(&format!("app_name: {word}")).unwrap().app_name.as_str(), word);
    }
}

#[test]
fn a_large_file_is_refused_unread() {
    let error = refused(create_from(&"a: [".repeat(10 * 1024 * 1024 / 4)));
    assert_eq!(error.code, "YAML_TOO_LARGE");
    let deep = "[".repeat(crate::document::SIZE_LIMIT_BYTES);
    assert_eq!(refused(create_from(&deep)).code, "YAML_SYNTAX", "nesting is limited as well");
}
