//! `app.yaml`: the app's command and environment variables.

use serde::Serialize;

use super::{IMPORT_OWNER, IMPORT_SCHEMA, KEY_VARIABLE, ORIGINAL_START, SEED_KEYWORD, SEED_OPTION, index};
use crate::config::launch::{ExtraEnv, Launch};
use crate::config::services::{ServiceKind, Services};
use crate::config::{AppPackage, FernetKey, PackageIndex, SchemaName, Seeds};
use crate::document;

/// The database settings of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LakebaseConnection {
    /// A provisioned instance; the platform injects its host.
    Provisioned {
        /// The instance's name.
        instance: String,
    },
    /// An autoscaling project.
    Autoscaling {
        /// The project's id.
        project: String,
        /// The endpoint's path, `projects/…/branches/…/endpoints/…`, for minting credentials.
        endpoint: String,
        /// The endpoint's host name.
        host: String,
    },
}

/// The source of the app's Fernet key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource<'a> {
    /// In a secret that is attached to the app.
    Secret {
        /// The name of the attached resource.
        resource: &'a str,
    },
    /// In `app.yaml` itself.
    Literal(&'a FernetKey),
    /// In `app.yaml` itself, for display only: this text replaces the key.
    Hidden(&'a str),
    /// In the original app's own table: the variable is omitted.
    Database,
}

/// The input for `app.yaml`.
#[derive(Debug, Clone, Copy)]
pub struct ManifestInputs<'a> {
    /// Which app.
    pub package: AppPackage,
    /// Its database.
    pub lakebase: &'a LakebaseConnection,
    /// Its schema in the database.
    pub schema: &'a SchemaName,
    /// Its key.
    pub key: KeySource<'a>,
    /// Its other settings.
    pub launch: &'a Launch,
    /// What its assistant works with, attached under the names of [`ServiceKind::resource`].
    pub services: &'a Services,
    /// The index that its package is installed from.
    pub index: PackageIndex,
}

/// The text of `app.yaml`. With [`KeySource::Literal`] it holds the key, and is a secret itself.
pub fn app_yaml(inputs: &ManifestInputs<'_>) -> String {
    let (source, key) = match inputs.key {
        KeySource::Secret { resource } => (Source::ValueFrom, resource),
        KeySource::Literal(key) => (Source::Value, key.expose()),
        KeySource::Hidden(words) => (Source::Value, words),
        // An empty variable is left out below.
        KeySource::Database => (Source::Value, ""),
    };
    // For a provisioned instance the last three are empty, but never absent: the original app reads them
    // unconditionally.
    let (instance, kind, host, project, endpoint) = match inputs.lakebase {
        LakebaseConnection::Provisioned { instance } => (instance.as_str(), "provisioned", "", "", ""),
        LakebaseConnection::Autoscaling { project, endpoint, host } => {
            (project.as_str(), "autoscaling", host.as_str(), project.as_str(), endpoint.as_str())
        }
    };
    let command = command(inputs);
    let variables = [
        ("ENVIRONMENT", Source::Value, "production"),
        ("LAKEBASE_INSTANCE", Source::Value, instance),
        ("LAKEBASE_SCHEMA", Source::Value, inputs.schema.as_str()),
        (KEY_VARIABLE, source, key),
        ("LAKEBASE_TYPE", Source::Value, kind),
        ("LAKEBASE_PG_HOST", Source::Value, host),
        ("LAKEBASE_PROJECT_ID", Source::Value, project),
        ("LAKEBASE_ENDPOINT_NAME", Source::Value, endpoint),
    ];
    let services = ServiceKind::ALL.map(|kind| (kind, inputs.services.of(kind).join(",")));
    let services = services.iter().filter(|(_, ids)| !ids.is_empty()).map(|(kind, ids)| {
        let source =
            if kind.is_list() { (Source::Value, ids.as_str()) } else { (Source::ValueFrom, kind.resource()) };
        (kind.variable(), source.0, source.1)
    });
    let extra = inputs.launch.extra_env.iter().flat_map(ExtraEnv::iter);
    let import = inputs.launch.import.iter().filter(|_| inputs.package == AppPackage::TellrApp);
    let import = import.flat_map(|import| {
        [
            (IMPORT_SCHEMA, Source::Value, import.schema.as_str()),
            (IMPORT_OWNER, Source::Value, import.owner.as_str()),
        ]
    });
    let is_kept_elsewhere = |name: &str| name == KEY_VARIABLE && inputs.key == KeySource::Database;
    let variables = variables.into_iter().filter(|(name, ..)| !is_kept_elsewhere(name)).chain(services);
    let variables = variables.chain(import).chain(extra.map(|(name, text)| (name, Source::Value, text)));
    let env = variables.map(|(name, source, text)| match source {
        Source::Value => Variable { name, value: Some(text), value_from: None },
        Source::ValueFrom => Variable { name, value: None, value_from: Some(text) },
    });
    let env: Vec<Variable<'_>> = env.collect();
    document::write(&AppYaml { command: ["sh", "-c", &command], env: &env })
}

