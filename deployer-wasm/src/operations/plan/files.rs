//! The app's files in a plan: as they would be written, and beside those that are there.

use serde::Serialize;
use zeroize::Zeroizing;

use super::super::release::Release;
use super::placeholders::{shown_key, without_key};
use crate::config::KeyStorage;
use crate::engine::releases;
use crate::error::Result;
use crate::host::Host;
use crate::manifest::{APP_YAML, KeySource, LakebaseConnection, REQUIREMENTS, without_secrets};
use crate::steps::files::{self, AppFile};
use crate::steps::key::ObservedKey;
use crate::together;
use crate::workspace::{ApiError, Client, files as workspace_files};

/// A file as it would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedFile {
    /// Its path within the app's folder.
    pub name: String,
    /// Its text.
    pub content: String,
}

/// The generated files of the release.
pub(super) fn planned(
    release: &Release<'_>,
    lakebase: &LakebaseConnection,
    key: &ObservedKey,
) -> Vec<PlannedFile> {
    let [app_yaml, requirements] = release.texts(lakebase, shown_key(key));
    let file = |name: &str, content| PlannedFile { name: name.to_owned(), content };
    vec![file(APP_YAML, without_secrets(&app_yaml)), file(REQUIREMENTS, requirements)]
}

/// A file as it is wanted and as it is.
pub(super) struct ComparedFile {
    /// As it will be written, but for the key, which a placeholder replaces.
    pub(super) wanted: AppFile,
    /// What is there.
    pub(super) there: Option<Vec<u8>>,
    /// Its SHA-256 in hexadecimal digits, for which the key is replaced.
    pub(super) there_sha256: Option<String>,
    /// Whether it is there as it will be written, key included.
    pub(super) is_same: bool,
}

/// The files of the release, beside those in its folder.
pub(super) async fn compared<H: Host>(
    client: &Client<'_, H>,
    release: Release<'_>,
    connection: &LakebaseConnection,
    key: &ObservedKey,
) -> Result<Vec<ComparedFile>> {
    let (folder, wheel) = (release.folder, release.wheel);
    let [app_yaml, requirements] = release.texts(connection, shown_key(key));
    // The key is compared with the rest of the file, and only here.
    let secret = key.yaml_key().filter(|_| key.storage == KeyStorage::AppYaml);
    let written = secret.map(|key| release.texts(connection, KeySource::Literal(key)));
    let written = written.map(|[app_yaml, _]| Zeroizing::new(app_yaml.into_bytes()));
    let wanted = files::all(app_yaml, requirements, wheel);
    let there = wanted.iter().map(async |file| {
        let found = client.find(workspace_files::export(&format!("{folder}/{}", file.name))).await?;
        Ok::<_, ApiError>(found.and_then(|found| found.bytes()))
    });
    let there = together::each(there).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let compared = wanted.into_iter().zip(there).map(|(wanted, there)| {
        let written = written.as_ref().filter(|_| wanted.name == APP_YAML);
        let content = written.map_or(&wanted.content, |written| &**written);
        let is_same = there.as_ref() == Some(content);
        let there_sha256 = there.as_ref().map(|there| without_key(there, key.yaml_key()));
        let there_sha256 = there_sha256.map(|there| releases::sha256(&there));
        ComparedFile { wanted, there, there_sha256, is_same }
    });
    Ok(compared.collect())
}
