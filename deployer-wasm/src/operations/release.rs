//! The parts common to `create` and `update`: the deployed files and the app's settings.

use serde_json::Value;

use super::Operation;
use crate::config::launch::Launch;
use crate::config::services::Services;
use crate::config::{
    API_SCOPES, ApiScope, AppPackage, KeyStorage, LocalWheel, PackageIndex, SchemaName, VersionPin,
    WorkspacePath,
};
use crate::engine::releases::{self, KEY_MARK, ReleaseState, ReleasedFile};
use crate::engine::{Done, Run, StepError, StepHandle};
use crate::error::{Failure, Result};
use crate::host::Host;
use crate::manifest::{
    self, APP_YAML, DeployedManifest, KEY_VARIABLE, KeySource, LakebaseConnection, ManifestInputs,
    REQUIREMENTS, RequirementsInputs, Unusable,
};
use crate::steps::deployment::Candidate;
use crate::steps::files::Written;
use crate::steps::key::{self, KeyPlace};
use crate::steps::lakebase::Lakebase;
use crate::steps::resources::Attached;
use crate::steps::verify::Expected;
use crate::steps::{files, resources, services};
use crate::workspace::apps::{App, HealthCheck, Resource};
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
    /// The earlier release whose files are deployed again, instead of generated ones.
    pub(super) recorded: Option<&'a releases::Release>,
}

impl<'a> Release<'a> {
    /// Generates the files for this database and key, and writes those that differ.
    pub(super) async fn write<H: Host>(
        self,
        step: StepHandle<'_, '_, H>,
        lakebase: Lakebase,
        key: KeyPlace,
    ) -> Result<Done<files::Written>, StepError> {
        let source = match &key {
            KeyPlace::Secret { .. } => KeySource::Secret { resource: key::RESOURCE },
            KeyPlace::AppYaml(key) => KeySource::Literal(key),
            KeyPlace::Database => KeySource::Database,
        };
        let [app_yaml, requirements] = self.texts(&lakebase.connection, source);
        let kept = self.kept(&lakebase.connection, &key);
        files::upload(step, self.folder, files::all(app_yaml, requirements, self.wheel), kept).await
    }

    /// The files as the list of releases keeps them.
    fn kept(&self, lakebase: &LakebaseConnection, key: &KeyPlace) -> Vec<ReleasedFile> {
        let source = match key {
            KeyPlace::Secret { .. } => KeySource::Secret { resource: key::RESOURCE },
            KeyPlace::AppYaml(_) => KeySource::Hidden(KEY_MARK),
            KeyPlace::Database => KeySource::Database,
        };
        let [app_yaml, requirements] = self.texts(lakebase, source);
        let mut kept = vec![
            ReleasedFile::of_text(APP_YAML, app_yaml),
            ReleasedFile::of_text(REQUIREMENTS, requirements),
        ];
        let wheels = self.recorded.into_iter().flat_map(|recorded| &recorded.files);
        kept.extend(wheels.filter(|file| file.text.is_none()).cloned());
        kept.extend(
            self.wheel.map(|wheel| ReleasedFile::of_wheel(&manifest::wheel_path(wheel), &wheel.content)),
        );
        kept
    }

