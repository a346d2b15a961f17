//! The same app as a Databricks asset bundle, for those who deploy with the platform's own command.
//!
//! A bundle has the files that `create` would write, and the app's record: attached resources, scopes, size. It is
//! made with requests that only read. What a bundle can't do is listed in [`NOT_DONE`], which also stands at the top
//! of `databricks.yml`.
//!
//! The format of that file: an entry of `resources.apps` takes the fields of the Apps API, beside `source_code_path`
//! and `permissions`. So the record is written as `create` sends it ([`resources::differences`]).

use futures_util::join;
use serde_json::{Map, Value, json};

use super::Operation;
use super::inventory::{deployed_from, on_branch_in_use};
use super::plan::UNKNOWN;
use super::preflight::Preflight;
use super::release::{all_scopes, deployed_manifest};
use crate::config::{CreateConfig, KeyStorage};
use crate::decode::decode;
use crate::document::{self, Node};
use crate::engine::Cancellation;
use crate::error::Result;
use crate::host::Host;
use crate::manifest::{self, KeySource, ManifestInputs, RequirementsInputs};
use crate::steps::files::{self, AppFile};
use crate::steps::lakebase;
use crate::steps::{key, resources, services};
use crate::workspace::apps::{self, App, Resource};
use crate::workspace::{Client, permissions};

/// The bundle's own file.
const DATABRICKS_YML: &str = "databricks.yml";
/// The folder with the app's files.
const SOURCE: &str = "app";

/// What a bundle doesn't do and `create` does; sentences without a full stop.
const NOT_DONE: [&str; 5] = [
    "It creates neither the database nor the schema, and gives the app no rights in the database",
    "It creates no encryption key: the secret has to exist",
    "It doesn't start the app: `databricks bundle run` does",
    "It doesn't check whether the app answers, and doesn't put the previous version back if it doesn't",
    "It replaces who may use the app if it has `permissions`; `create` only adds",
];

/// A bundle.
pub struct Bundle {
    /// The app.
    pub app_name: String,
    /// Its files, with their paths in the bundle's folder. None of them has the key.
    pub files: Vec<AppFile>,
    /// What has to be done before the app runs; sentences without a full stop.
    pub needed: Vec<String>,
    /// What a bundle doesn't do and `create` does; sentences without a full stop.
    pub not_done: Vec<String>,
}

/// The app of `config` as a bundle, its wheel included. The key's place is the secret scope.
///
/// # Errors
/// The workspace's refusal, or that of an object that can't be attached.
pub async fn bundle<H: Host>(host: &H, config: &CreateConfig, cancellation: &Cancellation) -> Result<Bundle> {
    let preflight = Preflight::looking(host, cancellation, Operation::Create, config.app_name.as_str());
    let made = made(&preflight.client, config).await;
    preflight.told(made)
}