/// The file, as it is serialised.
#[derive(Serialize)]
struct AppYaml<'a> {
    command: [&'a str; 3],
    env: &'a [Variable<'a>],
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(rename = "valueFrom", skip_serializing_if = "Option::is_none")]
    value_from: Option<&'a str>,
}

enum Source {
    Value,
    ValueFrom,
}

/// The command, run by a shell, as the platform itself runs it without one. Nothing in it comes from outside.
/// The last part uses `exec`, so that the platform's SIGTERM reaches the app.
fn command(inputs: &ManifestInputs<'_>) -> String {
    let databricks = inputs.launch.seeds == Some(Seeds::Databricks);
    match inputs.package {
        // The platform has installed requirements.txt at this point.
        AppPackage::TellrApp => {
            let seed = if databricks { format!(" {SEED_OPTION}") } else { String::new() };
            format!("tellr-app init-database{seed} && exec tellr-app serve")
        }
        AppPackage::DatabricksTellrApp => {
            let mut install = vec!["pip install --upgrade --no-cache-dir -r requirements.txt".to_owned()];
            install.extend(index::options(inputs.index));
            let seed = if databricks { SEED_KEYWORD } else { "" };
            format!(
                "{} && python -c \"from databricks_tellr_app.run import init_database; init_database({seed})\" && {ORIGINAL_START}",
                install.join(" ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{DeployedManifest, EnvValue};

    fn autoscaling() -> LakebaseConnection {
        LakebaseConnection::Autoscaling {
            project: "tellr-db".into(),
            endpoint: "projects/tellr-db/branches/production/endpoints/primary".into(),
            host: "ep-1.database.example.com".into(),
        }
    }

    fn provisioned() -> LakebaseConnection {
        LakebaseConnection::Provisioned { instance: "tellr-db".into() }
    }

    fn made(
        package: AppPackage,
        lakebase: &LakebaseConnection,
        key: KeySource<'_>,
        seeds: Seeds,
        index: PackageIndex,
    ) -> String {
        app_yaml(&ManifestInputs {
            package,
            lakebase,
            schema: &SchemaName::default(),
            key,
            launch: &Launch { seeds: Some(seeds), extra_env: None, import: None },
            services: &Services::default(),
            index,
        })
    }

    #[test]
    fn the_assistants_variables_name_resources_or_list_ids() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let services = Services::deployed([ids(&["my-model"]), ids(&["a1", "b2"]), ids(&["w1"])]);
        let text = app_yaml(&ManifestInputs {
            package: AppPackage::TellrApp,
            lakebase: &provisioned(),
            schema: &SchemaName::default(),
            key: KeySource::Secret { resource: "encryption_key" },
            launch: &Launch::default(),
            services: &services,
            index: PackageIndex::Pypi,
        });
        let ours = "\
- name: TELLR_SERVING_ENDPOINT
  valueFrom: serving_endpoint
- name: TELLR_GENIE_SPACES
  value: a1,b2
- name: TELLR_SQL_WAREHOUSE
  valueFrom: sql_warehouse
";
        assert!(text.ends_with(ours), "{text}");
        let read = DeployedManifest::parse(text.as_bytes()).unwrap();
        assert_eq!(read.launch().extra_env, Some(ExtraEnv::default()), "they are not additional ones");
    }

    #[test]
    fn ours_on_autoscaling_with_a_secret() {
        let text = made(
            AppPackage::TellrApp,
            &autoscaling(),
            KeySource::Secret { resource: "encryption_key" },
            Seeds::Databricks,
            PackageIndex::Pypi,
        );
        assert_eq!(
            text,
            "\
command:
- sh
- -c
- tellr-app init-database --seed-databricks-defaults && exec tellr-app serve
env:
- name: ENVIRONMENT
  value: production
- name: LAKEBASE_INSTANCE
  value: tellr-db
- name: LAKEBASE_SCHEMA
  value: app_data
- name: GOOGLE_OAUTH_ENCRYPTION_KEY
  valueFrom: encryption_key
- name: LAKEBASE_TYPE
  value: autoscaling
- name: LAKEBASE_PG_HOST
  value: ep-1.database.example.com
- name: LAKEBASE_PROJECT_ID
  value: tellr-db
- name: LAKEBASE_ENDPOINT_NAME
  value: projects/tellr-db/branches/production/endpoints/primary
"
        );
    }

    #[test]
    fn the_original_on_provisioned_with_the_key_in_the_file() {
        let key = FernetKey::generate([0; 32]);
        let text = made(
            AppPackage::DatabricksTellrApp,
            &provisioned(),
            KeySource::Literal(&key),
            Seeds::Standard,
            PackageIndex::Pypi,
        );
        assert_eq!(
            text,
            "\
command:
- sh
- -c
- pip install --upgrade --no-cache-dir -r requirements.txt && python -c \"from databricks_tellr_app.run import init_database; init_database()\" && exec python -m databricks_tellr_app.run
env:
- name: ENVIRONMENT
  value: production
- name: LAKEBASE_INSTANCE
  value: tellr-db
- name: LAKEBASE_SCHEMA
  value: app_data
- name: GOOGLE_OAUTH_ENCRYPTION_KEY
  value: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
- name: LAKEBASE_TYPE
  value: provisioned
- name: LAKEBASE_PG_HOST
  value: ''
- name: LAKEBASE_PROJECT_ID
  value: ''
- name: LAKEBASE_ENDPOINT_NAME
  value: ''
"
        );
    }

    #[test]
    fn the_original_installs_from_the_index_for_trials_as_well() {
        let text = made(
            AppPackage::DatabricksTellrApp,
            &provisioned(),
            KeySource::Secret { resource: "encryption_key" },
            Seeds::Databricks,
            PackageIndex::TestPypi,
        );
        let domain = ["pypi", "org"].join(".");
        assert!(text.contains(&format!(
            "-r requirements.txt --index-url https://test.{domain}/simple/ --extra-index-url https://{domain}/simple/ && python"
        )));
        assert!(text.contains("init_database(seed_databricks_defaults=True)"));
    }

    #[test]
    fn further_variables_are_written_behind_the_deployers_and_read_back() {
        let pairs = [("LOG_LEVEL", "debug"), ("GREETING", "no: # \"x\" ${y}")];
        let pairs = pairs.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let extra_env = Some(ExtraEnv::parse("extra_env", &pairs).unwrap());
        let launch = Launch { seeds: Some(Seeds::Standard), extra_env, import: None };
        let text = app_yaml(&ManifestInputs {
            package: AppPackage::TellrApp,
            lakebase: &provisioned(),
            schema: &SchemaName::default(),
            key: KeySource::Secret { resource: "encryption_key" },
            launch: &launch,
            services: &Services::default(),
            index: PackageIndex::Pypi,
        });
        assert!(text.ends_with("- name: LOG_LEVEL\n  value: debug\n"), "{text}");
        let read = DeployedManifest::parse(text.as_bytes()).unwrap();
        assert_eq!(read.text("GREETING"), Some("no: # \"x\" ${y}"));
        assert_eq!(read.launch(), launch, "what is deployed is what was wanted, and nothing of ours");
    }

    #[test]
    fn a_provisioned_database_leaves_no_variable_that_says_none() {
        let text = made(
            AppPackage::TellrApp,
            &provisioned(),
            KeySource::Secret { resource: "k" },
            Seeds::Standard,
            PackageIndex::Pypi,
        );
        assert!(!text.contains("None") && !text.contains("null") && !text.contains('~'), "{text}");
    }

    #[test]
    fn a_hostile_value_stays_one_value() {
        for hostile in [
            "x\"\n  - name: EVIL\n    value: \"1",
            "x\n- name: EVIL",
            "'",
            "*a",
            "&a",
            "!x",
            "{a: b}",
            "# c",
            "null",
            "1.0",
            "\u{85}",
        ] {
            let lakebase = LakebaseConnection::Autoscaling {
                project: hostile.into(),
                endpoint: hostile.into(),
                host: hostile.into(),
            };
            let text = made(
                AppPackage::TellrApp,
                &lakebase,
                KeySource::Secret { resource: hostile },
                Seeds::Standard,
                PackageIndex::Pypi,
            );
            let read = DeployedManifest::parse(text.as_bytes()).unwrap();
            assert_eq!(read.names().count(), 8, "{text}");
            assert_eq!(read.variable("EVIL"), None);
            assert_eq!(read.variable(KEY_VARIABLE), Some(&EnvValue::From(hostile.into())));
            for name in
                ["LAKEBASE_INSTANCE", "LAKEBASE_PG_HOST", "LAKEBASE_PROJECT_ID", "LAKEBASE_ENDPOINT_NAME"]
            {
                assert_eq!(read.variable(name), Some(&EnvValue::Literal(hostile.into())), "{text}");
            }
        }
    }
}
