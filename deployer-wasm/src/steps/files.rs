//! The app's files: writes only those that differ from the existing ones.

use futures_util::future::join_all;
use serde_json::json;

use crate::config::{LocalWheel, WorkspacePath};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::manifest::{APP_YAML, REQUIREMENTS, WHEEL_FOLDER};
use crate::workspace::files::{self, PutMode};
use crate::workspace::{ApiError, ErrorKind};

/// A file for the app's folder. Its content is not printed: `app.yaml` may hold the key.
#[derive(Clone)]
pub struct AppFile {
    /// Its path within the folder.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// The files of a deployment.
pub fn all(app_yaml: String, requirements: String, wheel: Option<&LocalWheel>) -> Vec<AppFile> {
    let mut all = vec![
        AppFile { name: APP_YAML.into(), content: app_yaml.into_bytes() },
        AppFile { name: REQUIREMENTS.into(), content: requirements.into_bytes() },
    ];
    if let Some(wheel) = wheel {
        all.push(AppFile {
            name: format!("{WHEEL_FOLDER}/{}", wheel.file_name),
            content: wheel.content.clone(),
        });
    }
    all
}

/// Writes the files that differ.
///
/// # Errors
/// `FILE_TOO_LARGE`, `PATH_TAKEN`, or the workspace's refusal.
pub async fn upload<H: Host>(
    step: StepHandle<'_, '_, H>,
    folder: &WorkspacePath,
    all: Vec<AppFile>,
) -> Result<Done<()>, StepError> {
    let folder = folder.as_str();
    let there = all.iter().map(|file| step.client().find(files::export(&format!("{folder}/{}", file.name))));
    let there = join_all(there).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let differing: Vec<AppFile> = all
        .into_iter()
        .zip(there)
        .filter(|(file, there)| {
            there.as_ref().and_then(files::Exported::bytes).as_ref() != Some(&file.content)
        })
        .map(|(file, _)| file)
        .collect();
    if differing.is_empty() {
        return Ok(Done::unchanged((), format!("the files in `{folder}` are up to date")));
    }
    let names: Vec<&str> = differing.iter().map(|file| file.name.as_str()).collect();
    let detail = json!({"files": names.clone()});
    step.intend(detail.clone()).await?;
    if names.iter().any(|name| name.starts_with(WHEEL_FOLDER)) {
        step.client()
            .send(files::mkdirs(&format!("{folder}/{WHEEL_FOLDER}")))
            .await
            .map_err(|error| refused(folder, error))?;
    }
    let writes = differing.iter().map(|file| {
        let path = format!("{folder}/{}", file.name);
        let written = step.client().send(files::import(&path, &file.content, PutMode::Overwrite));
        async move { written.await.map_err(|error| refused(&path, error)) }
    });
    // Waits for all writes even if one fails: a dropped write may still have its effect.
    join_all(writes).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    step.did(detail).await?;
    Ok(Done::changed((), format!("wrote {} to `{folder}`", names.join(", "))))
}

/// The catalogue's entry for a path that can't be written.
pub fn refused(path: &str, error: ApiError) -> Failure {
    match error.kind {
        ErrorKind::AlreadyExists => Failure::PathTaken { path: path.to_owned() },
        ErrorKind::NotFound => Failure::PathMissing { path: path.to_owned(), problem: error.into_message() },
        ErrorKind::Invalid
            if error.says("exceeded max size") || error.code == "MAX_NOTEBOOK_SIZE_EXCEEDED" =>
        {
            Failure::FileRefused { file: path.to_owned(), problem: error.into_message() }
        }
        _ => error.into_failure(),
    }
}
