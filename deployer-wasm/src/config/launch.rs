//! The settings in the app's command and environment, other than its database and its key.

mod extra_env;

pub use extra_env::ExtraEnv;

use super::enums::Seeds;
use super::settings::Settings;
use crate::error::Result;

/// The settings in `app.yaml` other than database and key. Omitted ones stay as deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    /// The initial content of the database.
    pub seeds: Option<Seeds>,
    /// Additional environment variables.
    pub extra_env: Option<ExtraEnv>,
}

impl Launch {
    /// Checks the settings that it consists of.
    pub(super) fn check(settings: &mut Settings) -> Result<Self> {
        let env = settings.extra_env.as_ref();
        Ok(Self {
            seeds: settings.seed_databricks_defaults.map(Seeds::from),
            extra_env: env
                .map(|pairs| ExtraEnv::parse(&settings.source.key("extra_env"), pairs))
                .transpose()?,
        })
    }

    /// The same, with omitted settings replaced by the deployed ones.
    #[must_use]
    pub fn or(&self, deployed: Option<Self>) -> Self {
        let deployed = deployed.unwrap_or_default();
        Self {
            seeds: self.seeds.or(deployed.seeds),
            extra_env: self.extra_env.clone().or(deployed.extra_env),
        }
    }
}
