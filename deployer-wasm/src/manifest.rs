//! The two files that are generated, and how a deployed one is read back.
//!
//! Both files are made from typed values, and `app.yaml` by the YAML serializer: a value can
//! then hold anything and still be one value. A text template would let a name that contains a
//! quote and a line's end add an environment variable of its own.
//!
//! What the platform doesn't document is left out: it knows `command` and `env` only, injects
//! `DATABRICKS_HOST` and the service principal's credentials by itself, and `valueFrom` names a
//! resource attached to the app, never anything of the `system.` kind.

mod app_yaml;
mod deployed;
mod index;
mod requirements;

pub use app_yaml::{KeySource, LakebaseConnection, ManifestInputs, app_yaml};
pub use deployed::{DeployedKey, DeployedManifest, EnvValue, Unusable};
pub use requirements::{RequirementsInputs, WHEEL_FOLDER, required_version, requirements};

/// The names of the two files.
pub const APP_YAML: &str = "app.yaml";
/// See [`APP_YAML`].
pub const REQUIREMENTS: &str = "requirements.txt";

/// The variable that holds the Fernet key.
pub const KEY_VARIABLE: &str = "GOOGLE_OAUTH_ENCRYPTION_KEY";

/// The option by which our app is told to seed the content made for Databricks.
const SEED_OPTION: &str = "--seed-databricks-defaults";
/// The same for the original app.
const SEED_KEYWORD: &str = "seed_databricks_defaults=True";
