//! The same app as a Databricks asset bundle, for those who deploy with the platform's own command.
//!
//! A bundle is made from the plan of `create`, so its files are those that `create` would write, and no request
//! changes anything. It has the app with its attached resources, scopes and size. What a bundle can't do is
//! listed in [`NOT_DONE`], and stands at the top of `databricks.yml`.
//!
//! The shape of the file: `resources.apps` of the bundle's schema takes the fields of the Apps API. Resources are
//! therefore written as [`Resource::named`] sends them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::plan::{Plan, PlannedFile, UNKNOWN, plan};
use super::release::all_scopes;
use super::{Change, Operation};
use crate::config::{CreateConfig, KeyStorage};
use crate::document;
use crate::engine::Cancellation;
use crate::error::Result;
use crate::host::Host;
use crate::manifest::{APP_YAML, DeployedManifest};
use crate::steps::lakebase::{self, Kind};
use crate::steps::{key, resources, services};
use crate::workspace::apps::Resource;

/// The bundle's own file.
const DATABRICKS_YML: &str = "databricks.yml";
/// The folder with the app's files.
const SOURCE: &str = "app";

/// What a bundle doesn't do, and `create` does; sentences without a full stop.
const NOT_DONE: [&str; 4] = [
    "It creates neither the database nor the schema in it, and doesn't give the app its rights there",
    "It creates no encryption key: the secret has to exist",
    "It doesn't start the app: `databricks bundle run` does",
    "It doesn't check that the app answers, and doesn't go back to the previous version",
];

/// A bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// The app.
    pub app_name: String,
    /// Its files, with their paths in the bundle's folder. They never contain the key.
    pub files: Vec<PlannedFile>,
    /// What has to exist before the bundle can be deployed, and doesn't; sentences without a full stop.
    pub missing: Vec<String>,
    /// [`NOT_DONE`].
    pub not_done: Vec<String>,
}

#[derive(Serialize)]
struct DatabricksYml {
    bundle: Named,
    resources: Resources,
    targets: BTreeMap<&'static str, Target>,
}

#[derive(Serialize)]
struct Named {
    name: String,
}

#[derive(Serialize)]
struct Resources {
    apps: BTreeMap<String, App>,
}

#[derive(Serialize)]
struct App {
    name: String,
    description: String,
    source_code_path: String,
    compute_size: &'static str,
    user_api_scopes: Vec<String>,
    resources: Vec<Value>,
}

#[derive(Serialize)]
struct Target {
    default: bool,
}

/// The app of `config` as a bundle. A wheel of this machine is not part of it; its place is `app/wheels`.
///
/// # Errors
/// As a plan of `create`.
pub async fn bundle<H: Host>(host: &H, config: &CreateConfig, cancellation: &Cancellation) -> Result<Bundle> {
    // A key in `app.yaml` would have to be in the bundle.
    let mut config = config.clone();
    config.key_storage = KeyStorage::SecretScope;
    let change = Change::Create(Box::new(config.clone()));
    let plan = Box::pin(plan(host, &change, cancellation)).await?;
    Ok(of(&config, plan))
}

fn of(config: &CreateConfig, plan: Plan) -> Bundle {
    debug_assert_eq!(plan.operation, Operation::Create);
    let app_name = config.app_name.as_str().to_owned();
    let app_yaml = plan.files.iter().find(|file| file.name == APP_YAML);
    let mut missing = Vec::new();
    if app_yaml.is_none_or(|file| file.content.contains(UNKNOWN)) {
        missing.push(format!(
            "The database `{}` doesn't exist. Create it, and export the bundle again: `app.yaml` names its host",
            config.lakebase_name
        ));
    }
    let (scope, secret) = key::default_place(&app_name);
    missing.push(format!(
        "The secret `{secret}` of the scope `{scope}` has to hold a Fernet key, if no run of `create` stored one"
    ));
    let app = App {
        name: app_name.clone(),
        description: config.description.as_str().to_owned(),
        source_code_path: format!("./{SOURCE}"),
        compute_size: config.app_compute.as_str(),
        user_api_scopes: all_scopes(&config.extra_scopes),
        resources: attached(config, &plan, app_yaml),
    };
    let whole = DatabricksYml {
        bundle: Named { name: app_name.clone() },
        resources: Resources { apps: BTreeMap::from([(app_name.replace('-', "_"), app)]) },
        targets: BTreeMap::from([("production", Target { default: true })]),
    };
    let comments: String = NOT_DONE.iter().map(|sentence| format!("# - {sentence}.\n")).collect();
    let content = format!(
        "# The app `{app_name}` as a Databricks asset bundle, written by Tellr {}. What a bundle doesn't do:\n{comments}\n{}",
        env!("CARGO_PKG_VERSION"),
        document::write(&whole)
    );
    let mut files = vec![PlannedFile { name: DATABRICKS_YML.to_owned(), content }];
    files.extend(
        plan.files.into_iter().map(|file| PlannedFile { name: format!("{SOURCE}/{}", file.name), ..file }),
    );
    let not_done = NOT_DONE.map(str::to_owned).to_vec();
    Bundle { app_name, files, missing, not_done }
}

/// The attached resources: database, key, and what the assistant works with.
fn attached(config: &CreateConfig, plan: &Plan, app_yaml: Option<&PlannedFile>) -> Vec<Value> {
    let name = config.lakebase_name.as_str();
    let database = if plan.lakebase_type.as_deref() == Some(Kind::Provisioned.as_str()) {
        lakebase::attached_instance(name)
    } else {
        let manifest = app_yaml.and_then(|file| DeployedManifest::parse(file.content.as_bytes()).ok());
        let endpoint = manifest.as_ref().and_then(|manifest| manifest.text("LAKEBASE_ENDPOINT_NAME"));
        let branch =
            endpoint.and_then(|endpoint| endpoint.split_once("/endpoints/")).map(|(branch, _)| branch);
        lakebase::attached_branch(
            branch.map_or_else(|| format!("projects/{name}/branches/production"), str::to_owned),
        )
    };
    let (scope, secret) = key::default_place(config.app_name.as_str());
    let secret = Resource::Secret { scope, key: secret, permission: "READ".to_owned() };
    let mut all = vec![database.named(resources::DATABASE), secret.named(key::RESOURCE)];
    let found = services::resources(&config.services, &[]);
    all.extend(found.iter().map(|(name, resource)| resource.named(name)));
    all
}