    /// What to deploy: this release, unless the app runs it already.
    pub(super) fn candidate<H: Host>(
        &self,
        run: &Run<'_, H>,
        (operation, settings): (Operation, &Value),
        written: Written,
        app: &Attached,
        lakebase: &Lakebase,
    ) -> Candidate<'a> {
        let parts = (written.files, app.kept.clone(), lakebase);
        Candidate {
            folder: self.folder,
            check: health_check(self.package),
            release: Some(self.record(run, operation, settings, parts)),
            anyway: written.changed || self.is_open(),
        }
    }

    /// The record of this release, whose deployment is about to start.
    pub(super) fn record<H: Host>(
        &self,
        run: &Run<'_, H>,
        operation: Operation,
        settings: &Value,
        (files, app, lakebase): (Vec<ReleasedFile>, Value, &Lakebase),
    ) -> releases::Release {
        let version = match (self.recorded, self.wheel, self.version) {
            (Some(recorded), ..) => recorded.version.clone(),
            (None, Some(wheel), _) => Some(wheel.version().to_owned()),
            (None, None, VersionPin::Exact(version)) => Some(version.as_str().to_owned()),
            (None, None, VersionPin::Latest) => None,
        };
        let settings = match self.recorded {
            Some(recorded) => recorded.settings.clone(),
            None => for_update(settings),
        };
        releases::Release {
            // Both are set when it begins.
            number: 0,
            at: run.client.workspace_now(),
            operation: operation.as_str().to_owned(),
            by: run.me.clone(),
            run: run.journal.run(),
            state: ReleaseState::Deploying,
            package: self.package.as_str().to_owned(),
            version,
            runs: None,
            settings,
            files,
            app,
            branch: lakebase.branch.as_ref().map(|(_, branch)| branch.clone()),
            deployment_id: None,
            tables: None,
            problem: None,
            returned_to: self.recorded.map(|recorded| recorded.number),
            put_back: None,
        }
    }

    /// Whether what is deployed may change without a change of its files.
    fn is_open(&self) -> bool {
        self.recorded.is_none() && self.wheel.is_none() && *self.version == VersionPin::Latest
    }

    /// The version that the app is expected to report.
    pub(super) fn expected(&self) -> Expected {
        if let Some(recorded) = self.recorded {
            return expected_again(recorded);
        }
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
        if let Some(recorded) = self.recorded {
            return recorded_texts(recorded, lakebase, key);
        }
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

/// The texts of a release that is deployed again: as they were, for the database's present branch and the present
/// place of the key.
pub(super) fn recorded_texts(
    recorded: &releases::Release,
    lakebase: &LakebaseConnection,
    key: KeySource<'_>,
) -> [String; 2] {
    let text = |name: &str| recorded.file(name).and_then(|file| file.text.clone()).unwrap_or_default();
    let app_yaml = on_branch(text(APP_YAML), lakebase);
    [with_key(&app_yaml, key), text(REQUIREMENTS)]
}

/// A kept `app.yaml` with the key where it is now: it may have been moved since. The mark is never written.
fn with_key(app_yaml: &str, key: KeySource<'_>) -> String {
    let (literal, source) = match key {
        KeySource::Literal(key) => (Some(key.expose()), format!("value: {}", key.expose())),
        KeySource::Hidden(mark) => (Some(mark), format!("value: {mark}")),
        KeySource::Secret { resource } => (None, format!("valueFrom: {resource}")),
        KeySource::Database => return app_yaml.to_owned(),
    };
    match literal {
        Some(literal) if app_yaml.contains(KEY_MARK) => return app_yaml.replace(KEY_MARK, literal),
        None if !app_yaml.contains(KEY_MARK) => return app_yaml.to_owned(),
        _ => {}
    }
    // The line after the variable's name, as `manifest::app_yaml` writes it.
    let mut is_source = false;
    let lines = app_yaml.lines().map(|line| {
        let indentation = line.len() - line.trim_start().len();
        let replaced = is_source.then(|| format!("{}{source}", &line[..indentation]));
        is_source = line.trim() == format!("- name: {KEY_VARIABLE}");
        replaced.unwrap_or_else(|| line.to_owned()) + "\n"
    });
    lines.collect()
}

/// A key of the right form, to read a text in which a mark replaces the key.
const ANY_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// An `app.yaml` for the branch that the app's database is on now; a mark may replace the key in it.
pub(super) fn on_branch(app_yaml: String, lakebase: &LakebaseConnection) -> String {
    let (LakebaseConnection::Autoscaling { endpoint, host, .. }, Ok(written)) =
        (lakebase, DeployedManifest::parse(app_yaml.replace(KEY_MARK, ANY_KEY).as_bytes()))
    else {
        return app_yaml;
    };
    let replaced = [("LAKEBASE_PG_HOST", host), ("LAKEBASE_ENDPOINT_NAME", endpoint)];
    replaced.iter().fold(app_yaml, |text, (variable, now)| match written.text(variable) {
        Some(then) if then != now.as_str() => text.replace(then, now),
        _ => text,
    })
}

/// What an earlier release's app is expected to report.
pub(super) fn expected_again(recorded: &releases::Release) -> Expected {
    match (AppPackage::parse("app_package", &recorded.package), &recorded.runs, &recorded.version) {
        (Ok(AppPackage::TellrApp), Some(version), _) | (Ok(AppPackage::TellrApp), None, Some(version)) => {
            Expected::Version(version.clone())
        }
        (Ok(AppPackage::TellrApp), None, None) => Expected::AnyVersion,
        _ => Expected::Nothing,
    }
}

/// The wanted content of the app's record for a release that is deployed again: as it was, on the present database
/// and with the present key.
pub(super) fn again(recorded: &releases::Release, lakebase: &Lakebase, key: &KeyPlace) -> resources::Wanted {
    let mut wanted = resources::Wanted::of_kept(&recorded.app);
    wanted.resources.retain(|(name, _)| name != resources::DATABASE && name != key::RESOURCE);
    wanted.resources.push((resources::DATABASE.to_owned(), lakebase.resource.clone()));
    wanted.resources.extend(key.resource().map(|secret| (key::RESOURCE.to_owned(), secret)));
    wanted
}

/// Where the key was kept in a release; `None` if its `app.yaml` names no key, as that of an app which keeps the key in
/// its database.
pub(super) fn key_storage(recorded: &releases::Release) -> Option<KeyStorage> {
    let app_yaml = recorded.file(APP_YAML).and_then(|file| file.text.as_deref());
    match app_yaml {
        Some(text) if text.contains(KEY_MARK) => Some(KeyStorage::AppYaml),
        Some(text) if DeployedManifest::parse(text.as_bytes()).is_ok_and(|file| file.key().is_none()) => None,
        _ => Some(KeyStorage::SecretScope),
    }
}

/// Whether a release installs one version from an index.
pub(super) fn is_pinned(recorded: &releases::Release) -> bool {
    recorded.version.is_some() && recorded.files.iter().all(|file| file.text.is_some())
}

/// What the platform asks the app before a deployment counts as succeeded. The original app has no such path.
pub(super) fn health_check(package: AppPackage) -> Option<HealthCheck> {
    let check = HealthCheck { path: "/api/ready", timeout_secs: 120 };
    (package == AppPackage::TellrApp).then_some(check)
}

/// The arguments of an operation as `update` takes them, to deploy the same again.
fn for_update(arguments: &Value) -> Value {
    let mut kept = arguments.clone();
    if let Some(kept) = kept.as_object_mut() {
        for once in ["lakebase_compute", "reset_database", "on_failure"] {
            kept.remove(once);
        }
    }
    kept
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FernetKey;

    #[test]
    fn a_kept_file_gets_the_key_from_where_it_is_now() {
        let key = FernetKey::parse("key", ANY_KEY).unwrap();
        let file =
            |source: &str| format!("env:\n- name: {KEY_VARIABLE}\n  {source}\n- name: B\n  value: b\n");
        let (secret, literal) = (KeySource::Secret { resource: "encryption_key" }, KeySource::Literal(&key));
        let kept = [file("valueFrom: encryption_key"), file(&format!("value: {KEY_MARK}"))];
        for text in kept {
            assert_eq!(with_key(&text, secret), file("valueFrom: encryption_key"));
            assert_eq!(with_key(&text, literal), file(&format!("value: {ANY_KEY}")));
            assert_eq!(with_key(&text, KeySource::Hidden(KEY_MARK)), file(&format!("value: {KEY_MARK}")));
        }
    }
}
