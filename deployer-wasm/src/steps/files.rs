//! The app's files: writes only those that differ from the existing ones.

use serde_json::json;

use crate::config::{LocalWheel, WorkspacePath};
use crate::engine::releases::ReleasedFile;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::manifest::{self, APP_YAML, REQUIREMENTS};
use crate::together;
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

/// The files as they are in the workspace now.
#[derive(Debug, Clone)]
pub struct Written {
    /// Whether this run wrote one of them.
    pub changed: bool,
    /// As the list of releases keeps them.
    pub files: Vec<ReleasedFile>,
}

/// The files of a deployment.
pub fn all(app_yaml: String, requirements: String, wheel: Option<&LocalWheel>) -> Vec<AppFile> {
    let mut all = vec![
        AppFile { name: APP_YAML.into(), content: app_yaml.into_bytes() },
        AppFile { name: REQUIREMENTS.into(), content: requirements.into_bytes() },
    ];
    if let Some(wheel) = wheel {
        all.push(AppFile { name: manifest::wheel_path(wheel), content: wheel.content.clone() });
    }
    all
}

/// Writes the files that differ. `kept` are the same as the list of releases keeps them.
///
/// # Errors
/// `FILE_TOO_LARGE`, `PATH_TAKEN`, or the workspace's refusal.
pub async fn upload<H: Host>(
    step: StepHandle<'_, '_, H>,
    folder: &WorkspacePath,
    all: Vec<AppFile>,
    kept: Vec<ReleasedFile>,
) -> Result<Done<Written>, StepError> {
    let folder = folder.as_str();
    let there = all.iter().map(|file| step.client().find(files::export(&format!("{folder}/{}", file.name))));
    let there = together::each(there).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let differing: Vec<AppFile> = all
        .into_iter()
        .zip(there)
        .filter(|(file, there)| {
            there.as_ref().and_then(files::Exported::bytes).as_ref() != Some(&file.content)
        })
        .map(|(file, _)| file)
        .collect();
    if differing.is_empty() {
        return Ok(Done::unchanged(
            Written { changed: false, files: kept },
            format!("the files in `{folder}` are up to date"),
        ));
    }
    let names: Vec<&str> = differing.iter().map(|file| file.name.as_str()).collect();
    let detail = json!({"files": names.clone()});
    step.intend(detail.clone()).await?;
    for (below, _) in names.iter().filter_map(|name| name.rsplit_once('/')) {
        let made = step.client().send(files::mkdirs(&format!("{folder}/{below}"))).await;
        made.map_err(|error| refused(folder, error))?;
    }
    let writes = differing.iter().map(|file| {
        let path = format!("{folder}/{}", file.name);
        let written = step.client().send(files::import(&path, &file.content, PutMode::Overwrite));
        async move { written.await.map_err(|error| refused(&path, error)) }
    });
    // Waits for all writes even if one fails: a dropped write may still have its effect.
    together::each(writes).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    step.did(detail).await?;
    Ok(Done::changed(
        Written { changed: true, files: kept },
        format!("wrote {} to `{folder}`", names.join(", ")),
    ))
}

/// The catalogue's entry for a path that can't be written.
pub fn refused(path: &str, error: ApiError) -> Failure {
    match error.kind {
        ErrorKind::AlreadyExists => Failure::PathTaken { path: path.to_owned() },
        ErrorKind::NotFound => Failure::PathMissing { path: path.to_owned(), problem: error.into_problem() },
        ErrorKind::Invalid
            if error.says("exceeded max size") || error.code == "MAX_NOTEBOOK_SIZE_EXCEEDED" =>
        {
            Failure::FileRefused { file: path.to_owned(), problem: error.into_message() }
        }
        _ => error.into_failure(),
    }
}
