//! The settings in the app's command and environment, other than its database and its key.

mod extra_env;

pub use extra_env::{ExtraEnv, looks_secret, refuse_secret};

use super::enums::Seeds;
use super::name::SchemaName;
use super::settings::Settings;
use crate::error::Result;

/// The settings in `app.yaml` other than database and key. Omitted ones stay as deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    /// The initial content of the database.
    pub seeds: Option<Seeds>,
    /// Additional environment variables.
    pub extra_env: Option<ExtraEnv>,
    /// Data of the original app that our app copies into its own tables once, at its first start.
    pub import: Option<Import>,
}

/// Data of the original app to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The original app's schema, in the same database.
    pub schema: SchemaName,
    /// The user name of the person who gets sessions that name no owner.
    pub owner: String,
}

impl Import {
    /// From the texts of a deployed `app.yaml`; `None` if they can't be used.
    pub fn read(schema: &str, owner: &str) -> Option<Self> {
        let is_name = (1..=OWNER_LIMIT).contains(&owner.len()) && !owner.chars().any(char::is_control);
        let schema = SchemaName::parse("schema_name", schema).ok()?;
        is_name.then(|| Self { schema, owner: owner.to_owned() })
    }
}

/// The longest user name, in bytes.
const OWNER_LIMIT: usize = 255;

impl Launch {
    /// Checks the settings that it consists of.
    pub(super) fn check(settings: &mut Settings) -> Result<Self> {
        let env = settings.extra_env.as_ref();
        Ok(Self {
            seeds: settings.seed_databricks_defaults.map(Seeds::from),
            extra_env: env
                .map(|pairs| ExtraEnv::parse(&settings.source.key("extra_env"), pairs))
                .transpose()?,
            import: None,
        })
    }

    /// The same, with omitted settings replaced by the deployed ones.
    #[must_use]
    pub fn or(&self, deployed: Option<Self>) -> Self {
        let deployed = deployed.unwrap_or_default();
        Self {
            seeds: self.seeds.or(deployed.seeds),
            extra_env: self.extra_env.clone().or(deployed.extra_env),
            import: self.import.clone().or(deployed.import),
        }
    }
}
