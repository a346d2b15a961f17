//! What a test may change about the workspace while it runs.
//!
//! One value, readable and writable as JSON over the control address: pace, quotas, switches for
//! whole features, rights taken from a principal, and scripted outcomes for work that would
//! otherwise succeed. Everything reads it afresh, so a change holds from the next request on.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::files::MAX_FILE_BYTES;
use crate::identity::{Principal, Right};
use crate::pace::Pace;

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long things take.
    pub pace: Pace,
    /// How many of a kind there may be.
    pub quotas: Quotas,
    /// What this workspace has.
    pub features: Features,
    /// Rights taken away from principals that would have them.
    pub denials: Vec<Denial>,
    /// What becomes of app compute and deployments.
    pub outcomes: Outcomes,
    /// How people sign in in a browser.
    pub sign_in: SignInSettings,
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
    /// Apps may act for their users. Without it an app with scopes is refused.
    pub user_authorization: bool,
    /// The origin whose pages may read answers, or `*` for all. The platform lets none.
    pub cors_origin: Option<String>,
    /// Which code a taken app name is refused with; both occur.
    pub duplicate_app_code: DuplicateCode,
    /// New instances are of the older kind, which has no branches. Without it they are autoscaling projects
    /// that both interfaces show, as on the platform since March 2026. A workspace without autoscaling has
    /// no others.
    pub provisioned_instances: bool,
    /// What hosts databases get. Decided with the first database.
    pub database_hosts: DatabaseHosts,
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
        }
    }
}

/// What the host of a database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseHosts {
    /// A name where this system resolves names under `localhost`, else an address.
    #[default]
    Auto,
    /// A name, whether this system resolves it or not.
    Names,
    /// A literal loopback address.
    Addresses,
}

/// The two error codes seen for a name that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DuplicateCode {
    /// What recorded answers have.
    AlreadyExists,
    /// What other stand-ins answer.
    ResourceAlreadyExists,
}

/// A right taken from a principal; it wins over everything the principal has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// The user name; for a service principal its client id.
    pub principal: String,
    /// What it may no longer do.
    pub what: Right,
}

/// Scripted outcomes. They apply to every app whose work starts while they are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcomes {
    /// What becomes of compute that is started.
    pub compute: ComputeOutcome,
    /// What becomes of a deployment.
    pub deployment: DeploymentOutcome,
    /// What becomes of an asynchronous app update.
    pub app_update: UpdateOutcome,
    /// What an app answers whose deployment is only acted, by path. It answers 404 to other paths.
    pub app_answers: BTreeMap<String, AppAnswer>,
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

/// What becomes of compute that is started.
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

/// What becomes of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DeploymentOutcome {
    /// Whatever really happens.
    #[default]
    Real,
    /// It stays IN_PROGRESS.
    Never,
    /// It becomes FAILED.
    Failed {
        /// `status.message`.
        message: String,
        /// Lines the app's log then holds.
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

/// What becomes of an asynchronous app update.
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

/// How people sign in in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSettings {
    /// What the sign-in page does.
    pub answer: SignInAnswer,
    /// How long an access token lives, in milliseconds.
    pub access_token_ms: u64,
    /// How long a refresh token lives, in milliseconds.
    pub refresh_token_ms: u64,
    /// Whether a refresh token works once and brings the next one.
    pub single_use_refresh_tokens: bool,
}

impl Default for SignInSettings {
    /// Somebody chooses; an hour and a week, as on the platform; rotation, which is the harder case.
    fn default() -> Self {
        Self {
            answer: SignInAnswer::Ask,
            access_token_ms: 3_600_000,
            refresh_token_ms: 7 * 24 * 3_600_000,
            single_use_refresh_tokens: true,
        }
    }
}

/// What the sign-in page does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInAnswer {
    /// It asks who one is.
    #[default]
    Ask,
    /// It knows: the browser is sent back at once.
    As(String),
    /// It sends the browser back with an error.
    Refuse {
        /// OAuth's `error`.
        error: String,
        /// OAuth's `error_description`.
        description: String,
    },
}

/// The settings as everybody in the workspace sees them; clones share them.
#[derive(Clone, Debug, Default)]
pub struct SharedSettings(Arc<RwLock<Settings>>);

impl SharedSettings {
    /// Starts from these.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(RwLock::new(settings)))
    }

    /// The settings of this moment.
    pub fn get(&self) -> Settings {
        self.0.read().clone()
    }

    /// Changes them.
    pub fn update(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.0.write());
    }

    /// Whether the principal has this right and it was not taken away.
    pub fn allows(&self, principal: &Principal, what: Right) -> bool {
        let denied =
            self.0.read().denials.iter().any(|d| d.what == what && d.principal == principal.user_name);
        !denied && principal.rights.contains(&what)
    }
}
