//! The two generated files, and how a deployed one is read back.
//!
//! Both files are built from typed values, and `app.yaml` by the YAML serializer, so that any content of a
//! value stays one value. With a text template, a name that contains a quote and a line break could add an
//! environment variable.
//!
//! Undocumented features of the platform are not used: it supports only `command` and `env`, injects
//! `DATABRICKS_HOST` and the service principal's credentials by itself, and `valueFrom` names a resource
//! attached to the app, never one of the `system.` kind.

mod app_yaml;
mod deployed;
mod index;
mod requirements;

pub use app_yaml::{KeySource, LakebaseConnection, ManifestInputs, app_yaml};
pub use deployed::{DeployedKey, DeployedManifest, EnvValue, Unusable, shown, without_secrets};
pub use requirements::{RequirementsInputs, WHEEL_FOLDER, required_version, requirements, wheel_path};

/// The names of the two files.
pub const APP_YAML: &str = "app.yaml";
/// See [`APP_YAML`].
pub const REQUIREMENTS: &str = "requirements.txt";

/// The variable that holds the Fernet key.
pub const KEY_VARIABLE: &str = "GOOGLE_OAUTH_ENCRYPTION_KEY";

/// The variables that tell our app which schema of the original app to copy data from, and who gets sessions that
/// name no owner.
const IMPORT_SCHEMA: &str = "TELLR_IMPORT_SCHEMA";
/// See [`IMPORT_SCHEMA`].
const IMPORT_OWNER: &str = "TELLR_IMPORT_OWNER";

/// How the command starts the original app. The original deployer's has no `exec`: the two are told apart by it.
const ORIGINAL_START: &str = "exec python -m databricks_tellr_app.run";

/// The option that tells our app to add the content about Databricks.
const SEED_OPTION: &str = "--seed-databricks-defaults";
/// The same for the original app.
const SEED_KEYWORD: &str = "seed_databricks_defaults=True";
