//! The settings that a test can change while the workspace runs.
//!
//! One value, readable and writable as JSON over the control address: pace, quotas, feature switches,
//! permissions taken from a principal, and scripted outcomes for work that would otherwise succeed. The
//! current value is read each time, so a change applies from the next request on.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::files::MAX_FILE_BYTES;
use crate::genie::GenieSettings;
use crate::identity::{Principal, Right};
use crate::pace::Pace;
use crate::platform::ProxySettings;
use crate::serving::behavior::ServingSettings;
use crate::tags::GovernedTag;
use crate::warehouse::WarehouseSettings;

/// All settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The durations.
    pub pace: Pace,
    /// The maximum number of each kind of resource.
    pub quotas: Quotas,
    /// The features of this workspace.
    pub features: Features,
    /// Permissions taken away from principals.
    pub denials: Vec<Denial>,
    /// The governed tags, by key.
    pub governed_tags: BTreeMap<String, GovernedTag>,
    /// The outcomes of app compute and deployments.
    pub outcomes: Outcomes,
    /// The proxy in front of apps.
    pub proxy: ProxySettings,
    /// The sign-in in a browser.
    pub sign_in: SignInSettings,
    /// The federation policies of the account.
    pub federation: Vec<FederationPolicy>,
    /// The SQL warehouse.
    pub warehouse: WarehouseSettings,
    /// Genie.
    pub genie: GenieSettings,
    /// The behaviour of serving endpoints.
    pub serving: ServingSettings,
}

/// Upper limits; the defaults are the platform's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Apps in the workspace.
    pub max_apps: usize,
    /// Lakebase autoscaling projects.
    pub max_projects: usize,
    /// Lakebase provisioned instances.
    pub max_instances: usize,
    /// Secret scopes.
    pub max_secret_scopes: usize,
    /// Bytes of one imported file.
    pub max_import_bytes: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            max_apps: 100,
            max_projects: 1000,
            max_instances: 10,
            max_secret_scopes: 100,
            max_import_bytes: MAX_FILE_BYTES,
        }
    }
}

/// Features that a real workspace may have or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Features {
    /// Lakebase autoscaling. Without it every path under `/api/2.0/postgres` is unknown.
    pub autoscaling: bool,
    /// User authorisation for apps. Without it an app with scopes is refused.
    pub user_authorization: bool,
    /// The origin whose pages may read answers, or `*` for all. The platform allows none.
    pub cors_origin: Option<String>,
    /// The error code for a taken app name; both occur.
    pub duplicate_app_code: DuplicateCode,
    /// Whether new instances are of the older kind, which has no branches. Otherwise they are autoscaling
    /// projects that both APIs show, as on the platform since March 2026. A workspace without autoscaling
    /// has only the older kind.
    pub provisioned_instances: bool,
    /// The hosts of databases. Determined with the first database.
    pub database_hosts: DatabaseHosts,
    /// Whether deployments take a health check, which the API has since October 2026.
    pub health_checks: HealthChecks,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            autoscaling: true,
            user_authorization: true,
            cors_origin: None,
            duplicate_app_code: DuplicateCode::AlreadyExists,
            provisioned_instances: false,
            database_hosts: DatabaseHosts::Auto,
            health_checks: HealthChecks::Supported,
        }
    }
}

/// What a workspace does with the health check of a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthChecks {
    /// It decides whether the deployment succeeds.
    #[default]
    Supported,
    /// The field is unknown, and the request is refused.
    Refused,
    /// The field is unknown, and it is ignored.
    Ignored,
}

/// The kind of a database's host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseHosts {
    /// A name if this system resolves names under `localhost`, else an address.
    #[default]
    Auto,
    /// A name, whether this system resolves it or not.
    Names,
    /// A literal loopback address.
    Addresses,
}

/// The two known error codes for a name that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DuplicateCode {
    /// The code in recorded answers.
    AlreadyExists,
    /// The code of other stand-ins.
    ResourceAlreadyExists,
}

/// A permission taken from a principal; takes precedence over all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// The user name; for a service principal its client id.
    pub principal: String,
    /// The removed permission.
    pub what: Right,
}

