//! Properties of configurations: writing and reading a configuration returns the same one, and any input is
//! accepted or refused without a panic.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::error::{DeployError, ErrorClass, Failure};

/// Fixed cases, so that every run tests the same ones and failures are reproducible.
pub(super) fn fixed_seed() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(0x7e11),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn read(file: &str) -> Result<CreateConfig, DeployError> {
    CreateArguments::default().resolve(Some(file), None)
}

/// Texts of the accepted format.
fn text<T>(pattern: &str, parse: fn(&str, &str) -> Result<T, Failure>) -> impl Strategy<Value = String>
where
    T: std::fmt::Debug,
{
    let pattern = proptest::string::string_regex(pattern).expect("a pattern of this file");
    pattern.prop_filter("not accepted", move |text| {
        parse("key", text).is_ok() && !text.contains("${") && !text.contains("{{")
    })
}

fn choice(name: &'static str) -> impl Strategy<Value = Option<String>> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name).expect("a setting");
    let values: Vec<String> = setting.choices.iter().map(|choice| choice.value.to_owned()).collect();
    proptest::option::of(proptest::sample::select(values))
}

fn arguments() -> impl Strategy<Value = CreateArguments> {
    use proptest::option::of;

    let names = (
        of(text("[a-z][a-z0-9-]{1,29}", AppName::parse)),
        of(text("/(Workspace/)?Shared/[ -~ü]{1,20}", WorkspacePath::parse)),
        of(text("[a-zA-Z][a-zA-Z0-9-]{0,62}", LakebaseName::parse)),
        of(text("[a-z_][a-z0-9_]{0,20}", SchemaName::parse)),
        of(text("[ -~äß€😀]{0,60}", Description::parse)),
    );
    let choices = (
        choice("lakebase_compute"),
        choice("app_compute"),
        choice("app_package"),
        choice("encryption_key_storage"),
        of(any::<bool>()),
        of(any::<bool>()),
    );
    let others = (
        of(text("latest|[0-9]{1,3}(\\.[0-9]{1,3}){0,2}(rc1)?", VersionPin::parse)),
        of(proptest::collection::vec(text("[a-z0-9.:_-]{1,12}", ApiScope::parse), 0..4)),
    );
    (names, choices, others).prop_map(|(names, choices, (app_version, extra_scopes))| CreateArguments {
        app_name: names.0,
        app_file_workspace_path: names.1,
        lakebase_name: names.2,
        schema_name: names.3,
        description: names.4,
        lakebase_compute: choices.0,
        app_compute: choices.1,
        app_package: choices.2,
        encryption_key_storage: choices.3,
        use_test_pypi: choices.4,
        seed_databricks_defaults: choices.5,
        app_version,
        extra_scopes,
        ..CreateArguments::default()
    })
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn a_configuration_written_as_a_file_reads_as_the_same(arguments in arguments()) {
        let config = arguments.resolve(None, None).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let yaml = to_yaml(&config);
        prop_assert_eq!(read(&yaml).map_err(|error| TestCaseError::fail(format!("{error:?}\n{yaml}")))?, config);
    }

    #[test]
    fn no_file_makes_it_panic(text in "([a-z_]{1,6}|app_name|environments|[:\\-&*!|>'\"\\[\\]{},#?%@` \\n]|\\PC){0,60}") {
        if let Err(error) = read(&text) {
            prop_assert_eq!(error.class, ErrorClass::Input);
        }
    }
}
