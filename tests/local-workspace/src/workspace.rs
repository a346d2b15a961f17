//! The state of one workspace, shared by all its services.

use std::path::PathBuf;

use crate::apps::Apps;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::files::Files;
use crate::genie::Genie;
use crate::identity::{Credentials, Identities, Principal, PrincipalSpec, Right};
use crate::ids::Ids;
use crate::journal::Journal;
use crate::lakebase::Lakebase;
use crate::mlflow::Mlflow;
use crate::oauth::SignIns;
use crate::permissions::{Grantee, Permissions};
use crate::platform::Platform;
use crate::problem::Problem;
use crate::scim::Directory;
use crate::scopes::TokenScopes;
use crate::secrets::Secrets;
use crate::serving::calls::ModelCalls;
use crate::settings::SharedSettings;
use crate::tags::Tags;
use crate::warehouse::Warehouse;

/// Everything the handlers share.
#[derive(Debug)]
pub struct Workspace {
    /// The numeric workspace id, as `X-Databricks-Org-Id` carries it.
    pub id: u64,
    /// `http://127.0.0.1:<port>`.
    pub host: String,
    /// The folder of this workspace's files.
    pub dir: PathBuf,
    /// The clock.
    pub clock: Clock,
    /// The generator of ids.
    pub ids: Ids,
    /// The settings that a test can change.
    pub settings: SharedSettings,
    /// The principals.
    pub identities: Identities,
    /// SCIM's data of principals, and their groups.
    pub directory: Directory,
    /// Sign-ins in a browser.
    pub sign_ins: SignIns,
    /// The scopes of tokens with limited permissions.
    pub token_scopes: TokenScopes,
    /// Permissions on single objects.
    pub permissions: Permissions,
    /// Tags of apps.
    pub tags: Tags,
    /// Workspace files.
    pub files: Files,
    /// Secret scopes.
    pub secrets: Secrets,
    /// Databases.
    pub lakebase: Lakebase,
    /// The SQL warehouse.
    pub warehouse: Warehouse,
    /// Genie.
    pub genie: Genie,
    /// MLflow.
    pub mlflow: Mlflow,
    /// The runtime of apps.
    pub platform: Platform,
    /// Databricks Apps.
    pub apps: Apps,
    /// Fault injection.
    pub faults: Faults,
    /// The record of requests.
    pub journal: Journal,
    /// The record of requests to models.
    pub model_calls: ModelCalls,
}

impl Workspace {
    /// Adds a principal with a token and a home folder.
    pub fn add_principal(&self, spec: PrincipalSpec) -> Credentials {
        let credentials = self.identities.add(spec);
        if let Some(principal) = self.identities.find(&credentials.user_name) {
            self.files.make_home(&principal, self.clock.now());
        }
        credentials
    }

    /// Removes a principal with its tokens and all its grants. Its files are kept.
    pub fn remove_principal(&self, principal: &Principal) {
        self.identities.remove(&principal.user_name);
        self.sign_ins.revoke(&principal.user_name);
        self.permissions.forget_grantee(&Grantee::of(principal));
        self.secrets.forget_principal(&principal.user_name);
        self.directory.forget(principal.id);
    }

    /// Whether the group exists.
    pub fn has_group(&self, name: &str) -> bool {
        matches!(name, "users" | "admins")
            || self.directory.groups().iter().any(|group| group.display_name == name)
    }

    /// Refuses a principal that lacks a general permission.
    pub fn require(&self, principal: &Principal, right: Right) -> Result<(), Problem> {
        if self.settings.allows(principal, right) {
            return Ok(());
        }
        Err(Problem::permission_denied(format!(
            "User {} does not have permission '{}' in this workspace.",
            principal.user_name,
            right.as_str()
        )))
    }
}
