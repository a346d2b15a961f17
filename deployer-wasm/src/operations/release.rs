//! The parts common to `create` and `update`: the deployed files and the app's settings.

use crate::config::launch::Launch;
use crate::config::services::Services;
use crate::config::{
    API_SCOPES, ApiScope, AppPackage, LocalWheel, PackageIndex, SchemaName, VersionPin, WorkspacePath,
};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::{
    self, DeployedManifest, KeySource, LakebaseConnection, ManifestInputs, RequirementsInputs, Unusable,
};
use crate::steps::key::{self, KeyPlace};
use crate::steps::lakebase::Lakebase;
use crate::steps::verify::Expected;
use crate::steps::{files, resources, services};
use crate::workspace::apps::{App, Resource};
use crate::workspace::{Client, files as workspace_files};

/// The package to run.
#[derive(Clone)]
pub(super) struct Release<'a> {
    pub(super) package: AppPackage,
    pub(super) version: &'a VersionPin,
    pub(super) wheel: Option<&'a LocalWheel>,
    pub(super) index: PackageIndex,
    pub(super) launch: Launch,
    pub(super) services: Services,
    pub(super) schema: &'a SchemaName,
    pub(super) folder: &'a WorkspacePath,
}

impl Release<'_> {
    /// Generates the files for this database and key, and writes those that differ.
    pub(super) async fn write<H: Host>(
        self,
        step: StepHandle<'_, '_, H>,
        lakebase: Lakebase,
        key: KeyPlace,
    ) -> Result<Done<()>, StepError> {
        let key = match &key {
            KeyPlace::Secret { .. } => KeySource::Secret { resource: key::RESOURCE },
            KeyPlace::AppYaml(key) => KeySource::Literal(key),
        };
        let [app_yaml, requirements] = self.texts(&lakebase.connection, key);
        files::upload(step, self.folder, files::all(app_yaml, requirements, self.wheel)).await
    }

    /// The version that the app is expected to report.
    pub(super) fn expected(&self) -> Expected {
        match (self.package, self.wheel, self.version) {
            (AppPackage::DatabricksTellrApp, ..) => Expected::Nothing,
            (AppPackage::TellrApp, Some(wheel), _) => Expected::Version(wheel.version().to_owned()),
            (AppPackage::TellrApp, None, VersionPin::Exact(version)) => {
                Expected::Version(version.as_str().to_owned())
            }
            (AppPackage::TellrApp, None, VersionPin::Latest) => Expected::AnyVersion,
        }
    }

    /// The texts of `app.yaml` and `requirements.txt`.
    pub(super) fn texts(&self, lakebase: &LakebaseConnection, key: KeySource<'_>) -> [String; 2] {
        let app_yaml = manifest::app_yaml(&ManifestInputs {
            package: self.package,
            lakebase,
            schema: self.schema,
            key,
            launch: &self.launch,
            services: &self.services,
            index: self.index,
        });
        let requirements = manifest::requirements(&RequirementsInputs {
            package: self.package,
            version: self.version,
            wheel: self.wheel,
            index: self.index,
        });
        [app_yaml, requirements]
    }
}

/// The resources to attach to the app, given its record.
pub(super) fn attachments(
    lakebase: &Lakebase,
    key: &KeyPlace,
    services: &Services,
    record: &App,
) -> Vec<(String, Resource)> {
    let mut all = vec![(resources::DATABASE.to_owned(), lakebase.resource.clone())];
    all.extend(key.resource().map(|secret| (key::RESOURCE.to_owned(), secret)));
    all.extend(services::resources(services, &record.resources));
    all
}

/// The six scopes and the additional ones, without duplicates.
pub(super) fn all_scopes(extra: &[ApiScope]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in API_SCOPES.into_iter().chain(extra.iter().map(ApiScope::as_str)) {
        if !scopes.iter().any(|there| there == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// The `app.yaml` that is in `folder`, if there is one.
///
/// # Errors
/// `APP_YAML_UNREADABLE`: it can't be read or its key's entry has an unsupported form. It must never count as
/// a file without a key, or the key would be replaced.
pub(super) async fn deployed_manifest<H: Host>(
    client: &Client<'_, H>,
    folder: &WorkspacePath,
) -> Result<Option<DeployedManifest>> {
    let path = format!("{folder}/{}", manifest::APP_YAML);
    let Some(exported) = client.find(workspace_files::export(&path)).await? else { return Ok(None) };
    let Some(bytes) = exported.bytes() else {
        let problem = "the workspace's answer has no content that can be decoded".to_owned();
        return Err(Failure::AppYamlUnreadable { path, problem }.into());
    };
    match DeployedManifest::parse(&bytes) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(Unusable::File(problem)) => Err(Failure::AppYamlUnreadable { path, problem }.into()),
        Err(Unusable::KeyEntry(problem)) => Err(Failure::KeyEntryUnreadable { path, problem }.into()),
    }
}