/// Scripted outcomes. They apply to every app whose work starts while they are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcomes {
    /// The outcome of starting compute.
    pub compute: ComputeOutcome,
    /// The outcome of a deployment.
    pub deployment: DeploymentOutcome,
    /// The outcome of an asynchronous app update.
    pub app_update: UpdateOutcome,
    /// The answers of an app whose deployment is a stub, by path. Other paths answer 404. A health check of a
    /// path that isn't here passes.
    pub app_answers: BTreeMap<String, AppAnswer>,
    /// Texts: a stub fails its health check if one of its source files contains one of them.
    pub unhealthy_sources: Vec<String>,
}

/// An answer of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppAnswer {
    /// HTTP status.
    pub status: u16,
    /// Sent as JSON.
    pub body: serde_json::Value,
}

/// The outcome of starting compute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ComputeOutcome {
    /// It becomes ACTIVE.
    #[default]
    Active,
    /// It stays STARTING.
    Never,
    /// It becomes ERROR.
    Error {
        /// `compute_status.message`.
        message: String,
    },
}

/// The outcome of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DeploymentOutcome {
    /// The real outcome.
    #[default]
    Real,
    /// It stays IN_PROGRESS.
    Never,
    /// It becomes FAILED.
    Failed {
        /// `status.message`.
        message: String,
        /// Lines that are then in the app's log.
        #[serde(default)]
        logs: Vec<String>,
    },
    /// It becomes CANCELLED.
    Cancelled {
        /// `status.message`.
        message: String,
    },
    /// It SUCCEEDs, and the app crashes afterwards.
    CrashAfterSuccess {
        /// `app_status.message`.
        message: String,
    },
}

/// The outcome of an asynchronous app update.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum UpdateOutcome {
    /// It SUCCEEDs.
    #[default]
    Succeeded,
    /// It becomes FAILED and changes nothing.
    Failed {
        /// `status.message`.
        message: String,
    },
}

/// A federation policy of a service principal: whose identity tokens are exchanged for its tokens. A token's
/// signature is not checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationPolicy {
    /// The application id of the service principal.
    pub client_id: String,
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// The claim `sub`.
    pub subject: String,
}

/// The sign-in in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSettings {
    /// The behaviour of the sign-in page.
    pub answer: SignInAnswer,
    /// How long an access token lives, in milliseconds.
    pub access_token_ms: u64,
    /// How long a refresh token lives, in milliseconds.
    pub refresh_token_ms: u64,
    /// Whether refresh tokens are rotated: each works once and returns the next one.
    pub single_use_refresh_tokens: bool,
}

impl Default for SignInSettings {
    /// The page asks; an hour and a week, as on the platform; rotation, which is the harder case.
    fn default() -> Self {
        Self {
            answer: SignInAnswer::Ask,
            access_token_ms: 3_600_000,
            refresh_token_ms: 7 * 24 * 3_600_000,
            single_use_refresh_tokens: true,
        }
    }
}

/// The behaviour of the sign-in page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInAnswer {
    /// It asks for the user.
    #[default]
    Ask,
    /// The user is fixed: the browser is redirected back at once.
    As(String),
    /// It redirects the browser back with an error.
    Refuse {
        /// OAuth's `error`.
        error: String,
        /// OAuth's `error_description`.
        description: String,
    },
}

/// The settings of one workspace; clones share them.
#[derive(Clone, Debug, Default)]
pub struct SharedSettings(Arc<RwLock<Settings>>);

impl SharedSettings {
    /// Creates them with these values.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(RwLock::new(settings)))
    }

    /// The current settings.
    pub fn get(&self) -> Settings {
        self.0.read().clone()
    }

    /// Changes them.
    pub fn update(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.0.write());
    }

    /// Whether the principal has this permission and it was not taken away.
    pub fn allows(&self, principal: &Principal, what: Right) -> bool {
        let denied =
            self.0.read().denials.iter().any(|d| d.what == what && d.principal == principal.user_name);
        !denied && principal.rights.contains(&what)
    }
}
