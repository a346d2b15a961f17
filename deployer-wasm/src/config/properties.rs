//! Properties of configurations: whatever is written reads as the same, whatever is read is
//! accepted or refused, and never a panic.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::error::{DeployError, ErrorClass, Failure};

/// The same cases in every run: a test that fails, fails for everybody.
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

/// Texts of the accepted form.
fn text<T>(pattern: &str, parse: fn(&str, &str) -> Result<T, Failure>) -> impl Strategy<Value = T>
where
    T: std::fmt::Debug,
{
    let pattern = proptest::string::string_regex(pattern).expect("a pattern of this file");
    pattern.prop_filter_map("not accepted", move |text| parse("key", &text).ok())
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn configs() -> impl Strategy<Value = CreateConfig> {
    let names = (
        text("[a-z][a-z0-9-]{1,29}", AppName::parse),
        proptest::option::of(text("/Workspace/Shared/[ -~ü]{1,20}", WorkspacePath::parse)),
        text("[a-zA-Z][a-zA-Z0-9-]{0,62}", LakebaseName::parse),
        text("[a-z_][a-z0-9_]{0,20}", SchemaName::parse),
        text("[ -~äß€😀]{0,60}", Description::parse),
    );
    let choices = (
        one_of(Capacity::ALL),
        one_of(ComputeSize::ALL),
        one_of(AppPackage::ALL),
        one_of(PackageIndex::ALL),
        one_of(KeyStorage::ALL),
        one_of(Seeds::ALL),
    );
    let others = (
        text("latest|[0-9]{1,3}(\\.[0-9]{1,3}){0,2}(rc1)?", VersionPin::parse),
        proptest::collection::btree_set(text("[a-z0-9.:_-]{1,12}", ApiScope::parse), 0..4),
    );
    (names, choices, others).prop_map(|(names, choices, (version, scopes))| CreateConfig {
        app_name: names.0,
        workspace_path: names.1,
        lakebase_name: names.2,
        schema_name: names.3,
        description: names.4,
        lakebase_compute: choices.0,
        app_compute: choices.1,
        package: choices.2,
        index: choices.3,
        key_storage: choices.4,
        seeds: choices.5,
        version,
        local_wheel: None,
        encryption_key: None,
        extra_scopes: scopes.into_iter().filter(|scope| !API_SCOPES.contains(&scope.as_str())).collect(),
    })
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn a_configuration_written_as_a_file_reads_as_the_same(config in configs()) {
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