async fn made<H: Host>(client: &Client<'_, H>, config: &CreateConfig) -> Result<Bundle> {
    let (app, name) = (config.app_name.as_str(), config.lakebase_name.as_str());
    let (found, usable, there) = join!(
        lakebase::look(client, name),
        services::look(client, &config.services),
        client.find(apps::get(app))
    );
    usable?;
    // An app whose data was restored is on another branch than the default one.
    let there = there?;
    let deployed = match there.as_ref().and_then(deployed_from) {
        Some(folder) => deployed_manifest(client, &folder).await?,
        None => None,
    };
    let found = on_branch_in_use(client, found?.choose(None), there.as_ref(), deployed.as_ref()).await?;
    let connection = lakebase::foresee(client, name, &found, UNKNOWN).await?;
    let reached = lakebase::reach(client, name, &found).await?;
    let database = reached.map_or_else(|| lakebase::attachment(name, &found), |lakebase| lakebase.resource);
    let app_yaml = manifest::app_yaml(&ManifestInputs {
        package: config.package,
        lakebase: &connection,
        schema: &config.schema_name,
        key: KeySource::Secret { resource: key::RESOURCE },
        launch: &config.launch.or(None),
        services: &config.services,
        index: config.index,
    });
    let requirements = manifest::requirements(&RequirementsInputs {
        package: config.package,
        version: &config.version,
        wheel: config.local_wheel.as_ref(),
        index: config.index,
    });
    let secret = key::own_secret(app);
    let mut needed = Vec::new();
    if app_yaml.contains(UNKNOWN) {
        needed.push(format!(
            "Create the database `{name}`, and export the bundle again: `app.yaml` needs its host"
        ));
    }
    needed.push(format!(
        "Give the app's service principal its rights in the schema `{}` of the database `{name}`. The first \
         deployment of the bundle creates it: deploy, give the rights, then start the app",
        config.schema_name
    ));
    if let Resource::Secret { scope, key, .. } = &secret {
        needed.push(format!("Store a Fernet key as the secret `{key}` of the scope `{scope}`"));
    }
    let yml = Node::from(json!({
        "bundle": {"name": app},
        "resources": {"apps": {app.replace('-', "_"): record(config, database, secret)}},
        "targets": {"production": {"default": true}},
    }));
    let comment =
        |title: &str, sentences: &[String]| format!("#\n# {title}:\n# - {}\n", sentences.join("\n# - "));
    let mut not_done = NOT_DONE.map(str::to_owned).to_vec();
    if !config.tags.is_empty() {
        not_done.push("It doesn't tag the app".to_owned());
    }
    if config.key_storage == KeyStorage::AppYaml {
        not_done.push(
            "It has no key in `app.yaml`: the setting for that is left out, and the key is a secret"
                .to_owned(),
        );
    }
    let content = format!(
        "# The app `{app}` as a Databricks asset bundle, written by Tellr {}\n{}{}{}",
        env!("CARGO_PKG_VERSION"),
        comment("What it needs", &needed),
        comment("What a bundle doesn't do, and `tellr-app deploy create` does", &not_done),
        document::write(&yml)
    );
    let mut files = files::all(app_yaml, requirements, config.local_wheel.as_ref());
    for file in &mut files {
        file.name = format!("{SOURCE}/{}", file.name);
    }
    files.insert(0, AppFile { name: DATABRICKS_YML.to_owned(), content: content.into_bytes() });
    Ok(Bundle { app_name: app.to_owned(), files, needed, not_done })
}

/// The app's entry: the fields that `create` sends for a new app.
fn record(config: &CreateConfig, database: Resource, secret: Resource) -> Value {
    let mut attached = vec![(resources::DATABASE.to_owned(), database), (key::RESOURCE.to_owned(), secret)];
    attached.extend(services::resources(&config.services, &[]));
    let wanted = resources::Wanted {
        resources: attached,
        scopes: all_scopes(&config.extra_scopes),
        description: Some(config.description.as_str().to_owned()),
        compute_size: Some(config.app_compute.as_str().to_owned()),
        settings: config.record.clone(),
    };
    let name = config.app_name.as_str();
    let mut entry = Map::new();
    entry.insert("name".into(), name.into());
    entry.insert("source_code_path".into(), format!("./{SOURCE}").into());
    if let Ok(nothing) = decode::<App>(json!({"name": name})) {
        entry.extend(resources::differences(&nothing, &wanted));
    }
    let grants = config.share_with.grants();
    if let (false, Some(body)) = (grants.is_empty(), permissions::add(name, grants).request.body) {
        entry.insert("permissions".into(), body["access_control_list"].clone());
        let list = entry.get_mut("permissions").and_then(Value::as_array_mut);
        for grant in list.into_iter().flatten().filter_map(Value::as_object_mut) {
            let level = grant.remove("permission_level").unwrap_or_default();
            grant.insert("level".into(), level);
        }
    }
    entry.into()
}
